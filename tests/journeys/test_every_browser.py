"""The whole story in real Chromium, whatever it does with cookies; each way first shown by a page that counts them.

The tool is on ``localhost`` and the LMS on ``127.0.0.1``: two sites, as in life. The third way of a browser is that of
the phone apps' web views, and of whoever blocks all cookies of others.
"""

import json
import os
import signal
from contextlib import contextmanager
from threading import Timer

import pytest
from fixtures.browser import FLAGS, violations
from fixtures.left_out import chromium_path
from fixtures.serving import served
from journeys.story import FACULTY, PATIENCE, STUDENT, Somebody, started, whole_story
from platforms.fixtures import free_port
from playwright.sync_api import Error, TimeoutError, expect
from werkzeug import Request, Response

from lti_mentoring.demo.config import origin

pytestmark = pytest.mark.chromium

LAUNCHED_WITHIN = 20_000  # milliseconds
PAGE_OPENED_WITHIN = 20  # seconds
STORY_TOLD_WITHIN = 120  # seconds; on two quiet cores it takes fifteen
BLOCKED = {"http://localhost:*,http://127.0.0.1:*": {"setting": 2}}
"""The tool under the LMS gets no cookie at all, a partitioned one included (2: block)."""
MODES = {
    "all": ({"cookie_controls_mode": 0}, ["parted", "plain"]),
    "partitioned": ({"cookie_controls_mode": 1}, ["parted"]),
    "none": ({"cookie_controls_mode": 1, "content_settings": {"exceptions": {"cookies": BLOCKED}}}, []),
}
"""Mode → the profile's preferences, and which cookies of a framed site come back to it."""

ASKS = """<button>Ask</button><output></output><script>
document.querySelector('button').addEventListener('click', async () => {
  const said = await document.requestStorageAccess().then(() => 'granted', refusal => refusal.name);
  document.cookie = 'own=1; Secure; SameSite=None; Path=/';
  const kept = document.cookie.includes('own=1') ? 'kept' : 'nothing kept';
  document.querySelector('output').textContent = [said, await document.hasStorageAccess(), kept].join(', ');
});
</script>"""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with started(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="module")
def probe():
    """A page that frames another site, and that other site, which sets two cookies and says which came back.

    Another page frames one that asks for the browser's Storage Access.
    """
    port = free_port()

    @Request.application
    def answer(request):
        if request.path == "/around":
            return Response(f"<iframe src='http://localhost:{port}/set'></iframe>", mimetype="text/html")
        if request.path == "/asking":
            return Response(f"<iframe src='http://localhost:{port}/asks'></iframe>", mimetype="text/html")
        if request.path == "/asks":
            return Response(ASKS, mimetype="text/html")
        if request.path == "/back":
            back = [name for name in ("parted", "plain") if name in request.cookies]  # ports share their cookies
            return Response(" ".join(back) or "none", mimetype="text/plain")
        setting = Response("<script>location.replace('/back')</script>", mimetype="text/html")
        setting.headers.add("Set-Cookie", "plain=1; Secure; SameSite=None; Path=/")
        setting.headers.add("Set-Cookie", "parted=1; Secure; SameSite=None; Path=/; Partitioned")
        return setting

    with served(answer, port):
        yield f"http://127.0.0.1:{port}/around"


class Profiles:
    """A browser for each mode, started when it is first asked for, and anew where it was lost."""

    def __init__(self, chromium, mktemp):
        self.chromium, self.mktemp, self.open = chromium, mktemp, {}

    def __call__(self, mode):
        if mode not in self.open:
            try:
                self.launch(mode)
            except TimeoutError:  # a start that takes longer than LAUNCHED_WITHIN takes minutes; the next one is quick
                self.launch(mode)
        return self.open[mode][0]

    def launch(self, mode):
        folder = self.mktemp(f"profile-{mode}")
        (folder / "Default").mkdir()
        (folder / "Default" / "Preferences").write_text(json.dumps({"profile": MODES[mode][0]}))
        context = self.chromium.launch_persistent_context(
            str(folder),
            executable_path=chromium_path(),
            args=FLAGS,
            reduced_motion="reduce",
            timeout=LAUNCHED_WITHIN,
        )
        self.open[mode] = (context, folder)
        context.on("close", lambda _: self.open.pop(mode, None))

    def page(self, mode):
        """Open a page; in a browser started anew where this one gives none, as headless Chromium now and then does."""
        try:
            with self.ended_after(mode, PAGE_OPENED_WITHIN):
                return self(mode).new_page()
        except Error:
            return self(mode).new_page()

    @contextmanager
    def ended_after(self, mode, seconds):
        """End a browser that has fallen silent: Playwright waits for ever for a new page or a script's answer."""
        self(mode)
        process = int((self.open[mode][1] / "SingletonLock").readlink().name.rpartition("-")[2])
        timer = Timer(seconds, os.kill, (process, signal.SIGKILL))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self):
        for context, _ in list(self.open.values()):
            context.close()


