"""What a round is given may be odd, or change under its hands: each time a clear word, and nothing half-published."""

from datetime import timedelta

import pytest
from factories.browser import sit
from factories.credentials import verified
from factories.rounds import drawn, new_mentor
from factories.wishes import policy, rank_list, veto
from factories.world import World
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.matching.stable import StableMatcher
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Job, Match, RankedMentor
from lti_mentoring.services.credential_upkeep import tend_credentials
from lti_mentoring.tasks.jobs import run


@pytest.fixture
def world(session):
    """A course in which two students wait, and two mentors, one of whom is full."""
    made = World(session)
    made.mentor.places = made.mentor.taken
    made.other = new_mentor(made, 2, name="Dr Okafor")
    made.waiting = [made.another_student(name=name) for name in ("Layla", "Tomás")]
    return made


def faculty(app, world):
    return sit(app, world.session, world, SeatRole.FACULTY)


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.get_data(as_text=True).split())


def drafted(world):
    made = drawn(world, StableMatcher())
    world.session.commit()
    return made


def test_a_mentor_whose_licence_lapses_between_draft_and_publishing_is_named_and_nobody_is_placed(app, session, world):
    world.track.credential_needed = True
    verified(app, session, world, world.other.person, days=1, now=utcnow())
    round_ = drafted(world)
    assert session.scalars(select(Match.mentor_id)).all() == [world.other.id] * 2
    tend_credentials(session, now=utcnow() + timedelta(days=3))
    session.commit()
    browser = faculty(app, world)
    browser.post(f"/rounds/{round_.id}/publish")
    session.rollback()
    run.run(session.scalars(select(Job.id).order_by(Job.id.desc())).first())
    page = text(browser.get(f"/rounds/{round_.id}"))
    assert "so nobody was placed" in page
    assert page.count("Dr Okafor has no verified credential that this track takes.") == 2
    assert session.scalars(select(Match.mentorship_id)).all() == [None, None]


def test_where_each_student_vetoes_every_mentor_the_preview_and_the_draft_say_that_nobody_is_placed(
    app, session, world
):
    for one in world.waiting:
        for guide in (world.mentor, world.other):
            veto(session, guide, one)
    browser = faculty(app, world)
    assert "2 would get nobody." in text(browser.get("/rounds/new"))
    page = text(browser.get(f"/rounds/{drafted(world).id}"))
    assert "2 students are without a mentor." in page
    assert page.count("Nobody whom the student may have has a place left.") == 2
    assert "Publish 0" not in page
    assert "veto" not in page.lower()


def test_whose_only_wishes_may_not_be_theirs_is_told_of_by_nobodys_name(app, session, world):
    for one in world.waiting:
        rank_list(session, world.track, one, world.other)
        veto(session, world.other, one)
    page = text(faculty(app, world).get(f"/rounds/{drafted(world).id}"))
    assert page.count("Nobody whom the student may have has a place left.") == 2


def test_where_no_mentor_has_a_place_the_preview_and_the_draft_say_so(app, session, world):
    world.other.places = 0
    for one in world.waiting:
        rank_list(session, world.track, one, world.other)
    browser = faculty(app, world)
    assert "2 would get nobody." in text(browser.get("/rounds/new"))
    page = text(browser.get(f"/rounds/{drafted(world).id}"))
    assert "2 students are without a mentor." in page
    assert page.count("Dr Okafor had no free place in this round.") == 2


def test_a_list_that_names_a_mentor_of_nowhere_is_refused_and_nothing_of_it_kept(app, session, world):
    policy(session, world.track, MatchingWay.ROUNDS)
    browser = sit(app, session, world, SeatRole.STUDENT, world.waiting[0])
    session.commit()
    sent = {f"tier-{world.other.id}": "1", "tier-999999": "2", "version": "0"}
    page = text(browser.post("/wishes", sent), 404)
    assert "Somebody on this list does not mentor here any more" in page
    assert "Nothing was changed." in page
    session.rollback()
    assert session.scalars(select(RankedMentor)).all() == []


def test_a_wish_for_who_is_no_mentor_any_more_leaves_the_others_as_they_were(app, session, world):
    gone = new_mentor(world, 3, name="Dr Gone")
    for one in world.waiting:
        rank_list(session, world.track, one, gone, world.other)
    gone.active = False
    page = text(faculty(app, world).get(f"/rounds/{drafted(world).id}"))
    assert "Everyone has a mentor." in page
    assert session.scalars(select(Match.mentor_id)).all() == [world.other.id] * 2
