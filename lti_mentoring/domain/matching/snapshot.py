"""A problem as text: one canonical form, sorted and versioned, to store, digest and read back.

A tier of one is written as a number and a tier of several as a list, so that 100,000 lists of 20 take 15 MB.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from lti_mentoring.domain.matching.problem import (
    BEST_SCORE,
    Bar,
    BarKind,
    Candidate,
    Flaw,
    Problem,
    ProblemUnsound,
    Score,
    Seeker,
    Tiers,
)

FORM = 1
NOTED_TEXT, NOTED_DIGEST = "text", "digest"


def write_problem(problem: Problem) -> str:
    """Return the canonical text: the same for the same rows, in whatever order these stand.

    It is asked for again and again while a round is drawn up, and takes seconds of a large one. A problem never
    changes, so it is written once and noted with it.
    """
    noted = vars(problem)
    if NOTED_TEXT not in noted:
        noted[NOTED_TEXT] = _written(problem)
    text: str = noted[NOTED_TEXT]
    return text


def read_problem(text: str) -> Problem:
    """Read what ``write_problem`` wrote; raise ProblemUnsound for anything else."""
    try:
        held = json.loads(text)
        if held["form"] != FORM:
            raise ProblemUnsound(Flaw.UNREADABLE)
        return Problem(
            mentees=tuple(
                Seeker(number, _unpacked(tiers), bool(any_other), priority)
                for number, priority, any_other, tiers in held["mentees"]
            ),
            mentors=tuple(
                Candidate(number, places, taken, _unpacked(tiers)) for number, places, taken, tiers in held["mentors"]
            ),
            bars=tuple(Bar(mentee_id, mentor_id, BarKind(kind)) for mentee_id, mentor_id, kind in held["bars"]),
            scores=tuple(Score(*one) for one in held["scores"]),
            role=held["role"],
            together=tuple(map(tuple, held.get("together", ()))),
            wish=held.get("wish", BEST_SCORE),
        )
    except (ValueError, TypeError, KeyError) as broken:
        raise ProblemUnsound(Flaw.UNREADABLE) from broken


def digest_of(problem: Problem) -> str:
    """Return the SHA-256 of the canonical text, in hexadecimal; noted as the text is."""
    noted = vars(problem)
    if NOTED_DIGEST not in noted:
        noted[NOTED_DIGEST] = hashlib.sha256(write_problem(problem).encode()).hexdigest()
    digest: str = noted[NOTED_DIGEST]
    return digest


def dense(held: dict[str, Any]) -> str:
    """Return JSON without blanks, its keys in order."""
    return json.dumps(held, separators=(",", ":"), sort_keys=True)


def _written(problem: Problem) -> str:
    return dense(
        {
            "form": FORM,
            "role": problem.role,
            "mentees": sorted(
                [one.mentee_id, one.priority, int(one.any_other), _packed(one.tiers)] for one in problem.mentees
            ),
            "mentors": sorted([one.mentor_id, one.places, one.taken, _packed(one.tiers)] for one in problem.mentors),
            # Plain tuples: two million objects of ours take ten times as long to sort.
            "bars": sorted({(one.mentee_id, one.mentor_id, one.kind.value) for one in problem.bars}),
            "scores": sorted((one.mentee_id, one.mentor_id, one.score) for one in problem.scores),
        }
        # Left out where nobody stays together, or a wish weighs as it always did: such a round keeps the text it had.
        | ({"together": sorted(sorted(group) for group in problem.together)} if problem.together else {})
        | ({"wish": problem.wish} if problem.wish != BEST_SCORE else {})
    )


def _packed(tiers: Tiers) -> list[int | list[int]]:
    return [tier[0] if len(tier) == 1 else sorted(tier) for tier in tiers]


def _unpacked(packed: list[int | list[int]]) -> Tiers:
    return tuple((tier,) if isinstance(tier, int) else tuple(tier) for tier in packed)
