import json

import pytest
from flask import Flask

from lti_mentoring.blueprints._htmx import announce, redirect_or_hx, render, toast
from lti_mentoring.blueprints._problems import PROBLEMS, both_versions, problem

HTMX = {"HX-Request": "true"}


def test_a_browser_gets_the_page_and_htmx_the_partial_alone(pages):
    page, partial = pages.get("/pair"), pages.get("/pair", headers=HTMX)
    assert "<!doctype html>" in page.text
    assert "Sent." in page.text
    assert partial.text.startswith('<p id="pair">here</p>')
    assert page.headers["Vary"] == partial.headers["Vary"] == "HX-Request"


@pytest.mark.parametrize("header", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_boosted_or_restored_visit_gets_the_page(pages, header):
    assert "<!doctype html>" in pages.get("/pair", headers={**HTMX, header: "true"}).text


def test_toasts_and_announcements_travel_out_of_band_and_escaped(pages):
    text = pages.get("/pair", headers=HTMX).text
    assert '<div id="told" hx-swap-oob="innerHTML"><div class="m-toast"><span>Sent.</span>' in text
    assert '<a class="btn btn-sm" href="/undo">Undo</a>' in text
    assert '<p id="live" hx-swap-oob="innerHTML">One &lt;more&gt;.</p>' in text


def test_an_answer_without_news_brings_none(pages):
    assert "hx-swap-oob" not in pages.get("/form", headers=HTMX).text


def test_a_redirect_brings_its_toast_along_once_and_signed(pages):
    answer = pages.get("/go")
    assert answer.status_code == 303
    assert "Done &amp; dusted" in pages.get(answer.location).text
    assert "Done &amp; dusted" not in pages.get(answer.location[:-2]).text


def test_htmx_is_redirected_by_its_own_header(pages):
    answer = pages.get("/go", headers=HTMX)
    assert (answer.status_code, answer.text) == (200, "")
    assert answer.headers["HX-Redirect"].startswith("/pair?x=1&told=")


def test_without_a_secret_a_redirect_goes_without_a_toast(pages):
    app = Flask("bare")
    with app.test_request_context("/?told=abc"):
        assert redirect_or_hx("/x", told="Done").location == "/x"
        toast("Sent")


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "/\\evil.example", "x"])
def test_a_redirect_never_leaves_this_site(gallery, url):
    with gallery.test_request_context(), pytest.raises(ValueError, match=r"evil|x"):
        redirect_or_hx(url)


@pytest.mark.parametrize("kind", sorted(PROBLEMS))
def test_every_problem_has_a_calm_page_and_a_partial(pages, kind):
    page, partial = pages.get(f"/problem/{kind}"), pages.get(f"/problem/{kind}", headers=HTMX)
    assert page.status_code == partial.status_code == PROBLEMS[kind].status
    assert page.text.count("<h1") == 1
    assert "data-problem" in partial.text
    words = page.text.replace("LTI registration", "").split("<main")[1].split()  # so Canvas calls one of its menus
    assert not {"LTI", "launch", "platform", "nonce", "invalid", "Error"} & set(words)


def test_an_unknown_code_is_explained_by_its_status(gallery):
    with gallery.test_request_context():
        assert problem("no_such_code", 404).title == PROBLEMS["not_found"].title
        assert problem("no_such_code", 418).title == PROBLEMS["bad_request"].title
        assert problem("no_such_code", 502).title == PROBLEMS["broken"].title
        assert problem("refused", body="Only this").body == "Only this"


def test_a_change_that_met_another_shows_both_versions(gallery):
    with gallery.test_request_context():
        answer = both_versions("mine <here>", "theirs", "/look")
    assert answer.status_code == 409
    assert "mine &lt;here&gt;" in answer.get_data(as_text=True)
    assert 'href="/look"' in answer.get_data(as_text=True)


def test_the_page_tells_htmx_what_to_do_with_answers(pages):
    text = pages.get("/pair").text
    config = json.loads(text.split('name="htmx-config" content=\'')[1].split("'>")[0])
    assert (config["allowEval"], config["includeIndicatorStyles"], config["historyCacheSize"]) == (False, False, 0)
    assert {"code": "422", "swap": True} in config["responseHandling"]
    assert config["responseHandling"][-1]["target"] == "#problem"
    assert '"X-CSRF-Token": "proof"' in text


@pytest.mark.parametrize(
    ("language", "direction", "sheet"), [("en", "ltr", "bootstrap.min"), ("ar", "rtl", "bootstrap.rtl.min")]
)
def test_the_page_follows_the_language(pages, language, direction, sheet):
    text = pages.get(f"/pair?lang={language}").text
    assert f'<html lang="{language}" dir="{direction}"' in text
    assert f"/{sheet}.css" in text


def test_a_redirect_without_news_keeps_its_address(gallery):
    with gallery.test_request_context():
        assert redirect_or_hx("/x?a=1").location == "/x?a=1"


def test_a_redirect_says_only_its_own_news(gallery):
    with gallery.test_request_context():
        first = redirect_or_hx("/x?told=old&a=", told="Sent", undo_url="/undo").location
    text = gallery.test_client().get(first.replace("/x", "/pair"), headers=HTMX).text
    assert first.startswith("/x?a=&told=")
    assert text.count("m-toast") == 2
    assert '<span>Sent</span><a class="btn btn-sm" href="/undo">Undo</a>' in text


def test_an_announcement_can_stand_alone(gallery):
    with gallery.test_request_context("/", headers=HTMX):
        announce("6 shown")
        assert 'id="told"' not in render("pair.html", "_pair.html", words="x").get_data(as_text=True)
        toast("Kept")
        assert "<span>Kept</span></div>" in render("pair.html", "_pair.html", words="x").get_data(as_text=True)
