"""A mentor's badge in a browser: taken, shown, downloaded, checked by strangers, withdrawn by faculty."""

import json
import re

import pytest
from factories.browser import sit
from factories.mentor_badges import trained_here
from factories.world import World
from sqlalchemy import select

from lti_mentoring.awarding.baking import credential_in
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Award


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def guide(app, session, world):
    trained_here(world)
    return sit(app, session, world, SeatRole.MENTOR)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def said(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.text).split())


def link_in(page):
    return re.search(r'id="share-trained" href="https?://[^/]+(/verify/[0-9a-f]+)"', page.text).group(1)


def test_a_mentor_takes_shows_and_downloads_a_badge_and_strangers_check_it(guide, client):
    page = guide.get("/profile/badges")
    assert "You can take a badge: Trained" in said(page)
    assert "My badges as a mentor" in said(guide.get("/profile"))
    page = guide.get(guide.post("/profile/badges").headers["Location"])
    assert "You can take a badge" not in said(page)
    public = client.get(link_in(page))
    assert "This badge is valid" in said(public)
    assert "Raman" not in public.text
    guide.post("/profile/badges/trained/shown", {"trained-shows": ["name", "course"]})
    public = said(client.get(link_in(page)))
    for words in ("Dr Priya Raman", "Trained mentor", "Clinical placement"):
        assert words in public, words
    document = guide.get("/profile/badges/trained/credential.json")
    picture = guide.get("/profile/badges/trained/badge.png")
    assert json.loads(document.data) == credential_in(picture.data)
    assert document.headers["Cache-Control"] == "no-store"
    assert guide.get("/profile/badges/lead/badge.png").status_code == 404


def test_who_is_not_trained_reads_what_is_missing(app, session, world):
    client = sit(app, session, world, SeatRole.MENTOR)
    assert "No badge yet Not trained yet." in said(client.get("/profile/badges"))
    answer = client.post("/profile/badges")
    assert (answer.status_code, "You have no level yet" in said(answer)) == (409, True)


def test_who_mentors_no_more_has_no_badges_here(session, world, guide):
    world.mentor.active = False
    session.commit()
    assert "There are no badges for you here" in said(guide.get("/profile/badges"))


def test_faculty_see_a_badge_on_the_mentor_s_page_and_withdraw_it_with_a_reason(session, world, guide, faculty, client):
    guide.post("/profile/badges")
    public = link_in(guide.get("/profile/badges"))
    mentor_page = f"/mentors/{world.mentor.id}"
    assert "Badge: Trained mentor, taken on" in said(faculty.get(mentor_page))
    number = session.scalars(select(Award.id)).one()
    page = f"/certificates/{number}/withdraw"
    assert "Withdraw the badge of" in said(faculty.get(page))
    assert faculty.post(page, {"reason": "no"}).status_code == 422
    answer = faculty.post(page, {"reason": "She was never seen at the training."})
    assert answer.headers["Location"].partition("?")[0] == mentor_page
    after = said(faculty.get(answer.headers["Location"]))
    assert "Withdrawn: the badge of" in after
    assert "withdrawn on" in after
    assert "This badge was withdrawn" in said(client.get(public))
    assert "She was never seen at the training." in said(guide.get("/profile/badges"))
    assert "You can take a badge" not in said(guide.get("/profile/badges"))
    assert "Your course team withdrew your badge" in said(guide.post("/profile/badges"))
    assert faculty.get(f"/certificates/{number}/certificate.pdf").status_code == 404
    assert "badge as a mentor" in said(guide.get("/privacy"))


def test_a_badge_of_somebody_who_mentors_no_more_leads_back_to_the_mentors(session, world, guide, faculty):
    guide.post("/profile/badges")
    world.mentor.active = False
    session.commit()
    page = f"/certificates/{session.scalars(select(Award.id)).one()}/withdraw"
    answer = faculty.post(page, {"reason": "She was never seen at the training."})
    assert answer.headers["Location"].partition("?")[0] == "/mentors"
