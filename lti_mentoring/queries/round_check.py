"""Repeat the proof of a round from what was kept of it: by a checker that knows no strategy, then by the strategy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.matching.checking import blocking_pairs, faults
from lti_mentoring.domain.matching.outcome import Matching, Pair
from lti_mentoring.domain.matching.record import read_matching, write_matching
from lti_mentoring.domain.matching.snapshot import read_problem
from lti_mentoring.domain.packing import digest, unpack
from lti_mentoring.models import Match, Round
from lti_mentoring.queries.rounds import round_view

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.matching.outcome import Matcher
    from lti_mentoring.domain.matching.problem import Problem
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.rounds import RoundView

MOST_REPLAYED = 5_000
"""Students up to whom a round is drawn up again while somebody waits for the page."""


class Replay(StrEnum):
    """What came of drawing the round up again from its snapshot."""

    SAME = "same"
    DIFFERENT = "different"
    OTHER_VERSION = "other_version"
    """The strategy has changed since; it may answer otherwise, so it is not asked."""
    NOT_INSTALLED = "not_installed"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True)
class RoundCheck:
    """What was found. ``…_now``: of the pairs as they stand, with the changes by hand."""

    round: RoundView
    is_intact: bool
    """Whether snapshot and result are what they were when the round was drawn up."""
    faults: int
    blocking: int
    faults_now: int
    blocking_now: int
    replay: Replay
    installed: str
    """The strategy's version that is installed now; blank: none."""


def check_round(session: Session, sitter: Sitter, round_id: int, matchers: Mapping[str, Matcher]) -> RoundCheck:
    """Check a round of the sitter's track, or raise NotFound; five statements."""
    view = round_view(session, sitter, round_id)
    snapshot, result, problem_digest, result_digest = session.execute(
        select(Round.snapshot, Round.result, Round.snapshot_digest, Round.result_digest).where(Round.id == round_id)
    ).one()
    given, answered = unpack(snapshot), unpack(result)
    problem, matching = read_problem(given), read_matching(answered)
    now = as_it_stands(session, round_id, problem, matching)
    matcher = matchers.get(view.strategy)
    return RoundCheck(
        round=view,
        is_intact=(digest(given), digest(answered)) == (problem_digest, result_digest),
        faults=len(faults(problem, matching)),
        blocking=len(blocking_pairs(problem, matching)),
        faults_now=len(faults(problem, now)),
        blocking_now=len(blocking_pairs(problem, now)),
        replay=_replayed(matcher, problem, matching, answered),
        installed=matcher.version if matcher else "",
    )


def as_it_stands(session: Session, round_id: int, problem: Problem, matching: Matching) -> Matching:
    """Return the answer with the changes by hand; a mentor who came later is in no place that could be judged."""
    known = {one.mentor_id for one in problem.mentors}
    rows = session.execute(
        select(Match.student_id, Match.mentor_id).where(Match.round_id == round_id).order_by(Match.student_id)
    ).all()
    pairs = tuple(Pair(student, mentor) for student, mentor in rows if mentor in known)
    return replace(matching, pairs=pairs, unmatched=tuple(student for student, mentor in rows if mentor not in known))


def _replayed(matcher: Matcher | None, problem: Problem, matching: Matching, answered: str) -> Replay:
    if matcher is None:
        return Replay.NOT_INSTALLED
    if matcher.version != matching.version:
        return Replay.OTHER_VERSION
    if len(problem.mentees) > MOST_REPLAYED:
        return Replay.TOO_LARGE
    again = matcher.match(problem, seed=matching.seed)
    return Replay.SAME if write_matching(again) == answered else Replay.DIFFERENT
