"""What earns a certificate, what is released, and how names and numbers are written."""

from datetime import UTC, datetime

import pytest

from lti_mentoring.domain.awards import (
    PrintedNames,
    UnknownRelease,
    Why,
    needed,
    printed_names,
    release_of,
    said_sentence,
    shown_milestones,
    still_missing,
    written_number,
)
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer, Standing

JOINED = "%(achievement)s: %(sentence)s"


def standing(number, state=ProgressState.ACCEPTED, counts=True):
    return Standing(
        number, number, f"Milestone {number}", "", Proof.EVIDENCE, Signer.MENTOR, 10, counts, state, None, False, 0,
        None, datetime(2026, 11, 1, tzinfo=UTC),
    )  # fmt: skip


def test_it_is_earned_when_every_needed_milestone_is_reached_or_excused():
    way = [standing(1), standing(2, ProgressState.EXCUSED), standing(3, ProgressState.OPEN, counts=False)]
    assert still_missing(way) == ()
    assert [one.milestone_id for one in needed(way)] == [1, 2]
    assert [one.milestone_id for one in shown_milestones(way)] == [1]


@pytest.mark.parametrize(
    "state", [s for s in ProgressState if s not in {ProgressState.ACCEPTED, ProgressState.EXCUSED}]
)
def test_a_needed_milestone_that_is_not_done_is_named(state):
    lack = still_missing([standing(1), standing(2, state)])
    assert [(one.why, one.milestone.milestone_id) for one in lack] == [(Why.MILESTONE_OPEN, 2)]


def test_a_track_that_asks_for_nothing_gives_none():
    assert [one.why for one in still_missing([standing(1, counts=False)])] == [Why.NOTHING_ASKED]


def test_who_was_excused_from_everything_has_reached_nothing():
    assert [one.why for one in still_missing([standing(1, ProgressState.EXCUSED)])] == [Why.ALL_EXCUSED]


def test_the_test_student_gets_none():
    assert [one.why for one in still_missing([standing(1)], is_test_person=True)] == [Why.TEST_PERSON]


def test_what_is_released_is_kept_in_one_order_and_nothing_unknown():
    assert release_of({"milestones", "name"}) == ["name", "milestones"]
    assert release_of([]) == []
    with pytest.raises(UnknownRelease):
        release_of(["name", "grade"])


@pytest.mark.parametrize(
    ("sent", "printed"),
    [
        (("Layla Haddad",), PrintedNames("Layla Haddad")),
        (("Layla Haddad (ليلى حدّاد)",), PrintedNames("Layla Haddad", "ليلى حدّاد")),
        (("अनन्या शर्मा (Ananya Sharma)",), PrintedNames("Ananya Sharma", "अनन्या शर्मा")),
        (("王小明（Wang Xiaoming）",), PrintedNames("Wang Xiaoming", "王小明")),
        (("Omar Haddad", "عمر", "حدّاد"), PrintedNames("Omar Haddad", "عمر حدّاد")),
        (("Zoë Brown", "Zoë", "Brown"), PrintedNames("Zoë Brown")),
        (("Zoë (Zo) Brown",), PrintedNames("Zoë (Zo) Brown")),
        (("Zoë Brown (evening group)",), PrintedNames("Zoë Brown (evening group)")),
        (("عمر الخطيب",), PrintedNames("عمر الخطيب")),
        (("(nobody)",), PrintedNames("(nobody)")),
    ],
)
def test_a_name_in_two_scripts_is_printed_in_both(sent, printed):
    assert printed_names(*sent) == printed


def test_the_number_has_letters_that_are_not_taken_for_others():
    assert written_number([7, 15, 3, 19, 9, 2, 22, 13]) == "7F3K-92PD"


@pytest.mark.parametrize(
    ("achievement", "sentence", "said"),
    [
        ("Clinical mentorship", "has completed one semester of clinical mentorship.",
         ("clinical mentorship", "has completed one semester of clinical mentorship.")),
        ("Research", "has carried out a project.", ("Research", "Research: has carried out a project.")),
        ("Straße", "has walked the STRASSE.", ("Straße", "Straße: has walked the STRASSE.")),
    ],
)  # fmt: skip
def test_the_sentence_holds_the_achievement_letter_for_letter(achievement, sentence, said):
    assert said_sentence(achievement, sentence, JOINED) == said
