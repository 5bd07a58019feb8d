"""Opening a page changes nothing: a link that is followed, fetched ahead or loaded again must be harmless."""

from contextvars import Context

import pytest
from sweeps.pages import NO_PAGES, PAGES
from sweeps.seeded import seeded_course
from sweeps.transactions import NOT_STATE, watched

from lti_mentoring.blueprints._access import SEAT_COOKIE
from lti_mentoring.domain.seats import SeatRole


@pytest.fixture(scope="module")
def course(sqlite_copies, tmp_path_factory):
    url = sqlite_copies.fresh()
    with seeded_course(url, tmp_path_factory.mktemp("seeded")) as course:
        yield course
    sqlite_copies.drop(url)


def pages_of(app, role):
    rules = {rule.endpoint: app.view_functions[rule.endpoint].access_rule for rule in app.url_map.iter_rules()}
    return sorted(endpoint for endpoint, rule in rules.items() if role in (rule.roles or ()) and PAGES.get(endpoint))


@pytest.mark.parametrize("role", list(SeatRole), ids=lambda role: role.value)
def test_opening_pages_writes_nothing(course, role):
    client = course.app.test_client()
    client.set_cookie(SEAT_COOKIE, course.seat(role), domain="localhost", secure=True, path="/")
    numbers, written = course.numbers(role), {}
    course.session.commit()
    for endpoint in pages_of(course.app, role):
        with watched(course.session) as committed:
            # In a context of its own, as on a server: the fixture's application context would be shared.
            answer = Context().run(client.get, PAGES[endpoint].format(**numbers), base_url="https://localhost")
        assert answer.status_code == 200, (endpoint, answer.status_code)
        written[endpoint] = set().union(*committed) - NOT_STATE
    assert {endpoint: tables for endpoint, tables in written.items() if tables} == {}


def test_what_is_no_page_says_why():
    assert all(NO_PAGES.values())
