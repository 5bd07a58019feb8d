"""By keyboard alone, in a real browser.

A student sends what a milestone asks for, and the mentor signs it off; a student says something in confidence, and is
answered.
"""

import pytest
from factories.concerns import handler
from factories.world import World
from fixtures.serving import served
from journeys.phone import phone
from playwright.sync_api import expect
from sqlalchemy import select

from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Concern, MilestoneProgress

pytestmark = pytest.mark.chromium

MOST_STOPS = 60
FAULTS = """() => {
  const element = document.activeElement, box = element.getBoundingClientRect(), faults = [];
  const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  if (!element.contains(at)) faults.push("out of sight, or covered");
  const outlined = part => {
    const style = getComputedStyle(element, part);
    return style.outlineStyle === "solid" && parseFloat(style.outlineWidth) >= 2;
  };
  if (![null, "::after"].some(outlined)) faults.push("without a mark of the focus");
  return faults.map(fault => `${element.outerHTML.slice(0, 120)}: ${fault}`);
}"""


class Keys:
    """A page under somebody's fingers, who has no pointer."""

    def __init__(self, page):
        self.page = page

    def to(self, role, name, key="Tab"):
        """Go on by one key; what has the focus now is the named thing of the page, in sight and marked."""
        self.press(key)
        self.on(self.page.locator("#main").get_by_role(role, name=name))

    def on(self, place):
        expect(place).to_be_focused()
        assert self.page.evaluate(FAULTS) == []

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def skip(self):
        """Go past the head of the page by its first link."""
        self.press("Tab")
        self.on(self.page.get_by_role("link", name="Skip to the page"))
        self.press("Enter")

    def all_stops(self, key):
        """Go from one end of the page to the other; return what had the focus, which is let go at the end."""
        stops = []
        for _ in range(MOST_STOPS):
            self.press(key)
            if self.page.evaluate("document.activeElement === document.body"):
                return stops
            assert self.page.evaluate(FAULTS) == []
            stops.append(self.page.evaluate("document.activeElement.outerHTML"))
        raise AssertionError(f"The focus is caught: {stops[-3:]}")


def test_evidence_is_sent_and_signed_off_without_a_pointer(app, session, chromium):
    world = World(session)
    with served(app) as port:
        student, mentor = (phone(chromium, session, world, port, role) for role in (SeatRole.STUDENT, SeatRole.MENTOR))
        page = student.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        send_evidence(Keys(page))
        student.close()
        page = mentor.new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        sign_off(Keys(page))
        mentor.close()
    session.rollback()
    progress = session.scalars(select(MilestoneProgress)).one()
    assert progress.evidence[0].text == "We agreed on all five points."
    assert progress.evidence[0].url == "https://pages.example.edu/pact"
    assert progress.state is ProgressState.ACCEPTED


def send_evidence(keys):
    page = keys.page
    keys.skip()
    keys.to("link", "Open and send")
    keys.press("Enter")
    page.wait_for_url("**/milestones/*")
    keys.skip()
    keys.to("link", "My path")
    keys.to("link", "Add my proof")
    keys.press("Enter")
    keys.to("textbox", "Your words")
    page.keyboard.type("We agreed.")
    keys.press("ArrowLeft")
    page.keyboard.type(" on all five points")
    keys.press("Tab")
    keys.on(page.get_by_label("A file"))
    keys.to("textbox", "Your words", "Shift+Tab")
    keys.press("Tab")
    keys.on(page.get_by_label("A file"))
    keys.to("textbox", "A link")
    page.keyboard.type("https://pages.example.edu/pact")
    keys.to("button", "Send to Dr Priya Raman")
    keys.to("button", "Save for later")
    keys.to("button", "Send to Dr Priya Raman", "Shift+Tab")
    keys.press("Space")
    page.get_by_text("Sent to Dr Priya Raman").wait_for()
    there = keys.all_stops("Tab")
    assert keys.all_stops("Shift+Tab") == there[::-1]


def sign_off(keys):
    page = keys.page
    keys.skip()
    keys.to("link", "Read and answer")
    keys.press("Enter")
    page.wait_for_url("**/students/*/milestones/*")
    there = keys.all_stops("Tab")
    assert keys.all_stops("Shift+Tab") == there[::-1]
    keys.skip()
    keys.to("link", "Today")
    keys.to("link", "The whole path of Amina Yusuf")
    keys.to("link", "Answer")
    keys.press("Enter")
    keys.to("textbox", "What do you want to say?")
    page.keyboard.type("Clear and complete.")
    keys.to("button", "Sign it off")
    keys.press("Enter")
    page.get_by_text("Signed off", exact=True).first.wait_for()


def test_something_is_said_in_confidence_and_answered_without_a_pointer(app, session, chromium):
    world = World(session)
    jo = handler(world)
    with served(app) as port:
        student = phone(chromium, session, world, port, SeatRole.STUDENT)
        page = student.new_page()
        page.goto(f"http://127.0.0.1:{port}/concerns/new")
        confide(Keys(page))
        number = session.scalars(select(Concern.key)).one()
        reader = phone(chromium, session, world, port, SeatRole.GUEST, jo)
        page = reader.new_page()
        page.goto(f"http://127.0.0.1:{port}/concerns/{number}")
        read_and_answer(Keys(page))
        student.close()
        reader.close()


def confide(keys):
    page = keys.page
    keys.skip()
    keys.to("link", "Today")
    keys.press("Tab")
    keys.on(page.get_by_label("Dr Priya Raman"))
    keys.press("Space")
    keys.to("textbox", "What happened")
    page.keyboard.type("He shouts at us.")
    keys.to("button", "Send in confidence")
    keys.press("Space")
    page.wait_for_url("**/concerns/mine*")
    there = keys.all_stops("Tab")
    assert keys.all_stops("Shift+Tab") == there[::-1]


def read_and_answer(keys):
    page = keys.page
    keys.skip()
    keys.to("link", "Said in confidence")
    keys.to("button", "Open and read")
    keys.press("Space")
    page.get_by_text("He shouts at us.").wait_for()
    keys.skip()
    keys.to("link", "Said in confidence")
    keys.to("textbox", "What you want to say")
    page.keyboard.type("I have read it.")
    keys.to("button", "Answer")
    keys.press("Space")
    page.get_by_text("I have read it.").wait_for()
    there = keys.all_stops("Tab")
    assert keys.all_stops("Shift+Tab") == there[::-1]
