"""What a round is given: everybody who waits, whom they wish for, who has room, and who must not be put together.

Read in a constant number of statements, rows as they come, for a hundred thousand students as for ten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, String, and_, cast, func, literal, select

from lti_mentoring.domain.conflicts import Apart, ConflictKind, Kind, PrivateKind
from lti_mentoring.domain.fitting import Trait, wish_cost
from lti_mentoring.domain.matching.problem import (
    MOST_PRIORITY,
    Bar,
    BarKind,
    Candidate,
    Groups,
    Problem,
    Seeker,
    Tiers,
)
from lti_mentoring.domain.previewing import sample, scaled
from lti_mentoring.domain.rank_lists import LimitKind, without
from lti_mentoring.domain.round_groups import KeptTogether
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.models import (
    Match,
    Membership,
    MembershipStatus,
    Mentor,
    MentorLimit,
    Mentorship,
    RankedMentor,
    RankedStudent,
    RankList,
    Round,
)
from lti_mentoring.queries.accepting import takes_nobody
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.parts import part_of
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.queries.round_groups import kept_together
from lti_mentoring.queries.round_scores import People, read_scores, read_sides
from lti_mentoring.queries.rounds import matchable

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seeking import Side
    from lti_mentoring.models import Track

STREAM = {"yield_per": 10_000}
TIER = 1 << 32
"""How much a tier weighs in the number that stands for a wish: more than any number of a row."""
NOBODY: frozenset[int] = frozenset()
BARS: Mapping[Kind, BarKind] = {ConflictKind.CONCERN: BarKind.CONCERN, PrivateKind.VETO: BarKind.VETO}


@dataclass(frozen=True, slots=True)
class Given:
    """A round's input, and the students' lists as they were written, whoever of them is still a mentor."""

    problem: Problem
    lists: Mapping[int, Tiers]
    waiting: int
    """How many wait in all."""
    part_of: Mapping[int, str]
    """Who of the course is in which section."""
    sought: Mapping[int, Side]
    """What students look for, by person; none of them where it does not count."""
    offered: Mapping[int, Side]
    """What mentors offer, by mentor."""
    hidden: Mapping[int, frozenset[int]]
    """Whom of their list students cannot have, and nobody may learn why: as if they had not wished for them."""
    kept: KeptTogether = field(default_factory=KeptTogether)
    """Which groups stay together, and what they are called."""


def read_problem(
    session: Session,
    track: Track,
    weights: Mapping[Trait, int],
    *,
    role: str = "",
    together: str = "",
    most: int | None = None,
) -> Given:
    """Return everybody who waits for a mentor in a track and can be given one, and the mentors with free places.

    ``together``: the set of groups that stay together (``GroupSet.key``); raises GroupsInTheWay where they cannot.
    ``most``: of more people than that only a sample, and the mentors with the same share of their places.
    """
    everybody = session.scalars(matchable(track, role), execution_options=STREAM).all()
    kept = kept_together(session, track, role, together, everybody)
    seekers = frozenset(everybody) if most is None else sample(everybody, most, kept.groups)
    only = None if len(seekers) == len(everybody) else seekers
    apart = kept_apart(session, track, only)
    places = _places(session, track, apart, role)
    lists, fine = _lists(session, track, seekers, only, role)
    hidden = apart.hidden_from(lists)
    tiers = {person: _known(found, places, hidden.get(person, NOBODY)) for person, found in lists.items()}
    if rules_of(session, track).mentors_rank:
        mentor_tiers = _mentor_lists(session, track, only)
    else:  # what nobody was asked for lowers no fit
        mentor_tiers, weights = {}, {**weights, Trait.MENTOR_WISH: 0}
    passed = _passed_over(session, track, role)
    own_tiers = {mentor: _known(found, seekers) for mentor, found in mentor_tiers.items()}
    mentees = tuple(
        # Who has given no list at all takes anybody: nobody is left out for having missed a date.
        Seeker(person, tiers.get(person, ()), fine.get(person, True), min(passed.get(person, 0), MOST_PRIORITY))
        for person in sorted(seekers)
    )
    mentors = tuple(
        Candidate(mentor, free, taken, own_tiers.get(mentor, ())) for mentor, (free, taken, _) in sorted(places.items())
    )
    barred = set(_bars(apart, seekers, places)) | set(_outside(mentees, apart.only, places))
    barred |= set(_in_other_roles(session, track, seekers, places, role))
    sides = read_sides(session, track, weights, only)
    people = {mentor: who for mentor, (_, _, who) in places.items()}
    scores = read_scores(session, track, weights, People(mentees, mentors, people), sides)
    problem = Problem(
        mentees, mentors, tuple(sorted(barred)), tuple(scores), role, _inside(kept.groups, seekers), wish_cost(weights)
    )
    if only is not None:
        problem = scaled(problem, len(only) / len(everybody))
    return Given(problem, lists, len(everybody), part_of(session, track), sides.sought, sides.offered, hidden, kept)


def _inside(groups: Groups, seekers: frozenset[int]) -> Groups:
    return tuple(one for one in groups if one[0] in seekers)


def _among(column: Any, only: frozenset[int] | None) -> tuple[Any, ...]:
    return () if only is None else (column.in_(only),)


def _places(session: Session, track: Track, apart: Apart, role: str) -> dict[int, tuple[int, int, int]]:
    """Return free places, students of now and the person of each mentor of the role who is in the course."""
    most = dict(
        session.execute(
            select(MentorLimit.mentor_id, MentorLimit.number).where(
                MentorLimit.track_id == track.id, MentorLimit.kind == LimitKind.MOST_NEW
            )
        ).all()
    )
    rows = session.execute(
        select(
            Mentor.id,
            Mentor.places,
            Mentor.taken,
            Mentor.person_id,
            Membership.status,
            takes_nobody(track),
        )
        .outerjoin(
            Membership, and_(Membership.person_id == Mentor.person_id, Membership.context_ref == track.context_ref)
        )
        .where(Mentor.track_id == track.id, Mentor.active.is_(True), serves(track, role))
    )
    found = {}
    for mentor_id, places, taken, person_id, status, is_shut in rows:
        if status is MembershipStatus.LEFT:
            continue
        free = 0 if is_shut or mentor_id in apart.assessors else max(0, places - taken)
        limit = most.get(mentor_id)
        found[mentor_id] = (free if limit is None else min(free, limit), taken, person_id)
    return found


def _lists(
    session: Session, track: Track, seekers: frozenset[int], only: frozenset[int] | None, role: str
) -> tuple[dict[int, Tiers], dict[int, bool]]:
    """Return each seeker's list, and whether anybody else is fine, too."""
    of = (RankList.track_id == track.id, RankList.mentor_role == role, *_among(RankList.person_id, only))
    given = dict(
        session.execute(
            select(RankList.person_id, RankList.any_other).where(*of),
            execution_options=STREAM,
        ).all()
    )
    tiers = _tiers_by(
        session.execute(
            select(RankList.person_id, _in_one(RankedMentor.tier, RankedMentor.mentor_id))
            .join(RankedMentor, RankedMentor.rank_list_id == RankList.id)
            .where(*of)
            .group_by(RankList.person_id),
            execution_options=STREAM,
        )
    )
    lists = {person: found for person, found in tiers.items() if person in seekers}
    return lists, {person: any_other for person, any_other in given.items() if person in lists}


