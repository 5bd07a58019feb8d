"""How well the pairs of a round fit: by both lists, the sections, and what students look for and mentors offer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from heapq import nlargest
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.fitting import Likeness, Standing, Trait, fit
from lti_mentoring.domain.matching.lots import Lots
from lti_mentoring.domain.matching.problem import Candidate, Score, Seeker
from lti_mentoring.domain.seeking import Side, likeness
from lti_mentoring.models import Group, GroupMembership
from lti_mentoring.queries.seeking import STREAM, offered, sought

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

SAID = (Trait.HELP, Trait.LANGUAGE, Trait.TIME, Trait.STYLE, Trait.FURTHER)
"""What counts only for whoever has said what they look for."""
SILENT = Side()
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

    def alike(self, student: int, mentor: int) -> Likeness:
        """Return how far what a student has said is met by a mentor, who may have said nothing."""
        wanted = self.sought.get(student)
        return likeness(wanted, self.offered.get(mentor, SILENT)) if wanted else ()


def read_sides(session: Session, track: Track, weights: Mapping[Trait, int], only: frozenset[int] | None) -> Sides:
    """Return what both sides say, where any of it counts; three statements at most. ``only``: of these students."""
    if not any(weights.get(trait) for trait in SAID):
        return Sides({}, {})
    return Sides(sought(session, track, only), offered(session, track))


def read_scores(
    session: Session, track: Track, weights: Mapping[Trait, int], people: People, sides: Sides
) -> Iterator[Score]:
    """Score the pairs that somebody wishes for, and of the others those that fit best; all else is 0, without a row."""
    if not any(weights.values()):
        return
    sections = _sections(session, track) if weights.get(Trait.SECTION) else {}
    scoring = _Scoring(weights, people, sides, sections)
    for seeker in people.mentees:
        for place, tier in enumerate(seeker.tiers, start=1):
            yield from (scoring.score(seeker, mentor, Standing(place, len(seeker.tiers))) for mentor in tier)
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

        @cache  # of two million pairs only some hundreds differ in this
        def fit_of(wish: Standing, mentor_wish: Standing, same: bool, alike: Likeness) -> int:
            return fit(weights, wish, mentor_wish, same_section=same, alike=alike)

        self._fit_of = fit_of

    def score(self, seeker: Seeker, mentor: int, wish: Standing) -> Score:
        mine = self._sections.get(seeker.mentee_id, frozenset())
        same = not mine.isdisjoint(self._sections.get(self._who[mentor], frozenset()))
        mentor_wish = self._back.get((seeker.mentee_id, mentor), Standing())
        alike = self._sides.alike(seeker.mentee_id, mentor)
        return Score(seeker.mentee_id, mentor, self._fit_of(wish, mentor_wish, same, alike))

    def best_others(self, seeker: Seeker, mentors: list[int]) -> list[Score]:
        """Return the best of those who are not on the list, of equals by lot."""
        wished = {mentor for tier in seeker.tiers for mentor in tier}
        found = (self.score(seeker, mentor, Standing()) for mentor in mentors if mentor not in wished)
        return nlargest(BEST_OTHERS, (one for one in found if one.score), key=self._order)

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
