"""What a person is called."""

import pytest

from lti_mentoring.domain.names import shown_name, told_name


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        (("Ada King", "Ada", "Lovelace"), "Ada King"),
        ((None, "Ada", "Lovelace"), "Ada Lovelace"),
        (("", None, "Lovelace"), "Lovelace"),
        ((None, None, None), ""),
    ],
)
def test_the_whole_name_counts_and_then_its_parts(parts, told):
    assert told_name(*parts) == told


def test_the_end_of_the_subject_stands_for_a_name_that_the_platform_does_not_tell():
    assert shown_name(None, None, None, "user-0815-4711") == "#4711"
    assert shown_name(None, "Ada", None, "user-0815-4711") == "Ada"
