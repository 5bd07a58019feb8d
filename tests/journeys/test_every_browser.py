"""The whole story in real Chromium, whatever it does with cookies; each way first shown by a page that counts them.

The tool is on ``localhost`` and the LMS on ``127.0.0.1``: two sites, as in life. The third way of a browser is that of
the phone apps' web views, and of whoever blocks all cookies of others.
"""

import json
import threading

import pytest
from fixtures.browser import SANDBOX, violations
from fixtures.left_out import chromium_path
from journeys.story import FACULTY, STUDENT, Somebody, place_a_link, started, whole_story
from platforms.fixtures import free_port
from playwright.sync_api import expect
from werkzeug import Request, Response
from werkzeug.serving import make_server

pytestmark = pytest.mark.chromium

BLOCKED = {"http://localhost:*,http://127.0.0.1:*": {"setting": 2}}
"""The tool under the LMS gets no cookie at all, a partitioned one included (2: block)."""
MODES = {
    "all": ({"cookie_controls_mode": 0}, ["parted", "plain"]),
    "partitioned": ({"cookie_controls_mode": 1}, ["parted"]),
    "none": ({"cookie_controls_mode": 1, "content_settings": {"exceptions": {"cookies": BLOCKED}}}, []),
}
"""Mode → the profile's preferences, and which cookies of a framed site come back to it."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with started(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="module")
def probe():
    """A page that frames another site, and that other site, which sets two cookies and says which came back."""
    port = free_port()

    @Request.application
    def answer(request):
        if request.path == "/around":
            return Response(f"<iframe src='http://localhost:{port}/set'></iframe>", mimetype="text/html")
        if request.path == "/back":
            return Response(" ".join(sorted(request.cookies)) or "none", mimetype="text/plain")
        setting = Response("<script>location.replace('/back')</script>", mimetype="text/html")
        setting.headers.add("Set-Cookie", "plain=1; Secure; SameSite=None; Path=/")
        setting.headers.add("Set-Cookie", "parted=1; Secure; SameSite=None; Path=/; Partitioned")
        return setting

    server = make_server("127.0.0.1", port, answer, threaded=True)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{port}/around"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browsers(playwright, tmp_path_factory):
    """Give the browser of a mode, started when it is first asked for."""
    started_ones = {}

    def browser(mode):
        if mode not in started_ones:
            folder = tmp_path_factory.mktemp(f"profile-{mode}")
            (folder / "Default").mkdir()
            (folder / "Default" / "Preferences").write_text(json.dumps({"profile": MODES[mode][0]}))
            started_ones[mode] = playwright.chromium.launch_persistent_context(
                str(folder), executable_path=chromium_path(), args=SANDBOX, reduced_motion="reduce"
            )
        return started_ones[mode]

    yield browser
    for context in started_ones.values():
        context.close()


@pytest.mark.parametrize("mode", MODES)
def test_the_browser_gives_back_the_cookies_that_its_mode_says(browsers, probe, mode):
    page = browsers(mode).new_page()
    page.goto(probe)
    expect(page.frame_locator("iframe").locator("body")).to_have_text(" ".join(MODES[mode][1]) or "none")
    page.close()


WAYS = [("all", {}), ("partitioned", {}), ("none", {"query": "?storage=1"}), ("none", {"window": True})]


@pytest.mark.parametrize(("mode", "way"), WAYS, ids=["all", "partitioned", "none-storage", "none-window"])
def test_the_whole_story(browsers, demo, mode, way):
    context = browsers(mode)

    def sit_down(who, link, **size):
        return Somebody(context, demo, who, link, **way, **size)

    whole_story(sit_down, demo, f"Two steps with {mode}, {'storage' if 'query' in way else 'window'}")
