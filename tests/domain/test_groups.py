"""What platforms tell of sections and groups is read leniently, and what they do not tell is not taken for nothing."""

import json

import pytest

from lti_mentoring.domain.groups import (
    GROUP_VARIABLES,
    LONGEST,
    LONGEST_VALUE,
    MOST,
    GroupKind,
    ToldGroup,
    clean_name,
    digest_of,
    read_groups,
)

SECTION, GROUP = GroupKind.SECTION, GroupKind.GROUP


def section(number, name=""):
    return ToldGroup(SECTION, number, name)


def group(number):
    return ToldGroup(GROUP, number)


def named(*names):
    return tuple(section(one, one) for one in names)


A_AND_B = (section("1", "A"), section("2", "B"))


@pytest.mark.parametrize(
    ("custom", "told"),
    [
        ({}, {}),
        (GROUP_VARIABLES, {}),
        ({"section_names": "$some.other.variable"}, {}),
        ({"section_names": '["B", "É"]', "section_ids": "7,12"}, {SECTION: (section("7", "B"), section("12", "É"))}),
        ({"section_names": '["B, M-T"]'}, {SECTION: (section("B, M-T", "B, M-T"),)}),
        ({"section_names": '[\\"A\\", \\"B\\"]', "section_ids": "1,2"}, {SECTION: A_AND_B}),
        ({"section_names": "A,B", "section_ids": "1, 2"}, {SECTION: A_AND_B}),
        ({"section_names": '["A","B"]', "section_ids": "1"}, {SECTION: (section("A", "A"), section("B", "B"))}),
        ({"section_ids": "1,2,1"}, {SECTION: (section("1"), section("2"))}),
        ({"section_ids": "[1, 2]"}, {SECTION: (section("1"), section("2"))}),
        ({"section_names": '["$100 club", "组 B", "شعبة"]'}, {SECTION: named("$100 club", "组 B", "شعبة")}),
        ({"moodle_groups": "3,4"}, {GROUP: (group("3"), group("4"))}),
        (GROUP_VARIABLES | {"canvas_groups": "1c16f0,d4d8d6"}, {GROUP: (group("1c16f0"), group("d4d8d6"))}),
        ({"moodle_groups": ""}, {GROUP: ()}),
        ({"section_names": "[]", "section_ids": ""}, {SECTION: ()}),
        ({"section_names": "[]", "section_ids": GROUP_VARIABLES["section_ids"]}, {SECTION: ()}),
    ],
)  # fmt: skip
def test_a_value_is_a_list_or_tells_nothing(custom, told):
    assert read_groups(custom) == told


@pytest.mark.parametrize("value", ["[", '["A', '["A",', "[" * 3000, "x," * LONGEST_VALUE])
def test_what_cannot_be_read_or_was_cut_tells_nothing(value):
    assert read_groups({"section_names": value}) == {}


def test_odd_members_are_left_out_and_hostile_ones_cut():
    odd = json.dumps(["A", None, {"a": 1}, ["b"], 7, True, "", " ", "C\n\x00D", "\u202eE", "x" * 999])
    names = [one.name for one in read_groups({"section_names": odd})[SECTION]]
    assert names == ["A", "7", "C  D", "E", "x" * LONGEST]
    many = ",".join(str(number) for number in range(1000))
    assert len(read_groups({"moodle_groups": many})[GROUP]) == MOST
    assert clean_name("\ud800x") == "x"


def test_the_same_is_known_again_in_any_order():
    first = read_groups({"section_ids": "1,2", "moodle_groups": ""})
    assert digest_of(first) == digest_of(read_groups({"section_ids": "2,1", "moodle_groups": ""}))
    assert digest_of(first) != digest_of(read_groups({"section_ids": "1,2"}))
    assert digest_of(first) != digest_of(
        read_groups({"section_ids": "1,2", "section_names": "A,B", "moodle_groups": ""})
    )
