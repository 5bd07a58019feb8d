"""One student of a draft round, and to whom they could go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lti_mentoring.domain.rounds import RoundStepNotAllowed, wish_of
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Match, Mentor, Person
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.mentor_roles import may_serve
from lti_mentoring.queries.rounds import round_view
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

Guide = aliased(Person)


@dataclass(frozen=True, slots=True)
class OtherMentor:
    """A mentor with a place left in the round; ``wish``: where the student's list has them, None: nowhere."""

    mentor_id: int
    name: str
    free: int
    wish: int | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A student of a draft, with whom they are now, and the mentors who have room: the wished ones first.

    ``group``: who was matched together with them, themselves included, by number; nobody where they are alone.
    """

    round_id: int
    number: int
    student_id: int
    student: str
    mentor_id: int | None
    mentor: str
    wish: int | None
    others: tuple[OtherMentor, ...]
    group_name: str = ""
    group: Mapping[int, str] = field(default_factory=dict)


def change_page(session: Session, sitter: Sitter, round_id: int, student_id: int) -> ChangePage:
    """Return a student of a draft of the sitter's track; raise NotFound, or RoundStepNotAllowed for no draft."""
    view = round_view(session, sitter, round_id)
    if not view.is_draft:
        raise RoundStepNotAllowed(current=view.state.value, wanted=view.state.value)
    row = session.execute(
        select(Match, Person, Guide)
        .join(Person, Person.id == Match.student_id)
        .outerjoin(Mentor, Mentor.id == Match.mentor_id)
        .outerjoin(Guide, Guide.id == Mentor.person_id)
        .where(Match.round_id == round_id, Match.student_id == student_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NotFound
    match, student, guide = row
    return ChangePage(
        round_id=round_id,
        number=view.number,
        student_id=student_id,
        student=student.shown_name,
        mentor_id=match.mentor_id,
        mentor=guide.shown_name if guide else "",
        wish=match.wish,
        others=tuple(
            sorted(
                _with_room(session, track_of(session, sitter), view.mentor_role, match),
                key=lambda one: (one.wish is None, one.wish or 0),
            )
        ),
        group_name=match.group_name,
        group=_group(session, match),
    )


def _group(session: Session, match: Match) -> dict[int, str]:
    if match.unit is None:
        return {}
    rows = session.scalars(
        select(Person)
        .join(Match, Match.student_id == Person.id)
        .where(Match.round_id == match.round_id, Match.unit == match.unit)
        .order_by(Person.name, Person.id)
    )
    return {one.id: one.shown_name for one in rows}


def _with_room(session: Session, track: Track, role: str, match: Match) -> list[OtherMentor]:
    given = (
        select(func.count()).select_from(Match).where(Match.round_id == match.round_id, Match.mentor_id == Mentor.id)
        .scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        select(Mentor.id, Person, Mentor.places - Mentor.taken - given)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentor.track_id == track.id,
            may_serve(track, role, match.student_id),
            Mentor.active.is_(True),
            Mentor.taken + given < Mentor.places,
            ~takes_nobody(track),
        )
        .order_by(Person.name, Person.id)
    )
    return [
        OtherMentor(number, who.shown_name, free, wish_of(match.wishes, number))
        for number, who, free in rows
        if number != match.mentor_id
    ]
