"""A mentor introduces a student on a page; the student sees it in the own network; faculty see the number only."""

import re

import pytest
from factories.browser import sit
from factories.introductions import introduced
from factories.wishes import veto
from factories.world import World, membership, mentor, person
from sqlalchemy import delete

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.letters import written
from lti_mentoring.models import TrackState, Veto
from lti_mentoring.queries.introductions import MOST_FOUND

TOKEN = r'name="csrf_token" value="\w+"'
SAID = {"to_mentor": "outside", "name": "Dr Nia Okafor", "does": "statistician", "purpose": "statistics for your audit"}


@pytest.fixture
def world(session):
    made = World(session)
    who = person(session, made.institution, name="Dr Marta Oliveira")
    membership(session, made.context, who, is_student=False)
    made.other = mentor(session, made.track, who, field="Surgery", made_by_id=made.faculty.id)
    return made


@pytest.fixture
def browsers(app, session, world):
    return {role: sit(app, session, world, role) for role in (SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY)}


def test_from_the_student_s_page_to_the_student_s_network(world, browsers):
    student, guide = browsers[SeatRole.STUDENT], browsers[SeatRole.MENTOR]
    here = f"/students/{world.student.id}"
    assert "Introduce to somebody" in guide.get(here).text
    assert "Dr Marta Oliveira" in guide.get(f"{here}/introduce").text
    assert guide.post(f"{here}/introduce", SAID).status_code == 303
    assert "Dr Nia Okafor" in guide.get("/my-introductions").text
    page = student.get("/my-network").text
    assert "statistics for your audit" in page
    assert "m-network" in page
    assert page.index("m-network") < page.index('id="mentors"')
    assert "My network" in student.get("/").text


def test_to_a_mentor_who_is_found_and_reads_it(app, session, world, browsers):
    here = f"/students/{world.student.id}/introduce?q=marta"
    assert 'value="outside"' in browsers[SeatRole.MENTOR].get(here).text
    answer = browsers[SeatRole.MENTOR].post(here, {**SAID, "to_mentor": str(world.other.id), "name": "", "does": ""})
    assert answer.status_code == 303
    page = sit(app, session, world, SeatRole.MENTOR, world.other.person).get("/my-introductions").text
    assert "Introduced to you" in page


def test_a_mentor_whom_the_student_does_not_want_is_refused_in_words_that_give_nothing_away(session, world, browsers):
    guide, here = browsers[SeatRole.MENTOR], f"/students/{world.student.id}/introduce"
    sent = {**SAID, "to_mentor": str(world.other.id), "name": "", "does": ""}
    before = guide.get(here).text
    veto(session, world.other, world.student)
    session.commit()
    assert re.sub(TOKEN, "", guide.get(here).text) == re.sub(TOKEN, "", before)
    unwanted = guide.post(here, sent)
    assert unwanted.status_code == 422
    assert "This mentor is not available for Amina Yusuf." in unwanted.text
    assert SAID["purpose"] in unwanted.text
    assert f'value="{world.other.id}" checked' in unwanted.text
    session.execute(delete(Veto))
    world.other.active = False
    session.commit()
    gone = guide.post(here, sent)
    assert (gone.status_code, "This mentor is not available for Amina Yusuf." in gone.text) == (422, True)


def test_a_search_stands_there_only_where_it_finds_more_than_is_listed(session, world, browsers):
    page, search = f"/students/{world.student.id}/introduce", 'role="search"'
    assert search not in browsers[SeatRole.MENTOR].get(page).text
    for number in range(MOST_FOUND):
        mentor(session, world.track, person(session, world.institution, name=f"Dr {number:02}"))
    listed = browsers[SeatRole.MENTOR].get(page).text
    assert search in listed
    assert "Only the first 20 are listed." in listed
    assert search in browsers[SeatRole.MENTOR].get(f"{page}?q=nobody").text


def test_somebody_who_is_not_found_is_said(world, browsers):
    page = browsers[SeatRole.MENTOR].get(f"/students/{world.student.id}/introduce?q=zzz").text
    assert "No mentor is called so" in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "Write the name"),
        ({"purpose": ""}, "Say in one line"),
        ({"name": "n" * 500}, "This is too long"),
        ({"to_mentor": "nobody"}, "Choose one of these"),
    ],
)
def test_what_is_missing_is_said_and_what_was_written_stays(world, browsers, wrong, words):
    answer = browsers[SeatRole.MENTOR].post(f"/students/{world.student.id}/introduce", {**SAID, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert "statistician" in answer.text


def test_the_student_says_that_they_met_and_the_mentor_reads_it(session, world, browsers):
    made = introduced(session, world)
    session.commit()
    student = browsers[SeatRole.STUDENT]
    assert student.post(f"/introductions/{made.id}/met", {}).status_code == 303
    assert "They met" in browsers[SeatRole.MENTOR].get("/my-introductions").text
    assert student.post(f"/introductions/{made.id}/not-needed", {}).status_code == 409


def test_either_takes_it_back(session, world, browsers):
    for role, page in ((SeatRole.STUDENT, "/my-network"), (SeatRole.MENTOR, "/my-introductions")):
        made = introduced(session, world)
        session.commit()
        answer = browsers[role].post(f"/introductions/{made.id}/take-back", {})
        assert answer.headers["Location"].partition("?")[0] == page
        assert "Okafor" not in browsers[SeatRole.STUDENT].get("/my-network").text


def test_faculty_read_how_many_and_nothing_of_them(session, world, browsers):
    introduced(session, world)
    session.commit()
    page = browsers[SeatRole.FACULTY].get(f"/students/{world.student.id}").text
    assert "1 introduction to somebody" in page
    assert "Okafor" not in page
    assert "statistics" not in page
    assert browsers[SeatRole.FACULTY].get("/my-network").status_code == 403


def test_who_has_no_mentor_reads_what_will_stand_there(app, session, world):
    alone = sit(app, session, world, SeatRole.STUDENT, world.another_student())
    page = alone.get("/my-network").text
    assert "Nobody mentors you yet" in page
    assert "m-network" not in page


def test_before_the_track_is_open_there_is_nothing(session, world, browsers):
    world.track.state = TrackState.DRAFT
    session.commit()
    assert "m-network" not in browsers[SeatRole.STUDENT].get("/my-network").text
    for path in ("/my-introductions", f"/students/{world.student.id}/introduce"):
        assert "what for" not in browsers[SeatRole.MENTOR].get(path).text


def test_the_mail_says_who_introduces_and_never_to_whom_or_what_for(app):
    facts = {"mentor": "Dr Raman", "student": "Amina", "course": "MED 402", "track": "Clinical"}
    with app.test_request_context():
        subject, text = written("introduced", {**facts, "to": "student"}, "en")
        assert subject == "Dr Raman introduced you to somebody"
        assert "to whom, and what for" in text
        subject, text = written("introduced", {**facts, "to": "mentor"}, "en")
        assert subject == "Dr Raman introduced a student to you"
        assert "Amina" in text
        assert "/sign-in" in written("introduced", {**facts, "to": "mentor"}, "en", signs_in=True)[1]
