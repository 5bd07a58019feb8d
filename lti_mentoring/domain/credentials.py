"""A mentor's licence or degree: what was checked of it, by whom and how, until when it holds, and what ends it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from lti_mentoring.domain.profiles import MOST_YEARS
from lti_mentoring.errors import Conflict, NotAllowed, Refused

if TYPE_CHECKING:
    from collections.abc import Collection

EXPIRES_SOON = timedelta(days=60)
LONGEST_TITLE = 120
LONGEST_NAME = 200
LONGEST_WORDS = 500
MOST_CREDENTIALS = 20
MOST_DOCUMENTS = 5


class CredentialKind(StrEnum):
    """What it is."""

    LICENCE = "licence"
    DEGREE = "degree"
    OTHER = "other"


class CredentialState(StrEnum):
    """How far it was checked. That it expires soon or has lapsed, the calendar says; all else a person."""

    DECLARED = "declared"
    DOCUMENT = "document"
    LOOKED_UP = "looked_up"
    VERIFIED = "verified"
    EXPIRING = "expiring"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class CredentialStepKind(StrEnum):
    """What happened to it."""

    DECLARED = "declared"
    DOCUMENT = "document"
    LOOKED_UP = "looked_up"
    VERIFIED = "verified"
    EXPIRING = "expiring"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class Method(StrEnum):
    """How somebody verified it."""

    REGISTER = "register"
    DOCUMENT = "document"
    ORIGINAL = "original"
    ISSUER = "issuer"


class Checkers(StrEnum):
    """Who of an institution checks credentials. Its administrators say so; where nobody does, nobody reads them."""

    NOBODY = "nobody"
    OFFICE = "office"
    """Its administrators alone."""
    TRACKS = "tracks"
    """Its administrators, and faculty of a track that says so, too."""


State: TypeAlias = CredentialState
Step: TypeAlias = CredentialStepKind
HOLDS = frozenset({State.VERIFIED, State.EXPIRING})
"""In these a credential counts as verified."""
OVER = frozenset({State.LAPSED, State.REVOKED})
"""In these it counts no longer. A licence that is over can be replaced by a licence alone, by no degree."""
AFTER: dict[Step, dict[State, State]] = {
    # A document or a look at the register takes nothing away from what was verified, and does not renew it either.
    Step.DOCUMENT: {State.DECLARED: State.DOCUMENT}
    | {one: one for one in State if one not in {State.DECLARED, State.REVOKED}},
    Step.LOOKED_UP: {State.DECLARED: State.LOOKED_UP, State.DOCUMENT: State.LOOKED_UP}
    | {one: one for one in (State.LOOKED_UP, State.VERIFIED, State.EXPIRING, State.LAPSED)},
    Step.VERIFIED: {one: State.VERIFIED for one in State if one is not State.REVOKED},
    Step.EXPIRING: {State.VERIFIED: State.EXPIRING},
    Step.LAPSED: {State.VERIFIED: State.LAPSED, State.EXPIRING: State.LAPSED},
    Step.REVOKED: {one: State.REVOKED for one in State if one is not State.REVOKED},
}


class CredentialStepNotPossible(Conflict):
    """There is no such step from here: a withdrawn credential stays so. Facts: ``state``."""

    code = "credential_step_not_possible"


class CredentialsNotChecked(Conflict):
    """Nobody of the institution checks them, so nothing is collected for nobody to read."""

    code = "credentials_not_checked"


class OwnCredential(NotAllowed):
    """Nobody checks their own."""

    code = "credential_own"


class UntilNeeded(Refused):
    """Whoever verifies says until when it holds: a day to come."""

    code = "credential_until_needed"


class SinceImpossible(Refused):
    """Nobody practises since a year to come, or one too long ago. Facts: ``first``, ``last``."""

    code = "credential_since_impossible"


class SpecialtyNotDeclared(Refused):
    """Only what the holder says of themselves can have been seen; they took it away meanwhile."""

    code = "credential_specialty_not_declared"


class CredentialReasonNeeded(Refused):
    """Whoever withdraws a credential says why."""

    code = "credential_reason_needed"


class DatesTwisted(Refused):
    """It cannot end before it began."""

    code = "credential_dates_twisted"


class TooManyCredentials(Refused):
    """So many are enough. Facts: ``most``."""

    code = "credential_too_many"


@dataclass(frozen=True, slots=True)
class CredentialFacts:
    """What its holder declares; the number is clean already, or empty."""

    kind: CredentialKind
    title: str
    register: str
    number: str
    holder: str
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class Practice:
    """What was seen with a check: the year since which its holder practises, and which of their subjects."""

    since: int | None = None
    specialties: tuple[str, ...] = ()


NOTHING_SEEN = Practice()


def after(state: State, step: Step) -> State:
    """Return the state after a step; raise CredentialStepNotPossible where there is none."""
    try:
        return AFTER[step][state]
    except KeyError:
        raise CredentialStepNotPossible(state=state.value) from None


def check_dates(facts: CredentialFacts) -> None:
    """Raise DatesTwisted when it would end before it began."""
    if facts.issued_on and facts.expires_on and facts.expires_on <= facts.issued_on:
        raise DatesTwisted


def check_until(until: date | None, *, today: date) -> date:
    """Return the day until which it holds; raise UntilNeeded for none, or one that is over."""
    if until is None or until <= today:
        raise UntilNeeded
    return until


def check_practice(practice: Practice, declared: Collection[str], *, today: date) -> Practice:
    """Return what was seen; raise SinceImpossible or SpecialtyNotDeclared. ``declared``: keys of the holder's own."""
    first, last = today.year - MOST_YEARS, today.year
    if practice.since is not None and not first <= practice.since <= last:
        raise SinceImpossible(first=first, last=last)
    if not set(practice.specialties) <= set(declared):
        raise SpecialtyNotDeclared
    return practice


def practice_that_holds(practice: Practice, state: CredentialState) -> Practice:
    """Return what may be shown as checked: it stands and falls with the credential."""
    return practice if state in HOLDS else NOTHING_SEEN


def step_by_calendar(state: State, until: date | None, *, today: date) -> Step | None:
    """Return what the calendar does to a verified credential today: soon over, over, or nothing."""
    if until is None or state not in HOLDS:
        return None
    if today > until:
        return Step.LAPSED
    return Step.EXPIRING if state is State.VERIFIED and today >= until - EXPIRES_SOON else None
