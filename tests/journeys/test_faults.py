"""What people read when something around the tool fails, and that nothing is lost by it."""

from dataclasses import replace

import pytest
from factories.awards import earn
from factories.browser import sit
from factories.world import NOON, World
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.service_calls import PATIENT, QUICK
from fixtures.applications import connected_app, settings_for
from platforms.drive import Reader
from platforms.fixtures import free_port
from sqlalchemy import func, select, update

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import StepKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import (
    Award,
    Context,
    Evidence,
    Job,
    JobState,
    Membership,
    MilestoneStep,
    Score,
    ScoreState,
)
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.roster import queue_roster
from lti_mentoring.tasks import grades, jobs, upkeep

WORDS = "What I saw on the ward, and what I would do otherwise next time."


class Course:
    """One course at an LMS of this machine, and its people's browsers."""

    def __init__(self, app, session, lms, timeouts=PATIENT):
        self.app, self.session, self.lms = app, session, lms
        app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host}, timeouts=timeouts)
        self.world = World(session, milestones=2)
        self.world.registration.issuer, self.world.registration.token_url = lms.url, lms.token_url
        self.world.context.memberships_url, self.world.context.context_id = lms.memberships_url, lms.context_id
        self.world.context.lineitems_url = lms.lineitems_url
        for who, subject in ((self.world.faculty, "f"), (self.world.guide, "g"), (self.world.student, "s")):
            who.issuer, who.subject = lms.url, subject
            role = "Learner" if subject == "s" else "Instructor"
            lms.people.append({"user_id": subject, "roles": [role], "name": who.name, "status": "Active"})
        ensure_keys(session, app.extensions["sealer"], now=utcnow())
        self.milestone = self.world.track.milestones[0]
        self.faculty, self.student, self.guide = (
            sit(app, session, self.world, role) for role in (SeatRole.FACULTY, SeatRole.STUDENT, SeatRole.MENTOR)
        )

    def reads(self, path, client=None):
        """Return the words of a page."""
        answer = (client or self.faculty).get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        reader = Reader(path)
        reader.feed(answer.text)
        return " ".join(" ".join(reader.texts).split())

    def send(self):
        page = f"/milestones/{self.milestone.id}"
        return self.student.post(f"{page}/evidence", {"text": WORDS, "version": "1"})

    def accept(self, version="2"):
        url = f"/students/{self.world.student.id}/milestones/{self.milestone.id}/answer"
        return self.guide.post(url, {"decision": "accept", "answer-version": version, "answer-words": "Well seen."})

    def count(self, model, *where):
        self.session.rollback()
        return self.session.scalar(select(func.count()).select_from(model).where(*where))

    def score(self):
        self.session.rollback()
        return self.session.scalars(select(Score).execution_options(populate_existing=True)).one()

    def read_list(self):
        job = queue_roster(self.session, self.world.sitter(), now=utcnow())
        self.session.commit()
        jobs.run.run(job.id)
        self.session.rollback()
        return job.id

    def again(self, job_id):
        """Read the list once more, as soon as its pause is over."""
        self.session.execute(update(Job).values(lease_until=None))
        self.session.commit()
        jobs.run.run(job_id)
        self.session.rollback()
        return self.session.get_one(Job, job_id, populate_existing=True)


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def course(app, session, lms):
    return Course(app, session, lms)


