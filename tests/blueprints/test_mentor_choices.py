"""A mentor's page of limits and of whom they would like."""

import re

import pytest
from factories.browser import sit, text_of
from factories.statements import counting
from factories.wishes import only_group, policy
from factories.world import World, group
from sqlalchemy import select

from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import MentorLimit, TrackState
from lti_mentoring.queries.mentor_choices import own_list

MENTOR = SeatRole.MENTOR


@pytest.fixture
def world(session):
    made = World(session)
    made.policy = policy(session, made.track, MatchingWay.ROUNDS, mentors_rank=True)
    return made


@pytest.fixture
def guide(app, session, world):
    group(session, world.context, "Section A", world.guide)
    group(session, world.context, "Section B", world.student)
    return sit(app, session, world, MENTOR)


def test_a_mentor_chooses_among_the_own_sections(session, world, guide):
    page = guide.get("/my-choices")
    assert "Only students of Section A" in page.text
    assert "Section B" not in page.text
    number = re.search(r'value="(\d+)">Only students', page.text).group(1)
    assert guide.post("/my-choices", {"only": number, "most_new": "2"}).status_code == 303
    session.rollback()
    assert len(session.scalars(select(MentorLimit)).all()) == 2
    assert guide.post("/my-choices", {"only": "99999", "most_new": "many"}).status_code == 422


def test_a_section_that_is_gone_is_said(session, world, guide):
    only_group(session, world.mentor, None)
    session.commit()
    assert "is not there any more" in text_of(guide.get("/my-choices"))


def test_a_mentor_puts_students_in_order_where_the_track_asks_for_it(session, world, guide):
    other = world.another_student(name="Tomás")
    session.commit()
    assert guide.post("/my-choices/list", {"do": f"add-{other.id}"}).status_code == 303
    assert "Other students" in text_of(guide.get("/my-choices?q=amina"))
    sent = {f"tier-{other.id}": "1", "do": f"add-{world.student.id}"}
    assert guide.post("/my-choices/list", sent).status_code == 303
    assert guide.post("/my-choices/list", sent).status_code == 303  # pressed twice
    assert guide.post("/my-choices/list", {"do": f"add-{world.student.id}"}).status_code == 409
    session.rollback()
    assert own_list(session, world.mentor) == ((other.id,), (world.student.id,))
    assert "like the one above" in text_of(guide.get("/my-choices"))


def test_where_mentors_are_not_asked_there_is_no_list(session, world, guide):
    world.policy.mentors_rank = False
    session.commit()
    assert "Whom I would like" not in text_of(guide.get("/my-choices"))
    assert guide.post("/my-choices/list", {"do": f"add-{world.student.id}"}).status_code == 409
    world.track.state, world.track.published_at = TrackState.DRAFT, None
    session.commit()
    assert "still setting this up" in text_of(guide.get("/my-choices"))


def test_the_page_takes_as_many_statements_for_many_students_as_for_few(session, world, guide):
    def statements():
        with counting(session) as sent:
            assert guide.get("/my-choices").status_code == 200
        return len(sent)

    few = statements()
    for _number in range(40):
        world.another_student()
    session.commit()
    assert statements() == few
