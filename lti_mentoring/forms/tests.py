"""What faculty fill in while they make a test and its items."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    FieldList,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from lti_mentoring.domain.items import (
    CHOOSING,
    LONGEST_CHOICE,
    LONGEST_NUMBER,
    MOST_ACCEPTED,
    MOST_CHOICES,
    MOST_POINTS,
    NO,
    YES,
    Asked,
    Choice,
    ItemKind,
    read_number,
)
from lti_mentoring.domain.tests import (
    MOST_ATTEMPTS,
    MOST_ITEMS,
    MOST_MINUTES,
    AnswersShown,
    Audience,
    FactsOfTest,
)
from lti_mentoring.domain.tracks import LONGEST_TEXT, LONGEST_TITLE
from lti_mentoring.domain.tracks import MOST_POINTS as MOST_OF_A_COLUMN
from lti_mentoring.forms.fields import OFFERED, SelectChoice, WholeNumber, at_most, lines, needed, not_blank, one_line
from lti_mentoring.forms.tracks import VersionedForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from flask_babel import LazyString
    from wtforms import Field

LETTERS = "abcdefgh"
"""What the choices of an item are called, in their order."""


def _between(least: int, most: int) -> NumberRange:
    words = _l("Write a number between %(least)s and %(most)s.", least=least, most=most)
    return NumberRange(least, most, words)


class RulesForm(VersionedForm):
    """Everything that faculty decide about a test, except its items and who takes it."""

    title = StringField(
        _l("Name of the test"), [not_blank(_l("Give the test a name.")), at_most(LONGEST_TITLE)], filters=[one_line]
    )
    about = TextAreaField(
        _l("What it is about"),
        [at_most(LONGEST_TEXT)],
        filters=[lines],
        description=_l("What one should know before, and what it is for. It is read first."),
    )
    reading = TextAreaField(
        _l("What to read first"),
        [at_most(LONGEST_TEXT)],
        filters=[lines],
        description=_l("A short training in your own words; addresses of films or texts become links. Leave it empty "
                       "for a test alone."),
    )  # fmt: skip
    pass_percent = WholeNumber(
        _l("Pass mark in percent"),
        [needed(_l("Say how many percent of the points pass.")), _between(1, 100)],
    )
    attempts = WholeNumber(
        _l("Attempts allowed"),
        [Optional(), _between(1, MOST_ATTEMPTS)],
        description=_l("The best one counts. Leave it empty for as many as one likes."),
    )
    minutes = WholeNumber(
        _l("Time limit in minutes"),
        [Optional(), _between(1, MOST_MINUTES)],
        description=_l("When it is over, what was saved by then counts. Leave it empty for no limit."),
    )
    drawn = WholeNumber(
        _l("How many questions are drawn"),
        [Optional(), _between(1, MOST_ITEMS)],
        description=_l("Each attempt draws its own. Leave it empty for all of them."),
    )
    shuffled = BooleanField(_l("Each attempt has its own order"))
    answers = RadioField(
        _l("When are right answers and explanations shown?"),
        coerce=AnswersShown,
        **OFFERED,
        choices=[
            SelectChoice(AnswersShown.EACH.value, _l("After each attempt")),
            SelectChoice(AnswersShown.PASSED.value, _l("Once the test is passed")),
            SelectChoice(AnswersShown.NEVER.value, _l("Never")),
        ],
    )
    column_points = WholeNumber(
        _l("Points in a gradebook column of its own"),
        [Optional(), _between(1, MOST_OF_A_COLUMN)],
        description=_l("The best attempt fills it. Leave it empty for no column; a milestone counts by itself."),
    )

    def facts_for(self, audience: Audience) -> FactsOfTest:
        """Return what was typed; a mentors' test has no column."""
        return FactsOfTest(
            title=self.title.data or "",
            about=self.about.data or "",
            reading=self.reading.data or "",
            audience=audience,
            pass_percent=self.pass_percent.data or 0,
            attempts=self.attempts.data,
            minutes=self.minutes.data,
            drawn=self.drawn.data,
            shuffled=self.shuffled.data,
            answers=self.answers.data,
            column_points=self.column_points.data if audience is Audience.STUDENTS else None,
        )


class NewRulesForm(RulesForm):
    """The same for a new test, and who takes it."""

    audience = RadioField(
        _l("Who takes it?"),
        coerce=Audience,
        **OFFERED,
        choices=[
            SelectChoice(Audience.STUDENTS.value, _l("Students")),
            SelectChoice(Audience.MENTORS.value, _l("Mentors, as part of their training")),
        ],
        description=_l("This cannot be changed later."),
    )

    def facts(self) -> FactsOfTest:
        """Return what was typed."""
        return self.facts_for(self.audience.data)


class FirstTestForm(VersionedForm):
    """Which test somebody must pass before anybody is matched with them."""

    test: SelectField

    def offer(self, tests: Iterable[tuple[int, str]]) -> None:
        """Fill in which tests there are."""
        none = SelectChoice("0", _("no test"))
        self.test.choices = [none, *(SelectChoice(str(number), title) for number, title in tests)]


class MentorTestForm(FirstTestForm):
    """Which test mentors must pass before they are given students."""

    test = SelectField(
        _l("Before mentors are given students they pass"),
        coerce=int,
        **OFFERED,
        description=_l("Only a published test for mentors can be chosen. Who guides students already keeps them."),
    )


class StudentTestForm(FirstTestForm):
    """Which test students must pass before they are given a mentor."""

    test = SelectField(
        _l("Before students are given a mentor they pass"),
        coerce=int,
        **OFFERED,
        description=_l("Only a published test for students can be chosen. Who has a mentor already keeps them."),
    )


