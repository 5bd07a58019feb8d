"""A student's milestone in front of the mentor and of faculty."""

from datetime import timedelta

import pytest
from factories.browser import sit
from factories.meetings import SECRETS, agreed
from factories.statements import counting
from factories.world import World, instrument, person
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.models import MilestoneProgress, MilestoneStep
from lti_mentoring.services import evidence, meetings, milestones
from lti_mentoring.services.evidence import Sending

HTMX = {"HX-Request": "true"}
REASON = "She was ill for two weeks."


class Desk:
    """A mentor and a faculty member in front of one student's milestone."""

    def __init__(self, app, session):
        self.app, self.session, self.world = app, session, World(session)
        self.world.mentorship.started_at = utcnow()
        self.milestone = self.world.track.milestones[0]
        self.url = f"/students/{self.world.student.id}/milestones/{self.milestone.id}"
        self.mentor = sit(app, session, self.world, SeatRole.MENTOR)
        self.faculty = sit(app, session, self.world, SeatRole.FACULTY)

    @property
    def row(self):
        self.session.expire_all()
        return self.session.scalars(select(MilestoneProgress)).one()

    def sent(self, text="My page about the ward."):
        student = self.world.sitter(role=SeatRole.STUDENT)
        sending = Sending(version=1, text=text, url="https://slides.example.edu/a")
        evidence.send(self.session, student, self.milestone.id, sending, None, limit=10, now=utcnow())
        self.session.commit()
        return self

    def returned(self):
        self.sent()
        ids = (self.world.student.id, self.milestone.id)
        mentor = self.world.sitter(role=SeatRole.MENTOR)
        milestones.send_back(self.session, mentor, *ids, "The drug history is missing.", 2, now=utcnow())
        self.session.commit()
        return self

    def appealed(self):
        self.returned()
        student = self.world.sitter(role=SeatRole.STUDENT)
        milestones.appeal(self.session, student, self.milestone.id, "It is on page two.", 3, now=utcnow())
        self.session.commit()
        return self

    def post(self, name, by=None, *, headers=None, **fields):
        data = {f"{name}-{key}": value for key, value in fields.items() if key != "decision"}
        if "decision" in fields:
            data["decision"] = fields["decision"]
        return (by or self.faculty).post(f"{self.url}/{name}", data, headers=headers)


@pytest.fixture
def desk(app, session):
    return Desk(app, session)


def test_the_mentor_reads_what_was_sent_and_may_answer(desk):
    text = desk.sent().mentor.get(desk.url).text
    assert "Your turn · about 4 minutes" in text
    assert "My page about the ward." in text
    assert "slides.example.edu" in text
    assert "Sign it off" in text
    assert "Send it back" in text
    assert "For this student only" not in text
    assert "Withdraw" not in text


def test_faculty_read_it_and_see_who_has_it(desk):
    text = desk.sent().faculty.get(desk.url).text
    assert "Dr Priya Raman" in text
    assert "Your answer" not in text
    assert "Give more time" in text
    assert "Excuse from this milestone" in text


def test_the_students_draft_is_nobody_elses(desk, session):
    evidence.save_draft(session, desk.world.sitter(role=SeatRole.STUDENT), desk.milestone.id, "Unsent thoughts")
    session.commit()
    for browser in (desk.mentor, desk.faculty):
        assert "Unsent thoughts" not in browser.get(desk.url).text


def test_accepting_says_so(desk):
    answer = desk.sent().post("answer", desk.mentor, version=2, words="Well done.", decision="accept")
    assert answer.status_code == 303
    text = desk.mentor.get(answer.headers["Location"]).text
    assert "Signed off. Amina Yusuf gets a mail." in text
    assert "Well done." in text
    assert "Nothing is left to do here" in text
    assert desk.row.state is ProgressState.ACCEPTED


