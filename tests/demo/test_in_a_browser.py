"""The demonstration LMS's pages in a real browser: nothing for axe to find, and nothing that scrolls sideways."""

import pytest
from fixtures.browser import violations
from fixtures.serving import served
from platforms.fixtures import free_port
from werkzeug import Response

from lti_mentoring.demo.activity import Call, record_call
from lti_mentoring.demo.config import DemoConfig
from lti_mentoring.demo.copying import copy_course
from lti_mentoring.demo.course import course_by_id
from lti_mentoring.demo.gradebook import add_line_item, record_score
from lti_mentoring.demo.lms import create_lms
from lti_mentoring.demo.notices import NoticeKind
from lti_mentoring.demo.people import CONTEXT_ID, RESOURCE_LINK_ID, STUDENTS
from lti_mentoring.demo.site import EXTENSION

PAGES = ["/", "/course/staff-lindqvist", f"/course/student-15/open/{RESOURCE_LINK_ID}", "/gradebook", "/participants",
         "/activity", "/faults", "/tools", f"/gradebook?course={CONTEXT_ID}"]  # fmt: skip


SCRIPT = "parent.postMessage({subject: 'lti.frameResize', height: 1234}, '*')"
TOOL = Response(f"<!doctype html><html lang=en><title>Tool</title><script>{SCRIPT}</script>", mimetype="text/html")


@pytest.fixture
def lms_address(tmp_path):
    """The LMS on a port, with a gradebook that has grades, and a tool that asks for a taller frame."""
    tool_port, port = free_port(), free_port()
    app = create_lms(DemoConfig.on_ports(tmp_path, port, f"http://localhost:{tool_port}"))
    store = app.extensions[EXTENSION].store
    item = add_line_item(store, 1, {"label": "Clinical mentorship, one semester", "scoreMaximum": 100})
    for student in STUDENTS[::2]:
        record_score(store, item, {"userId": student.sub, "timestamp": "2026-09-01T10:00:00Z", "scoreGiven": 45,
                                   "scoreMaximum": 100, "gradingProgress": "FullyGraded"})  # fmt: skip
    copy_course(store, course_by_id(store, CONTEXT_ID), "MED 402 Clinical placement, Autumn 2026 (copy 1)")
    record_call(
        store, Call(1790000000.0, NoticeKind.COPY, "MED 402 Clinical placement, Autumn 2026 (copy 1)", 202, 0.02)
    )
    with served(TOOL, tool_port), served(app, port):
        yield f"http://127.0.0.1:{port}"


@pytest.mark.chromium
@pytest.mark.parametrize("width", [360, 700, 1280])
def test_every_page_is_for_everyone_at_every_width(chromium, lms_address, width):
    page = chromium.new_page(viewport={"width": width, "height": 800})
    complaints = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    try:
        for path in PAGES:
            page.goto(lms_address + path)
            assert violations(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    finally:
        page.close()
    assert complaints == []


@pytest.mark.chromium
def test_the_frame_reaches_the_tool_and_grows_as_it_asks(chromium, lms_address):
    page = chromium.new_page()
    try:
        page.goto(f"{lms_address}/course/student-01/open/{RESOURCE_LINK_ID}")
        page.wait_for_selector("iframe.tool[height='1234']")
    finally:
        page.close()