class ItemForm(VersionedForm):
    """What every kind of item has."""

    kind: ItemKind
    flaw_fields: dict[str, str] = {}  # noqa: RUF012  # WTForms reads class attributes; a ClassVar is one, too
    """Which field a flaw of this kind is said at."""

    stem = TextAreaField(_l("Question"), [not_blank(_l("Write the question.")), at_most(LONGEST_TEXT)], filters=[lines])
    points = WholeNumber(
        _l("Points"), [needed(_l("Say how many points it brings.")), _between(1, MOST_POINTS)], default=1
    )
    explanation = TextAreaField(
        _l("Explanation"),
        [at_most(LONGEST_TEXT)],
        filters=[lines],
        description=_l("Shown with the right answer, when that is shown."),
    )

    def asked(self) -> Asked:
        """Return what was typed."""
        return Asked(
            self.kind, self.stem.data or "", self.points.data or 1, self.explanation.data or "", **self.right()
        )

    def right(self) -> dict[str, Any]:
        """Return what is right, as this kind has it."""
        raise NotImplementedError

    def point_out(self, flaws: Sequence[str]) -> None:
        """Say at their fields what keeps the item from being asked."""
        for flaw in flaws:
            field: Field = self[self.flaw_fields.get(flaw, "stem")]
            field.errors = [*field.errors, str(FLAWS[flaw])]


class ChoosingForm(ItemForm):
    """One right choice, or several."""

    flaw_fields = {"choices": "choices", "right": "choices", "one_right": "choices"}  # noqa: RUF012  # as above

    choices = FieldList(
        StringField(_l("Choice"), [at_most(LONGEST_CHOICE)], filters=[one_line]),
        _l("Choices"),
        min_entries=MOST_CHOICES,
        max_entries=MOST_CHOICES,
    )
    ticked = SelectMultipleField(
        _l("Right"), coerce=str, choices=[SelectChoice(one, one) for one in LETTERS], validate_choice=False
    )

    def right(self) -> dict[str, Any]:
        """Return the choices; an empty row is none."""
        ticked = set(self.ticked.data or ())
        rows = zip(LETTERS, self.choices.entries, strict=True)
        return {"choices": tuple(Choice(key, row.data, key in ticked) for key, row in rows if row.data)}


class OneForm(ChoosingForm):
    """One right choice."""

    kind = ItemKind.ONE


class SeveralForm(ChoosingForm):
    """Several right choices."""

    kind = ItemKind.SEVERAL


class TruthForm(ItemForm):
    """True or false."""

    kind = ItemKind.TRUTH
    flaw_fields = {"truth": "truth"}  # noqa: RUF012  # as above

    truth = RadioField(
        _l("What is right?"),
        choices=[SelectChoice(YES, _l("It is true")), SelectChoice(NO, _l("It is false"))],
        validate_choice=False,
    )

    def right(self) -> dict[str, Any]:
        """Return which of the two is right."""
        return {"truth": {YES: True, NO: False}.get(self.truth.data or "")}


class WordsForm(ItemForm):
    """A short text."""

    kind = ItemKind.TEXT
    flaw_fields = {"accepted": "accepted"}  # noqa: RUF012  # as above

    accepted = TextAreaField(
        _l("Accepted answers"),
        [at_most(LONGEST_TEXT)],
        filters=[lines],
        description=_l("One on each line; the first is shown as the right one. Capitals and spaces do not matter."),
    )

    def right(self) -> dict[str, Any]:
        """Return the accepted answers."""
        rows = (one_line(row) for row in (self.accepted.data or "").splitlines())
        return {"accepted": tuple(row for row in rows if row)[:MOST_ACCEPTED]}


class NumberForm(ItemForm):
    """A number with a tolerance."""

    kind = ItemKind.NUMBER
    flaw_fields = {"number": "number"}  # noqa: RUF012  # as above

    number = StringField(_l("Right number"), [at_most(LONGEST_NUMBER)], filters=[one_line])
    tolerance = StringField(
        _l("How far off is still right?"),
        [at_most(LONGEST_NUMBER)],
        filters=[one_line],
        description=_l("For example 0.5. Leave it empty where only the very number is right."),
    )

    def right(self) -> dict[str, Any]:
        """Return the number and how far off it may be."""
        number, off = read_number(self.number.data or ""), read_number(self.tolerance.data or "")
        return {"number": number, "tolerance": abs(off or Decimal(0))}


FORMS: dict[ItemKind, type[ItemForm]] = {
    form.kind: form for form in (OneForm, SeveralForm, TruthForm, WordsForm, NumberForm)
}
FLAWS: dict[str, LazyString] = {
    "stem": _l("Write the question."),
    "choices": _l("Write two choices at least."),
    "right": _l("Say which choice is right."),
    "one_right": _l("Only one choice can be right here."),
    "truth": _l("Say whether it is true."),
    "accepted": _l("Write one accepted answer at least."),
    "number": _l("Write a number, for example 12.5."),
}


def shown(asked: Asked) -> dict[str, object]:
    """Return an item as its form shows it."""
    common = {"stem": asked.stem, "points": asked.points, "explanation": asked.explanation}
    if asked.kind in CHOOSING:
        texts = [one.text for one in asked.choices]
        ticked = [key for key, one in zip(LETTERS, asked.choices, strict=False) if one.right]
        return common | {"choices": texts + [""] * (MOST_CHOICES - len(texts)), "ticked": ticked}
    if asked.kind is ItemKind.TRUTH:
        return common | {"truth": YES if asked.truth else NO}
    if asked.kind is ItemKind.TEXT:
        return common | {"accepted": "\n".join(asked.accepted)}
    return common | {"number": str(asked.number), "tolerance": str(asked.tolerance) if asked.tolerance else ""}
