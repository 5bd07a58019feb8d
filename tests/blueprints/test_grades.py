"""Faculty see what the gradebook accepted, and what is kept back and why."""

import pytest
from factories.browser import sit
from factories.statements import counting
from factories.ways import many_students, score
from factories.world import NOON, World, link, track

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, HeldReason, LineItem, Score, ScoreState
from lti_mentoring.queries.grades import PAGE, glances, grades_page


@pytest.fixture
def world(session):
    return World(session)


def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def test_the_page_says_what_the_course_accepted_and_when(app, session, world):
    score(world, world.student, 42.5)
    answer = faculty(app, session, world).get("/grades")
    assert "42.5 / 100" in answer.text
    assert "23 Nov, 12:00 UTC" in answer.text
    assert "In gradebook" in answer.text
    assert "All grades are in the course" in answer.text


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (HeldReason.TEACHER_CHANGED, "Somebody changed the grade in the course"),
        (HeldReason.REFUSED, "The course did not take the grade"),
        (HeldReason.FORBIDDEN, "Its administrator has to grant access"),
        (HeldReason.NO_GRADEBOOK, "does not let this tool write"),
    ],
)
def test_a_grade_that_was_not_accepted_says_why_and_can_be_sent_again(app, session, world, reason, words):
    held = score(world, world.student, None, wanted=40, state=ScoreState.HELD, held_reason=reason)
    browser = faculty(app, session, world)
    page = browser.get("/grades").text
    assert words in page
    assert "1 grade needs a look" in page
    answer = browser.post(f"/grades/{held.id}/again")
    assert answer.status_code == 303
    session.expire_all()
    assert session.get_one(Score, held.id).state is ScoreState.PENDING
    assert session.query(AuditEntry).filter_by(action="grade.sent_again").count() == 1


def test_a_grade_kept_back_for_good_reason_is_not_sent_again(app, session, world):
    held = score(world, world.student, None, wanted=40, state=ScoreState.HELD, held_reason=HeldReason.LEFT_COURSE)
    browser = faculty(app, session, world)
    page = browser.get("/grades").text
    assert "The student has left the course" in page
    assert "Send again" not in page
    assert browser.post(f"/grades/{held.id}/again").status_code == 409


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("timeout", "The course has not answered; we try again at"),
        ("html", "The course answered with a page that is no gradebook"),
    ],
)
def test_a_course_that_does_not_answer_is_named_with_the_next_attempt(app, session, world, reason, words):
    score(world, world.student, None, wanted=40, waiting_reason=reason)
    page = faculty(app, session, world).get("/grades").text
    assert words in page
    assert "1 grade is on its way" in page


def test_looking_for_the_column_is_no_fault_of_the_course(app, session, world):
    score(world, world.student, None, wanted=40, waiting_reason="column_search")
    assert "has not answered" not in faculty(app, session, world).get("/grades").text


def test_without_a_gradebook_the_page_says_so(app, session, world):
    world.context.lineitems_url = None
    assert "This course has no gradebook for us" in faculty(app, session, world).get("/grades").text


def test_another_tracks_grade_is_not_to_be_found(app, session, world):
    other = track(session, world.context)
    elsewhere = score(world, world.student, None, state=ScoreState.HELD, held_reason=HeldReason.REFUSED)
    browser = sit(app, session, world, SeatRole.FACULTY, link=link(session, world.context, other))
    assert browser.post(f"/grades/{elsewhere.id}/again").status_code == 404


def test_only_faculty_see_everybodys_grades(app, session, world):
    for role in (SeatRole.STUDENT, SeatRole.MENTOR):
        assert sit(app, session, world, role).get("/grades").status_code == 403


def test_a_column_for_each_milestone_is_named_beside_its_grade(session, world):
    for milestone in world.track.milestones[:2]:
        column = LineItem(
            institution_id=world.institution.id, track_id=world.track.id, milestone_id=milestone.id,
            label=milestone.title, maximum=10,
        )  # fmt: skip
        session.add(column)
        session.flush()
        score(world, world.student, 10, column=column, maximum=10, accepted_maximum=10)
    [row] = grades_page(session, world.sitter()).rows
    assert [(cell.column, cell.accepted) for cell in row.cells] == [("Milestone 1", 10), ("Milestone 2", 10)]
    seen = glances(session, world.track.id, [world.student.id])[world.student.id]
    assert (seen.accepted, seen.maximum, seen.accepted_at) == (20, 20, NOON)


def test_what_needs_a_look_stands_first_and_the_others_follow_by_name(session, world):
    zoe, bo = (world.another_student(name=name) for name in ("Zoë", "Bo"))
    score(world, bo, None, state=ScoreState.HELD, held_reason=HeldReason.LEFT_COURSE)
    score(world, zoe, None, state=ScoreState.HELD, held_reason=HeldReason.REFUSED)
    assert [row.name for row in grades_page(session, world.sitter()).rows] == ["Zoë", "Amina Yusuf", "Bo"]


def test_the_page_sends_the_same_statements_for_ten_and_for_a_thousand(session, world):
    many_students(world, 10)
    with counting(session) as few:
        assert grades_page(session, world.sitter()).students == 11
    many_students_more = World(session)
    many_students(many_students_more, 1000)
    with counting(session) as many:
        page = grades_page(session, many_students_more.sitter(), number=99)
    assert len(many) == len(few)
    assert (page.students, page.pages, page.number) == (1001, 11, 11)
    assert len(page.rows) == 1001 - 10 * PAGE
