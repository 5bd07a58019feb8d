"""The gallery in a real browser: nothing for axe to find, nothing that scrolls sideways, and what the script adds."""

import json

import pytest
from fixtures.browser import violations
from playwright.sync_api import expect

pytestmark = pytest.mark.chromium
LOOKS = [(360, ""), (700, ""), (1280, ""), (700, "?lang=ar"), (360, "?theme=dark"), (1280, "?theme=dark")]


@pytest.fixture
def tab(chromium):
    context = chromium.new_context(viewport={"width": 700, "height": 900})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(5000)
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("console", lambda line: page.complaints.append(line.text) if "Content Security" in line.text else None)
    yield page
    assert page.complaints == []
    context.close()


@pytest.mark.parametrize(("width", "query"), LOOKS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(tab, address, width, query):
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"{address}/{query}")
    assert violations(tab) == []
    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_nothing_scrolls_sideways_on_the_smallest_phone(tab, address):
    tab.set_viewport_size({"width": 320, "height": 700})
    tab.goto(address)
    assert tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def test_icons_of_the_sprite_are_drawn(tab, address):
    tab.goto(address)
    tab.wait_for_load_state("networkidle")
    assert tab.evaluate("document.querySelector('.m-pill use').getBoundingClientRect().width") > 0


def test_a_refused_form_gets_the_focus_on_its_list_of_errors(tab, address):
    tab.goto(f"{address}/form")
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator(".m-errors")).to_be_focused()
    expect(tab.get_by_role("link", name="Choose a date")).to_be_visible()
    assert tab.url == f"{address}/form"


def test_an_accepted_form_gets_the_focus_on_its_heading(tab, address):
    tab.goto(f"{address}/form")
    tab.get_by_label("Name", exact=True).fill("Zoë")
    tab.get_by_label("One thing to do differently").fill("Ask")
    tab.get_by_label("When did you watch her?").fill("2026-11-20")
    tab.get_by_label("I am in the room").check()
    tab.get_by_role("button", name="Send").click()
    expect(tab.get_by_role("heading", name="Say it")).to_be_focused()


def test_a_form_refused_without_the_script_comes_back_with_its_words(chromium, address):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(5000)
    page.goto(f"{address}/form")
    page.get_by_label("Name", exact=True).fill("Zoë")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Zoë")
    expect(page.get_by_role("link", name="Write one thing")).to_be_visible()
    context.close()


def test_no_answer_is_said_and_tried_again_with_nothing_lost(tab, address):
    tab.goto(f"{address}/form")
    tab.get_by_label("Name", exact=True).fill("Zoë")
    tab.context.set_offline(True)
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator("#problem")).to_contain_text("no answer came")
    expect(tab.locator("#problem [data-problem]")).to_be_focused()
    expect(tab.get_by_label("Name", exact=True)).to_have_value("Zoë")
    expect(tab.get_by_role("button", name="Send")).to_be_visible()
    tab.context.set_offline(False)
    tab.get_by_role("button", name="Try again").click()
    expect(tab.locator(".m-errors")).to_be_focused()


def test_a_strangers_error_page_is_not_shown_as_ours(tab, address):
    def only_posts(route):
        return route.fulfill(status=502, body="<h1>proxy</h1>") if route.request.method == "POST" else route.continue_()

    tab.route("**/form", only_posts)
    tab.goto(f"{address}/form")
    tab.get_by_role("button", name="Send").click()
    expect(tab.locator("#problem")).to_contain_text("no answer came")
    expect(tab.get_by_role("heading", name="proxy")).to_have_count(0)


def test_our_own_error_goes_into_the_problem_region(tab, address):
    tab.goto(f"{address}/form")
    tab.evaluate("htmx.ajax('GET', '/problem/conflict', '#form')")
    expect(tab.locator("#problem")).to_contain_text("Somebody else changed this")
    expect(tab.get_by_role("button", name="Send")).to_be_visible()


def test_a_question_opens_as_a_dialog_on_the_safe_button_and_gives_the_focus_back(tab, address):
    tab.goto(address)
    opener = tab.get_by_role("link", name="Withdraw", exact=True)
    opener.focus()
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Keep it")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("dialog")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    tab.get_by_role("button", name="Keep it").click()
    expect(tab.locator("dialog")).to_be_hidden()


def test_a_form_can_send_itself(tab, address):
    tab.goto(f"{address}/autosubmit")
    tab.wait_for_url("**/pair?y=2")


def test_a_toast_leaves_the_address_clean(tab, address):
    tab.goto(f"{address}/go")
    expect(tab.locator("#told")).to_contain_text("Done & dusted")
    assert tab.url == f"{address}/pair?x=1"


def test_a_copied_text_is_announced(tab, address):
    tab.goto(address)
    tab.get_by_role("button", name="Copy").click()
    expect(tab.locator("#live")).to_have_text("Copied")
    assert tab.evaluate("navigator.clipboard.readText()") == "https://tool.example/verify/7F3K"


def test_words_not_sent_are_not_left_without_a_warning(tab, address):
    tab.goto(address)
    tab.locator("#note").fill("half a thought")
    asked = []
    tab.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tab.goto(f"{address}/pair")
    assert asked == ["beforeunload"]


def test_the_frame_tells_its_height(tab, address):
    frame_page = tab.context.new_page()
    frame_page.route(
        "**/outer",
        lambda route: route.fulfill(
            content_type="text/html",
            body=(
                "<script>addEventListener('message', event => { window.heard = event.data; });</script>"
                f"<iframe src='{address}/pair' width=700 height=450></iframe>"
            ),
        ),
    )
    frame_page.goto(f"{address}/outer")
    frame_page.wait_for_function("window.heard")
    said = json.loads(frame_page.evaluate("window.heard"))
    assert said["subject"] == "lti.frameResize"
    assert said["height"] >= 450


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_outside_a_frame_the_device_decides_about_light_and_dark(chromium, address, scheme):
    page = chromium.new_page(color_scheme=scheme)
    page.goto(f"{address}/pair?unchosen=1")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
    page.close()
