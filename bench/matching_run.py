"""``python -m bench.matching_run STRATEGY ROUND …``: match rounds in a process of their own, and say what it took."""

import json
import resource
import sys
import time
from pathlib import Path

from lti_mentoring.domain.matching.checking import blocking_pairs, faults
from lti_mentoring.domain.matching.proving import prove
from lti_mentoring.domain.matching.snapshot import read_problem
from lti_mentoring.plugins import load_matchers

NOBODY = 1_000_000


def main():
    strategy, *paths = sys.argv[1:]
    problems = [read_problem(Path(path).read_text(encoding="utf-8")) for path in paths]
    matcher = load_matchers(())[strategy]
    used = time.process_time()
    rounds = [(problem, matcher.match(problem, seed="bench")) for problem in problems]
    seconds = time.process_time() - used
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    used = time.process_time()
    right = all(not faults(problem, found) and _keeps_its_promise(problem, found) for problem, found in rounds)
    told = {
        "seconds": seconds, "mb": megabytes, "check": time.process_time() - used, "right": right,
        "placed": sum(len(found.pairs) for _, found in rounds),
        "costs": [_cost(problem, found) for problem, found in rounds],
    }  # fmt: skip
    print(json.dumps(told))


def _keeps_its_promise(problem, found):
    if not found.prices:
        return not blocking_pairs(problem, found)
    proof = prove(problem, found)
    return proof.holds and proof.is_only


def _cost(problem, found):
    """Return the sum of the tiers, counted from 0, and NOBODY for each who has nobody; as the peers count."""
    given = {pair.mentee_id: pair.mentor_id for pair in found.pairs}
    wishes = {one.mentee_id: [mentor for (mentor,) in one.tiers] for one in problem.mentees}
    return sum(wishes[one].index(given[one]) for one in given) + NOBODY * len(found.unmatched)


if __name__ == "__main__":
    main()
