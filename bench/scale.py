"""Row ``launch_at_scale``: launches among 10,000 registrations and 1,000,000 people, beside an empty database.

Both databases get the same launches: of 50 registrations, drawn from all, with 20 people each.
"""

import random
import statistics
from functools import partial

import psycopg

from bench.crowd import fill
from bench.launches import Browser
from bench.platform import Platform
from bench.table import Row
from bench.tools import cpu_of, our_tool

REGISTRATIONS, PEOPLE_EACH = 10_000, 100
LAUNCHING, LAUNCHING_EACH = 50, 20
ROUNDS, EACH = 6, 100


def measure():
    """Return the rows: the tool's CPU, and that of the tool and its PostgreSQL processes together."""
    draw = random.Random(7)
    active = draw.sample(range(REGISTRATIONS), LAUNCHING)
    with (
        Platform() as platform,
        our_tool(platform, fill=partial(fill, registrations=REGISTRATIONS, people=PEOPLE_EACH)) as large,
        our_tool(platform, fill=partial(fill, registrations=LAUNCHING, people=0)) as empty,
    ):
        names = {large: [f"bench-{number}" for number in active], empty: [f"bench-{n}" for n in range(LAUNCHING)]}
        browsers = {tool: Browser(tool, platform) for tool in (large, empty)}
        for tool, browser in browsers.items():
            for client_id in names[tool]:
                for number in range(LAUNCHING_EACH):
                    browser.launch(number, client_id=client_id, people=PEOPLE_EACH)
            browser.connection.close()
        costs = {tool: [] for tool in browsers}
        for _ in range(ROUNDS):
            order = [(draw.randrange(LAUNCHING), draw.randrange(LAUNCHING_EACH)) for _ in range(EACH)]
            for tool, browser in browsers.items():
                costs[tool].append(_round(tool, browser, names[tool], order))
    tools, wholes = ({tool: statistics.median(one[at] for one in costs[tool]) for tool in costs} for at in (0, 1))
    return [
        Row("launch_at_scale", "CPU ms/launch", tools[large], "an empty database", tools[empty], ROUNDS * EACH),
        Row(
            "launch_at_scale_db", "with PostgreSQL's", wholes[large], "an empty database", wholes[empty], ROUNDS * EACH
        ),
    ]


def _round(tool, browser, names, order):
    with psycopg.connect(tool.database, autocommit=True) as server:
        pids = [row[0] for row in server.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )]  # fmt: skip
    before, behind = tool.cpu(), sum(map(cpu_of, pids))
    for registration, person in order:
        browser.launch(person, client_id=names[registration], people=PEOPLE_EACH)
    own = (tool.cpu() - before) * 1000 / len(order)
    served = (sum(map(cpu_of, pids)) - behind) * 1000 / len(order)
    browser.connection.close()
    return own, own + served
