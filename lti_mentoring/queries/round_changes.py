"""One student of a draft round, and to whom they could go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from lti_mentoring.domain.rounds import RoundStepNotAllowed, wish_of
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Match, Membership, MembershipStatus, Mentor, Person
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.choosing import Choices, Sought, choices, wished_first
from lti_mentoring.queries.mentor_roles import may_serve
from lti_mentoring.queries.room import MOST_IN_A_LIST
from lti_mentoring.queries.rounds import round_view
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

Guide = alias_of(Person)


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
    ``many``: more have room than a list holds, so that ``others`` are those wished for, and whom faculty have chosen.
    """

    round_id: int
    number: int
    student_id: int
    student: str
    mentor_id: int | None
    mentor: str
    wish: int | None
    others: tuple[OtherMentor, ...]
    many: bool
    group_name: str = ""
    group: Mapping[int, str] = field(default_factory=dict)


def change_page(
    session: Session, sitter: Sitter, round_id: int, student_id: int, chosen: int | None = None
) -> ChangePage:
    """Return a student of a draft of the sitter's track; raise NotFound, or RoundStepNotAllowed for no draft."""
    return _page(session, sitter, round_id, student_id, chosen)[0]


def swap_page(
    session: Session, sitter: Sitter, round_id: int, student_id: int, sought: Sought
) -> tuple[ChangePage, Choices]:
    """Return the same, with a page of all who have room in the round."""
    page, match, (free, able) = _page(session, sitter, round_id, student_id)
    found = choices(session, track_of(session, sitter), sought, able, free=free, wishes=match.wishes)
    return page, found


def _page(
    session: Session, sitter: Sitter, round_id: int, student_id: int, chosen: int | None = None
) -> tuple[ChangePage, Match, tuple[Any, list[ColumnElement[bool]]]]:
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
    free, able = _able(track_of(session, sitter), view.mentor_role, match)
    others = _others(session, match, free, able, MOST_IN_A_LIST + 1)
    if many := len(others) > MOST_IN_A_LIST:
        others = [one for one in others if one.wish] or others[:1]
        if chosen and chosen not in {one.mentor_id for one in others}:
            others += _others(session, match, free, [*able, Mentor.id == chosen], 1)
    page = ChangePage(
        round_id=round_id,
        number=view.number,
        student_id=student_id,
        student=student.shown_name,
        mentor_id=match.mentor_id,
        mentor=guide.shown_name if guide else "",
        wish=match.wish,
        others=tuple(others),
        many=many,
        group_name=match.group_name,
        group=_group(session, match),
    )
    return page, match, (free, able)


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


def _able(track: Track, role: str, match: Match) -> tuple[Any, list[ColumnElement[bool]]]:
    """Return the places that a mentor's row has left beside the round's pairs, and whom the student could go to."""
    given = (
        select(func.count()).select_from(Match).where(Match.round_id == match.round_id, Match.mentor_id == Mentor.id)
        .scalar_subquery()
    )  # fmt: skip
    gone = exists().where(
        Membership.context_ref == track.context_ref,
        Membership.person_id == Mentor.person_id,
        Membership.status == MembershipStatus.LEFT,
    )
    able = [
        Mentor.id.is_distinct_from(match.mentor_id),
        Mentor.track_id == track.id,
        may_serve(track, role, match.student_id),
        Mentor.active.is_(True),
        Mentor.taken + given < Mentor.places,
        ~takes_nobody(track),
        ~gone.correlate(Mentor),
    ]
    return Mentor.places - Mentor.taken - given, able


def _others(session: Session, match: Match, free: Any, able: list[ColumnElement[bool]], most: int) -> list[OtherMentor]:
    rows = session.execute(
        select(Mentor.id, Person, free)
        .join(Person, Person.id == Mentor.person_id)
        .where(*able)
        .order_by(*wished_first(match.wishes), Person.name, Person.id)
        .limit(most)
    )
    return [OtherMentor(number, who.shown_name, places, wish_of(match.wishes, number)) for number, who, places in rows]
