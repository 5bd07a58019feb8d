"""End mentorships of people who leave: all that faculty were shown, or none; nobody is ever parted by themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import case, select, update

from lti_mentoring.domain.mentorships import EndCause, MentorshipState, advance
from lti_mentoring.errors import Conflict
from lti_mentoring.models import Mentor, Mentorship
from lti_mentoring.queries.leavers import has_gone
from lti_mentoring.services.assigning import lock_mentors
from lti_mentoring.services.auditing import record_all
from lti_mentoring.services.meetings import cancel_with
from lti_mentoring.services.mentors import find_mentor, untick
from lti_mentoring.services.parting_mails import tell_parted

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


class LeaversChanged(Conflict):
    """Who is concerned is not who was shown: somebody came, went or was moved meanwhile. Nothing was changed."""

    code = "leavers_changed"


def part_with_mentor(
    session: Session,
    by: Sitter,
    track: Track,
    mentor_id: int,
    shown: Collection[int],
    reason: str,
    *,
    stops: bool,
    now: datetime,
) -> int:
    """End all mentorships of one mentor, whose students wait for another then; return how many they were.

    ``shown``: the mentorships that faculty saw; raise LeaversChanged where these are not all. ``stops``: the person is
    no mentor of the track any more.
    """
    mentor = find_mentor(session, by, mentor_id)
    of_mentor = select(Mentorship).where(Mentorship.mentor_id == mentor.id, Mentorship.ended_at.is_(None))
    ended = _locked(session, of_mentor)
    # Under the mentor's lock nobody else comes: who came before it is seen now.
    if set(session.scalars(of_mentor.with_only_columns(Mentorship.id))) != set(shown):
        raise LeaversChanged
    gone = session.scalar(select(has_gone(track, Mentor.person_id)).where(Mentor.id == mentor.id))
    cause = EndCause.MENTOR_LEFT if gone else EndCause.MENTOR_STOPS
    _end(session, by, track, ended, cause, reason, now=now)
    if stops:
        untick(session, by, mentor.id, now=now)
    return len(ended)


def part_from_left(session: Session, by: Sitter, track: Track, shown: Collection[int], *, now: datetime) -> int:
    """End these mentorships of students who have left the course; return how many they were.

    Raise LeaversChanged where one of them is not such a mentorship any more: the student came back, or somebody was
    quicker.
    """
    left = select(Mentorship).where(
        Mentorship.id.in_(list(shown)),
        Mentorship.track_id == track.id,
        Mentorship.institution_id == by.institution_id,
        Mentorship.ended_at.is_(None),
        has_gone(track, Mentorship.student_id),
    )
    ended = _locked(session, left)
    if {one.id for one in ended} != set(shown):
        raise LeaversChanged
    _end(session, by, track, ended, EndCause.STUDENT_LEFT, "", now=now)
    return len(ended)


def _locked(session: Session, wanted: Select[Mentorship]) -> list[Mentorship]:
    """Lock first the mentorships, then their mentors, as whoever moves a student does."""
    held = wanted.order_by(Mentorship.id).with_for_update().execution_options(populate_existing=True)
    found = list(session.scalars(held))
    lock_mentors(session, {one.mentor_id for one in found})
    return found


def _end(
    session: Session,
    by: Sitter,
    track: Track,
    ended: Sequence[Mentorship],
    cause: EndCause,
    reason: str,
    *,
    now: datetime,
) -> None:
    if not ended:
        return
    for one in ended:
        advance(one.state, MentorshipState.ENDED)
    session.execute(
        update(Mentorship)
        .where(Mentorship.id.in_([one.id for one in ended]))
        .values(state=MentorshipState.ENDED, ended_at=now, end_reason=reason, end_cause=cause)
    )
    fewer = Counter(one.mentor_id for one in ended)
    session.execute(
        update(Mentor)
        .where(Mentor.id.in_(list(fewer)))
        .values(taken=Mentor.taken - case(dict(fewer), value=Mentor.id, else_=0))
        .execution_options(synchronize_session=False)
    )
    record_all(
        session, by, "mentorship.ended", "mentorship",
        {one.id: {"student_id": one.student_id, "mentor_id": one.mentor_id, "cause": cause.value} for one in ended},
        now=now, institution_id=track.institution_id, context_id=track.context_ref, reason=reason,
    )  # fmt: skip
    tell_parted(session, by, ended, cause, now=now)
    cancel_with(session, by, ended, cause, now=now)
    session.flush()
