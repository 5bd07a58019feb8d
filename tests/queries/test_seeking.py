"""What students look for, as their own page, a mentor's page and a round read it."""

import pytest
from factories.profiles import profile
from factories.rounds import drawn, new_mentor
from factories.seeking import seeking
from factories.statements import counting
from factories.wishes import rank_list
from factories.world import World
from sqlalchemy import select

from lti_mentoring.domain.fitting import USUAL_WEIGHTS, Trait
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.problem import Score
from lti_mentoring.domain.profiles import CareerStage, TermKind
from lti_mentoring.models import Match
from lti_mentoring.queries import round_scores
from lti_mentoring.queries.round_problem import read_problem
from lti_mentoring.queries.seeking import in_common, seeking_of

pytestmark = pytest.mark.both_databases
WANTED = {Trait.HELP: 1}


@pytest.fixture
def world(session):
    """A track whose mentor can help with research, and another mentor who says nothing of it."""
    made = World(session)
    profile(session, made)
    made.silent = new_mentor(made)
    made.waits = made.another_student()
    return made


def scores(world, weights=WANTED):
    world.session.flush()
    return read_problem(world.session, world.track, weights).problem.scores


def test_who_gave_no_list_is_scored_with_the_mentors_who_offer_what_they_look_for(session, world):
    assert scores(world) == ()
    seeking(session, world, world.waits)
    assert scores(world) == (Score(world.waits.id, world.mentor.id, 67),)
    assert scores(world, {Trait.SECTION: 1}) == ()


def test_a_wish_weighs_beside_what_is_looked_for_and_not_in_it(session, world):
    seeking(session, world, world.waits)
    rank_list(session, world.track, world.waits, world.mentor, world.silent)
    assert scores(world, {Trait.WISH: 3, Trait.HELP: 1}) == scores(world, {Trait.HELP: 1})


def test_the_best_beside_a_list_are_scored_and_no_more_of_them(session, world, monkeypatch):
    monkeypatch.setattr(round_scores, "BEST_OTHERS", 2)
    for _more in range(3):
        profile(session, world, new_mentor(world).person)
    seeking(session, world, world.waits)
    rank_list(session, world.track, world.waits, world.silent, any_other=True)
    found = scores(world)
    assert [one.score for one in found] == [67, 67]
    assert found == scores(world)


def test_in_a_very_large_round_nobody_is_compared_beside_the_lists(session, world, monkeypatch):
    monkeypatch.setattr(round_scores, "MOST_COMPARED", 1)
    seeking(session, world, world.waits)
    assert scores(world) == ()


def test_best_fit_gives_who_gave_no_list_the_mentor_who_offers_what_they_look_for(session, world):
    world.silent.places = 50
    seeking(session, world, world.waits)
    made = drawn(world, BestMatcher(PlainFlow()))
    match = session.scalars(select(Match).where(Match.round_id == made.id)).one()
    assert match.mentor_id == world.mentor.id
    assert match.why_facts["alike"] == {"help": ["feedback", "research"], "languages": ["hi"], "hours": 0.0}


def test_by_the_stage_of_their_careers_a_student_gets_who_is_further_on(session, world):
    profile(session, world, world.silent.person, career=CareerStage.STUDYING)
    world.silent.places = 50
    seeking(session, world, world.waits, terms={})
    given = read_problem(session, world.track, {Trait.FURTHER: 1}).problem
    assert given.scores == (Score(world.waits.id, world.mentor.id, 100),)
    found = BestMatcher(PlainFlow()).match(given, seed="seed")
    assert [(pair.mentee_id, pair.mentor_id) for pair in found.pairs] == [(world.waits.id, world.mentor.id)]


def test_what_was_said_is_read_back_and_what_is_in_common_told(session, world):
    assert seeking_of(session, world.track, world.waits.id).terms == ()
    assert in_common(session, world.track, world.waits.id, world.mentor.id) is None
    seeking(session, world, world.waits, timezone="Asia/Kolkata", terms={TermKind.HOURS: ("week_evening",)})
    assert seeking_of(session, world.track, world.waits.id).of(TermKind.HOURS) == ("week_evening",)
    assert in_common(session, world.track, world.waits.id, world.mentor.id).hours == 20
    assert in_common(session, world.track, world.waits.id, world.silent.id) is None


def test_a_round_of_many_reads_it_in_as_many_statements_as_one_of_few(session, world):
    seeking(session, world, world.waits)
    with counting(session) as few:
        read_problem(session, world.track, USUAL_WEIGHTS)
    for _more in range(30):
        seeking(session, world, world.another_student())
        profile(session, world, new_mentor(world).person)
    with counting(session) as many:
        read_problem(session, world.track, USUAL_WEIGHTS)
    assert len(many) == len(few)
