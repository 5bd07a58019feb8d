"""Instruments and assessments: ordinal judgements, never averaged; what was not observed is missing, not zero.

Levels of an entrustment scale are ranks, not amounts, so this module offers the latest and how often each level was
given, and no mean anywhere (S. S. Stevens, Science 103, 1946, p. 677).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from lti_mentoring.errors import Refused

FORMAT = 1
NOT_OBSERVED = "not_observed"
"""In a form the answer that leaves an item empty; in stored answers the list of such items (never a level)."""


class AssessmentState(StrEnum):
    """A draft is seen by its assessor only."""

    DRAFT = "draft"
    COMPLETE = "complete"


class ItemKind(StrEnum):
    """What an item asks for."""

    ORDINAL = "ordinal"
    YES_NO = "yesno"
    TEXT = "text"
    CHECKBOX = "checkbox"


class InstrumentBroken(Refused):
    """A form's definition cannot be read; ``problem`` says what is wrong, for its author."""

    code = "instrument_broken"


@dataclass(frozen=True, slots=True)
class Level:
    """One anchor of a scale."""

    value: int
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """The narrative that a low level asks for: needed when ``item`` is at most ``at_most``."""

    item: str
    at_most: int


@dataclass(frozen=True, slots=True)
class Item:
    """One question. ``options`` are (value, words) of a checkbox item; ``levels`` those of an ordinal one."""

    key: str
    kind: ItemKind
    label: str
    hint: str = ""
    required: bool = False
    required_when: Threshold | None = None
    may_be_unseen: bool = False
    folded: bool = False
    missing: str = ""
    """What to say when it is needed and empty."""
    levels: tuple[Level, ...] = ()
    options: tuple[tuple[str, str], ...] = ()

    def level(self, value: object) -> Level | None:
        """Return the anchor of a level, or None."""
        return next((level for level in self.levels if level.value == value), None)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole form. ``judgement`` names the item that the form is about."""

    items: tuple[Item, ...]
    judgement: str
    credit: str = ""

    def item(self, key: str) -> Item:
        """Return an item by its key; raise KeyError."""
        return {item.key: item for item in self.items}[key]


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered. ``values``: level, truth, text or list of option values by item; unseen items are in none."""

    values: Mapping[str, Any] = field(default_factory=dict)
    not_observed: frozenset[str] = frozenset()

    def as_stored(self) -> dict[str, Any]:
        """Return the JSON that is kept."""
        unseen = {NOT_OBSERVED: sorted(self.not_observed)} if self.not_observed else {}
        return {**self.values, **unseen}


@dataclass(frozen=True, slots=True)
class Rating:
    """One level given to somebody at a moment."""

    level: int
    at: datetime


def read_definition(raw: Mapping[str, Any]) -> Definition:
    """Read a form's JSON (docs: domain/instruments.py); raise InstrumentBroken naming what is wrong."""
    try:
        if raw["format"] != FORMAT:
            raise InstrumentBroken(problem=f"format {raw['format']}")
        scales = {
            name: tuple(Level(int(level["value"]), level["label"], level.get("hint", "")) for level in levels)
            for name, levels in raw.get("scales", {}).items()
        }
        definition = Definition(
            tuple(_read_item(item, scales) for item in raw["items"]), raw["judgement"], raw.get("credit", "")
        )
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise InstrumentBroken(problem=f"{type(wrong).__name__}: {wrong}") from wrong
    _check(definition)
    return definition


def read_stored(raw: Mapping[str, Any]) -> Answers:
    """Read answers as they are kept."""
    values = {key: value for key, value in raw.items() if key != NOT_OBSERVED}
    return Answers(values, frozenset(raw.get(NOT_OBSERVED, ())))


