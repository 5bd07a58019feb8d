"""The first page of every role, and the choice of seat."""

from datetime import timedelta

import pytest
from factories.browser import sit
from factories.profiles import application, profile
from factories.ways import progress, score, step
from factories.world import NOON, World, add, membership, mentor, mentorship, person

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.applications import ApplicationState
from lti_mentoring.domain.milestones import EvidenceKind, ProgressState, Proof, Signer, StepKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    Administrator,
    Award,
    Evidence,
    HeldReason,
    Job,
    JobKind,
    JobState,
    Membership,
    MembershipStatus,
    ScoreState,
    Seat,
    StatusList,
    TrackState,
)


@pytest.fixture
def world(session):
    world = World(session)
    world.mentorship.started_at = utcnow()
    world.mentorship.contact_at = utcnow()
    session.flush()
    return world


@pytest.fixture
def page(app, session, world):
    def of(role, who=None, url="/", status=200, **columns):
        answer = sit(app, session, world, role, who, now=utcnow(), **columns).get(url)
        assert answer.status_code == status
        return answer.get_data(as_text=True)

    return of


def due_in(world, days, number=1, state=ProgressState.OPEN):
    progress(world, world.student, number, state, due_on=utcnow().date() + timedelta(days=days))


def test_a_student_is_told_what_to_do_by_when_and_who_reads_it(world, page):
    due_in(world, 4)
    html = page(SeatRole.STUDENT)
    assert "Your next step · due " in html
    assert "in 4 days" in html
    assert "Milestone 1" in html
    assert "Write one page. Then <bdi>Dr Priya Raman</bdi> reads it." in html
    assert "0 of 3 milestones done · on pace" in html
    assert f"/milestones/{world.track.milestones[0].id}" in html
    assert "Nothing. What you send to your mentor" in html


@pytest.mark.parametrize(
    ("days", "words"), [(0, "due today"), (-1, "due 1 day ago"), (-9, "due 9 days ago"), (1, "in 1 day")]
)
def test_the_card_says_when_the_step_is_due(world, page, days, words):
    due_in(world, days)
    assert words in page(SeatRole.STUDENT)


def test_a_step_without_a_date_says_none(world, page):
    for milestone in world.track.milestones:
        milestone.due_after_days = None
    assert "Your next step</p>" in page(SeatRole.STUDENT)


def test_what_came_back_is_next_with_the_mentors_words(world, page):
    back = progress(world, world.student, 2, ProgressState.RETURNED)
    step(world, back, StepKind.RETURNED, world.guide, "Say more about <her> story.")
    html = page(SeatRole.STUDENT)
    assert "Sent back to you" in html
    assert "Say more about &lt;her&gt; story." in html
    assert "What your mentor said last" in html


def test_what_came_back_without_words_says_what_is_asked(world, page):
    progress(world, world.student, 1, ProgressState.RETURNED)
    assert "Write one page." in page(SeatRole.STUDENT)


def test_a_long_request_is_cut_at_a_word(world, page):
    world.track.milestones[0].asked = "story " * 200
    html = page(SeatRole.STUDENT)
    assert "story …" in html
    assert "story " * 60 not in html


@pytest.mark.parametrize(
    ("proof", "signer", "words"),
    [
        (Proof.ASSESSMENT, Signer.MENTOR, "ask <bdi>Dr Priya Raman</bdi> to watch you"),
        (Proof.WORD, Signer.MENTOR, "There is nothing to send: <bdi>Dr Priya Raman</bdi> signs it off."),
        (Proof.WORD, Signer.FACULTY, "There is nothing to send: your course team signs it off."),
    ],
)
def test_a_step_that_others_prove_says_who(world, page, proof, signer, words):
    world.track.milestones[0].proof, world.track.milestones[0].signer = proof, signer
    html = page(SeatRole.STUDENT)
    assert words in html
    assert "See what is asked" in html


def test_a_student_without_a_mentor_is_told_what_happens_next(world, page):
    html = page(SeatRole.STUDENT, world.another_student())
    assert "Your mentor is not chosen yet" in html
    assert "See what comes first" in html


