"""The form on the mentor's phone, and what the student sees of it."""

import re

import pytest
from factories.browser import sit
from factories.world import World, instrument, person
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.assessments import AssessmentState
from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Assessment, MilestoneProgress
from lti_mentoring.services import assessments

HTMX = {"HX-Request": "true"}
FULL = {"item_entrustment": "3", "item_keep": "Sat down first.", "item_better": "Ask about medicines first."}
MIXED = {
    "format": 1,
    "judgement": "help",
    "scales": {"help": [{"value": 1, "label": "I do it"}, {"value": 2, "label": "They do it", "hint": "alone"}]},
    "items": [
        {"key": "help", "kind": "ordinal", "scale": "help", "label": "How much?", "required": True},
        {"key": "again", "kind": "yesno", "label": "Again?", "not_observed": True},
        {"key": "well", "kind": "yesno", "label": "Well?", "required": True},
        {"key": "tags", "kind": "checkbox", "label": "With", "options": [{"value": "a", "label": "Haste"}]},
    ],
}


class Ward:
    """A mentor with a form to fill."""

    def __init__(self, app, session, definition=SHIPPED[0].definition):
        self.app, self.session, self.world = app, session, World(session)
        self.milestone = self.world.track.milestones[0]
        self.milestone.proof = Proof.ASSESSMENT
        self.milestone.instrument = instrument(session, self.world.institution, definition)
        self.back = f"/students/{self.world.student.id}/milestones/{self.milestone.id}"
        self.url = f"{self.back}/assessment"
        self.mentor = sit(app, session, self.world, SeatRole.MENTOR)

    def post(self, fields=None, *, url="", headers=None, version=1):
        return self.mentor.post(self.url + url, {"version": version, **(fields or {})}, headers=headers)

    @property
    def filled(self):
        self.session.expire_all()
        return self.session.scalars(select(Assessment)).one()

    def completed(self, at=None):
        sent = {"entrustment": ["2"], "better": ["Ask about medicines first."]}
        ids = (self.world.student.id, self.milestone.id)
        sitter = self.world.sitter(role=SeatRole.MENTOR)
        done = assessments.complete(self.session, sitter, *ids, sent, reached=False, version=1, now=at or utcnow())
        self.session.commit()
        return done


@pytest.fixture
def ward(app, session):
    return Ward(app, session)


def test_the_form_has_one_judgement_first_four_answers_in_sight_and_nothing_chosen(ward):
    text = ward.mentor.get(ward.url).text
    assert "Next time, how much help should they have?" in text
    assert "I come when they call" in text
    assert "m-scale__opt--apart" in text
    assert "it is not a zero" in text
    assert " checked" not in text
    assert text.index("What should they keep doing?") < text.index("<details")
    assert text.index("What did you watch?") > text.index("<details")
    assert "3 answers to go" in text
    assert "Amina Yusuf</bdi> sees all of this when you send it" in text
    assert "ten Cate" in text


def test_who_fills_all_that_is_in_sight_on_a_phone_needs_less_than_two_minutes(ward):
    """Reckoned by the keystroke-level model (Card, Moran and Newell 1980), for a first reading of every word."""
    page = ward.mentor.get(ward.url).text
    form = page[page.index('<form class="m-stack" id="assessment"') : page.index("<details")]
    words = len(re.sub(r"<[^>]+>", " ", form).split())
    boxes = form.count("<textarea")
    reading = words / 238 * 60  # words a minute (Brysbaert 2019, doi 10.1016/j.jml.2019.104047)
    typing = boxes * len(FULL["item_better"]) / 181 * 60  # letters a minute on a phone (Palin et al. 2019)
    tapping = (boxes + len(["rating", "reached", "send"])) * (1.35 + 1.1)  # to decide, and to point
    assert (words > 50, boxes) == (True, 3)
    assert reading + typing + tapping < 120


def test_the_last_rating_is_marked(ward):
    ward.completed()
    text = ward.mentor.get(ward.url).text
    assert "The last one: 2, on" in text
    assert " checked" not in text


def test_a_draft_is_saved_as_one_writes_and_comes_back(ward):
    answer = ward.post({"item_entrustment": "3"}, url="/draft", headers=HTMX)
    assert "2 answers to go" in answer.text
    assert "saved " in answer.text
    assert answer.text.startswith('<span id="saved"')
    assert f'hx-post="{ward.url}/draft"' in answer.text
    text = ward.mentor.get(ward.url).text
    assert text.count(" checked") == 1
    assert ward.filled.state is AssessmentState.DRAFT


def test_without_a_script_the_draft_is_saved_too(ward):
    assert ward.post({"item_keep": "Sat down"}, url="/draft").status_code == 303
    assert "Sat down" in ward.mentor.get(ward.url).text


def test_not_seen_stays_chosen_in_the_draft(ward):
    answer = ward.post(
        {"item_entrustment": "not_observed", "item_better": "Try it.", "reached": "no"}, url="/draft", headers=HTMX
    )
    assert "Ready to send" in answer.text
    text = ward.mentor.get(ward.url).text
    assert 'value="not_observed" checked' in text


