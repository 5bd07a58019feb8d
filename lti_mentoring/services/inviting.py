"""Invite mentors from outside the course, send the link again, take it back; see who was asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.inviting import (
    INVITATION_LASTS,
    MOST_A_DAY,
    MOST_AT_ONCE,
    OUTSIDE,
    Fault,
    FaultyEntry,
    Invitee,
    may_send_again,
    may_take_back,
    same_address,
)
from lti_mentoring.errors import Conflict, NotFound, Refused
from lti_mentoring.models import Institution, Mentor, MentorInvitation, Person, Track, TrackState
from lti_mentoring.queries.inviting import state_of_row
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.sealing import link_place
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import write_to_invited
from lti_mentoring.services.mentors import LONGEST_FIELD, check_places

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.sealing import Sealer
    from lti_mentoring.signed_links import LinkSigner

INVITATION_PATH = "/invitation"
KIND = "mentor_invited"
A_DAY = timedelta(days=1)


class TooManyInvitations(Refused):
    """More people than may be invited at once, or in a day. Facts: ``most``, ``a_day``."""

    code = "too_many_invitations"


class CannotInvite(Refused):
    """Some of them cannot be invited, so nobody was. ``entries`` says who and why."""

    code = "cannot_invite"

    def __init__(self, entries: Sequence[FaultyEntry]) -> None:
        super().__init__()
        self.entries = tuple(entries)


class InvitationSettled(Conflict):
    """It was answered, taken back, or has run out meanwhile."""

    code = "invitation_settled"


class TrackIsClosed(Conflict):
    """Nobody can be invited to a track that is over."""

    code = "track_closed_to_mentors"


@dataclass(frozen=True, slots=True)
class Offer:
    """What everybody is offered who is invited together."""

    places: int
    field: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """How links leave. ``by_mail`` False: no mail can leave, so that faculty hand each link over themselves."""

    sealer: Sealer
    signer: LinkSigner
    public_url: str
    by_mail: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """One invitation. ``link`` is told only where no mail carries it, and only now."""

    invitation: MentorInvitation
    link: str = field(default="", repr=False)


def invite(
    session: Session, by: Sitter, track: Track, people: Sequence[Invitee], offer: Offer, post: Post, *, now: datetime
) -> list[Sent]:
    """Invite all of them, or nobody: raise CannotInvite, TooManyInvitations, TrackIsClosed, PlacesOutOfRange."""
    check_places(offer.places)
    _check_open(track)
    # One after another: two who invite the same people at once would both find them new.
    session.execute(select(Track.id).where(Track.id == track.id).with_for_update(key_share=True))
    _check_number(session, track, len(people), now)
    faults = _known_here(session, track, people, now)
    if faults:
        raise CannotInvite(faults)
    return [_invite(session, by, track, one, offer, post, now) for one in people]


def send_again(session: Session, by: Sitter, track: Track, invitation_id: int, post: Post, *, now: datetime) -> Sent:
    """Make a new link, good for as long as a first one; the older one is dead."""
    _check_open(track)
    invitation = find_invitation(session, by, invitation_id)
    if not may_send_again(state_of_row(invitation, now=now)):
        raise InvitationSettled
    _check_number(session, track, 1, now)
    token = post.signer.make()
    invitation.token_hash, invitation.mailed = hash_of(token), post.by_mail
    invitation.times, invitation.sent_at, invitation.expires_at = invitation.times + 1, now, now + INVITATION_LASTS
    invitation.opened_at = None
    record(session, by, "mentor_invitation.sent_again", "mentor_invitation", invitation.id, now=now)
    return _hand_over(session, by, track, invitation, token, post, now)


def take_back(session: Session, by: Sitter, invitation_id: int, *, now: datetime) -> MentorInvitation:
    """Let the link open nothing any more; raise InvitationSettled when it was answered meanwhile."""
    invitation = find_invitation(session, by, invitation_id)
    if not may_take_back(state_of_row(invitation, now=now)):
        raise InvitationSettled
    invitation.taken_back_at = now
    record(session, by, "mentor_invitation.taken_back", "mentor_invitation", invitation.id, now=now)
    return invitation


def find_invitation(session: Session, by: Sitter, invitation_id: int) -> MentorInvitation:
    """Return an invitation of the sitter's track, locked; raise NotFound for any other."""
    found = session.scalars(
        select(MentorInvitation)
        .where(
            MentorInvitation.id == invitation_id,
            MentorInvitation.institution_id == by.institution_id,
            MentorInvitation.track_id == by.track_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _invite(session: Session, by: Sitter, track: Track, one: Invitee, offer: Offer, post: Post, now: datetime) -> Sent:
    token = post.signer.make()
    invitation = MentorInvitation(
        institution_id=track.institution_id,
        track_id=track.id,
        invited_by_id=by.person_id,
        name=one.name,
        address=one.address,
        note=offer.note,
        places=offer.places,
        field=offer.field[:LONGEST_FIELD],
        locale=by.locale,
        token_hash=hash_of(token),
        mailed=post.by_mail,
        times=1,
        sent_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    session.add(invitation)
    session.flush()
    record(session, by, "mentor_invitation.sent", "mentor_invitation", invitation.id, now=now, places=offer.places)
    return _hand_over(session, by, track, invitation, token, post, now)


def _hand_over(
    session: Session, by: Sitter, track: Track, invitation: MentorInvitation, token: str, post: Post, now: datetime
) -> Sent:
    """Put the link into a mail, or return it. Its secret stands behind the #: no server is told it."""
    link = f"{post.public_url}{INVITATION_PATH}#{token}"
    session.flush()
    if not post.by_mail:
        return Sent(invitation, link)
    once_key = f"{KIND}:{invitation.id}:{invitation.times}"
    facts = {
        "name": invitation.name,
        "by": by.person_name,
        "institution": session.get_one(Institution, track.institution_id).name,
        "track": track.title,
        "course": by.context_title,
        "note": invitation.note,
    }
    write_to_invited(
        session, invitation, KIND, facts, once_key, track.context_ref, now,
        sealed_link=post.sealer.seal(link, link_place(once_key)),
    )  # fmt: skip
    return Sent(invitation)


def _check_open(track: Track) -> None:
    if track.state is TrackState.CLOSED:
        raise TrackIsClosed


def _check_number(session: Session, track: Track, number: int, now: datetime) -> None:
    lately = select(func.count()).where(MentorInvitation.track_id == track.id, MentorInvitation.sent_at > now - A_DAY)
    if number > MOST_AT_ONCE or (session.scalar(lately) or 0) + number > MOST_A_DAY:
        raise TooManyInvitations(most=MOST_AT_ONCE, a_day=MOST_A_DAY)


def _known_here(session: Session, track: Track, people: Collection[Invitee], now: datetime) -> list[FaultyEntry]:
    """Return who is invited to this track already, or mentors in it; what other tracks know is told nobody."""
    asked = {
        same_address(one.address)
        for one in session.scalars(select(MentorInvitation).where(MentorInvitation.track_id == track.id))
        if may_take_back(state_of_row(one, now=now))
    }
    outside = session.scalars(
        select(Person.email)
        .join(Mentor, Mentor.person_id == Person.id)
        .where(Mentor.track_id == track.id, Mentor.active.is_(True), Person.issuer == OUTSIDE)
    )
    mentors = {same_address(one) for one in outside if one}
    faults = []
    for one in people:
        address = same_address(one.address)
        if address in asked | mentors:
            fault = Fault.INVITED_ALREADY if address in asked else Fault.MENTOR_ALREADY
            faults.append(FaultyEntry(f"{one.name} {one.address}".strip(), fault))
    return faults
