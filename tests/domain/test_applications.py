"""Who may apply as a mentor, and what may become of an application."""

import pytest

from lti_mentoring.domain.applications import (
    ApplicationState,
    Bar,
    CannotApply,
    ReasonNeeded,
    StepImpossible,
    advance,
    bar_to_apply,
    check_reason,
)

DRAFT, SENT, ACCEPTED, DECLINED, WITHDRAWN = ApplicationState


def bar(state=None, *, is_open=True, is_mentor=False, is_pretended=False):
    return bar_to_apply(state, is_open=is_open, is_mentor=is_mentor, is_pretended=is_pretended)


@pytest.mark.parametrize("state", [None, DRAFT, WITHDRAWN])
def test_where_faculty_opened_it_anybody_may_apply_and_again_after_taking_it_back(state):
    assert bar(state) is None
    assert bar(state, is_open=False) is Bar.CLOSED


def test_a_mentor_has_nothing_to_apply_for():
    assert bar(is_mentor=True) is bar(SENT, is_mentor=True) is Bar.IS_MENTOR


def test_a_pretended_student_cannot_apply():
    assert bar(is_pretended=True) is Bar.PRETENDED


@pytest.mark.parametrize(("state", "why"), [(SENT, Bar.SENT), (ACCEPTED, Bar.ACCEPTED), (DECLINED, Bar.DECLINED)])
def test_what_is_with_faculty_or_was_decided_is_not_begun_again(state, why):
    assert bar(state) is bar(state, is_open=False) is why
    assert CannotApply(why).code == f"apply_{why.value}"


def test_a_sent_one_is_accepted_declined_or_taken_back_and_nothing_else_is():
    for wanted in (ACCEPTED, DECLINED, WITHDRAWN):
        assert advance(SENT, wanted) is wanted
    assert advance(DRAFT, SENT) is SENT
    assert advance(WITHDRAWN, DRAFT) is DRAFT
    for current in (ACCEPTED, DECLINED, DRAFT):
        with pytest.raises(StepImpossible) as told:
            advance(current, WITHDRAWN)
        assert told.value.facts == {"state": current.value}


def test_who_is_declined_is_told_why():
    assert check_reason("  The places are for seniors. ") == "The places are for seniors."
    with pytest.raises(ReasonNeeded):
        check_reason("no.       ")
