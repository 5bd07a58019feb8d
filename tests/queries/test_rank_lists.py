"""How a track matches, and whom one can wish for."""

import pytest
from factories.tests import trained
from factories.world import World, add

from lti_mentoring.domain.rank_lists import FacultyAsMentor, MatchingRules, MatchingWay, Wishes
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import MatchingPolicy
from lti_mentoring.queries.rank_lists import rules_of, wishes_page


@pytest.fixture
def world(session):
    return World(session)


def test_a_track_in_which_nothing_was_set_is_matched_by_hand_and_who_teaches_mentors_nobody(session, world):
    rules = rules_of(session, world.track)
    assert rules == MatchingRules()
    assert (rules.way, rules.faculty_as_mentor) == (MatchingWay.BY_HAND, FacultyAsMentor.REFUSE)


def test_a_track_is_matched_as_faculty_have_set_it(session, world):
    where = {"institution_id": world.institution.id, "track_id": world.track.id}
    add(session, MatchingPolicy(**where, way=MatchingWay.REQUESTS, reply_days=5))
    assert rules_of(session, world.track) == MatchingRules(MatchingWay.REQUESTS, reply_days=5)


def test_a_mentor_who_is_not_trained_yet_has_no_room_yet(session, world):
    by = world.sitter(world.another_student(), SeatRole.STUDENT)

    def has_room():
        [one] = wishes_page(session, by, world.track, Wishes()).others
        return one.has_room

    assert has_room()
    trained(world)
    assert not has_room()
