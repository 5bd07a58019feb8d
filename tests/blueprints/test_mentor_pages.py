"""A mentor's public page in a browser: chosen, looked at, shared, renewed, turned off; and what a stranger gets."""

import re

import pytest
from factories.awards import desk
from factories.browser import sit
from factories.credentials import verified
from factories.mentor_badges import badge
from factories.profiles import profile
from factories.world import NOON, World

from lti_mentoring.domain.credentials import Practice
from lti_mentoring.domain.seats import SeatRole


@pytest.fixture
def world(session):
    world = World(session)
    world.track.template = "clinical"
    return world


@pytest.fixture
def guide(app, session, world):
    profile(session, world)
    verified(app, session, world)
    return sit(app, session, world, SeatRole.MENTOR)


def link_in(page):
    return re.search(r'id="share-link" href="https?://[^/]+(/mentor-page/[\w-]+)"', page).group(1)


def shared(guide, *parts):
    guide.post("/profile/public", {"public": list(parts)})
    guide.post("/profile/public/share")
    return link_in(guide.get("/profile/public").text)


def said(page):
    """What stands on a page, without its markup."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_mentor_chooses_looks_and_shares(guide, client):
    page = guide.get("/profile/public").text
    assert "It is off until you share it" in page
    assert "mentor-page" not in page
    answer = guide.post("/profile/public", {"public": ["work", "checked"]})
    preview = guide.get(answer.headers["Location"]).text
    assert "Exactly this is what strangers would read." in preview
    assert "Licence to practise" in preview
    public = client.get(shared(guide, "work", "checked"))
    assert public.status_code == 200
    for words in ("Dr Priya Raman", "Verified", "Licence to practise", "Physician", "Checked by the course team"):
        assert words in said(public.text), words
    for words in ("I like questions", "7012345", "Amina", "English", "4 free", "answers"):
        assert words not in said(public.text), words


def test_a_stranger_s_page_is_kept_out_of_searches_frames_and_cookies_and_tells_no_other_site(guide, client):
    answer = client.get(shared(guide))
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert 'name="robots" content="noindex' in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert "<nav" not in answer.text
    assert "Verified" not in answer.text


def test_a_link_that_was_given_up_gets_the_very_answer_of_an_unknown_one(guide, client):
    former = shared(guide, "work")
    guide.post("/profile/public/renew")
    latest = link_in(guide.get("/profile/public").text)
    assert latest != former
    guide.post("/profile/public/stop")
    answers = [client.get(path) for path in (former, latest, "/mentor-page/" + "0" * 32, "/mentor-page/x")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.data for answer in answers}) == 1
    named = ("X-Robots-Tag", "Cache-Control", "Content-Security-Policy", "Vary")
    assert len({tuple(answer.headers[name] for name in named) for answer in answers}) == 1
    assert "This page is not shared" in answers[0].text
    assert guide.post("/profile/public/renew").status_code == 409


def test_a_part_that_says_nothing_makes_no_empty_card(app, session, world, client):
    guide = sit(app, session, world, SeatRole.MENTOR)
    page = client.get(shared(guide, "work", "checked", "offer")).text
    assert "public-says" not in page
    assert "public-checked" not in page
    assert "chose what is shown here" in page


def test_what_was_seen_of_the_practice_and_the_released_badge_stand_there(app, session, world, client):
    guide = sit(app, session, world, SeatRole.MENTOR)
    profile(session, world)
    verified(app, session, world, practice=Practice(since=2011))
    award = badge(world, desk(app.extensions["settings"]))
    session.commit()
    address = shared(guide, "checked", "level")
    page = client.get(address)
    assert "In practice since 2011" in said(page.text)
    assert "/verify/" not in page.text
    award.released = ["name"]
    session.commit()
    assert f'href="/verify/{award.public_id}"' in client.get(address).text
    award.revoked_at = NOON
    session.commit()
    assert "/verify/" not in client.get(address).text


def test_a_title_with_a_number_in_it_is_told_by_its_kind(session, guide, world, client, app):
    verified(app, session, world).title = "GMC 7012345"
    session.commit()
    page = said(client.get(shared(guide, "checked")).text)
    assert "A licence (" in page
    assert "7012345" not in page


def test_nobody_else_has_such_a_page(app, session, world):
    student = sit(app, session, world, SeatRole.STUDENT)
    assert student.get("/profile/public").status_code == 403
    world.mentor.active = False
    unticked = sit(app, session, world, SeatRole.MENTOR)
    session.commit()
    assert "There is no public page for you here" in unticked.get("/profile/public").text
    assert unticked.post("/profile/public/share").status_code == 409


def test_a_part_that_does_not_exist_is_refused(guide):
    assert guide.post("/profile/public", {"public": ["students"]}).status_code == 422


def test_what_is_held_about_a_mentor_names_the_page(guide):
    shared(guide)
    assert "1 public page, which whoever has its link reads" in guide.get("/privacy").text
