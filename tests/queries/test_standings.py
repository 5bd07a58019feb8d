"""Who counts as a student of a course, and how far everybody is, however many there are."""

import pytest
from factories.browser import sit
from factories.world import NOON, World

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.awards import ledger
from lti_mentoring.queries.board import read_board
from lti_mentoring.queries.grades import grades_page
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.queries.standings import MOST_NAMED, starts, track_progress, track_student_ids
from lti_mentoring.queries.tracks import touched

TODAY = NOON.date()


def test_the_platforms_pretended_student_is_counted_and_listed_nowhere(app, session):
    world = World(session)
    world.another_student(name="Test Student", is_test_user=True)
    track, faculty = world.track, world.sitter()
    assert track_student_ids(session, track.id) == [world.student.id]
    assert ledger(session, track, today=TODAY).students == 1
    assert touched(session, track).students == 1
    assert [row.person_id for row in grades_page(session, faculty).rows] == [world.student.id]
    assert [row.student_id for row in read_board(session, faculty, today=TODAY).rows] == [world.student.id]
    assert list(pairing(session, track).waiting()) == []
    browser = sit(app, session, world, SeatRole.FACULTY)
    for url in ("/", "/?show=all", "/board.csv", "/mentors", "/mentors/people", "/mentors/automatic",
                "/mentors/template.csv", "/grades", "/certificates"):  # fmt: skip
        answer = browser.get(url)
        assert answer.status_code == 200, url
        assert "Test Student" not in answer.text, url


@pytest.mark.both_databases
@pytest.mark.parametrize("others", [0, MOST_NAMED])
def test_where_each_stands_is_told_of_more_students_than_a_statement_takes_values(session, others):
    world = World(session)
    student, nobody = world.student.id, range(10**6, 10**6 + others)
    assert starts(session, world.track.id, [student, *nobody])[student] == world.mentorship.started_at
    ways = track_progress(session, world.track.id, [student, *nobody], today=TODAY)
    assert len(ways) == 1 + others
    assert len(ways[student].milestones) == 3
    assert starts(session, world.track.id, range(70_000))[student] == world.mentorship.started_at
