"""Faculty of a copied course are offered the setup from before."""

import re

import pytest
from factories.browser import sit
from factories.door import BASE, Door, forget_request
from factories.world import World, context, link, membership, track
from fakes.platform import CONTEXT, CUSTOM, RESOURCE_LINK
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Context, Track, TrackState

FACULTY = SeatRole.FACULTY


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    """Faculty at a page that opens no track, in a course that the platform copied from the world's."""
    course = context(session, world.deployment, history=[world.context.context_id], title="Spring")
    page = link(session, course)
    return sit(app, session, world, FACULTY, link=page, context_ref=course.id)


def copies(session, world):
    session.rollback()
    return session.scalars(select(Track).where(Track.context_ref != world.context.id)).all()


def test_the_setup_of_the_course_from_before_is_offered_copied_and_opened(session, world, faculty):
    page = faculty.get("/track").text
    assert "Copy the setup from before?" in page
    assert "Clinical placement, 2026" in page
    there = f"/track/copy/{world.track.id}"
    assert there in page
    asks = faculty.get(there).text
    assert "Copy the setup from Clinical placement, 2026" in asks
    assert "Never copied: people, mentors" in asks
    answer = faculty.post(there, {"starts_on": "2027-03-01"})
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/track")
    (copy,) = copies(session, world)
    assert (copy.state, copy.starts_on.isoformat()) == (TrackState.DRAFT, "2027-03-01")
    assert "Clinical mentorship" in faculty.get("/track").text


def test_who_comes_too_late_finds_the_copy_that_is_there(session, world, faculty):
    there = f"/track/copy/{world.track.id}"
    for _ in range(2):
        assert faculty.post(there, {"starts_on": "2027-03-01"}).status_code == 303
    assert len(copies(session, world)) == 1
    assert faculty.get(there).headers["Location"].partition("?")[0] == "/track"


def test_a_copy_needs_a_beginning(session, world, faculty):
    for said in ("", "soon", "2027-02-30"):
        answer = faculty.post(f"/track/copy/{world.track.id}", {"starts_on": said})
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
    assert copies(session, world) == []


def test_declined_is_not_asked_again_but_stays_to_be_found(faculty):
    assert faculty.post("/track/copy/decline").status_code == 303
    page = faculty.get("/track").text
    assert "Copy the setup from before?" not in page
    assert "Or copy the setup from another course" in page


def test_ones_own_other_course_is_offered_without_urging(app, session, world):
    other = World(session, inside=world.deployment)
    membership(session, other.context, world.faculty, is_student=False, is_faculty=True)
    unbound = link(session, world.context)
    page = sit(app, session, world, FACULTY, link=unbound).get("/track").text
    assert "Copy the setup from before?" not in page
    assert f"/track/copy/{other.track.id}" in page


@pytest.mark.parametrize("number", [4711, 2**31, 10**30])
def test_what_is_not_offered_is_not_there(faculty, number):
    assert faculty.get(f"/track/copy/{number}").status_code == 404
    assert faculty.post(f"/track/copy/{number}", {"starts_on": "2027-03-01"}).status_code == 404


def test_a_course_that_the_platform_copied_finds_its_setup_from_the_first_launch_on(app, session):
    """Over the real routes: a launch says where the course comes from; its copied link then opens the copy."""
    door = Door(app, session)
    door.walk()
    old = session.scalars(select(Context)).one()
    before = track(session, old)
    session.commit()
    copied_link = {
        CONTEXT: {"id": "course-1-copy", "title": "Clinical placement, spring"},
        RESOURCE_LINK: {"id": "link-1-copy"},
        CUSTOM: {
            "context_history": f"{old.context_id},truncated",
            "link_history": "$ResourceLink.id.history",
            "track": before.key,
            "opens": "milestone",
            "item": before.milestones[0].key,
        },
    }
    door.walk(change=copied_link)
    page = door.open("/track")
    assert "Copy the setup from before?" in page.text
    there = f"/track/copy/{before.id}"
    proof = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    forget_request()
    sent = {"csrf_token": proof, "starts_on": "2027-03-01"}
    assert door.browser.post(there, data=sent, base_url=BASE).status_code == 303
    session.rollback()
    copy = session.scalars(select(Track).where(Track.context_ref != old.id)).one()
    door.walk(change=copied_link)
    opened = door.open("/placed").headers["Location"]
    assert opened.endswith(f"milestone={copy.milestones[0].id}")
    assert copy.milestones[0].id != before.milestones[0].id
