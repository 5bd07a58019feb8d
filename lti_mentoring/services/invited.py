"""What an invited person does with the link: look, accept or decline. One answer counts, whoever gives it first."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.inviting import OUTSIDE, same_address
from lti_mentoring.errors import MentoringError
from lti_mentoring.models import (
    Account,
    Membership,
    MembershipStatus,
    MentorInvitation,
    Person,
    Track,
    TrackState,
)
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.services.accounts import add_account, begin_session
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import write_mail
from lti_mentoring.services.mentors import take_in
from lti_mentoring.services.passkeys import AccountDisabled
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Holder

SUBJECT_BYTES = 24
ANSWERED = "invitation_answered"


class InvitationRefused(MentoringError):
    """No invitation, or one that was answered, taken back, replaced or is too old; the same answer for all of them."""

    code = "mentor_invitation_invalid"
    status = 403


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What the invited person says of themselves. ``locale`` None: as the inviter wrote."""

    name: str
    locale: str | None = None


def open_invitation(session: Session, token: str, *, now: datetime) -> MentorInvitation:
    """Return the invitation behind a link's secret; raise InvitationRefused unless it may still be answered."""
    found = session.scalar(
        select(MentorInvitation)
        .join(Track, Track.id == MentorInvitation.track_id)
        .where(MentorInvitation.token_hash == hash_of(token), *_is_open(now), Track.state != TrackState.CLOSED)
    )
    if found is None:
        raise InvitationRefused
    return found


def note_opened(session: Session, token: str, *, now: datetime) -> MentorInvitation:
    """Note the first time that somebody looked; it uses nothing up."""
    found = open_invitation(session, token, now=now)
    if found.opened_at is None:
        found.opened_at = now
        _record(session, found, "mentor_invitation.opened", now)
    return found


def accept(session: Session, token: str, said: Acceptance, *, holder: Holder | None, now: datetime) -> str:
    """Make the person a mentor of the track; return the secret of a new session.

    ``holder``: an outside mentor of the same institution who is signed in here goes on as the one they are. An address
    that the link was mailed to shows who somebody is as well; a link that was handed over does not.
    """
    invitation = open_invitation(session, token, now=now)
    _settle(session, invitation, now, accepted_at=now)
    track = session.get_one(Track, invitation.track_id)
    account = _account_of(session, invitation, said, holder, now)
    person_id = account.person_id or 0
    _enter_course(session, invitation, track, person_id)
    mentor = take_in(
        session, track, person_id, places=invitation.places, field=invitation.field,
        made_by_id=invitation.invited_by_id, now=now,
    )  # fmt: skip
    invitation.mentor_id = mentor.id
    _record(session, invitation, "mentor_invitation.accepted", now, person=person_id, mentor=mentor.id)
    _tell(session, invitation, track, account.name, "accepted", now)
    return begin_session(session, account, None, now=now)


def decline(session: Session, token: str, reason: str, *, now: datetime) -> MentorInvitation:
    """Say no; faculty see the reason, where one was given."""
    invitation = open_invitation(session, token, now=now)
    _settle(session, invitation, now, declined_at=now, decline_reason=reason)
    _record(session, invitation, "mentor_invitation.declined", now)
    track = session.get_one(Track, invitation.track_id)
    _tell(session, invitation, track, invitation.name or invitation.address, "declined", now)
    return invitation


def _is_open(now: datetime) -> tuple[Any, ...]:
    return (
        MentorInvitation.accepted_at.is_(None),
        MentorInvitation.declined_at.is_(None),
        MentorInvitation.taken_back_at.is_(None),
        MentorInvitation.expires_at > now,
    )


def _settle(session: Session, invitation: MentorInvitation, now: datetime, **answer: object) -> None:
    """Write the answer; of two at once one gets it."""
    same = (MentorInvitation.id == invitation.id, MentorInvitation.token_hash == invitation.token_hash)
    written = session.execute(
        update(MentorInvitation)
        .where(*same, *_is_open(now))
        .values(**answer)
        .execution_options(synchronize_session=False)
    )
    if not rows_changed(written):
        raise InvitationRefused
    session.refresh(invitation)


def _account_of(
    session: Session, invitation: MentorInvitation, said: Acceptance, holder: Holder | None, now: datetime
) -> Account:
    known = _known_account(session, invitation, holder)
    if known is None:
        return _new_account(session, invitation, said, now)
    if known.disabled_at is not None:
        raise AccountDisabled
    return known


def _known_account(session: Session, invitation: MentorInvitation, holder: Holder | None) -> Account | None:
    own = (Account.kind == AccountKind.MENTOR, Account.institution_id == invitation.institution_id)
    if holder is not None:
        signed_in = session.scalar(select(Account).where(Account.id == holder.account_id, *own))
        if signed_in is not None:
            return signed_in
    if not invitation.mailed:
        return None
    return session.scalars(
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(*own, Person.issuer == OUTSIDE, func.lower(Person.email) == same_address(invitation.address))
        .order_by(Account.id)
    ).first()


def _new_account(session: Session, invitation: MentorInvitation, said: Acceptance, now: datetime) -> Account:
    person = Person(
        institution_id=invitation.institution_id,
        issuer=OUTSIDE,
        subject=secrets.token_urlsafe(SUBJECT_BYTES),
        name=said.name,
        email=invitation.address,
        locale=said.locale or invitation.locale,
        first_seen_at=now,
    )
    session.add(person)
    session.flush()
    return add_account(
        session, AccountKind.MENTOR, invitation.institution_id, said.name, by=None, now=now, person_id=person.id
    )


def _enter_course(session: Session, invitation: MentorInvitation, track: Track, person_id: int) -> None:
    """Let the person be in the course, with no role of the platform's: no list of it names them, and none ends it."""
    key = {"context_ref": track.context_ref, "person_id": person_id}
    upsert(session, Membership, key, by=tuple(key), first={
        "institution_id": invitation.institution_id, "role_uris": [], "is_student": False, "is_faculty": False,
        "status": MembershipStatus.ACTIVE, "missed_rosters": 0,
    })  # fmt: skip


def _record(session: Session, invitation: MentorInvitation, action: str, now: datetime, **facts: int) -> None:
    context = select(Track.context_ref).where(Track.id == invitation.track_id)
    record(
        session, None, action, "mentor_invitation", invitation.id, now=now,
        institution_id=invitation.institution_id, context_id=session.scalar(context), reason="", **facts,
    )  # fmt: skip


def _tell(session: Session, invitation: MentorInvitation, track: Track, name: str, answer: str, now: datetime) -> None:
    facts = {"name": name, "answer": answer, "track": track.title, "course": track.context.shown_title}
    write_mail(
        session, invitation.invited_by_id, ANSWERED, facts, f"{ANSWERED}:{invitation.id}", track.context_ref, now
    )
