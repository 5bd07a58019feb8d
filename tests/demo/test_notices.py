"""What the demonstration LMS tells a tool without anybody launching: who wants it, what it says, what became of it."""

import time

import pytest
from fakes.demo_launch import claims_of
from fakes.signing_tool import LTI
from werkzeug import Response

from lti_mentoring.demo.activity import recent_calls
from lti_mentoring.demo.course import courses
from lti_mentoring.demo.notices import handlers
from lti_mentoring.demo.people import CONTEXT_ID
from lti_mentoring.demo.tools import NOTICE_HANDLERS, ROSTER_READ, tool_by_id

ADDRESS = "/services/notice-handlers?type_id=1"
HELLO, COPY = "LtiHelloWorldNotice", "LtiContextCopyNotice"


@pytest.fixture
def want(web, bearer):
    """Say as the tool which notice is to go where."""
    header = bearer(NOTICE_HANDLERS)
    return lambda kind, url: web.put(ADDRESS, json={"notice_type": kind, "handler": url}, headers=header)


@pytest.fixture
def door(lms_config):
    return f"{lms_config.tool_url}/lti/notices"


@pytest.fixture
def arrived(httpserver, web):
    """The claims of each notice that the tool was sent, their signature checked."""
    found = []

    def take(request):
        assert request.content_type == "application/json"
        found.extend(claims_of(web, one["jwt"]) for one in request.json["notices"])
        return Response("{}", 202, mimetype="application/json")

    httpserver.expect_request("/lti/notices", method="POST").respond_with_handler(take)
    return found


def test_a_launch_says_where_notices_are_asked_for(launched):
    claim = launched()[f"{LTI}/platformnotificationservice"]
    assert claim["platform_notification_service_url"] == f"http://127.0.0.1:8080{ADDRESS}"
    assert claim["notice_types_supported"] == [HELLO, COPY]
    assert claim["scope"] == [NOTICE_HANDLERS]


def test_a_tool_that_wants_to_be_greeted_is_greeted_at_once(want, door, arrived, web, bearer):
    answer = want(HELLO, door)
    assert (answer.status_code, answer.json) == (200, {"notice_type": HELLO, "handler": door})
    (hello,) = arrived
    assert hello["iss"] == "http://127.0.0.1:8080"
    assert (hello[f"{LTI}/deployment_id"], hello[f"{LTI}/version"]) == ("1", "1.3.0")
    assert hello[f"{LTI}/notice"]["type"] == HELLO
    assert 0 < hello["exp"] - time.time() <= 3600
    known = web.get(ADDRESS, headers=bearer(NOTICE_HANDLERS)).json
    assert known == {"client_id": "demo-mentoring", "deployment_id": "1",
                     "notice_handlers": [{"notice_type": HELLO, "handler": door}]}  # fmt: skip


def test_a_copied_course_is_told_to_a_tool_that_wants_to_know(want, door, arrived, web, store):
    want(COPY, door)
    web.post(f"/courses/{CONTEXT_ID}/copy")
    first, *_others, second = courses(store)
    web.post(f"/courses/{second.id}/copy")
    told = [(one[f"{LTI}/context"]["id"], one[f"{LTI}/origin_contexts"]) for one in arrived]
    assert told == [(second.id, [first.id]), (courses(store)[-1].id, [second.id])]
    assert arrived[0][f"{LTI}/context"]["title"] == second.title
    assert len({one["nonce"] for one in arrived}) == len({one[f"{LTI}/notice"]["id"] for one in arrived}) == 2


def test_the_activity_page_lists_each_notice_with_the_answer(want, door, arrived, web, httpserver):
    want(COPY, door)
    web.post(f"/courses/{CONTEXT_ID}/copy")
    page = web.get("/activity").text
    for words in ("Said which notices it wants", COPY, "The LMS told that a course was copied", "(copy 1)", ">202 "):
        assert words in page
    httpserver.clear()
    httpserver.expect_request("/lti/notices").respond_with_data("broken", status=500)
    web.post(f"/courses/{CONTEXT_ID}/copy")
    assert '<td class="bad">500 ' in web.get("/activity").text


def test_a_tool_that_wants_none_any_more_or_never_did_is_told_nothing(want, door, arrived, web, store):
    web.post(f"/courses/{CONTEXT_ID}/copy")
    want(COPY, door)
    want(COPY, "")
    assert handlers(store, tool_by_id(store, 1)) == {}
    web.post(f"/courses/{CONTEXT_ID}/copy")
    want(HELLO, "")
    assert arrived == []


def test_a_tool_that_cannot_be_reached_is_said_so_and_the_course_is_copied(want, web, store, door):
    want(COPY, door)
    store.run("UPDATE notice_handler SET url = 'http://localhost:9/lti/notices'")
    assert web.post(f"/courses/{CONTEXT_ID}/copy").status_code == 303
    assert (recent_calls(store)[0].what, recent_calls(store)[0].status) == (COPY, 0)
    assert '<td class="bad">none ' in web.get("/activity").text
    assert len(courses(store)) == 3


@pytest.mark.parametrize("kind", ["LtiAssetProcessorSubmissionNotice", None, 7])
def test_a_notice_that_the_lms_does_not_have_cannot_be_wanted(want, door, store, kind):
    assert want(kind, door).status_code == 400
    assert handlers(store, tool_by_id(store, 1)) == {}


@pytest.mark.parametrize("url", ["https://evil.example/lti/notices", None, 7])
def test_notices_go_to_the_tool_alone(want, store, url):
    assert want(COPY, url).status_code == 400
    assert handlers(store, tool_by_id(store, 1)) == {}


def test_only_the_tool_itself_says_what_it_wants(web, bearer):
    wish = {"notice_type": COPY, "handler": ""}
    assert web.put(ADDRESS, json=wish).status_code == 401
    assert web.put(ADDRESS, json=wish, headers=bearer(ROSTER_READ)).status_code == 403
    assert web.put(ADDRESS, json=[], headers=bearer(NOTICE_HANDLERS)).status_code == 400
    assert web.get("/services/notice-handlers?type_id=9", headers=bearer(NOTICE_HANDLERS)).status_code == 404
