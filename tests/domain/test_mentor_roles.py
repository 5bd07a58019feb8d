"""A track has one role without a name, or several that faculty have named."""

import pytest

from lti_mentoring.domain.mentor_roles import (
    MOST_ROLES,
    ONLY,
    Flaw,
    MentorRole,
    RoleGone,
    RolesFlawed,
    as_stored,
    called,
    check_there,
    checked,
    every_role,
    names_of,
    roles_of,
)
from lti_mentoring.errors import NotFound

WARD, BENCH, OLD = MentorRole("", "Ward"), MentorRole("b", "Bench"), MentorRole("o", "Old", gone=True)


def test_a_track_that_says_nothing_has_one_role_without_a_name():
    assert roles_of([]) == (ONLY,)
    assert names_of([]) == {}


def test_roles_are_kept_in_order_and_those_that_are_gone_keep_their_name():
    stored = as_stored([BENCH, WARD, OLD])
    assert roles_of(stored) == (BENCH, WARD)
    assert every_role(stored) == (BENCH, WARD, OLD)
    assert names_of(stored) == {"": "Ward", "b": "Bench", "o": "Old"}


def test_one_named_role_is_not_told_apart_from_anything():
    assert names_of(as_stored([WARD])) == {}


def test_names_are_tidied():
    assert checked([MentorRole("b", "  Bench \n mentor ")]) == (MentorRole("b", "Bench mentor"),)


@pytest.mark.parametrize(
    ("roles", "flaw"),
    [
        ([], Flaw.NOBODY),
        ([WARD, MentorRole("b", "  ")], Flaw.NAME_MISSING),
        ([WARD, MentorRole("b", "ward")], Flaw.NAME_TWICE),
        ([MentorRole(str(number), f"Role {number}") for number in range(MOST_ROLES + 1)], Flaw.TOO_MANY),
    ],
)
def test_a_list_that_a_track_cannot_have_is_named(roles, flaw):
    with pytest.raises(RolesFlawed) as flawed:
        checked(roles)
    assert flawed.value.flaw is flaw


def test_one_role_needs_no_name():
    assert checked([ONLY]) == (ONLY,)


def test_somebody_is_called_what_they_serve_as_where_there_is_something_to_tell_apart():
    ward, bench = MentorRole("", "Ward"), MentorRole("bench", "Bench")
    assert called([ward, bench], {"bench", ""}) == ("Ward", "Bench")
    assert called([ward, bench], {"gone"}) == ()
    assert called([ward], {""}) == ()


def test_a_role_that_was_taken_away_is_told_from_one_of_nowhere():
    stored = as_stored([WARD, BENCH, OLD])
    check_there(stored, {"", "b"})
    check_there([], {""})
    with pytest.raises(RoleGone) as gone:
        check_there(stored, {"", "o"})
    assert gone.value.facts == {"role": "Old"}
    with pytest.raises(NotFound):
        check_there(stored, {"nowhere"})
