"""A platform that does everything wrong, in turn: nothing is lost, nothing doubled, and people read it in words."""

import threading
from datetime import timedelta

import pytest
from factories.browser import sit
from factories.hostile import PAST, HostileCourse, call_patiently
from fakes.hostile_platform import FAULTS, HostilePlatform
from fakes.lms_server import Reply
from fakes.service_calls import PATIENT, QUICK
from platforms.drive import Reader
from sqlalchemy import func, select

from lti_mentoring.db import database_now, db
from lti_mentoring.domain.lanes import LONGEST_PAUSE, OPENS_AFTER, LaneState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.access import ALL_SCOPES, SCOPE_ROSTER, SCOPE_SCORE
from lti_mentoring.models import AccessToken, HeldReason, JobState, LaneSlot, Registration, Score, ScoreState
from lti_mentoring.queries.lanes import lanes_of, troubled_lanes
from lti_mentoring.tasks import grades, jobs

SLOW = {"slow bytes", "slow head"}
SAYS_NO = {"401", "403", "404", "409", "412", "422", "a redirect"}
LISTS_NOTHING = frozenset({"not json", "deep json", "another shape"})
DONE_ALL_THE_SAME = {"the work done and the answer lost", "the work done and html said"}


@pytest.fixture
def platform():
    with HostilePlatform() as running:
        yield running


@pytest.fixture
def course(app, session, platform):
    call_patiently(app, platform)
    return HostileCourse(app, session, platform)


def break_(app, platform, service, fault, **how):
    """Break a service; where it is to be slow our client is in a hurry, so that the test is short."""
    call_patiently(app, platform, timeouts=QUICK if fault in SLOW else PATIENT)
    platform.break_(service, FAULTS[fault], **how)


def mend(app, platform):
    platform.mend_()
    call_patiently(app, platform)


def reads(course, path, role=SeatRole.FACULTY):
    answer = sit(course.app, course.session, course.world, role).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    reader = Reader(path)
    reader.feed(answer.text)
    return " ".join(" ".join(reader.texts).split())


# ------------------------------------------------------------------ grades
PASSING = {
    "token": [fault for fault in FAULTS if fault not in SAYS_NO or fault == "401"],
    "columns": ["403 of Canvas's throttle", "502", "gzip bomb", "half an answer", *LISTS_NOTHING],
    "scores": [fault for fault in FAULTS if fault not in SAYS_NO | LISTS_NOTHING],
    "results": ["html", "gzip bomb", "endless body", "no answer", *LISTS_NOTHING],
}


@pytest.mark.parametrize("service", PASSING)
def test_after_a_fault_that_passes_every_grade_is_there_once(course, app, session, platform, service):
    for fault in PASSING[service]:
        course.grades_change()
        prepare(course, session, platform, service)
        break_(app, platform, service, fault)
        course.work()
        mend(app, platform)
        course.time_passes()
        course.work_until_settled()
        course.check()
        assert {row.state for row in course.rows()} == {ScoreState.ACCEPTED}, fault
    assert course.lane().failures == 0


def prepare(course, session, platform, service):
    """Bring about that the service is called."""
    if service == "token":
        for row in session.scalars(select(AccessToken)):
            row.expires_at = PAST
    if service == "columns":
        for row in course.rows():
            row.line_item.url = None
    session.commit()
    if service == "results":  # the answer to the score is lost, so that the result has to be read
        platform.break_("scores", FAULTS["the work done and the answer lost"])
        course.work()
        course.time_passes()
        platform.mend_()


STAYING = {
    ("scores", "401"): (HeldReason.FORBIDDEN, "The course does not allow it."),
    ("scores", "403"): (HeldReason.FORBIDDEN, "Its administrator has to grant access to grades."),
    ("scores", "404"): (HeldReason.GAVE_UP, "The course answered this grade with an error each time"),
    ("scores", "409"): (HeldReason.GAVE_UP, "The course answered this grade with an error each time"),
    ("scores", "412"): (HeldReason.REFUSED, "The course did not take the grade."),
    ("scores", "422"): (HeldReason.REFUSED, "Look whether the student is still enrolled there."),
    ("scores", "a redirect"): (HeldReason.REFUSED, "The course did not take the grade."),
    ("columns", "404"): (HeldReason.REFUSED, "The course did not take the grade."),
    ("token", "404"): (HeldReason.REFUSED, "The course did not take the grade."),
}


def test_a_no_that_stays_is_kept_in_sight_with_its_reason_and_doubles_no_column(course, app, session, platform):
    for (service, fault), (reason, words) in STAYING.items():
        course.grades_change()
        prepare(course, session, platform, service)
        break_(app, platform, service, fault)
        course.work_until_settled()
        assert {row.held_reason for row in course.rows()} == {reason}, (service, fault)
        assert words in reads(course, "/grades"), (service, fault)
        course.check()
        mend(app, platform)
    course.grades_change()
    course.work_until_settled()
    course.check()
    assert platform.gradebook() == course.wanted()


