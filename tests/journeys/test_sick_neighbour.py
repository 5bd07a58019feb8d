"""Real workers on Redis and PostgreSQL: one platform that hangs delays nobody else; a killed worker loses nothing."""

import os
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from factories.hostile import HostileCourse
from fakes.hostile_platform import FAULTS, HostilePlatform
from fakes.lms_server import Reply
from fixtures.applications import connected_app, settings_for
from journeys.workers import redis_queue, working
from platforms.fixtures import free_port

from lti_mentoring.models import ScoreState

pytestmark = pytest.mark.redis
PATIENCE = 60
HANGS = Reply(200, wait=PATIENCE)


@pytest.fixture
def settings(postgresql_url, tmp_path):
    queue = f"mentoring-test-{os.getpid()}-{free_port()}"
    with redis_queue(queue) as broker:
        yield replace(
            settings_for(postgresql_url, tmp_path / "data"),
            broker_url=broker,
            queue=queue,
            private_hosts=frozenset({"127.0.0.1"}),
        )


@pytest.fixture
def app(settings):
    with connected_app(settings) as app:
        yield app


@contextmanager
def platforms(number):
    """Platforms that stop answering slowly when the test is over, so that workers can end."""
    with ExitStack() as stack:
        yield [stack.enter_context(HostilePlatform(f"client-{one}")) for one in range(number)]


def until(look, what):
    end = time.monotonic() + PATIENCE
    while not look():
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.1)


def wake_all(app, *courses):
    for course in courses:
        for row in course.rows():
            app.extensions["celery"].send_task("grades.push", kwargs={"score_id": row.id}, ignore_result=True)


def test_two_hundred_grades_of_a_platform_that_hangs_delay_nobody_elses(app, session, settings, tmp_path):
    with platforms(2) as (sick, well):
        sick_course = HostileCourse(app, session, sick, students=200)
        well_course = HostileCourse(app, session, well, students=20)
        sick.break_("token", HANGS)
        wake_all(app, sick_course, well_course)
        with working(settings, tmp_path / "worker.log"):
            until(lambda: sick.told("token"), "the first call to the sick one")
            began = time.monotonic()
            until(lambda: len(well.accepted) == 20, "the grades of the healthy one")
            took = time.monotonic() - began
            calls = len(sick.told("token"))
            sick.stopped.set()
        well_course.check()
        assert {row.state for row in sick_course.rows()} == {ScoreState.PENDING}
    assert (calls, took < 10) == (1, True)  # the first call still hangs: its patience is ten seconds


def test_a_worker_that_is_killed_loses_and_doubles_nothing(app, session, settings, tmp_path):
    with platforms(1) as (platform,):
        course = HostileCourse(app, session, platform, students=6)
        for service, fault in (("token", HANGS), ("scores", replace(HANGS, perform=True))):
            platform.break_(service, fault)
            wake_all(app, course)
            with working(settings, tmp_path / f"{service}.log", clock=None) as worker:
                until(lambda: platform.told(service), f"a call of {service}")  # noqa: B023  # used at once
                worker.kill()
            platform.mend_()
            course.time_passes()
        assert len(platform.accepted) in {1, 2}  # they took effect, and nobody was there to hear it
        platform.break_("scores", FAULTS["the work done and the answer lost"], on=lambda _: len(platform.accepted) < 4)
        wake_all(app, course)
        with working(settings, tmp_path / "last.log"):
            until(lambda: settled(course), "every grade")
        course.check()
        assert len(platform.accepted) == 6


def settled(course):
    """Tell whether all is delivered; what was told to wait is due at once, as if time had passed."""
    states = {row.state for row in course.rows()}
    if states != {ScoreState.ACCEPTED}:
        course.wake_what_waits()
    return states == {ScoreState.ACCEPTED}
