"""What a link opens, as its custom values say it."""

import pytest

from lti_mentoring.domain.placing import KINDS, Opens, Placed, custom_values, milestone_column, read_opens, track_column


@pytest.mark.parametrize("kind", list(Placed))
def test_what_a_link_says_is_read_back(kind):
    opens = Opens(kind, "aB-3_x", "m1" if KINDS[kind].has_item else None)
    assert read_opens(custom_values(opens)) == opens


def test_a_link_to_a_track_says_its_key_only():
    assert custom_values(Opens(track_key="12")) == {"track": "12"}


def test_a_link_without_a_track_says_nothing():
    assert custom_values(Opens()) == {}


@pytest.mark.parametrize(
    "custom",
    [
        {"opens": "milestone", "track": "t1"},  # of no milestone
        {"opens": "milestone", "track": "t1", "item": "../admin"},
        {"opens": "milestone", "track": "t1", "item": "x" * 33},
        {"opens": "meeting", "track": "t1", "item": "q1"},  # a kind of a later version
        {"opens": "<script>", "track": "t1"},
        {"opens": "", "track": "t1", "item": "m1"},
    ],
)
def test_what_cannot_be_meant_opens_the_track(custom):
    assert read_opens(custom) == Opens(track_key="t1")


@pytest.mark.parametrize("key", ["", "$Canvas.course.id", "a b", "x" * 33, "é", "²", "1;DROP", "\n"])
def test_a_track_key_that_we_never_made_is_none(key):
    assert read_opens({"opens": "certificates", "track": key}) == Opens()


def test_gradebook_columns_are_named_by_the_keys():
    assert (track_column("12"), milestone_column("a-b")) == ("track-12", "milestone-a-b")
