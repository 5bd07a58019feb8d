"""What a goal may be, who reads it, in which order goals stand, and what stays done when steps are written anew."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from lti_mentoring.domain.goals import (
    LONGEST_ACTION,
    LONGEST_SUCCESS,
    LONGEST_TITLE,
    MOST_ACTIONS,
    MOST_OPEN,
    GoalCount,
    GoalEnded,
    GoalFacts,
    GoalFlaw,
    GoalFlawed,
    GoalsFull,
    GoalState,
    GoalView,
    Step,
    check_follows,
    check_goal,
    check_room,
    counted,
    in_order,
    may_read,
    revised,
)
from lti_mentoring.domain.vocabularies import DOMAIN_OF, GENERAL, HEALTH, MentoringDomain

TODAY = date(2026, 11, 28)
YESTERDAY = TODAY - timedelta(days=1)
NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
FINE = GoalFacts("Read a trial critically", MentoringDomain.RESEARCH, TODAY, "I see the bias.", ("Read one",))
STUDENT, MENTOR, FORMER = 1, 2, 3
OPEN, MET, DROPPED = GoalState.OPEN, GoalState.MET, GoalState.DROPPED


def view(number=1, **changes):
    made = GoalView(number, "Read a trial", MentoringDomain.RESEARCH, TODAY, "", (), False, OPEN, None, 1)
    return replace(made, **changes)


def test_a_goal_due_today_with_a_step_is_fine():
    check_goal(FINE, TODAY)


def test_a_goal_needs_no_steps_and_no_word_of_how_one_will_know():
    check_goal(replace(FINE, success="", steps=()), TODAY)


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"title": ""}, GoalFlaw.TITLE),
        ({"title": "x" * (LONGEST_TITLE + 1)}, GoalFlaw.TITLE),
        ({"success": "x" * (LONGEST_SUCCESS + 1)}, GoalFlaw.SUCCESS),
        ({"steps": ("One more",) * (MOST_ACTIONS + 1)}, GoalFlaw.STEPS),
        ({"steps": ("x" * (LONGEST_ACTION + 1),)}, GoalFlaw.STEP),
        ({"due_on": YESTERDAY}, GoalFlaw.PAST),
    ],
)
def test_a_goal_that_cannot_be_kept_says_what_is_wrong(changes, flaw):
    with pytest.raises(GoalFlawed) as refused:
        check_goal(replace(FINE, **changes), TODAY)
    assert refused.value.flaw is flaw


def test_a_late_goal_may_keep_its_day_when_it_is_changed_and_get_no_other_past_one():
    late = replace(FINE, due_on=YESTERDAY)
    check_goal(late, TODAY, kept=YESTERDAY)
    with pytest.raises(GoalFlawed):
        check_goal(late, TODAY, kept=YESTERDAY - timedelta(days=1))


@pytest.mark.parametrize(("state", "wanted"), [(OPEN, MET), (OPEN, DROPPED), (MET, OPEN), (DROPPED, OPEN)])
def test_an_open_goal_is_met_or_dropped_and_either_can_be_opened_again(state, wanted):
    check_follows(state, wanted)


@pytest.mark.parametrize(("state", "wanted"), [(MET, DROPPED), (DROPPED, MET)])
def test_what_has_ended_one_way_does_not_end_the_other_way(state, wanted):
    with pytest.raises(GoalEnded):
        check_follows(state, wanted)


def test_a_plan_has_at_most_twelve_open_goals():
    check_room(MOST_OPEN - 1)
    with pytest.raises(GoalsFull):
        check_room(MOST_OPEN)


def test_a_private_goal_is_read_by_its_student_alone():
    readers = [who for who in (STUDENT, MENTOR, FORMER) if may_read(who, STUDENT, {MENTOR}, shared=False)]
    assert readers == [STUDENT]


def test_a_shared_goal_is_read_by_the_student_and_the_present_mentors_and_by_no_former_one():
    readers = [who for who in (STUDENT, MENTOR, FORMER) if may_read(who, STUDENT, {MENTOR}, shared=True)]
    assert readers == [STUDENT, MENTOR]


def test_a_goal_that_was_met_stays_shared_and_one_that_was_dropped_is_the_student_s_alone():
    assert may_read(MENTOR, STUDENT, {MENTOR}, shared=True, state=MET)
    assert not may_read(MENTOR, STUDENT, {MENTOR}, shared=True, state=DROPPED)
    assert may_read(STUDENT, STUDENT, {MENTOR}, shared=True, state=DROPPED)


def test_open_goals_stand_by_their_day_and_ended_ones_below_the_last_one_first():
    goals = [
        view(1, state=MET, ended_at=NOON - timedelta(days=2)),
        view(2, due_on=TODAY + timedelta(days=3)),
        view(3, state=DROPPED, ended_at=NOON),
        view(4, due_on=YESTERDAY),
        view(5, due_on=YESTERDAY),
    ]
    assert [one.goal_id for one in in_order(goals)] == [4, 5, 2, 3, 1]


def test_an_open_goal_is_late_from_the_day_after_and_an_ended_one_never():
    assert [view(due_on=day).days_late(TODAY) for day in (TODAY, YESTERDAY)] == [0, 1]
    assert view(due_on=YESTERDAY, state=MET, ended_at=NOON).days_late(TODAY) == 0


def test_a_goal_says_how_many_of_its_steps_are_done_and_which_comes_next():
    goal = view(steps=(Step("Read", NOON, 1), Step("Discuss", None, 2), Step("Write", NOON, 3)))
    assert (goal.done, goal.next_step.text, goal.facts().steps) == (2, "Discuss", ("Read", "Discuss", "Write"))
    assert view(steps=(Step("Read", NOON, 1),)).next_step is view().next_step is None


READ, DISCUSS, WRITE = Step("Read", NOON, 1), Step("Discuss", None, 2), Step("Write", NOON, 3)


@pytest.mark.parametrize(
    ("texts", "after"),
    [
        (("Read", "Discuss", "Write"), (READ, DISCUSS, WRITE)),
        (("Write", "Read"), (WRITE, READ)),
        (("Read twice", "Discuss", "Write"), (Step("Read twice", NOON, 1), DISCUSS, WRITE)),
        (("Choose one", "Read", "Discuss", "Write"), (Step("Choose one"), READ, DISCUSS, WRITE)),
        (("Read", "Discuss", "Write", "Send"), (READ, DISCUSS, WRITE, Step("Send"))),
        ((), ()),
    ],
    ids=["nothing changed", "moved and taken out", "reworded", "put in before", "added", "all taken out"],
)
def test_what_is_done_stays_so_where_a_step_is_moved_or_reworded(texts, after):
    assert revised((READ, DISCUSS, WRITE), texts) == after


def test_two_steps_of_the_same_words_stay_two():
    first, second = Step("Ask", NOON, 1), Step("Ask", None, 2)
    assert revised((first, second), ("Ask", "Ask")) == (first, second)


def test_numbers_are_told_in_steps_of_five_students_for_each_of_the_four_domains():
    found = counted(
        {(MentoringDomain.RESEARCH, OPEN): 9, (MentoringDomain.RESEARCH, MET): 5, (MentoringDomain.CAREER, OPEN): 4}
    )
    assert found == {
        MentoringDomain.ACADEMIC: GoalCount(), MentoringDomain.PRACTICE: GoalCount(),
        MentoringDomain.RESEARCH: GoalCount(5, 5), MentoringDomain.CAREER: GoalCount(),
    }  # fmt: skip


@pytest.mark.parametrize("vocabulary", [GENERAL, HEALTH], ids=["any field", "health professions"])
def test_each_field_has_words_for_the_four_domains_in_which_profiles_offer_help(vocabulary):
    assert (
        list(vocabulary.domain_words) == [DOMAIN_OF[key] for key, _words in vocabulary.domains] == list(MentoringDomain)
    )


def test_practice_is_clinical_practice_in_the_health_professions():
    assert HEALTH.domain_words[MentoringDomain.PRACTICE] == "Clinical practice"
    assert GENERAL.domain_words[MentoringDomain.PRACTICE] == "Practical work"
