"""How well the pairs of a round fit: by mentors' lists, the sections, and what students look for and mentors offer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.fitting import SAID, Standing, Trait, by_others, fit, fit_counts, said_weights
from lti_mentoring.domain.matching.lots import Lots
from lti_mentoring.domain.matching.problem import Candidate, Score, Seeker
from lti_mentoring.domain.seeking import Side, likeness
from lti_mentoring.models import Group, GroupMembership
from lti_mentoring.queries.seeking import STREAM, offered, sought

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

SILENT, ON_NO_LIST = Side(), Standing()
NO_SECTION: frozenset[int] = frozenset()
MOST_COMPARED = 1_000_000
"""So many pairs that nobody wished for are compared, of students whom anybody suits. Of more none are: a round so large
is to be ready in time, and goes by the lists."""
BEST_OTHERS = 20
"""Mentors beside the list for whom a student's fit counts: each is a way of its own through the flow."""


@dataclass(frozen=True, slots=True)
class People:
    """Who is in the round; ``who``: which person each mentor is."""

    mentees: tuple[Seeker, ...]
    mentors: tuple[Candidate, ...]
    who: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Sides:
    """What students look for, by person, and mentors offer, by mentor; nothing where it does not count."""

    sought: Mapping[int, Side]
    offered: Mapping[int, Side]


def read_sides(session: Session, track: Track, weights: Mapping[Trait, int], only: frozenset[int] | None) -> Sides:
    """Return what both sides say, where any of it counts; three statements at most. ``only``: of these students."""
    if not any(weights.get(trait) for trait in SAID):
        return Sides({}, {})
    return Sides(sought(session, track, only), offered(session, track))


def read_scores(
    session: Session, track: Track, weights: Mapping[Trait, int], people: People, sides: Sides
) -> Iterator[Score]:
    """Score the pairs that somebody wishes for, and of the others those that fit best; all else is 0, without a row."""
    if not fit_counts(weights):
        return
    sections = _sections(session, track) if weights.get(Trait.SECTION) else {}
    scoring = _Scoring(weights, people, sides, sections)
    for seeker in people.mentees:
        yield from scoring.wishes(seeker)
    with_room = [one.mentor_id for one in people.mentors if one.places]
    open_minded = [one for one in people.mentees if one.any_other and one.mentee_id in sides.sought]
    if len(open_minded) * len(with_room) <= MOST_COMPARED:
        for seeker in open_minded:
            yield from scoring.best_others(seeker, with_room)


class _Scoring:
    """Scores pairs one by one."""

    def __init__(
        self,
        weights: Mapping[Trait, int],
        people: People,
        sides: Sides,
        sections: Mapping[int, frozenset[int]],
    ) -> None:
        self._who, self._sides, self._sections = people.who, sides, sections
        self._lots = Lots("fit")
        self._back = {
            (mentee, one.mentor_id): Standing(place, len(one.tiers))
            for one in people.mentors
            for place, tier in enumerate(one.tiers, start=1)
            for mentee in tier
        }

        self._ranked = {mentee for mentee, _mentor in self._back}
        self._said = said_weights(weights)

        @cache  # of two million pairs only some hundreds differ in this
        def others_of(mentor_wish: Standing, same: bool) -> tuple[float, int]:
            return by_others(weights, mentor_wish, same_section=same)

        @cache
        def plain_fit_of(mentor_wish: Standing, same: bool) -> int:
            return fit(others_of(mentor_wish, same))

        self._others_of, self._plain_fit_of = others_of, plain_fit_of

    def wishes(self, seeker: Seeker) -> Iterator[Score]:
        """Score the pairs of a list, in its order."""
        return self._scores(seeker, (mentor for tier in seeker.tiers for mentor in tier))

    def _scores(self, seeker: Seeker, mentors: Iterable[int]) -> Iterator[Score]:
        number, who, sections, back, said = seeker.mentee_id, self._who, self._sections, self._back, self._said
        mine, wanted, offered = sections.get(number, NO_SECTION), self._sides.sought.get(number), self._sides.offered
        if wanted is None and not mine and number not in self._ranked:
            return  # nothing speaks for any of these pairs: to find that out of each takes seconds in a large round
        for mentor in mentors:
            same = bool(mine) and not mine.isdisjoint(sections.get(who[mentor], NO_SECTION))
            pair = (back.get((number, mentor), ON_NO_LIST), same)
            if wanted is None:
                score = self._plain_fit_of(*pair)
            else:
                score = fit(self._others_of(*pair), said, likeness(wanted, offered.get(mentor, SILENT)))
            if score:
                yield Score(number, mentor, score)

    def best_others(self, seeker: Seeker, mentors: list[int]) -> list[Score]:
        """Return the best of those who are not on the list, of equals by lot."""
        wished = {mentor for tier in seeker.tiers for mentor in tier}
        found = self._scores(seeker, (mentor for mentor in mentors if mentor not in wished))
        return nlargest(BEST_OTHERS, found, key=self._order)

    def _order(self, one: Score) -> tuple[int, int]:
        return one.score, self._lots.of(one.mentee_id, one.mentor_id)


def _sections(session: Session, track: Track) -> dict[int, frozenset[int]]:
    rows = session.execute(
        select(GroupMembership.person_id, GroupMembership.group_id)
        .join(Group, Group.id == GroupMembership.group_id)
        .where(Group.context_ref == track.context_ref),
        execution_options=STREAM,
    )
    found: dict[int, set[int]] = {}
    for person, section in rows:
        found.setdefault(person, set()).add(section)
    return {person: frozenset(sections) for person, sections in found.items()}
