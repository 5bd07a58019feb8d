"""``lti-mentoring run`` and ``worker``: the two kinds of process of an installation."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

if TYPE_CHECKING:
    from lti_mentoring.settings import Settings


STOP_WITHIN = 30
"""Seconds that a worker may take to finish what it answers."""


@click.command("run")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=0, help="Processes; 1 on SQLite and 2 otherwise unless you say more.")
@click.option("--threads", default=4, show_default=True, help="Threads of each process.")
@with_appcontext
def run(*, host: str, port: int, workers: int, threads: int) -> None:
    """Serve the tool; the one-machine installation brings its database up to date first."""
    settings: Settings = current_app.extensions["settings"]
    if settings.embedded:
        upgrade()
    become(serve_command(host, port, workers or (1 if settings.embedded else 2), threads))


@click.command("worker")
@click.option("--concurrency", default=2, show_default=True, help="Tasks at once.")
@click.option("--beat/--no-beat", default=True, show_default=True, help="Also start what is due; once is enough.")
@with_appcontext
def worker(*, concurrency: int, beat: bool) -> None:
    """Work on what waits: grades, mails, rosters, certificates."""
    settings: Settings = current_app.extensions["settings"]
    become(work_command(concurrency, str(settings.data_dir / "beat") if beat else None))


def serve_command(
    host: str,
    port: int,
    workers: int,
    threads: int,
    *,
    application: str = "lti_mentoring.wsgi:app",
    level: str = "info",
) -> list[str]:
    """Return the command line of the web server (docs/adr/0015-web-server.md).

    A worker that dies is started again; one that does not end within STOP_WITHIN seconds is ended.
    """
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws",
        "--workers", str(workers), "--blocking-threads", str(threads), "--respawn-failed-workers",
        "--workers-kill-timeout", str(STOP_WITHIN), "--log-level", level,
        "--host", host, "--port", str(port), application,
    ]  # fmt: skip


def work_command(concurrency: int, schedule: str | None) -> list[str]:
    """Return the command line of the worker; ``schedule`` is where beat remembers what it started."""
    command = [
        sys.executable, "-m", "celery", "-A", "lti_mentoring.worker", "worker", "--pool", "threads",
        "--concurrency", str(concurrency), "--loglevel", "info",
    ]  # fmt: skip
    return [*command, "--beat", "--schedule", schedule] if schedule else command


def become(command: list[str]) -> None:
    """Replace this process, so that signals reach the server itself."""
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606  # our own command, no shell