def test_sending_signs_the_milestone_off_and_the_student_reads_it(ward, app, session):
    answer = ward.post({**FULL, "reached": "yes", "item_complexity": "hurried"})
    assert answer.status_code == 303
    text = ward.mentor.get(answer.headers["Location"]).text
    assert "Sent to Amina Yusuf." in text
    assert "Signed off" in text
    session.expire_all()
    assert session.scalars(select(MilestoneProgress.state)).one() is ProgressState.ACCEPTED
    student = sit(app, session, ward.world, SeatRole.STUDENT)
    link = f"/assessments/{ward.filled.id}"
    assert link in student.get(f"/milestones/{ward.milestone.id}").text
    read = student.get(link).text
    assert "I come when they call" in read
    assert "Ask about medicines first." in read
    assert "Little time" in read
    assert "Dr Priya Raman" in read
    assert f"/students/{ward.world.student.id}" in ward.mentor.get(link).text


def test_not_yet_sends_it_back(ward, session):
    ward.post({**FULL, "reached": "no"})
    session.expire_all()
    assert session.scalars(select(MilestoneProgress.state)).one() is ProgressState.RETURNED


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Write one thing that they could do differently"),
        ({}, "Choose how much help they should have next time"),
        (FULL, "Say whether this reaches the milestone"),
        ({**FULL, "item_entrustment": "not_observed", "reached": "yes"}, "You did not see enough"),
        ({**FULL, "item_keep": "", "item_better": "hm", "reached": "no"}, "Write a whole sentence"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(ward, fields, words):
    answer = ward.post(fields, headers=HTMX)
    assert answer.status_code == 422
    assert words in answer.text
    assert fields.get("item_better", "") in answer.text
    assert answer.text.lstrip().startswith('<form class="m-stack" id="assessment"')


def test_the_form_sent_twice_is_a_calm_conflict(ward):
    ward.post({**FULL, "reached": "yes"})
    answer = ward.post({**FULL, "reached": "yes"})
    assert answer.status_code == 409
    assert "Signed off by Dr Priya Raman" in answer.text
    assert "Sat down first." in answer.text


def test_a_form_of_all_kinds_of_items_is_filled_and_read(app, session):
    ward = Ward(app, session, MIXED)
    text = ward.mentor.get(ward.url).text
    assert "I did not see enough to say" in text
    missing = ward.post({"item_help": "1", "reached": "no"})
    assert "This answer is needed" in missing.text
    short = ward.post({"item_help": "2", "item_well": "no", "reached": "no"})
    assert "Write a whole sentence" in short.text
    ward.post({"item_help": "2", "item_well": "no", "item_again": "not_observed", "item_tags": "a"}, url="/draft")
    assert ward.mentor.get(ward.url).text.count(" checked") == 4
    done = ward.post(
        {"item_help": "2", "item_well": "no", "item_again": "not_observed", "item_tags": "a", "reached": "yes"}
    )
    assert done.status_code == 303
    read = ward.mentor.get(f"/assessments/{ward.filled.id}").text
    for word in ("They do it", "alone", "No", "Haste", "Not seen well enough to say"):
        assert word in read


def test_a_form_beside_evidence_asks_for_no_verdict(app, session):
    ward = Ward(app, session)
    ward.milestone.proof = Proof.EVIDENCE
    session.commit()
    assert "Does this reach the milestone?" not in ward.mentor.get(ward.url).text
    assert ward.post(FULL).status_code == 303


def test_without_a_form_there_is_no_page(ward, session):
    ward.milestone.instrument = None
    session.commit()
    assert ward.mentor.get(ward.url).status_code == 404


def test_a_broken_form_is_a_calm_page(app, session):
    ward = Ward(app, session, {"format": 9})
    answer = ward.mentor.get(ward.url)
    assert answer.status_code == 422
    assert "This form cannot be shown" in answer.text


def test_only_who_signs_sees_the_form(ward, app, session):
    assert sit(app, session, ward.world, SeatRole.FACULTY).get(ward.url).status_code == 403
    assert sit(app, session, ward.world, SeatRole.STUDENT).get(ward.url).status_code == 403
    stranger = sit(app, session, ward.world, SeatRole.MENTOR, person(session, ward.world.institution))
    assert stranger.get(ward.url).status_code == 404


def test_a_draft_and_somebody_elses_form_cannot_be_read(ward, app, session):
    ward.post(FULL, url="/draft")
    link = f"/assessments/{ward.filled.id}"
    student = sit(app, session, ward.world, SeatRole.STUDENT)
    assert student.get(link).status_code == 404
    ward.post({**FULL, "reached": "yes"})
    assert student.get(link).status_code == 200
    other = sit(app, session, ward.world, SeatRole.STUDENT, ward.world.another_student())
    elsewhere = sit(app, session, World(session), SeatRole.FACULTY)
    for browser in (other, elsewhere):
        assert browser.get(link).status_code == 404
