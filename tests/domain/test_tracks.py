from datetime import date

import pytest

from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.track_templates import EMPTY, TEMPLATES, translated
from lti_mentoring.domain.tracks import (
    Grading,
    MilestoneFacts,
    Moves,
    NothingCounts,
    Placed,
    Spot,
    TrackChanged,
    TrackFacts,
    changes,
    check_version,
    check_weights,
    example,
    in_order,
    missing,
    moved,
    moves_of,
    share,
    swapped,
    week_of,
)

WEIGHTED = Grading(GradeRule.WEIGHTED, ColumnMode.ONE, 100)
COMPLETION = Grading(GradeRule.COMPLETION, ColumnMode.ONE, 100)
EVERY_COLUMN = Grading(GradeRule.COMPLETION, ColumnMode.PER_MILESTONE, 100)


def facts(**columns):
    values = {
        "title": "History", "asked": "", "stage_id": None, "proof": Proof.EVIDENCE, "instrument_id": None,
        "due_after_days": 14, "weight": 10, "signer": Signer.MENTOR, "needed_for_certificate": True,
    }  # fmt: skip
    return MilestoneFacts(**{**values, **columns})


def test_changes_are_named_in_order():
    before = TrackFacts("A", "to learn", date(2026, 9, 28))
    assert changes(before, TrackFacts("B", "to learn", date(2026, 9, 29))) == ("title", "starts_on")
    assert changes(before, before) == ()


def test_a_form_of_an_older_version_is_stale():
    check_version(3, 3)
    check_version(3, None)
    with pytest.raises(TrackChanged) as caught:
        check_version(3, 2)
    assert caught.value.status == 409


# ------------------------------------------------------------------ the order


def test_milestones_stand_stage_by_stage_and_those_without_come_first():
    placed = [Placed(1, 20), Placed(2, 10), Placed(3, None), Placed(4, 20)]
    assert [one.milestone_id for one in in_order([10, 20], placed)] == [3, 2, 1, 4]


def test_a_milestone_moves_past_its_neighbour_and_over_the_border_of_a_stage():
    placed = [Placed(1, 10), Placed(2, 10), Placed(3, 20)]
    ways = moves_of([10, 20], placed)
    assert ways[1] == Moves(up=None, down=Spot(1, 10))
    assert ways[2] == Moves(up=Spot(0, 10), down=Spot(1, 20))
    assert ways[3] == Moves(up=Spot(2, 10), down=None)


def test_an_empty_stage_lies_on_the_way():
    assert moves_of([10, 15, 20], [Placed(1, 10), Placed(2, 20)])[1].down == Spot(0, 15)


def test_without_stages_milestones_move_among_themselves():
    ways = moves_of([], [Placed(1, None), Placed(2, None)])
    assert ways[1] == Moves(None, Spot(1, None))
    assert ways[2] == Moves(Spot(0, None), None)


def test_a_milestone_without_a_stage_can_enter_the_first():
    ways = moves_of([10], [Placed(1, None), Placed(2, 10)])
    assert ways[1] == Moves(None, Spot(0, 10))
    assert ways[2] == Moves(Spot(1, None), None)


def test_a_move_changes_the_order_and_the_stage():
    placed = [Placed(1, 10), Placed(2, 10), Placed(3, 20)]
    assert moved(placed, 1, Spot(1, 10)) == [Placed(2, 10), Placed(1, 10), Placed(3, 20)]
    assert moved(placed, 3, Spot(2, 10)) == [Placed(1, 10), Placed(2, 10), Placed(3, 10)]


@pytest.mark.parametrize(("to", "order"), [(0, [3, 1, 2]), (1, [1, 3, 2]), (9, [1, 2, 3]), (-4, [3, 1, 2])])
def test_a_stage_is_put_where_it_should_stand_inside_the_ends(to, order):
    assert swapped([1, 2, 3], 3, to) == order


# ------------------------------------------------------------------ may it run?


def test_a_grade_formed_of_weights_needs_one():
    check_weights(WEIGHTED, [0, 5])
    check_weights(COMPLETION, [0, 0])
    for grading in (WEIGHTED, EVERY_COLUMN):
        with pytest.raises(NothingCounts):
            check_weights(grading, [0, 0])


def test_what_is_missing_before_a_track_can_run_is_named():
    assert missing(WEIGHTED, []) == ("no_milestones",)
    assert missing(WEIGHTED, [facts()]) == ()
    unready = [facts(weight=0, proof=Proof.ASSESSMENT)]
    assert missing(WEIGHTED, unready) == ("no_weights", "no_form")
    assert missing(COMPLETION, unready) == ("no_form",)
    assert missing(COMPLETION, [facts(proof=Proof.ASSESSMENT, instrument_id=1)]) == ()
    assert missing(COMPLETION, [facts(proof=Proof.TEST)]) == ("no_test",)
    assert missing(COMPLETION, [facts(proof=Proof.TEST, test_id=1)]) == ()


# ------------------------------------------------------------------ the grade in words


def test_the_example_is_a_student_half_way():
    half = example(GradeRule.WEIGHTED, 100, [10, 30, 60])
    assert (half.done, half.total, half.grade) == (2, 3, 40.0)
    assert example(GradeRule.AT_END, 100, [10, 30, 60]).grade is None
    assert example(GradeRule.COMPLETION, 100, [10]).grade == 100.0


def test_a_weight_is_a_share_of_the_points():
    assert share(10, 30, 100) == 33.3
    assert share(0, 0, 100) == 0.0


@pytest.mark.parametrize(("days", "week"), [(0, 1), (1, 1), (7, 1), (8, 2), (63, 9)])
def test_a_day_lies_in_a_week(days, week):
    assert week_of(days) == week


# ------------------------------------------------------------------ templates


@pytest.mark.parametrize("template", [one for one in TEMPLATES.values() if one.key])
def test_a_shipped_track_can_run_as_it_is(template):
    assert 6 <= len(template.milestones) <= 8
    assert 2 <= len(template.stages) <= 3
    assert sum(one.weight for one in template.milestones) == 100
    due = [one.due_after_days for one in template.milestones]
    assert due == sorted(due)
    assert all(one.asked and len(one.title) <= 120 for one in template.milestones)
    assert all(bool(one.instrument) == (one.proof is Proof.ASSESSMENT) for one in template.milestones)
    assert template.certificate_title
    assert template.certificate_sentence.startswith("has ")


def test_every_text_of_a_template_is_translated():
    said = translated(TEMPLATES["clinical"], lambda text: f"<{text}>")
    texts = [said.title, said.purpose, said.certificate_title, said.certificate_sentence]
    texts += [stage.title for stage in said.stages]
    texts += [text for one in said.milestones for text in (one.title, one.asked)]
    assert all(text.startswith("<") for text in texts)
    assert said.milestones[4].instrument == "entrustment"


def test_an_empty_text_is_not_translated():  # the catalogue's header is filed under the empty text
    assert translated(EMPTY, lambda text: f"<{text}>").purpose == ""
