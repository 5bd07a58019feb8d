"""The board of a track and the page of one student: the same few statements for ten students and for a thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Row, and_, or_, select
from sqlalchemy.orm import aliased

from lti_mentoring.domain.board import BoardRow, judge
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Membership,
    MembershipStatus,
    Mentor,
    Mentorship,
    Milestone,
    MilestoneProgress,
    MilestoneStep,
    Person,
    Track,
    TrackState,
)
from lti_mentoring.queries.grades import GradeGlance, glances
from lti_mentoring.queries.groups import GroupRow, by_person, groups_of
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.standings import open_mentorship, track_progress

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.milestones import StepKind, StudentProgress

MOST_EVENTS = 50
Guide = aliased(Person)


@dataclass(frozen=True, slots=True)
class Board:
    """Everybody in a track, in no order yet. ``grades`` holds who has a score; ``weeks`` is the track's length or 0."""

    track_id: int
    title: str
    state: TrackState
    starts_on: date
    weeks: int
    rows: tuple[BoardRow, ...]
    grades: Mapping[int, GradeGlance]
    groups: tuple[GroupRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """A student's mentor, now or before. ``ended_at`` None: now."""

    mentor_name: str
    field: str
    started_at: datetime
    contact_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Happening:
    """One step on the student's way."""

    kind: StepKind
    by_name: str
    milestone_title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StudentPage:
    """One student as faculty and the mentor see them. ``status`` None: not on the course's list."""

    student_id: int
    name: str
    status: MembershipStatus | None
    way: StudentProgress
    now_with: Pairing | None
    before_with: tuple[Pairing, ...]
    grade: GradeGlance | None
    happened: tuple[Happening, ...]


def read_board(session: Session, sitter: Sitter, *, today: date) -> Board:
    """Return the board of the track that the seat's page opens; raise NoTrack when there is none."""
    track = track_of(session, sitter)
    found = session.execute(_students(track).where(Person.is_test_user.is_(False))).all()
    ways = track_progress(session, track.id, [row.id for row in found], today=today)
    grades = glances(session, track.id)
    groups = groups_of(session, track)
    is_in = by_person(groups)
    return Board(
        track_id=track.id,
        title=track.title,
        state=track.state,
        starts_on=track.starts_on,
        weeks=_weeks(session, track.id),
        rows=tuple(_row(one, ways[one.id], grades.get(one.id), is_in.get(one.id, frozenset()), today) for one in found),
        grades=grades,
        groups=groups,
    )


def read_student(session: Session, sitter: Sitter, student_id: int, *, today: date) -> StudentPage:
    """Return one student's page; raise NotFound for another course's student, or another mentor's."""
    track = track_of(session, sitter)
    found = session.execute(_students(track).where(Person.id == student_id)).one_or_none()
    if found is None or not _may_see(sitter, track, found):
        raise NotFound
    pairings = _pairings(session, track.id, student_id)
    return StudentPage(
        student_id=student_id,
        name=_name(found),
        status=found.status,
        way=track_progress(session, track.id, [student_id], today=today)[student_id],
        now_with=next((one for one in pairings if one.ended_at is None), None),
        before_with=tuple(one for one in pairings if one.ended_at is not None),
        grade=glances(session, track.id, [student_id]).get(student_id),
        happened=_happened(session, track.id, student_id),
    )


def _students(track: Track) -> Select[*tuple[Any, ...]]:
    """Select everybody who is a student of the course or has a mentorship in the track, with the mentor of now."""
    ever = select(Mentorship.student_id).where(Mentorship.track_id == track.id)
    return (
        select(
            Person.id, Person.name, Person.given_name, Person.family_name, Person.subject, Membership.status,
            Mentor.id.label("mentor_id"), Guide.id.label("guide_id"), Guide.name.label("guide_name"),
            Guide.given_name.label("guide_given"), Guide.family_name.label("guide_family"),
            Guide.subject.label("guide_subject"), Mentorship.started_at, Mentorship.contact_at,
        )
        .outerjoin(Membership, and_(Membership.person_id == Person.id, Membership.context_ref == track.context_ref))
        .outerjoin(
            Mentorship, and_(Mentorship.student_id == Person.id, Mentorship.track_id == track.id, open_mentorship())
        )
        .outerjoin(Mentor, Mentor.id == Mentorship.mentor_id)
        .outerjoin(Guide, Guide.id == Mentor.person_id)
        .where(
            Person.institution_id == track.institution_id,
            or_(and_(Membership.id.is_not(None), Membership.is_student), Person.id.in_(ever)),
        )
    )  # fmt: skip


def _row(
    found: Row[Any], way: StudentProgress, grade: GradeGlance | None, groups: frozenset[int], today: date
) -> BoardRow:
    heard = found.contact_at or found.started_at
    contact_on = heard.date() if heard else None
    verdict = judge(
        way,
        has_mentor=found.mentor_id is not None,
        left=found.status in {None, MembershipStatus.LEFT},
        contact_on=contact_on,
        refused=grade is not None and grade.refused,
        today=today,
    )
    return BoardRow(
        student_id=found.id,
        name=_name(found),
        mentor_id=found.mentor_id,
        mentor_name=_guide_name(found) if found.mentor_id else "",
        way=way,
        verdict=verdict,
        contact_on=contact_on,
        maybe_left=found.status is MembershipStatus.MAYBE_LEFT,
        groups=groups,
    )


def _name(found: Row[Any]) -> str:
    return _shown(found.name, found.given_name, found.family_name, found.subject)


def _guide_name(found: Row[Any]) -> str:
    return _shown(found.guide_name, found.guide_given, found.guide_family, found.guide_subject)


def _shown(name: str | None, given: str | None, family: str | None, subject: str) -> str:
    """Say a name as Person.shown_name does, for a row of columns."""
    return name or " ".join(filter(None, (given, family))) or f"#{subject[-4:]}"


def _weeks(session: Session, track_id: int) -> int:
    """Return how many weeks the track's last due date is away from its start."""
    days = session.scalars(
        select(Milestone.due_after_days).where(
            Milestone.track_id == track_id, Milestone.retired_at.is_(None), Milestone.due_after_days.is_not(None)
        )
    )
    return -(-max((number for number in days if number), default=0) // 7)


def _may_see(sitter: Sitter, track: Track, found: Row[Any]) -> bool:
    if sitter.role is SeatRole.FACULTY:
        return True
    return track.state is not TrackState.DRAFT and found.guide_id == sitter.person_id


def _pairings(session: Session, track_id: int, student_id: int) -> list[Pairing]:
    rows = session.execute(
        select(Mentorship, Mentor.field, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentorship.track_id == track_id,
            Mentorship.student_id == student_id,
            or_(Mentorship.ended_at.is_not(None), open_mentorship()),
        )
        .order_by(Mentorship.started_at.desc(), Mentorship.id.desc())
    )
    return [
        Pairing(mentor.shown_name, field, pair.started_at, pair.contact_at, pair.ended_at)
        for pair, field, mentor in rows
    ]


def _happened(session: Session, track_id: int, student_id: int) -> tuple[Happening, ...]:
    """Return the newest steps first, without the words: those stand on the milestone's own page."""
    rows = session.execute(
        select(MilestoneStep.kind, MilestoneStep.at, Person, Milestone.title)
        .join(MilestoneProgress, MilestoneProgress.id == MilestoneStep.progress_id)
        .join(Milestone, Milestone.id == MilestoneProgress.milestone_id)
        .join(Person, Person.id == MilestoneStep.by_id)
        .where(MilestoneProgress.track_id == track_id, MilestoneProgress.student_id == student_id)
        .order_by(MilestoneStep.at.desc(), MilestoneStep.id.desc())
        .limit(MOST_EVENTS)
    )
    return tuple(Happening(kind, by.shown_name, title, at) for kind, at, by, title in rows)
