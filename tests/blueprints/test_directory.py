"""The directory in a browser: the filter is in the address, and a mentor's page says what was checked."""

import re
from datetime import timedelta

import pytest
from factories.browser import said, sit
from factories.credentials import verified
from factories.profiles import profile
from factories.seeking import seeking
from factories.tests import exam
from factories.wishes import asked, policy, rank_list, veto
from factories.world import World, membership, mentor, person
from sqlalchemy import delete

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import MentorRequest, TrackState


@pytest.fixture
def world(session):
    world = World(session)
    world.track.template = "clinical"
    return world


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT)


def test_a_student_finds_a_mentor_by_what_they_look_for(app, session, world, student):
    profile(session, world)
    verified(app, session, world)
    session.commit()
    page = student.get("/directory").text
    assert "This is no ranking" in page
    assert "Oncology" in page
    assert "4 free" in page
    found = student.get("/directory?language=hi&specialty=health.oncology&free=1&checked=1&zone=Asia/Kolkata")
    assert "Dr Priya Raman" in found.text
    assert "Nobody is all of that" in student.get("/directory?q=Nobody").text
    assert "With time when I have time" not in found.text
    seeking(session, world, world.student, timezone="Asia/Kathmandu", terms={TermKind.HOURS: ("week_evening",)})
    session.commit()
    found = student.get("/directory?hours=1").text
    assert "Dr Priya Raman" in found
    assert 'name="hours" value="1" checked' in found
    part = student.get("/directory?q=raman", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert "Dr Priya Raman" in part


def test_a_mentor_s_page_says_what_was_checked_and_never_a_number(app, session, world, student):
    profile(session, world)
    verified(app, session, world)
    session.commit()
    page = student.get(f"/directory/{world.mentor.id}").text
    for words in (
        "Licence to practise (United Kingdom: General Medical Council)", "Checked by the course team",
        "not enough answers yet to say", "12 years in practice", "4 of 5 are free",
    ):  # fmt: skip
        assert words in page
    assert "7012345" not in page


def test_who_said_nothing_has_a_page_all_the_same(session, world, student):
    assert "not said yet" in student.get("/directory").text
    page = student.get(f"/directory/{world.mentor.id}").text
    assert "Nothing has been checked by the institution so far." in page
    assert student.get("/directory/4711").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    ["zone=Moon/Base", "page=many", "language=zz", "specialty=health.alchemy", "skill=x", "domain=y", "works=z"],
)
def test_an_address_that_somebody_mistyped_shows_everybody(session, world, student, wrong):
    assert "Dr Priya Raman" in student.get(f"/directory?{wrong}").text


def test_what_is_asked_for_stands_in_the_filter_also_where_no_mentor_lives_there(session, world, student):
    page = student.get("/directory?zone=America/Lima&domain=research&works=remote").text
    assert "Nobody is all of that" in page
    for chosen in ("America/Lima", "research", "remote"):
        assert f'value="{chosen}" selected' in page


def test_what_else_one_can_choose_by_is_folded_until_it_is_in_use(student):
    folded = student.get("/directory?q=raman").text
    assert re.search(r"<details[^>]* m-filter__more\"><summary>More to choose by", folded)
    assert re.search(
        r"<details[^>]* open><summary>More to choose by \(2 in use\)", student.get("/directory?free=1&level=lead").text
    )


def test_pages_lead_on_with_what_was_asked_for(session, world, student):
    for number in range(25):
        who = person(session, world.institution, name=f"Dr Twin {number}")
        membership(session, world.context, who, is_student=False)
        mentor(session, world.track, who)
    session.commit()
    first = student.get("/directory?q=Twin&free=1").text
    assert "Showing 20 of 25" in first
    assert "q=Twin" in first
    second = student.get("/directory?q=Twin&free=1&page=2").text
    assert "Showing 5 of 25" in second


