"""``lti-mentoring demo``: the tool, its worker and a demonstration LMS on one machine, with nothing installed."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING
from urllib.error import URLError
from urllib.request import urlopen

import click
from flask_migrate import upgrade
from sqlalchemy import select

from lti_mentoring.app import create_app
from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_roles import tell_of_two_roles
from lti_mentoring.commands.demo_story import tell_story
from lti_mentoring.commands.serving import serve_command
from lti_mentoring.db import unit_of_work
from lti_mentoring.demo.config import LMS_PREFIX
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.models import Account, Institution, Passkey
from lti_mentoring.services.accounts import add_account, link_url, make_link
from lti_mentoring.settings import PREFIX, Settings

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

READY_WITHIN = 60.0
STOP_WITHIN = 8.0
LAST_LINES = 30
THREADS = 4
LMS_HOST, TOOL_HOST = "127.0.0.1", "localhost"


@dataclass(frozen=True, slots=True)
class Demo:
    """Where everything of one demonstration is."""

    folder: Path
    port: int
    lms_port: int

    @property
    def tool_url(self) -> str:
        """The tool's address; another site than the LMS, as in life."""
        return f"http://{TOOL_HOST}:{self.port}"

    @property
    def lms_url(self) -> str:
        """The LMS's address."""
        return f"http://{LMS_HOST}:{self.lms_port}"

    @property
    def log(self) -> Path:
        """What the parts say while they run; the terminal keeps the two addresses in sight."""
        return self.folder / "log.txt"

    def environment(self) -> dict[str, str]:
        """Return the settings of all processes."""
        own = {
            "DATA_DIR": str(self.folder),
            "PUBLIC_URL": self.tool_url,
            "PRIVATE_HOSTS": f"{LMS_HOST}:{self.lms_port},{LMS_HOST}",
            "SHOW_MAILS": "1",
            "DEMO_LMS_URL": self.lms_url,
        }
        outside = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
        lms = {
            "FOLDER": str(self.folder / "lms"),
            "PORT": str(self.lms_port),
            "TOOL_URL": self.tool_url,
            "MAILS_URL": f"{self.tool_url}/demo/mails",
        }
        ours = {PREFIX + name: value for name, value in own.items()}
        return outside | ours | {LMS_PREFIX + name: value for name, value in lms.items()}


@click.command("demo")
@click.option("--reset", is_flag=True, help="Forget what was done before and start anew.")
@click.option("--port", default=8000, show_default=True, help="The tool's port on localhost.")
@click.option("--lms-port", default=8080, show_default=True, help="The demonstration LMS's port on 127.0.0.1.")
@click.option("--data", "folder", default="data/demo", show_default=True, type=click.Path(path_type=Path))
def demo(*, reset: bool, port: int, lms_port: int, folder: Path) -> None:
    """Start the tool, its worker and a demonstration LMS; stop all with Ctrl-C."""
    if find_spec("lti1p3platform") is None:
        raise click.ClickException("The demonstration needs one more package: pip install 'lti_mentoring[demo]'")
    here = Demo(folder.resolve(), port, lms_port)
    for host, wanted, option in ((TOOL_HOST, port, "--port"), (LMS_HOST, lms_port, "--lms-port")):
        refuse_taken_port(host, wanted, option)
    if reset:
        shutil.rmtree(here.folder, ignore_errors=True)
    here.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    supervise(here)


