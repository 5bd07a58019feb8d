"""Why these two, for the two of them: what a student and a mentor may read of the round that brought them together.

Nothing here comes from anybody else's list, and nothing says what keeps two people apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

from lti_mentoring.domain.rounds import MatchOrigin, RoundState
from lti_mentoring.domain.seeking import Shared
from lti_mentoring.models import Match, Mentor, Mentorship, Person, Round
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

Guide = aliased(Person)


@dataclass(frozen=True, slots=True)
class FirstWish:
    """A mentor of the student's first tier; ``is_full``: the round gave all the places there were."""

    name: str
    is_full: bool


@dataclass(frozen=True, slots=True)
class MyMatch:
    """What the last published round for a role says of a student. ``mentor`` blank: nobody, the student waits."""

    number: int
    strategy: str
    published_at: datetime | None
    mentor: str
    wish: int | None
    wished: int
    by_hand: bool
    firsts: tuple[FirstWish, ...]
    role_name: str = ""
    """What the role is called; "" where the track tells none apart."""
    alike: Shared | None = None
    """What the student looked for and this mentor offered when the round was drawn up."""
    in_group: bool = False
    """Whether they were matched as one of a group that stays together."""


@dataclass(frozen=True, slots=True)
class TheirMatch:
    """One student of a mentor, who came by a round."""

    student_id: int
    student: str
    strategy: str
    published_at: datetime | None
    by_hand: bool
    role_name: str = ""
    in_group: bool = False


def my_rounds(session: Session, sitter: Sitter) -> tuple[MyMatch, ...]:
    """Return what the last published round for each role says of the sitter, in the order of the roles.

    Of a role in which that is not so any more nothing is told.
    """
    track = track_of(session, sitter)
    rows = session.execute(
        select(Match, Round, Guide, Mentorship.ended_at)
        .join(Round, Round.id == Match.round_id)
        .outerjoin(Mentor, Mentor.id == Match.mentor_id)
        .outerjoin(Guide, Guide.id == Mentor.person_id)
        .outerjoin(Mentorship, Mentorship.id == Match.mentorship_id)
        .where(
            Match.student_id == sitter.person_id, Round.track_id == track.id,
            Round.institution_id == sitter.institution_id,
            Round.state.in_((RoundState.PUBLISHED, RoundState.UNDONE)),
        )
        .order_by(Round.number)
    )  # fmt: skip
    last = {one.mentor_role: (match, one, guide, ended_at) for match, one, guide, ended_at in rows}
    told = (_told(session, track, sitter, *last[role.key]) for role in track.roles if role.key in last)
    return tuple(one for one in told if one is not None)


def _told(
    session: Session, track: Track, sitter: Sitter, match: Match, one: Round, guide: Person | None, ended_at: Any
) -> MyMatch | None:
    if ended_at is not None or (match.mentor_id is None and not _still_waits(session, track, sitter, one)):
        return None
    return MyMatch(
        number=one.number,
        strategy=one.strategy,
        published_at=one.published_at,
        mentor=guide.shown_name if guide else "",
        wish=match.wish,
        wished=match.wished,
        by_hand=match.origin is MatchOrigin.BY_HAND,
        firsts=_firsts(session, match) if match.wish != 1 and match.wishes else (),
        role_name=track.role_names.get(one.mentor_role, ""),
        alike=_alike(match),
        in_group=match.unit is not None,
    )


def _alike(match: Match) -> Shared | None:
    """Return what was kept with the pair; of a pair that was changed by hand nothing was."""
    kept = match.why_facts.get("alike")
    if kept is None or match.origin is MatchOrigin.BY_HAND:
        return None
    return Shared(tuple(kept["help"]), tuple(kept["languages"]), kept["hours"])


def _still_waits(session: Session, track: Track, sitter: Sitter, one: Round) -> bool:
    """Say whether somebody whom a round gave nobody has nobody still, and the round stands."""
    now_with = select(Mentorship.id).where(
        Mentorship.track_id == track.id,
        Mentorship.student_id == sitter.person_id,
        Mentorship.role == one.mentor_role,
        Mentorship.ended_at.is_(None),
    )
    return one.state is RoundState.PUBLISHED and session.scalar(now_with) is None


def has_match(session: Session, sitter: Sitter) -> bool:
    """Say whether there is anything to tell the sitter."""
    return bool(my_rounds(session, sitter))


def my_matches(session: Session, sitter: Sitter) -> tuple[TheirMatch, ...]:
    """Return the mentor's students of now who came by a round, by name."""
    track = track_of(session, sitter)
    rows = session.execute(
        select(Match.origin, Round, Person, Match.unit)
        .join(Round, Round.id == Match.round_id)
        .join(Mentorship, Mentorship.id == Match.mentorship_id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Match.student_id)
        .where(
            Mentor.person_id == sitter.person_id, Mentor.track_id == track.id,
            Mentor.institution_id == sitter.institution_id, Mentorship.ended_at.is_(None),
        )
        .order_by(Person.name, Person.id)
    )  # fmt: skip
    return tuple(
        TheirMatch(
            student.id,
            student.shown_name,
            one.strategy,
            one.published_at,
            origin is MatchOrigin.BY_HAND,
            track.role_names.get(one.mentor_role, ""),
            unit is not None,
        )
        for origin, one, student, unit in rows
    )


def _firsts(session: Session, match: Match) -> tuple[FirstWish, ...]:
    full = set(match.why_facts.get("full", ()))
    rows = session.execute(
        select(Mentor.id, Person)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.id.in_(match.wishes[0]))
        .order_by(Person.name, Person.id)
    )
    return tuple(FirstWish(who.shown_name, number in full) for number, who in rows)
