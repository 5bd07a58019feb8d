"""The tool at platforms that others wrote: people come in, the roster is read, a grade arrives in their gradebook."""

from datetime import timedelta

import pytest
import requests
from platforms.drive import Browser
from sqlalchemy import func, select

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.platform_keys import KeyMemory
from lti_mentoring.models import (
    Context,
    Job,
    LoginTransaction,
    Membership,
    Person,
    PlatformKeySet,
    ResourceLink,
    Score,
    ScoreState,
    Seat,
    Track,
    TrackState,
)
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services.grading import ensure_columns
from lti_mentoring.services.roster import queue_roster
from lti_mentoring.tasks import grades, jobs

FACULTY = {"xblock": 1, "lti1p3": "u1"}
STUDENT = {"xblock": 2, "lti1p3": "u2"}
PEOPLE = {"xblock": 7, "lti1p3": 8}
LTI = "https://purl.imsglobal.org/spec/lti/claim"


@pytest.fixture(params=["xblock", "lti1p3"])
def name(request):
    return request.param


@pytest.fixture
def platform(name, request, live_tool):
    running = request.getfixturevalue(f"{name}_platform")(live_tool.url)
    live_tool.know(running.config)
    return running


@pytest.fixture
def come():
    """Open the tool in a frame of a platform's page, as a browser that partitions cookies does."""
    browsers = []

    def opened(platform, user, **asked):
        browsers.append(Browser(framed_by="127.0.0.1"))
        return browsers[-1], browsers[-1].open(platform.launch_url(user, **asked))

    yield opened
    for browser in browsers:
        browser.session.close()


def sitter_of(live_tool, browser):
    """Return who sits behind a browser."""
    cookie = browser.cookie("mentoring-seat")
    with live_tool.app.app_context(), unit_of_work() as session:
        return find_sitter(session, cookie.value, now=utcnow())


@pytest.mark.both_databases
def test_faculty_and_a_student_come_in_by_a_frame(live_tool, platform, come, name):
    browser, page = come(platform, FACULTY[name], role="instructor")
    assert page.status == 200
    assert page.url.startswith(f"{live_tool.url}/")
    assert "/lti/" not in page.path
    seat = browser.cookie("mentoring-seat")
    assert (seat.secure, seat.http_only, seat.same_site, seat.partitioned) == (True, True, "none", True)
    policy = page.headers["Content-Security-Policy"]
    assert platform.base in policy[policy.index("frame-ancestors") :]
    assert sitter_of(live_tool, browser).role is SeatRole.FACULTY
    student, page = come(platform, STUDENT[name])
    assert page.status == 200
    assert sitter_of(live_tool, student).role is SeatRole.STUDENT
    with live_tool.app.app_context(), unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2
        assert session.scalar(select(func.count()).select_from(Context)) == 1
        assert session.scalar(select(func.count()).select_from(LoginTransaction)) == 0


def test_the_whole_course_is_read(live_tool, platform, come, name):
    browser, _page = come(platform, FACULTY[name], role="instructor")
    sitter = sitter_of(live_tool, browser)
    with live_tool.app.app_context():
        with unit_of_work() as session:
            job_id = queue_roster(session, sitter, now=utcnow()).id
        jobs.run(job_id)
        with unit_of_work() as session:
            listed = session.scalars(select(Membership).where(Membership.context_ref == sitter.context_id)).all()
            students = [one for one in listed if one.is_student]
    assert len(listed) == PEOPLE[name]
    assert len(students) == 6


@pytest.mark.both_databases
def test_a_grade_arrives_in_their_gradebook_and_is_changed(live_tool, platform, come, name):
    come(platform, FACULTY[name], role="instructor")
    browser, _page = come(platform, STUDENT[name])
    student = sitter_of(live_tool, browser)
    with live_tool.app.app_context():
        read_the_waiting_list()  # it was queued when faculty came, and the first list goes before all grades
        score_id = want_score(student, 8)
        grades.push(score_id)
        assert accepted(score_id) == (ScoreState.ACCEPTED, 8)
        want_again(score_id, 9)
        grades.push(score_id)
        assert accepted(score_id) == (ScoreState.ACCEPTED, 9)
    gradebook = platform.state()["gradebook"]
    assert gradebook[-1]["score"] in {0.9, 9}
    assert len(platform.state()["line_items"]) == 1


def read_the_waiting_list():
    with unit_of_work() as session:
        job_id = session.scalars(select(Job.id)).one()
    jobs.run(job_id)


