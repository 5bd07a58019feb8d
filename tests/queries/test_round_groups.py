"""The groups that a round may keep together: the platform's, those by hand, and sections."""

import pytest
from factories.round_groups import TEAMS, Teams, team
from factories.world import group

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.round_groups import GroupSet
from lti_mentoring.domain.rounds import Show
from lti_mentoring.models import Person
from lti_mentoring.queries.round_changes import change_page
from lti_mentoring.queries.round_groups import check_groups, group_sets, groups_now
from lti_mentoring.queries.round_pairs import pairs

pytestmark = pytest.mark.both_databases


@pytest.fixture
def teams(session):
    return Teams(session)


def test_sets_of_groups_come_before_groups_by_hand_and_sections(session, teams):
    group(session, teams.context, "B1", teams.alone)
    team(teams, "Reds", teams.alone, set_name="Colours", external_id="reds")
    group(session, teams.context, "Mine", teams.alone, kind=GroupKind.BY_HAND)
    assert group_sets(session, teams.track) == (
        GroupSet(GroupKind.GROUP, "Colours", 1),
        GroupSet(GroupKind.GROUP, "Teams", 2),
        GroupSet(GroupKind.BY_HAND, "", 1),
        GroupSet(GroupKind.SECTION, "", 1),
    )


def test_a_group_holds_the_courses_students_and_one_without_any_is_told_too(session, teams):
    tester = session.get_one(Person, teams.a[1].id)
    tester.is_test_user = True
    team(teams, "Staff", teams.guide)
    team(teams, "Empty")
    found = {one.name: one.people for one in groups_now(session, teams.track, TEAMS)}
    assert found == {
        "Team A": {teams.a[0].id}, "Team B": {one.id for one in teams.b}, "Staff": frozenset(), "Empty": frozenset(),
    }  # fmt: skip
    assert groups_now(session, teams.track, "section:") == ()


def test_where_everybody_is_matched_alone_nothing_is_read(session, teams):
    assert check_groups(session, teams.track, "", "").groups == ()
    kept = check_groups(session, teams.track, "", TEAMS)
    assert kept.groups == tuple(sorted((tuple(one.id for one in teams.a), tuple(one.id for one in teams.b))))
    assert kept.alone == 1


def test_another_course_has_groups_of_its_own(session, teams):
    there = Teams(session)
    assert groups_now(session, there.track, TEAMS) != groups_now(session, teams.track, TEAMS)
    assert {one.groups for one in group_sets(session, there.track)} == {2}


def test_the_page_of_a_change_names_the_whole_group(session, teams):
    teams.wish()
    teams.draw()
    page = change_page(session, teams.sitter(), teams.round.id, teams.a[0].id)
    assert (page.group_name, set(page.group.values())) == ("Team A", {"Layla", "Tomás"})
    alone = change_page(session, teams.sitter(), teams.round.id, teams.alone.id)
    assert (alone.group_name, alone.group) == ("", {})


def test_a_change_of_the_whole_group_is_told_from_one_of_one_alone(session, teams):
    teams.wish()
    teams.draw()
    teams.swap(teams.a[0], None)
    teams.swap(teams.alone, None)
    rows = {one.student: one for one in pairs(session, teams.track, teams.round.id, Show.BY_HAND)}
    assert {name: (row.group_name, row.change.of_group) for name, row in rows.items()} == {
        "Layla": ("Team A", True), "Tomás": ("Team A", True), "Ada": ("", False),
    }  # fmt: skip