def test_sending_back_needs_a_sentence_and_keeps_what_was_typed(desk):
    answer = desk.sent().post("answer", desk.mentor, version=2, words="no", decision="return", headers=HTMX)
    assert answer.status_code == 422
    assert "Write a whole sentence" in answer.text
    assert ">no</textarea>" in "".join(answer.text.split())
    assert answer.text.lstrip().startswith('<form class="m-card m-stack m-stack--s" id="answer"')
    done = desk.post("answer", desk.mentor, version=2, words="The drug history is missing.", decision="return")
    text = desk.mentor.get(done.headers["Location"]).text
    assert "Sent back to Amina Yusuf." in text
    assert "Why it came back" in text


def test_too_many_words_are_said_beside_the_box(desk):
    answer = desk.sent().post("answer", desk.mentor, version=2, words="x" * 10_001, decision="accept")
    assert answer.status_code == 422
    assert "use 10,000 letters at most" in answer.text


def test_two_who_decide_see_both_versions(desk, session):
    desk.sent().world.mentorship.ended_at = utcnow()
    session.commit()
    desk.post("answer", version=2, words="The drug history is missing.", decision="return")
    answer = desk.post("answer", version=2, words="I find it fine.", decision="accept")
    assert answer.status_code == 409
    assert "Sent back by Prof Hanna Lindqvist" in answer.text
    assert "The drug history is missing." in answer.text
    assert "I find it fine." in answer.text
    assert desk.row.state is ProgressState.RETURNED


def test_who_may_not_sign_is_told_calmly(desk):
    answer = desk.sent().post("answer", version=2, words="", decision="accept")
    assert answer.status_code == 403
    assert "Somebody else signs this one" in answer.text


def test_a_step_that_is_no_longer_possible_is_a_calm_page(desk):
    answer = desk.post("lift", version=1, words=REASON)
    assert answer.status_code == 409
    assert "no longer possible" in answer.text


