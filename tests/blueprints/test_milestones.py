"""The student's pages: the path, one milestone, what is sent, withdrawn and appealed."""

import io
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from factories.browser import sit
from factories.meetings import agreed, proposed
from factories.world import World, add, mentor, mentorship, milestone, person, track
from fixtures.applications import connected_app
from sqlalchemy import select

from lti_mentoring.blueprints._access import CSRF_FIELD
from lti_mentoring.blueprints._events import line
from lti_mentoring.blueprints._milestone_words import HAPPENED, ICONS
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer, StepKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.models import Evidence, MilestoneProgress, MilestoneStep, Stage, StoredFile, TrackState
from lti_mentoring.queries.board import Happening
from lti_mentoring.services import evidence, meetings, milestones
from lti_mentoring.services.evidence import Sending

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
HTMX = {"HX-Request": "true"}
DEFAULT_LIMIT = 20 * 1024 * 1024


class Page:
    """A student in front of the own first milestone."""

    def __init__(self, app, session):
        self.app, self.session, self.world = app, session, World(session)
        self.world.mentorship.started_at = utcnow()
        self.milestone = self.world.track.milestones[0]
        self.url = f"/milestones/{self.milestone.id}"
        self.ids = (self.world.student.id, self.milestone.id)
        self.browser = sit(app, session, self.world, SeatRole.STUDENT)

    @property
    def row(self):
        self.session.expire_all()
        return self.session.scalars(select(MilestoneProgress)).one_or_none()

    def get(self):
        answer = self.browser.get(self.url)
        assert answer.status_code == 200
        return answer.text

    def send(self, *, file=None, name="ward.pdf", headers=None, **fields):
        data = {"version": self.row.version if self.row else 1, **fields}
        if file is not None:
            data["file"] = (io.BytesIO(file), name)
        return self.browser.post(f"{self.url}/evidence", data, content_type="multipart/form-data", headers=headers)

    def send_large(self, size):
        """Send a PDF of so many bytes, as one body: what the test's client spools to a file it does not close."""
        fields = {"version": "1", CSRF_FIELD: self.browser.proof()}
        head = "".join(f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{said}\r\n'
                       for name, said in fields.items())  # fmt: skip
        head += '--edge\r\nContent-Disposition: form-data; name="file"; filename="ward.pdf"\r\n\r\n'
        body = b"%s%s\r\n--edge--\r\n" % (head.encode(), PDF.ljust(size, b"0"))
        kind = "multipart/form-data; boundary=edge"
        return self.browser.client.post(
            f"{self.url}/evidence", data=body, content_type=kind, base_url="https://localhost"
        )

    def send_back(self, words="The drug history is missing."):
        version = self.row.version
        sitter = self.world.sitter(role=SeatRole.MENTOR)
        milestones.send_back(self.session, sitter, *self.ids, words, version, now=utcnow())
        self.session.commit()

    def evidence(self):
        self.session.expire_all()
        return self.session.scalars(select(Evidence)).all()


@pytest.fixture
def page(app, session):
    return Page(app, session)


def test_the_page_says_what_is_asked_by_when_and_who_reads_it(page):
    text = page.get()
    assert "Milestone 1" in text
    assert "Write one page." in text
    assert "Send what shows that you did it" in text
    assert "You, your mentor and the course team can read what you send" in text
    assert "no names, no dates of birth" in text
    assert "10 of 30" in text


def test_a_late_milestone_says_by_how_many_days(page, session):
    page.world.mentorship.started_at = utcnow() - timedelta(days=20)
    session.commit()
    text = page.get()
    assert "6 days late" in text
    assert "6 days ago" in text


