"""How a student stands to one mentor, in a track with several roles, and to whom nothing is said."""

from factories.mentor_roles import TwoRoles
from factories.statements import counting
from factories.wishes import policy, rank_list
from factories.world import NOON, World

from lti_mentoring.domain.approach import Approach
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.approach import way_to_mentor


def way(world, guide, who=None):
    sitter = world.sitter(who or world.student, SeatRole.STUDENT)
    return way_to_mentor(world.session, sitter, world.track, guide.id, today=NOON.date())


def test_what_comes_next_is_about_the_role_in_which_the_mentor_serves(session):
    two = TwoRoles(session)
    policy(session, two.track, MatchingWay.ROUNDS)
    assert way(two, two.mentor).what is Approach.MINE
    found = way(two, two.researcher)
    assert (found.what, found.role.key) == (Approach.WISH, "research")
    two.paired()
    assert way(two, two.researcher).what is Approach.MINE


def test_nothing_is_said_to_who_left_is_this_mentor_or_cannot_see_the_track(session):
    world = World(session)
    assert way(world, world.mentor, world.guide) is None
    assert way(world, world.mentor) is not None
    member = session.query(Membership).filter_by(person_id=world.student.id).one()
    member.status = MembershipStatus.LEFT
    assert way(world, world.mentor) is None


def test_it_takes_a_few_statements(session):
    world = World(session)
    policy(session, world.track)
    who = world.another_student()
    rank_list(session, world.track, who, world.mentor)
    with counting(session) as sent:
        assert way(world, world.mentor, who).place == 1
    assert len(sent) <= 20
