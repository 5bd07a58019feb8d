"""Shapes and small decisions behind the macros of templates/_ui: the place bar, the path, form fields."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from wtforms import Field, Form, RadioField, SelectField, SelectMultipleField

MOST_STEPS = 9  # more than nine do not fit a 360-pixel phone or one glance
ORDER_OF_STATES = ("now", "late", "wait", "next", "done")


@dataclass(frozen=True, slots=True)
class Place:
    """What the bar on top says: tabs are (label, url, current); person is (name, initials, role word, settings url).

    ``seats`` are the other places where the person may sit: (value, role word).
    """

    title: str
    subtitle: str = ""
    tabs: tuple[tuple[str, str, bool], ...] = ()
    person: tuple[str, str, str, str] | None = None
    home: str = ""
    seats: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PathStep:
    """One knot of the path; state is done, now, wait, late or next."""

    name: str
    state: str
    url: str = ""
    when: str = ""
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a choice field."""

    value: str
    label: str
    checked: bool


class Step(Protocol):
    """What the path needs of a milestone; any view with these reads as one."""

    @property
    def name(self) -> str: ...
    @property
    def state(self) -> str: ...
    @property
    def url(self) -> str: ...
    @property
    def when(self) -> str: ...
    @property
    def stage(self) -> str: ...


def path_steps(milestones: Iterable[Step]) -> Sequence[Step]:
    """Return the milestones, or one step for each stage where more than nine would not fit."""
    steps = list(milestones)
    if len(steps) <= MOST_STEPS:
        return steps
    return [_stage_step(stage, list(group)) for stage, group in groupby(steps, key=lambda step: str(step.stage))]


def form_problems(form: Form) -> list[tuple[str, str]]:
    """List what is wrong with a form as (id of the control to go to, words), in the order of its fields."""
    own = [("", str(text)) for text in getattr(form, "form_errors", ())]
    return own + list(_problems_of(form))


def first_error(field: Field) -> str:
    """Return the first words of what is wrong with one field, or ""."""
    return next((str(error) for error in field.errors), "")


def described(field: Field, hint: str = "") -> str:
    """Return the ids of the texts that explain a control, for aria-describedby."""
    names = [f"{field.id}-h"] if hint or field.description else []
    return " ".join(names + ([f"{field.id}-e"] if field.errors else []))


def wiring(field: Field, hint: str = "") -> dict[str, str]:
    """Return the attributes that tie a control to its hint and its error."""
    names = described(field, hint)
    attributes = {"aria-describedby": names} if names else {}
    return attributes | ({"aria-invalid": "true"} if field.errors else {})


def options(field: RadioField | SelectField | SelectMultipleField) -> list[Option]:
    """Return the answers of a choice field."""
    return [Option(str(value), label, bool(checked)) for value, label, checked, *_more in field.iter_choices()]


def _stage_step(stage: str, steps: list[Step]) -> PathStep:
    state = min((step.state for step in steps), key=ORDER_OF_STATES.index)
    if state == "next" and any(step.state == "done" for step in steps):
        state = "now"
    lit = next((step for step in steps if step.state == state), steps[0])
    return PathStep(stage or lit.name, state, lit.url, steps[-1].when)


def _problems_of(fields: Iterable[Any]) -> Iterator[tuple[str, str]]:
    for field in fields:
        if field.type in {"FormField", "FieldList"}:
            yield from _problems_of(field)
        elif field.errors:
            first = "-0" if field.type in {"RadioField", "SelectMultipleField"} else ""
            yield f"{field.id}{first}", first_error(field)