@pytest.fixture(scope="module")
def browsers(playwright, tmp_path_factory):
    """Give the browser of a mode."""
    profiles = Profiles(playwright.chromium, tmp_path_factory.mktemp)
    yield profiles
    profiles.close()


@pytest.mark.parametrize("mode", MODES)
def test_the_browser_gives_back_the_cookies_that_its_mode_says(browsers, probe, mode):
    page = browsers.page(mode)
    page.goto(probe)
    expect(page.frame_locator("iframe").locator("body")).to_have_text(" ".join(MODES[mode][1]) or "none")
    page.close()


WAYS = [("all", {}), ("partitioned", {}), ("none", {"query": "?storage=1"}), ("none", {"window": True})]


@pytest.mark.parametrize(("mode", "way"), WAYS, ids=["all", "partitioned", "none-storage", "none-window"])
def test_the_whole_story(browsers, demo, mode, way):
    title = f"Two steps with {mode}, {'storage' if 'query' in way else 'window'}"
    try:
        tell(browsers, demo, mode, way, title)
    except Error:  # headless Chromium now and then loses itself
        tell(browsers, demo, mode, way, f"{title}, once more")


def tell(browsers, demo, mode, way, title):
    def sit_down(who, link, **size):
        return Somebody(browsers.page(mode), demo, who, link, **way, **size)

    with browsers.ended_after(mode, STORY_TOLD_WITHIN):
        whole_story(sit_down, demo, title)


def test_an_administrator_registers_the_tool_in_a_frame_of_the_lms_without_any_cookie(browsers, live_tool, lms):
    page = browsers.page("none")
    page.context.clear_cookies()
    page.goto(f"{lms.lms_url}/tools")
    page.get_by_label("Registration address of the tool").fill(live_tool.invitation())
    page.get_by_role("button", name="Add the tool").click()
    framed = page.frame_locator("iframe.tool")
    expect(framed.locator("h1")).to_have_text("Connect 127.0.0.1 with Mentoring?", timeout=PATIENCE)
    for width in (360, 700):
        page.set_viewport_size({"width": width, "height": 640})
        assert violations(tool_frame(page)) == []
        assert tool_frame(page).evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    framed.get_by_role("button", name="Connect 127.0.0.1").click()
    expect(framed.locator("h1")).to_contain_text("is connected", timeout=PATIENCE)
    assert page.context.cookies() == []
    framed.get_by_role("button", name="Close, back to the LMS").click()
    page.wait_for_url(f"{lms.lms_url}/tools")
    expect(page.get_by_text(f"{live_tool.url}/lti/launch")).to_have_count(2)  # beside the one that was there
    page.close()


@pytest.fixture
def held(browsers, demo):
    """The student of the seeded course, in a browser without cookies whose page holds the seat."""
    with Somebody(browsers.page("none"), demo, STUDENT, 0, query="?storage=1") as student:
        yield student


def test_a_window_opened_from_a_page_that_holds_the_seat_has_a_seat_of_its_own(held, demo):
    with held.context.expect_page() as opened:
        held.link("My path").first.click(modifiers=["Control"])
    window = opened.value
    expect(window.locator("h1")).to_have_text("Your path")
    window.wait_for_url(f"{demo.tool}/path")
    window.get_by_role("link", name="Certificate").first.click()
    expect(window.get_by_role("link", name="Certificate").first).to_have_attribute("aria-current", "page")
    window.reload()
    expect(window.get_by_role("link", name="Certificate").first).to_have_attribute("aria-current", "page")
    window.close()


