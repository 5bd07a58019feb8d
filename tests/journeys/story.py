"""The running demonstration, somebody in its course, and the way of a whole track from its making to its certificate.

The steps are the same whatever the browser does with cookies; only the way in differs (``Somebody.open``).
"""

import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from platforms.drive import Browser
from platforms.fixtures import free_port
from playwright.sync_api import expect

from lti_mentoring.demo.people import FACULTY, MENTORS, STUDENTS

COMMAND = Path(sys.executable).with_name("lti-mentoring")
READY_WITHIN = 60  # seconds, while other tests use the same cores; alone it needs seven
STOPPED_WITHIN = 15
PATIENCE = 30_000  # milliseconds in the browser
STUDENT, MENTOR = STUDENTS[20], MENTORS[1]
NOTES = b"What I saw on the ward, in my own words."


@dataclass
class RunningDemo:
    """A demonstration under way."""

    port: int
    lms_port: int
    process: subprocess.Popen
    took: float
    log: Path

    @property
    def tool(self):
        return f"http://localhost:{self.port}"

    @property
    def lms(self):
        return f"http://127.0.0.1:{self.lms_port}"

    @property
    def said(self):
        """All that it and its parts have said so far."""
        return self.log.read_text() + (self.log.parent / "data" / "log.txt").read_text()


@contextmanager
def started(folder, *options):
    port, lms_port = free_port(), free_port()
    log, began = folder / "demo.log", time.monotonic()
    where = ["--port", str(port), "--lms-port", str(lms_port), "--data", str(folder / "data")]
    command = [COMMAND, "demo", *where, *options]
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out, cwd=folder) as process:
        try:
            while "Open the course" not in log.read_text():
                assert process.poll() is None, log.read_text()[-3000:]
                assert time.monotonic() - began < 2 * READY_WITHIN, log.read_text()[-3000:]
                time.sleep(0.05)
            yield RunningDemo(port, lms_port, process, time.monotonic() - began, log)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(STOPPED_WITHIN)


def place_a_link(demo):
    """Put another link to the tool on the course page, and say which one it is."""
    with Browser() as browser:
        browser.submit(browser.get(f"{demo.lms}/tools").form("/place"))
        page = browser.get(f"{demo.lms}/course/{FACULTY.sub}")
    return sum("/open/" in link for link in page.links) - 1


