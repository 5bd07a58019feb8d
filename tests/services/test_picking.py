"""Picking links for a course."""

from datetime import UTC, date, datetime

import pytest
from factories.statements import counting
from factories.tests import exam
from factories.world import NOON, World, instrument, link, milestone, seat, track
from sqlalchemy import select

from lti_mentoring.domain.grades import ColumnMode
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.placing import Opens, Placed, read_opens
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import StateOfTest
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, LineItem, Seat, TrackState
from lti_mentoring.queries.picking import tracks_to_pick
from lti_mentoring.services.grading import ensure_columns
from lti_mentoring.services.picking import NothingPicked, Picking, finish, pick, what_is_wished

URL = "https://localhost/lti/launch"
REVIEW = {"reviewableStatus": ["InProgress", "Submitted", "Completed"], "url": URL}
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


def things(session, by, kind=None):
    return [one for track in tracks_to_pick(session, by) for one in track.things if kind in (None, one.opens.kind)]


def choose(session, by, *picked, **how):
    values = [one.value for one in picked]
    wanted = Picking(values, URL, title_of=lambda one: one.name or one.opens.kind.value, **how)
    return [item.as_json() for item in pick(session, by, wanted, now=NOON)]


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


def test_a_track_offers_itself_its_milestones_their_forms_and_its_certificates(session, world, by):
    form = instrument(session, world.institution, {})
    second = world.track.milestones[1]
    second.proof, second.instrument_id = Proof.ASSESSMENT, form.id
    milestone(session, world.track, position=9, retired_at=NOON)
    assert [(one.opens.kind, one.name) for one in things(session, by)] == [
        (Placed.TRACK, "Clinical mentorship"),
        (Placed.MILESTONE, "Milestone 1"),
        (Placed.MILESTONE, "Milestone 2"),
        (Placed.MILESTONE, "Milestone 3"),
        (Placed.ASSESSMENT, "Milestone 2: Entrustment"),
        (Placed.CERTIFICATES, ""),
    ]


def test_a_picked_track_travels_in_the_link_with_its_column(session, world, by):
    (item,) = choose(session, by, *things(session, by, Placed.TRACK))
    assert item["custom"] == {"track": world.track.key}
    assert item["lineItem"] == {
        "scoreMaximum": 100,
        "label": "Clinical mentorship",
        "resourceId": f"track-{world.track.key}",
        "tag": "mentoring",
        "submissionReview": REVIEW,
    }
    ended = session.get(Seat, by.seat_id)
    assert (ended.ended_at, ended.deep_linking) == (NOON, None)
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.facts) == ("link.picked", {"opens": ["track"]})


def test_each_kind_comes_back_from_its_link_as_it_was_picked(session, world, by):
    picked = things(session, by)
    items = choose(session, by, *picked)
    assert [read_opens(item["custom"]) for item in items] == [one.opens for one in picked]


@pytest.mark.parametrize(
    ("mode", "with_column"), [(ColumnMode.ONE, {Placed.TRACK}), (ColumnMode.PER_MILESTONE, {Placed.MILESTONE})]
)
def test_columns_come_along_as_the_track_has_them(session, world, by, mode, with_column):
    world.track.column_mode = mode
    session.flush()
    picked = things(session, by)
    items = choose(session, by, *picked)
    assert {one.opens.kind for one, item in zip(picked, items, strict=True) if "lineItem" in item} == with_column


def test_a_milestones_column_is_the_one_that_its_scores_look_for(session, world, by):
    world.track.column_mode = ColumnMode.PER_MILESTONE
    session.flush()
    first = things(session, by, Placed.MILESTONE)[0]
    column = choose(session, by, first)[0]["lineItem"]
    (made, *_more) = ensure_columns(session, world.track, now=NOON)
    assert (column["label"], column["scoreMaximum"]) == (made.label, made.maximum)
    assert column["resourceId"] == f"milestone-{world.track.milestones[0].key}"


def test_a_milestone_and_its_form_picked_together_ask_for_one_column(session, world, by):
    world.track.column_mode = ColumnMode.PER_MILESTONE
    first = world.track.milestones[0]
    first.proof, first.instrument_id = Proof.ASSESSMENT, instrument(session, world.institution, {}).id
    session.flush()
    both = [one for one in things(session, by) if one.opens.item_key == first.key]
    assert ["lineItem" in item for item in choose(session, by, *both)] == [True, False]


def test_a_milestone_that_does_not_count_has_no_column(session, world, by):
    world.track.column_mode = ColumnMode.PER_MILESTONE
    world.track.milestones[0].weight = 0
    session.flush()
    assert things(session, by, Placed.MILESTONE)[0].column is None