def test_when_everything_is_sent_there_is_nothing_to_do(world, page):
    for number in (1, 2):
        progress(world, world.student, number)
    progress(world, world.student, 3, ProgressState.SUBMITTED, days_ago=0)
    html = page(SeatRole.STUDENT)
    assert "Nothing to do right now" in html
    assert "<bdi>Dr Priya Raman</bdi> reads Milestone 3. You get a mail with the answer." in html
    assert "With your mentor" in html
    assert "2 milestones done" in html


def test_an_appeal_is_with_the_course_team(world, page):
    progress(world, world.student, 1, ProgressState.APPEALED)
    html = page(SeatRole.STUDENT)
    assert "The course team decides an appeal: Milestone 1." in html
    assert "With your course team" in html


def finish(world):
    for number in (1, 2, 3):
        progress(world, world.student, number)


def test_who_has_finished_waits_for_the_certificate(world, page):
    finish(world)
    assert "Everything is signed off." in page(SeatRole.STUDENT)


def test_who_has_the_certificate_is_led_there(world, session, page):
    finish(world)
    base = {"institution_id": world.institution.id}
    bits = add(session, StatusList(**base, public_id="list", bits=b"", created_at=NOON))
    add(session, Award(
        **base, public_id="award", track_id=world.track.id, person_id=world.student.id, facts={}, salt="s",
        status_list_id=bits.id, status_index=0, issued_at=NOON, issued_by_id=world.faculty.id, document={},
    ))  # fmt: skip
    html = page(SeatRole.STUDENT)
    assert "Your certificate is here" in html
    assert "It was issued on Monday 23 November." in html


def test_a_track_without_milestones_asks_for_nothing(world, page):
    for milestone in world.track.milestones:
        milestone.retired_at = NOON
    html = page(SeatRole.STUDENT)
    assert "Nothing is asked of you yet" in html
    assert "Your path" not in html


def test_who_left_can_read_but_is_asked_for_nothing(world, session, page):
    session.query(Membership).filter_by(person_id=world.student.id).one().status = MembershipStatus.LEFT
    html = page(SeatRole.STUDENT)
    assert "What you have done stays here" in html
    assert "Open and send" not in html


@pytest.mark.parametrize(
    ("accepted", "columns", "words"),
    [
        (40.0, {}, "Your grade is 40 of 100 so far"),
        (40.0, {"state": ScoreState.PENDING}, "More on its way"),
        (None, {}, "Your grade is on its way to the course’s gradebook"),
        (None, {"state": ScoreState.HELD, "held_reason": HeldReason.REFUSED}, "Your course team sees this, too."),
    ],
)
def test_a_student_sees_where_the_grade_is(world, page, accepted, columns, words):
    score(world, world.student, accepted, **columns)
    assert words in page(SeatRole.STUDENT)


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
def test_a_draft_is_a_calm_page_for_students_and_mentors(world, page, role):
    world.track.state = TrackState.DRAFT
    assert "Your course team is still setting this up" in page(role)


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
def test_a_link_without_a_track_is_a_calm_page(world, page, role):
    world.link.track_id = None
    assert "Your course team is still setting this up" in page(role)


def test_faculty_are_asked_which_track_a_link_opens(app, session, world):
    world.link.track_id = None
    answer = sit(app, session, world, SeatRole.FACULTY, now=utcnow()).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/track")


def test_somebody_who_picks_a_link_is_led_on_to_picking(app, session, world):
    answer = sit(app, session, world, SeatRole.FACULTY, now=utcnow(), deep_linking={}).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/lti/deep-link")


def test_a_mentor_sees_first_what_waits_longest_and_then_the_rest(world, session, page):
    second = world.another_student(name="عمر الخطيب")
    mentorship(session, world.mentor, second, started_at=utcnow(), contact_at=utcnow())
    progress(world, world.student, 1, ProgressState.SUBMITTED, days_ago=0)
    progress(world, second, 1, ProgressState.SUBMITTED, days_ago=-1)
    html = page(SeatRole.MENTOR)
    assert "First of 2 things · about 1 minute" in html
    assert "<bdi>Amina Yusuf</bdi> sent something to read: Milestone 1" in html
    assert "1 more · about 1 minute" in html
    assert "Needs you" in html
    assert "2 of 5 taken" in html


