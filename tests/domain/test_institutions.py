"""Short names of institutions."""

import pytest

from lti_mentoring.domain.institutions import slug_of


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Charité – Universitätsmedizin Berlin", "charité-universitätsmedizin-berlin"),
        ("  St. Mary's  ", "st-mary-s"),
        ("医学院", "医学院"),
        ("!!!", "institution"),
        ("x" * 90, "x" * 60),
    ],
)
def test_a_short_name_has_letters_digits_and_hyphens_of_any_script(name, slug):
    assert slug_of(name) == slug
