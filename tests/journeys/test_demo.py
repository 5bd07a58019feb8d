"""``lti-mentoring demo`` as people meet it: started as a process, walked through in Chromium, stopped with Ctrl-C."""

import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
from platforms.drive import Browser
from platforms.fixtures import free_port
from playwright.sync_api import expect

from lti_mentoring.demo.people import FACULTY, MENTORS, STUDENTS

COMMAND = Path(sys.executable).with_name("lti-mentoring")
READY_WITHIN = 60  # seconds, while other tests use the same cores; alone it needs seven
STOPPED_WITHIN = 15
PATIENCE = 30_000  # milliseconds in the browser
STUDENT, MENTOR = STUDENTS[20], MENTORS[1]
TITLE = "Two steps"
PROOF = re.compile(r'name="csrf-token" content="([0-9a-f]+)"')


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
def started(folder):
    port, lms_port = free_port(), free_port()
    log, began = folder / "demo.log", time.monotonic()
    command = [COMMAND, "demo", "--port", str(port), "--lms-port", str(lms_port), "--data", str(folder / "data")]
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


def below(pid):
    """Return the numbers of all processes that a process started, and of those that these started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            number, parent = stat.parent.name, stat.read_text().rpartition(")")[2].split()[1]
        except OSError:
            continue
        if int(parent) == pid:
            found += [int(number), *below(int(number))]
    return found


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with started(tmp_path_factory.mktemp("demo")) as running:
        yield running


def test_it_is_ready_soon_and_says_where_to_go(demo):
    sys.stdout.write(f"ready after {demo.took:.1f} s\n")
    assert demo.took < READY_WITHIN
    assert requests.get(f"{demo.tool}/readyz", timeout=10).json()["status"] == "ready"
    said = demo.log.read_text()
    assert said.index(demo.lms) < said.index(demo.tool)


def test_a_port_that_is_taken_is_a_clear_error(demo, tmp_path):
    command = [COMMAND, "demo", "--port", str(free_port()), "--lms-port", str(demo.lms_port), "--data", str(tmp_path)]
    refused = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, cwd=tmp_path)
    assert refused.returncode == 1
    assert f"Port {demo.lms_port} is taken by another program." in refused.stderr
    assert "--lms-port" in refused.stderr
    assert "Traceback" not in refused.stderr


class InFrame:
    """Somebody in the LMS: the page around, and the tool in its frame."""

    def __init__(self, chromium, demo, who, *, link=0, width=1280, height=900):
        self.demo, self.who = demo, who
        self.context = chromium.new_context(viewport={"width": width, "height": height})
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.open(link)

    def open(self, link=0):
        self.page.goto(f"{self.demo.lms}/course/{self.who.sub}")
        self.page.locator("ul.links").first.locator("a.button").nth(link).click()
        self.tool = self.page.frame_locator("iframe.tool")
        expect(self.tool.locator("main")).to_be_visible(timeout=PATIENCE)
        return self

    def button(self, name):
        return self.tool.get_by_role("button", name=name)

    def link(self, name, *, exact=False):
        return self.tool.get_by_role("link", name=name, exact=exact)

    def field(self, label, *, exact=True):
        return self.tool.get_by_label(label, exact=exact)

    def sees(self, text):
        expect(self.tool.locator("body")).to_contain_text(text, timeout=PATIENCE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()


@pytest.fixture
def sit_down(chromium, demo):
    return lambda who, **options: InFrame(chromium, demo, who, **options)


@pytest.mark.chromium
def test_the_whole_story_in_the_lms_frame(sit_down, demo):
    place_a_second_link(demo)
    with sit_down(FACULTY, link=1) as faculty:
        set_up_a_track(faculty)
        with sit_down(STUDENT, link=1, width=700, height=800) as student:
            send_evidence(student)
        with sit_down(MENTOR, link=1, width=390, height=844) as mentor:
            accept(mentor)
            fill_the_form(mentor)
        grade_arrives(faculty, "100")
        address = issue(faculty)
        with sit_down(STUDENT, link=1) as student:
            student.link("Certificate").first.click()
            student.sees(TITLE)
        stranger = faculty.context.new_page()
        stranger.goto(address)
        expect(stranger.locator("body")).to_contain_text("valid")
        withdraw(faculty)
        stranger.reload()
        expect(stranger.locator("body")).to_contain_text("withdrawn")


def place_a_second_link(demo):
    with Browser() as browser:
        browser.submit(browser.get(f"{demo.lms}/tools").form("/place"))


def set_up_a_track(faculty):
    """Make a track from nothing: a text and a form; tick one mentor, give them one student, publish."""
    faculty.sees("Which track does this page of your course open?")
    faculty.tool.locator('a[href$="template="]').click()
    faculty.field("Name of the track").fill(TITLE)
    faculty.button("Make this track").click()
    faculty.sees("Only faculty see")
    add_milestone(faculty, "My goals", "50")
    add_milestone(faculty, "Observed examination", "50", form=True)
    faculty.link("Mentors").first.click()
    faculty.link("Tick").first.click()
    faculty.tool.get_by_role("checkbox", name=MENTOR.name).check()
    faculty.button("Make them mentors").click()
    row = faculty.tool.get_by_role("row").filter(has_text=STUDENT.name)
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
    student.sees(MENTOR.name)
    student.link("My path").first.click()
    student.link("My goals").first.click()
    student.field("Your words", exact=False).fill("I want to take a history on my own, and to hear when I hurry.")
    student.tool.locator("#send").get_by_role("button", name=f"Send to {MENTOR.name}").click()
    student.sees("Sent to")


def accept(mentor):
    mentor.sees(STUDENT.name)
    mentor.tool.locator('a[href*="/students/"][href*="/milestones/"]').first.click()
    mentor.button("Sign it off").click()
    mentor.sees("Signed off.")


def fill_the_form(mentor):
    mentor.open(1)
    mentor.link("My students").first.click()
    mentor.link(STUDENT.name).first.click()
    mentor.link("Observed examination").first.click()
    mentor.tool.locator('a[href$="/assessment"]').first.click()
    mentor.tool.get_by_role("radio", name="They do it alone").check()
    mentor.field("One thing to do differently", exact=False).fill("Say who you are before you touch the patient.")
    mentor.field("Yes, sign it off").check()
    mentor.button(f"Send to {STUDENT.name}").click()
    mentor.sees("Sent to")


def grade_arrives(faculty, points):
    gradebook = faculty.context.new_page()
    end = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < end:
        gradebook.goto(f"{faculty.demo.lms}/gradebook")
        column = [text.split("of")[0].strip() for text in gradebook.locator("thead th").all_inner_texts()]
        cells = gradebook.get_by_role("row").filter(has_text=STUDENT.name).locator("th, td").all_inner_texts()
        if any(name.startswith(TITLE) for name in column):
            place = next(number for number, name in enumerate(column) if name.startswith(TITLE))
            if cells[place].strip().startswith(points):
                gradebook.close()
                return
        gradebook.wait_for_timeout(300)
    raise AssertionError(f"no grade of {points} in the gradebook: {column} {cells}")


def issue(faculty):
    faculty.link("Certificates").first.click()
    faculty.button("Issue").first.click()
    faculty.sees(f"Issued to {STUDENT.name}.")
    faculty.link("Issued").click()
    link = faculty.link("Public page of")
    return f"{faculty.demo.tool}{link.get_attribute('href')}"


def withdraw(faculty):
    faculty.link("Withdraw", exact=False).filter(has_not_text="Withdrawn").first.click()
    faculty.field("Why do you withdraw it?", exact=False).fill("It was issued to the wrong person by mistake.")
    faculty.tool.locator("dialog[open], main").get_by_role("button", name="Withdraw").first.click()
    faculty.sees("Withdrawn: the certificate of")


def test_ten_people_at_once_never_meet_a_locked_database(demo):
    """Ten students launch, look around and keep a draft at the same time, while the worker works."""
    people = STUDENTS[:10]
    with ThreadPoolExecutor(len(people)) as pool:
        pages = list(pool.map(lambda one: write_and_look(demo, one), people))
    assert all(status < 400 for statuses in pages for status in statuses), pages
    assert "database is locked" not in demo.said
    # What the parts say meanwhile does not push the addresses out of sight.
    assert [line for line in demo.log.read_text().splitlines() if line.strip() and not line.startswith("  ")] == []


def write_and_look(demo, who):
    statuses = []
    for turn in range(3):
        with Browser(framed_by="127.0.0.1") as browser:
            page = browser.open(f"{demo.lms}/launch/{who.sub}/med402-mentoring")
            statuses.append(page.status)
            page = browser.get(f"{demo.tool}/path")
            link = page.link("/milestones/")
            page = browser.get(link)
            token = PROOF.search(page.html)[1]
            for number in range(4):
                text = f"Draft {turn}.{number} of {who.name}"
                statuses.append(browser.post(f"{link}/draft", {"text": text, "csrf_token": token}).status)
            statuses.append(browser.get(f"{demo.tool}/").status)
    return statuses


def test_ctrl_c_ends_every_process(tmp_path):
    with started(tmp_path) as running:
        family = below(running.process.pid)
        assert len(family) >= 3
        began = time.monotonic()
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(STOPPED_WITHIN) == 0
        assert time.monotonic() - began < STOPPED_WITHIN
        assert [pid for pid in family if runs(pid)] == []
        assert "Traceback" not in running.said
