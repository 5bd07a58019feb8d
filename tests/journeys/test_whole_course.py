"""The whole course at platforms that others wrote, over real HTTP, with a real worker on a real broker.

Faculty come in, the worker reads the course list, a track is made from a template, a mentor ticked and given a student;
the platform changes its key; the student sends evidence, the mentor signs it off, and the grade stands in the
platform's own gradebook; the mentor fills the form of another milestone, and that grade takes its place. Faculty issue
the certificate, a stranger finds it valid at its public address, and withdrawn once faculty have withdrawn it.
"""

import os
import time
from dataclasses import replace
from datetime import timedelta

import pytest
from fixtures.applications import settings_for
from fixtures.serving import served
from journeys.tool import LiveTool
from journeys.workers import BROKERS, working
from platforms.drive import Browser
from platforms.fixtures import free_port
from sqlalchemy import select

from lti_mentoring.app import create_app
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.lti.platform_keys import KeyMemory
from lti_mentoring.models import Milestone, Person, PlatformKeySet

PATIENCE = 90
PAUSE = 0.2
FIRST, WATCHED = "Agreement", "Observed examination"
"""The milestones of the template that earn the certificate here: one by evidence, one by a form."""
PEOPLE = {"xblock": ("ext-1", "ext-2", "ext-3"), "lti1p3": ("u1", "u2", "u3")}
USERS = {"xblock": (1, 2, 3), "lti1p3": ("u1", "u2", "u3")}


