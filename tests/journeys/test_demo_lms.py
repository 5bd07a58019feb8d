"""The tool in the demonstration LMS, over HTTP: everybody comes in, one address registers it, links are picked."""

import pytest
from platforms.drive import Browser
from sqlalchemy import delete, func, select

from lti_mentoring.commands.demo_story import tell_story
from lti_mentoring.db import unit_of_work
from lti_mentoring.demo import course
from lti_mentoring.demo.activity import recent_calls
from lti_mentoring.demo.config import CLIENT_ID, DEPLOYMENT_ID
from lti_mentoring.demo.notices import NoticeKind
from lti_mentoring.demo.people import ADMINISTRATOR, CONTEXT_ID, FACULTY, MENTORS, RESOURCE_LINK_ID, STUDENTS
from lti_mentoring.demo.store import Store
from lti_mentoring.demo.tools import all_tools
from lti_mentoring.models import Context, Group, GroupMembership, Job, JobState, Person, Registration
from lti_mentoring.services.notices import find_waiting_notices
from lti_mentoring.services.subscribing import find_due_subscriptions
from lti_mentoring.tasks.jobs import run as read_list
from lti_mentoring.tasks.notices import act, subscribe


@pytest.fixture
def browser():
    """A browser whose pages stand in the LMS's frame."""
    with Browser(framed_by="127.0.0.1") as one:
        yield one


def know(live_tool, config):
    """Register the demonstration LMS as both sides agreed beforehand."""
    live_tool.know(
        {"iss": config.issuer, "client_id": CLIENT_ID, "deployment_id": DEPLOYMENT_ID, "auth_url": config.auth_url,
         "token_url": config.token_url, "jwks_url": config.jwks_url}
    )  # fmt: skip


def test_everybody_comes_in_by_a_click_in_the_course(live_tool, lms):
    know(live_tool, lms)
    for person in (FACULTY, *MENTORS, STUDENTS[0], STUDENTS[3], ADMINISTRATOR):
        with Browser(framed_by="127.0.0.1") as browser:
            page = browser.get(f"{lms.lms_url}/course/{person.sub}")
            around = browser.get(page.link(f"/open/{RESOURCE_LINK_ID}"))
            inside = browser.open(around.frames[0])
        assert inside.status < 500, person
        assert inside.url.startswith(live_tool.url), person
        assert "/lti/" not in inside.path, person
    with live_tool.app.app_context(), unit_of_work() as session:
        names = set(session.scalars(select(Person.name)))
    assert {FACULTY.name, "Δρ Ελένη Παππά", "فاطمة الزهراني"} <= names


def test_a_link_picked_by_faculty_stands_in_the_course_and_opens(live_tool, lms, browser):
    know(live_tool, lms)
    page = browser.get(f"{lms.lms_url}/course/{FACULTY.sub}")
    offer = browser.open(browser.get(page.link("/choose/")).frames[0])
    assert offer.status == 200
    answered = browser.settle(browser.submit(offer.form("/lti/deep-link"), button="add"))
    assert "1 link was added to the course" in answered.text
    link = course.links(Store(lms.database))[-1]
    assert link.id != RESOURCE_LINK_ID
    assert browser.open(f"{lms.lms_url}/launch/{FACULTY.sub}/{link.id}").status < 500


def test_the_one_address_that_an_administrator_pastes_registers_the_tool(live_tool, lms, browser):
    page = browser.get(f"{lms.lms_url}/tools")
    around = browser.submit(page.form("/tools/add"), address=live_tool.invitation())
    asks = browser.get(around.frames[0])
    assert asks.status == 200
    done = browser.submit(asks.form("/lti/register"))
    assert done.status == 200
    assert browser.cookies == []
    added = all_tools(Store(lms.database))[-1]
    assert added.client_id != CLIENT_ID
    assert len(added.scopes) >= 4
    with live_tool.app.app_context(), unit_of_work() as session:
        known = session.scalars(select(Registration)).one()
        assert (known.issuer, known.client_id) == (lms.issuer, added.client_id)
    browser.submit(browser.get(f"{lms.lms_url}/tools").form(f"/tools/{added.id}/place"))
    link = course.links(Store(lms.database))[-1]
    inside = browser.open(f"{lms.lms_url}/launch/{FACULTY.sub}/{link.id}")
    assert inside.status < 500
    assert "/lti/" not in inside.path
    again = browser.get(around.frames[0])
    assert again.status == 200
    assert "Renew" in again.text
    assert all_tools(Store(lms.database))[-1] == added
    with live_tool.app.app_context(), unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 1
        assert session.scalar(select(func.count()).select_from(Registration)) == 1


def run_what_waits(live_tool):
    """Do what the workers would: tell the LMS which notices are wanted, read course lists, act on notices."""
    with live_tool.app.app_context():
        with unit_of_work() as session:
            subscriptions = find_due_subscriptions(session, most=10)
            waiting = find_waiting_notices(session, most=10)
            lists = list(session.scalars(select(Job.id).where(Job.state == JobState.QUEUED)))
        for task, numbers in ((subscribe, subscriptions), (act, waiting), (read_list, lists)):
            for number in numbers:
                task.run(number)


def open_link(browser, lms, course_page, part="/open/"):
    """Follow a link of the course page into the frame; return what stands in it."""
    around = browser.get(browser.get(course_page).link(part))
    assert around.url.startswith(lms.lms_url)
    return browser.open(around.frames[0])


def test_groups_notices_and_copies_reach_the_tool_as_faculty_click_through_the_course(live_tool, lms, browser):
    with live_tool.app.app_context():
        tell_story(lms.lms_url)
        with unit_of_work() as session:
            session.execute(delete(GroupMembership))
            session.execute(delete(Group))
    first = f"{lms.lms_url}/course/{FACULTY.sub}"
    open_link(browser, lms, first)
    run_what_waits(live_tool)
    board = open_link(browser, lms, first).text
    for name in ("Seminars: Tuesday seminar (10)", "Seminars: Friday seminar (10)", "Night shifts (6)"):
        assert name in board
    copied = browser.submit(browser.get(first).form("/copy"))
    told = [(call.what, call.status) for call in recent_calls(Store(lms.database)) if call.what in list(NoticeKind)]
    assert told == [(NoticeKind.COPY, 202), (NoticeKind.HELLO, 202)]
    run_what_waits(live_tool)
    with live_tool.app.app_context(), unit_of_work() as session:
        assert session.scalars(select(Context.history).order_by(Context.id)).all()[1:] == [[CONTEXT_ID]]
    assert "Copy the setup from before?" in open_link(browser, lms, copied.url).text
