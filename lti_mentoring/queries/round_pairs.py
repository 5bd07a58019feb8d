"""What a round says of its students: all of them, or one page; exceptions first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true

from lti_mentoring.domain.rounds import MatchOrigin, SetAside, Show
from lti_mentoring.models import Match, Membership, MembershipStatus, Mentor, Mentorship, Person, RoundChange
from lti_mentoring.models.alias import alias_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track
    from lti_mentoring.queries.paging import Paged

Guide = alias_of(Person)


@dataclass(frozen=True, slots=True)
class ChangeView:
    """A change by hand that stands."""

    change_id: int
    reason: str
    by_name: str
    at: datetime
    sets_aside: tuple[SetAside, ...]
    of_group: bool = False
    """Whether the press that made it moved others of the group, too."""


@dataclass(frozen=True, slots=True)
class PairView:
    """One student of a round, and whom they get. ``mentor_id`` None: nobody."""

    student_id: int
    student: str
    mentor_id: int | None
    mentor: str
    wish: int | None
    computed_wish: int | None
    wished: int
    why: str
    facts: Mapping[str, Any]
    has_left: bool
    by_hand: bool
    change: ChangeView | None
    mentorship_ended: bool = False
    group_name: str = ""
    """The group that they were matched with; "" for somebody alone."""


def pairs(
    session: Session, track: Track, round_id: int, show: Show, pages: Paged | None = None
) -> tuple[PairView, ...]:
    """Return what a round says of its students, exceptions first: all of them, or one page. Two statements."""
    wanted = (
        select(Match, Person, Guide, Membership.status, Mentorship.ended_at)
        .join(Person, Person.id == Match.student_id)
        .outerjoin(Mentor, Mentor.id == Match.mentor_id)
        .outerjoin(Guide, Guide.id == Mentor.person_id)
        .outerjoin(
            Membership, and_(Membership.person_id == Match.student_id, Membership.context_ref == track.context_ref)
        )
        .outerjoin(Mentorship, Mentorship.id == Match.mentorship_id)
        .where(Match.round_id == round_id, *_shown(show))
        .order_by(_exceptions_first(), func.coalesce(Match.wish, 0).desc(), Person.name, Person.id)
    )
    if pages is not None:
        wanted = wanted.limit(pages.size).offset(pages.offset)
    rows = session.execute(wanted.execution_options(populate_existing=True)).all()
    changed = {match.student_id for match, *_ in rows if match.origin is MatchOrigin.BY_HAND}
    changes = _changes(session, round_id, changed if pages is not None else None)
    return tuple(
        PairView(
            student_id=student.id,
            student=student.shown_name,
            mentor_id=match.mentor_id,
            mentor=guide.shown_name if guide else "",
            wish=match.wish,
            computed_wish=match.computed_wish,
            wished=match.wished,
            why=match.why,
            facts=match.why_facts,
            has_left=status in {None, MembershipStatus.LEFT},
            by_hand=match.origin is MatchOrigin.BY_HAND,
            change=changes.get(student.id) if match.origin is MatchOrigin.BY_HAND else None,
            mentorship_ended=ended_at is not None,
            group_name=match.group_name,
        )
        for match, student, guide, status, ended_at in rows
    )


def mentor_names(session: Session, track: Track) -> dict[int, str]:
    """Return what every mentor that the track ever had is called; one statement."""
    rows = session.execute(
        select(Mentor.id, Person).join(Person, Person.id == Mentor.person_id).where(Mentor.track_id == track.id)
    )
    return {number: who.shown_name for number, who in rows}


def pair_counts(session: Session, round_id: int) -> dict[Show, int]:
    """Return how many students each choice shows; one statement."""
    columns = [func.count(case((and_(true(), *_shown(show)), 1))) for show in Show]
    row = session.execute(select(*columns).where(Match.round_id == round_id)).one()
    return dict(zip(Show, row, strict=True))


def _shown(show: Show) -> tuple[ColumnElement[bool], ...]:
    not_first = and_(Match.mentor_id.is_not(None), Match.wished > 0, or_(Match.wish.is_(None), Match.wish != 1))
    return {
        Show.ALL: (),
        Show.NOT_FIRST: (not_first,),
        Show.BY_HAND: (Match.origin == MatchOrigin.BY_HAND,),
        Show.NOBODY: (Match.mentor_id.is_(None),),
    }[show]


def _exceptions_first() -> ColumnElement[int]:
    """Nobody, then changed by hand, then somebody not wished for, then the later wishes."""
    return case(
        (Match.mentor_id.is_(None), 0),
        (Match.origin == MatchOrigin.BY_HAND, 1),
        (and_(Match.wish.is_(None), Match.wished > 0), 2),
        else_=3,
    )


def _changes(session: Session, round_id: int, students: set[int] | None) -> dict[int, ChangeView]:
    """Return the last change by hand of each student that stands; None: of everybody."""
    wanted = (
        select(RoundChange, Person)
        .join(Person, Person.id == RoundChange.by_id)
        .where(RoundChange.round_id == round_id, RoundChange.undone_at.is_(None))
        .order_by(RoundChange.id)
    )
    if students is not None:
        wanted = wanted.where(RoundChange.student_id.in_(students))
    return {
        one.student_id: ChangeView(
            one.id,
            one.reason,
            who.shown_name,
            one.at,
            tuple(SetAside(code) for code in one.sets_aside),
            bool(one.act),
        )
        for one, who in session.execute(wanted)
    }
