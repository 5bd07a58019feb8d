"""Long work runs outside any transaction; whatever the platform does is written on the job in the page's words."""

import gc

import pytest
from factories.awards import WORDS
from factories.rounds import Ready
from factories.world import NOON, World
from fakes.lms_server import HTML, LmsServer, Reply
from sqlalchemy import select, update

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.fitting import USUAL_WEIGHTS
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import Job, JobState, Match, Membership, Person, Round, Track
from lti_mentoring.services.awarding_jobs import queue_batch
from lti_mentoring.services.drawing_up import RoundWish, queue_round
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.publishing_jobs import queue_publishing, queue_taking_back
from lti_mentoring.services.roster import queue_roster
from lti_mentoring.services.round_check import queue_check
from lti_mentoring.tasks.jobs import run

pytestmark = pytest.mark.both_databases
PATH = "/memberships"


@pytest.fixture
def lms():
    with LmsServer() as server:
        server.people = [person(number) for number in range(6)]
        server.page_size = 4
        yield server


def person(number):
    return {"user_id": f"u-{number}", "roles": ["Learner"], "name": f"Person {number}", "status": "Active"}


@pytest.fixture
def world(app, session, lms):
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host})
    made = World(session)
    made.registration.issuer, made.registration.token_url = lms.url, lms.token_url
    made.context.memberships_url, made.context.context_id = lms.memberships_url, lms.context_id
    for who, subject in ((made.faculty, "f"), (made.guide, "g"), (made.student, "s")):
        who.issuer, who.subject = lms.url, subject
        lms.people.append({"user_id": subject, "roles": ["Instructor"]})
    lms.people[-1]["roles"] = ["Learner"]
    ensure_keys(session, app.extensions["sealer"], now=utcnow())
    session.commit()
    return made


def queued(session, world):
    job = queue_roster(session, world.sitter(), now=NOON)
    session.commit()
    return job.id


def after(job_id):
    run.run(job_id)
    session = db.session()
    session.rollback()
    return session.get_one(Job, job_id, populate_existing=True)


def test_a_course_comes_in_page_by_page_as_a_whole(session, world):
    job = after(queued(session, world))
    assert (job.state, job.done, job.total, job.detail["new"]) == (JobState.DONE, 9, 9, 6)
    assert len(session.scalars(select(Membership)).all()) == 9
    assert session.scalars(select(Person.name).where(Person.subject == "u-3")).one() == "Person 3"


def test_a_job_that_has_ended_is_not_done_again(session, world, lms):
    number = queued(session, world)
    after(number)
    before = len(lms.requests)
    after(number)
    assert len(lms.requests) == before


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (HTML, "platform_answer_unreadable"),
        (Reply(503), "platform_unavailable"),
        (Reply(drop=True), "platform_unavailable"),
    ],
)
def test_a_platform_that_does_not_answer_is_asked_again_later_and_nothing_is_changed(session, world, lms, reply, code):
    lms.always(PATH, reply)
    job = after(queued(session, world))
    assert (job.state, job.error) == (JobState.QUEUED, code)
    assert job.lease_until is not None
    assert len(session.scalars(select(Membership)).all()) == 3


def test_a_failing_second_page_leaves_the_course_as_it_was(session, world, lms):
    number = queued(session, world)

    first = lms.answer

    def answer(seen):
        return Reply(500) if seen.path == PATH and "from" in seen.query else first(seen)

    lms.answer = answer
    job = after(number)
    assert (job.state, job.done) == (JobState.QUEUED, 4)
    assert len(session.scalars(select(Membership)).all()) == 3


def test_a_platform_that_says_no_is_not_asked_again(session, world, lms):
    lms.always(PATH, Reply(403))
    job = after(queued(session, world))
    assert (job.state, job.error) == (JobState.FAILED, "platform_refused")


def test_a_platform_that_took_its_offer_back_is_said(session, world):
    number = queued(session, world)
    world.context.memberships_url = None
    session.commit()
    assert after(number).error == "no_roster"


