"""A link of the course opens the very page that it was made for, for whoever comes."""

import pytest
from factories.browser import sit
from factories.door import Door
from factories.tests import exam
from factories.world import NOON, World, link, track
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import Audience, StateOfTest
from lti_mentoring.models import Context, MilestoneProgress, TrackState

STUDENT, MENTOR, FACULTY, OBSERVER = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.OBSERVER


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def come(app, session, world):
    def come(role, opens, item=None):
        made = link(session, world.context, world.track, opens=opens, opens_track=world.track.key, opens_item=item)
        return sit(app, session, world, role, link=made)

    return come


@pytest.mark.parametrize("kind", ["milestone", "assessment"])
@pytest.mark.parametrize(
    ("role", "address"),
    [
        (STUDENT, "/milestones/{}"),
        (MENTOR, "/my-students?milestone={}"),
        (FACULTY, "/?show=all&milestone={}"),
        (OBSERVER, "/"),
    ],
)
def test_a_milestone_opens_for_each_role(world, come, kind, role, address):
    second = world.track.milestones[1]
    answer = come(role, kind, second.key).get("/placed")
    assert (answer.status_code, answer.headers["Location"]) == (302, address.format(second.id))


@pytest.mark.parametrize(("role", "address"), [(STUDENT, "/certificate"), (FACULTY, "/certificates"), (MENTOR, "/")])
def test_certificates_open_for_each_role(come, role, address):
    assert come(role, "certificates").get("/placed").headers["Location"] == address


@pytest.mark.parametrize(
    ("role", "address"),
    [(STUDENT, "/tests/{}"), (MENTOR, "/"), (FACULTY, "/track/tests/{}"), (OBSERVER, "/")],
)
def test_a_test_opens_for_whom_it_is_and_for_faculty(session, world, come, role, address):
    test = exam(session, world.track)
    assert come(role, "test", test.key).get("/placed").headers["Location"] == address.format(test.id)


def test_a_test_of_mentors_opens_for_them_and_a_draft_for_faculty_only(session, world, come):
    of_mentors = exam(session, world.track, audience=Audience.MENTORS)
    assert come(MENTOR, "test", of_mentors.key).get("/placed").headers["Location"] == f"/tests/{of_mentors.id}"
    draft = exam(session, world.track, state=StateOfTest.DRAFT)
    assert come(STUDENT, "test", draft.key).get("/placed").headers["Location"] == "/"


def test_a_link_to_a_test_of_another_track_says_that_it_is_gone(session, world, come):
    elsewhere = exam(session, track(session, world.context))
    assert "is not part of the track any more" in come(STUDENT, "test", elsewhere.key).get("/placed").text


@pytest.mark.parametrize("opens", ["track", "meeting", "<script>"])
def test_a_track_and_what_is_not_known_here_open_the_first_page(come, opens):
    assert come(STUDENT, opens).get("/placed").headers["Location"] == "/"


def test_a_link_without_a_track_and_a_seat_without_a_link_open_the_first_page(app, session, world):
    unbound = link(session, world.context, opens="milestone", opens_track="copied", opens_item="one")
    assert sit(app, session, world, FACULTY, link=unbound).get("/placed").headers["Location"] == "/"
    assert sit(app, session, world, FACULTY, resource_link_ref=None).get("/placed").headers["Location"] == "/"


@pytest.mark.parametrize(
    ("role", "words"),
    [(STUDENT, "Your course team has taken it out"), (MENTOR, "Your course team has"), (FACULTY, "choose anew")],
)
def test_what_is_gone_is_said_kindly_with_a_way_on(session, world, come, role, words):
    gone = world.track.milestones[1]
    gone.retired_at = NOON
    session.flush()
    for key in (gone.key, "never-was"):
        page = come(role, "milestone", key).get("/placed")
        assert page.status_code == 200
        assert words in page.text
        assert 'href="/"' in page.text


def test_nobody_is_led_into_a_track_that_students_do_not_see_yet(session, world, come):
    world.track.state = TrackState.DRAFT
    session.flush()
    key = world.track.milestones[0].key
    assert come(STUDENT, "milestone", key).get("/placed").headers["Location"] == "/"
    assert "milestone=" in come(FACULTY, "milestone", key).get("/placed").headers["Location"]


def test_a_mentor_sees_who_waits_at_the_milestone(session, world, come):
    first, second = world.track.milestones[:2]
    shared = {"institution_id": world.institution.id, "track_id": world.track.id, "student_id": world.student.id}
    session.add(
        MilestoneProgress(**shared, milestone_id=first.id, state=ProgressState.SUBMITTED, submitted_at=utcnow())
    )
    session.flush()
    waits = come(MENTOR, "milestone", first.key).get(f"/my-students?milestone={first.id}")
    assert "1 student waits for you here" in waits.text
    assert f"/students/{world.student.id}/milestones/{first.id}" in waits.text
    nobody = come(MENTOR, "milestone", second.key).get(f"/my-students?milestone={second.id}")
    assert "Nobody waits for you here" in nobody.text
    assert "You mentor 1 student" in come(MENTOR, "track").get("/my-students?milestone=4711").text


def test_a_placed_link_leads_there_from_the_launch_on(app, session):
    door = Door(app, session)
    door.walk()
    made = track(session, session.scalars(select(Context)).one())
    session.commit()
    custom = {"track": made.key, "opens": "milestone", "item": made.milestones[0].key}
    claims = {
        "https://purl.imsglobal.org/spec/lti/claim/custom": custom,
        "https://purl.imsglobal.org/spec/lti/claim/resource_link": {"id": "placed-link"},
    }
    assert door.walk(change=claims).headers["Location"] == "/placed"
    assert door.open("/placed").headers["Location"].endswith(f"milestone={made.milestones[0].id}")
