"""One student and one milestone, as far as the person in the seat may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, or_, select

from lti_mentoring.domain.milestones import check_signer, may_sign
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Context, Membership, Mentor, Mentorship, Milestone, Person, Track, TrackState
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.standings import open_mentorship

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Guide = alias_of(Person)


@dataclass(frozen=True, slots=True)
class Guidance:
    """One of the student's mentors of now, and the mentorship of the two."""

    mentorship: Mentorship
    mentor: Person


@dataclass(frozen=True, slots=True)
class Case:
    """What a decision is about, and by whom. ``guides``: all mentors of the student, in the order of the roles.

    ``within``: the mentorship in which it happens, where that is known.
    """

    by: Sitter
    milestone: Milestone
    track: Track
    course: Context
    student: Person
    guides: tuple[Guidance, ...]
    within: Mentorship | None = None

    @property
    def signing(self) -> tuple[Guidance, ...]:
        """Those whose role the milestone names; where it names none, all of them."""
        wanted = self.milestone.signer_role
        return tuple(one for one in self.guides if wanted is None or one.mentorship.role == wanted)

    @property
    def theirs(self) -> tuple[Mentorship, ...]:
        """The mentorships that what is done now belongs to: the known one, a mentor's own, else of all who sign."""
        if self.within is not None:
            return (self.within,)
        own = tuple(one for one in self.guides if one.mentor.id == self.by.person_id)
        found = tuple(one for one in own if one in self.signing) or own or self.signing
        return tuple(one.mentorship for one in found)

    @property
    def mentorship(self) -> Mentorship | None:
        """The first of them; None: nobody who signs mentors the student now."""
        return self.theirs[0] if self.theirs else None

    @property
    def mentors(self) -> tuple[Person, ...]:
        """Who signs the milestone off as a mentor, each once."""
        return tuple({one.mentor.id: one.mentor for one in self.signing}.values())

    @property
    def is_own_mentor(self) -> bool:
        """Whether the person in the seat is one of this student's mentors."""
        return any(one.mentor.id == self.by.person_id for one in self.guides)

    @property
    def is_faculty(self) -> bool:
        """Whether the person sits here as faculty; nobody is faculty for themselves."""
        return self.by.role is SeatRole.FACULTY and self.by.person_id != self.student.id

    @property
    def may_sign(self) -> bool:
        """Whether the person may accept, return and assess."""
        return may_sign(
            self.milestone.signer,
            is_faculty=self.is_faculty,
            is_own_mentor=self._is_signing,
            has_mentor=bool(self.signing),
        )

    @property
    def may_meet(self) -> bool:
        """Whether the person is one of two who can have a meeting for it: the student, or a mentor in that role."""
        if self.by.role is SeatRole.STUDENT:
            return self.by.person_id == self.student.id and bool(self.signing)
        return self.by.role is SeatRole.MENTOR and self._is_signing

    @property
    def is_closed(self) -> bool:
        """Whether the track is closed."""
        return self.track.state is TrackState.CLOSED

    @property
    def is_read_only(self) -> bool:
        """Whether the track is closed for the person: then only faculty still decide, and may let it run again."""
        return self.is_closed and self.by.role is not SeatRole.FACULTY

    def check_signer(self) -> None:
        """Raise NotTheSigner unless the person may accept, return and assess."""
        check_signer(
            self.milestone.signer,
            is_faculty=self.is_faculty,
            is_own_mentor=self._is_signing,
            has_mentor=bool(self.signing),
        )

    @property
    def _is_signing(self) -> bool:
        return any(one.mentor.id == self.by.person_id for one in self.signing)


def find_case(session: Session, sitter: Sitter, student_id: int, milestone_id: int) -> Case:
    """Return the case; raise NotFound when it is of another course, of somebody else's student, or not there."""
    case = case_of(session, sitter, student_id, milestone_id)
    if not _may_know(case):
        raise NotFound
    return case


def case_of(session: Session, sitter: Sitter, student_id: int, milestone_id: int) -> Case:
    """Return the case to carry on what the sitter did elsewhere, whether or not they may know of it (a former mentor).

    Raises NotFound when it is of another course, or not there.
    """
    rows = session.execute(
        select(Milestone, Track, Context, Person, Mentorship, Guide)
        .join(Track, Track.id == Milestone.track_id)
        .join(Context, Context.id == Track.context_ref)
        .join(Person, Person.id == student_id)
        .outerjoin(
            Mentorship, and_(Mentorship.track_id == Track.id, Mentorship.student_id == student_id, open_mentorship())
        )
        .outerjoin(Mentor, Mentor.id == Mentorship.mentor_id)
        .outerjoin(Guide, Guide.id == Mentor.person_id)
        .where(
            Milestone.id == milestone_id,
            Milestone.institution_id == sitter.institution_id,
            Track.context_ref == sitter.context_id,
            or_(
                Mentorship.id.is_not(None),
                exists().where(
                    Membership.context_ref == Track.context_ref,
                    Membership.person_id == student_id,
                    Membership.is_student,
                ),
            ),
        )
    ).all()
    if not rows:
        raise NotFound
    milestone, track, course, student, *_first = rows[0]
    place = {one.key: number for number, one in enumerate(track.roles)}
    guides = [Guidance(mentorship, mentor) for *_case, mentorship, mentor in rows if mentorship is not None]  # type: ignore[redundant-expr]  # of an outer join
    guides.sort(key=lambda one: (place.get(one.mentorship.role, len(place)), one.mentorship.id))
    return Case(sitter, milestone, track, course, student, tuple(guides))


def find_own_case(session: Session, sitter: Sitter, milestone_id: int) -> Case:
    """Return the case of the student in the seat."""
    return find_case(session, sitter, sitter.person_id, milestone_id)


def _may_know(case: Case) -> bool:
    if case.by.role is SeatRole.FACULTY:
        return True
    if case.track.state is TrackState.DRAFT:
        return False
    if case.by.role is SeatRole.STUDENT:
        return case.by.person_id == case.student.id
    return case.by.role is SeatRole.MENTOR and case.is_own_mentor