def test_a_worker_whose_job_was_taken_over_stops_and_writes_nothing(app, session, world, lms):
    number = queued(session, world)
    answers = lms.answer

    def taken_over(seen):
        with app.app_context():
            own = db.session()
            own.execute(update(Job).where(Job.id == number).values(lease_token="another"))
            own.commit()
            db.session.remove()
        return answers(seen)

    lms.answer = taken_over
    job = after(number)
    assert (job.state, job.lease_token, job.done) == (JobState.RUNNING, "another", 0)
    assert len(session.scalars(select(Membership)).all()) == 3
    assert claim_job(session, number) is None


def test_it_is_given_up_in_the_end(session, world, lms):
    lms.always(PATH, Reply(503))
    number = queued(session, world)
    for _ in range(4):
        job = after(number)
        if job.state is JobState.QUEUED:
            job.lease_until = None
            session.commit()
    assert (job.state, job.error) == (JobState.FAILED, "platform_unavailable")


def test_certificates_are_issued_portion_by_portion(app, session, world):
    job = queue_batch(session, world.sitter(), [world.student.id], WORDS, now=NOON)
    session.commit()
    done = after(job.id)
    assert (done.state, done.detail["waiting"]) == (JobState.DONE, [])


def round_queued(session, strategy="balanced"):
    world = World(session)
    world.another_student()
    job = queue_round(session, world.sitter(), world.track, RoundWish(strategy, USUAL_WEIGHTS, "seed"), now=NOON)
    session.commit()
    return job.id


def test_a_round_is_drawn_up_and_its_draft_stands_on_the_job(session):
    ended = after(round_queued(session))
    assert (ended.state, ended.total) == (JobState.DONE, 1)
    assert session.get_one(Round, ended.detail["round"]).state is RoundState.DRAFT


def test_a_strategy_that_is_gone_ends_the_job_with_a_word(session):
    ended = after(round_queued(session, "gone"))
    assert (ended.state, ended.error) == (JobState.FAILED, "unknown_strategy")
    assert session.scalars(select(Round)).all() == []


def publishing_queued(session):
    ready = Ready(session)
    job = queue_publishing(session, ready.sitter(), ready.round.id, now=utcnow())
    session.commit()
    return ready, job.id


def test_a_round_is_published_and_taken_back_by_a_worker(session):
    ready, number = publishing_queued(session)
    ended = after(number)
    assert (ended.state, ended.total) == (JobState.DONE, 3)
    assert session.get_one(Round, ready.round.id, populate_existing=True).state is RoundState.PUBLISHED
    number = queue_taking_back(session, ready.sitter(), ready.round.id, now=utcnow()).id
    session.commit()
    ended = after(number)
    assert (ended.state, ended.total, ended.detail["stay"]) == (JobState.DONE, 3, 0)
    assert session.get_one(Round, ready.round.id, populate_existing=True).state is RoundState.UNDONE
    assert gc.isenabled()


def test_a_round_that_cannot_be_published_any_more_ends_its_job_with_each_pair_and_nobody_is_placed(session):
    ready, number = publishing_queued(session)
    session.get_one(Track, ready.track.id).credential_needed = True
    session.commit()
    ended = after(number)
    assert (ended.state, ended.error, ended.detail["number"]) == (JobState.FAILED, "round_changed", 3)
    assert ended.detail["stopped"] == [[one.id, ready.new.id, "credential_needed"] for one in ready.students]
    assert session.get_one(Round, ready.round.id, populate_existing=True).state is RoundState.DRAFT
    assert session.scalars(select(Match.mentorship_id)).all() == [None] * 3


def test_a_round_is_checked_again_by_a_worker(session):
    ready = Ready(session)
    number = queue_check(session, ready.sitter(), ready.round.id, now=utcnow()).id
    session.commit()
    ended = after(number)
    assert (ended.state, ended.done, ended.total) == (JobState.DONE, 4, 4)
    assert (ended.detail["found"]["is_intact"], ended.detail["found"]["replay"]) == (True, "same")


class Stolen:
    """A strategy during whose work another worker takes the job."""

    name, version = "stolen", "1"

    def match(self, problem, *, seed):
        db.session.execute(update(Job).values(lease_token="another's"))
        db.session.commit()
        return BalancedMatcher().match(problem, seed=seed)


def test_a_round_that_passed_to_another_worker_leaves_no_half_draft(app, session):
    app.extensions["matchers"] = {"stolen": Stolen()}
    ended = after(round_queued(session, "stolen"))
    assert ended.state is JobState.RUNNING
    assert session.scalars(select(Round)).all() == []