def _mentor_lists(session: Session, track: Track, only: frozenset[int] | None) -> dict[int, Tiers]:
    """Return whom each mentor would like. A list of before the rule was taken away counts no more."""
    return _tiers_by(
        session.execute(
            select(RankedStudent.mentor_id, _in_one(RankedStudent.tier, RankedStudent.person_id))
            .where(RankedStudent.track_id == track.id, *_among(RankedStudent.person_id, only))
            .group_by(RankedStudent.mentor_id),
            execution_options=STREAM,
        )
    )


def _in_one(tier: Any, who: Any) -> Any:
    """Select a whole list as one text: two million rows of their own take three times as long."""
    return func.aggregate_strings(cast(tier * literal(TIER, BigInteger) + who, String), ",")


def _tiers_by(rows: Any) -> dict[int, Tiers]:
    """Read rows of (whose list, the list in one text)."""
    alone = _Alone()
    return {whose: _in_turn(sorted(map(int, wishes.split(","))), alone) for whose, wishes in rows}


def _in_turn(wishes: list[int], alone: _Alone) -> Tiers:
    """Return the tiers of one list."""
    if len({one // TIER for one in wishes}) == len(wishes):  # a strict list, as most are: a third of the time
        return tuple([alone[one % TIER] for one in wishes])
    tiers = (tuple(one % TIER for one in tier) for _, tier in groupby(wishes, key=lambda one: one // TIER))
    return tuple(tier if len(tier) > 1 else alone[tier[0]] for tier in tiers)


class _Alone(dict[int, tuple[int]]):
    """Tiers of one: the same object wherever it stands."""

    def __missing__(self, who: int) -> tuple[int]:
        return self.setdefault(who, (who,))


def _known(tiers: Tiers, known: Mapping[int, Any] | frozenset[int], hidden: frozenset[int] = NOBODY) -> Tiers:
    """Return a list without those who are not in the round, and without ``hidden``."""
    if not hidden and all(map(known.__contains__, chain.from_iterable(tiers))):
        return tiers
    return without(tiers, hidden.union(one for tier in tiers for one in tier if one not in known))


def _passed_over(session: Session, track: Track, role: str) -> dict[int, int]:
    """Return how often each student stood in a published round and got nobody."""
    rows = session.execute(
        select(Match.student_id, func.count())
        .join(Round, Round.id == Match.round_id)
        .where(
            Round.track_id == track.id, Round.mentor_role == role, Round.state == RoundState.PUBLISHED,
            Match.mentor_id.is_(None),
        )
        .group_by(Match.student_id)
    )  # fmt: skip
    return dict(rows.all())


def _bars(apart: Apart, seekers: frozenset[int], places: Mapping[int, Any]) -> Iterator[Bar]:
    """Bar everybody who is kept apart by name, and nobody is their own mentor."""
    for (student, mentor), kinds in apart.named.items():
        if student in seekers and mentor in places:
            yield from (Bar(student, mentor, BARS.get(kind, BarKind.CONFLICT)) for kind in kinds)
    for mentor, person in apart.selves.items():
        if person in seekers and mentor in places:
            yield Bar(person, mentor, BarKind.CONFLICT)


def _in_other_roles(
    session: Session, track: Track, seekers: frozenset[int], places: Mapping[int, Any], role: str
) -> Iterator[Bar]:
    """Bar every mentor from whoever has them in another role: being both is faculty's choice, by hand."""
    if len(track.roles) == 1:
        return
    rows = session.execute(
        select(Mentorship.student_id, Mentorship.mentor_id).where(
            Mentorship.track_id == track.id, Mentorship.role != role, Mentorship.ended_at.is_(None)
        ),
        execution_options=STREAM,
    )
    for student_id, mentor_id in rows:
        if student_id in seekers and mentor_id in places:
            yield Bar(student_id, mentor_id, BarKind.OTHER_ROLE)


def _outside(
    mentees: tuple[Seeker, ...], limits: Mapping[int, frozenset[int]], places: Mapping[int, Any]
) -> Iterator[Bar]:
    """Bar every mentor of one section for those outside it who could get them."""
    for mentor_id, inside in limits.items():
        if mentor_id not in places:
            continue
        for one in mentees:
            wished = one.any_other or any(mentor_id in tier for tier in one.tiers)
            if wished and one.mentee_id not in inside:
                yield Bar(one.mentee_id, mentor_id, BarKind.HARD_LIMIT)
