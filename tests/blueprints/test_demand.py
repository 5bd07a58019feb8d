"""Faculty read what is looked for and offered, as a page and as a spreadsheet; nobody else does."""

import csv

import pytest
from factories.browser import said, sit
from factories.profiles import profile
from factories.seeking import seeking
from factories.world import NOON, World

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.services.demand import count_demand


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    made.mentor.places = 4
    profile(session, made)
    return made


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def counted(world, students):
    for _more in range(students):
        seeking(world.session, world, world.another_student())
    count_demand(world.session, world.track.id, now=NOON)
    world.session.commit()


def test_the_page_of_mentors_leads_to_it_and_before_five_have_said_anything_it_says_so(faculty):
    assert "/mentors/demand" in faculty.get("/mentors").text
    page = said(faculty.get("/mentors/demand"))
    assert "Students are not counted yet. Once 5 of them have said what they look for" in page
    assert "Research – 1 4" in page


def test_what_there_is_too_little_of_is_named_first_and_marked(world, faculty):
    counted(world, 7)
    page = said(faculty.get("/mentors/demand"))
    assert (
        "Fewer places than students who look for it: Writing, Research, Giving and taking feedback. Invite mentors"
        in page
    )
    assert "Research Too few 5 1 4" in page
    assert "Clinical practice – 1 4" in page
    assert "Offered by nobody, and looked for by fewer than five students: Studies, Career." in page


def test_where_places_are_enough_the_page_says_that(world, faculty):
    world.mentor.places = 50
    profile(world.session, world, terms={"skill": ("feedback", "writing")})
    counted(world, 5)
    assert "there are places enough" in said(faculty.get("/mentors/demand"))


def test_the_spreadsheet_says_the_same_and_leaves_empty_what_is_not_told(world, faculty):
    counted(world, 5)
    answer = faculty.get("/mentors/demand.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=looked-for-and-offered.csv"
    rows = list(csv.reader(answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()))
    assert rows[0] == ["What it is", "Name", "Students who look for it", "Mentors who offer it", "Places"]
    assert ["Kind of help", "Research", "5", "1", "4"] in rows
    assert ["Kind of help", "Studies", "", "0", "0"] in rows
    assert ["Skill", "Writing", "5", "0", "0"] in rows


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
@pytest.mark.parametrize("path", ["/mentors/demand", "/mentors/demand.csv"])
def test_students_and_mentors_do_not_read_it(app, session, world, role, path):
    assert sit(app, session, world, role).get(path).status_code == 403