def read_answers(definition: Definition, sent: Mapping[str, Sequence[str]]) -> Answers:
    """Read what a browser sent (name → values); what is no answer of the item is left out, as if not given."""
    values: dict[str, Any] = {}
    unseen = set()
    for item in definition.items:
        given = [text.strip() for text in sent.get(item.key, ()) if text.strip()]
        if item.may_be_unseen and given == [NOT_OBSERVED]:
            unseen.add(item.key)
        elif given and (value := _value(item, given)) is not None:
            values[item.key] = value
    return Answers(values, frozenset(unseen))


def missing(definition: Definition, answers: Answers) -> tuple[Item, ...]:
    """Return the items that are needed before the form may be sent and have no answer, in order."""
    return tuple(
        item
        for item in definition.items
        if _is_needed(item, answers) and item.key not in answers.values and item.key not in answers.not_observed
    )


def judged(definition: Definition, answers: Answers) -> int | None:
    """Return the level of the judgement that the form is about; None when it was not observed or not given."""
    level = answers.values.get(definition.judgement)
    return level if isinstance(level, int) else None


def latest(ratings: Iterable[Rating]) -> Rating | None:
    """Return the newest rating."""
    return max(ratings, key=lambda rating: rating.at, default=None)


def counts(item: Item, ratings: Iterable[Rating]) -> tuple[tuple[Level, int], ...]:
    """Return how often each level of the scale was given, in the order of the scale."""
    given = [rating.level for rating in ratings]
    return tuple((level, given.count(level.value)) for level in item.levels)


def _read_item(raw: Mapping[str, Any], scales: Mapping[str, tuple[Level, ...]]) -> Item:
    kind = ItemKind(raw["kind"])
    when = raw.get("required_when")
    return Item(
        key=raw["key"],
        kind=kind,
        label=raw["label"],
        hint=raw.get("hint", ""),
        required=bool(raw.get("required", False)),
        required_when=Threshold(when["item"], int(when["at_most"])) if when else None,
        may_be_unseen=bool(raw.get(NOT_OBSERVED, False)),
        folded=bool(raw.get("folded", False)),
        missing=raw.get("missing", ""),
        levels=scales[raw["scale"]] if kind is ItemKind.ORDINAL else (),
        options=tuple((option["value"], option["label"]) for option in raw.get("options", ())),
    )


def _check(definition: Definition) -> None:
    keys = [item.key for item in definition.items]
    ordinal = {item.key for item in definition.items if item.kind is ItemKind.ORDINAL}
    problems = [
        *(f"two items are called {key}" for key in sorted({key for key in keys if keys.count(key) > 1})),
        *(f"{key} is no name for an item" for key in keys if key == NOT_OBSERVED or not key.isidentifier()),
        *(
            f"{item.key} has fewer than two levels"
            for item in definition.items
            if item.key in ordinal and len(item.levels) < 2
        ),
        *(f"{item.key} waits for an unknown item" for item in definition.items if _waits_for_unknown(item, ordinal)),
    ]
    if definition.judgement not in ordinal:
        problems.append(f"{definition.judgement} is no item on a scale")
    if problems:
        raise InstrumentBroken(problem="; ".join(problems))


def _waits_for_unknown(item: Item, ordinal: set[str]) -> bool:
    return item.required_when is not None and item.required_when.item not in ordinal


def _value(item: Item, given: Sequence[str]) -> Any:
    """Return the value of one item as it is kept, or None when it is no answer of this item."""
    if item.kind is ItemKind.TEXT:
        return given[0]
    if item.kind is ItemKind.YES_NO:
        return {"yes": True, "no": False}.get(given[0])
    if item.kind is ItemKind.CHECKBOX:
        known = [value for value, _label in item.options if value in given]
        return known or None
    return int(given[0]) if given[0].isdecimal() and item.level(int(given[0])) else None


def _is_needed(item: Item, answers: Answers) -> bool:
    when = item.required_when
    if item.required or when is None:
        return item.required
    level = answers.values.get(when.item)
    return isinstance(level, int) and level <= when.at_most
