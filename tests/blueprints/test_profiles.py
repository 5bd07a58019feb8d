"""A mentor's own profile in a browser: step by step the first time, on one page later."""

import pytest
from factories.browser import sit
from factories.profiles import profile
from factories.world import World
from sweeps.recipes import SAID as ANYBODY

from lti_mentoring.domain.profiles import Part, TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.profiles import profile_of

SAID = {**ANYBODY, "profession": "health.nurse", "domains": "clinical"}


@pytest.fixture
def world(session):
    world = World(session)
    world.track.template = "clinical"
    return world


@pytest.fixture
def guide(app, session, world):
    return sit(app, session, world, SeatRole.MENTOR)


def said(session, world, who=None):
    session.rollback()
    return profile_of(session, world.institution.id, (who or world.guide).id)


def test_the_first_time_a_mentor_is_led_from_step_to_step(session, world, guide):
    assert 'href="/profile/work"' in guide.get("/profile").text
    where = "/profile/work"
    for part in Part:
        assert where == f"/profile/{part.value}"
        page = guide.get(where).text
        assert f"Step {list(Part).index(part) + 1} of 5" in page
        where = guide.post(where, SAID).headers["Location"].partition("?")[0]
    assert where == "/profile"
    assert said(session, world).missing == ()
    assert "What students and your course team read of you" in guide.get(where).text


def test_one_may_stop_after_each_step_and_what_was_said_is_kept(session, world, guide):
    answer = guide.post("/profile/work", {**SAID, "leave": "1"})
    assert answer.headers["Location"].startswith("/profile?told=")
    assert said(session, world).profession == "health.nurse"


def test_a_step_has_three_questions_at_most(guide):
    for part in (one for one in Part if one is not Part.STYLE):
        page = guide.get(f"/profile/{part.value}").text
        assert page.count('class="form-label') <= 3, part


def test_a_wrong_answer_is_told_beside_it_and_nothing_typed_is_lost(session, world, guide):
    answer = guide.post("/profile", {**SAID, "years": "many", "about": "Half a life", "domains": "cooking"})
    assert answer.status_code == 422
    assert "Write a whole number" in answer.text
    assert "Choose from this list." in answer.text
    assert "Half a life" in answer.text
    assert said(session, world).profession == ""


def test_nothing_said_is_asked_for_in_words(guide):
    answer = guide.post("/profile", {})
    for words in ("Choose what comes nearest.", "Tick one at least.", "Choose the town nearest to you."):
        assert words in answer.text
    assert guide.post("/profile/style", {}).text.count("Choose one; there is no better one.") == 8


def test_terms_of_another_track_are_offered_on_and_kept(session, world, guide):
    profile(session, world, profession="general.law", terms={TermKind.SPECIALTY: ("general.design",)})
    session.commit()
    page = guide.get("/profile").text
    assert "Law" in page
    assert "Oncology" in page
    guide.post("/profile", {**SAID, "profession": "general.law", "specialties": "general.design"})
    view = said(session, world)
    assert (view.profession, view.of(TermKind.SPECIALTY)) == ("general.law", ("general.design",))


def test_who_can_have_no_profile_is_told_so(app, session, world):
    student = sit(app, session, world, SeatRole.STUDENT)
    assert "There is no profile for you here" in student.get("/profile").text
    assert student.get("/profile/work").headers["Location"] == "/profile"
    assert student.post("/profile/work", SAID).status_code == 409


def test_in_a_track_of_another_field_its_words_are_offered(session, world, guide):
    world.track.template = "research"
    session.commit()
    page = guide.get("/profile").text
    assert "Natural sciences" in page
    assert "Oncology" not in page


def test_a_pause_is_said_until_it_is_over(session, world, guide):
    guide.post("/profile", {**SAID, "paused_until": "2090-01-05"})
    assert "No new students before 5 Jan 2090" in guide.get(f"/directory/{world.mentor.id}").text
    guide.post("/profile", {**SAID, "paused_until": "2020-01-05"})
    assert "No new students before" not in guide.get(f"/directory/{world.mentor.id}").text


def test_a_pause_keeps_new_students_away_by_hand_and_automatically(app, session, world, guide):
    waiting = world.another_student(name="Waits Long")
    faculty = sit(app, session, world, SeatRole.FACULTY)
    guide.post("/profile", {**SAID, "paused_until": "2090-01-01"})
    refused = faculty.post(f"/students/{waiting.id}/mentor", {"mentor": world.mentor.id})
    assert refused.status_code == 409
    assert "takes no new students at present" in refused.text
    assert "Nobody with a free place can be given students now." in faculty.get("/mentors").text
    assert "Dr Priya Raman" not in faculty.get("/mentors/automatic").text
    guide.post("/profile", {**SAID, "paused_until": ""})
    assert faculty.post(f"/students/{waiting.id}/mentor", {"mentor": world.mentor.id}).status_code == 303
