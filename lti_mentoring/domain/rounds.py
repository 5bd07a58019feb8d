"""A matching round's life, and what may be changed in it by hand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from lti_mentoring.domain.conflicts import SPOKEN, Kind
from lti_mentoring.errors import Conflict

UNDO_HOURS = 24
MOST_UNDO_HOURS = 168
TOP = 3
"""Wishes up to this one are what students hope for."""


class RoundState(StrEnum):
    """Where a round stands; only faculty see a draft."""

    DRAFT = "draft"
    PUBLISHED = "published"
    UNDONE = "undone"
    DISCARDED = "discarded"


class MatchOrigin(StrEnum):
    """Who put the two together."""

    ALGORITHM = "algorithm"
    BY_HAND = "by_hand"


class Show(StrEnum):
    """Which pairs of a round are shown."""

    ALL = "all"
    NOT_FIRST = "not_first"
    BY_HAND = "by_hand"
    NOBODY = "nobody"


NEXT: dict[RoundState, frozenset[RoundState]] = {
    RoundState.DRAFT: frozenset({RoundState.PUBLISHED, RoundState.DISCARDED}),
    RoundState.PUBLISHED: frozenset({RoundState.UNDONE}),
}


class RoundStepNotAllowed(Conflict):
    """A round cannot go from where it is to where it was sent: somebody else was quicker, or it is an old page."""

    code = "round_step_not_allowed"


def advance(current: RoundState, wanted: RoundState) -> RoundState:
    """Return ``wanted`` when the step exists; raise RoundStepNotAllowed otherwise."""
    if wanted not in NEXT.get(current, frozenset()):
        raise RoundStepNotAllowed(current=current.value, wanted=wanted.value)
    return wanted


def undo_deadline(published_at: datetime, hours: int) -> datetime:
    """Return until when a published round may be taken back."""
    return published_at + timedelta(hours=hours)


def may_take_back(state: RoundState, undo_until: datetime | None, *, now: datetime) -> bool:
    """Say whether a round is published and its deadline is still to come."""
    return state is RoundState.PUBLISHED and undo_until is not None and now <= undo_until


class Refusal(StrEnum):
    """Why a change by hand cannot be made, whatever the reason given."""

    SAME_MENTOR = "same_mentor"
    UNKNOWN_MENTOR = "unknown_mentor"
    NO_ROOM = "no_room"
    NOT_AVAILABLE = "not_available"
    """A veto, a limit or a concern: never said which, so that nobody can tell one from the others."""


class SetAside(StrEnum):
    """A rule that a change by hand sets aside; it needs a reason, which is kept with the round."""

    CONFLICT = "conflict"
    """Declared openly, or seen by anybody."""
    NOT_WISHED = "not_wished"
    LATER_WISH = "later_wish"
    LEFT_WITHOUT = "left_without"
    PARTED = "parted"
    """The student's group stays together, and they leave it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change by hand would do. ``before``, ``after``: the wish that the student has; None: none of them."""

    before: int | None
    after: int | None
    sets_aside: tuple[SetAside, ...] = ()
    refusal: Refusal | None = None


def wish_of(wishes: Sequence[Collection[int]], mentor_id: int | None) -> int | None:
    """Return which wish a mentor is on a list of tiers, counted from 1; None for nobody and for who is not on it."""
    return next((place for place, tier in enumerate(wishes, start=1) if mentor_id in tier), None)


def judge_change(
    wishes: Sequence[Collection[int]],
    current: int | None,
    wanted: int | None,
    *,
    free: int | None = None,
    apart: frozenset[Kind] = frozenset(),
    parted: bool = False,
) -> Effect:
    """Say what it does to give a student ``wanted`` (None: nobody) in place of ``current``.

    ``free``: the places that the wanted mentor has left in this round; None: there is no such mentor. ``apart``: all
    that keeps the two apart. ``parted``: others of the student's group stay where they are together now.
    """
    before, after = wish_of(wishes, current), wish_of(wishes, wanted)
    refusal = _refusal(current, wanted, free, apart)
    if refusal:
        return Effect(before, after, (), refusal)
    aside = (*_set_aside(wishes, wanted, before, after, apart), *((SetAside.PARTED,) if parted else ()))
    return Effect(before, after, aside)


def effect_of_all(effects: Collection[Effect]) -> Effect:
    """Return what a move of several does that comes about for all or for none. The wishes are each one's own."""
    refusal = next((one.refusal for one in effects if one.refusal), None)
    aside = {code for one in effects for code in one.sets_aside}
    return Effect(None, None, () if refusal else tuple(code for code in SetAside if code in aside), refusal)


def _refusal(current: int | None, wanted: int | None, free: int | None, apart: frozenset[Kind]) -> Refusal | None:
    checks = (
        (current == wanted, Refusal.SAME_MENTOR),
        (wanted is not None and free is None, Refusal.UNKNOWN_MENTOR),
        (bool(apart - SPOKEN), Refusal.NOT_AVAILABLE),
        (wanted is not None and (free or 0) <= 0, Refusal.NO_ROOM),
    )
    return next((refusal for is_so, refusal in checks if is_so), None)


def _set_aside(
    wishes: Sequence[Collection[int]],
    wanted: int | None,
    before: int | None,
    after: int | None,
    apart: frozenset[Kind],
) -> Iterator[SetAside]:
    if apart:
        yield SetAside.CONFLICT
    if wanted is None:
        yield SetAside.LEFT_WITHOUT
    elif after is None and wishes:
        yield SetAside.NOT_WISHED
    elif after is not None and before is not None and before < after:
        yield SetAside.LATER_WISH
