"""Why these two, for the two of them: what a student and a mentor may read of what brought them together.

Nothing here comes from anybody else's list, and nothing says what keeps two people apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.domain.mentor_requests import NOT_AGAIN, RequestState
from lti_mentoring.domain.rounds import MatchOrigin, RoundState, wish_of
from lti_mentoring.domain.seeking import Shared
from lti_mentoring.models import AssignedBy, Match, Mentor, Mentorship, Person, Round
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.mentor_requests import mentor_in, my_requests
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

Guide = alias_of(Person)


class Outcome(StrEnum):
    """What a published round came to for a student, as things are today."""

    GIVEN = "given"
    """With the mentor whom it gave."""
    PASSED_OVER = "passed_over"
    """It gave nobody, and nobody has come since."""
    SERVED_SINCE = "served_since"
    """It gave nobody; the student has a mentor by now."""
    TAKEN_BACK = "taken_back"
    OVER = "over"
    """The mentorship that it gave has ended."""


@dataclass(frozen=True, slots=True)
class FirstWish:
    """A mentor of the student's first tier; ``is_full``: the round gave all the places there were."""

    name: str
    is_full: bool


@dataclass(frozen=True, slots=True)
class MyMatch:
    """What the last published round for a role says of a student. ``mentor`` blank: it gave nobody."""

    outcome: Outcome

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
    mentor_now: str = ""
    """Of whom the round passed over: their mentor by now."""
    later: int = 0
    """How many mentors they wished for after the first tier."""
    weights: Mapping[str, int] = field(default_factory=dict)
    """What counted in the round."""

    @property
    def stands(self) -> bool:
        """Whether the round still is why things are as they are."""
        return self.outcome in {Outcome.GIVEN, Outcome.PASSED_OVER}


@dataclass(frozen=True, slots=True)
class MyYes:
    """A mentor of now whom the student asked. ``before``: who could not say yes until then, in the order of asking."""

    mentor: str
    asked_at: datetime
    before: tuple[str, ...]
    role_name: str = ""
    """What the role is called; "" where the track tells none apart."""


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
    """Return what the last published round for each role says of the sitter, in the order of the roles."""
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
    return tuple(_told(session, track, sitter, *last[role.key]) for role in track.roles if role.key in last)


def _told(
    session: Session, track: Track, sitter: Sitter, match: Match, one: Round, guide: Person | None, ended_at: Any
) -> MyMatch:
    own: list[list[int]] = match.why_facts.get("own", match.wishes)
    wish = wish_of(own, match.mentor_id)
    now = mentor_in(session, track, sitter.person_id, one.mentor_role) if match.mentor_id is None else ""
    return MyMatch(
        outcome=_outcome(match, one, now, ended_at),
        number=one.number,
        strategy=one.strategy,
        published_at=one.published_at,
        mentor=guide.shown_name if guide else "",
        wish=wish,
        wished=match.wished,
        by_hand=match.origin is MatchOrigin.BY_HAND,
        firsts=_firsts(session, match, own[0]) if wish != 1 and own else (),
        role_name=track.role_names.get(one.mentor_role, ""),
        alike=_alike(match),
        in_group=match.unit is not None,
        mentor_now=now,
        later=match.wished - len(own[0]) if own else 0,
        weights=one.weights,
    )


def _outcome(match: Match, one: Round, mentor_now: str, ended_at: Any) -> Outcome:
    """Say what came of it: a mentorship that had begun stays, whatever became of its round."""
    if mentor_now:
        return Outcome.SERVED_SINCE
    if match.mentor_id is not None and ended_at is None:
        return Outcome.GIVEN
    if one.state is RoundState.UNDONE:
        return Outcome.TAKEN_BACK
    return Outcome.PASSED_OVER if match.mentor_id is None else Outcome.OVER


def _alike(match: Match) -> Shared | None:
    """Return what was kept with the pair; of a pair that was changed by hand nothing was."""
    kept = match.why_facts.get("alike")
    if kept is None or match.origin is MatchOrigin.BY_HAND:
        return None
    return Shared(tuple(kept["help"]), tuple(kept["languages"]), kept["hours"])


def has_match(session: Session, sitter: Sitter) -> bool:
    """Say whether a round is why the sitter has the mentor they have, or nobody."""
    return any(one.stands for one in my_rounds(session, sitter))


def my_yeses(session: Session, sitter: Sitter) -> tuple[MyYes, ...]:
    """Return the questions by which the sitter has the mentors they have, in the order of the roles."""
    track = track_of(session, sitter)
    by_request = select(Mentorship.role, Mentorship.mentor_id).where(
        Mentorship.track_id == track.id,
        Mentorship.student_id == sitter.person_id,
        Mentorship.ended_at.is_(None),
        Mentorship.assigned_by == AssignedBy.REQUEST,
    )
    now = dict(session.execute(by_request).all())
    mine = my_requests(session, sitter, track)[::-1]
    said = {one.role: one for one in mine if one.state is RequestState.ACCEPTED and now.get(one.role) == one.mentor_id}
    names = track.role_names
    return tuple(
        MyYes(
            yes.mentor,
            yes.asked_at,
            tuple(
                one.mentor
                for one in mine
                if one.role == yes.role and one.state in NOT_AGAIN and one.request_id < yes.request_id
            ),
            names.get(yes.role, ""),
        )
        for yes in (said[role.key] for role in track.roles if role.key in said)
    )


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


def _firsts(session: Session, match: Match, tier: list[int]) -> tuple[FirstWish, ...]:
    full = set(match.why_facts.get("full", ()))
    rows = session.execute(
        select(Mentor.id, Person)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentor.id.in_(tier))
        .order_by(Person.name, Person.id)
    )
    return tuple(FirstWish(who.shown_name, number in full) for number, who in rows)
