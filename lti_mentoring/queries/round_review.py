"""A round for review: its pairs, the mentors' places, and what has changed around it since it was drawn up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from lti_mentoring.models import Match, Membership, MembershipStatus, Mentor, Person
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.round_pairs import PairView, pair_counts, pairs
from lti_mentoring.queries.rounds import RoundView, matchable, round_view
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.rounds import Show
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

PAGE = 50
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class MentorLoad:
    """One mentor of a round: places of the track, taken before, given in the round."""

    mentor_id: int
    name: str
    places: int
    taken: int
    given: int

    @property
    def filled(self) -> int:
        """Places in use once the round is published."""
        return self.taken + self.given

    @property
    def free(self) -> int:
        """Places left then."""
        return max(0, self.places - self.filled)


@dataclass(frozen=True, slots=True)
class Loads:
    """The mentors of a round: those with places left by name, the others as one number."""

    named: tuple[MentorLoad, ...]
    others: int
    others_filled: int
    others_places: int


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """A round with the pairs that are shown, and what has changed around it since it was computed."""

    round: RoundView
    show: Show
    counts: Mapping[Show, int]
    rows: tuple[PairView, ...]
    paged: Paged
    loads: Loads
    came: tuple[str, ...]
    """Names of students who wait now and are not in the round."""
    came_number: int
    gone: tuple[str, ...]
    """Names of students and mentors of the round who have left the course since."""
    gone_number: int


def review_page(session: Session, sitter: Sitter, round_id: int, show: Show, *, page: int = 1) -> ReviewPage:
    """Return a round of the sitter's track, or raise NotFound; the number of statements does not grow."""
    track = track_of(session, sitter)
    view = round_view(session, sitter, round_id)
    counts = pair_counts(session, round_id)
    pages = paged(counts[show], page, PAGE)
    came = _came(session, track, view) if view.is_draft else ()
    gone = _gone(session, track, round_id) if view.is_draft else ()
    return ReviewPage(
        round=view,
        show=show,
        counts=counts,
        rows=pairs(session, track, round_id, show, pages),
        paged=pages,
        loads=_loads(mentor_loads(session, track, view)),
        came=came[:MOST_NAMED],
        came_number=len(came),
        gone=gone[:MOST_NAMED],
        gone_number=len(gone),
    )


def mentor_loads(session: Session, track: Track, view: RoundView) -> list[MentorLoad]:
    """Return the mentors of the track with what the round gives them, those with most room first; one statement."""
    given = (
        select(Match.mentor_id, func.count().label("given")).where(Match.round_id == view.round_id)
        .group_by(Match.mentor_id).subquery()
    )  # fmt: skip
    # Once published, the round's pairs are among those taken.
    more = func.coalesce(given.c.given, 0) if view.is_draft else 0
    filled = Mentor.taken + more
    rows = session.execute(
        select(Mentor.id, Person, Mentor.places, Mentor.taken, func.coalesce(given.c.given, 0))
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(given, given.c.mentor_id == Mentor.id)
        .where(
            Mentor.track_id == track.id,
            or_(and_(Mentor.active.is_(True), serves(track, view.mentor_role)), given.c.given.is_not(None)),
        )
        .order_by((Mentor.places - filled).desc(), Person.name, Person.id)
    ).all()
    return [
        MentorLoad(number, who.shown_name, places, taken if view.is_draft else taken - in_round, in_round)
        for number, who, places, taken, in_round in rows
    ]


def _loads(loads: list[MentorLoad]) -> Loads:
    named, others = loads[:MOST_NAMED], loads[MOST_NAMED:]
    return Loads(tuple(named), len(others), sum(one.filled for one in others), sum(one.places for one in others))


def _came(session: Session, track: Track, view: RoundView) -> tuple[str, ...]:
    inside = select(Match.student_id).where(Match.round_id == view.round_id)
    people = session.scalars(
        select(Person)
        .where(Person.id.in_(matchable(track, view.mentor_role)), Person.id.not_in(inside))
        .order_by(Person.name, Person.id)
    )
    return tuple(one.shown_name for one in people)


def _gone(session: Session, track: Track, round_id: int) -> tuple[str, ...]:
    """Students and mentors of the round's pairs who have left the course since, or are no mentors any more."""
    students = select(Match.student_id).where(Match.round_id == round_id, Match.mentor_id.is_not(None))
    mentors = select(Mentor.person_id).join(Match, Match.mentor_id == Mentor.id).where(Match.round_id == round_id)
    unticked = mentors.where(Mentor.active.is_(False))
    left = select(Membership.person_id).where(
        Membership.context_ref == track.context_ref, Membership.status == MembershipStatus.LEFT
    )
    people = session.scalars(
        select(Person)
        .where(
            or_(
                and_(or_(Person.id.in_(students), Person.id.in_(mentors)), Person.id.in_(left)),
                Person.id.in_(unticked),
            )
        )
        .order_by(Person.name, Person.id)
    )
    return tuple(one.shown_name for one in people)
