"""``lti-mentoring demo`` as a process: ready soon, busy, stopped with Ctrl-C. Walked through in test_every_browser."""

import re
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import requests
from fixtures.applications import connected_app
from flask_migrate import upgrade
from journeys.story import COMMAND, READY_WITHIN, STOPPED_WITHIN, started
from platforms.drive import Browser
from platforms.fixtures import free_port

from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_story import HOUSE
from lti_mentoring.db import unit_of_work
from lti_mentoring.demo.people import STUDENTS
from lti_mentoring.services.administering import add_institution
from lti_mentoring.settings import Settings

PROOF = re.compile(r'name="csrf-token" content="([0-9a-f]+)"')


def below(pid):
    """Return the numbers of all processes that a process started, and of those that these started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, parent = stat.parent.name, stat.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found += [int(number), *below(int(number))]
    return found


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def institutions(folder):
    with closing(sqlite3.connect(folder / "data" / "mentoring.db")) as database:
        return [name for (name,) in database.execute("SELECT name FROM institution")]


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """Give a folder whose data hold an institution that somebody has made."""
    folder = tmp_path_factory.mktemp("demo")
    with connected_app(Settings.from_env({"LTI_MENTORING_DATA_DIR": str(folder / "data")})) as app, app.app_context():
        upgrade()
        with unit_of_work() as session:
            add_institution(session, "Made before", "made-before", now=utcnow())
    assert institutions(folder) == ["Made before"]
    return folder


@pytest.fixture(scope="module")
def demo(used):
    with started(used, "--reset") as running:
        yield running


def test_it_is_ready_soon_and_says_where_to_go(demo):
    sys.stdout.write(f"ready after {demo.took:.1f} s\n")
    assert demo.took < READY_WITHIN
    parts = {"database": "ok", "broker": "ok", "worker": "ok"}
    assert requests.get(f"{demo.tool}/readyz", timeout=10).json() == {"status": "ready"} | parts
    said = demo.log.read_text()
    assert said.index(demo.lms) < said.index(demo.tool)


def test_a_reset_forgets_what_was_done_before(demo, used):
    assert institutions(used) == [HOUSE]


def test_a_port_that_is_taken_is_a_clear_error(demo, tmp_path):
    command = [COMMAND, "demo", "--port", str(free_port()), "--lms-port", str(demo.lms_port), "--data", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert refused.returncode == 1
    assert f"Port {demo.lms_port} is taken by another program." in refused.stderr
    assert "--lms-port" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_ten_people_at_once_never_meet_a_locked_database(demo):
    """Ten students launch, look around and keep a draft at the same time, while the worker works."""
    people = STUDENTS[:10]
    with ThreadPoolExecutor(len(people)) as pool:
        pages = list(pool.map(lambda one: write_and_look(demo, one), people))
    assert all(status < 400 for statuses in pages for status in statuses), pages
    assert "database is locked" not in demo.said
    # What the parts say meanwhile does not push the addresses out of sight.
    assert [line for line in demo.log.read_text().splitlines() if line.strip() and not line.startswith("  ")] == []


def test_a_student_of_the_second_course_meets_two_mentors(demo):
    with Browser(framed_by="127.0.0.1") as browser:
        page = browser.open(f"{demo.lms}/launch/student-04/med512-mentoring")
        assert page.status == 200
        for words in ("Clinical mentor", "Dr Chidi Okafor", "Research mentor", "Δρ Ελένη Παππά"):
            assert words in page.html, words


def write_and_look(demo, who):
    statuses = []
    for turn in range(3):
        with Browser(framed_by="127.0.0.1") as browser:
            page = browser.open(f"{demo.lms}/launch/{who.sub}/med402-mentoring")
            statuses.append(page.status)
            page = browser.get(f"{demo.tool}/path")
            link = page.link("/milestones/")
            page = browser.get(link)
            token = PROOF.search(page.html)[1]
            for number in range(4):
                text = f"Draft {turn}.{number} of {who.name}"
                statuses.append(browser.post(f"{link}/draft", {"text": text, "csrf_token": token}).status)
            statuses.append(browser.get(f"{demo.tool}/").status)
    return statuses


def test_ctrl_c_ends_every_process(tmp_path):
    with started(tmp_path) as running:
        family = below(running.process.pid)
        assert len(family) >= 3
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(STOPPED_WITHIN) == 0
        assert time.monotonic() - began < STOPPED_WITHIN
        assert [pid for pid in family if runs(pid)] == []
        assert "Traceback" not in running.said
