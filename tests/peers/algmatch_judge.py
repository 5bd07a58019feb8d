"""Stable matchings by others: algmatch, as a process of its own that answers each line with a line, both of JSON.

What is asked stands in ``ask``, the round in ``mentees`` and ``mentors`` (number: tiers) and ``places``:

- ``best``: the pairs of the stable matching that is best for the mentees, of lists without ties;
- ``best_despite_ties``: the same of what is stable however ties are broken; null where nothing is;
- ``is_stable``: whether ``pairs`` may be and are stable: so they are with each tie broken in favour of whom one has.

The package's own ``__init__`` imports all of its solvers, and with them one under a licence of its own that is not
installed here. So the package is put in its place without it: all that is used here is plain Python.
"""

import json
import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec

sys.modules["algmatch"] = module_from_spec(find_spec("algmatch"))
Strict = import_module("algmatch.hospitalResidentsProblem").HospitalResidentsProblem
WithTies = import_module("algmatch.hospitalResidentsProblemWithTies").HospitalResidentsProblemWithTies
Judge = import_module("algmatch.utils.enumerators.HR.hrEnumerator").HREnumerator


def best(asked):
    solver = Strict(dictionary=_round(asked, _untied), optimised_side="residents")
    return _pairs(solver.get_stable_matching())


def best_despite_ties(asked):
    solver = WithTies(dictionary=_round(asked, _as_it_is), optimised_side="residents", stability_type="super")
    found = solver.get_stable_matching()
    return None if found is None else _pairs(found)


def is_stable(asked):
    together = {frozenset((f"r{mentee}", f"h{mentor}")) for mentee, mentor in asked["pairs"]}

    def in_favour(tiers, who, others):
        return [one for tier in tiers for one in sorted(tier, key=lambda one: {who, f"{others}{one}"} not in together)]

    judge = Judge(_round(asked, in_favour))
    for mentee, mentor in asked["pairs"]:
        if f"h{mentor}" not in judge.residents[f"r{mentee}"]["list"] or judge.hospital_is_full(f"h{mentor}"):
            return False
        judge.add_pair(f"r{mentee}", f"h{mentor}")
    return judge.has_stability()


def _untied(tiers, _who, _others):
    return [one for (one,) in tiers]


def _as_it_is(tiers, _who, _others):
    return tiers


def _round(asked, listed):
    """Return a round in algmatch's words; its own names are r1 for the mentee 1 and h1 for the mentor 1."""
    return {
        "residents": {int(number): listed(tiers, f"r{number}", "h") for number, tiers in asked["mentees"].items()},
        "hospitals": {
            int(number): {"capacity": asked["places"][number], "preferences": listed(tiers, f"h{number}", "r")}
            for number, tiers in asked["mentors"].items()
        },
    }


def _pairs(found):
    return [(int(mentee[1:]), int(mentor[1:])) for mentee, mentor in found["resident_sided"].items() if mentor]


def main():
    answers = {"best": best, "best_despite_ties": best_despite_ties, "is_stable": is_stable}
    for line in sys.stdin:
        asked = json.loads(line)
        sys.stdout.write(f"{json.dumps(answers[asked['ask']](asked))}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