@pytest.mark.parametrize(
    ("proof", "signer", "words"),
    [
        (Proof.ASSESSMENT, Signer.MENTOR, "to watch you"),
        (Proof.WORD, Signer.MENTOR, "when it is done"),
        (Proof.WORD, Signer.FACULTY, "Tell the course team when it is done"),
    ],
)
def test_where_nothing_is_sent_the_page_says_who_acts(page, session, proof, signer, words):
    page.milestone.proof, page.milestone.signer = proof, signer
    session.commit()
    text = page.get()
    assert words in text
    assert 'name="file"' not in text


def test_sending_tells_to_whom_and_shows_it_on_the_page(page):
    answer = page.send(text="My page about the ward.", url="https://slides.example.edu/a", file=PDF)
    assert answer.status_code == 303
    text = page.browser.get(answer.headers["Location"]).text
    assert "Sent to Dr Priya Raman" in text
    assert "reads what you sent" in text
    assert "ward.pdf" in text
    assert "slides.example.edu" in text
    assert "You sent version 1" in text


def test_with_htmx_sending_leads_to_the_page_anew(page):
    answer = page.send(text="My page.", headers=HTMX)
    assert answer.headers["HX-Redirect"].startswith(page.url)


def test_without_a_mentor_it_goes_to_the_course_team(page, session):
    page.world.mentorship.ended_at = utcnow()
    session.commit()
    answer = page.send(text="My page.")
    assert "Sent to the course team" in page.browser.get(answer.headers["Location"]).text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Write something, add a link, or choose a file"),
        ({"url": "javascript:alert(1)"}, "Write a whole address that begins with https://"),
        ({"text": "x" * 50_001}, "use 50000 letters at most"),
        ({"text": "kept words", "file": b"<html>", "name": "a.html"}, "a.html cannot be sent"),
        ({"text": "kept words", "file": PDF, "name": "photo.png"}, "photo.png is not what its name says"),
        ({"text": "kept words", "file": b"", "name": "a.txt"}, "a.txt is empty"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_its_field_and_the_words_stay(page, fields, words):
    answer = page.send(**fields)
    assert answer.status_code == 422
    assert words in answer.text
    assert "There is a problem" in answer.text
    assert "<title>Error:" in answer.text
    assert fields.get("text", "")[:20] in answer.text
    assert page.evidence() == []


def test_with_htmx_a_refusal_swaps_the_card_alone(page):
    answer = page.send(headers=HTMX, text="kept words", url="nowhere")
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<section class="m-card" id="proof"')
    assert "kept words" in answer.text


def test_a_file_of_exactly_the_limit_is_taken_and_one_byte_more_is_refused(page):
    assert "sound, up to 20 MB." in page.get()
    answer = page.send_large(DEFAULT_LIMIT + 1)
    assert answer.status_code == 422
    assert "ward.pdf is too large. A file may have up to 20 MB." in answer.text
    assert page.evidence() == []
    assert page.send_large(DEFAULT_LIMIT).status_code == 303
    assert page.evidence()[0].file.size == DEFAULT_LIMIT


def test_what_is_too_large_to_be_read_at_all_is_told_the_limit_of_this_installation(settings):
    with connected_app(replace(settings, upload_limit=3 * 1024 * 1024)) as app, app.app_context():
        page = Page(app, app.extensions["sqlalchemy"].session())
        answer = page.send_large(5 * 1024 * 1024)
        assert answer.status_code == 413
        assert "A file may have up to 3 MB." in answer.text
        assert page.evidence() == []


def test_what_may_name_a_patient_is_marked_and_nothing_is_sent(page):
    answer = page.send(text="Long words. " * 40 + "I saw Mrs Haddad, DOB 12/03/1952.", file=PDF, name="MRN_445566.pdf")
    assert answer.status_code == 422
    assert ">Mrs Haddad</mark>" in answer.text
    assert "looks like a name, a date of birth" in answer.text
    assert "In the file’s name" in answer.text
    assert "Send anyway: it names nobody" in answer.text
    assert page.evidence() == []


def test_a_link_that_may_name_a_patient_is_marked_and_nothing_is_sent(page):
    answer = page.send(text="My page.", url="https://files.example.edu/MRN-445566/a%3Cb/Mrs-Haddad")
    assert answer.status_code == 422
    assert "In the link: looks like a record number, a name" in answer.text
    assert ">MRN-445566</mark>/a&lt;b/<mark" in answer.text
    assert page.evidence() == []


def test_it_is_sent_after_the_student_says_that_it_names_nobody(page):
    first = page.send(text="I saw Mrs Haddad.")
    agreed = re.search(r'name="agreed"[^>]*value="([0-9a-f]+)"', first.text)[1]
    unticked = page.send(text="I saw Mrs Haddad.", agreed=agreed)
    assert unticked.status_code == 422
    assert page.send(text="I saw Mrs Haddad.", agreed=agreed, agree="y").status_code == 303
    assert len(page.evidence()) == 1


def test_the_same_form_posted_twice_is_one_sending(page):
    assert page.send(text="My page.", version=1).status_code == 303
    assert page.send(text="My page.", version=1).status_code == 303
    assert len(page.evidence()) == 1


def test_an_old_page_shows_both_versions(page):
    page.send(text="First.", version=1)
    page.send_back()
    answer = page.send(text="Other words.", version=1)
    assert answer.status_code == 409
    assert "Sent back by Dr Priya Raman" in answer.text
    assert "The drug history is missing." in answer.text
    assert "Other words." in answer.text


def test_an_old_page_before_any_step_says_so(page):
    answer = page.send(text="Words.", version=5)
    assert answer.status_code == 409
    assert "It was changed in another window." in answer.text


def test_where_nothing_is_asked_sending_is_a_calm_page(page, session):
    page.milestone.proof = Proof.WORD
    session.commit()
    answer = page.send(text="Words.")
    assert answer.status_code == 409
    assert "Nothing needs to be sent" in answer.text


def test_a_draft_is_saved_and_comes_back(page):
    answer = page.browser.post(f"{page.url}/draft", {"text": "Half a sen"}, headers=HTMX)
    assert "Saved " in answer.text
    assert 'id="saved"' in answer.text
    assert "Half a sen" in page.get()
    plain = page.browser.post(f"{page.url}/draft", {"text": "More"})
    assert plain.status_code == 303


def test_withdrawing_asks_first_and_then_erases(page, session, app):
    page.send(text="Secret words.", file=PDF)
    sent = page.evidence()[0]
    key = sent.file.storage_key
    url = f"{page.url}/evidence/{sent.id}/withdraw"
    assert "cannot be brought back" in page.browser.get(url).text
    answer = page.browser.post(url)
    text = page.browser.get(answer.headers["Location"]).text
    assert "Its content is erased" in text
    assert "Version 1 was withdrawn" in text
    assert "Secret" not in text
    with pytest.raises(FileNotFoundError):
        app.extensions["files"].read(key)
    assert page.browser.get(url).status_code == 404
    assert page.browser.get(f"/evidence/{sent.id}/file").status_code == 404


def test_a_file_is_handed_out_for_keeping_only(page, app, session):
    page.send(file=PDF)
    sent = page.evidence()[0]
    mentor = sit(app, session, page.world, SeatRole.MENTOR)
    for browser in (page.browser, mentor):
        answer = browser.get(f"/evidence/{sent.id}/file")
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename=ward.pdf"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.mimetype == "application/pdf"
    stranger = sit(app, session, page.world, SeatRole.MENTOR, person(session, page.world.institution))
    other = sit(app, session, page.world, SeatRole.STUDENT, page.world.another_student())
    elsewhere = sit(app, session, World(session), SeatRole.FACULTY)
    for browser in (stranger, other, elsewhere):
        assert browser.get(f"/evidence/{sent.id}/file").status_code == 404


def test_a_file_whose_bytes_are_gone_is_not_found(page, app):
    page.send(file=PDF)
    app.extensions["files"].erase(page.evidence()[0].file.storage_key)
    assert page.browser.get(f"/evidence/{page.evidence()[0].id}/file").status_code == 404


def test_what_came_back_shows_why_and_how_to_disagree(page):
    page.send(text="First.")
    page.send_back()
    text = page.get()
    assert "Why it came back" in text
    assert "The drug history is missing." in text
    assert "I do not agree with this" in text
    answer = page.browser.post(
        f"{page.url}/appeal", {"appeal-version": page.row.version, "appeal-words": "It is on page two."}
    )
    text = page.browser.get(answer.headers["Location"]).text
    assert "The course team looks at it again" in text
    assert "You asked the course team to look again" in text


@pytest.mark.parametrize("words", ["", "no"])
def test_an_appeal_needs_a_sentence(page, words):
    page.send(text="First.")
    page.send_back()
    answer = page.browser.post(f"{page.url}/appeal", {"appeal-version": page.row.version, "appeal-words": words})
    assert answer.status_code == 422
    assert page.row.state is ProgressState.RETURNED
    assert "There is a problem" in answer.text


def test_an_appeal_from_an_old_page_is_a_conflict(page):
    page.send(text="First.")
    page.send_back()
    answer = page.browser.post(f"{page.url}/appeal", {"appeal-version": 1, "appeal-words": "It is on page two."})
    assert answer.status_code == 409
    assert "It is on page two." in answer.text


@pytest.mark.parametrize(
    ("step", "words"), [("accept", "This one is done"), ("excuse", "You need not do this one"), ("retire", "taken out")]
)
def test_a_finished_milestone_says_so(page, session, step, words):
    page.send(text="First.")
    if step == "accept":
        milestones.accept(
            session, page.world.sitter(role=SeatRole.MENTOR), *page.ids, "", page.row.version, now=utcnow()
        )
    elif step == "excuse":
        milestones.excuse(session, page.world.sitter(), *page.ids, "She did it before.", page.row.version, now=utcnow())
    else:
        page.milestone.retired_at = utcnow()
    session.commit()
    text = page.get()
    assert words in text
    assert 'id="send"' not in text


def test_somebody_elses_course_is_not_found(page, app, session):
    other = World(session)
    answer = sit(app, session, other, SeatRole.STUDENT).get(page.url)
    assert answer.status_code == 404


def test_a_mentor_has_no_such_page(page, app, session):
    assert sit(app, session, page.world, SeatRole.MENTOR).get(page.url).status_code == 403


def test_the_path_shows_every_milestone_open_to_read(page):
    text = page.browser.get("/path").text
    assert text.count(f'href="{page.url}"') >= 1
    assert "0 of 3 milestones done" in text
    assert "Your next step" in text


def test_a_long_path_is_shown_by_stage_above_and_in_full_below(app, session):
    world = World(session, milestones=6)
    late = add(session, Stage(institution_id=world.institution.id, track_id=world.track.id, position=2, title="Late"))
    for position in range(7, 13):
        milestone(session, world.track, stage=late, position=position)
    text = sit(app, session, world, SeatRole.STUDENT).get("/path").text
    path = text[text.index('<ol class="m-path') : text.index("</ol>")]
    assert path.count("<li ") == 2
    assert text.count('<li class="m-item">') == 12


def test_before_the_track_is_published_the_path_says_that_it_is_being_set_up(app, session):
    world = World(session)
    draft = track(session, world.context, state=TrackState.DRAFT)
    world.link.track_id = draft.id
    text = sit(app, session, world, SeatRole.STUDENT).get("/path").text
    assert "Your path is not ready yet" in text


def test_every_state_of_the_path_has_its_word(app, session):
    world = World(session, milestones=4)
    student = world.sitter(role=SeatRole.STUDENT)
    first, second, _third, _fourth = world.track.milestones
    for one in (first, second):
        evidence.send(session, student, one.id, Sending(version=1, text="Words."), None, limit=10, now=utcnow())
    milestones.accept(session, world.sitter(role=SeatRole.MENTOR), world.student.id, first.id, "", 2, now=utcnow())
    world.mentorship.started_at = utcnow() - timedelta(days=50)
    text = sit(app, session, world, SeatRole.STUDENT).get("/path").text
    for word in ("Done", "With others", "Late"):
        assert word in text
    assert session.scalars(select(MilestoneStep)).all()
    assert session.scalars(select(StoredFile)).all() == []


class TestActivity:
    """A milestone that an activity of the course proves."""

    @pytest.fixture
    def page(self, page):
        page.milestone.proof = Proof.ACTIVITY
        page.milestone.activity_url = "https://lms.example.edu/mod/quiz/view.php?id=7"
        page.session.commit()
        return page

    def test_the_way_to_it_tells_the_other_page_nothing_and_the_word_is_enough(self, page):
        text = page.get()
        assert "Do it in your course, then say so here" in text
        link = re.search(r'<a [^>]*href="https://lms.example.edu/mod/quiz/view.php\?id=7"[^>]*>', text).group()
        assert 'rel="noopener noreferrer"' in link
        assert "lms.example.edu · opens outside Mentoring" in text
        assert 'type="file"' not in text
        assert page.send().status_code == 303
        text = page.get()
        assert "looks at what you did" in text
        assert "The word that it is done." in text
        assert "lms.example.edu/mod/quiz" in text
        assert "I have done it" not in text
        ask = page.browser.get(f"{page.url}/evidence/{page.evidence()[0].id}/withdraw").text
        assert "You said that it is done." in ask

    def test_without_an_address_the_student_reads_where_to_look(self, page):
        page.milestone.activity_url = ""
        page.session.commit()
        assert "You find it in your course, by its name." in page.get()

    def test_what_came_back_is_gone_over_and_said_again(self, page):
        page.send(text="Nine of ten.")
        page.send_back("Look at the third question again.")
        assert "Go over it again, then say so" in page.get()
        assert page.send(text="Ten of ten.").status_code == 303


class TestMeeting:
    """A milestone that a meeting proves."""

    @pytest.fixture
    def page(self, page):
        page.milestone.proof = Proof.MEETING
        page.session.commit()
        return page

    def meeting(self, page, starts_at, now, make=agreed, **values):
        found = make(page.session, page.world, starts_at=starts_at, now=now, milestone_id=page.milestone.id, **values)
        page.session.commit()
        return found

    def test_it_leads_to_a_proposal_that_is_for_it_already(self, page):
        text = page.get()
        assert "Find a time with <bdi>Dr Priya Raman</bdi>" in text
        link = f"/meetings/new?milestone={page.milestone.id}&amp;student={page.world.student.id}"
        assert link in text
        form = page.browser.get(link.replace("&amp;", "&")).text
        assert re.search(rf'<option selected value="{page.milestone.id}">Milestone 1</option>', form)
        assert "You have met already?" in text

    def test_each_turn_of_a_meeting_is_the_turn_of_the_milestone(self, page):
        now = utcnow()
        made = self.meeting(page, now + timedelta(days=2), now, proposed)
        assert "<bdi>Dr Priya Raman</bdi> proposes a time" in page.get()
        meetings.agree(page.session, page.world.sitter(role=SeatRole.STUDENT), made.id, 1, now=now)
        page.session.commit()
        assert "You meet <bdi>Dr Priya Raman</bdi>" in page.get()
        self.meeting(page, now + timedelta(days=3), now, proposed, by=SeatRole.STUDENT)
        assert "You meet" in page.get()
        self.meeting(page, now - timedelta(hours=1), now - timedelta(days=1))
        text = page.get()
        assert "Did you meet <bdi>Dr Priya Raman</bdi>?" in text
        assert "Meetings for this" in text

    def test_who_asked_reads_that_there_is_no_answer_yet(self, page):
        self.meeting(page, utcnow() + timedelta(days=3), utcnow(), proposed, by=SeatRole.STUDENT)
        assert "has not answered yet" in page.get()

    def test_what_the_student_notes_waits_for_the_mentor(self, page):
        now = utcnow()
        made = self.meeting(page, now - timedelta(hours=1), now - timedelta(days=1))
        page.browser.post(
            f"/meetings/{made.id}/met", {"version": made.version, "minutes": "30", "domains": "career"}
        )  # fmt: skip
        text = page.get()
        assert "says whether it took place" in text
        assert "You noted a meeting" in text
        assert page.row.state is ProgressState.SUBMITTED

    def test_without_a_mentor_it_says_that_one_comes_first(self, page):
        page.world.mentorship.ended_at = utcnow()
        page.session.commit()
        text = page.get()
        assert "This is a meeting with your mentor" in text
        assert "/meetings/new" not in text

    def roles(self, page):
        page.world.track.mentor_roles = [
            {"key": "clinical", "name": "Clinical"},
            {"key": "research", "name": "Research"},
        ]
        page.world.mentorship.role, page.milestone.signer_role = "clinical", "research"
        other = mentor(page.session, page.world.track, person(page.session, page.world.institution, name="Zoe Chen"))
        theirs = mentorship(page.session, other, page.world.student, role="research", started_at=utcnow())
        page.session.commit()
        return theirs

    def test_of_two_mentors_the_one_who_signs_is_chosen_already(self, page):
        theirs = self.roles(page)
        text = page.browser.get(f"/meetings/new?milestone={page.milestone.id}").text
        assert f'<option selected value="{theirs.id}">' in text

    def test_without_a_mentor_in_that_role_it_says_which(self, page):
        self.roles(page).ended_at = utcnow()
        page.session.commit()
        text = page.get()
        assert "This is a meeting with somebody else: Research" in text
        assert "As soon as somebody is chosen" in text

    def test_whom_they_met_is_named_also_after_the_mentor_changed(self, page):
        now = utcnow()
        self.meeting(page, now - timedelta(hours=1), now - timedelta(days=1))
        page.world.mentorship.ended_at = now
        other = mentor(page.session, page.world.track, person(page.session, page.world.institution, name="Zoe Chen"))
        mentorship(page.session, other, page.world.student)
        page.session.commit()
        assert "Did you meet <bdi>Dr Priya Raman</bdi>?" in page.get()

    def met(self, page):
        """The mentor has noted that the two met."""
        now, guide = utcnow(), page.world.sitter(role=SeatRole.MENTOR)
        made = self.meeting(page, now - timedelta(hours=1), now - timedelta(days=1))
        meetings.record_met(page.session, guide, made.id, made.version, 30, (MentoringDomain.CAREER,), now=now)
        page.session.commit()

    def test_what_is_reached_is_offered_no_more(self, page):
        self.met(page)
        assert "Milestone 1</option>" not in page.browser.get("/meetings/new").text
        assert "says that the meeting took place" in page.get()

    def test_what_was_opened_again_is_asked_of_the_signer(self, page):
        self.met(page)
        why = "It was about another thing."
        milestones.reopen(page.session, page.world.sitter(), *page.ids, why, 2, now=utcnow())
        page.session.commit()
        assert "Ask <bdi>Dr Priya Raman</bdi> to sign it off" in page.get()


@pytest.mark.parametrize("words", [ICONS, HAPPENED])
def test_every_step_has_its_words_and_its_picture(words):
    assert set(words) == set(StepKind)


@pytest.mark.parametrize("kind", StepKind)
def test_every_step_is_told_on_a_student_s_page(app, kind):
    with app.test_request_context():
        assert "Milestone 1" in line(Happening(kind, "Amina Yusuf", "Milestone 1", utcnow()))[2]