@pytest.mark.parametrize(
    ("proof", "title", "button"),
    [
        (Proof.ASSESSMENT, "Fill the form for <bdi>Amina Yusuf</bdi>: Milestone 1", "/assessment"),
        (Proof.WORD, "Has <bdi>Amina Yusuf</bdi> reached this? Milestone 1", "Sign it off"),
    ],
)
def test_a_mentor_is_asked_for_a_form_or_a_word(world, page, proof, title, button):
    world.track.milestones[0].proof = proof
    html = page(SeatRole.MENTOR)
    assert "Waiting for you · about " in html
    assert title in html
    assert button in html


def test_a_mentor_reads_the_second_sending_as_such(world, session, page):
    for number, days in ((1, 0), (2, -1)):
        sent = progress(world, world.student, number, ProgressState.SUBMITTED, days_ago=days)
        for count in (1, 2):
            _evidence(session, sent, count)
    html = page(SeatRole.MENTOR)
    assert "Sent again " in html
    assert "Milestone 2, sent again " in html


def test_a_sending_without_a_date_has_none(world, page):
    for number in (1, 2):
        progress(world, world.student, number, ProgressState.SUBMITTED, submitted_at=None)
    assert "sent something to read: Milestone 1" in page(SeatRole.MENTOR)


def test_a_mentor_with_nothing_to_read_is_pointed_to_who_is_behind(world, page):
    due_in(world, -9)
    html = page(SeatRole.MENTOR)
    assert "Ask <bdi>Amina Yusuf</bdi> how it goes" in html
    assert "9 days late" in html


def test_a_mentor_who_has_not_said_who_they_are_is_led_there_unless_a_student_needs_them(world, session, page):
    html = page(SeatRole.MENTOR)
    assert "Say who you are as a mentor" in html
    assert 'href="/profile/work"' in html
    profile(session, world, works=None)
    html = page(SeatRole.MENTOR)
    assert "Finish what you say of yourself" in html
    assert 'href="/profile/offer"' in html
    due_in(world, -9)
    assert "how it goes" in page(SeatRole.MENTOR)


def test_a_mentor_without_anything_to_do_hears_so(world, session, page):
    profile(session, world)
    assert "Nothing waits for you" in page(SeatRole.MENTOR)


def test_a_mentor_without_students_hears_what_happens_next(world, session, page):
    lonely = world.another_student(name="Dr Chidi Okafor")
    mentor(session, world.track, lonely)
    profile(session, world, lonely)
    assert "You have no students yet" in page(SeatRole.MENTOR, lonely)


def test_an_administrator_has_the_administrators_home(page):
    assert "Audit trail" in page(SeatRole.ADMINISTRATOR)


def test_who_can_do_nothing_here_is_told_calmly(page):
    assert "There is nothing for you here yet" in page(SeatRole.GUEST)


def test_who_has_nothing_to_do_here_is_led_to_the_application_where_the_track_takes_any(world, page):
    assert 'href="/apply"' not in page(SeatRole.GUEST)
    world.track.applications_open = True
    assert 'href="/apply"' in page(SeatRole.GUEST)
    world.track.state = TrackState.CLOSED
    assert 'href="/apply"' not in page(SeatRole.GUEST)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ApplicationState.DRAFT, "Go on with your application"),
        (ApplicationState.SENT, "Your application was sent"),
        (ApplicationState.DECLINED, "Your course team has declined your application."),
        (ApplicationState.ACCEPTED, "Ask your course team to make you a mentor again."),
        (ApplicationState.WITHDRAWN, "Apply as a mentor"),
    ],
)
def test_who_has_applied_reads_how_far_it_is(session, world, page, state, words):
    world.track.applications_open = True
    guest = world.another_student(name="Dr Noor El-Sayed")
    application(session, world, guest).state = state
    assert words in page(SeatRole.GUEST, guest)


