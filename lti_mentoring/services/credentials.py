"""Declare a credential, show a document of it, check it, withdraw it, remove it: each step with who, when and how."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.credentials import (
    MOST_CREDENTIALS,
    NOTHING_SEEN,
    Checkers,
    CredentialFacts,
    CredentialReasonNeeded,
    CredentialsNotChecked,
    CredentialStepKind,
    Method,
    OwnCredential,
    Practice,
    TooManyCredentials,
    after,
    check_dates,
    check_practice,
    check_until,
)
from lti_mentoring.domain.profiles import ProfileClosed, TermKind
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Credential, CredentialStep
from lti_mentoring.models.base import new_key
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.credentials import checkers_of, may_check, own_credential
from lti_mentoring.queries.profiles import may_have_profile, profile_of
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import write_mail

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.sealing import Sealer

LEAST_REASON = 10


@dataclass(frozen=True, slots=True)
class Check:
    """What somebody who checked says: how, until when it holds, words for the holder, and what was seen with it."""

    method: Method
    until: date | None
    words: str = ""
    practice: Practice = NOTHING_SEEN


def declare(session: Session, by: Sitter, facts: CredentialFacts, sealer: Sealer, *, now: datetime) -> Credential:
    """Let somebody say what licence or degree they have; the number is sealed. Nobody has checked it by that.

    Raises ProfileClosed, CredentialsNotChecked, DatesTwisted, TooManyCredentials.
    """
    if not may_have_profile(session, by):
        raise ProfileClosed
    check_somebody_checks(session, by)
    check_dates(facts)
    own = select(func.count()).select_from(Credential).where(
        Credential.institution_id == by.institution_id,
        Credential.person_id == by.person_id,
        Credential.removed_at.is_(None),
    )  # fmt: skip
    if (session.scalar(own) or 0) >= MOST_CREDENTIALS:
        raise TooManyCredentials(most=MOST_CREDENTIALS)
    credential = Credential(
        institution_id=by.institution_id, key=new_key(), person_id=by.person_id, kind=facts.kind, title=facts.title,
        register=facts.register, holder=facts.holder, issued_on=facts.issued_on, expires_on=facts.expires_on,
        created_at=now,
    )  # fmt: skip
    if facts.number:
        credential.sealed_number = sealer.seal(facts.number, place_of(credential, "sealed_number"))
    session.add(credential)
    session.flush()
    note(session, by, credential, CredentialStepKind.DECLARED, now=now)
    return credential


def look_up(session: Session, by: Sitter, credential_id: int, words: str, *, now: datetime) -> Credential:
    """Note that somebody looked it up in the register; raises NotFound, OwnCredential, CredentialStepNotPossible."""
    credential = to_check(session, by, credential_id)
    credential.state = after(credential.state, CredentialStepKind.LOOKED_UP)
    note(session, by, credential, CredentialStepKind.LOOKED_UP, now=now, method=Method.REGISTER, words=words)
    return credential


def verify(session: Session, by: Sitter, credential_id: int, check: Check, *, now: datetime) -> Credential:
    """Say that it is right, how that was checked, and until when it holds; its holder hears by mail.

    Raises NotFound, OwnCredential, UntilNeeded, SinceImpossible, SpecialtyNotDeclared, CredentialStepNotPossible.
    """
    credential = to_check(session, by, credential_id)
    until = check_until(check.until, today=now.date())
    declared = profile_of(session, credential.institution_id, credential.person_id).of(TermKind.SPECIALTY)
    practice = check_practice(check.practice, declared, today=now.date())
    credential.state = after(credential.state, CredentialStepKind.VERIFIED)
    credential.verified_until = until
    note(
        session, by, credential, CredentialStepKind.VERIFIED, now=now, method=check.method, until=until,
        words=check.words, practice=practice,
    )  # fmt: skip
    tell_holder(session, credential, "verified", now=now)
    return credential


def revoke(session: Session, by: Sitter, credential_id: int, reason: str, *, now: datetime) -> Credential:
    """Withdraw it for good, with a reason that its holder reads; raises CredentialReasonNeeded and as ``verify``."""
    said = reason.strip()
    if len(said) < LEAST_REASON:
        raise CredentialReasonNeeded
    credential = to_check(session, by, credential_id)
    credential.state = after(credential.state, CredentialStepKind.REVOKED)
    note(session, by, credential, CredentialStepKind.REVOKED, now=now, words=said)
    tell_holder(session, credential, "revoked", now=now)
    return credential


def remove(session: Session, by: Sitter, credential_id: int, *, now: datetime) -> tuple[str, ...]:
    """Take one's own credential away: number, documents and what was seen with them are gone; its steps stay.

    Returns the keys of files to erase once this is committed.
    """
    credential = own_credential(session, by, credential_id)
    keys = tuple(one.file.storage_key for one in credential.documents if one.file.erased_at is None)
    for one in credential.documents:
        one.file.name, one.file.sha256, one.file.size, one.file.erased_at = "", "", 0, now
    credential.sealed_number, credential.holder, credential.removed_at = None, "", now
    for step in credential.steps:
        step.since, step.specialties = None, []
    record(session, by, "credential.removed", "credential", credential.id, now=now)
    session.flush()
    return keys


def check_somebody_checks(session: Session, by: Sitter) -> None:
    """Raise CredentialsNotChecked where nobody of the institution would ever read what is handed in."""
    if checkers_of(session, by) is Checkers.NOBODY:
        raise CredentialsNotChecked


def to_check(session: Session, by: Sitter, credential_id: int) -> Credential:
    """Return a credential that the sitter may check, locked; raise NotFound, or OwnCredential for their own."""
    credential = session.scalars(
        select(Credential)
        .where(
            Credential.id == credential_id,
            Credential.institution_id == by.institution_id,
            Credential.removed_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if credential is None or not may_check(session, by, credential.person_id):
        raise NotFound
    if credential.person_id == by.person_id:
        raise OwnCredential
    return credential


def note(
    session: Session,
    by: Sitter | None,
    credential: Credential,
    kind: CredentialStepKind,
    *,
    now: datetime,
    method: Method | None = None,
    until: date | None = None,
    words: str = "",
    practice: Practice = NOTHING_SEEN,
) -> None:
    """Write a step and its audit row; ``by`` None: the calendar."""
    person_id = by.person_id if by and not by.account_id else None
    session.add(
        CredentialStep(
            institution_id=credential.institution_id, credential_id=credential.id, kind=kind, by_id=person_id,
            account_ref=by.account_id if by else None, by_role=by.role.value if by else "", method=method, until=until,
            words=words.strip(), since=practice.since, specialties=list(practice.specialties), at=now,
        )
    )  # fmt: skip
    record(
        session, by, f"credential.{kind.value}", "credential", credential.id, now=now,
        institution_id=credential.institution_id, method=method.value if method else "",
    )  # fmt: skip
    session.flush()


def tell_holder(session: Session, credential: Credential, what: str, *, now: datetime) -> None:
    """Write its holder a mail; it says what happened, never a number."""
    facts: dict[str, str | int] = {
        "what": what,
        "title": credential.title,
        "until": credential.verified_until.isoformat() if credential.verified_until else "",
        "to": "holder",
        "name": "",
        "path": "/profile/credentials",
    }
    once = f"credential:{credential.id}:{what}:{facts['until']}:{now.date().isoformat()}"
    write_mail(session, credential.person_id, "credential", facts, once, None, now)
