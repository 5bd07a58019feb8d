"""The records of products, and the door that they come in by."""

import json
import sys
from dataclasses import replace

import pytest

from lti_mentoring.lti.products.canvas import CANVAS, CANVAS_SUBMISSION
from lti_mentoring.lti.products.moodle import MOODLE
from lti_mentoring.lti.products.sakai import SAKAI
from lti_mentoring.lti.quirks import SPECIFICATION, Catalogue, Ours, Theirs
from lti_mentoring.plugins import OWN_QUIRKS, PluginBroken, load_quirks

PRODUCTS = load_quirks(())


@pytest.mark.parametrize(
    ("code", "record"),
    [
        ("moodle", MOODLE),
        (" Canvas ", CANVAS),
        ("sakailms.org", SAKAI),
        ("", SPECIFICATION),
        (None, SPECIFICATION),
        ("unheard of", SPECIFICATION),
    ],
)
def test_a_product_is_known_by_the_name_it_gives_itself(code, record):
    assert PRODUCTS.of(code) is record


def test_our_products_come_in_by_the_door_that_others_use():
    assert [record.product for record in PRODUCTS] == list(OWN_QUIRKS)
    assert PRODUCTS.named("moodle") is MOODLE
    assert PRODUCTS.named("unheard of") is SPECIFICATION


EIGHT = """
from lti_mentoring.lti.quirks import Quirks

EIGHT = Quirks(product="eight", name="Eight", families=("EIGHT", "moodle"), roster_limit=8)
NOTHING = None
"""


@pytest.fixture
def offer(tmp_path, monkeypatch):
    """Install a package beside ours that offers ``eight`` from the place given."""

    def install(place):
        described = tmp_path / "eight-1.dist-info"
        described.mkdir()
        (described / "METADATA").write_text("Metadata-Version: 2.1\nName: eight\nVersion: 1\n")
        (described / "entry_points.txt").write_text(f"[lti_mentoring.quirks]\neight = {place}\n")
        (tmp_path / "eight_records.py").write_text(EIGHT)
        monkeypatch.syspath_prepend(tmp_path)
        sys.modules.pop("eight_records", None)

    return install


def test_somebody_else_may_bring_a_record_and_take_a_family_over(offer):
    offer("eight_records:EIGHT")
    found = load_quirks(("matcher:balanced", "quirks:eight"))
    assert (found.of("eight").name, found.of("Moodle").roster_limit) == ("Eight", 8)
    assert found.of("moodle-2") is MOODLE


def test_what_the_settings_do_not_name_stays_outside(offer):
    offer("eight_records:EIGHT")
    assert load_quirks(()).of("eight") is SPECIFICATION


def test_a_record_that_is_not_installed_stops_the_start():
    with pytest.raises(PluginBroken, match="'eight' is not installed"):
        load_quirks(("quirks:eight",))


@pytest.mark.parametrize(
    ("place", "words"),
    [("nowhere.at.all:X", "cannot be loaded"), ("eight_records:NOTHING", "no record of quirks")],
)
def test_a_broken_record_stops_the_start_and_names_itself(offer, place, words):
    offer(place)
    with pytest.raises(PluginBroken, match=f"'eight'.*{words}"):
        load_quirks(("quirks:eight",))


def test_no_product_asks_moodle_with_a_limit():
    assert (MOODLE.roster_limit, MOODLE.line_items_limit) == (None, None)


def test_what_a_score_carries_besides_can_be_sent():
    extra = {name: dict(value) for name, value in CANVAS.score_extra.items()}
    assert json.loads(json.dumps(extra)) == {CANVAS_SUBMISSION: {"new_submission": False}}
    assert SPECIFICATION.score_extra == {}


def test_a_record_cannot_be_changed():
    with pytest.raises(TypeError):
        CANVAS.score_extra["x"] = {}
    with pytest.raises(TypeError):
        CANVAS.joining.messages["LtiDeepLinkingRequest"]["placements"] = ()
    with pytest.raises(AttributeError):
        CANVAS.roster_limit = 5


@pytest.mark.parametrize("record", [*PRODUCTS, SPECIFICATION], ids=lambda record: record.name or "another")
def test_every_form_by_hand_gives_and_asks_what_a_launch_needs(record):
    given = {ours for ours, _ in record.by_hand.give}
    assert Ours.CONFIGURATION in given or given >= {Ours.LOGIN, Ours.REDIRECT, Ours.KEYS}
    filled = {theirs for theirs in Theirs if any(getattr(one, theirs.value, "") for one in record.by_hand.places)}
    assert filled | set(record.by_hand.find) >= set(Theirs) - {Theirs.AUDIENCE}


def test_issuers_that_do_not_depend_on_the_school_are_shared():
    shared = Catalogue(PRODUCTS).shared_issuers
    assert {"https://canvas.instructure.com", "https://blackboard.com"} <= shared
    assert "" not in shared


def test_a_later_record_replaces_the_one_of_its_name():
    mended = replace(MOODLE, roster_limit=500)
    assert Catalogue([MOODLE, mended]).of("moodle") is mended
