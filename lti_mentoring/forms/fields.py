"""Fields and rules that forms share: each says in its own words what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField
from wtforms.fields.choices import (  # type: ignore[attr-defined]  # new in 3.3; the types lag behind: forms take it from here
    SelectChoice as SelectChoice,
)
from wtforms.validators import InputRequired, Length, ValidationError
from wtforms.widgets import TextInput

from lti_mentoring.domain.inviting import is_address

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_babel import LazyString
    from wtforms import Form, StringField
    from wtforms.form import BaseForm

CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""PostgreSQL refuses NUL in a text; the others show nothing."""
OFFERED: dict[str, Any] = dict.fromkeys(("invalid_value_message", "invalid_choice_message"), _l("Choose one of these."))
"""What a choice says about an answer that is none of those offered."""
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100


MOST_ID = 2**31 - 1
"""The largest key that a column holds; PostgreSQL refuses to compare with a larger one."""


def a_row(value: object) -> int:
    """Return the number of a row; raise ValueError for one that no row can have."""
    number = int(str(value))
    if not 0 < number <= MOST_ID:
        raise ValueError(value)
    return number


def one_line(value: str | None) -> str:
    """Return a text without control characters, line breaks and blanks around it."""
    return " ".join(CONTROLS.sub("", value or "").split())


def lines(value: str | None) -> str:
    """Return a text of several lines without other control characters and blanks around it."""
    return CONTROLS.sub("", (value or "").replace("\r\n", "\n")).strip()


def needed(words: LazyString) -> InputRequired:
    """Ask for an answer, in words."""
    return InputRequired(message=words)


def not_blank(words: LazyString) -> Any:
    """Ask for a text that is more than blanks, in words."""

    def check(_form: Form, field: StringField) -> None:
        if not field.data:
            raise ValidationError(str(words))

    check.field_flags = {"required": True}  # type: ignore[attr-defined]  # WTForms reads it from the function
    return check


def at_most(most: int) -> Length:
    """Refuse a text that is too long, in words that say by how much it may."""
    return Length(max=most, message=_l("This is too long: %(most)s characters at most.", most=most))


def mail_address(_form: Form, field: StringField) -> None:
    """Refuse what no mail could go to."""
    if field.data and not is_address(field.data):
        raise ValidationError(str(_l("Write a whole e-mail address, such as name@example.org")))


class WholeNumber(IntegerField):
    """A number without a fraction, typed into a plain box: what was typed stays when it is none."""

    widget = TextInput()

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read digits, of any script; say so in words when there are others."""
        typed = str(valuelist[0]).strip() if valuelist else ""
        self.data = int(typed) if re.fullmatch(r"[-+]?\d{1,9}", typed) else None
        if valuelist and self.data is None:
            raise ValueError(_("Write a whole number, for example 14."))


class Day(DateField):
    """A date, with its error in words."""

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Read what the browser's picker sends."""
        try:
            super().process_formdata(list(valuelist))
        except ValueError:
            raise ValueError(_("Write a date as year-month-day, for example 2026-09-28.")) from None

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse years that are slips of the finger."""
        if self.data is not None and not EARLIEST_YEAR <= self.data.year <= LATEST_YEAR:
            raise ValidationError(_("Look at the year again."))