@pytest.mark.parametrize("known_by", ["our own column", "a link's column"])
def test_a_column_that_the_gradebook_has_is_not_asked_for_again(session, world, by, known_by):
    if known_by == "our own column":
        shared = {"institution_id": world.institution.id, "track_id": world.track.id}
        session.add(LineItem(**shared, label="Mentoring", maximum=100, url="https://lms.example/items/1"))
    else:
        link(session, world.context, world.track, lineitem_url="https://lms.example/items/1")
    session.flush()
    (whole,) = things(session, by, Placed.TRACK)
    assert whole.column.made
    assert "lineItem" not in choose(session, by, whole)[0]


def test_a_certificates_column_is_none_of_the_tracks(session, world, by):
    link(session, world.context, world.track, opens="certificates", lineitem_url="https://lms.example/items/1")
    assert not things(session, by, Placed.TRACK)[0].column.made


def test_dates_go_along_where_they_are_asked_for(session, world, by):
    world.track.starts_on = date(2026, 9, 28)
    world.track.milestones[2].due_after_days = None
    session.flush()
    first, _second, third = things(session, by, Placed.MILESTONE)
    assert first.due_at == datetime(2026, 10, 12, 23, 59, 59, tzinfo=UTC)
    with_dates, without = choose(session, by, first, third, with_dates=True)
    assert with_dates["available"] == {"startDateTime": "2026-09-28T00:00:00+00:00"}
    assert with_dates["submission"] == {"endDateTime": "2026-10-12T23:59:59+00:00"}
    assert ("available" in without, "submission" in without) == (True, False)


def test_a_link_may_open_in_a_new_window(session, world, by):
    assert choose(session, by, *things(session, by, Placed.TRACK), new_window=True)[0]["window"] == {
        "targetName": "_blank"
    }


def test_a_link_may_be_added_before_its_track(session, by):
    assert choose(session, by, later="Mentoring") == [{"type": "ltiResourceLink", "url": URL, "title": "Mentoring"}]


def test_nothing_chosen_is_no_answer_yet(session, by):
    with pytest.raises(NothingPicked):
        choose(session, by)
    assert session.get(Seat, by.seat_id).ended_at is None


def test_another_courses_track_and_a_closed_one_are_not_there(session, world, by):
    (mine,) = things(session, by, Placed.TRACK)
    other = World(session)
    (theirs,) = things(session, other.sitter(), Placed.TRACK)
    world.track.state = TrackState.CLOSED
    session.flush()
    for one in (mine, theirs):
        with pytest.raises(NotFound):
            choose(session, by, one)


def test_picking_nothing_is_an_answer_too(session, by):
    finish(session, by, now=NOON)
    assert session.get(Seat, by.seat_id).ended_at == NOON
    assert session.scalars(select(AuditEntry.action)).one() == "link.answered"


def test_drafts_are_marked_and_the_newest_track_comes_first(session, world, by):
    track(session, world.context, milestones=0, title="Draft", state=TrackState.DRAFT)
    assert [(one.title, one.is_draft, len(one.things)) for one in tracks_to_pick(session, by)] == [
        ("Draft", True, 2),
        ("Clinical mentorship", False, 5),
    ]


def test_published_tests_can_be_picked_one_or_many_at_once_and_bring_their_column(session, world, by):
    own_column = exam(session, world.track, title="Before the ward", column_points=20)
    without = exam(session, world.track, title="Hygiene")
    exam(session, world.track, state=StateOfTest.DRAFT)
    exam(session, world.track, state=StateOfTest.CLOSED)
    tests = things(session, by, Placed.TEST)
    assert [one.name for one in tests] == ["Before the ward", "Hygiene"]
    first, second = choose(session, by, *tests)
    assert first["custom"] == {"opens": "test", "track": world.track.key, "item": own_column.key}
    assert first["lineItem"] == {
        "scoreMaximum": 20,
        "label": "Clinical mentorship: Before the ward",
        "resourceId": f"test-{own_column.key}",
        "tag": "mentoring",
        "submissionReview": REVIEW,
    }
    assert read_opens(second["custom"]) == Opens(Placed.TEST, world.track.key, without.key)
    assert "lineItem" not in second


@pytest.mark.parametrize("known_by", ["link", "line item"])
def test_a_tests_column_that_the_gradebook_has_is_not_asked_for_again(session, world, by, known_by):
    test = exam(session, world.track, column_points=20)
    if known_by == "link":
        link(
            session, world.context, world.track, opens="test", opens_item=test.key, lineitem_url="https://lms.example/7"
        )
    else:
        columns = ensure_columns(session, world.track, now=NOON)
        next(one for one in columns if one.test_id == test.id).url = "https://lms.example/7"
        session.flush()
    assert "lineItem" not in choose(session, by, *things(session, by, Placed.TEST))[0]


def test_what_can_be_picked_costs_five_statements_however_much_it_is(session, world, by):
    for _ in range(5):
        exam(session, track(session, world.context, milestones=10))
    session.expire_all()
    with counting(session) as sent:
        tracks_to_pick(session, by)
    assert len(sent) == 5
