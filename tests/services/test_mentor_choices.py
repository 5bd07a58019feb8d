"""A mentor's own limits and list."""

import pytest
from factories.wishes import only_group, policy
from factories.world import NOON, World, group, membership, person
from sqlalchemy import select

from lti_mentoring.domain.conflicts import PrivateKind
from lti_mentoring.domain.rank_lists import MatchingWay, NotRanking, WishesChanged
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, RankedStudent
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.mentor_choices import Limits, own_limits, own_list
from lti_mentoring.services.mentor_choices import save_list, set_limits


@pytest.fixture
def world(session):
    made = World(session)
    made.policy = policy(session, made.track, MatchingWay.ROUNDS, mentors_rank=True)
    return made


def limit(session, world, limits, who=None):
    set_limits(session, world.sitter(who, SeatRole.MENTOR), world.track, limits, now=NOON)


def rank(session, world, tiers, before=()):
    save_list(session, world.sitter(role=SeatRole.MENTOR), world.track, tiers, before=before, now=NOON)


def trail(session):
    return [(row.action, row.facts) for row in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


def test_a_mentor_takes_only_students_of_an_own_section_and_so_many_new_ones(session, world):
    section = group(session, world.context, "A", world.guide)
    limits = Limits(by_group=True, group_id=section.id, most_new=2)
    limit(session, world, limits)
    assert own_limits(session, world.mentor) == limits
    assert kept_apart(session, world.track).why(world.student.id, world.mentor.id) == {PrivateKind.LIMIT}
    limit(session, world, Limits())
    assert own_limits(session, world.mentor) == Limits()
    assert trail(session) == [("mentor.limited", {}), ("mentor.limited", {})]


def test_limits_that_are_kept_already_change_nothing(session, world):
    limit(session, world, Limits())
    only_group(session, world.mentor, None)
    assert own_limits(session, world.mentor) == Limits(by_group=True)
    limit(session, world, Limits(by_group=True))
    assert trail(session) == []


def test_nobody_chooses_a_section_of_others_and_who_is_no_mentor_nothing(session, world):
    section = group(session, world.context, "B", world.student)
    with pytest.raises(NotFound):
        limit(session, world, Limits(by_group=True, group_id=section.id))
    with pytest.raises(NotFound):
        limit(session, world, Limits(most_new=1), world.student)


def test_a_mentor_puts_students_in_order_and_takes_all_back(session, world):
    one, two = world.another_student(), world.another_student()
    rank(session, world, ((one.id, two.id), (world.student.id,)))
    assert own_list(session, world.mentor) == ((one.id, two.id), (world.student.id,))
    rank(session, world, own_list(session, world.mentor), before=((two.id,),))
    rank(session, world, (), before=own_list(session, world.mentor))
    assert session.scalars(select(RankedStudent)).all() == []
    assert trail(session) == [("mentor.ranked", {}), ("mentor.ranked", {})]


def test_another_window_that_saved_meanwhile_is_not_overwritten(session, world):
    rank(session, world, ((world.student.id,),))
    with pytest.raises(WishesChanged):
        rank(session, world, ((world.another_student().id,),))


def test_only_students_of_the_course_can_be_named_and_only_where_mentors_are_asked(session, world):
    stranger = person(session, world.institution)
    membership(session, world.context, stranger, is_student=False)
    with pytest.raises(NotFound):
        rank(session, world, ((stranger.id,),))
    world.policy.mentors_rank = False
    with pytest.raises(NotRanking):
        rank(session, world, ((world.student.id,),))