@pytest.fixture
def tool(request, tmp_path):
    """The tool on a port and its worker as a process, on the database and the broker that the test names."""
    kind, broker = request.param
    copies = request.getfixturevalue(f"{kind}_copies")
    url, port, queue = copies.fresh(), free_port(), f"mentoring-test-{os.getpid()}-{free_port()}"
    with BROKERS[broker](queue) as broker_url:
        settings = replace(
            settings_for(url, tmp_path / "data"),
            broker_url=broker_url,
            queue=queue,
            public_url=f"http://localhost:{port}",
            private_hosts=frozenset({"127.0.0.1"}),
        )
        app = create_app(settings)
        with served(app, port), working(settings, tmp_path / "worker.log"):
            yield LiveTool(settings.public_url, app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    copies.drop(url)


@pytest.fixture(params=["xblock", "lti1p3"])
def name(request):
    return request.param


@pytest.fixture
def platform(name, request, tool):
    running = request.getfixturevalue(f"{name}_platform")(tool.url)
    tool.know(running.config)
    return running


def until(look, what):
    """Look until there is something; a course waits seconds for its worker, not minutes."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(PAUSE)
    raise AssertionError(f"waited in vain for {what}")


class Someone:
    """Somebody in front of a browser, in a frame of the platform."""

    def __init__(self, tool, platform, user, role):
        self.tool, self.browser = tool, Browser(framed_by="127.0.0.1")
        self.page = self.browser.open(platform.launch_url(user, role=role))
        assert self.page.status == 200, self.page.text

    def go(self, path):
        self.page = self.browser.get(f"{self.tool.url}{path}")
        assert self.page.status == 200, (path, self.page.text)
        return self.page

    def fill(self, action, *, has=None, button=None, **values):
        values = {name.replace("__", "-"): value for name, value in values.items()}
        self.page = self.browser.submit(self.page.form(action, has=has), button=button, **values)
        assert self.page.status == 200, (action, self.page.text)
        return self.page

    def sit_as(self, role):
        self.go("/seat")
        if any(role in form.choices.get("role", []) or ("role", role) in form.buttons + form.fields
               for form in self.page.forms):  # fmt: skip
            self.browser.post(f"{self.tool.url}/seat", {"role": role, "csrf_token": self.page.forms[0]["csrf_token"]})


WAYS = [("xblock", "sqlite", "redis"), ("xblock", "postgresql", "rabbitmq"), ("lti1p3", "sqlite", "rabbitmq"),
        ("lti1p3", "postgresql", "redis")]  # fmt: skip
"""Any two of a platform, a database and a broker meet in one of them."""


@pytest.mark.parametrize(
    ("name", "tool"),
    [
        pytest.param(name, kinds, marks=getattr(pytest.mark, kinds[1]), id="-".join((name, *kinds)))
        for name, *kinds in WAYS
    ],
    indirect=True,
)
def test_from_the_first_launch_to_a_grade_in_the_platforms_gradebook_and_a_certificate(tool, platform, name):
    faculty_user, student_user, mentor_user = USERS[name]
    faculty = Someone(tool, platform, faculty_user, "instructor")
    set_up(faculty, tool, name)
    platform.rotate()
    a_minute_passes(tool)
    milestone = send_evidence(Someone(tool, platform, student_user, "student"))
    mentor = Someone(tool, platform, mentor_user, "student")
    sign_off(mentor, tool, name, milestone)
    gradebook = until(lambda: platform.state()["gradebook"], "the grade")
    assert gradebook[-1]["score"] in {0.05, 5}, gradebook
    assert len(platform.state()["line_items"]) == 1
    page = until(lambda: accepted(faculty), "the page of grades")
    assert "5" in page
    fill_the_form(mentor, tool, name)
    until(lambda: platform.state()["gradebook"][-1]["score"] in {0.35, 35}, "the grade with the form's part")
    assert len(platform.state()["line_items"]) == 1
    look_at_it_as_a_stranger(faculty, issue(faculty))


def set_up(faculty, tool, name):
    """Make a track from a template, read the list, tick a mentor, give them the student, publish."""
    faculty.go("/track/new?template=clinical")
    faculty.fill("/track/new", title="Mentoring this term")
    _faculty_id, student_id, mentor_id = until(lambda: numbers(tool, name), "the course list")
    faculty.go("/mentors/people")
    faculty.fill("/mentors/people", has="people", people=str(mentor_id), places="3")
    faculty.go("/mentors")
    form = faculty.page.form(f"/students/{student_id}/mentor")
    faculty.fill(f"/students/{student_id}/mentor", mentor=form["mentor"])
    needs(faculty, tool)
    faculty.go("/track/publish")
    faculty.fill("/track/publish")


def needs(faculty, tool):
    """Let two milestones earn the certificate: a term is longer than a test."""
    known = milestones(tool)
    faculty.go("/track/certificate")
    faculty.fill("/track/certificate", needed=[str(known[FIRST]), str(known[WATCHED])])


def milestones(tool):
    with tool.app.app_context(), unit_of_work() as session:
        return dict(session.execute(select(Milestone.title, Milestone.id)).all())


def numbers(tool, name):
    """Return our numbers of the three people, once the list is in."""
    with tool.app.app_context(), unit_of_work() as session:
        known = dict(session.execute(select(Person.subject, Person.id)).all())
    return [known[subject] for subject in PEOPLE[name]] if set(PEOPLE[name]) <= set(known) else None


def send_evidence(student):
    student.go("/path")
    path = student.page.link("/milestones/").removeprefix(student.tool.url)
    student.go(path)
    student.fill("/evidence", text="We meet every Tuesday at four, in her office. What we say stays between us.")
    assert "Sent" in student.page.text
    return int(path.split("/")[2])


def sign_off(mentor, tool, name, milestone):
    mentor.sit_as("mentor")
    _faculty_id, student_id, _mentor_id = numbers(tool, name)
    mentor.go(f"/students/{student_id}/milestones/{milestone}")
    mentor.fill("/answer", decision="accept", answer__words="Good: a place, a day and a time.")
    assert "Signed off" in mentor.page.text


def fill_the_form(mentor, tool, name):
    _faculty_id, student_id, _mentor_id = numbers(tool, name)
    mentor.go(f"/students/{student_id}/milestones/{milestones(tool)[WATCHED]}/assessment")
    mentor.fill(
        "/assessment",
        item_entrustment="4",
        item_better="Say who you are before you touch the patient.",
        reached="yes",
    )
    assert "Sent to" in mentor.page.text


def issue(faculty):
    """Issue the certificate that the student has earned; return its public address."""
    faculty.go("/certificates")
    faculty.fill("/certificates", has="people")
    assert "Issued to" in faculty.page.text
    return faculty.go("/certificates?show=issued").link("/verify/")


def look_at_it_as_a_stranger(faculty, address):
    with Browser() as stranger:
        assert "This certificate is valid" in stranger.get(address).text
        faculty.go(faculty.page.link("/withdraw").removeprefix(faculty.tool.url))
        faculty.fill("/withdraw", reason="It was issued to the wrong person by mistake.")
        seen = stranger.get(address)
    assert (seen.status, "This certificate was withdrawn" in seen.text) == (200, True)


def accepted(faculty):
    text = faculty.go("/grades").text
    return text if "Mentoring this term" in text or "accepted" in text.lower() else ""


def a_minute_passes(tool):
    """Make what is known of the platform's keys a minute older: they are not asked for more often."""
    with tool.app.app_context(), unit_of_work() as session:
        for known in session.scalars(select(PlatformKeySet)):
            known.tried_at -= timedelta(seconds=61)
    tool.app.extensions["key_memory"] = KeyMemory()
