"""Which product an LMS is shows in its record alone: nothing outside ``lti/products`` asks for one by name."""

import ast
import re
from pathlib import Path

import pytest

from lti_mentoring.plugins import OWN_QUIRKS, load_quirks

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lti_mentoring"
INSIDE = PACKAGE / "lti/products"
NAMES = {name.lower() for record in load_quirks(()) for name in (record.product, record.name, *record.families)}
# The door names its own records; the demonstration is an LMS itself.
EXEMPT = {PACKAGE / "plugins.py"}
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if INSIDE not in path.parents and path not in EXEMPT)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def test_the_names_that_we_look_for_are_those_of_the_records():
    assert set(OWN_QUIRKS) <= NAMES
    assert {"moodle", "canvas", "desire2learn", "sakailms.org"} <= NAMES


def test_no_code_holds_a_product_s_name_as_a_value_or_asks_for_its_record():
    found = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            held = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            imported = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            if held.lower() in NAMES or imported.startswith("lti_mentoring.lti.products"):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {held or imported}")
    assert found == []


def test_no_page_asks_which_product_it_shows():
    quoted = {path: re.findall(r"[\"']([^\"'\n]{2,40})[\"']", path.read_text(encoding="utf-8")) for path in TEMPLATES}
    assert [(path.name, value) for path, values in quoted.items() for value in values if value.lower() in NAMES] == []


@pytest.mark.parametrize("path", sorted(INSIDE.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_every_record_names_its_source(path):
    assert re.search(r"Sources?: ", path.read_text(encoding="utf-8").split('"""')[1])


@pytest.mark.parametrize("record", list(load_quirks(())), ids=lambda record: record.product)
def test_a_record_s_words_for_screens_are_short_enough_to_show(record):
    words = [*record.by_hand.find.values(), *(name for _, name in record.by_hand.give)]
    assert all(0 < len(one) < 60 for one in words)
