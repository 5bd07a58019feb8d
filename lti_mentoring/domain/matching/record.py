"""An answer as text, to store beside its problem and read back."""

from __future__ import annotations

import json

from lti_mentoring.domain.matching.outcome import Matching, Pair, Price
from lti_mentoring.domain.matching.problem import Flaw, ProblemUnsound
from lti_mentoring.domain.matching.snapshot import dense

FORM = 1


def write_matching(matching: Matching) -> str:
    """Return the whole answer with its proof; prices are larger than other readers' numbers, so they are texts."""
    return dense(
        {
            "form": FORM,
            "pairs": [[one.mentee_id, one.mentor_id, one.reason] for one in matching.pairs],
            "unmatched": matching.unmatched,
            "strategy": matching.strategy,
            "version": matching.version,
            "seed": matching.seed,
            "problem": matching.problem_digest,
            "worst": matching.worst,
            "prices": [[one.mentor_id, str(one.price)] for one in matching.prices],
            "limit_prices": [[one.mentor_id, str(one.price)] for one in matching.limit_prices],
        }
    )


def read_matching(text: str) -> Matching:
    """Read what ``write_matching`` wrote; raise ProblemUnsound for anything else."""
    try:
        held = json.loads(text)
        if held["form"] != FORM:
            raise ProblemUnsound(Flaw.UNREADABLE)
        return Matching(
            pairs=tuple(Pair(*one) for one in held["pairs"]),
            unmatched=tuple(held["unmatched"]),
            strategy=held["strategy"],
            version=held["version"],
            seed=held["seed"],
            problem_digest=held["problem"],
            worst=held["worst"],
            prices=tuple(Price(number, int(price)) for number, price in held["prices"]),
            limit_prices=tuple(Price(number, int(price)) for number, price in held["limit_prices"]),
        )
    except (ValueError, TypeError, KeyError) as broken:
        raise ProblemUnsound(Flaw.UNREADABLE) from broken
