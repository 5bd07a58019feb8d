"""Rows ``match_…_solver`` and beside peers: the solver's own share of a round, at the size of a nation and of peers.

What is counted is the CPU time of the matching alone, in a process of its own; all of them use one core. Every answer
is checked, and where a peer finds the same thing, that it costs the same.
"""

import json
import subprocess
import sys

from bench.matching_rounds import make_round
from bench.table import Row
from bench.tools import BUILD, HERE
from lti_mentoring.domain.matching.snapshot import write_problem

MOST_SECONDS, MOST_MB = 20, 1500
LARGE, MIDDLE, SMALL, TINY = (100_000, 10_000), (10_000, 1_000), (1_000, 100), (60, 24)
TINY_ROUNDS = 200


def measure():
    """Return the rows."""
    home = BUILD / "matching"
    home.mkdir(parents=True, exist_ok=True)
    return [*_large(home), *_beside_peers(home)]


def _large(home):
    path, size = _written(home, LARGE), LARGE[0]
    ran = {name: _ours(name, path) for name in ("stable", "best", "fairest")}
    rows = [
        Row(row, "CPU s", ran[name]["seconds"], "the limit", MOST_SECONDS, size)
        for row, name in (
            ("match_stable_solver", "stable"),
            ("match_best_solver", "best"),
            ("match_fair_solver", "fairest"),
        )
    ]
    slowest = max(ran.values(), key=lambda told: told["check"])
    return [
        *rows,
        Row("match_solver_memory", "MB, peak", max(told["mb"] for told in ran.values()), "the limit", MOST_MB, size),
        Row("match_check", "CPU s, slowest", slowest["check"], "its matching", slowest["seconds"], size),
    ]


def _beside_peers(home):
    python = _peers_python()
    ranked, small, middle = _written(home, SMALL, mentors_rank=True), _written(home, SMALL), _written(home, MIDDLE)
    many = [_written(home, TINY, mentors_rank=True, seed=seed) for seed in range(TINY_ROUNDS)]
    for row, strategy, peer, paths, size in (
        ("match_stable_200_small", "stable", "algmatch", many, TINY),
        ("match_stable_1k", "stable", "algmatch", [ranked], SMALL),
        ("match_best_1k", "best", "networkx", [small], SMALL),
        ("match_best_10k", "best", "scipy", [middle], MIDDLE),
    ):
        command = [python, "-P", str(HERE / "matching_peers.py"), peer, *map(str, paths)]
        ours, theirs = _ours(strategy, *paths), _told(command)
        differ = [path for path, *costs in zip(paths, ours["costs"], theirs["costs"], strict=True) if len({*costs}) > 1]
        if differ:
            raise SystemExit(f"{row}: ours and that of {peer} cost different sums in {differ}")
        yield Row(row, "CPU s", ours["seconds"], peer, theirs["seconds"], size[0])


def _ours(strategy, *paths):
    told = _told([sys.executable, "-m", "bench.matching_run", strategy, *map(str, paths)])
    if not told["right"]:
        raise SystemExit(f"The answer of {strategy} to {paths} is not right.")
    return told


def _told(command):
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(ran.stdout.splitlines()[-1])


def _written(home, size, *, mentors_rank=False, seed=7):
    path = home / f"{size[0]}x{size[1]}{'-ranked' * mentors_rank}-{seed}.json"
    path.write_text(write_problem(make_round(*size, mentors_rank=mentors_rank, seed=seed)), encoding="utf-8")
    return path


def _peers_python():
    """Return the Python of an environment that has the peers; make it the first time."""
    folder = BUILD / "matching-peers"
    python, stamp = folder / "bin" / "python", folder / "ready.txt"
    wanted = (HERE / "matching-peers.txt").read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        pip = [str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "-r", str(HERE / "matching-peers.txt")], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return str(python)
