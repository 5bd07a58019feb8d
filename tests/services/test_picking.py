"""Picking a link for a course."""

import pytest
from factories.world import NOON, World, seat, track
from sqlalchemy import select

from lti_mentoring.domain.grades import ColumnMode
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Seat, TrackState
from lti_mentoring.queries.picking import tracks_to_pick
from lti_mentoring.services.picking import finish, pick, what_is_wished

URL = "https://localhost/lti/launch"
WISH = {
    "return_url": "https://lms.example/picked", "accept_types": ["ltiResourceLink"], "accept_targets": ["iframe"],
    "accept_multiple": False, "accept_lineitem": None, "auto_create": None, "title": None, "text": None,
    "data": "opaque", "has_data": True, "deployment_id": "1",
}  # fmt: skip


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def by(session, world):
    seat(session, world, SeatRole.FACULTY, deep_linking=dict(WISH))
    number = session.scalars(select(Seat.id)).one()
    return world.sitter(seat_id=number, may_pick=True)


def test_what_the_platform_asked_for_is_read_back(session, world, by):
    wish = what_is_wished(session, by)
    assert (wish.settings.return_url, wish.settings.accept_types) == (
        "https://lms.example/picked",
        ("ltiResourceLink",),
    )
    assert (wish.deployment_id, wish.platform.id) == ("1", world.registration.id)


def test_nothing_is_wished_in_an_ordinary_seat(session, world):
    seat(session, world, SeatRole.FACULTY)
    with pytest.raises(NotFound):
        what_is_wished(session, world.sitter(seat_id=session.scalars(select(Seat.id)).one()))
    with pytest.raises(NotFound):
        what_is_wished(session, world.sitter(seat_id=4711))


def test_a_picked_track_travels_in_the_link_with_its_column(session, world, by):
    item = pick(session, by, world.track.id, launch_url=URL, title="Mentoring", now=NOON).as_json()
    assert item["custom"] == {"track": world.track.key}
    assert item["lineItem"] == {
        "scoreMaximum": 100,
        "label": "Clinical mentorship",
        "resourceId": f"track-{world.track.key}",
        "tag": "mentoring",
    }
    ended = session.get(Seat, by.seat_id)
    assert (ended.ended_at, ended.deep_linking) == (NOON, None)
    assert session.scalars(select(AuditEntry.action)).all() == ["link.picked"]


def test_a_track_with_a_column_for_each_milestone_asks_for_none(session, world, by):
    world.track.column_mode = ColumnMode.PER_MILESTONE
    session.flush()
    assert "lineItem" not in pick(session, by, world.track.id, launch_url=URL, title="M", now=NOON).as_json()


def test_a_link_may_be_added_before_its_track(session, by):
    item = pick(session, by, None, launch_url=URL, title="Mentoring", now=NOON).as_json()
    assert item == {"type": "ltiResourceLink", "url": URL, "title": "Mentoring"}


def test_another_courses_track_and_a_closed_one_are_not_there(session, world, by):
    world.track.state = TrackState.CLOSED
    session.flush()
    for number in (world.track.id, World(session).track.id):
        with pytest.raises(NotFound):
            pick(session, by, number, launch_url=URL, title="M", now=NOON)


def test_picking_nothing_is_an_answer_too(session, by):
    finish(session, by, now=NOON)
    assert session.get(Seat, by.seat_id).ended_at == NOON


def test_drafts_are_marked_and_the_newest_track_comes_first(session, world, by):
    track(session, world.context, milestones=0, title="Draft", state=TrackState.DRAFT)
    assert [(one.title, one.is_draft) for one in tracks_to_pick(session, by)] == [
        ("Draft", True),
        ("Clinical mentorship", False),
    ]
    assert pick(session, by, world.track.id, launch_url=URL, title="M", now=NOON).title == "Clinical mentorship"