@pytest.fixture
def looks_on(world, session):
    """Somebody whom the platform calls Mentor; gives a function that says for whom."""
    who = person(session, world.institution, name="Leyla Yusuf")
    here = membership(
        session, world.context, who, is_student=False, launched_at=utcnow(),
        role_uris=["http://purl.imsglobal.org/vocab/lis/v2/membership#Mentor"],
    )  # fmt: skip
    world.student.issuer = who.issuer = world.registration.issuer

    def of(*ids, **columns):
        for name, value in {"observed": list(ids) or None, **columns}.items():
            setattr(here, name, value)
        return {"role": SeatRole.OBSERVER, "who": who}

    return of


def test_an_observer_reads_how_far_somebody_is_and_nothing_that_was_written_or_judged(world, page, looks_on):
    first = progress(world, world.student, 1)
    step(world, first, StepKind.ACCEPTED, world.guide, "Her history was thin.")
    score(world, world.student, 40.0)
    due_in(world, 4, number=2)
    html = page(**looks_on(world.student.subject))
    assert "<bdi>Amina Yusuf</bdi>" in html
    assert "Amina Yusuf: on pace" in html
    assert "1 of 3" in html
    assert "Next: Milestone 2, due on " in html
    for hidden in ("was thin", "40", "Dr Priya Raman", "Write one page", "/students/", "/milestones/"):
        assert hidden not in html.split("<main")[1], hidden


def test_a_mentors_students_come_from_mentorships_and_never_from_what_the_platform_lists(
    world, session, page, looks_on
):
    other = world.another_student(name="Zoë Okafor", issuer=world.registration.issuer)
    who = looks_on(other.subject)["who"]
    mentorship(session, mentor(session, world.track, who), world.another_student(name="Tomás García"))
    for url in ("/", "/my-students"):
        html = page(SeatRole.MENTOR, who, url=url)
        assert "Tomás García" in html
        assert "Zoë Okafor" not in html
    page(SeatRole.MENTOR, who, url=f"/students/{other.id}", status=404)


def test_an_observer_reads_who_is_late_who_has_finished_and_who_has_not_begun(world, session, page, looks_on):
    due_in(world, -2)
    finished, fresh = (world.another_student(name=name, issuer=world.registration.issuer) for name in ("Zoë", None))
    for number in (1, 2, 3):
        progress(world, finished, number)
    session.flush()
    html = page(**looks_on(world.student.subject, finished.subject, fresh.subject, "not-here-yet"))
    assert "1 of 3 is late" in html
    for words in ("It was due on ", "Finished", "Not begun yet", "A student whose name your course does not tell"):
        assert words in html
    assert "One more person is named to you" in html


def test_an_observer_of_people_of_whom_nobody_is_late_hears_so(world, page, looks_on):
    due_in(world, 4)
    other = world.another_student(name="Zoë", issuer=world.registration.issuer)
    assert "2 people, nobody late" in page(**looks_on(world.student.subject, other.subject))


def test_a_way_without_dates_and_a_closed_one_are_said_in_words(world, session, page, looks_on):
    for one in world.track.milestones:
        one.due_after_days = None
    assert "Nothing is due now." in page(**looks_on(world.student.subject))
    world.track.state = TrackState.CLOSED
    assert "The course team has closed this track." in page(**looks_on(world.student.subject))


def test_an_observer_to_whom_nobody_is_named_or_known_is_told_calmly(world, page, looks_on):
    assert "Nobody is named to you yet" in page(**looks_on())
    assert "Nothing to show yet" in page(**looks_on("not-here-yet"))
    old = looks_on(world.student.subject, launched_at=utcnow() - timedelta(hours=25))
    assert "Open Mentoring from your course again" in page(**old)
    world.track.state = TrackState.DRAFT
    assert "still setting this up" in page(**looks_on(world.student.subject))


def test_who_may_sit_in_two_places_is_asked_on_one_page_and_finds_the_other_on_each(app, session, world):
    browser = sit(app, session, world, SeatRole.FACULTY, roles=["faculty", "mentor"], now=utcnow())
    asked = browser.get("/seat/choose").text
    assert "Where do you want to sit now?" in asked
    assert asked.count('name="role"') == 2
    assert "m-tabs" not in asked
    assert "Sit as mentor" in browser.get("/grades").text
    browser.post("/seat", {"role": "mentor"})
    assert "Sit as faculty" in browser.get("/").text


