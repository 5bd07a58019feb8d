"""What of a round is kept to check it again, and what its newest check by a worker found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.matching.outcome import Matching, Pair
from lti_mentoring.domain.matching.record import read_matching
from lti_mentoring.domain.matching.snapshot import read_problem
from lti_mentoring.domain.matching.together import each
from lti_mentoring.domain.packing import digest, unpack
from lti_mentoring.domain.round_check import Found, Kept, read_found
from lti_mentoring.domain.rounds import MatchOrigin
from lti_mentoring.models import Job, JobKind, Match, Round
from lti_mentoring.queries.jobs import JobView, find_job_view
from lti_mentoring.queries.rounds import round_view

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.matching.problem import Problem
    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class CheckJob:
    """The newest check of a round by a worker; ``found`` is None until it has come to its end."""

    job: JobView
    found: Found | None


def kept_round(session: Session, sitter: Sitter, round_id: int) -> Kept:
    """Return what was kept of a round of the sitter's track, or raise NotFound; six statements."""
    view = round_view(session, sitter, round_id)
    snapshot, result, problem_digest, result_digest = session.execute(
        select(Round.snapshot, Round.result, Round.snapshot_digest, Round.result_digest).where(Round.id == round_id)
    ).one()
    given, answered = unpack(snapshot), unpack(result)
    problem, matching = read_problem(given), read_matching(answered)
    rows = session.execute(
        select(Match.student_id, Match.mentor_id, Match.computed_mentor_id, Match.origin)
        .where(Match.round_id == round_id)
        .order_by(Match.student_id)
    ).all()
    by_rule = all(one.mentor_id == one.computed_mentor_id for one in rows if one.origin is not MatchOrigin.BY_HAND)
    return Kept(
        problem=problem,
        matching=matching,
        answered=answered,
        strategy=view.strategy,
        version=view.version,
        seed=view.seed,
        computed=tuple((one.student_id, one.computed_mentor_id or 0) for one in rows),
        now=_as_it_stands(problem, matching, [(one.student_id, one.mentor_id) for one in rows]),
        is_unchanged=by_rule and (digest(given), digest(answered)) == (problem_digest, result_digest),
    )


def latest_check(session: Session, sitter: Sitter, round_id: int) -> CheckJob | None:
    """Return the newest check of a round by a worker, ended or not; None where there was none."""
    job = session.scalars(
        select(Job)
        .where(
            Job.institution_id == sitter.institution_id,
            Job.track_id == sitter.track_id,
            Job.kind == JobKind.CHECKING,
            Job.detail["round"].as_integer() == round_id,
        )
        .order_by(Job.id.desc())
        .limit(1)
    ).first()
    if job is None:
        return None
    found = job.detail.get("found")
    return CheckJob(find_job_view(session, sitter, job.id), read_found(found) if found else None)


def as_it_stands(session: Session, round_id: int, problem: Problem, matching: Matching) -> Matching:
    """Return the answer with the changes by hand, told of each person.

    A mentor who came later is in no place that could be judged.
    """
    rows = session.execute(
        select(Match.student_id, Match.mentor_id).where(Match.round_id == round_id).order_by(Match.student_id)
    ).all()
    return _as_it_stands(problem, matching, [(student, mentor) for student, mentor in rows])


def _as_it_stands(problem: Problem, matching: Matching, rows: list[tuple[int, int | None]]) -> Matching:
    known = {one.mentor_id for one in problem.mentors}
    pairs = tuple(Pair(student, mentor) for student, mentor in rows if mentor in known)
    return replace(
        each(problem, matching),
        pairs=pairs,
        unmatched=tuple(student for student, mentor in rows if mentor not in known),
    )
