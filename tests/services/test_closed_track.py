"""A closed track is read and not written; faculty still decide, and let it run again."""

import pytest
from factories.awards import desk, issued
from factories.browser import sit
from factories.world import NOON, World, instrument, milestone

from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, MilestoneProgress, TrackState
from lti_mentoring.services import assessments, evidence, milestones, tracks
from lti_mentoring.services.evidence import Sending
from lti_mentoring.services.steps import TrackClosed

WORDS = "Please say more about the second visit."


class Closed:
    """A track that was closed while something waited for the mentor."""

    def __init__(self, session):
        self.session, self.world = session, World(session)
        self.first, self.second = self.world.track.milestones[:2]
        self.second.proof = Proof.ASSESSMENT
        self.second.instrument = instrument(session, self.world.institution, SHIPPED[0].definition)
        self.student, self.mentor, self.faculty = (
            self.world.sitter(role=role) for role in (SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY)
        )
        self.ids = (self.world.student.id, self.first.id)
        self.form = (self.world.student.id, self.second.id)
        self.sent = self.send("My page about the ward.", 1)
        tracks.close(session, self.faculty, version=self.world.track.version, now=NOON)
        self.written = session.query(AuditEntry).count()

    def send(self, text, version):
        sending = Sending(version=version, text=text)
        return evidence.send(self.session, self.student, self.first.id, sending, None, limit=1000, now=NOON)

    @property
    def state(self):
        return self.session.query(MilestoneProgress.state).filter_by(milestone_id=self.first.id).scalar()


@pytest.fixture
def closed(session):
    return Closed(session)


STEPS = {
    "a draft": lambda at: evidence.save_draft(at.session, at.student, at.first.id, "Half a thought"),
    "evidence": lambda at: at.send("A newer page.", 2),
    "an appeal": lambda at: milestones.appeal(at.session, at.student, at.first.id, WORDS, 2, now=NOON),
    "a sign-off": lambda at: milestones.accept(at.session, at.mentor, *at.ids, "", 2, now=NOON),
    "a return": lambda at: milestones.send_back(at.session, at.mentor, *at.ids, WORDS, 2, now=NOON),
    "a form begun": lambda at: assessments.save_draft(at.session, at.mentor, *at.form, {}, now=NOON),
    "a form sent": lambda at: assessments.complete(
        at.session, at.mentor, *at.form, {}, reached=True, version=1, now=NOON
    ),
}


@pytest.mark.parametrize("step", STEPS)
def test_students_and_mentors_take_no_step_in_it(session, closed, step):
    with pytest.raises(TrackClosed):
        STEPS[step](closed)
    assert session.query(AuditEntry).count() == closed.written
    assert closed.state is ProgressState.SUBMITTED


def test_what_may_name_somebody_is_taken_back_even_then(session, closed):
    evidence.withdraw(session, closed.student, closed.sent.id, now=NOON)
    assert closed.sent.text == ""


def test_faculty_still_decide_in_it(session, closed):
    milestones.excuse(session, closed.faculty, *closed.ids, WORDS, 2, now=NOON)
    assert closed.state is ProgressState.EXCUSED


def test_once_faculty_let_it_run_again_the_mentor_signs(session, closed):
    tracks.publish(session, closed.faculty, version=closed.world.track.version, now=NOON)
    assert closed.world.track.state is TrackState.PUBLISHED
    milestones.accept(session, closed.mentor, *closed.ids, "", 2, now=NOON)
    assert closed.state is ProgressState.ACCEPTED


def test_its_pages_offer_nothing_to_press_and_an_old_form_gets_a_calm_answer(app, session, closed):
    student_page, case = f"/milestones/{closed.first.id}", "/students/{}/milestones/{}".format(*closed.ids)
    student, mentor = (sit(app, session, closed.world, role) for role in (SeatRole.STUDENT, SeatRole.MENTOR))
    for browser, page in [(student, student_page), (mentor, case)]:
        shown = browser.get(page)
        assert shown.status_code == 200
        assert "This track is closed" in shown.text
        assert f'action="{page}/' not in shown.text
    for browser, path in [(student, f"{student_page}/evidence"), (mentor, f"{case}/answer")]:
        form = {"version": "2", "text": "More.", "decision": "accept", "answer-version": "2", "answer-words": "Good."}
        answer = browser.post(path, form)
        assert answer.status_code == 409
        assert "they can let it run again" in answer.text
    assert mentor.get("/students/{}/milestones/{}/assessment".format(*closed.form)).status_code == 409


@pytest.mark.parametrize(
    ("role", "page", "words"),
    [
        (SeatRole.STUDENT, "/", "Everything stays readable, and nothing more is asked of you."),
        (SeatRole.STUDENT, "/path", "milestones done · closed"),
        (SeatRole.STUDENT, "/certificate", "The track is closed."),
        (SeatRole.MENTOR, "/", "Everything stays readable, and nothing waits for you here."),
        (SeatRole.MENTOR, "/my-students", "Not finished"),
        (SeatRole.MENTOR, "/students/{}", "The track is closed."),
        (SeatRole.FACULTY, "/", "Everything stays readable. You can issue certificates"),
    ],
)
def test_its_first_pages_say_so_and_call_nothing_the_next_step(app, session, closed, role, page, words):
    shown = sit(app, session, closed.world, role).get(page.format(closed.world.student.id)).text
    assert words in shown
    for running in ("Your next step", "Your turn", "Read and answer", "It is your turn", "Needs you", "late<", "Quiet"):
        assert running not in shown


def test_who_holds_the_certificate_of_a_closed_track_is_led_to_it(app, session):
    world = World(session)
    issued(world, desk(app.extensions["settings"]))
    milestone(session, world.track)
    tracks.close(session, world.sitter(role=SeatRole.FACULTY), version=world.track.version, now=NOON)
    shown = sit(app, session, world, SeatRole.STUDENT).get("/").text
    assert "3 of 4 milestones done · closed" in shown
    assert "Your certificate is here" in shown


def test_an_appeal_in_it_still_waits_for_the_course_team(app, session, closed):
    closed.session.query(MilestoneProgress).filter_by(milestone_id=closed.first.id).update({"state": "appealed"})
    assert "The course team decides an appeal" in sit(app, session, closed.world, SeatRole.STUDENT).get("/").text
    assert "One waits for you." in sit(app, session, closed.world, SeatRole.FACULTY).get("/").text
