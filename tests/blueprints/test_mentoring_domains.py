"""Faculty read what mentoring in their course is about, as a page and as a spreadsheet; nobody else does."""

import csv

import pytest
from factories.browser import said, sit
from factories.goals import goal
from factories.meetings import met
from factories.profiles import profile
from factories.seeking import seeking
from factories.world import NOON, World

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.services.demand import count_demand


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    profile(session, made)
    return made


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def planned(world, students):
    for _more in range(students):
        goal(world.session, world, world.another_student(), domain=MentoringDomain.PRACTICE)
    world.session.commit()


def test_the_page_of_mentors_leads_to_it_and_while_there_is_little_it_says_so(world, faculty):
    planned(world, 4)
    assert "/mentors/domains" in faculty.get("/mentors").text
    page = said(faculty.get("/mentors/domains"))
    assert "There is too little to tell yet." in page
    assert "Clinical practice – 1 – – –" in page


def test_what_is_wanted_and_not_talked_about_is_named_first_and_marked(session, world, faculty):
    planned(world, 5)
    for _more in range(5):
        seeking(session, world, world.another_student())
    count_demand(session, world.track.id, now=NOON)
    session.commit()
    page = said(faculty.get("/mentors/domains"))
    assert "Wanted, and hardly a meeting was about it: Clinical practice, Research." in page
    assert "Clinical practice Not talked about – 1 5 – –" in page


def test_where_whatever_is_wanted_is_talked_about_the_page_says_that(session, world, faculty):
    planned(world, 5)
    for _more in range(7):
        met(session, world, domains=("practice",))
    session.commit()
    page = said(faculty.get("/mentors/domains"))
    assert "Whatever students want is talked about." in page
    assert "Clinical practice – 1 5 – 5" in page


def test_the_spreadsheet_says_the_same_and_leaves_empty_what_is_not_told(world, faculty):
    planned(world, 7)
    answer = faculty.get("/mentors/domains.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=what-mentoring-is-about.csv"
    rows = list(csv.reader(answer.get_data(as_text=True).removeprefix("\ufeff").splitlines()))
    assert rows[0] == [
        "Kind of help", "Students who look for it", "Mentors who offer it", "Students with a goal in it",
        "Students who met one", "Meetings about it",
    ]  # fmt: skip
    assert ["Clinical practice", "", "1", "5", "", ""] in rows
    assert ["Career", "", "0", "", "", ""] in rows


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
@pytest.mark.parametrize("path", ["/mentors/domains", "/mentors/domains.csv"])
def test_students_and_mentors_do_not_read_it(app, session, world, role, path):
    assert sit(app, session, world, role).get(path).status_code == 403
