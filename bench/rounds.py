"""Rows ``match_stable``, ``match_best``, ``match_fair``: a whole round, from rows in PostgreSQL to published matches.

The course is filled once; each strategy gets a copy of that database and a process of its own, which does what a worker
does: it draws the round up and publishes it, by the same tasks.
"""

import json
import os
import secrets
import subprocess
import sys
from contextlib import contextmanager

import psycopg

from bench.matching_rounds import make_round
from bench.round_course import fill
from bench.table import Row
from bench.tools import POSTGRES, database, field_keys, process_folder, seed
from lti_mentoring.settings import PREFIX, Settings

MENTEES, MENTORS = 100_000, 10_000
MOST_SECONDS, MOST_MB = 60, 2000
COMMAND = ("-m", "bench.round_run")
ROWS = (("match_stable", "stable"), ("match_best", "best"), ("match_fair", "fairest"))


def measure():
    """Return the rows."""
    ran = dict(whole_rounds(MENTEES, MENTORS))
    rows = []
    for row, strategy in ROWS:
        steps = ran[strategy]["steps"].values()
        seconds, cpu = sum(one["seconds"] for one in steps), sum(one["cpu"] + one["server"] for one in steps)
        rows.append(Row(row, "s", seconds, "the limit", MOST_SECONDS, MENTEES))
        rows.append(Row(f"{row}_cpu", "CPU s, with PostgreSQL's", cpu, "the limit", MOST_SECONDS, MENTEES))
    most = max(one["mb"] for one in ran.values())
    return [*rows, Row("match_memory", "MB, peak", most, "the limit", MOST_MB, MENTEES)]


def whole_rounds(mentees, mentors, strategies=("stable", "best", "fairest")):
    """Yield each strategy and what its process tells of the round."""
    with database() as url, process_folder("rounds") as folder:
        env = {
            "DATA_DIR": str(folder), "BROKER_URL": "memory://", "SECRET_KEY": secrets.token_urlsafe(48),
            "FIELD_KEYS": str(field_keys(folder)), "PUBLIC_URL": "http://localhost:8000",
        }  # fmt: skip
        platform = "http://localhost:8001"
        seed(Settings.from_env(_env(env, url)), platform, memberships_url=f"{platform}/members")
        fill(url, make_round(mentees, mentors))
        for strategy in strategies:
            with _copy_of(url) as own:
                told = subprocess.run(
                    [sys.executable, *COMMAND, strategy],
                    env=os.environ | _env(env, own), stdout=subprocess.PIPE, text=True, check=True,
                )  # fmt: skip
            yield strategy, json.loads(told.stdout.splitlines()[-1])


def _env(env, url):
    own = {**env, "DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://")}
    return {PREFIX + name: value for name, value in own.items()}


@contextmanager
def _copy_of(url):
    name = url.rpartition("/")[2]
    copy = f"{name}_{secrets.token_hex(2)}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
        try:
            yield url.rpartition("/")[0] + "/" + copy
        finally:
            server.execute(f"DROP DATABASE {copy} WITH (FORCE)")
