"""Look after questions that nobody answers: the deadline, a mentor who is gone, a student who needs nobody any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select

from lti_mentoring.domain.mentor_requests import RequestState, Standing, outcome
from lti_mentoring.models import Membership, MembershipStatus, Mentor, MentorRequest, Mentorship, Track
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.accepting import is_paused, lacks_credential
from lti_mentoring.services.mentor_requests import close

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

MentorSeat, StudentSeat = alias_of(Membership), alias_of(Membership)
LEFT = MembershipStatus.LEFT


def find_due_requests(session: Session, *, most: int, now: datetime) -> list[int]:
    """Return the open questions that end by themselves now, the oldest first; one statement."""
    ends = or_(
        MentorRequest.reply_by <= now,
        Mentor.active.is_(False),
        is_paused(),
        lacks_credential(),
        MentorSeat.status == LEFT,
        StudentSeat.status == LEFT,
        Mentorship.id.is_not(None),
    )
    found = select(MentorRequest.id).where(MentorRequest.state == RequestState.ASKED, ends)
    return list(session.scalars(_with_people(found).order_by(MentorRequest.reply_by, MentorRequest.id).limit(most)))


def settle(session: Session, request_id: int, *, now: datetime) -> None:
    """End one of them, if it still has to, and ask the next wish; doing it twice changes nothing."""
    found = _with_people(
        select(
            MentorRequest,
            Mentor.active,
            or_(is_paused(), lacks_credential()),
            MentorSeat.status,
            StudentSeat.status,
            Mentorship.id,
        ).where(MentorRequest.id == request_id, MentorRequest.state == RequestState.ASKED)
    )
    row = session.execute(found).one_or_none()
    if row is None:
        return
    request, active, takes_nobody, of_mentor, of_student, mentorship = row
    standing = Standing(
        reply_by=request.reply_by,
        student_gone=of_student is LEFT or mentorship is not None,
        mentor_gone=not active or takes_nobody or of_mentor is LEFT,
    )
    ended = outcome(standing, now=now)
    if ended is not None:
        close(session, request, ended, now=now)


def _with_people(wanted: Any) -> Any:
    return (
        wanted.join(Mentor, Mentor.id == MentorRequest.mentor_id)
        .join(Track, Track.id == MentorRequest.track_id)
        .outerjoin(
            MentorSeat,
            and_(MentorSeat.context_ref == Track.context_ref, MentorSeat.person_id == Mentor.person_id),
        )
        .outerjoin(
            StudentSeat,
            and_(StudentSeat.context_ref == Track.context_ref, StudentSeat.person_id == MentorRequest.student_id),
        )
        .outerjoin(
            Mentorship,
            and_(
                Mentorship.track_id == MentorRequest.track_id,
                Mentorship.student_id == MentorRequest.student_id,
                Mentorship.role == MentorRequest.mentor_role,
                Mentorship.ended_at.is_(None),
            ),
        )
    )
