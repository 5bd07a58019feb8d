"""Who may call a platform now: counted by the database over all workers."""

from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from factories.world import NOON, World, registration
from sqlalchemy import func, select, text, update

from lti_mentoring.db import database_now, db, unit_of_work
from lti_mentoring.domain.lanes import BURST, OPENS_AFTER, Heard
from lti_mentoring.lti.faults import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.models import Job, JobKind, LaneSlot, PlatformLane, Score
from lti_mentoring.plugins import load_quirks
from lti_mentoring.services.grading import ensure_columns
from lti_mentoring.services.jobs import find_due_jobs, start_job
from lti_mentoring.services.lanes import (
    due_in_lane,
    enter,
    heard_in,
    is_well,
    leave,
    stay,
    take_job,
    take_score,
)
from lti_mentoring.services.sending import OF_EACH, find_due_scores

PRODUCTS = load_quirks(())
PAST = datetime(2020, 1, 1, tzinfo=UTC)
both = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


def scores(session, world, number=1):
    [column] = ensure_columns(session, world.track, now=NOON)
    rows = [
        Score(
            institution_id=world.institution.id, track_id=world.track.id, line_item_id=column.id,
            person_id=world.another_student().id, wanted=40, maximum=100, due_at=PAST + timedelta(seconds=place),
        )
        for place in range(number)
    ]  # fmt: skip
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def course_list(session, world):
    return start_job(session, JobKind.ROSTER, world.context.id, world.sitter(), now=NOON).id


def lane(session):
    return session.scalars(select(PlatformLane).execution_options(populate_existing=True)).one()


def proven(session, world):
    """Let a first call answer well."""
    leave(session, enter(session, world.registration.id, PRODUCTS), Heard.GOOD)


def come(session, world, times=1):
    return [enter(session, world.registration.id, PRODUCTS) for _ in range(times)]


@both
def test_the_first_call_goes_alone_and_then_four_at_once(session, world):
    first, second = come(session, world, 2)
    assert (first is not None, second) == (True, None)
    assert leave(session, first, Heard.GOOD) == 4
    taken = come(session, world, 5)
    assert [slot is not None for slot in taken] == [True] * 4 + [False]
    assert leave(session, taken[0], Heard.GOOD) == 1
    assert leave(session, taken[1], Heard.GOOD) == 2


def test_while_slots_are_plenty_nobody_is_woken(session, world):
    proven(session, world)
    assert leave(session, come(session, world)[0], Heard.GOOD) == 0


def test_canvas_gets_one_call_at_a_time(session, world):
    world.registration.product_family = "canvas"
    proven(session, world)
    assert [slot is not None for slot in come(session, world, 2)] == [True, False]


def test_two_client_ids_do_not_count_together(session, world):
    other = registration(session, world.institution)
    come(session, world)
    assert enter(session, other.id, PRODUCTS) is not None


@both
def test_a_killed_workers_slot_is_free_after_its_lease(session, world):
    [slot] = come(session, world)
    session.execute(update(LaneSlot).values(lease_until=database_now(session) - timedelta(seconds=1)))
    assert come(session, world) != [None]
    with pytest.raises(PlatformUnavailable) as lost:
        stay(session, slot)
    assert lost.value.reason == "lane_busy"


def test_each_call_renews_the_lease_and_stops_when_another_was_told_to_wait(session, world):
    proven(session, world)
    one, other = come(session, world, 2)
    session.execute(update(LaneSlot).values(lease_until=database_now(session)))
    stay(session, one)
    assert session.scalar(select(func.max(LaneSlot.lease_until))) > database_now(session) + timedelta(seconds=30)
    leave(session, other, Heard.THROTTLED, 30)
    with pytest.raises(PlatformUnavailable) as told:
        stay(session, one)
    assert (told.value.reason, 25 <= told.value.retry_after <= 31) == ("lane_paused", True)


