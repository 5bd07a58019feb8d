"""To whom a student is introduced, what may follow what, and how the picture of a network is laid out."""

import pytest

from lti_mentoring.domain.introductions import (
    AFTER,
    MOST_LETTERS,
    Branch,
    IntroductionState,
    NobodyToIntroduceTo,
    To,
    fitting,
    height_of,
    laid_out,
)


@pytest.mark.parametrize("to", [To(), To(mentor_id=1, name="Dr Okafor")])
def test_an_introduction_is_to_a_mentor_or_to_somebody_by_name(to):
    with pytest.raises(NobodyToIntroduceTo):
        to.check()


@pytest.mark.parametrize("to", [To(mentor_id=1), To(name="Dr Okafor")])
def test_either_of_the_two_is_enough(to):
    to.check()


def test_what_was_taken_back_stays_so_and_all_else_can_be_taken_back():
    states = set(IntroductionState)
    back = IntroductionState.TAKEN_BACK
    assert AFTER[back] == states - {back}
    assert all(back not in before for before in AFTER.values())


def test_each_mentor_hangs_on_the_student_and_each_introduction_on_its_mentor():
    knots = laid_out((Branch("Dr Raman", "Clinical", True, ("Dr Okafor",)), Branch("Dr Silva", "Before", False)))
    raman, okafor, silva = knots
    assert [one.kind for one in knots] == ["now", "met", "before"]
    assert raman.y < okafor.y < silva.y
    assert (okafor.from_x, okafor.from_y) == (raman.x, raman.y)
    assert (silva.from_x, silva.from_y) == (raman.from_x, raman.from_y)
    assert height_of(knots) > silva.y


def test_a_long_name_is_cut_so_that_it_fits():
    assert fitting("Dr Okafor") == "Dr Okafor"
    cut = fitting("D" * 100)
    assert len(cut) == MOST_LETTERS
    assert cut.endswith("…")
