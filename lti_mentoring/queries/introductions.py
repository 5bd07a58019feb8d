"""Introductions as the student and the two mentors read them, a student's network, and their number for faculty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from lti_mentoring.domain.introductions import Branch, IntroductionState
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Introduction, Membership, MembershipStatus, Mentor, Mentorship, Person
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.people import is_named
from lti_mentoring.queries.standings import open_mentorship

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

MOST_FOUND = 20
MOST_SHOWN = 200
"""Of a mentor's introductions the newest."""
Introducer, Other = alias_of(Mentor), alias_of(Mentor)
ByPerson, ToPerson = alias_of(Person), alias_of(Person)


@dataclass(frozen=True, slots=True)
class IntroductionView:
    """One introduction. ``to`` and ``does``: who it is to, and what that person does."""

    introduction_id: int
    student: str
    by: str
    to: str
    does: str
    purpose: str
    state: IntroductionState
    made_at: datetime
    by_person_id: int
    """Number of the person who introduced."""


@dataclass(frozen=True, slots=True)
class Tie:
    """A mentor of the student, in one role. ``until`` None: now."""

    person_id: int
    name: str
    role_name: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Network:
    """Who mentors a student and did before, now first; and to whom the student was introduced, the newest first."""

    ties: tuple[Tie, ...]
    introductions: tuple[IntroductionView, ...]

    def branches(self, now: str, before: str) -> tuple[Branch, ...]:
        """Return each mentor once, for the picture; ``now`` and ``before`` are the words under one without a role."""
        people = {one.person_id: one for one in reversed(self.ties)}
        return tuple(
            Branch(
                one.name,
                ", ".join(self._roles(one)) or (before if one.until else now),
                one.until is None,
                tuple(made.to for made in self.introductions if made.by_person_id == one.person_id),
            )
            for one in reversed(people.values())
        )

    def _roles(self, one: Tie) -> tuple[str, ...]:
        ties = (tie for tie in self.ties if tie.person_id == one.person_id and (tie.until is None) is (not one.until))
        return tuple(dict.fromkeys(tie.role_name for tie in ties if tie.role_name))


def network_of(session: Session, sitter: Sitter, track: Track) -> Network:
    """Return the sitting student's network in the track; two statements."""
    rows = session.execute(
        select(Mentorship, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentorship.track_id == track.id,
            Mentorship.institution_id == sitter.institution_id,
            Mentorship.student_id == sitter.person_id,
            or_(Mentorship.ended_at.is_not(None), open_mentorship()),
        )
        .order_by(Mentorship.ended_at.is_not(None), Mentorship.started_at.desc(), Mentorship.id.desc())
    )
    names = track.role_names
    ties = tuple(
        Tie(who.id, who.shown_name, names.get(pair.role, ""), pair.started_at, pair.ended_at) for pair, who in rows
    )
    return Network(ties, _read(session, sitter, track, Introduction.student_id == sitter.person_id))


def made_by_me(session: Session, sitter: Sitter, track: Track) -> tuple[IntroductionView, ...]:
    """Return the introductions that the sitting mentor made, the newest first; one statement."""
    return _read(session, sitter, track, Introducer.person_id == sitter.person_id)


def made_to_me(session: Session, sitter: Sitter, track: Track) -> tuple[IntroductionView, ...]:
    """Return the introductions of students to the sitting mentor, the newest first; one statement."""
    return _read(session, sitter, track, Other.person_id == sitter.person_id)


def how_many(session: Session, track: Track, student_id: int) -> int:
    """Return how many introductions a student has: all that faculty are told; one statement."""
    wanted = select(func.count()).where(
        Introduction.track_id == track.id,
        Introduction.student_id == student_id,
        Introduction.state != IntroductionState.TAKEN_BACK,
    )
    return session.scalar(wanted) or 0


def my_student(session: Session, sitter: Sitter, track: Track, student_id: int) -> tuple[Mentor, Person]:
    """Return the sitter as mentor, and the student; raise NotFound for whom the sitter does not mentor now."""
    row = session.execute(
        select(Mentor, Person)
        .join(Mentorship, Mentorship.mentor_id == Mentor.id)
        .join(Person, Person.id == Mentorship.student_id)
        .where(
            Mentor.track_id == track.id,
            Mentor.institution_id == sitter.institution_id,
            Mentor.person_id == sitter.person_id,
            Mentor.active.is_(True),
            Mentorship.student_id == student_id,
            open_mentorship(),
        )
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def others_to_pick(
    session: Session, sitter: Sitter, track: Track, *, wanted: str = "", mentor_id: int | None = None
) -> tuple[tuple[int, str, str], ...]:
    """Return other mentors of the track as (number, name, field), at most twenty; one statement.

    ``wanted`` is a part of the name or e-mail address; ``mentor_id``: only this one.
    """
    conditions = [is_named(wanted)] if wanted else []
    conditions += [] if mentor_id is None else [Mentor.id == mentor_id]
    rows = session.execute(
        select(Mentor.id, Mentor.field, Person)
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(
            Membership, (Membership.person_id == Person.id) & (Membership.context_ref == track.context_ref)
        )
        .where(
            Mentor.track_id == track.id,
            Mentor.institution_id == sitter.institution_id,
            Mentor.active.is_(True),
            Mentor.person_id != sitter.person_id,
            or_(Membership.status.is_(None), Membership.status != MembershipStatus.LEFT),
            *conditions,
        )
        .order_by(Person.name, Mentor.id)
        .limit(MOST_FOUND)
    )  # fmt: skip
    return tuple((number, who.shown_name, field) for number, field, who in rows)


def _read(session: Session, sitter: Sitter, track: Track, whose: Any) -> tuple[IntroductionView, ...]:
    rows = session.execute(
        select(Introduction, Person, ByPerson, ToPerson, Other.field)
        .join(Person, Person.id == Introduction.student_id)
        .join(Introducer, Introducer.id == Introduction.mentor_id)
        .join(ByPerson, ByPerson.id == Introducer.person_id)
        .outerjoin(Other, Other.id == Introduction.to_mentor_id)
        .outerjoin(ToPerson, ToPerson.id == Other.person_id)
        .where(
            Introduction.track_id == track.id,
            Introduction.institution_id == sitter.institution_id,
            Introduction.state != IntroductionState.TAKEN_BACK,
            whose,
        )
        .order_by(Introduction.id.desc())
        .limit(MOST_SHOWN)
    )
    return tuple(
        IntroductionView(
            one.id, student.shown_name, by.shown_name, to.shown_name if to else one.name,
            (field or "") if to else one.does, one.purpose, one.state, one.made_at, by.id,
        )
        for one, student, by, to, field in rows
    )  # fmt: skip