def test_one_grade_that_always_fails_is_put_aside_and_its_neighbours_go_on(course, app, platform):
    break_(app, platform, "scores", "500", on=lambda seen: seen.json["userId"] == "u3")
    course.work_until_settled()
    assert [row.held_reason for row in course.rows()] == [None, HeldReason.GAVE_UP]
    course.check()
    assert set(platform.gradebook()) == {"u2"}


def test_a_column_that_somebody_deleted_is_made_anew_once(course, platform):
    course.work_until_settled()
    platform.line_items.clear()
    platform.results.clear()
    platform.accepted.clear()
    course.grades_change()
    course.work_until_settled()
    course.check()
    assert len(platform.line_items) == 1


def test_bad_tokens_are_renewed_once_for_a_call_and_never_in_a_loop(course, app, platform):
    break_(app, platform, "scores", "401")
    course.work()
    assert len(platform.told("scores")) == 2 * len(course.rows())
    assert len(platform.told("token")) <= 1 + len(course.rows())


def test_whoever_does_not_know_us_any_more_is_asked_once_and_left_alone(course, app, platform):
    platform.break_("token", Reply.json({"error": "invalid_client"}, 401))
    course.work()
    course.work()
    assert len(platform.told("token")) == 1
    assert course.lane().rests_until is not None
    said = reads(course, "/grades")
    assert "The course does not let this tool in any more; its administrator has to look." in said
    assert "The course is not answering at present." in said
    assert course.session.scalar(select(Registration.last_error)) == "invalid_client"
    mend(app, platform)
    course.time_passes()
    course.work_until_settled()
    course.check()


WAITS = {
    "429 for a minute": (55, 60),
    "429 until a date": (25, 30),
    "429 for a year": (3500, LONGEST_PAUSE.total_seconds()),
    "429": (5, 15),
    "403 of Canvas's throttle": (5, 15),
    "503 for a minute": (55, 60),
}


@pytest.mark.parametrize("fault", WAITS)
def test_who_asks_for_time_gets_it_from_everybody_and_is_not_asked_again(course, app, platform, fault):
    break_(app, platform, "scores", fault)
    grades.push.run(course.rows()[0].id)
    calls, job = len(platform.requests), course.read_list()
    for row in course.rows():
        grades.push.run(row.id)
    jobs.run.run(job)
    assert course.work() == 0
    assert len(platform.requests) == calls
    lane = course.lane()
    least, most = WAITS[fault]
    assert least <= (lane.paused_until - database_now(course.session)).total_seconds() <= most
    assert lanes_of(course.session, [lane.registration_id], now=database_now(course.session))[
        lane.registration_id
    ].state is LaneState.PAUSED  # fmt: skip
    assert course.job(job).state is JobState.QUEUED
    mend(app, platform)
    course.time_passes()
    course.work_until_settled()
    course.check()
    assert course.job(job).state is JobState.DONE


def test_a_bucket_that_runs_dry_is_given_time_before_it_says_no(course, platform):
    platform.break_("results", Reply(200))
    row = course.rows()[0]
    platform.break_("scores", Reply(200, headers={"X-Rate-Limit-Remaining": "20.5"}, perform=True))
    grades.push.run(row.id)
    assert course.rows()[0].state is ScoreState.ACCEPTED
    left = course.lane().paused_until - database_now(course.session)
    assert timedelta(seconds=5) < left <= timedelta(seconds=8)


def test_after_failures_in_a_row_one_call_looks_and_then_all_go_on(course, app, platform):
    platform.break_("token", FAULTS["500"])
    for _ in range(OPENS_AFTER):
        grades.push.run(course.rows()[0].id)
        course.session.execute(course.rows()[0].__table__.update().values(due_at=PAST))
        course.session.commit()
    assert len(platform.told("token")) == OPENS_AFTER
    assert course.work() == 0
    troubled = troubled_lanes(course.session, now=database_now(course.session))
    assert [(one.state, one.failures) for one in troubled.values()] == [(LaneState.RESTING, OPENS_AFTER)]
    metrics = app.test_client().get("/metrics").text
    assert f'state="resting"}} {OPENS_AFTER}.0' in metrics
    course.time_passes()
    course.work()
    assert len(platform.told("token")) == OPENS_AFTER + 1
    mend(app, platform)
    course.time_passes()
    course.work_until_settled()
    course.check()
    assert troubled_lanes(course.session, now=database_now(course.session)) == {}
    assert course.session.scalar(select(func.count()).select_from(LaneSlot)) == 0