def test_who_may_sit_in_three_places_is_led_to_the_page_that_asks(page):
    html = page(SeatRole.FACULTY, url="/mentors", roles=["faculty", "mentor", "student"])
    assert "Sit elsewhere" in html


def test_who_has_one_seat_or_picks_something_is_not_asked(app, session, world):
    for columns in ({"roles": ["student"]}, {"roles": ["student", "mentor"], "deep_linking": {"return_url": "x"}}):
        browser = sit(app, session, world, SeatRole.STUDENT, now=utcnow(), **columns)
        assert browser.get("/seat/choose").headers["Location"] == "/"


def test_the_platforms_pretended_student_sees_a_students_page_that_says_so(world, page):
    due_in(world, 4)
    world.student.is_test_user = True
    html = page(SeatRole.STUDENT)
    assert "Your next step · due " in html
    assert "test student: nothing here is graded" in html


def test_somebody_without_a_course_is_sent_into_one(page):
    html = page(SeatRole.GUEST, context_ref=None, resource_link_ref=None)
    assert "Open Mentoring from inside a course" in html


def test_somebody_whom_nobody_has_confirmed_hears_who_does(world, session, page):
    add(session, Administrator(institution_id=world.institution.id, person_id=world.faculty.id, asked_at=NOON))
    assert "Somebody has to confirm you first" in page(SeatRole.GUEST, context_ref=None)


def test_nobody_without_a_seat_sees_a_home(client):
    answer = client.get("/")
    assert answer.status_code == 401
    assert "Open this from your course" in answer.get_data(as_text=True)


def test_work_under_way_shows_on_the_board(world, session, page):
    add(session, Job(
        institution_id=world.institution.id, context_ref=world.context.id, kind=JobKind.ROSTER,
        state=JobState.RUNNING, created_at=NOON,
    ))  # fmt: skip
    assert "Reading the course list" in page(SeatRole.FACULTY)


def test_the_seat_says_who_one_is_and_offers_the_others(app, session, world):
    browser = sit(app, session, world, SeatRole.MENTOR, now=utcnow(), roles=["mentor", "faculty"])
    html = browser.get("/seat").get_data(as_text=True)
    assert "Dr Priya Raman" in html
    assert "Change places" in html
    answer = browser.post("/seat", {"role": "faculty"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/?told=")
    assert "Everyone" in browser.get("/").get_data(as_text=True)


@pytest.mark.parametrize("role", ["administrator", "king", ""])
def test_a_role_that_is_not_ones_own_is_refused(app, session, world, role):
    browser = sit(app, session, world, SeatRole.STUDENT, now=utcnow())
    assert browser.post("/seat", {"role": role}).status_code == 403
    assert session.query(Seat).one().role is SeatRole.STUDENT


def test_the_seat_of_one_role_offers_no_other(page):
    assert "Change places" not in page(SeatRole.STUDENT, url="/seat")


def test_who_leaves_comes_back_only_through_the_course(app, session, world):
    browser = sit(
        app, session, world, SeatRole.STUDENT, now=utcnow(), return_url="https://lms.example/course/1", locale="en"
    )
    assert 'href="https://lms.example/course/1"' in browser.get("/seat").get_data(as_text=True)
    answer = browser.post("/seat/leave")
    html = answer.get_data(as_text=True)
    assert "You have left Mentoring" in html
    assert 'href="https://lms.example/course/1?lti_msg=' in html
    assert "Amina" not in html
    cookie = answer.headers["Set-Cookie"]
    assert "Max-Age=0" in cookie
    assert "Partitioned" in cookie
    assert browser.get("/").status_code == 401


def test_an_address_that_is_not_of_the_web_is_no_way_back(page):
    html = page(SeatRole.STUDENT, url="/seat", return_url="javascript:alert(1)")
    assert "javascript:" not in html


def _evidence(session, sent, number):
    add(session, Evidence(
        institution_id=sent.institution_id, progress_id=sent.id, number=number, kind=EvidenceKind.TEXT, text="a",
        sent_at=NOON,
    ))  # fmt: skip
