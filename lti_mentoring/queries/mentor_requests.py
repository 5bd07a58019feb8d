"""Students' questions to mentors: one's own, those that wait for a mentor, and those that nobody looks after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from lti_mentoring.domain.mentor_requests import NOT_AGAIN, Askable, RequestState, next_to_ask
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, MembershipStatus, Mentor, MentorRequest, Mentorship, Person
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.rank_lists import wishes_of
from lti_mentoring.queries.standings import given_meanwhile

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

MentorSeat = alias_of(Membership)
StudentSeat = alias_of(Membership)
Ahead = alias_of(MentorRequest)


@dataclass(frozen=True, slots=True)
class MyRequest:
    """The sitter's own question. ``place``: the how manieth of those who wait for this mentor's answer."""

    request_id: int
    mentor: str
    state: RequestState
    place: int
    has_room: bool
    asked_at: datetime
    reply_by: datetime
    role: str = ""
    """Key of the role that the mentor is asked for."""
    mentor_id: int = 0


@dataclass(frozen=True, slots=True)
class AskedOfMe:
    """A question that waits for the sitting mentor's answer."""

    request_id: int
    student: str
    message: str
    asked_at: datetime
    reply_by: datetime
    role_name: str = ""
    """What it is asked for; "" where the track tells no roles apart."""


def my_requests(session: Session, sitter: Sitter, track: Track) -> tuple[MyRequest, ...]:
    """Return the sitter's own questions, the newest first; one statement."""
    ahead = (
        select(func.count())
        .select_from(Ahead)
        .where(
            Ahead.mentor_id == MentorRequest.mentor_id,
            Ahead.state == RequestState.ASKED,
            Ahead.id < MentorRequest.id,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(MentorRequest, Person, Mentor.taken < Mentor.places, ahead)
        .join(Mentor, Mentor.id == MentorRequest.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(MentorRequest.track_id == track.id, MentorRequest.student_id == sitter.person_id)
        .order_by(MentorRequest.id.desc())
    )
    return tuple(
        MyRequest(
            one.id, who.shown_name, one.state, before + 1, room, one.asked_at, one.reply_by, one.mentor_role,
            one.mentor_id,
        )
        for one, who, room, before in rows
    )  # fmt: skip


def asked_of_me(session: Session, sitter: Sitter, track: Track) -> tuple[AskedOfMe, ...]:
    """Return the questions that wait for the sitting mentor, the first to be answered first; one statement.

    Whoever has a mentor by now, or has left, waits no more.
    """
    rows = session.execute(
        select(MentorRequest, Person)
        .join(Mentor, Mentor.id == MentorRequest.mentor_id)
        .join(Person, Person.id == MentorRequest.student_id)
        .outerjoin(Mentorship, given_meanwhile())
        .join(StudentSeat, _of_course(StudentSeat, track.context_ref, MentorRequest.student_id))
        .where(
            MentorRequest.track_id == track.id,
            MentorRequest.institution_id == sitter.institution_id,
            MentorRequest.state == RequestState.ASKED,
            Mentor.person_id == sitter.person_id,
            Mentor.active.is_(True),
            Mentorship.id.is_(None),
            StudentSeat.status != MembershipStatus.LEFT,
        )
        .order_by(MentorRequest.id)
    )
    names = track.role_names
    return tuple(
        AskedOfMe(
            one.id, who.shown_name, one.message, one.asked_at, one.reply_by, names.get(one.mentor_role, "")
        )
        for one, who in rows
    )  # fmt: skip


def one_asked_of_me(session: Session, sitter: Sitter, track: Track, request_id: int) -> AskedOfMe:
    """Return one of them; raise NotFound for any other."""
    found = next((one for one in asked_of_me(session, sitter, track) if one.request_id == request_id), None)
    if found is None:
        raise NotFound
    return found


def askable(session: Session, track: Track, role: str = "") -> dict[int, Askable]:
    """Return every mentor who may be asked now to serve in a role, by number; one statement."""
    waiting = (
        select(func.count())
        .select_from(MentorRequest)
        .where(MentorRequest.mentor_id == Mentor.id, MentorRequest.state == RequestState.ASKED)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Mentor.id, Mentor.places, Mentor.taken, waiting)
        .outerjoin(MentorSeat, _of_course(MentorSeat, track.context_ref, Mentor.person_id))
        .where(
            Mentor.track_id == track.id,
            Mentor.institution_id == track.institution_id,
            Mentor.active.is_(True),
            ~takes_nobody(track),
            serves(track, role),
            or_(MentorSeat.status.is_(None), MentorSeat.status != MembershipStatus.LEFT),
        )
    )
    return {number: Askable(number, max(0, places - taken), waits) for number, places, taken, waits in rows}


def next_wish(session: Session, track: Track, person_id: int, role: str = "") -> tuple[int | None, int]:
    """Return whom a student would ask now (None: nobody is left), and the how manieth question it would be."""
    before = session.execute(
        select(MentorRequest.mentor_id, MentorRequest.state).where(
            MentorRequest.track_id == track.id,
            MentorRequest.student_id == person_id,
            MentorRequest.mentor_role == role,
        )
    ).all()
    apart = kept_apart(session, track, [person_id])
    there = {number: one for number, one in askable(session, track, role).items() if not apart.why(person_id, number)}
    for number in mentors_of(session, track, person_id):
        there.pop(number, None)  # being a student's mentor in two roles is faculty's choice, by hand
    asked = {mentor for mentor, state in before if state in NOT_AGAIN}
    return next_to_ask(wishes_of(session, track, person_id, role), there, asked), len(before) + 1


def mentors_of(session: Session, track: Track, person_id: int) -> frozenset[int]:
    """Return who mentors a student in the track, in whatever role; one statement."""
    found = select(Mentorship.mentor_id).where(
        Mentorship.track_id == track.id, Mentorship.student_id == person_id, Mentorship.ended_at.is_(None)
    )
    return frozenset(session.scalars(found))


def has_mentor(session: Session, track: Track, person_id: int, role: str = "") -> bool:
    """Say whether a student has a mentor in a role of the track."""
    found = select(Mentorship.id).where(
        Mentorship.track_id == track.id,
        Mentorship.student_id == person_id,
        Mentorship.role == role,
        Mentorship.ended_at.is_(None),
    )
    return session.scalar(found) is not None


def mentor_in(session: Session, track: Track, person_id: int, role: str = "") -> str:
    """Return the name of a student's mentor in a role of the track; "": they have none. One statement."""
    who = session.scalars(
        select(Person)
        .join(Mentor, Mentor.person_id == Person.id)
        .join(Mentorship, Mentorship.mentor_id == Mentor.id)
        .where(
            Mentorship.track_id == track.id,
            Mentorship.student_id == person_id,
            Mentorship.role == role,
            Mentorship.ended_at.is_(None),
        )
    ).one_or_none()
    return who.shown_name if who else ""


def name_of_mentor(session: Session, mentor_id: int) -> str:
    """Return a mentor's name."""
    who = session.scalars(
        select(Person).join(Mentor, Mentor.person_id == Person.id).where(Mentor.id == mentor_id)
    ).one()
    return who.shown_name


def _of_course(seat: Any, context_ref: Any, person: Any) -> Any:
    return and_(seat.context_ref == context_ref, seat.person_id == person)
