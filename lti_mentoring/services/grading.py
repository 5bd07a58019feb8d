"""Form grades by the track's rule and write down which scores the gradebook should have; sending is another's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.db import announce
from lti_mentoring.domain.events import ScoreWanted
from lti_mentoring.domain.grades import ColumnMode, Reached, milestone_grade, track_grade
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.tests import Audience, StateOfTest, column_score
from lti_mentoring.errors import Refused
from lti_mentoring.models import (
    Attempt,
    HeldReason,
    LineItem,
    Membership,
    MembershipStatus,
    Milestone,
    MilestoneProgress,
    Person,
    Score,
    ScoreState,
    Test,
    Track,
)
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


ANSWERED_NO = frozenset({HeldReason.REFUSED, HeldReason.FORBIDDEN, HeldReason.NO_GRADEBOOK, HeldReason.GAVE_UP})
"""What the platform said to this very score: the same again would be answered the same."""


SENDABLE = ANSWERED_NO | {HeldReason.TEACHER_CHANGED}


class NothingToSend(Refused):
    """The score is not kept back by an answer that could change."""

    code = "nothing_to_send"
    status = 409


Of = tuple[int | None, int | None]
"""Which milestone or which test a column is of."""
WHOLE: Of = (None, None)
"""The column of the whole track."""


@dataclass(frozen=True, slots=True)
class _Learner:
    """What decides whether a grade may go out for a student."""

    person_id: int
    held: HeldReason | None


def recompute(session: Session, track_id: int, student_id: int, *, now: datetime) -> None:
    """Form one student's grades anew; call it after every change of what the student has reached."""
    _recompute(session, track_id, [student_id], now=now)


def recompute_track(session: Session, track_id: int, *, now: datetime) -> None:
    """Form everybody's grades anew; call it after every change of the track."""
    begun = select(MilestoneProgress.student_id).where(MilestoneProgress.track_id == track_id)
    scored = select(Score.person_id).where(Score.track_id == track_id)
    tested = select(Attempt.person_id).where(Attempt.track_id == track_id, Attempt.ended_at.is_not(None))
    _recompute(session, track_id, list(session.scalars(begun.union(scored, tested))), now=now)


def _recompute(session: Session, track_id: int, students: list[int], *, now: datetime) -> None:
    track = session.get_one(Track, track_id)
    columns = ensure_columns(session, track, now=now)
    learners = _learners(session, track, students)
    states = _states(session, track_id, students)
    known = _scores(session, track_id, students)
    shares = best_shares(session, [one.test_id for one in columns if one.test_id is not None], students)
    milestones = session.scalars(
        select(Milestone).where(Milestone.track_id == track_id, Milestone.retired_at.is_(None))
    ).all()
    for learner in learners:
        reached = [
            Reached(one.id, one.weight, states.get((learner.person_id, one.id), ProgressState.OPEN))
            for one in milestones
        ]
        wanted = _wanted(track, columns, reached) | _of_tests(columns, shares, learner.person_id)
        for column in columns:
            score = known.get((learner.person_id, column.id))
            _want(session, column, learner, wanted.get(column.id), score, now=now)
        _hold_closed(known, learner.person_id, {column.id for column in columns})
    session.flush()


def ensure_columns(session: Session, track: Track, *, now: datetime) -> list[LineItem]:
    """Return the open columns that the track should have; make the missing, close the others."""
    existing = {
        (item.milestone_id, item.test_id): item
        for item in session.scalars(select(LineItem).where(LineItem.track_id == track.id))
    }
    targets = _targets(session, track) | _targets_of_tests(session, track)
    for of, item in existing.items():
        if of not in targets and item.closed_at is None:
            item.closed_at = now
    columns = []
    for of, (label, maximum) in targets.items():
        item = existing.get(of) or _column(session, track, of)
        item.label, item.maximum, item.closed_at = label, maximum, None
        columns.append(item)
    session.flush()
    return columns


def _column(session: Session, track: Track, of: Of) -> LineItem:
    milestone_id, test_id = of
    item = LineItem(
        institution_id=track.institution_id, track_id=track.id, milestone_id=milestone_id, test_id=test_id
    )  # fmt: skip
    session.add(item)
    return item


def send_again(session: Session, by: Sitter, score: Score, *, now: datetime) -> None:
    """Send a kept-back score: faculty have looked and decided. Raise NothingToSend where none is to be had."""
    if score.held_reason not in SENDABLE:
        raise NothingToSend
    score.overrule = score.held_reason is HeldReason.TEACHER_CHANGED
    record(session, by, "grade.sent_again", "score", score.id, now=now, held=score.held_reason.value)
    _due(session, score, now=now)


def _targets(session: Session, track: Track) -> dict[Of, tuple[str, float]]:
    if track.column_mode is ColumnMode.ONE:
        return {WHOLE: (track.title, float(track.points))}
    milestones = session.scalars(
        select(Milestone)
        .where(Milestone.track_id == track.id, Milestone.retired_at.is_(None), Milestone.weight > 0)
        .order_by(Milestone.position)
    )
    return {(one.id, None): (f"{track.title}: {one.title}", float(one.weight)) for one in milestones}


def _targets_of_tests(session: Session, track: Track) -> dict[Of, tuple[str, float]]:
    tests = session.scalars(
        select(Test)
        .where(
            Test.track_id == track.id,
            Test.audience == Audience.STUDENTS,
            Test.state != StateOfTest.DRAFT,
            Test.column_points.is_not(None),
        )
        .order_by(Test.id)
    )
    return {(None, one.id): (f"{track.title}: {one.title}", float(one.column_points or 0)) for one in tests}


