import json

import pytest

from lti_mentoring.lti.quirks import CANVAS, CANVAS_SUBMISSION, KNOWN, MOODLE, SPECIFICATION, Quirks, quirks_for


@pytest.mark.parametrize(
    ("code", "record"),
    [
        ("moodle", MOODLE),
        (" Canvas ", CANVAS),
        ("", SPECIFICATION),
        (None, SPECIFICATION),
        ("unheard of", SPECIFICATION),
    ],
)
def test_a_product_is_known_by_the_name_it_gives_itself(code, record):
    assert quirks_for(code) is record


def test_somebody_else_may_bring_a_record():
    ours = Quirks(product="ours", roster_limit=7)
    assert quirks_for("OURS", {**KNOWN, "ours": ours}) is ours


def test_no_product_asks_moodle_with_a_limit():
    assert (MOODLE.roster_limit, MOODLE.line_items_limit) == (None, None)


def test_what_a_score_carries_besides_can_be_sent():
    extra = {name: dict(value) for name, value in CANVAS.score_extra.items()}
    assert json.loads(json.dumps(extra)) == {CANVAS_SUBMISSION: {"new_submission": False}}
    assert SPECIFICATION.score_extra == {}


def test_a_record_cannot_be_changed():
    with pytest.raises(TypeError):
        CANVAS.score_extra["x"] = {}
    with pytest.raises(AttributeError):
        CANVAS.roster_limit = 5
