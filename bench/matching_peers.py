"""``python matching_peers.py PEER ROUND …``: let somebody else's library match the same rounds, and say what it took.

Runs in an environment that has the peers and not our package; a round is read from its canonical text.
"""

import json
import sys
import time
from pathlib import Path

import networkx
import numpy
from algmatch import HospitalResidentsProblem
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching

NOBODY = 1_000_000
"""What it costs to have no mentor: more than any change of others' wishes."""


def by_algmatch(mentees, mentors):
    """Return the cost of the stable matching that is best for the mentees."""
    lists = {mentee: tiers for mentee, _, _, tiers in mentees}
    ranks = {mentor: {"capacity": places, "preferences": tiers} for mentor, places, _, tiers in mentors}
    started = time.process_time()
    solver = HospitalResidentsProblem(dictionary={"residents": lists, "hospitals": ranks}, optimised_side="residents")
    found = solver.get_stable_matching()["resident_sided"]
    seconds = time.process_time() - started
    given = {int(mentee[1:]): int(mentor[1:]) for mentee, mentor in found.items() if mentor}
    return seconds, sum(lists[one].index(given[one]) if one in given else NOBODY for one in lists)


def by_networkx(mentees, mentors):
    """Return the least cost by network simplex."""
    started = time.process_time()
    graph = networkx.DiGraph()
    graph.add_node("end", demand=len(mentees))
    for mentor, places, _, _ in mentors:
        graph.add_edge(f"m{mentor}", "end", capacity=places, weight=0)
    for mentee, _, _, tiers in mentees:
        graph.add_node(mentee, demand=-1)
        graph.add_edge(mentee, "end", capacity=1, weight=NOBODY)
        for tier, mentor in enumerate(tiers):
            graph.add_edge(mentee, f"m{mentor}", capacity=1, weight=tier)
    cost = networkx.network_simplex(graph)[0]
    return time.process_time() - started, cost


def by_scipy(mentees, mentors):
    """Return the least cost by SciPy's sparse assignment: a column for each place, and for each mentee's nobody."""
    started = time.process_time()
    columns, column = {}, 0
    for mentor, places, _, _ in mentors:
        columns[mentor] = range(column, column + places)
        column += places
    rows, ends, costs = [], [], []
    for row, (_, _, _, tiers) in enumerate(mentees):
        ways = [(end, tier) for tier, mentor in enumerate(tiers) for end in columns[mentor]]
        ways.append((column + row, NOBODY))
        rows += [row] * len(ways)
        ends += [end for end, _ in ways]
        costs += [cost + 1 for _, cost in ways]  # no zeros: they would not be stored
    matrix = csr_matrix((numpy.array(costs, float), (rows, ends)), shape=(len(mentees), column + len(mentees)))
    chosen = min_weight_full_bipartite_matching(matrix)
    seconds = time.process_time() - started
    return seconds, int(matrix[chosen].sum()) - len(mentees)


def main():
    peer, *paths = sys.argv[1:]
    match = {"algmatch": by_algmatch, "networkx": by_networkx, "scipy": by_scipy}[peer]
    rounds = [json.loads(Path(path).read_text(encoding="utf-8")) for path in paths]
    told = [match(held["mentees"], held["mentors"]) for held in rounds]
    print(json.dumps({"seconds": sum(seconds for seconds, _ in told), "costs": [cost for _, cost in told]}))


if __name__ == "__main__":
    main()
