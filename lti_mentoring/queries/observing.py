"""What an observer's page shows: a summary of exactly the people whom the platform named at the last launch."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from lti_mentoring.domain.observing import Pace, knots_of, next_due, pace_of, still_holds
from lti_mentoring.domain.roles import is_mentor_observer, parse_roles
from lti_mentoring.models import Membership, MembershipStatus, Person, Registration
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.standings import starts, track_progress

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.milestones import Standing
    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class Observed:
    """One person whom the observer may see. ``name`` is "" where the platform does not tell it."""

    name: str
    done: int
    knots: tuple[str, ...]
    """One word for each milestone of the way."""
    pace: Pace
    due: Standing | None


@dataclass(frozen=True, slots=True)
class ObserverHome:
    """An observer's page. ``unknown``: how many are named whom we do not know as students of this course.

    ``is_old``: the platform named them too long ago; the course has to be opened anew.
    """

    people: tuple[Observed, ...] = ()
    unknown: int = 0
    is_old: bool = False


def observer_home(session: Session, sitter: Sitter, *, now: datetime) -> ObserverHome:
    """Return the observer's page; raise NoTrack when the course's page opens no track. The same few statements always.

    Nobody shows once the list is a day old, or the observer has left the course or lost the role at a later launch.
    """
    track = track_of(session, sitter)
    found = session.execute(
        select(Membership.observed, Membership.launched_at, Membership.status, Membership.role_uris).where(
            Membership.context_ref == sitter.context_id, Membership.person_id == sitter.person_id
        )
    ).one_or_none()
    if found is None or not still_holds(found.launched_at, now=now):
        return ObserverHome(is_old=True)
    may_look = found.status is not MembershipStatus.LEFT and is_mentor_observer(parse_roles(found.role_uris))
    ids = frozenset(found.observed or ()) if may_look else frozenset()
    students = _named(session, sitter, ids)
    people = _summaries(session, track.id, students, today=now.date())
    return ObserverHome(people, len(ids) - len(students))


def _named(session: Session, sitter: Sitter, ids: frozenset[str]) -> list[Person]:
    """Return the students of this course by these ids; an id that is one's ``sub`` never means another's LTI 1.1 id."""
    found = session.scalars(
        select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(Registration, Registration.issuer == Person.issuer)
        .where(
            Registration.id == sitter.registration_id,
            Person.institution_id == sitter.institution_id,
            Person.is_test_user.is_(False),
            or_(Person.subject.in_(ids), Person.legacy_user_id.in_(ids)),
            Membership.context_ref == sitter.context_id,
            Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT,
        )
        .order_by(Person.id)
    ).all()
    return list(_once(found, ids).values())


def _once(found: Iterable[Person], ids: Collection[str]) -> dict[str, Person]:
    """Return each id's one person: by ``sub``, else by the LTI 1.1 id."""
    people = list(found)
    meant = {one.legacy_user_id: one for one in people if one.legacy_user_id in ids}
    meant |= {one.subject: one for one in people if one.subject in ids}
    unique = {one.id: one for one in meant.values()}
    return {one.subject: one for one in unique.values()}


def _summaries(session: Session, track_id: int, students: list[Person], *, today: date) -> tuple[Observed, ...]:
    numbers = [one.id for one in students]
    ways = track_progress(session, track_id, numbers, today=today)
    begun = starts(session, track_id, numbers)
    people = [
        Observed(
            name=one.told_name,
            done=ways[one.id].done,
            knots=knots_of(ways[one.id]),
            pace=pace_of(ways[one.id], has_begun=one.id in begun),
            due=next_due(ways[one.id]),
        )
        for one in students
    ]
    return tuple(sorted(people, key=lambda one: (not one.name, one.name.casefold())))
