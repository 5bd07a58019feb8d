"""What was checked of a credential, and what the calendar does to it."""

from datetime import date, timedelta

import pytest

from lti_mentoring.domain.credentials import (
    AFTER,
    EXPIRES_SOON,
    HOLDS,
    CredentialFacts,
    CredentialKind,
    CredentialState,
    CredentialStepKind,
    CredentialStepNotPossible,
    DatesTwisted,
    Practice,
    SinceImpossible,
    SpecialtyNotDeclared,
    UntilNeeded,
    after,
    check_dates,
    check_practice,
    check_until,
    practice_that_holds,
    step_by_calendar,
)

State, Step = CredentialState, CredentialStepKind
TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def test_the_usual_way():
    state = State.DECLARED
    for step in (Step.DOCUMENT, Step.LOOKED_UP, Step.VERIFIED, Step.EXPIRING, Step.LAPSED):
        state = after(state, step)
        assert state.value == step.value
    assert after(state, Step.VERIFIED) is State.VERIFIED


@pytest.mark.parametrize("state", sorted(HOLDS | {State.LAPSED}))
def test_a_newer_document_or_look_neither_takes_away_nor_renews_what_was_verified(state):
    assert after(state, Step.DOCUMENT) is after(state, Step.LOOKED_UP) is state


def test_what_was_withdrawn_stays_so_whatever_comes():
    for step in AFTER:
        with pytest.raises(CredentialStepNotPossible) as told:
            after(State.REVOKED, step)
        assert told.value.facts == {"state": "revoked"}


def test_the_calendar_touches_only_what_was_verified():
    for state in set(State) - HOLDS:
        assert step_by_calendar(state, TODAY - DAY, today=TODAY) is None
    assert step_by_calendar(State.VERIFIED, None, today=TODAY) is None


@pytest.mark.parametrize(
    ("state", "until", "step"),
    [
        (State.VERIFIED, TODAY + EXPIRES_SOON + DAY, None),
        (State.VERIFIED, TODAY + EXPIRES_SOON, Step.EXPIRING),
        (State.VERIFIED, TODAY, Step.EXPIRING),
        (State.EXPIRING, TODAY, None),
        (State.EXPIRING, TODAY - DAY, Step.LAPSED),
        (State.VERIFIED, TODAY - DAY, Step.LAPSED),
    ],
)
def test_sixty_days_before_the_end_it_expires_soon_and_the_day_after_it_has_lapsed(state, until, step):
    assert step_by_calendar(state, until, today=TODAY) is step


def test_every_step_by_the_calendar_is_one_that_there_is():
    for state in HOLDS:
        for days in range(-2, 90):
            step = step_by_calendar(state, TODAY + days * DAY, today=TODAY)
            assert step is None or after(state, step)


def test_whoever_verifies_says_until_a_day_to_come():
    assert check_until(TODAY + DAY, today=TODAY) == TODAY + DAY
    for until in (None, TODAY, TODAY - DAY):
        with pytest.raises(UntilNeeded):
            check_until(until, today=TODAY)


def test_it_cannot_end_before_it_began():
    def facts(issued, expires):
        return CredentialFacts(CredentialKind.LICENCE, "", "uk_gmc", "", "", issued, expires)

    check_dates(facts(TODAY, TODAY + DAY))
    check_dates(facts(None, TODAY))
    with pytest.raises(DatesTwisted):
        check_dates(facts(TODAY, TODAY))


def test_with_a_check_a_year_that_can_be_and_declared_subjects_may_have_been_seen():
    for practice in (Practice(), Practice(2026), Practice(1956, ("health.oncology",))):
        assert check_practice(practice, {"health.oncology"}, today=TODAY) == practice


@pytest.mark.parametrize("year", [1955, 2027])
def test_nobody_practises_since_a_year_to_come_or_for_more_than_seventy_years(year):
    with pytest.raises(SinceImpossible) as refused:
        check_practice(Practice(year), (), today=TODAY)
    assert refused.value.facts == {"first": 1956, "last": 2026}


def test_what_the_mentor_does_not_say_cannot_have_been_seen():
    with pytest.raises(SpecialtyNotDeclared):
        check_practice(Practice(None, ("health.surgery",)), ("health.oncology",), today=TODAY)


def test_what_was_seen_stands_and_falls_with_the_credential():
    practice = Practice(2009, ("health.oncology",))
    for state in CredentialState:
        assert practice_that_holds(practice, state) == (practice if state in HOLDS else Practice())
