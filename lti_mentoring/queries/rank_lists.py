"""How a track matches, who has given wishes, and one's own; nobody else's are read for a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from lti_mentoring.domain.rank_lists import MatchingRules, Wishes
from lti_mentoring.models import (
    MatchingPolicy,
    Membership,
    MembershipStatus,
    Mentor,
    Person,
    RankedMentor,
    RankList,
    Veto,
)
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.people import is_named

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

OTHERS_PAGE = 25


@dataclass(frozen=True, slots=True)
class MyWishes:
    """The sitter's own wishes, and the version on which a change is made (0: none were given yet)."""

    version: int
    wishes: Wishes


@dataclass(frozen=True, slots=True)
class MentorChoice:
    """A mentor as a student meets them. ``is_gone``: no mentor any more, or gone from the course; is skipped."""

    mentor_id: int
    name: str
    field: str
    is_gone: bool
    has_room: bool


@dataclass(frozen=True, slots=True)
class WishesPage:
    """What the page of wishes is made of; ``named`` are the mentors on the list or not wanted."""

    named: dict[int, MentorChoice]
    others: tuple[MentorChoice, ...]
    paged: Paged


def rules_of(session: Session, track: Track) -> MatchingRules:
    """Return how a track matches; one statement."""
    row = session.scalar(
        select(MatchingPolicy).where(
            MatchingPolicy.track_id == track.id, MatchingPolicy.institution_id == track.institution_id
        )
    )
    if row is None:
        return MatchingRules()
    return MatchingRules(
        row.way, row.wishes_from, row.wishes_until, row.reply_days, row.mentors_rank, row.strategy,
        row.faculty_as_mentor,
    )  # fmt: skip


def my_wishes(session: Session, sitter: Sitter, track: Track, role: str = "") -> MyWishes:
    """Return the sitter's own wishes for mentors of a role; four statements."""
    row = session.execute(select(RankList.version).where(*_list_of(track, sitter.person_id, role))).one_or_none()
    return MyWishes(row.version if row else 0, wishes_of(session, track, sitter.person_id, role))


def wishes_of(session: Session, track: Track, person_id: int, role: str = "") -> Wishes:
    """Return one person's wishes for the matching, which alone may ask for another's; three statements.

    Whom somebody does not want is not wanted in any role.
    """
    of = _list_of(track, person_id, role)
    any_other = session.scalar(select(RankList.any_other).where(*of))
    ranked = session.execute(
        select(RankedMentor.tier, RankedMentor.mentor_id)
        .join(RankList, RankList.id == RankedMentor.rank_list_id)
        .where(*of)
        .order_by(RankedMentor.tier, RankedMentor.id)
    )
    tiers: dict[int, list[int]] = {}
    for tier, mentor in ranked:
        tiers.setdefault(tier, []).append(mentor)
    vetoed = session.scalars(select(Veto.mentor_id).where(Veto.track_id == track.id, Veto.person_id == person_id))
    return Wishes(tuple(map(tuple, tiers.values())), bool(any_other), frozenset(vetoed))


def wishes_page(
    session: Session,
    sitter: Sitter,
    track: Track,
    wishes: Wishes,
    *,
    role: str = "",
    wanted: str = "",
    number: int = 1,
) -> WishesPage:
    """Return the mentors of one's wishes, and a page of the others who serve in the role; three statements."""
    on_it = {*wishes.places(), *wishes.vetoed}
    named = session.execute(_choices(track).where(Mentor.id.in_(on_it)))
    others = (
        Mentor.active.is_(True),
        or_(Membership.status.is_(None), Membership.status != MembershipStatus.LEFT),
        Mentor.id.not_in(on_it),
        Mentor.person_id != sitter.person_id,
        serves(track, role),
        *([is_named(wanted) | Mentor.field.icontains(wanted, autoescape=True)] if wanted else []),
    )
    count = _choices(track).with_only_columns(func.count(), maintain_column_froms=True).where(*others)
    pages = paged(session.scalar(count) or 0, number, OTHERS_PAGE)
    rows = session.execute(
        _choices(track).where(*others).order_by(Person.name, Person.id).limit(OTHERS_PAGE).offset(pages.offset)
    )
    found = (_choice(*row) for row in named)
    return WishesPage({one.mentor_id: one for one in found}, tuple(_choice(*row) for row in rows), pages)


def who_gave_wishes(
    session: Session, track: Track, people: Collection[int] | None = None, *, role: str = ""
) -> frozenset[int]:
    """Return who has given a list, and nothing of what is on it; one statement. Not wanting somebody is no list."""
    wanted = select(RankList.person_id).where(*_given(track), RankList.mentor_role == role)
    return frozenset(session.scalars(wanted if people is None else wanted.where(RankList.person_id.in_(people))))


def roles_wished_for(session: Session, track: Track, person_id: int) -> frozenset[str]:
    """Return for which roles somebody has given a list; one statement."""
    wanted = select(RankList.mentor_role).where(*_given(track), RankList.person_id == person_id)
    return frozenset(session.scalars(wanted))


def _given(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (
        RankList.track_id == track.id,
        RankList.institution_id == track.institution_id,
        or_(RankList.any_other.is_(True), exists().where(RankedMentor.rank_list_id == RankList.id)),
    )


def _list_of(track: Track, person_id: int, role: str) -> tuple[ColumnElement[bool], ...]:
    return (RankList.track_id == track.id, RankList.person_id == person_id, RankList.mentor_role == role)


def _choices(track: Track) -> Any:
    return (
        select(Mentor, Person, Membership.status, and_(Mentor.taken < Mentor.places, ~takes_nobody(track)))
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(
            Membership, and_(Membership.person_id == Mentor.person_id, Membership.context_ref == track.context_ref)
        )
        .where(Mentor.track_id == track.id)
    )


def _choice(mentor: Mentor, person: Person, status: MembershipStatus | None, has_room: bool) -> MentorChoice:
    gone = not mentor.active or status is MembershipStatus.LEFT
    return MentorChoice(mentor.id, person.shown_name, mentor.field, gone, has_room)
