"""A student who comes to another mentor keeps all that was done; the earlier mentor reads none of it any more."""

from datetime import timedelta

import pytest
from factories.browser import sit
from factories.rounds import drawn, new_mentor
from factories.wishes import rank_list
from factories.world import World, instrument
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Assessment, Evidence, MilestoneProgress
from lti_mentoring.services import assessments, evidence, milestones
from lti_mentoring.services.evidence import Sending, Upload
from lti_mentoring.services.publishing import publish

ANSWERS = {"entrustment": ["2"], "better": ["Ask about medicines first."]}
WORDS = "My page about the ward."
REASON = "She moves to another hospital."


class Course:
    """A student half way with the first mentor: one page sent, one form filled, more time for the third milestone."""

    def __init__(self, app, session):
        self.app, self.session, self.world = app, session, World(session)
        self.world.mentorship.started_at = utcnow() - timedelta(days=10)
        self.page, self.watched, self.later = self.world.track.milestones
        self.watched.proof = Proof.ASSESSMENT
        self.watched.instrument = instrument(session, self.world.institution, SHIPPED[0].definition)
        self.new = new_mentor(self.world, 3, name="Dr Okafor")
        self.sent = self._sends()
        self.form = self._watches()
        self._begins_another_form()
        faculty, student = self.world.sitter(), self.world.student.id
        self.until = utcnow().date() + timedelta(days=90)
        milestones.extend(session, faculty, student, self.later.id, self.until, "She was ill.", 1, now=utcnow())
        self.first = sit(app, session, self.world, SeatRole.MENTOR)
        self.faculty = sit(app, session, self.world, SeatRole.FACULTY)
        self.student = sit(app, session, self.world, SeatRole.STUDENT)
        self.second = sit(app, session, self.world, SeatRole.MENTOR, self.new.person)

    def _sends(self):
        sending = Sending(version=1, text=WORDS, upload=Upload("notes.txt", b"What I saw."))
        files, student = self.app.extensions["files"], self.world.sitter(role=SeatRole.STUDENT)
        return evidence.send(self.session, student, self.page.id, sending, files, limit=1000, now=utcnow())

    def _watches(self):
        ids = (self.world.student.id, self.watched.id)
        by = self.world.sitter(role=SeatRole.MENTOR)
        return assessments.complete(self.session, by, *ids, ANSWERS, reached=False, version=1, now=utcnow())

    def _begins_another_form(self):
        ids = (self.world.student.id, self.watched.id)
        by, half = self.world.sitter(role=SeatRole.MENTOR), {"better": ["Half a thought."]}
        assessments.save_draft(self.session, by, *ids, half, now=utcnow())

    @property
    def addresses(self):
        """Everything that a mentor can open of a student."""
        about = f"/students/{self.world.student.id}"
        one = f"{about}/milestones/{self.page.id}"
        return {
            "the student": about, "the page that was sent": one, "the file": f"/evidence/{self.sent.id}/file",
            "the form": f"/assessments/{self.form.id}", "to assess": f"{about}/milestones/{self.watched.id}/assessment",
        }  # fmt: skip

    def opened(self, browser):
        return {name: browser.get(address).status_code for name, address in self.addresses.items()}

    def kept(self):
        """All that belongs to the student."""
        self.session.rollback()
        self.session.expire_all()
        steps = select(MilestoneProgress).order_by(MilestoneProgress.milestone_id)
        return (
            [(one.milestone_id, one.state, one.due_on, one.version) for one in self.session.scalars(steps)],
            [(one.id, one.text, one.file_id) for one in self.session.scalars(select(Evidence))],
            [(one.id, one.answers) for one in self.session.scalars(select(Assessment).order_by(Assessment.id))],
        )

    def moved(self):
        values = {"mentor": self.new.id, "reason": REASON}
        return self.faculty.post(f"/mentorships/{self.world.mentorship.id}/move", values)

    def ended(self):
        return self.faculty.post(f"/mentorships/{self.world.mentorship.id}/end", {"reason": REASON})

    def ended_and_given(self):
        self.ended()
        return self.faculty.post(f"/students/{self.world.student.id}/mentor", {"mentor": self.new.id})

    def ended_and_matched(self):
        self.ended()
        rank_list(self.session, self.world.track, self.world.student, self.new)
        made = drawn(self.world)
        publish(self.session, self.world.sitter(), made.id, now=utcnow())
        self.session.commit()


WAYS = (Course.moved, Course.ended_and_given, Course.ended_and_matched)
ALL, NOTHING = {200}, {404}


@pytest.fixture
def course(app, session):
    return Course(app, session)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_with_another_mentor_everything_that_was_done_is_there(course, way):
    before, own = course.kept(), f"/milestones/{course.page.id}"
    way(course)
    assert course.kept() == before
    assert WORDS in course.student.get(own).text
    assert course.student.get(f"/assessments/{course.form.id}").status_code == 200
    assert "Dr Okafor" in course.student.get("/").text


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_new_mentor_reads_it_and_signs_it_off_and_the_earlier_one_reads_none_of_it(course, way):
    assert set(course.opened(course.first).values()) == ALL
    assert set(course.opened(course.second).values()) == NOTHING
    way(course)
    assert set(course.opened(course.first).values()) == NOTHING
    assert set(course.opened(course.second).values()) == ALL
    assert WORDS in course.second.get(course.addresses["the page that was sent"]).text
    assert "Half a thought." not in course.second.get(course.addresses["to assess"]).text
    accepted = course.second.post(f"{course.addresses['the page that was sent']}/answer", {
        "decision": "accept", "answer-version": 2, "answer-words": "Well seen.",
    })  # fmt: skip
    assert accepted.status_code == 303
    course.session.rollback()
    assert course.session.scalars(
        select(MilestoneProgress.state).where(MilestoneProgress.milestone_id == course.page.id)
    ).one() is ProgressState.ACCEPTED  # fmt: skip


def test_while_nobody_mentors_a_student_no_mentor_reads_and_the_student_goes_on(course):
    course.ended()
    assert set(course.opened(course.first).values()) == NOTHING
    assert set(course.opened(course.second).values()) == NOTHING
    own = f"/milestones/{course.page.id}"
    assert WORDS in course.student.get(own).text
    assert course.opened(course.faculty)["the page that was sent"] == 200


def test_the_earlier_mentor_finds_the_student_on_no_list(course):
    name = course.world.student.name
    assert name in course.first.get("/my-students").text
    course.moved()
    for address in ("/", "/my-students", "/my-students/why"):
        assert name not in course.first.get(address).text
