"""Who was invited to mentor in a track, and what came of it; what an invited person is shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.inviting import InvitationState, may_send_again, may_take_back, state_of
from lti_mentoring.models import Context, Institution, MentorInvitation, Person, Track
from lti_mentoring.queries.paging import Paged, paged

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

INVITATIONS_PAGE = 50


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """One invitation, as faculty see it. ``at``: when it came to where it stands."""

    id: int
    name: str
    address: str
    state: InvitationState
    at: datetime
    until: datetime
    places: int
    reason: str
    mentor_id: int | None

    @property
    def may_send_again(self) -> bool:
        """Whether a new link may go out."""
        return may_send_again(self.state)

    @property
    def may_take_back(self) -> bool:
        """Whether there is a link to take back."""
        return may_take_back(self.state)


@dataclass(frozen=True, slots=True)
class InvitationsPage:
    """One page of a track's invitations, the newest first."""

    rows: tuple[InvitationRow, ...]
    paged: Paged


@dataclass(frozen=True, slots=True)
class InvitationView:
    """What an invited person reads: who asks them to what."""

    name: str
    address: str
    by: str
    institution: str
    track: str
    purpose: str
    course: str
    note: str
    places: int
    until: datetime
    locale: str | None
    institution_id: int


def state_of_row(one: MentorInvitation, *, now: datetime) -> InvitationState:
    """Return where a row stands."""
    return state_of(
        opened_at=one.opened_at,
        accepted_at=one.accepted_at,
        declined_at=one.declined_at,
        taken_back_at=one.taken_back_at,
        expires_at=one.expires_at,
        now=now,
    )


def invitations_page(session: Session, track: Track, *, number: int, now: datetime) -> InvitationsPage:
    """Return a page of the track's invitations; two statements."""
    own = (MentorInvitation.track_id == track.id, MentorInvitation.institution_id == track.institution_id)
    total = session.scalar(select(func.count()).select_from(MentorInvitation).where(*own)) or 0
    pages = paged(total, number, INVITATIONS_PAGE)
    rows = session.scalars(
        select(MentorInvitation)
        .where(*own)
        .order_by(MentorInvitation.sent_at.desc(), MentorInvitation.id.desc())
        .limit(pages.size)
        .offset(pages.offset)
    )
    return InvitationsPage(tuple(_row(one, now) for one in rows), pages)


def invitation_view(session: Session, invitation: MentorInvitation) -> InvitationView:
    """Return what the invited person is shown; one statement."""
    by, track, course, institution = session.execute(
        select(Person, Track, Context, Institution.name)
        .select_from(MentorInvitation)
        .join(Person, Person.id == MentorInvitation.invited_by_id)
        .join(Track, Track.id == MentorInvitation.track_id)
        .join(Context, Context.id == Track.context_ref)
        .join(Institution, Institution.id == MentorInvitation.institution_id)
        .where(MentorInvitation.id == invitation.id)
    ).one()
    return InvitationView(
        name=invitation.name,
        address=invitation.address,
        by=by.shown_name,
        institution=institution,
        track=track.title,
        purpose=track.purpose,
        course=course.shown_title,
        note=invitation.note,
        places=invitation.places,
        until=invitation.expires_at,
        locale=invitation.locale,
        institution_id=invitation.institution_id,
    )


def _row(one: MentorInvitation, now: datetime) -> InvitationRow:
    state = state_of_row(one, now=now)
    moments = {
        InvitationState.OPENED: one.opened_at,
        InvitationState.ACCEPTED: one.accepted_at,
        InvitationState.DECLINED: one.declined_at,
        InvitationState.EXPIRED: one.expires_at,
        InvitationState.TAKEN_BACK: one.taken_back_at,
    }
    return InvitationRow(
        id=one.id,
        name=one.name,
        address=one.address,
        state=state,
        at=moments.get(state) or one.sent_at,
        until=one.expires_at,
        places=one.places,
        reason=one.decline_reason,
        mentor_id=one.mentor_id,
    )