def want_score(student, value):
    """Give the student's course a track with one column of 10 points, and the student a score in it."""
    now = utcnow()
    with unit_of_work() as session:
        track = Track(
            institution_id=student.institution_id, context_ref=student.context_id, title="Mentoring", points=10,
            state=TrackState.PUBLISHED, starts_on=now.date(), published_at=now, created_at=now,
            certificate_title="Mentoring", certificate_sentence="has completed it.",
        )  # fmt: skip
        session.add(track)
        session.flush()
        session.get_one(ResourceLink, student.resource_link_id).track_id = track.id
        (column,) = ensure_columns(session, track, now=now)
        score = Score(
            institution_id=student.institution_id, track_id=track.id, line_item_id=column.id,
            person_id=student.person_id, wanted=value, maximum=10, due_at=now,
        )  # fmt: skip
        session.add(score)
        session.flush()
        return score.id


def want_again(score_id, value):
    with unit_of_work() as session:
        score = session.get_one(Score, score_id)
        score.wanted, score.wanted_version, score.state = value, score.wanted_version + 1, ScoreState.PENDING
        score.due_at = score.stamp


def accepted(score_id):
    with unit_of_work() as session:
        score = session.get_one(Score, score_id)
        return score.state, score.accepted_value


def test_people_still_come_in_after_the_platform_changed_its_key(live_tool, platform, come, name):
    assert come(platform, FACULTY[name], role="instructor")[1].status == 200
    platform.rotate()
    a_minute_passes(live_tool)
    assert come(platform, STUDENT[name])[1].status == 200


def a_minute_passes(live_tool):
    """Make what is known of the platform's keys a minute older: they are not asked for more often."""
    with live_tool.app.app_context(), unit_of_work() as session:
        for known in session.scalars(select(PlatformKeySet)):
            known.tried_at -= timedelta(seconds=61)
    live_tool.app.extensions["key_memory"] = KeyMemory()


def test_a_launch_sent_twice_or_from_another_browser_is_refused(live_tool, platform, name):
    with Browser(framed_by="127.0.0.1") as browser, Browser(framed_by="127.0.0.1") as other:
        form = browser.get(platform.launch_url(STUDENT[name])).forms[0]
        assert other.submit(form).status in {400, 401, 403}
        form = browser.get(platform.launch_url(STUDENT[name])).forms[0]
        assert browser.submit(form).status == 200
        assert browser.submit(form).status in {400, 401, 403}
    assert counts(live_tool) == (1, 1)


BENT = [
    {"set": {f"{LTI}/version": "1.1"}},
    {"set": {f"{LTI}/roles": "Instructor"}},
    {"set": {f"{LTI}/resource_link": "text"}},
    {"set": {f"{LTI}/deployment_id": "other"}},
    {"set": {"aud": "other"}},
    {"set": {"iss": "https://other.example"}},
    {"set": {"nonce": "other"}},
    {"set": {f"{LTI}/target_link_uri": "https://evil.example"}},
    {"remove": [f"{LTI}/message_type"]},
    {"remove": ["sub"]},
    {"remove_times": ["exp"]},
    {"remove_times": ["iat"]},
    {"times": {"exp": 1}},
    {"header": {"kid": None}},
    {"header": {"kid": "unknown"}},
    {"other_key": True},
    {"raw": "not a token"},
    {"form": {"state": "unknown"}},
]


def test_bent_messages_are_refused_with_a_page_and_leave_nothing(live_tool, lti1p3_platform, come):
    platform = lti1p3_platform(live_tool.url)
    live_tool.know(platform.config)
    for change in BENT:
        platform.mutate(**change)
        _browser, page = come(platform, "u1")
        assert page.status in {400, 401, 403}, change
        assert page.title, change
        assert "Traceback" not in page.html, change
    assert counts(live_tool) == (0, 0)


def test_an_unknown_platform_is_refused_without_a_redirect(live_tool, lti1p3_platform):
    platform = lti1p3_platform(live_tool.url)
    answer = requests.get(platform.launch_url("u1"), timeout=60)
    assert answer.status_code == 400
    assert answer.url.startswith(f"{live_tool.url}/lti/login")


def counts(live_tool):
    """Return how many people and seats are stored."""
    with live_tool.app.app_context(), unit_of_work() as session:
        return tuple(session.scalar(select(func.count()).select_from(model)) for model in (Person, Seat))
