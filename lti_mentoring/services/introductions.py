"""Introduce a student to somebody, say what came of it, and take it back; each of it once, whoever comes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.introductions import AFTER, IntroductionSettled, IntroductionState, NotToBeIntroduced
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Context, Introduction, Mentor, Person, TrackState
from lti_mentoring.models.introduction import LONGEST_DOES, LONGEST_NAME, LONGEST_PURPOSE
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.introductions import my_student, others_to_pick
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import Letter, write_mails
from lti_mentoring.services.steps import TrackClosed

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.introductions import To
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def introduce(
    session: Session, by: Sitter, track: Track, student_id: int, to: To, purpose: str, *, now: datetime
) -> Introduction:
    """Introduce a student whom the sitter mentors now to somebody, and tell the student and the other mentor.

    Raises NotFound for another's student, NobodyToIntroduceTo where nobody is named, TrackClosed in a track that is not
    open, and NotToBeIntroduced for whom is no other mentor of the track or kept apart from the student, whatever by.
    """
    if track.state is not TrackState.PUBLISHED:
        raise TrackClosed
    to.check()
    guide, student = my_student(session, by, track, student_id)
    if to.mentor_id is not None:
        _check(session, by, track, student_id, to.mentor_id)
    made = Introduction(
        institution_id=track.institution_id, track_id=track.id, student_id=student_id, mentor_id=guide.id,
        to_mentor_id=to.mentor_id, name=to.name[:LONGEST_NAME], does=to.does[:LONGEST_DOES],
        purpose=purpose[:LONGEST_PURPOSE], made_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(
        session, by, "introduction.made", "introduction", made.id, now=now, student_id=student_id, mentor_id=guide.id
    )
    _tell(session, by, track, made, student, now=now)
    return made


def _check(session: Session, by: Sitter, track: Track, student_id: int, mentor_id: int) -> None:
    here = others_to_pick(session, by, track, mentor_id=mentor_id)
    if not here or kept_apart(session, track, [student_id]).why(student_id, mentor_id):
        raise NotToBeIntroduced


def settle(session: Session, by: Sitter, introduction_id: int, state: IntroductionState, *, now: datetime) -> None:
    """Let the student say that the two met or need not meet, or either side take it back.

    Raises NotFound for another's introduction, IntroductionSettled where somebody was quicker.
    """
    mine = select(Mentor.id).where(Mentor.person_id == by.person_id, Mentor.track_id == by.track_id)
    sides = [Introduction.student_id == by.person_id] if by.role is SeatRole.STUDENT else []
    if by.role is SeatRole.MENTOR and state is IntroductionState.TAKEN_BACK:
        sides = [Introduction.mentor_id.in_(mine)]
    row = session.scalar(
        select(Introduction).where(
            Introduction.id == introduction_id,
            Introduction.institution_id == by.institution_id,
            Introduction.track_id == by.track_id,
            or_(False, *sides),
        )
    )
    if row is None:
        raise NotFound
    ended = session.execute(
        update(Introduction)
        .where(Introduction.id == row.id, Introduction.state.in_(AFTER[state]))
        .values(state=state, settled_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(row, ["state", "settled_at"])
    if not rows_changed(ended):
        raise IntroductionSettled
    record(
        session, by, f"introduction.{state.value}", "introduction", row.id, now=now,
        student_id=row.student_id, mentor_id=row.mentor_id,
    )  # fmt: skip


def _tell(session: Session, by: Sitter, track: Track, made: Introduction, student: Person, *, now: datetime) -> None:
    """Say who introduces; to whom and what for stands in the course only."""
    letters = [Letter(student.id, "introduced", {"to": "student", "path": "/my-network"}, f"introduced:{made.id}")]
    if made.to_mentor_id is not None:
        other = session.get_one(Mentor, made.to_mentor_id).person_id
        facts = {"to": "mentor", "student": student.shown_name, "path": "/my-introductions"}
        letters.append(Letter(other, "introduced", facts, f"introduced:{made.id}:mentor"))
    course = session.get_one(Context, track.context_ref).shown_title
    write_mails(
        session, letters, {"mentor": by.person_name, "course": course, "track": track.title},
        institution_id=track.institution_id, context_id=track.context_ref, now=now,
    )  # fmt: skip