def refuse_taken_port(host: str, port: int, option: str) -> None:
    """Raise a clear error when another program listens there already."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((LMS_HOST if host == TOOL_HOST else host, port))
        except OSError as taken:
            raise click.ClickException(
                f"Port {port} is taken by another program. Stop that program, or choose another port: "
                f"make demo ARGS='{option} {port + 1}'"
            ) from taken


def prepare(here: Demo) -> Flask:
    """Make what the parts must find when they start: the secrets, and the database at this version."""
    app = create_app(Settings.from_env(here.environment()))
    with app.app_context():
        upgrade()
    return app


def furnish(here: Demo, app: Flask) -> dict[AccountKind, str]:
    """Fill the installation with the story at the first start; return the ways in by passkey."""
    with app.app_context():
        tell_story(here.lms_url, tell_of_two_roles)
        with unit_of_work() as session:
            return {kind: way_in(session, here, kind, now=utcnow()) for kind in AccountKind}


def way_in(session: Session, here: Demo, kind: AccountKind, *, now: datetime) -> str:
    """Return where to try the pages of those who sign in without an LMS: a one-time link until it was used."""
    house = None if kind is AccountKind.OPERATOR else session.scalars(select(Institution.id)).first()
    account = session.scalars(select(Account).where(Account.kind == kind).order_by(Account.id)).first()
    if account is None and kind is AccountKind.MENTOR:  # a story that was told by an older version has none
        return f"{here.tool_url}/sign-in"
    if account is None:
        account = add_account(session, kind, house, f"Demonstration {kind.value}", by=None, now=now)
    if session.scalar(select(Passkey.id).where(Passkey.account_id == account.id).limit(1)) is not None:
        return f"{here.tool_url}/sign-in"
    return link_url(here.tool_url, make_link(session, account, by=None, now=now))


def commands(here: Demo) -> dict[str, list[str]]:
    """Return what runs: the tool, the worker with its clock, the LMS."""
    python = sys.executable
    work = [python, "-m", "celery", "-A", "lti_mentoring.worker", "--quiet"]
    return {
        "tool": serve_command(LMS_HOST, here.port, 1, THREADS, level="warning"),
        "worker": [*work, "worker", "--beat", "--pool", "threads", "--concurrency", "2", "--loglevel", "error"],
        "LMS": serve_command(
            LMS_HOST, here.lms_port, 1, THREADS, application="lti_mentoring.demo.serving:app", level="warning"
        ),
    }


def supervise(here: Demo) -> None:
    """Run all parts until one ends or somebody presses Ctrl-C; then stop the others."""
    running: dict[str, subprocess.Popen[bytes]] = {}

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for stopping in (signal.SIGINT, signal.SIGTERM):  # SIGINT, too: a shell that starts us in the background ignores it
        signal.signal(stopping, interrupted)
    try:
        app = prepare(here)
        with here.log.open("wb") as log:
            for name, command in commands(here).items():
                # A group of its own: Ctrl-C reaches only this process, which then stops the parts in order.
                running[name] = subprocess.Popen(  # noqa: S603  # our own command
                    command, env=here.environment(), start_new_session=True, stdout=log, stderr=log
                )
        ways = furnish(here, app)  # while the parts start: each takes about as long
        wait_until_ready(here, running)
        greet(here, ways)
        watch(here, running)
    except KeyboardInterrupt:
        click.echo("\nStopping …")
    finally:
        stop(running)


def wait_until_ready(here: Demo, running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Return when both sites answer and the worker is there; raise a clear error when a part ended or time ran out."""
    deadline = time.monotonic() + READY_WITHIN
    for url in (f"{here.tool_url}/readyz", f"{here.lms_url}/"):
        while not answers(url):
            refuse_ended_part(here, running)
            if time.monotonic() > deadline:
                raise click.ClickException(f"{url} does not answer after {READY_WITHIN:.0f} seconds.")
            time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether ``url`` answers well."""
    try:
        with urlopen(url, timeout=2) as answer:  # noqa: S310  # one of our own two addresses
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def greet(here: Demo, ways: Mapping[AccountKind, str]) -> None:
    """Say where to go."""
    click.echo(f"\n  Open the course:  {here.lms_url}\n  The tool itself:  {here.tool_url}\n")
    click.echo("  Without the LMS, by passkey (your browser asks you to make one):")
    for kind, way in ways.items():
        click.echo(f"  As {kind.value}:".ljust(20) + way)
    click.echo(f"\n  Stop with Ctrl-C. What it does meanwhile stands in {here.log}\n")


def watch(here: Demo, running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Wait until a part ends by itself; that is an error."""
    while True:
        refuse_ended_part(here, running)
        time.sleep(0.3)


def refuse_ended_part(here: Demo, running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Raise an error with the last that was said when a part has ended by itself."""
    for name, process in running.items():
        if process.poll() is not None:
            last = here.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
            said = "\n".join(last)
            raise click.ClickException(f"{said}\n\nThe {name} ended (code {process.returncode}); see {here.log}.")


def stop(running: Mapping[str, subprocess.Popen[bytes]]) -> None:
    """Ask every part to end, and end those that do not."""
    for process in running.values():
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for process in running.values():
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
