"""A page in a frame of 700 pixels tells the LMS how high it is: after each change, and never less than 450 pixels."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.chromium
# What Canvas does: it reads the text and sets the frame's height.
LMS = """<!doctype html><title>LMS</title><script>
  window.heights = [];
  addEventListener("message", event => {
    if (typeof event.data !== "string") { return; }
    const said = JSON.parse(event.data);
    if (said.subject !== "lti.frameResize") { return; }
    window.heights.push(said.height);
    if (location.search === "?listens") { document.querySelector("iframe").style.height = said.height + "px"; }
  });
</script><body style="margin:0"><iframe src="%s" style="width:700px;height:300px;border:0"></iframe>"""


@pytest.fixture
def lms(chromium, address):
    context = chromium.new_context(viewport={"width": 720, "height": 600})
    page = context.new_page()
    page.set_default_timeout(10_000)

    def show(path, listens=True):
        page.route(f"{address}/lms?*", lambda route: route.fulfill(body=LMS % path, content_type="text/html"))
        page.goto(f"{address}/lms?{'listens' if listens else ''}")
        frame = page.frame_locator("iframe")
        expect(frame.locator("main")).to_be_visible()
        page.wait_for_function("window.heights.length > 0")
        return page, frame

    yield show
    context.close()


def last(page):
    return page.evaluate("window.heights[window.heights.length - 1]")


def body(frame):
    return frame.locator("body").evaluate("body => Math.ceil(body.getBoundingClientRect().height)")


def told_its_own_height(page, frame):
    for _ in range(100):
        if last(page) == max(450, body(frame)):
            return True
        page.wait_for_timeout(50)
    return False


def test_a_long_page_gets_its_whole_height_and_does_not_scroll_inside(lms):
    page, frame = lms("/")
    assert told_its_own_height(page, frame)
    assert last(page) > 1000
    inner = frame.locator("html").evaluate("html => [html.scrollHeight, innerHeight, html.scrollWidth, innerWidth]")
    assert inner[0] <= inner[1]
    assert inner[2] <= inner[3] == 700


def test_a_short_page_is_never_lower_than_450_pixels(lms):
    page, frame = lms("/problem/not_found")
    assert body(frame) < 450
    assert last(page) == 450


def test_a_swap_tells_the_new_height(lms):
    page, frame = lms("/form")
    assert told_its_own_height(page, frame)
    before = last(page)
    frame.get_by_role("button", name="Send").click()
    expect(frame.locator(".m-errors")).to_be_focused()
    assert told_its_own_height(page, frame)
    assert last(page) > before


def test_folding_and_unfolding_tells_it_both_times(lms):
    page, frame = lms("/")
    assert told_its_own_height(page, frame)
    tall = last(page)
    frame.locator("details[open] summary").first.click()
    assert told_its_own_height(page, frame)
    assert last(page) < tall
    frame.get_by_text("For checking by machine").click()
    assert told_its_own_height(page, frame)
    assert last(page) == tall


@pytest.mark.parametrize("listens", [True, False])
def test_a_dialog_opens_in_sight_also_in_a_frame_taller_than_the_screen(lms, listens):
    """Canvas grows the frame; Moodle lets it scroll."""
    page, frame = lms("/", listens=listens)
    opener = frame.get_by_role("link", name="Withdraw").first
    opener.scroll_into_view_if_needed()
    opener.click()
    dialog = frame.locator("dialog[open]")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    if listens:
        assert box["y"] >= 0
        assert box["y"] + box["height"] <= 600
    else:
        assert frame.locator("dialog[open]").evaluate("it => it.getBoundingClientRect().top") >= 0
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_a_dialog_higher_than_the_page_makes_room_for_itself_and_gives_it_back(lms):
    page, frame = lms("/problem/not_found")
    frame.locator("main").evaluate(
        """main => { main.insertAdjacentHTML('beforeend', '<button data-dialog="tall">Open</button>'
          + '<dialog id="tall"><div></div><button data-dialog-close>Close</button></dialog>');
          main.querySelector('dialog div').style.height = '700px'; }"""
    )
    frame.get_by_role("button", name="Open").click()
    page.wait_for_function("window.heights[window.heights.length - 1] > 700")
    page.keyboard.press("Escape")
    page.wait_for_function("window.heights[window.heights.length - 1] === 450")