class Somebody:
    """Somebody in the LMS with a tab of one browser: the page around, and the tool in its frame or in a new window."""

    def __init__(self, page, demo, who, link, *, query="", window=False, width=1280, height=900):
        self.demo, self.who, self.link_number, self.query, self.window = demo, who, link, query, window
        self.page, self.context = page, page.context
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.set_default_timeout(PATIENCE)
        self.windows = []
        self.open()

    def open(self, tries=4):
        """Open the link of the course anew."""
        self.page.bring_to_front()
        self.page.goto(f"{self.demo.lms}/course/{self.who.sub}")
        address = self.page.locator("ul.links").first.locator("a.button").nth(self.link_number).get_attribute("href")
        self.page.goto(f"{self.demo.lms}{address}{self.query}")
        self.tool = self.page.frame_locator("iframe.tool")
        self.tab = self.page
        if self.window:
            self._open_window()
        inside = self.tool.locator(".m-place__track strong bdi")
        held_up = self.tool.locator("[data-step]:not([data-step='wait']):visible, [data-problem], #what[data-focus]")
        # On a busy machine the LMS may answer later than the second that the tool waits for its storage, or the frame
        # gets no answer at all in time and says so.
        expect(inside.or_(held_up).first).to_be_visible(timeout=PATIENCE)
        return self if inside.is_visible() or tries == 1 else self.open(tries - 1)

    def _open_window(self):
        with self.context.expect_page() as opened:
            self.link("Open in a new window").click()
        self.tool = self.tab = opened.value
        self.tab.set_default_timeout(PATIENCE)
        self.windows.append(self.tab)

    def button(self, name):
        self.tab.bring_to_front()  # in a tab that nobody looks at Chromium draws nothing, and a click may be lost
        return self.tool.get_by_role("button", name=name)

    def link(self, name, *, exact=False):
        self.tab.bring_to_front()
        return self.tool.get_by_role("link", name=name, exact=exact)

    def field(self, label, *, exact=True):
        return self.tool.get_by_label(label, exact=exact)

    def sees(self, text):
        expect(self.tool.locator("body")).to_contain_text(text, timeout=PATIENCE)

    def heading(self):
        return self.tool.locator("h1")

    def go(self, name, heading):
        """Follow a link and wait for the page: where all is one document a click does not wait for it by itself."""
        for patience in (PATIENCE // 4, PATIENCE // 4, PATIENCE):
            self.link(name).first.click()
            try:
                expect(self.heading()).to_contain_text(heading, timeout=patience)
            except AssertionError:  # what is being read grows above the link, and the click meets something else
                continue
            return
        raise AssertionError(f"{name} did not lead to {heading}")

    def back(self):
        """Press the browser's Back button."""
        self.tab.evaluate("() => { setTimeout(() => history.back()); }")

    def follow(self, address):
        """Follow an address as a link on the page would lead there."""
        self.tool.locator("main").evaluate(
            "(main, to) => { const a = document.createElement('a'); a.href = to; main.append(a);"
            " setTimeout(() => a.click()); }",
            address,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for page in (*self.windows, self.page):
            page.close()


def whole_story(sit_down, demo, title):
    """Walk a track from its making to its withdrawn certificate; ``sit_down(who, link)`` seats in one browser."""
    link = place_a_link(demo)
    with sit_down(FACULTY, link) as faculty:
        set_up_a_track(faculty, title)
    with sit_down(STUDENT, link, width=700, height=800) as student:
        send_evidence(student)
    with sit_down(MENTOR, link, width=390, height=844) as mentor:
        read_and_accept(mentor)
        fill_the_form(mentor)
    with sit_down(FACULTY, link) as faculty:
        sit_as(faculty, "faculty")  # asked, for she is a mentor, too; or seated as she sat last
        grade_arrives(faculty, title, "100")
        address = issue(faculty)
        with sit_down(STUDENT, link) as student:
            student.link("Certificate").first.click()
            student.sees(title)
            assert fetched(student, "Download the certificate (PDF)").startswith(b"%PDF")
        stranger = faculty.context.new_page()
        stranger.goto(address)
        expect(stranger.locator("body")).to_contain_text("valid")
        faculty.open()
        withdraw(faculty)
        stranger.reload()
        expect(stranger.locator("body")).to_contain_text("withdrawn")
        stranger.close()
        sit_as(faculty, "mentor")
        expect(faculty.link("My students").first).to_be_visible(timeout=PATIENCE)


def set_up_a_track(faculty, title):
    """Make a track from nothing: a text and a form; tick two mentors, give one of them one student, publish."""
    faculty.sees("Which track does this page of your course open?")
    faculty.tool.locator('a[href$="template="]').click()
    faculty.field("Name of the track").fill("")
    faculty.button("Make this track").click()
    expect(faculty.tool.locator(".m-errors")).to_be_focused()
    faculty.field("Name of the track").fill(title)
    faculty.button("Make this track").click()
    faculty.sees("Only faculty see")
    add_milestone(faculty, "My goals", "50")
    add_milestone(faculty, "Observed examination", "50", form=True)
    faculty.link("Mentors").first.click()
    faculty.go("Tick", "Who mentors in this track?")
    faculty.tool.get_by_role("checkbox", name=MENTOR.name).check()
    faculty.tool.get_by_role("checkbox", name=FACULTY.name).check()
    faculty.button("Make them mentors").click()
    row = faculty.tool.get_by_role("row").filter(has_text=STUDENT.name)
    choice = row.get_by_role("combobox")
    choice.select_option(choice.locator("option", has_text=MENTOR.name).get_attribute("value"))
    row.get_by_role("button", name="Place").click()
    faculty.sees(f"{STUDENT.name} is with {MENTOR.name} now")
    faculty.link("Track", exact=True).first.click()
    faculty.link("Publish").click()
    faculty.button("Publish").click()
    faculty.sees("Published.")


def add_milestone(faculty, title, weight, *, form=False):
    faculty.tool.locator('a[href*="/track/milestones/new"]').first.click()
    faculty.field("Name").fill(title)
    if form:
        faculty.field("A form that the mentor fills").check()
        faculty.field("Which form").select_option(label="How much help next time")
    faculty.field("Counts").fill(weight)
    faculty.tool.locator("form button[type=submit]", has_text="Save").or_(
        faculty.tool.locator("form button", has_text="Add")
    ).first.click()
    faculty.sees(f"{title} is on the path.")


def send_evidence(student):
    """Send words and a file, after a first try with nothing; go Back and where nothing is on the way."""
    student.sees(MENTOR.name)
    student.go("My path", "Your path")
    student.go("My goals", "My goals")
    student.back()
    expect(student.heading()).to_have_text("Your path")
    student.follow("/nowhere")
    student.sees("This page is not here")
    student.go("Go to the first page", "My goals: do it")
    student.go("My path", "Your path")
    student.go("My goals", "My goals")
    send = student.tool.locator("#send").get_by_role("button", name=f"Send to {MENTOR.name}")
    send.click()
    expect(student.tool.locator(".m-errors")).to_be_focused()
    student.field("Your words", exact=False).fill("I want to take a history on my own, and to hear when I hurry.")
    student.tool.locator("input[type=file]").set_input_files(
        {"name": "notes.txt", "mimeType": "text/plain", "buffer": NOTES}
    )
    send.click()
    student.sees("Sent to")


def fetched(somebody, name):
    """Return the bytes that a link downloads."""
    with somebody.tab.expect_download() as download:
        somebody.link(name).first.click()
    return Path(download.value.path()).read_bytes()


def read_and_accept(mentor):
    mentor.sees(STUDENT.name)
    mentor.tool.locator('a[href*="/students/"][href*="/milestones/"]').first.click()
    assert fetched(mentor, "Download") == NOTES
    mentor.button("Sign it off").click()
    mentor.sees("Signed off.")


def fill_the_form(mentor):
    mentor.go("My students", "You mentor 1 student")
    mentor.go(STUDENT.name, STUDENT.name)
    mentor.go("Observed examination", "Observed examination")
    mentor.tool.locator('a[href$="/assessment"]').first.click()
    mentor.tool.get_by_role("radio", name="They do it alone").check()
    mentor.field("One thing to do differently", exact=False).fill("Say who you are before you touch the patient.")
    mentor.field("Yes, sign it off").check()
    mentor.button(f"Send to {STUDENT.name}").click()
    mentor.sees("Sent to")


def grade_arrives(faculty, title, points):
    gradebook = faculty.context.new_page()
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        gradebook.goto(f"{faculty.demo.lms}/gradebook")
        column = [text.split("of")[0].strip() for text in gradebook.locator("thead th").all_inner_texts()]
        cells = gradebook.get_by_role("row").filter(has_text=STUDENT.name).locator("th, td").all_inner_texts()
        if any(name.startswith(title) for name in column):
            place = next(number for number, name in enumerate(column) if name.startswith(title))
            if cells[place].strip().startswith(points):
                gradebook.close()
                return
        gradebook.wait_for_timeout(300)
    raise AssertionError(f"no grade of {points} in the gradebook: {column} {cells}")


def issue(faculty):
    faculty.go("Certificates", "ertificate")
    faculty.button("Issue").first.click()
    faculty.sees(f"Issued to {STUDENT.name}.")
    faculty.link("Issued").click()
    link = faculty.link("Public page of")
    return f"{faculty.demo.tool}{link.get_attribute('href')}"


def withdraw(faculty):
    faculty.go("Certificates", "ertificate")
    faculty.link("Issued").click()
    faculty.link("Withdraw", exact=False).filter(has_not_text="Withdrawn").first.click()
    faculty.field("Why do you withdraw it?", exact=False).fill("It was issued to the wrong person by mistake.")
    faculty.tool.locator("dialog[open], main").get_by_role("button", name="Withdraw").first.click()
    faculty.sees("Withdrawn: the certificate of")


def sit_as(somebody, role):
    """Sit down as another of the people that one is; who sits so already, after a story that broke off, stays."""
    chooses = somebody.button(re.compile(f"^Sit (here )?as {role}$")).first
    sits = somebody.tool.get_by_text(re.compile(f", {role}. Who you are here$")).first
    expect(chooses.or_(sits).first).to_be_visible(timeout=PATIENCE)
    if not chooses.is_visible():
        return
    chooses.click()
    somebody.sees(f"You are here as {role} now.")
