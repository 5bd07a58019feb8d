"""Which groups stay together in a round, and what is in the way of it: all of it is told at once."""

import pytest

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.round_groups import (
    GroupNow,
    GroupSet,
    GroupsInTheWay,
    Hindrance,
    KeptTogether,
    Trouble,
    hindrances,
    keep_together,
    read_key,
    shown_name,
)


def group(name, *people):
    return GroupNow(name, frozenset(people))


def in_the_way(*groups, waiting=range(1, 10), most_free=4):
    return list(hindrances(groups, frozenset(waiting), most_free))


def test_who_of_a_group_waits_stays_together_and_whoever_waits_alone_is_alone():
    kept = keep_together([group("B", 4, 3), group("A", 1, 2, 8), group("One", 5), group("Empty")], {1, 2, 3, 4, 5, 6})
    assert kept.groups == ((1, 2), (3, 4))
    assert kept.names == {1: "A", 3: "B"}
    assert (kept.size, kept.alone, kept.empty) == (2, 2, ("Empty",))
    assert KeptTogether().size == 1


def test_nothing_is_in_the_way_of_groups_that_wait_as_a_whole():
    assert in_the_way(group("A", 1, 2, 3, 4), group("B", 5), group("All have mentors", 20, 21), group("Empty")) == []


@pytest.mark.parametrize(
    ("groups", "hindrance"),
    [
        ([], Hindrance(Trouble.NO_SUCH_SET)),
        ([group("A", 20)], Hindrance(Trouble.NOBODY_WAITS)),
        ([group("B", 1, 2), group("A", 2, 3)], Hindrance(Trouble.IN_TWO, ("A", "B"), (2,))),
        ([group("A", 1, 21, 20)], Hindrance(Trouble.HAS_MENTOR, ("A",), (20, 21), 1)),
        ([group("A", 1, 2, 3, 4, 5)], Hindrance(Trouble.TOO_LARGE, ("A",), (), 5, 4)),
    ],
)
def test_each_thing_that_is_in_the_way_is_told_with_whom_it_is_about(groups, hindrance):
    assert in_the_way(*groups) == [hindrance]


def test_where_no_mentor_has_a_place_people_alone_are_not_too_large():
    assert in_the_way(group("A", 1), most_free=0) == []
    assert [one.trouble for one in in_the_way(group("A", 1, 2), most_free=0)] == [Trouble.TOO_LARGE]


def test_all_that_is_in_the_way_is_told_at_once():
    found = in_the_way(group("A", 1, 2, 3, 4, 5), group("B", 5, 6, 20))
    assert [one.trouble for one in found] == [Trouble.IN_TWO, Trouble.TOO_LARGE, Trouble.HAS_MENTOR]
    refused = GroupsInTheWay(found, {5: "Layla"})
    assert (refused.code, refused.facts["number"], refused.names[5]) == ("groups_in_the_way", 3, "Layla")


def test_a_set_is_known_by_its_kind_and_name():
    one = GroupSet(GroupKind.GROUP, "Teams: spring", 3)
    assert one.key == "group:Teams: spring"
    assert read_key(one.key) == (GroupKind.GROUP, "Teams: spring")
    assert [read_key(key) for key in ("", "group", "team:x")] == [None, None, None]


def test_the_beginning_of_its_id_stands_for_a_name_that_is_not_told():
    assert (shown_name("A", "1234567890"), shown_name("", "1234567890")) == ("A", "12345678")
