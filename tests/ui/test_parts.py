import pytest
from wtforms import FieldList, Form, FormField, StringField, validators

from lti_mentoring.blueprints._parts import PathStep, described, first_error, form_problems, options, path_steps, wiring


class Inner(Form):
    word = StringField("Word", [validators.InputRequired("Write a word")])


class Outer(Form):
    words = FieldList(FormField(Inner), min_entries=2)
    name = StringField("Name", [validators.InputRequired("Write the name")], description="As on the list")


def steps(*states, stage="A"):
    return [PathStep(f"{stage}{number}", state, f"/{stage}{number}", f"day {number}", stage) for number, state in
            enumerate(states)]  # fmt: skip


def test_nine_milestones_are_shown_as_they_are():
    nine = steps(*["next"] * 9)
    assert path_steps(iter(nine)) == nine


@pytest.mark.parametrize(
    ("states", "state", "url"),
    [
        (["done"] * 5, "done", "/A0"),
        (["done", "done", "now", "next", "next"], "now", "/A2"),
        (["done", "late", "wait", "next", "next"], "late", "/A1"),
        (["done", "wait", "next", "next", "next"], "wait", "/A1"),
        (["done", "next", "next", "next", "next"], "now", "/A0"),
        (["next"] * 5, "next", "/A0"),
    ],
)
def test_more_than_nine_are_shown_by_stage_with_what_needs_a_look_first(states, state, url):
    first, second = path_steps(steps(*states) + steps(*["next"] * 5, stage="B"))
    assert (first.name, first.state, first.when) == ("A", state, "day 4")
    assert second == PathStep("B", "next", "/B0", "day 4")
    if state != "now" or states[1] != "next":
        assert first.url == url


def test_problems_are_listed_in_order_with_the_control_to_go_to():
    form = Outer(data={"words": [{"word": "x"}, {"word": ""}]})
    form.validate()
    form.form_errors.append("Somebody else was quicker")
    assert form_problems(form) == [
        ("", "Somebody else was quicker"),
        ("words-0-word", "Write a word"),
        ("words-1-word", "Write a word"),
        ("name", "Write the name"),
    ]


def test_a_control_is_tied_to_its_hint_and_its_error():
    form = Outer()
    assert wiring(form.name) == {"aria-describedby": "name-h"}
    form.validate()
    assert described(form.name) == "name-h name-e"
    assert wiring(form.name) == {"aria-describedby": "name-h name-e", "aria-invalid": "true"}
    assert first_error(form.name) == "Write the name"
    assert wiring(Inner().word) == {}
    assert described(Inner().word, "a hint of the page") == "word-h"


def test_answers_of_a_choice_are_plain_values(gallery_form):
    assert [(option.value, option.checked) for option in options(gallery_form.trust)] == [
        ("1", False), ("2", True), ("none", False),
    ]  # fmt: skip
    assert [option.checked for option in options(gallery_form.kinds)] == [True, False]
