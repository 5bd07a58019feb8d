"""A test on the page, made from the items of an attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from wtforms import Field, Form, RadioField, SelectMultipleField, StringField

from lti_mentoring.domain.items import CHOOSING, NO, YES, ItemKind
from lti_mentoring.forms.fields import SelectChoice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from werkzeug.datastructures import MultiDict

    from lti_mentoring.domain.items import Asked, Given

PREFIX = "item_"


def form_for(asked: Iterable[tuple[int, Asked, Given]], sent: MultiDict[str, str] | None = None) -> Form:
    """Return the form with what was sent, else with what was saved; nothing is chosen beforehand."""
    rows = list(asked)
    fields: dict[str, Any] = {f"{PREFIX}{number}": _field(item) for number, item, _given in rows}
    data = {f"{PREFIX}{number}": _shown(item, given) for number, item, given in rows}
    form: Form = type("ItemsForm", (Form,), fields)(sent, data=data)
    return form


def sent_answers(items: Iterable[int], sent: MultiDict[str, str]) -> Mapping[int, Sequence[str]]:
    """Return what a browser sent, by item: an item whose ticks are all taken away is sent as nothing."""
    return {number: sent.getlist(f"{PREFIX}{number}") for number in items}


def field_of(form: Form, number: int) -> Field:
    """Return the field of an item."""
    field: Field = form[f"{PREFIX}{number}"]
    return field


def _field(asked: Asked) -> Any:
    if asked.kind in CHOOSING:
        choices = [SelectChoice(one.key, one.text) for one in asked.choices]
        kind = RadioField if asked.kind is ItemKind.ONE else SelectMultipleField
        hint = (
            "" if asked.kind is ItemKind.ONE else _("Tick all that are right. Each wrong tick takes away a right one.")
        )
        return kind(asked.stem, choices=choices, description=hint, validate_choice=False)
    if asked.kind is ItemKind.TRUTH:
        choices = [SelectChoice(YES, _("True")), SelectChoice(NO, _("False"))]
        return RadioField(asked.stem, choices=choices, validate_choice=False)
    hint = _("A number.") if asked.kind is ItemKind.NUMBER else _("A word or a few.")
    return StringField(asked.stem, description=hint)


def _shown(asked: Asked, given: Given) -> Any:
    if asked.kind is ItemKind.SEVERAL:
        return list(given)
    return given[0] if given else None