@both
def test_many_workers_at_once_never_take_more_than_there_are(app, world, session):
    proven(session, world)
    session.commit()
    together, taken = Barrier(8), []

    def work():
        with app.app_context():
            together.wait()
            with unit_of_work() as own:
                taken.append(enter(own, world.registration.id, PRODUCTS) is not None)
            db.session.remove()

    threads = [Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [False] * 4 + [True] * 4


@both
def test_a_resting_platforms_work_is_left_due_and_costs_no_attempt(session, world):
    neighbour = World(session)
    [slot] = come(session, world)
    [score], [theirs] = scores(session, world), scores(session, neighbour)
    job = course_list(session, world)
    for _ in range(OPENS_AFTER):
        leave(session, slot, Heard.FAILED, chance=lambda: 0.0)
    assert take_score(session, score, PRODUCTS) is None
    assert take_job(session, job, PRODUCTS) is None
    assert session.get_one(Score, score).attempts == session.get_one(Job, job).attempts == 0
    assert find_due_scores(session, most=9) == [theirs]
    assert find_due_jobs(session, most=9) == []
    certificates = start_job(session, JobKind.CERTIFICATES, world.context.id, None, now=NOON, track_id=world.track.id)
    assert find_due_jobs(session, most=9) == [certificates.id]
    slot, claimed = take_job(session, certificates.id, PRODUCTS)
    assert (slot, claimed.job_id) == (None, certificates.id)
    session.execute(update(PlatformLane).values(rests_until=database_now(session) - timedelta(seconds=1)))
    assert find_due_scores(session, most=9) == [score, theirs]
    assert find_due_jobs(session, most=9) == [job]
    assert take_job(session, job, PRODUCTS) is not None


def test_a_platform_that_asked_us_to_wait_is_not_called(session, world):
    [score] = scores(session, world)
    leave(session, come(session, world)[0], Heard.THROTTLED, 60)
    assert (take_score(session, score, PRODUCTS), find_due_scores(session, most=9)) == (None, [])


def test_a_thousand_grades_of_one_platform_do_not_stand_before_anothers(session, world):
    neighbour = World(session)
    many = scores(session, world, OF_EACH + 3)
    few = scores(session, neighbour, 2)
    found = find_due_scores(session, most=500)
    assert sorted(found) == sorted(many[:OF_EACH] + few)
    assert set(found[:4]) == {*many[:2], *few}


def test_what_failed_before_goes_after_what_was_not_tried(session, world):
    first, second = scores(session, world, 2)
    session.get_one(Score, first).attempts = 3
    session.flush()
    assert due_in_lane(session, world.registration.id, most=9) == ([second, first], [])


def test_lists_and_scores_take_turns_at_the_last_slot(session, world):
    [score] = scores(session, world)
    job = course_list(session, world)
    assert due_in_lane(session, world.registration.id, most=9) == ([score], [job])
    assert take_score(session, score, PRODUCTS) is None
    slot, claimed = take_job(session, job, PRODUCTS)
    leave(session, slot, Heard.NOTHING)
    assert (claimed.job_id, lane(session).scores_in_a_row) == (job, 0)
    session.get_one(Job, job).lease_until = None
    session.flush()
    assert take_job(session, job, PRODUCTS) is None
    slot, _ = take_score(session, score, PRODUCTS)
    leave(session, slot, Heard.NOTHING)
    session.get_one(Score, score).lease_until = None
    lane(session).scores_in_a_row = BURST
    session.flush()
    assert take_score(session, score, PRODUCTS) is None
    assert take_job(session, job, PRODUCTS) is not None


def test_what_is_gone_done_or_anothers_takes_no_slot(session, world):
    proven(session, world)
    [score], job = scores(session, world), course_list(session, world)
    assert (take_score(session, 4711, PRODUCTS), take_job(session, 4711, PRODUCTS)) == (None, None)
    assert (take_score(session, score, PRODUCTS) is not None, take_score(session, score, PRODUCTS)) == (True, None)
    assert (take_job(session, job, PRODUCTS) is not None, take_job(session, job, PRODUCTS)) == (True, None)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
@pytest.mark.parametrize("take", [take_score, take_job])
def test_of_two_that_come_for_the_same_work_one_gets_it_and_the_other_keeps_no_slot(app, session, world, take):
    proven(session, world)
    number = scores(session, world)[0] if take is take_score else course_list(session, world)
    session.commit()
    second = []

    def work():
        with app.app_context():
            with unit_of_work() as own:
                second.append(take(own, number, PRODUCTS))
            db.session.remove()

    assert take(session, number, PRODUCTS) is not None
    thread = Thread(target=work)
    thread.start()
    waits = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with db.engine.connect() as other:
        while not other.scalar(waits):
            other.rollback()
    session.commit()
    thread.join()
    assert second == [None]
    assert session.scalar(select(func.count()).select_from(LaneSlot)) == 1


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (None, (Heard.GOOD, None)),
        (PlatformUnavailable("timeout"), (Heard.FAILED, None)),
        (PlatformUnavailable("server_error", platform_status=503, retry_after=9), (Heard.FAILED, 9)),
        (PlatformAnswerUnreadable("html", platform_status=200), (Heard.FAILED, None)),
        (PlatformUnavailable("throttled", platform_status=403, retry_after=7), (Heard.THROTTLED, 7)),
        (PlatformUnavailable("column_search", retry_after=2), (Heard.NOTHING, None)),
        (PlatformUnavailable("lane_paused", retry_after=2), (Heard.NOTHING, None)),
        (PlatformRefused(404, "not_found"), (Heard.GOOD, None)),
        (PlatformRefused(None, "address_not_public"), (Heard.NOTHING, None)),
        (PlatformRefused(400, "invalid_scope"), (Heard.GOOD, None)),
        (PlatformRefused(401, "invalid_client"), (Heard.UNWELCOME, None)),
    ],
)
def test_what_a_fault_tells_of_the_platform(fault, says):
    assert heard_in(fault) == says


def test_a_piece_of_work_is_to_blame_where_others_get_through(session, world):
    [slot] = come(session, world)
    assert is_well(session, slot, None)
    assert not is_well(session, slot, PlatformUnavailable("throttled"))
    assert not is_well(session, slot, PlatformUnavailable("timeout"))
    leave(session, slot, Heard.GOOD)
    assert is_well(session, slot, PlatformUnavailable("timeout"))