def _learners(session: Session, track: Track, students: list[int]) -> list[_Learner]:
    rows = session.execute(
        select(Person.id, Person.is_test_user, Membership.status)
        .join(Membership, (Membership.person_id == Person.id) & (Membership.context_ref == track.context_ref))
        .where(Person.id.in_(students), Membership.is_student)
    )
    return [_Learner(person_id, _held(is_test_user, status)) for person_id, is_test_user, status in rows]


def _held(is_test_user: bool, status: MembershipStatus) -> HeldReason | None:
    if is_test_user:  # Canvas's student view: a score for it is refused with 422
        return HeldReason.TEST_USER
    return HeldReason.LEFT_COURSE if status is MembershipStatus.LEFT else None


def _states(session: Session, track_id: int, students: list[int]) -> dict[tuple[int, int], ProgressState]:
    rows = session.execute(
        select(MilestoneProgress.student_id, MilestoneProgress.milestone_id, MilestoneProgress.state).where(
            MilestoneProgress.track_id == track_id, MilestoneProgress.student_id.in_(students)
        )
    )
    return {(student_id, milestone_id): state for student_id, milestone_id, state in rows}


def _scores(session: Session, track_id: int, students: list[int]) -> dict[tuple[int, int], Score]:
    rows = session.scalars(select(Score).where(Score.track_id == track_id, Score.person_id.in_(students)))
    return {(score.person_id, score.line_item_id): score for score in rows}


def best_shares(session: Session, tests: list[int], students: list[int]) -> dict[tuple[int, int], float]:
    """Return the best attempt's share in percent by (test, person); one statement, none without tests."""
    if not tests:
        return {}
    share = func.max(Attempt.points * 100 / Attempt.maximum)
    rows = session.execute(
        select(Attempt.test_id, Attempt.person_id, share)
        .where(Attempt.test_id.in_(tests), Attempt.person_id.in_(students), Attempt.ended_at.is_not(None))
        .group_by(Attempt.test_id, Attempt.person_id)
    )
    return {(test_id, person_id): percent or 0.0 for test_id, person_id, percent in rows}


def _of_tests(columns: Iterable[LineItem], shares: Mapping[tuple[int, int], float], person_id: int) -> dict[int, float]:
    """Return the grade for each test's own column: the best attempt counts."""
    return {
        column.id: column_score(shares[column.test_id, person_id], column.maximum)
        for column in columns
        if column.test_id is not None and (column.test_id, person_id) in shares
    }


def _wanted(track: Track, columns: Iterable[LineItem], reached: list[Reached]) -> dict[int, float]:
    """Return the grade for each column of the track and its milestones in which one is formed."""
    by_milestone = {one.milestone_id: one for one in reached}
    wanted = {
        column.id: track_grade(track.grade_rule, track.points, reached)
        if column.milestone_id is None
        else milestone_grade(by_milestone[column.milestone_id])
        for column in columns
        if column.test_id is None
    }
    return {column_id: grade for column_id, grade in wanted.items() if grade is not None}


def _want(
    session: Session, column: LineItem, learner: _Learner, grade: float | None, score: Score | None, *, now: datetime
) -> None:
    if grade is None:
        if score is not None:
            _hold(score, HeldReason.NOT_FORMED)
        return
    if score is None:
        score = Score(
            institution_id=column.institution_id,
            track_id=column.track_id,
            line_item_id=column.id,
            person_id=learner.person_id,
            wanted=grade,
            maximum=column.maximum,
            wanted_version=0,
            due_at=now,
        )
        session.add(score)
    changed = (score.wanted, score.maximum) != (grade, column.maximum) or score.wanted_version == 0
    if changed:
        score.wanted, score.maximum = grade, column.maximum
        score.wanted_version += 1
        _note(session, score, now=now)
    if learner.held:
        _hold(score, learner.held)
    elif _is_settled(score, changed=changed):
        return
    elif (score.accepted_value, score.accepted_maximum) == (grade, column.maximum):
        score.state, score.held_reason = ScoreState.ACCEPTED, None
    else:
        _due(session, score, now=now)


def _is_settled(score: Score, *, changed: bool) -> bool:
    """Whether ``score`` stays as it is: a teacher's word counts until faculty say otherwise."""
    if score.held_reason is HeldReason.TEACHER_CHANGED:
        return True
    return not changed and (score.held_reason in ANSWERED_NO or score.state is not ScoreState.HELD)


def _note(session: Session, score: Score, *, now: datetime) -> None:
    record(
        session,
        None,
        "grade.formed",
        "score",
        score.line_item_id,
        now=now,
        institution_id=score.institution_id,
        person_id=score.person_id,
        version=score.wanted_version,
    )


def _due(session: Session, score: Score, *, now: datetime) -> None:
    score.state, score.held_reason, score.waiting_reason = ScoreState.PENDING, None, None
    score.due_at, score.attempts = now, 0
    session.flush()
    announce(session, ScoreWanted(score.id))


def _hold(score: Score, reason: HeldReason) -> None:
    score.state, score.held_reason = ScoreState.HELD, reason


def _hold_closed(known: Mapping[tuple[int, int], Score], person_id: int, open_columns: set[int]) -> None:
    for (owner, column_id), score in known.items():
        if owner == person_id and column_id not in open_columns:
            _hold(score, HeldReason.COLUMN_CLOSED)