def test_a_copied_address_says_where_to_begin(browsers, demo):
    page = browsers.page("none")
    page.context.clear_cookies()
    page.goto(f"{demo.tool}/path?ticket=used-by-somebody")
    expect(page.locator("h1")).to_have_text("Open this from your course")
    assert violations(page) == []
    page.close()


def test_words_that_were_not_sent_are_not_left_by_a_click_or_by_back(browsers, demo):
    with Somebody(browsers.page("none"), demo, FACULTY, 0, query="?storage=1") as faculty:
        faculty.follow("/track/settings")
        name = faculty.field("Name of the track")
        name.fill("Half a thought")
        faculty.link("Grades").first.click()
        faculty.button("Stay here").click()
        expect(name).to_have_value("Half a thought")
        faculty.back()
        faculty.button("Leave without sending").click()
        expect(name).to_have_count(0)
        faculty.sees("Everyone")


def tool_frame(page):
    return next(frame for frame in page.frames if frame.parent_frame and "localhost" in frame.url)


def open_framed(context, demo, query=""):
    page = context.new_page()
    page.goto(f"{demo.lms}/course/{STUDENT.sub}")
    page.goto(page.locator("ul.links").first.locator("a.button").first.evaluate("link => link.href") + query)
    return page


SAYS = {
    "an error": "{...said, error: {code: 'storage_exhaustion'}}",
    "something about another question": "{...said, message_id: 'another'}",
    "something of another kind": "{...said, subject: 'lti.put_data'}",
}
ANSWERS = """addEventListener('message', event => {
  const said = {subject: event.data.subject + '.response', message_id: event.data.message_id, value: event.data.value};
  event.source.postMessage(%s, event.origin);
});"""


@pytest.mark.parametrize("said", SAYS)
def test_a_storage_that_says_anything_else_is_none_and_the_hint_is_not_used_up(browsers, demo, said):
    context, asked = browsers("none"), []
    context.route(
        "**/storage.js*", lambda route: route.fulfill(body=ANSWERS % SAYS[said], content_type="text/javascript")
    )
    context.on("request", lambda request: "/auth?" in request.url and asked.append(request.url))
    page = open_framed(context, demo, "?storage=1")
    expect(page.frame_locator("iframe.tool").get_by_role("link", name="Open in a new window")).to_be_visible(
        timeout=PATIENCE
    )
    assert asked == []
    context.unroute_all()
    page.close()


def test_where_the_tool_does_not_answer_whether_cookies_come_back_one_goes_on_without(browsers, demo):
    context, asked = browsers("none"), []
    context.route("**/lti/kept*", lambda route: asked.append(route))
    page = open_framed(context, demo)
    expect(page.frame_locator("iframe.tool").get_by_role("link", name="Open in a new window")).to_be_visible(
        timeout=PATIENCE
    )
    assert len(asked) == 1
    context.unroute_all()
    page.close()


RELAYS = """<script>addEventListener('message', event => {
  if (event.data.subject !== 'lti.put_data') { return; }
  const said = {subject: event.data.subject + '.response', message_id: event.data.message_id, value: event.data.value};
  const relay = document.body.appendChild(document.createElement('iframe'));
  relay.src = '/elsewhere#' + encodeURIComponent(JSON.stringify(said));
});</script><body>"""
SAYS_TO_ALL = """<script>const said = JSON.parse(decodeURIComponent(location.hash.slice(1)));
for (let at = 0; at < top.frames.length; at += 1) { top.frames[at].postMessage(said, '*'); }</script>"""


def test_a_right_answer_from_another_origin_is_none(browsers, demo):
    context, asked, heard = browsers("none"), [], []
    opaque = {"Content-Security-Policy": "sandbox allow-scripts"}
    context.route("**/storage", lambda route: route.fulfill(body=RELAYS, content_type="text/html"))
    context.route(
        "**/elsewhere", lambda route: route.fulfill(body=SAYS_TO_ALL, content_type="text/html", headers=opaque)
    )
    context.on("request", lambda request: "/auth?" in request.url and asked.append(request.url))
    context.on("request", lambda request: request.url.endswith("/elsewhere") and heard.append(request.url))
    page = open_framed(context, demo, "?storage=1")
    expect(page.frame_locator("iframe.tool").get_by_role("link", name="Open in a new window")).to_be_visible(
        timeout=PATIENCE
    )
    assert (len(heard), asked) == (1, [])
    context.unroute_all()
    page.close()