def test_a_mentor_s_page_brings_a_student_from_the_wish_to_the_question(app, session, world):
    newcomer, page = world.another_student(), f"/directory/{world.mentor.id}"
    rules = policy(session, world.track)
    browser = sit(app, session, world, SeatRole.STUDENT, newcomer)
    wish = browser.get(page)
    assert "Would you like Dr Priya Raman as your mentor?" in said(wish)
    fields = dict(re.findall(r'name="(version|do)" value="([^"]+)"', wish.text))
    assert browser.post("/wishes", fields).status_code == 303
    assert "Dr Priya Raman is wish 1 on your list. Ask Dr Priya Raman to be your mentor" in said(browser.get(page))
    browser.post("/asking")
    assert "Dr Priya Raman has your question." in said(browser.get(page))
    rules.way = MatchingWay.ROUNDS
    session.execute(delete(MentorRequest))
    session.commit()
    assert "Dr Priya Raman is wish 1 on your list. You get a mail" in said(browser.get(page))


def test_where_there_is_nothing_to_do_about_a_mentor_their_page_says_why(app, session, world, student):
    newcomer, page = world.another_student(), f"/directory/{world.mentor.id}"
    other = mentor(session, world.track, person(session, world.institution, name="Dr Okafor"))
    browser = sit(app, session, world, SeatRole.STUDENT, newcomer)
    assert "Dr Priya Raman is your mentor. My path" in said(student.get(page))
    assert "You have a mentor already: Dr Priya Raman ." in said(student.get(f"/directory/{other.id}"))
    assert "Your course team brings students and mentors together." in said(browser.get(page))
    today = utcnow().date()
    rules = policy(session, world.track, MatchingWay.ROUNDS, wishes_from=today + timedelta(days=2))
    session.commit()
    assert "Nothing to do before" in said(browser.get(page))
    rules.wishes_from, rules.wishes_until = None, today - timedelta(days=1)
    session.commit()
    assert "Wishes could be given until" in said(browser.get(page))
    rank_list(session, world.track, newcomer, world.mentor)
    session.commit()
    assert "Dr Priya Raman is wish 1 on your list. Your course team matches now." in said(browser.get(page))
    veto(session, other, newcomer)
    rules.wishes_until = None
    session.commit()
    assert "You do not want this mentor. Only you see this." in said(browser.get(f"/directory/{other.id}"))
    exam(session, world.track, key="entry", title="Before the ward")
    world.track.student_test = "entry"
    session.commit()
    assert "Pass the test: Before the ward" in said(browser.get(page))
    world.track.state = TrackState.CLOSED
    session.commit()
    assert "This track is closed." in said(browser.get(page))


def test_who_asks_another_first_reads_so_on_the_page_of_a_later_wish(app, session, world):
    newcomer = world.another_student()
    first = mentor(session, world.track, person(session, world.institution, name="Dr Okafor"))
    policy(session, world.track)
    rank_list(session, world.track, newcomer, first, world.mentor)
    browser = sit(app, session, world, SeatRole.STUDENT, newcomer)
    assert "is wish 2 on your list. Your wishes are asked in their order." in said(
        browser.get(f"/directory/{world.mentor.id}")
    )
    asked(session, first, newcomer)
    session.commit()
    assert "Dr Okafor has your question first." in said(browser.get(f"/directory/{world.mentor.id}"))


def test_a_time_zone_kept_under_its_former_name_is_found_and_filled_in_under_that_of_now(app, session, world, student):
    profile(session, world, timezone="Asia/Calcutta")
    session.commit()
    page = student.get("/directory?zone=Asia/Calcutta").text
    assert "Dr Priya Raman" in page
    assert 'value="Asia/Kolkata" selected' in page
    assert "Calcutta" not in page
    assert "Asia / Kolkata" in student.get(f"/directory/{world.mentor.id}").text
    form = sit(app, session, world, SeatRole.MENTOR).get("/profile/times").text
    assert '<option selected value="Asia/Kolkata">' in form