def test_faculty_give_more_time(desk):
    day = utcnow().date() + timedelta(days=10)
    answer = desk.post("extend", version=1, words=REASON, due_on=day.isoformat())
    text = desk.faculty.get(answer.headers["Location"]).text
    assert "The new date counts from now on." in text
    assert "A new date, agreed with the course team" in text
    assert REASON in text
    assert desk.row.due_on == day


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"words": REASON}, "Choose the new date"),
        ({"words": REASON, "due_on": "2020-01-01"}, "Choose a date from today on"),
        ({"words": "", "due_on": "2099-01-01"}, "Write the reason in one sentence"),
        ({"words": "ill", "due_on": "2099-01-01"}, "Write a whole sentence"),
    ],
)
def test_more_time_needs_a_date_ahead_and_a_reason(desk, fields, words):
    answer = desk.post("extend", version=1, headers=HTMX, **fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'id="rule-extend"' in answer.text


def test_faculty_excuse_lift_and_reopen(desk):
    desk.post("excuse", version=1, words=REASON)
    assert desk.row.state is ProgressState.EXCUSED
    text = desk.faculty.get(desk.url).text
    assert "Ask for it after all" in text
    assert "Give more time" not in text
    desk.post("lift", version=2, words=REASON)
    assert desk.row.state is ProgressState.OPEN
    desk.milestone.proof = Proof.WORD
    desk.session.commit()
    desk.post("answer", desk.mentor, version=3, words="", decision="accept")
    assert "Open it again" in desk.faculty.get(desk.url).text
    desk.post("reopen", version=4, words=REASON)
    assert desk.row.state is ProgressState.OPEN


def test_a_rule_without_a_reason_is_refused(desk):
    answer = desk.post("excuse", version=1, words="")
    assert answer.status_code == 422
    assert desk.session.scalars(select(MilestoneStep)).all() == []


def test_a_mentor_cannot_change_the_rules(desk):
    for name in ("extend", "excuse", "lift", "reopen", "appeal"):
        assert desk.post(name, desk.mentor, version=1, words=REASON).status_code == 403


@pytest.mark.parametrize(
    ("decision", "state", "told"),
    [("grant", ProgressState.ACCEPTED, "Signed off."), ("decline", ProgressState.RETURNED, "It stays sent back.")],
)
def test_faculty_decide_an_appeal(desk, decision, state, told):
    text = desk.appealed().faculty.get(desk.url).text
    assert "Decide what" in text
    assert "It is on page two." in text
    assert "The drug history is missing." in text
    assert "looks at it again" in desk.mentor.get(desk.url).text
    answer = desk.post("appeal", version=4, words="I have read page two.", decision=decision)
    assert told in desk.faculty.get(answer.headers["Location"]).text
    assert desk.row.state is state


def test_an_appeal_is_decided_with_a_reason(desk):
    answer = desk.appealed().post("appeal", version=4, words="", decision="grant", headers=HTMX)
    assert answer.status_code == 422
    assert 'id="appeal"' in answer.text


def test_a_word_is_asked_for_and_given(desk, session):
    desk.milestone.proof = Proof.WORD
    session.commit()
    text = desk.mentor.get(desk.url).text
    assert "Your word is what proves it" in text
    assert "Send it back" not in text
    assert "signs this one" in desk.faculty.get(desk.url).text


def test_a_form_is_offered_to_who_signs(desk, session):
    desk.milestone.proof = Proof.ASSESSMENT
    desk.milestone.instrument = instrument(session, desk.world.institution, SHIPPED[0].definition)
    session.commit()
    assert f'href="{desk.url}/assessment"' in desk.mentor.get(desk.url).text
    assert f'href="{desk.url}/assessment"' not in desk.faculty.get(desk.url).text


def test_a_form_beside_evidence_is_a_second_way_on(desk, session):
    desk.milestone.instrument = instrument(session, desk.world.institution, SHIPPED[0].definition)
    session.commit()
    assert "It is" in desk.mentor.get(desk.url).text
    assert f'href="{desk.url}/assessment"' in desk.mentor.get(desk.url).text
    assert f'href="{desk.url}/assessment"' in desk.sent().mentor.get(desk.url).text


def test_what_faculty_sign_waits_for_them(desk, session):
    desk.milestone.signer = Signer.FACULTY
    session.commit()
    assert "Your answer" in desk.sent().faculty.get(desk.url).text
    assert "The course team has it" in desk.mentor.get(desk.url).text


def test_a_retired_milestone_can_be_read_only(desk, session):
    desk.sent().milestone.retired_at = utcnow()
    session.commit()
    text = desk.mentor.get(desk.url).text
    assert "My page about the ward." in text
    assert "Your answer" not in text


def test_strangers_find_nothing(desk, app, session):
    stranger = sit(app, session, desk.world, SeatRole.MENTOR, person(session, desk.world.institution))
    elsewhere = sit(app, session, World(session), SeatRole.FACULTY)
    for browser in (stranger, elsewhere):
        assert browser.get(desk.url).status_code == 404
        assert desk.post("answer", browser, version=1, words="", decision="accept").status_code == 404
    student = sit(app, session, desk.world, SeatRole.STUDENT)
    assert student.get(desk.url).status_code == 403


def test_the_page_costs_the_same_for_a_long_history(desk, session):
    desk.returned()
    with counting(session) as few:
        desk.faculty.get(desk.url)
    student = desk.world.sitter(role=SeatRole.STUDENT)
    for again in range(12):
        sending = Sending(version=desk.row.version, text=f"Again {again}.")
        evidence.send(session, student, desk.milestone.id, sending, None, limit=10, now=utcnow())
    session.commit()
    with counting(session) as many:
        desk.faculty.get(desk.url)
    assert len(many) == len(few)


def test_after_a_form_that_was_sent_back_the_two_agree_when_to_try_again(desk, session):
    desk.returned()
    desk.milestone.proof = Proof.ASSESSMENT
    desk.milestone.instrument = instrument(session, desk.world.institution, SHIPPED[0].definition)
    session.commit()
    text = desk.mentor.get(desk.url).text
    assert "Agree with" in text
    assert "when to try again" in text


class TestMeeting:
    """A milestone that a meeting proves, in front of the mentor and of faculty."""

    @pytest.fixture
    def desk(self, desk):
        desk.milestone.proof = Proof.MEETING
        desk.session.commit()
        return desk

    def noted(self, desk):
        began = utcnow() - timedelta(hours=1)
        made = agreed(
            desk.session, desk.world, starts_at=began, now=began - timedelta(days=1), milestone_id=desk.milestone.id
        )
        student = desk.world.sitter(role=SeatRole.STUDENT)
        meetings.record_met(
            desk.session, student, made.id, made.version, 30, (MentoringDomain.CAREER,), now=utcnow()
        )  # fmt: skip
        desk.session.commit()
        return made

    def test_the_mentor_finds_a_time_and_nothing_to_sign(self, desk):
        text = desk.mentor.get(desk.url).text
        assert "Find a time with <bdi>Amina Yusuf</bdi>" in text
        assert 'id="answer"' not in text
        assert f"/meetings/held?milestone={desk.milestone.id}" in text

    def test_the_mentor_says_whether_what_the_student_noted_took_place(self, desk):
        self.noted(desk)
        text = desk.mentor.get(desk.url).text
        assert "Did <bdi>Amina Yusuf</bdi> have this meeting?" in text
        assert "Meetings for this" in text
        assert "Did <bdi>Amina Yusuf</bdi> have this meeting? Milestone 1" in desk.mentor.get("/").text
        answer = desk.mentor.post(f"{desk.url}/answer", {"answer-version": desk.row.version, "decision": "accept"})
        assert answer.status_code == 303
        assert desk.row.state is ProgressState.ACCEPTED

    def test_faculty_read_that_there_was_one_and_nothing_of_it(self, desk):
        self.noted(desk)
        text = desk.faculty.get(desk.url).text
        assert "noted a meeting" in text
        assert "Meetings for this" not in text
        for secret in SECRETS.values():
            assert secret not in text

    def test_the_whole_way_and_every_first_page_say_that_there_was_one(self, desk):
        self.noted(desk)
        for browser in (desk.mentor, desk.faculty):
            text = browser.get(f"/students/{desk.world.student.id}").text
            assert "<bdi>Amina Yusuf</bdi> noted a meeting: Milestone 1" in text
            assert ("Say whether there was a meeting: Milestone 1" in text) is (browser is desk.mentor)

    def test_what_faculty_opened_again_can_be_signed_by_the_meeting_that_is_there(self, desk):
        self.noted(desk)
        mentor, ids = desk.world.sitter(role=SeatRole.MENTOR), (desk.world.student.id, desk.milestone.id)
        milestones.accept(desk.session, mentor, *ids, "", desk.row.version, now=utcnow())
        milestones.reopen(desk.session, desk.world.sitter(), *ids, REASON, desk.row.version, now=utcnow())
        desk.session.commit()
        text = desk.mentor.get(desk.url).text
        assert "A meeting took place" in text
        assert 'id="answer"' in text
        assert "Send it back" not in text

    def test_whoever_cannot_meet_the_student_is_offered_no_meeting(self, desk):
        assert "/meetings/new" not in desk.faculty.get(desk.url).text

    def test_an_activity_is_looked_at_where_it_is(self, desk):
        desk.milestone.proof = Proof.ACTIVITY
        desk.milestone.activity_url = "https://lms.example.edu/mod/quiz/view.php?id=7"
        desk.sent("")
        text = desk.mentor.get(desk.url).text
        assert 'href="https://lms.example.edu/mod/quiz/view.php?id=7"' in text
        assert "Open it at lms.example.edu" in text
        assert "Look at what <bdi>Amina Yusuf</bdi> did, then answer" in text
        assert "Read what" not in text
        assert "says that this is done: Milestone 1" in desk.mentor.get("/").text
