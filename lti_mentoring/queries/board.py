"""The board of a track and the page of one student: the same few statements for ten students and for a thousand."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import Row, and_, or_, select

from lti_mentoring.domain.board import BoardRow, RowMentor, judge
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
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.grades import GradeGlance, glances
from lti_mentoring.queries.groups import GroupRow, by_person, groups_of
from lti_mentoring.queries.introductions import how_many
from lti_mentoring.queries.meetings import HeldMeetings, held_with
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.standings import open_mentorship, track_progress
from lti_mentoring.queries.trained import held_back

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.milestones import Standing, StepKind, StudentProgress

MOST_EVENTS = 50
NO_MEETINGS = HeldMeetings()
Guide = alias_of(Person)


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
    roles: tuple[str, ...] = ("",)
    """Names of the track's roles."""
    groups: tuple[GroupRow, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairing:
    """A student's mentor, now or before. ``ended_at`` None: now."""

    mentor_name: str
    field: str
    started_at: datetime
    contact_at: datetime | None
    ended_at: datetime | None
    role: str = ""
    """Key of the role."""
    role_name: str = ""
    """What it is called; "" where the track tells none apart."""
    person_id: int = 0


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
    now_with: tuple[Pairing, ...]
    """The mentors of now, in the order of the roles."""
    lacking: tuple[str, ...]
    """Names of the roles in which nobody mentors the student now."""
    before_with: tuple[Pairing, ...]
    grade: GradeGlance | None
    happened: tuple[Happening, ...]
    introductions: int = 0
    """How many; to whom and what for is not the course team’s to read."""
    meetings: HeldMeetings = NO_MEETINGS
    """How many were held; what they were about and where is not the course team’s to read."""
    test_first: bool = False
    """Nobody may be given to the student before a test is passed."""

    def guides(self, one: Standing) -> tuple[Pairing, ...]:
        """Return the mentors of now who sign a milestone off."""
        return tuple(guide for guide in self.now_with if one.is_signed_in(guide.role))

    def signer(self, one: Standing) -> str:
        """Name them, each once; "": the course team signs."""
        return " / ".join(dict.fromkeys(guide.mentor_name for guide in self.guides(one)))


def read_board(session: Session, sitter: Sitter, *, today: date) -> Board:
    """Return the board of the track that the seat's page opens; raise NoTrack when there is none."""
    track = track_of(session, sitter)
    found = _by_student(session.execute(_students(track).where(Person.is_test_user.is_(False))))
    ways = track_progress(session, track.id, list(found), today=today)
    grades = glances(session, track.id)
    groups = groups_of(session, track)
    is_in = by_person(groups)
    return Board(
        track_id=track.id,
        title=track.title,
        state=track.state,
        starts_on=track.starts_on,
        weeks=_weeks(session, track.id),
        rows=tuple(
            _row(track, rows, ways[student], grades.get(student), is_in.get(student, frozenset()), today)
            for student, rows in found.items()
        ),
        grades=grades,
        roles=tuple(one.name for one in track.roles),
        groups=groups,
    )


def read_student(session: Session, sitter: Sitter, student_id: int, *, today: date) -> StudentPage:
    """Return one student's page; raise NotFound for another course's student, or another mentor's."""
    track = track_of(session, sitter)
    rows = session.execute(_students(track).where(Person.id == student_id)).all()
    if not rows or not _may_see(sitter, track, rows):
        raise NotFound
    found, pairings = rows[0], _pairings(session, track, student_id)
    return StudentPage(
        student_id=student_id,
        name=_name(found),
        status=found.status,
        way=track_progress(session, track.id, [student_id], today=today)[student_id],
        now_with=tuple(one for one in pairings if one.ended_at is None),
        lacking=_lacking(track, {one.role for one in pairings if one.ended_at is None}),
        before_with=tuple(one for one in pairings if one.ended_at is not None),
        grade=glances(session, track.id, [student_id]).get(student_id),
        happened=_happened(session, track.id, student_id),
        introductions=how_many(session, track, student_id),
        meetings=held_with(session, track, student_id),
        test_first=found.test_first,
    )


def _students(track: Track) -> Select[*tuple[Any, ...]]:
    """Select everybody who is a student of the course or has a mentorship in the track: a row for each mentor of now.

    Who has none has one row, too.
    """
    ever = select(Mentorship.student_id).where(Mentorship.track_id == track.id)
    return (
        select(
            Person.id, Person.name, Person.given_name, Person.family_name, Person.subject, Membership.status,
            Mentor.id.label("mentor_id"), Guide.id.label("guide_id"), Guide.name.label("guide_name"),
            Guide.given_name.label("guide_given"), Guide.family_name.label("guide_family"),
            Guide.subject.label("guide_subject"), Mentorship.started_at, Mentorship.contact_at, Mentorship.role,
            held_back(track, Person.id).label("test_first"),
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


def _by_student(rows: Iterable[Row[Any]]) -> dict[int, list[Row[Any]]]:
    """Put the rows of each student together: nobody stands on the board twice."""
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.id, []).append(row)
    return found


def _row(
    track: Track,
    rows: Sequence[Row[Any]],
    way: StudentProgress,
    grade: GradeGlance | None,
    groups: frozenset[int],
    today: date,
) -> BoardRow:
    found, guides = rows[0], _in_order(track, [row for row in rows if row.mentor_id is not None])
    contact_on = min(((row.contact_at or row.started_at).date() for row in guides), default=None)
    lacking = _lacking(track, {row.role for row in guides})
    verdict = judge(
        way,
        has_mentor=not lacking,
        left=found.status in {None, MembershipStatus.LEFT},
        contact_on=contact_on,
        refused=grade is not None and grade.refused,
        today=today,
        test_first=found.test_first,
    )
    return BoardRow(
        student_id=found.id,
        name=_name(found),
        mentors=tuple(RowMentor(row.mentor_id, _guide_name(row), track.role_names.get(row.role, "")) for row in guides),
        lacking=lacking,
        way=way,
        verdict=verdict,
        contact_on=contact_on,
        maybe_left=found.status is MembershipStatus.MAYBE_LEFT,
        groups=groups,
    )


def _in_order(track: Track, guides: list[Row[Any]]) -> list[Row[Any]]:
    place = {one.key: number for number, one in enumerate(track.roles)}
    return sorted(guides, key=lambda row: (place.get(row.role, len(place)), row.mentor_id))


def _lacking(track: Track, served: Container[str]) -> tuple[str, ...]:
    return tuple(one.name for one in track.roles if one.key not in served)


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


def _may_see(sitter: Sitter, track: Track, rows: Sequence[Row[Any]]) -> bool:
    if sitter.role is SeatRole.FACULTY:
        return True
    return track.state is not TrackState.DRAFT and any(row.guide_id == sitter.person_id for row in rows)


def _pairings(session: Session, track: Track, student_id: int) -> list[Pairing]:
    place = {one.key: number for number, one in enumerate(track.roles)}
    rows = session.execute(
        select(Mentorship, Mentor.field, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentorship.track_id == track.id,
            Mentorship.student_id == student_id,
            or_(Mentorship.ended_at.is_not(None), open_mentorship()),
        )
        .order_by(Mentorship.started_at.desc(), Mentorship.id.desc())
    )
    found = [
        Pairing(
            mentor.shown_name, field, pair.started_at, pair.contact_at, pair.ended_at, pair.role,
            track.role_names.get(pair.role, ""),
            mentor.id,
        )
        for pair, field, mentor in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: place.get(one.role, len(place)) if one.ended_at is None else 0)


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
