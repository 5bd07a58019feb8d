"""Take a published round back: exactly the mentorships end that nobody has begun; the others stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, or_, select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.mentorships import EndCause, MentorshipState
from lti_mentoring.domain.rounds import RoundState, advance, may_take_back
from lti_mentoring.errors import Conflict
from lti_mentoring.models import Assessment, Match, Mentor, Mentorship, MilestoneProgress, Track
from lti_mentoring.services.assigning import lock_mentors
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import Letter
from lti_mentoring.services.round_pairs import placed, record_pairs, write_letters
from lti_mentoring.services.rounds import find_round

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Round

END_REASON = "round_taken_back"


class TooLateToTakeBack(Conflict):
    """The time in which the round could be taken back is over."""

    code = "round_undo_over"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many mentorships were ended, and how many had begun and stay."""

    ended: int
    stay: int


def take_back(
    session: Session, by: Sitter, round_id: int, *, now: datetime, asked_at: datetime | None = None
) -> TakenBack:
    """End exactly the mentorships of a published round in which nobody has done anything yet; the others stay.

    Raises TooLateToTakeBack after the deadline, by the moment ``asked_at`` where it was asked for earlier;
    RoundStepNotAllowed for a round that is not published.
    """
    found = find_round(session, by, round_id, lock=True)
    advance(found.state, RoundState.UNDONE)
    check_deadline(found, now=asked_at or now)
    track = session.get_one(Track, found.track_id)
    # First the mentorships, then their mentors, as whoever moves a student does: else the two might wait in a ring.
    untouched = list(session.scalars(_untouched(found).order_by(Mentorship.id).with_for_update(of=Mentorship)))
    lock_mentors(session, select(Match.mentor_id).where(*placed(found)))
    stay = _open_ones(session, found) - len(untouched)
    people = _people_of(session, found)
    parted = session.execute(
        update(Mentorship)
        .where(Mentorship.id.in_(_untouched(found)))
        .values(state=MentorshipState.ENDED, ended_at=now, end_reason=END_REASON, end_cause=EndCause.TAKEN_BACK)
        .execution_options(synchronize_session=False)
    )
    ended = rows_changed(parted)
    _free_places(session, found, now)
    found.state, found.undone_by_id, found.undone_at = RoundState.UNDONE, by.person_id, now
    record_pairs(session, by, track, found, "mentorship.ended", _ended_with(found, now), now=now, reason=END_REASON)
    record(session, by, "round.taken_back", "round", found.id, now=now, ended=ended, stay=stay)
    _tell_taken_back(session, by, track, found, {one: people[one] for one in untouched}, now=now)
    session.flush()
    return TakenBack(ended, stay)


def check_deadline(found: Round, *, now: datetime) -> None:
    """Raise TooLateToTakeBack where the round's deadline is over."""
    if not may_take_back(found.state, found.undo_until, now=now):
        raise TooLateToTakeBack


def _open_ones(session: Session, found: Round) -> int:
    return session.execute(
        select(func.count()).select_from(Mentorship).join(Match, Match.mentorship_id == Mentorship.id)
        .where(Match.round_id == found.id, Mentorship.ended_at.is_(None))
    ).scalar_one()  # fmt: skip


def _untouched(found: Round) -> Any:
    """Select the round's open mentorships in which nothing has happened that the other could see or build upon."""
    moved = exists().where(MilestoneProgress.mentorship_id == Mentorship.id)
    judged = exists().where(Assessment.mentorship_id == Mentorship.id)
    return (
        select(Mentorship.id)
        .join(Match, Match.mentorship_id == Mentorship.id)
        .where(
            Match.round_id == found.id, Mentorship.ended_at.is_(None), Mentorship.contact_at.is_(None),
            Mentorship.state == MentorshipState.ACTIVE, ~or_(moved, judged),
        )
    )  # fmt: skip


def _free_places(session: Session, found: Round, now: datetime) -> None:
    fewer = (
        select(func.count()).select_from(Match).join(Mentorship, Mentorship.id == Match.mentorship_id)
        .where(*_ended_with(found, now), Mentorship.mentor_id == Mentor.id)
        .scalar_subquery()
    )  # fmt: skip
    session.execute(
        update(Mentor)
        .where(Mentor.id.in_(select(Match.mentor_id).where(*placed(found))), Mentor.taken >= fewer)
        .values(taken=Mentor.taken - fewer)
        .execution_options(synchronize_session=False)
    )


def _ended_with(found: Round, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (Match.round_id == found.id, Mentorship.ended_at == now, Mentorship.end_reason == END_REASON)


def _people_of(session: Session, found: Round) -> dict[int, tuple[int, int, int]]:
    """Return student, mentor and mentor’s person of each mentorship of the round."""
    rows = session.execute(
        select(Mentorship.id, Mentorship.student_id, Mentor.id, Mentor.person_id)
        .join(Match, Match.mentorship_id == Mentorship.id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .where(Match.round_id == found.id)
    )
    return {number: (student_id, mentor_id, person_id) for number, student_id, mentor_id, person_id in rows}


def _tell_taken_back(
    session: Session, by: Sitter, track: Track, found: Round, ended: dict[int, tuple[int, int, int]], *, now: datetime
) -> None:
    once = f"round_taken_back:{found.id}"
    students = [(student_id, "student", f"{once}:student:{student_id}") for student_id, _, _ in ended.values()]
    mentors = {mentor_id: person_id for _, mentor_id, person_id in ended.values()}
    guides = [(person_id, "mentor", f"{once}:mentor:{mentor_id}") for mentor_id, person_id in mentors.items()]
    letters = [
        Letter(person_id, "round_taken_back", {"to": to, "path": "/"}, key) for person_id, to, key in students + guides
    ]
    write_letters(session, by, track, letters, now=now)
