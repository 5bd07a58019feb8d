"""What the installed package must do, run by the interpreter of an environment that holds nothing else.

Argument: how many templates the wheel carries.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.error import HTTPError

from flask_babel import force_locale

import lti_mentoring
from lti_mentoring.app import create_app
from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_story import Story
from lti_mentoring.commands.serving import serve_command
from lti_mentoring.db import unit_of_work
from lti_mentoring.demo.people import ADMINISTRATOR, FACULTY, MENTORS, OBSERVER, STUDENTS
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services.launching import welcome

PATIENCE = 90
PUBLIC = {"/verify": 200, "/sign-in": 200, "/lti/launch": 405, "/nothing-here": 404, "/": 401}
CAST = {
    SeatRole.STUDENT: STUDENTS[0],
    SeatRole.MENTOR: MENTORS[0],
    SeatRole.FACULTY: FACULTY,
    SeatRole.ADMINISTRATOR: ADMINISTRATOR,
    SeatRole.OBSERVER: OBSERVER,
}


def check_that_it_is_the_installed_one():
    assert Path(lti_mentoring.__file__).is_relative_to(sys.prefix), lti_mentoring.__file__


def check_every_template(app, expected):
    names = app.jinja_env.list_templates()
    assert len(names) >= expected > 0, f"{len(names)} templates found, the wheel carries {expected}"
    for name in names:
        app.jinja_env.get_template(name)


def check_every_static_file(app):
    client, folder = app.test_client(), Path(app.static_folder)
    files = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert "vendor/htmx/htmx.min.js" in files
    for name in files:
        assert client.get(f"{app.static_url_path}/{name}").status_code == 200, name


def free_port():
    with socket.socket() as end:
        end.bind(("127.0.0.1", 0))
        return end.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return answer.status == 200
    except OSError:  # refused, or slow on a loaded machine
        return False


def seats_of_every_role(app):
    """Begin the demonstration's course, in which everybody has a first page of their own; return a secret for each."""
    with app.app_context(), force_locale("en"), unit_of_work() as session:
        story = Story(session, "http://127.0.0.1:9", utcnow())
        story.register()
        story.pair(story.set_up())
        seats = {}
        for role, one in CAST.items():
            seats[role] = welcome(session, story.launch(one.sub, utcnow()), now=utcnow()).token
            assert find_sitter(session, seats[role], now=utcnow()).role is role, role
        return seats


def check_page(url, status=200, seat=""):
    """Stop unless there is a whole page."""
    asked = urllib.request.Request(url, headers={"Cookie": f"{SEAT_COOKIE}={seat}"} if seat else {})
    try:
        answer = urllib.request.urlopen(asked, timeout=PATIENCE)
    except HTTPError as refused:
        answer = refused
    with answer:
        text = answer.read().decode()
    assert answer.status == status, f"{url}: {answer.status}, not {status}"
    assert "<h1" in text, f"{url}: no heading"
    assert text.rstrip().endswith("</html>"), f"{url}: cut short"


def check_that_it_serves(address, seats):
    for path, status in PUBLIC.items():
        check_page(f"{address}{path}", status)
    for seat in seats.values():
        check_page(f"{address}/", seat=seat)


def check_that_it_boots(seats):
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(serve_command("127.0.0.1", port, 1, 4, level="warning"), env=os.environ)
    try:
        deadline = time.monotonic() + PATIENCE
        while not answers(f"{address}/healthz"):
            assert server.poll() is None, "the server stopped"
            assert time.monotonic() < deadline, "the server did not answer"
            time.sleep(0.1)
        check_that_it_serves(address, seats)
    finally:
        server.terminate()
        server.wait(PATIENCE)


def main():
    app = create_app()
    check_that_it_is_the_installed_one()
    check_every_template(app, int(sys.argv[1]))
    check_every_static_file(app)
    check_that_it_boots(seats_of_every_role(app))


if __name__ == "__main__":
    main()
