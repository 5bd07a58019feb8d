"""Rows ``roster_50k…``: a course of 50,000 is read by a worker, beside COPY and one merge of the same rows.

The pages come from the memory of another process. The peer does the same download, with our own client, and then writes
the same rows into tables of the same shape; what stands in ``roster_50k`` is the time after the download.
"""

import json
import os
import secrets
import subprocess
import sys
from contextlib import contextmanager

from bench.table import Row
from bench.tools import database, field_keys, free_port, process_folder, running, seed, wait
from lti_mentoring.settings import PREFIX, Settings

PEOPLE, PAGE_SIZE = 50_000, 500
MOST_MB = 200


def measure():
    """Return the rows."""
    told, half = _reading(PEOPLE), _reading(PEOPLE // 2)
    ours, peer, download = told["first"]["seconds"] - told["download"], told["peer"], told["download"]
    pages = told["pages"]
    grown = told["first"]["statements"] - half["first"]["statements"]
    return [
        Row("roster_50k", "s, after download", ours, "COPY and one merge", peer, PEOPLE),
        Row("roster_50k_whole", "s", ours + download, "download, COPY, merge", peer + download, PEOPLE),
        Row("roster_50k_download", "s", download, "the whole reading", ours + download, PEOPLE),
        Row(
            "roster_50k_again", "s, nothing new", told["again"]["seconds"], "the first reading", ours + download, PEOPLE
        ),
        Row("roster_50k_memory", "MB above idle", told["above_idle_mb"], "the limit", MOST_MB, PEOPLE),
        Row("roster_50k_sql", "more statements", grown, "for as many more pages", pages - half["pages"], pages),
    ]


def _reading(people):
    with database() as url, process_folder("roster") as folder, _pages(people) as platform:
        env = {
            "DATABASE_URL": url.replace("postgresql://", "postgresql+psycopg://"), "DATA_DIR": str(folder),
            "BROKER_URL": "memory://", "SECRET_KEY": secrets.token_urlsafe(48), "FIELD_KEYS": str(field_keys(folder)),
            "PUBLIC_URL": "http://localhost:8000", "PRIVATE_HOSTS": platform.removeprefix("http://"),
        }  # fmt: skip
        env = {PREFIX + name: value for name, value in env.items()}
        seed(Settings.from_env(env), platform, memberships_url=f"{platform}/members")
        told = subprocess.run(
            [sys.executable, "-m", "bench.roster_reading"],
            env=os.environ | env, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
    return json.loads(told.stdout.splitlines()[-1])


@contextmanager
def _pages(people):
    port = free_port()
    command = [sys.executable, "-m", "bench.roster_platform", str(port), str(people), str(PAGE_SIZE)]
    with process_folder("roster-pages") as folder, running(command, {}, folder) as process:
        wait(f"http://127.0.0.1:{port}/members", process)
        yield f"http://127.0.0.1:{port}"
