"""One mentor for one student, chosen among more than a list holds: searched, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, select

from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.rounds import wish_of
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Membership,
    MembershipStatus,
    Mentor,
    MentorProfile,
    Mentorship,
    Person,
    ProfileTerm,
)
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.people import is_named
from lti_mentoring.queries.room import has_room
from lti_mentoring.queries.trained import to_pass_first

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Test, Track

CHOOSING_PAGE = 25
Guide = alias_of(Person)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which mentors are looked for. ``name``: a part of their name or of what they do; ``specialty``: a key."""

    name: str = ""
    specialty: str = ""
    page: int = 1

    def __bool__(self) -> bool:
        """Whether any of them is left out."""
        return bool(self.name or self.specialty)


@dataclass(frozen=True, slots=True)
class Choice:
    """A mentor who can take the student; ``wish``: which of the student's wishes they are, None: none."""

    mentor_id: int
    name: str
    field: str
    subjects: tuple[str, ...]
    """Keys of their specialties."""
    free: int
    places: int
    wish: int | None


@dataclass(frozen=True, slots=True)
class Choices:
    """A page of those who can take the student."""

    rows: tuple[Choice, ...]
    paged: Paged


@dataclass(frozen=True, slots=True)
class PlacingPage:
    """A student of the course, and who could be their mentor. ``mentorship_id``: they have one in the role already.

    ``first``: the test that they have to pass before they can be given anybody.
    """

    student_id: int
    student: str
    mentorship_id: int | None
    choices: Choices
    first: Test | None


@dataclass(frozen=True, slots=True)
class MovingPage:
    """An open mentorship, and to whom the student could go. ``chosen``: whom faculty have chosen of them."""

    mentorship_id: int
    student: str
    mentor_id: int
    mentor: str
    role_name: str
    choices: Choices
    chosen: Choice | None


def placing_page(session: Session, track: Track, student_id: int, role: MentorRole, sought: Sought) -> PlacingPage:
    """Return who could be a student's mentor in a role; raise NotFound for who is no student of the track's course.

    Six statements at most.
    """
    open_one = and_(
        Mentorship.track_id == track.id,
        Mentorship.student_id == Person.id,
        Mentorship.role == role.key,
        Mentorship.ended_at.is_(None),
    )
    row = session.execute(
        select(Person, Mentorship.id)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(Mentorship, open_one)
        .where(
            Person.id == student_id,
            Person.is_test_user.is_(False),
            Membership.context_ref == track.context_ref,
            Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    able = [*has_room(track), serves(track, role.key), Mentor.person_id != student_id]
    found, first = choices(session, track, sought, able), to_pass_first(session, track, student_id)
    return PlacingPage(row[0].id, row[0].shown_name, row[1], found, first)


def moving_page(
    session: Session, sitter: Sitter, track: Track, mentorship_id: int, sought: Sought, chosen: int | None = None
) -> MovingPage:
    """Return to whom a student could go; raise NotFound for no open mentorship of the track, and for no such mentor.

    Five statements, six with somebody chosen.
    """
    row = session.execute(
        select(Mentorship, Person, Guide)
        .join(Person, Person.id == Mentorship.student_id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Guide, Guide.id == Mentor.person_id)
        .where(
            Mentorship.id == mentorship_id,
            Mentorship.institution_id == sitter.institution_id,
            Mentorship.track_id == track.id,
            Mentorship.ended_at.is_(None),
        )
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    pair, student, guide = row
    able = [
        *has_room(track), serves(track, pair.role), Mentor.id != pair.mentor_id, Mentor.person_id != pair.student_id,
    ]  # fmt: skip
    taken = None
    if chosen is not None:
        found = choices(session, track, Sought(), [*able, Mentor.id == chosen]).rows
        if not found:
            raise NotFound
        [taken] = found
    return MovingPage(
        mentorship_id=pair.id,
        student=student.shown_name,
        mentor_id=pair.mentor_id,
        mentor=guide.shown_name,
        role_name=track.role_names.get(pair.role, ""),
        choices=choices(session, track, sought, able),
        chosen=taken,
    )


def choices(
    session: Session,
    track: Track,
    sought: Sought,
    able: Collection[ColumnElement[bool]],
    *,
    free: Any = Mentor.places - Mentor.taken,
    wishes: Sequence[Collection[int]] = (),
) -> Choices:
    """Return a page of the track's mentors who are ``able`` and sought: the wished ones first, then most places.

    ``free`` counts the places of a mentor's row; ``wishes``: tiers of mentors' numbers. Three statements.
    """
    wanted = [Mentor.track_id == track.id, Mentor.active.is_(True), *able, *_sought(sought)]
    number = session.scalar(_mentors(track, func.count()).where(*wanted)) or 0
    pages = paged(number, sought.page, CHOOSING_PAGE)
    found = session.execute(
        _mentors(track, Mentor, Person, MentorProfile.id, free)
        .where(*wanted)
        .order_by(*wished_first(wishes), free.desc(), Person.name, Mentor.id)
        .limit(pages.size)
        .offset(pages.offset)
        .execution_options(populate_existing=True)
    ).all()
    subjects: dict[int, list[str]] = {}
    for profile, key in session.execute(
        select(ProfileTerm.profile_id, ProfileTerm.key)
        .where(
            ProfileTerm.profile_id.in_([profile for _mentor, _person, profile, _free in found]),
            ProfileTerm.kind == TermKind.SPECIALTY,
        )
        .order_by(ProfileTerm.id)
    ):
        subjects.setdefault(profile, []).append(key)
    rows = (
        Choice(
            mentor.id, person.shown_name, mentor.field, tuple(subjects.get(profile, ())), places_free, mentor.places,
            wish_of(wishes, mentor.id),
        )
        for mentor, person, profile, places_free in found
    )  # fmt: skip
    return Choices(tuple(rows), pages)


def wished_first(wishes: Sequence[Collection[int]]) -> list[ColumnElement[int]]:
    """Return the order of mentors' rows that puts those wished for before others, as the student has them."""
    places = {mentor: place for place, tier in enumerate(wishes, start=1) for mentor in tier}
    return [case(places, value=Mentor.id, else_=len(wishes) + 1)] if places else []


def _mentors(track: Track, *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Mentor)
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(
            Membership, and_(Membership.person_id == Mentor.person_id, Membership.context_ref == track.context_ref)
        )
        .outerjoin(
            MentorProfile,
            and_(
                MentorProfile.person_id == Mentor.person_id, MentorProfile.institution_id == Mentor.institution_id
            ),
        )
    )  # fmt: skip


def _sought(sought: Sought) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if sought.name:
        wanted.append(is_named(sought.name) | Mentor.field.icontains(sought.name, autoescape=True))
    if sought.specialty:
        wanted.append(
            exists().where(
                ProfileTerm.profile_id == MentorProfile.id,
                ProfileTerm.kind == TermKind.SPECIALTY,
                ProfileTerm.key == sought.specialty,
            )
        )
    return wanted
