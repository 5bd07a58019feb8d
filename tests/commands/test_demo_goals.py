"""The demonstration's plans show what there is to see: every domain and state, one that is late, one private."""

from lti_mentoring.commands.demo_goals import PLANS
from lti_mentoring.domain.goals import GoalState
from lti_mentoring.domain.vocabularies import MentoringDomain


def test_there_are_goals_in_every_domain_and_state():
    assert {one.domain for one in PLANS} == set(MentoringDomain)
    assert {one.state for one in PLANS} == set(GoalState)


def test_some_are_private_and_one_that_is_shared_is_late():
    still = [one for one in PLANS if one.state is GoalState.OPEN]
    assert {one.shared for one in still} == {True, False}
    assert [one.sub for one in still if one.shared and one.due < 0] == ["student-20"]


def test_several_students_have_a_plan_and_no_more_steps_are_done_than_there_are():
    assert len({one.sub for one in PLANS}) > 4
    assert all(one.done <= len(one.steps) for one in PLANS)