def test_a_secret_that_the_storage_lost_lets_nobody_in(browsers, demo):
    context = browsers("none")
    page = open_framed(context, demo)

    def forget(route):
        next(frame for frame in page.frames if frame.url.endswith("/storage")).evaluate("kept.clear()")
        route.continue_()

    context.route("**/auth?*", forget)
    page.goto(f"{page.url}?storage=1")
    heading = page.frame_locator("iframe.tool").locator("h1:visible")
    expect(heading).to_have_text("Open Mentoring again from your course", timeout=PATIENCE)
    for width in (360, 700):
        page.set_viewport_size({"width": width, "height": 640})
        assert violations(tool_frame(page)) == []
    context.unroute_all()
    page.close()


def test_the_page_that_offers_a_new_window_is_for_everyone_at_every_width(browsers, demo):
    page = open_framed(browsers("none"), demo)
    framed = page.frame_locator("iframe.tool")
    expect(framed.locator("h1:visible")).to_have_text("Open Mentoring in a window of its own", timeout=PATIENCE)
    for width in (360, 700):
        page.set_viewport_size({"width": width, "height": 640})
        assert violations(tool_frame(page)) == []
        assert tool_frame(page).evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    framed.get_by_role("button", name="Try to stay inside the course").click()
    expect(framed.get_by_role("status").filter(has_text="did not allow that")).to_be_visible()
    with page.context.expect_page() as opened:
        framed.get_by_role("link", name="Open in a new window").click()
    opened.value.close()
    expect(framed.locator("h1:visible")).to_have_text("Mentoring is open in a new window")
    assert tool_frame(page).evaluate("document.activeElement.tagName") == "H1"
    page.close()


@contextmanager
def said_yes(context, around, framed):
    """Let the person say yes where the browser asks whether one site may keep data inside the other; then forget it."""
    page = context.new_page()
    browser = context.new_cdp_session(page)
    permission = {"permission": {"name": "storage-access"}, "setting": "granted"}
    browser.send("Browser.setPermission", {**permission, "origin": around, "embeddedOrigin": framed})
    yield
    browser.send("Browser.resetPermissions")
    page.close()


def test_the_browser_lets_a_frame_keep_a_cookie_of_its_own_only_after_a_yes(browsers, probe):
    context = browsers("partitioned")
    page = context.new_page()
    page.goto(probe.replace("around", "asking"))
    framed = page.frame_locator("iframe")
    framed.get_by_role("button").click()
    expect(framed.locator("output")).to_have_text("NotAllowedError, false, nothing kept")
    with said_yes(context, origin(page.url), origin(tool_frame(page).url)):
        framed.get_by_role("button").click()
        expect(framed.locator("output")).to_have_text("granted, true, kept")
    page.close()


def test_where_the_browser_asks_and_the_person_says_yes_one_stays_inside_the_course(browsers, demo):
    """The browser's own Storage Access API; its partitioned cookies are taken away, as if it had none."""
    context, kept = browsers("partitioned"), []
    context.clear_cookies()

    def forget(route):
        context.clear_cookies()
        route.continue_()

    def cookies():
        return [(one["name"].partition("state_")[0], one.get("partitionKey")) for one in context.cookies(demo.tool)]

    context.route("**/lti/kept*", forget)
    context.on("request", lambda request: "/auth?" in request.url and kept.append(cookies()))
    page = open_framed(context, demo)
    framed = page.frame_locator("iframe.tool")
    stay = framed.get_by_role("button", name="Try to stay inside the course")
    expect(stay).to_be_visible(timeout=PATIENCE)
    with said_yes(context, demo.lms, demo.tool):
        stay.click()
        expect(framed.locator(".m-place__track strong bdi")).to_be_visible(timeout=PATIENCE)
    assert kept == [[("__Host-mentoring-", None)]]
    assert cookies() == []
    context.unroute_all()
    page.close()
