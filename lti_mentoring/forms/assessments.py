"""A form on the page, made from an instrument's definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, SelectMultipleField, TextAreaField
from wtforms.widgets import HiddenInput

from lti_mentoring.domain.assessments import NOT_OBSERVED, Answers, Definition, Item, ItemKind
from lti_mentoring.forms.fields import SelectChoice
from lti_mentoring.forms.milestones import Versioned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.datastructures import MultiDict

PREFIX = "item_"
"""An item may be called as anything of WTForms' own is called, so its field has a name of its own."""


class FilledForm(Versioned):
    """What every form has beside the instrument's items."""

    reached = RadioField(
        _l("Does this reach the milestone?"),
        choices=[
            SelectChoice("yes", _l("Yes, sign it off")),
            SelectChoice("no", _l("Not yet, send it back with my words")),
        ],
        validate_choice=False,
    )

    @property
    def verdict(self) -> bool | None:
        """What the assessor says about the milestone; None: nothing yet."""
        return {"yes": True, "no": False}.get(self.reached.data or "")


def form_for(definition: Definition, answers: Answers, version: int, sent: MultiDict[str, str] | None) -> FilledForm:
    """Return the form with what was sent, else with the draft's answers, else empty: nothing is chosen beforehand."""
    fields: dict[str, Any] = {PREFIX + item.key: _field(item) for item in definition.items}
    made = type("InstrumentForm", (FilledForm,), {**fields, "version": IntegerField(widget=HiddenInput())})
    data = {PREFIX + item.key: _shown(item, answers) for item in definition.items}
    form: FilledForm = made(sent, data={**data, "version": version})
    return form


def sent_answers(definition: Definition, sent: MultiDict[str, str]) -> Mapping[str, list[str]]:
    """Return what a browser sent, by item."""
    return {item.key: sent.getlist(PREFIX + item.key) for item in definition.items}


def field_of(form: FilledForm, key: str) -> Field:
    """Return the field of an item."""
    field: Field = form[PREFIX + key]
    return field


def _field(item: Item) -> Any:
    label, hint = _(item.label), _(item.hint) if item.hint else ""
    if item.kind is ItemKind.TEXT:
        return TextAreaField(label, description=hint)
    if item.kind is ItemKind.CHECKBOX:
        options = [SelectChoice(value, _(words)) for value, words in item.options]
        return SelectMultipleField(label, choices=options, description=hint, validate_choice=False)
    choices = [SelectChoice("yes", _("Yes")), SelectChoice("no", _("No"))]
    if item.kind is ItemKind.ORDINAL:
        choices = [SelectChoice(str(level.value), _(level.label)) for level in item.levels]
    if item.may_be_unseen:
        choices.append(SelectChoice(NOT_OBSERVED, _("I did not see enough to say")))
    return RadioField(label, choices=choices, description=hint, validate_choice=False)


def _shown(item: Item, answers: Answers) -> Any:
    if item.key in answers.not_observed:
        return NOT_OBSERVED
    value = answers.values.get(item.key)
    if item.kind is ItemKind.YES_NO and isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, int) else value