def test_the_same_wake_up_ten_times_at_once_sends_one_grade(course, app, platform):
    number = course.rows()[0].id
    course.session.rollback()

    def push():
        with app.app_context():
            grades.push.run(number)
            db.session.remove()

    threads = [threading.Thread(target=push) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [user for _, user, _ in platform.accepted] == ["u2"]
    course.work_until_settled()
    course.check()


def test_a_grade_that_changes_while_its_former_value_is_on_its_way_ends_as_the_newest(course, app, platform):
    number = course.rows()[0].id

    def wanted_meanwhile(_seen):
        if not platform.accepted:
            with app.app_context():
                row = db.session.get_one(Score, number)
                row.wanted, row.wanted_version = 77, row.wanted_version + 1
                db.session.commit()
                db.session.remove()
        return False

    platform.break_("scores", Reply(500), on=wanted_meanwhile)
    course.work_until_settled()
    assert platform.gradebook()["u2"] == 77
    course.check()


# ------------------------------------------------------------------ what is granted
def test_without_the_scope_for_the_list_grades_go_on_and_the_list_says_why(course, platform):
    platform.granted = set(ALL_SCOPES) - {SCOPE_ROSTER}
    job = course.read_list()
    course.work_until_settled()
    course.check()
    assert (course.job(job).state, course.job(job).error) == (JobState.FAILED, "scope_not_granted")
    assert platform.told("roster") == []
    assert "The course does not let this tool read its list." in reads(course, "/mentors")


def test_without_the_scope_for_scores_none_is_posted_and_the_page_says_why(course, platform):
    platform.granted = set(ALL_SCOPES) - {SCOPE_SCORE}
    course.work_until_settled()
    assert {row.held_reason for row in course.rows()} == {HeldReason.FORBIDDEN}
    assert platform.told("scores") == []
    assert "Its administrator has to grant access to grades." in reads(course, "/grades")


# ------------------------------------------------------------------ the course list
ENDLESS = {"endless": "too_many_pages", "loop": "page_loop", "self": "page_loop", "foreign": "foreign_next_page"}


def test_a_list_that_does_not_come_whole_changes_nobody_and_comes_later(course, app, session, platform):
    before = course.people()
    for fault in FAULTS:
        if fault in SAYS_NO:
            continue
        break_(app, platform, "roster", fault)
        job = course.read_list()
        course.work()
        assert course.people() == before, fault
        assert course.job(job).state is JobState.QUEUED, fault
        if fault == "html":
            assert "we try again by ourselves" in reads(course, "/mentors")
        mend(app, platform)
        course.time_passes()
        course.work_until_settled()
        assert course.job(job).state is JobState.DONE, fault
    assert course.people() == before


def test_a_platform_that_says_no_to_the_list_is_not_asked_again_and_nobody_is_changed(course, app, platform):
    before = course.people()
    for fault in sorted(SAYS_NO):
        break_(app, platform, "roster", fault)
        job = course.read_list()
        course.work_until_settled()
        assert (course.job(job).state, course.job(job).error) == (JobState.FAILED, "platform_refused"), fault
        assert course.people() == before, fault
        mend(app, platform)
    assert "The course said no. Nothing was changed." in reads(course, "/mentors")


@pytest.mark.parametrize("pages", ENDLESS)
def test_pages_that_lead_nowhere_end_the_reading_and_change_nobody(course, platform, pages):
    before = course.people()
    platform.page_size, platform.pages = 1, pages
    platform.people = [*platform.people, *({"user_id": f"x{number}", "roles": ["Learner"]} for number in range(9))]
    job = course.read_list()
    jobs.run.run(job)
    assert course.people() == before
    assert course.job(job).error == "platform_answer_unreadable"
    assert course.session.scalar(select(Registration.last_error)) == ENDLESS[pages]
    assert all(seen.headers["host"] == platform.host for seen in platform.requests)  # no token went to another host


def test_a_list_that_has_shrunk_by_half_is_held_for_a_person(app, session, platform):
    call_patiently(app, platform)
    course = HostileCourse(app, session, platform, students=20)
    course.read_list()
    course.work_until_settled()
    before = course.people()
    platform.people = platform.people[:11]
    job = course.read_list()
    course.work_until_settled()
    assert course.job(job).state is JobState.HELD
    assert course.people() == before
    assert "The course list has become much shorter, so nothing was changed." in reads(course, "/mentors")


def test_the_list_of_another_course_is_not_brought_into_this_one(course, platform):
    before = course.people()
    platform.context_id = "another"
    job = course.read_list()
    jobs.run.run(job)
    assert (course.people(), course.job(job).error) == (before, "platform_answer_unreadable")
