"""The directory in a browser: the filter is in the address, and a mentor's page says what was checked."""

import re

import pytest
from factories.browser import sit
from factories.credentials import verified
from factories.profiles import profile
from factories.world import World, membership, mentor, person

from lti_mentoring.domain.seats import SeatRole


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
