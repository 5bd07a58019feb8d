"""What the pages of tests say: states, kinds of items, what was given, what is right, why something is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._parts import PathStep
from lti_mentoring.blueprints._words import score
from lti_mentoring.domain.items import CHOOSING, NO, YES, ItemKind
from lti_mentoring.domain.tests import AnswersShown, Audience, StateOfTest

if TYPE_CHECKING:
    from lti_mentoring.domain.items import Asked, Given
    from lti_mentoring.queries.attempts import ToTake

STATE_PILLS = {
    StateOfTest.DRAFT: ("", _l("Draft"), "pen"),
    StateOfTest.PUBLISHED: ("done", _l("Published"), "check"),
    StateOfTest.CLOSED: ("", _l("Closed"), "lock"),
}
AUDIENCE_WORDS = {Audience.STUDENTS: _l("for students"), Audience.MENTORS: _l("for mentors")}
KIND_WORDS = {
    ItemKind.ONE: _l("One right choice"),
    ItemKind.SEVERAL: _l("Several right choices"),
    ItemKind.TRUTH: _l("True or false"),
    ItemKind.TEXT: _l("A short text"),
    ItemKind.NUMBER: _l("A number"),
}
KIND_HINTS = {
    ItemKind.ONE: _l("Two to eight choices, one of them right."),
    ItemKind.SEVERAL: _l("Every right tick counts, every wrong one takes one away."),
    ItemKind.TRUTH: _l("A sentence that is true or false."),
    ItemKind.TEXT: _l("A word or a few, compared with a list of accepted answers."),
    ItemKind.NUMBER: _l("A number, and how far off is still right."),
}
SHOWN_WORDS = {
    AnswersShown.EACH: _l("after each attempt"),
    AnswersShown.PASSED: _l("once the test is passed"),
    AnswersShown.NEVER: _l("never"),
}


def percent(value: float) -> str:
    """Say a share as a whole number of percent; it never looks better than it is."""
    return str(_("%(percent)s %%", percent=int(value + 1e-9)))


def training_path(test: ToTake) -> tuple[PathStep, ...]:
    """Return the short training that a test with something to read is: read, take the test, passed."""
    return (
        PathStep(str(_("Read")), "done" if test.begun or test.passed else "now"),
        PathStep(str(_("Take the test")), "done" if test.passed else "now" if test.begun else "next"),
        PathStep(str(_("Passed")), "done" if test.passed else "next"),
    )


def rules_words(test: ToTake) -> list[tuple[str, str]]:
    """Return what one should know before beginning, as (term, value)."""
    tries = _("as many as you like") if test.left is None else str(test.left)
    time = _("no limit") if test.minutes is None else ngettext("%(num)s minute", "%(num)s minutes", test.minutes)
    return [
        (str(_("Questions")), str(test.items)),
        (str(_("Time")), str(time)),
        (str(_("Attempts left")), str(tries)),
        (str(_("Pass mark")), percent(test.pass_percent)),
    ]


def given_words(asked: Asked, given: Given) -> str:
    """Say what was answered."""
    if not given:
        return str(_("nothing"))
    if asked.kind in CHOOSING:
        return ", ".join(one.text for one in asked.choices if one.key in given)
    return str({YES: _("True"), NO: _("False")}[given[0]]) if asked.kind is ItemKind.TRUTH else given[0]


def right_words(asked: Asked) -> str:
    """Say what is right."""
    if asked.kind in CHOOSING:
        return ", ".join(one.text for one in asked.choices if one.right)
    if asked.kind is ItemKind.TRUTH:
        return str(_("True") if asked.truth else _("False"))
    if asked.kind is ItemKind.TEXT:
        return asked.accepted[0]
    if asked.tolerance:
        return str(_("%(number)s, give or take %(tolerance)s", number=asked.number, tolerance=asked.tolerance))
    return str(asked.number)


WORDS: dict[str, Any] = {
    "audience_words": AUDIENCE_WORDS,
    "given_words": given_words,
    "kind_hints": KIND_HINTS,
    "kind_words": KIND_WORDS,
    "percent": percent,
    "points_words": lambda points: ngettext("%(num)s point", "%(num)s points", points),
    "right_words": right_words,
    "rules_words": rules_words,
    "score": score,
    "shown_words": SHOWN_WORDS,
    "state_pills": STATE_PILLS,
}
"""What every template of a test may use."""

explain(
    "test_changed",
    _l("Somebody else changed this test while you had it open"),
    _l("Nothing was overwritten, and what you typed is still in the form. Save it again if it still holds."),
    status=409,
)
explain(
    "test_not_ready",
    _l("There are not enough questions yet"),
    _l("A test needs one at least, and as many as each attempt draws."),
)
explain(
    "item_still_asked",
    _l("This question is still needed"),
    _l("A published test keeps as many as each attempt draws, and one at least. Add another one first."),
)
explain(
    "test_not_open",
    _l("This test is closed"),
    _l("No attempt can begin any more. What you sent stays readable."),
    status=409,
)
explain(
    "no_attempt_left",
    _l("You have used all attempts"),
    _l("The best one counts. If you should have another one, ask your course team."),
    status=409,
)
explain("numbers_unreadable", _l("Write a number here, for example 12.5"))
explain(
    "passing_needed",
    _l("This one is reached by passing its test"),
    _l("Nobody signs it. You can excuse the student from it."),
    status=409,
)
explain("track_test_missing", _l("Choose the test that proves it"))
