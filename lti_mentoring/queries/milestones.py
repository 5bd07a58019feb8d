"""Where students stand with their milestones, read for lists: boards, homes, queues. Never one statement a row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from lti_mentoring.domain.assessments import AssessmentState
from lti_mentoring.domain.milestones import (
    STUDENT_BEGINS,
    ProgressState,
    Proof,
    Standing,
    StudentProgress,
    minutes_to_read,
)
from lti_mentoring.models import (
    Assessment,
    Evidence,
    Mentor,
    Mentorship,
    Milestone,
    MilestoneProgress,
    MilestoneStep,
    Person,
)
from lti_mentoring.queries.standings import open_mentorship, track_progress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

__all__ = [
    "LastWords",
    "Waiting",
    "last_words",
    "track_progress",
    "waiting_for_mentor",
]

MINUTES_TO_ASSESS = 2
MINUTES_TO_SIGN = 1
LETTERS_IN_A_WORD = 6
CAME = frozenset({"read", "done", "met"})
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that a mentor has to do. ``kind``: read, done, met, assess or sign."""

    kind: str
    student_id: int
    student_name: str
    milestone_id: int
    milestone_title: str
    since: datetime | None
    """When it came; None where nothing was sent (a form to fill, a word to give)."""
    number: int
    """Which sending of the evidence it is; 0 where nothing was sent."""
    minutes: int
    overdue: bool


@dataclass(frozen=True, slots=True)
class _Sent:
    number: int
    minutes: int


@dataclass(frozen=True, slots=True)
class LastWords:
    """What somebody last wrote to the student. ``kind`` is the step's kind."""

    text: str
    by_name: str
    by_mentor: bool
    milestone_id: int
    milestone_title: str
    kind: str
    at: datetime


def waiting_for_mentor(session: Session, sitter: Sitter, *, today: date) -> tuple[Waiting, ...]:
    """Return the queue of the mentor in this track: what was sent, longest wait first, then forms and words due."""
    mentees = session.execute(
        select(Person, Mentorship.role)
        .join(Mentorship, Mentorship.student_id == Person.id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .where(Mentor.track_id == sitter.track_id, Mentor.person_id == sitter.person_id, open_mentorship())
    )
    names: dict[int, str] = {}
    mine: set[tuple[int, str]] = set()
    for person, role in mentees:
        names[person.id] = person.shown_name
        mine.add((person.id, role))
    if sitter.track_id is None or not names:
        return ()
    ways = track_progress(session, sitter.track_id, names, today=today)
    sent = _last_sent(session, sitter.track_id, names)
    begun = _begun_forms(session, sitter)
    found = [
        _waiting(kind, way.student_id, names[way.student_id], one, sent.get((way.student_id, one.milestone_id)))
        for way in ways.values()
        for one in way.milestones
        if _signs(mine, way.student_id, one) and (kind := _turn(way, one, begun))
    ]
    return tuple(sorted(found, key=lambda item: (item.since is None, item.since or EPOCH, item.student_id)))


def last_words(session: Session, student_id: int, track_id: int) -> LastWords | None:
    """Return what a mentor or faculty last wrote to the student on a milestone, or None."""
    is_mentor = exists().where(
        Mentor.id == Mentorship.mentor_id,
        Mentor.person_id == MilestoneStep.by_id,
        Mentorship.track_id == track_id,
        Mentorship.student_id == student_id,
    )
    row = session.execute(
        select(MilestoneStep, Person, Milestone, is_mentor)
        .join(MilestoneProgress, MilestoneProgress.id == MilestoneStep.progress_id)
        .join(Milestone, Milestone.id == MilestoneProgress.milestone_id)
        .join(Person, Person.id == MilestoneStep.by_id)
        .where(
            MilestoneProgress.track_id == track_id,
            MilestoneProgress.student_id == student_id,
            MilestoneStep.by_id != student_id,
            MilestoneStep.words != "",
        )
        .order_by(MilestoneStep.at.desc(), MilestoneStep.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    step, by, milestone, by_mentor = row
    return LastWords(
        text=step.words,
        by_name=by.shown_name,
        by_mentor=bool(by_mentor),
        milestone_id=milestone.id,
        milestone_title=milestone.title,
        kind=step.kind.value,
        at=step.at,
    )


def _signs(mine: Collection[tuple[int, str]], student_id: int, one: Standing) -> bool:
    """Say whether a mentor, with these students in these roles, signs a student's milestone."""
    return any(student == student_id and one.is_signed_in(role) for student, role in mine)


def _turn(way: StudentProgress, one: Standing, begun: Collection[tuple[int, int]]) -> str:
    """Return what the mentor has to do for this milestone now, or "" when it is not the mentor's turn."""
    if one.state is ProgressState.SUBMITTED:
        return {Proof.ACTIVITY: "done", Proof.MEETING: "met"}.get(one.proof, "read")
    if one.done or one.proof in STUDENT_BEGINS or one.state is ProgressState.APPEALED:
        return ""
    first = next(other for other in way.milestones if not other.done)
    # What was just sent back is the student's turn: the two agree when to try again.
    later = one is not first or one.state is ProgressState.RETURNED
    if later and not one.overdue and (way.student_id, one.milestone_id) not in begun:
        return ""
    return "assess" if one.proof is Proof.ASSESSMENT else "sign"


def _waiting(kind: str, student_id: int, name: str, one: Standing, sent: _Sent | None) -> Waiting:
    reading = sent.minutes if sent else 1
    minutes = {"assess": MINUTES_TO_ASSESS, "sign": MINUTES_TO_SIGN}.get(kind, reading)
    return Waiting(
        kind=kind,
        student_id=student_id,
        student_name=name,
        milestone_id=one.milestone_id,
        milestone_title=one.title,
        since=one.submitted_at if kind in CAME else None,
        number=sent.number if sent and kind in CAME else 0,
        minutes=minutes,
        overdue=one.overdue,
    )


def _last_sent(session: Session, track_id: int, student_ids: Iterable[int]) -> dict[tuple[int, int], _Sent]:
    """Return the newest evidence of each milestone that is with somebody; one statement."""
    rows = session.execute(
        select(
            MilestoneProgress.student_id,
            MilestoneProgress.milestone_id,
            Evidence.number,
            func.length(Evidence.text),
            Evidence.url != "",
            Evidence.file_id.is_not(None),
        )
        .join(Evidence, Evidence.progress_id == MilestoneProgress.id)
        .where(
            MilestoneProgress.track_id == track_id,
            MilestoneProgress.student_id.in_(list(student_ids)),
            MilestoneProgress.state == ProgressState.SUBMITTED,
            Evidence.withdrawn_at.is_(None),
        )
        .order_by(Evidence.number)
    )
    return {
        (student, milestone): _Sent(
            number, minutes_to_read(letters // LETTERS_IN_A_WORD, has_link=bool(link), has_file=bool(file))
        )
        for student, milestone, number, letters, link, file in rows
    }


def _begun_forms(session: Session, sitter: Sitter) -> set[tuple[int, int]]:
    """Return (student, milestone) of the forms that this person began and has not sent; one statement."""
    rows = session.execute(
        select(Assessment.student_id, Assessment.milestone_id).where(
            Assessment.track_id == sitter.track_id,
            Assessment.assessor_id == sitter.person_id,
            Assessment.state == AssessmentState.DRAFT,
        )
    )
    return {(student, milestone) for student, milestone in rows}
