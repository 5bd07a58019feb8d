"""How far mentors are, in one statement for however many."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Float, and_, exists, func, literal, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import aliased
from sqlalchemy.sql.functions import FunctionElement

from lti_mentoring.domain.levels import Done, Level, highest, level_of
from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Attempt, Award, Mentor, Mentorship, Person, Test, Track
from lti_mentoring.models.base import UTCDateTime
from lti_mentoring.queries.standings import NEVER_BEGAN

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session
    from sqlalchemy.sql.compiler import SQLCompiler


@dataclass(frozen=True, slots=True)
class MentorLevel:
    """One mentor's level, and whose word it rests on where faculty gave theirs."""

    level: Level | None
    done: Done
    months: int
    confirmed_at: datetime | None
    confirmed_by: str
    lead_at: datetime | None
    lead_by: str


class DaysBetween(FunctionElement[float]):
    """The days from one moment to a later one."""

    type = Float()
    inherit_cache = True
    name = "days_between"


@compiles(DaysBetween, "postgresql")
def _on_postgresql(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    begun, ended = (compiler.process(one, **options) for one in element.clauses)
    return f"(EXTRACT(EPOCH FROM ({ended} - {begun})) / 86400.0)"


@compiles(DaysBetween, "sqlite")
def _on_sqlite(element: DaysBetween, compiler: SQLCompiler, **options: Any) -> str:
    begun, ended = (compiler.process(one, **options) for one in element.clauses)
    return f"(julianday({ended}) - julianday({begun}))"


def levels_in(
    session: Session, track: Track, mentors: list[int] | None = None, *, now: datetime
) -> dict[int, Level | None]:
    """Return by mentor of a track how far each is; ``mentors``: of these only."""
    wanted = [Mentor.track_id == track.id, Mentor.active.is_(True)]
    if mentors is not None:
        wanted.append(Mentor.id.in_(mentors))
    rows = session.execute(_facts(now, Mentor.id).where(*wanted))
    return {number: level_of(Done(*facts), months) for number, months, *facts in rows}


def level_in(session: Session, track: Track, mentor_id: int, *, now: datetime) -> MentorLevel:
    """Return one mentor's level with all that it rests on; raise NotFound where there is no such mentor."""
    found = _one_level(session, track, Mentor.id == mentor_id, now=now)
    if found is None:
        raise NotFound
    return found


def own_level(session: Session, track: Track, person_id: int, *, now: datetime) -> MentorLevel | None:
    """Return a person's own level in a track; None: they are no mentor there."""
    return _one_level(session, track, Mentor.person_id == person_id, now=now)


def highest_level(session: Session, institution_id: int, person_id: int, *, now: datetime) -> Level | None:
    """Return the highest level that a person has in any track of the institution."""
    own = (Mentor.institution_id == institution_id, Mentor.person_id == person_id, Mentor.active.is_(True))
    rows = session.execute(_facts(now).where(*own))
    return highest(level_of(Done(*facts), months) for months, *facts in rows)


def _one_level(session: Session, track: Track, which: ColumnElement[bool], *, now: datetime) -> MentorLevel | None:
    confirmer, namer = aliased(Person), aliased(Person)
    row = session.execute(
        _facts(now, Mentor.trained_at, confirmer, Mentor.lead_at, namer)
        .outerjoin(confirmer, confirmer.id == Mentor.trained_by_id)
        .outerjoin(namer, namer.id == Mentor.lead_by_id)
        .where(Mentor.track_id == track.id, Mentor.active.is_(True), which)
    ).one_or_none()
    if row is None:
        return None
    confirmed_at, confirmed_by, lead_at, lead_by, months, *facts = row
    done = Done(*facts)
    return MentorLevel(level_of(done, months), done, months, confirmed_at, _name(confirmed_by), lead_at, _name(lead_by))


def _name(person: Person | None) -> str:
    return person.shown_name if person else ""


def _facts(now: datetime, *columns: Any) -> Select[Any]:
    """Return what is asked for, the track's months, and then the facts in the order of ``Done``."""
    passed = exists().where(
        Test.track_id == Track.id,
        Test.key == Track.mentor_test,
        Attempt.test_id == Test.id,
        Attempt.person_id == Mentor.person_id,
        Attempt.passed,
    )
    return (
        select(
            *columns,
            Track.practising_months,
            Track.mentor_test.is_not(None),
            passed.correlate(Track, Mentor),
            Mentor.trained_at.is_not(None),
            Mentor.lead_at.is_not(None),
            func.coalesce(_longest(now), 0.0),
            _to_certificate(),
        )
        .select_from(Mentor)
        .join(Track, Track.id == Mentor.track_id)
    )


def _guided() -> tuple[Any, tuple[ColumnElement[bool], ...]]:
    """Return mentorships of the same person in whatever track of the institution, which began and were not undone."""
    there, guided = aliased(Mentor), aliased(Mentorship)
    return guided, (
        there.institution_id == Mentor.institution_id,
        there.person_id == Mentor.person_id,
        guided.mentor_id == there.id,
        guided.state.not_in(NEVER_BEGAN),
        or_(guided.end_cause.is_(None), guided.end_cause != EndCause.TAKEN_BACK),
    )


def _longest(now: datetime) -> Any:
    guided, conditions = _guided()
    ended = func.coalesce(guided.ended_at, literal(now, UTCDateTime))
    longest = select(func.max(DaysBetween(guided.started_at, ended))).where(*conditions)
    return longest.correlate(Mentor).scalar_subquery()


def _to_certificate() -> ColumnElement[bool]:
    guided, conditions = _guided()
    during = and_(
        Award.track_id == guided.track_id,
        Award.person_id == guided.student_id,
        Award.level == "",
        Award.revoked_at.is_(None),
        Award.issued_at >= guided.started_at,
        or_(guided.ended_at.is_(None), guided.ended_at >= Award.issued_at),
    )
    return exists().where(*conditions, during).correlate(Mentor)
