"""The people of a course whom faculty may tick as mentors: a page of them, found by a part of name or e-mail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, func, or_, select

from lti_mentoring.domain.roles import is_teaching_assistant, parse_roles
from lti_mentoring.models import Membership, MembershipStatus, Mentor, Person
from lti_mentoring.queries.paging import Paged, paged

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

PEOPLE_PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonRow:
    """Somebody of the course's list who is no mentor yet."""

    person_id: int
    name: str
    is_student: bool
    is_faculty: bool
    is_assistant: bool
    status: MembershipStatus


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """People of the course whom faculty may tick."""

    rows: tuple[PersonRow, ...]
    paged: Paged


def people_page(session: Session, track: Track, *, wanted: str = "", number: int = 1) -> PeoplePage:
    """Return people of the course who are no mentors, staff first; ``wanted`` is a part of name or e-mail."""
    already = exists().where(
        Mentor.track_id == track.id, Mentor.person_id == Membership.person_id, Mentor.active.is_(True)
    )
    conditions: list[ColumnElement[bool]] = [
        Membership.context_ref == track.context_ref,
        Membership.status != MembershipStatus.LEFT,
        Person.is_test_user.is_(False),
        ~already,
    ]
    if wanted:
        conditions.append(is_named(wanted))
    base = select(func.count()).select_from(Membership).join(Person, Person.id == Membership.person_id)
    pages = paged(session.scalar(base.where(*conditions)) or 0, number, PEOPLE_PAGE)
    rows = session.execute(
        select(Person, Membership)
        .join(Membership, Membership.person_id == Person.id)
        .where(*conditions)
        .order_by(Membership.is_student, Membership.is_faculty, Person.name, Person.id)
        .limit(PEOPLE_PAGE)
        .offset(pages.offset)
    )
    return PeoplePage(tuple(_person_row(person, member) for person, member in rows), pages)


def _person_row(person: Person, member: Membership) -> PersonRow:
    return PersonRow(
        person_id=person.id,
        name=person.shown_name,
        is_student=member.is_student,
        is_faculty=member.is_faculty,
        is_assistant=is_teaching_assistant(parse_roles(member.role_uris)),
        status=member.status,
    )


def is_named(wanted: str) -> ColumnElement[bool]:
    """Say whether a person's name or e-mail address has that part."""
    return or_(
        *(
            column.icontains(wanted, autoescape=True)
            for column in (Person.name, Person.given_name, Person.family_name, Person.email)
        )
    )