FAULTS = {
    "down": Reply(drop=True),
    "slow": Reply(wait=2),
    "looked after": replace(HTML, status=503),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_course_list_that_does_not_come_is_tried_again_and_then_said_to_have_failed(app, session, lms, fault):
    course = Course(app, session, lms, QUICK if fault == "slow" else PATIENT)
    lms.always("/memberships", FAULTS[fault])
    job_id = course.read_list()
    assert "The course did not answer; we try again by ourselves." in course.reads("/mentors")
    while course.again(job_id).state is JobState.QUEUED:
        pass
    said = course.reads("/mentors")
    assert "it did not work" in said
    assert "The course did not answer. Nothing was changed; press the button again later." in said
    assert course.count(Membership) == 3


def test_a_page_of_html_in_place_of_the_course_list_is_said_to_be_one(course, lms):
    lms.always("/memberships", HTML)
    job_id = course.read_list()
    assert "The course answered with something that is no list; we try again by ourselves." in course.reads("/mentors")
    while course.again(job_id).state is JobState.QUEUED:
        pass
    assert "The course answered with something that is no list" in course.reads("/mentors")
    assert course.count(Membership) == 3


@pytest.mark.parametrize("fault", [*FAULTS, "html"])
def test_a_grade_that_cannot_be_delivered_waits_in_sight_and_arrives_later(app, session, lms, fault):
    course = Course(app, session, lms, QUICK if fault == "slow" else PATIENT)
    assert course.send().status_code in {302, 303}
    assert course.accept().status_code in {302, 303}
    lms.always("/lineitems", FAULTS.get(fault, HTML))
    grades.push.run(course.score().id)
    said = course.reads("/grades")
    assert "1 grade is on its way." in said
    unread = "The course answered with a page that is no gradebook" in said
    assert unread == (fault == "html")
    assert unread or "The course has not answered; we try again at" in said
    assert "Wanted: 50 of 100." in said
    lms.always("/lineitems", None)
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host}, timeouts=PATIENT)
    course.score().due_at = NOON.replace(year=2020)
    session.commit()
    grades.push.run(course.score().id)
    assert "All grades are in the course’s gradebook." in course.reads("/grades")
    assert [one["resultScore"] for one in lms.results.values()] == [50]


def test_while_the_broker_is_down_a_grade_waits_and_the_sweep_sends_it_later(database_url, tmp_path, lms):
    away = replace(settings_for(database_url, tmp_path), broker_url=f"redis://127.0.0.1:{free_port()}/0")
    with connected_app(away) as app, app.app_context():
        app.config["TESTING"] = True
        course = Course(app, app.extensions["sqlalchemy"].session(), lms)
        course.send()
        assert course.accept().status_code in {302, 303}
        assert "1 grade is on its way." in course.reads("/grades")
        answer = app.test_client().get("/readyz")
        assert (answer.status_code, answer.json["broker"]) == (503, "away")
        assert course.score().state is ScoreState.PENDING
        score_id = course.score().id
    with connected_app(settings_for(database_url, tmp_path)) as app, app.app_context():
        app.extensions["platform_client"] = PlatformClient(allowed_private_hosts={lms.host})
        app.extensions["celery"].set_current()
        upkeep.sweep.run()
        assert {"score_id": score_id} in woken(app)
        grades.push.run(score_id)
        session = app.extensions["sqlalchemy"].session()
        assert session.get_one(Score, score_id, populate_existing=True).state is ScoreState.ACCEPTED


def woken(app):
    """Return what tasks that wait on the broker are given."""
    found = []
    with app.extensions["celery"].connection_for_read() as connection:
        queue = connection.SimpleQueue(app.extensions["settings"].queue)
        while queue.qsize():
            message = queue.get(block=False)
            found.append(message.payload[1])
            message.ack()
        queue.close()
    return found


def test_a_form_that_is_posted_twice_does_its_work_once(course):
    assert [course.send().status_code // 100 for _ in range(2)] == [3, 3]
    assert course.count(Evidence) == 1
    assert [course.accept().status_code for _ in range(2)] in ([302, 409], [303, 409])
    assert course.count(MilestoneStep, MilestoneStep.kind == StepKind.ACCEPTED) == 1
    earn(course.world, milestones=course.world.track.milestones[1:])
    course.session.commit()
    sent = {"people": str(course.world.student.id)}
    assert [course.faculty.post("/certificates", sent).status_code // 100 for _ in range(2)] == [3, 3]
    assert course.count(Award) == 1


def test_a_student_who_left_the_course_loses_nothing_and_is_sent_no_grade(course, lms):
    course.send()
    course.accept()
    lms.people[:] = [one for one in lms.people if one["user_id"] != "s"]
    for _ in range(2):
        course.session.execute(update(Context).values(roster_started_at=None))
        job_id = course.read_list()
    assert course.session.get_one(Job, job_id).state is JobState.DONE
    assert course.student.get("/").status_code == 401
    assert "Left the course" in course.reads("/")
    assert course.world.student.name in course.reads("/?show=left")
    grades.push.run(course.score().id)
    assert lms.results == {}
    assert "The student has left the course, so nothing is sent." in course.reads("/grades")
    assert WORDS in course.reads(f"/students/{course.world.student.id}/milestones/{course.milestone.id}")
