"""Who is in the track now, as the judgement of pairs needs it: a fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from lti_mentoring.domain.assigning import MentorNow, Obstacle, StudentNow
from lti_mentoring.domain.conflicts import Apart
from lti_mentoring.domain.names import shown_name
from lti_mentoring.domain.tests import may_be_given_students
from lti_mentoring.models import Membership, MembershipStatus, Mentor, Mentorship, Person
from lti_mentoring.queries.accepting import is_paused, lacks_credential
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.mentor_roles import served
from lti_mentoring.queries.trained import held_back, mentor_has_passed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

NAMES = (Person.name, Person.given_name, Person.family_name)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Everybody who can be paired."""

    students: dict[int, StudentNow]
    mentors: dict[int, MentorNow]
    apart: Apart = field(default_factory=Apart)
    """Who must not be paired with whom; it is judged by, and never shown."""

    @property
    def free(self) -> int:
        """Places that nobody has yet."""
        return sum(mentor.free for mentor in self.mentors.values())

    def waiting(self, role: str = "") -> list[StudentNow]:
        """Return the students of the course who can be given a mentor in a role and have none, by name."""
        found = (one for one in self._without(role) if not one.held_back)
        return sorted(found, key=lambda one: (one.name.casefold(), one.person_id))

    def held_back(self, role: str = "") -> list[StudentNow]:
        """Return those who lack a mentor in a role and have a test to pass first."""
        return [one for one in self._without(role) if one.held_back]

    def _without(self, role: str) -> Iterator[StudentNow]:
        here = (one for one in self.students.values() if one.is_student and not one.has_left)
        return (one for one in here if role not in one.mentors)


def pairing(session: Session, track: Track, people: Collection[int] | None = None) -> Pairing:
    """Return students and mentors of the track; ``people`` narrows the students. Seven statements at most."""
    there = _students(session, track, people)
    return Pairing(there, mentors_now(session, track), kept_apart(session, track, people))


def mentors_now(session: Session, track: Track) -> dict[int, MentorNow]:
    """Return the active mentors by number."""
    in_roles = served(session, track)
    rows = session.execute(
        select(
            Mentor.id,
            Mentor.places,
            Mentor.taken,
            Person,
            Membership.status,
            is_paused(),
            lacks_credential(),
            mentor_has_passed(track),
        )
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(
            Membership, and_(Membership.person_id == Mentor.person_id, Membership.context_ref == track.context_ref)
        )
        .where(Mentor.track_id == track.id, Mentor.active.is_(True))
    )
    return {
        number: MentorNow(
            mentor_id=number, person_id=person.id, name=person.shown_name, places=places, taken=taken,
            email=person.email or "", subject=person.subject, has_left=status is MembershipStatus.LEFT,
            barred=_barred(paused, lacks, trained=may_be_given_students(track.mentor_test is not None, passed)),
            roles=None if in_roles is None else in_roles.get(number, frozenset()),
        )
        for number, places, taken, person, status, paused, lacks, passed in rows
    }  # fmt: skip


def _barred(paused: bool, lacks: bool, *, trained: bool) -> Obstacle | None:
    if paused:
        return Obstacle.MENTOR_PAUSED
    if lacks:
        return Obstacle.CREDENTIAL_NEEDED
    return None if trained else Obstacle.NOT_TRAINED


def _students(session: Session, track: Track, people: Collection[int] | None) -> dict[int, StudentNow]:
    # Columns, no Person: a hundred thousand objects take three times as long as their rows.
    wanted = (
        select(
            Person.id, Person.email, Person.subject, *NAMES, Person.is_test_user, Membership.is_student,
            Membership.status, Mentorship.role, Mentorship.mentor_id, held_back(track, Person.id),
        )
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(
            Mentorship,
            and_(Mentorship.track_id == track.id, Mentorship.student_id == Person.id, Mentorship.ended_at.is_(None)),
        )
        .where(Membership.context_ref == track.context_ref)
    )  # fmt: skip
    if people is not None:
        wanted = wanted.where(Person.id.in_(list(people)))
    found: dict[int, StudentNow] = {}
    with_whom: dict[int, dict[str, int]] = {}  # a student has a row for each mentor
    rows = session.execute(wanted, execution_options={"yield_per": 10_000})
    for number, email, subject, name, given, family, is_test, is_student, status, role, mentor_id, test_first in rows:
        mentors = with_whom.setdefault(number, {})
        if mentor_id is not None:
            mentors[role] = mentor_id
        found[number] = StudentNow(
            person_id=number, name=shown_name(name, given, family, subject), email=email or "", subject=subject,
            is_student=is_student and not is_test, has_left=status is MembershipStatus.LEFT,
            mentors=mentors, held_back=test_first,
        )  # fmt: skip
    return found
