"""Rows ``class_start…``: 500 people open a course within a minute, half of them in the first ten seconds.

The load comes from a process of its own on the same cores, and its CPU is told beside the tool's. Each person is new:
login, launch, first page. What is timed is the whole way of one person.
"""

import json
import statistics
import subprocess
import sys

from bench.load import FIRST, FIRST_SECONDS, PEOPLE, SECONDS
from bench.platform import Platform
from bench.table import Row
from bench.tools import our_tool

MOST_MS = 500


def measure():
    """Return the rows."""
    with Platform() as platform, our_tool(platform, workers=2) as tool:
        before = tool.cpu()
        told = subprocess.run(
            [sys.executable, "-m", "bench.load", tool.login, tool.launch, platform.url],
            input=platform.private_pem(), stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        used = tool.cpu() - before
    ran = json.loads(told.stdout)
    times = sorted(ran["ms"])
    lost = PEOPLE - len(times)
    p95 = statistics.quantiles(times, n=20)[-1]
    shape = f"{FIRST} in {FIRST_SECONDS} s, {PEOPLE} in {SECONDS} s"
    return [
        Row("class_start", "ms, p95", p95, f"the limit; {shape}", MOST_MS, PEOPLE),
        Row("class_start_median", "ms", statistics.median(times), "p95", p95, PEOPLE),
        Row("class_start_lost", "launches", lost, "all", PEOPLE, PEOPLE),
        Row("class_start_cpu", "s", used, "the load's own", ran["cpu"], PEOPLE),
    ]
