"""Items of a test: what each kind asks, how an answer is read, and what it is worth. Nothing here is a matter of taste.

An answer is kept as the texts that were given: the keys of the ticked choices, "yes" or "no", or what was typed. So
whatever was given can be shown again, also where it was no answer to the question.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

YES, NO = "yes", "no"
MOST_CHOICES = 8
"""More do not fit one glance on a phone."""
MOST_ACCEPTED = 20
MOST_POINTS = 100
LONGEST_GIVEN = 500
LONGEST_CHOICE = 300
LONGEST_NUMBER = 20


class ItemKind(StrEnum):
    """What an item asks for."""

    ONE = "one"
    SEVERAL = "several"
    TRUTH = "truth"
    TEXT = "text"
    NUMBER = "number"


CHOOSING = frozenset({ItemKind.ONE, ItemKind.SEVERAL})


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer that can be ticked."""

    key: str
    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Everything that faculty decide about one item, except its place in the order.

    Of ``choices``, ``truth``, ``accepted`` and ``number`` only what belongs to the kind is there.
    """

    kind: ItemKind
    stem: str
    points: int
    explanation: str = ""
    choices: tuple[Choice, ...] = ()
    truth: bool | None = None
    accepted: tuple[str, ...] = ()
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)


Given = tuple[str, ...]


def as_stored(asked: Asked) -> dict[str, Any]:
    """Return the JSON that is kept beside kind, stem, points and explanation."""
    if asked.kind in CHOOSING:
        return {"choices": [{"key": one.key, "text": one.text, "right": one.right} for one in asked.choices]}
    if asked.kind is ItemKind.TRUTH:
        return {"truth": bool(asked.truth)}
    if asked.kind is ItemKind.TEXT:
        return {"accepted": list(asked.accepted)}
    return {"number": str(asked.number), "tolerance": str(asked.tolerance)}


def read_asked(kind: ItemKind, stem: str, points: int, explanation: str, right: Mapping[str, Any]) -> Asked:
    """Read an item as it is kept."""
    return Asked(
        kind=kind,
        stem=stem,
        points=points,
        explanation=explanation,
        choices=tuple(Choice(one["key"], one["text"], one["right"]) for one in right.get("choices", ())),
        truth=right.get("truth"),
        accepted=tuple(right.get("accepted", ())),
        number=Decimal(right["number"]) if "number" in right else None,
        tolerance=Decimal(right.get("tolerance", "0")),
    )


def flaws(asked: Asked) -> tuple[str, ...]:
    """Name what keeps an item from being asked: stem, choices, right, one_right, truth, accepted, number."""
    found = [] if asked.stem else ["stem"]
    if asked.kind in CHOOSING:
        found += _flaws_of_choices(asked)
    elif asked.kind is ItemKind.TRUTH and asked.truth is None:
        found.append("truth")
    elif asked.kind is ItemKind.TEXT and not any(fold(one) for one in asked.accepted):
        found.append("accepted")
    elif asked.kind is ItemKind.NUMBER and asked.number is None:
        found.append("number")
    return tuple(found)


def _flaws_of_choices(asked: Asked) -> list[str]:
    right = sum(one.right for one in asked.choices)
    if len(asked.choices) < 2:
        return ["choices"]
    if not right:
        return ["right"]
    return ["one_right"] if asked.kind is ItemKind.ONE and right > 1 else []


def read_given(asked: Asked, sent: Sequence[str]) -> Given:
    """Return what was given as it is kept: what can be no answer is left out, a typed text is cut to a sensible end."""
    texts = [text.strip() for text in sent if text.strip()]
    if asked.kind is ItemKind.TRUTH:
        return tuple(text for text in texts if text in {YES, NO})[:1]
    if asked.kind in CHOOSING:
        known = tuple(one.key for one in asked.choices if one.key in texts)
        return known[:1] if asked.kind is ItemKind.ONE else known
    return tuple(text.replace("\x00", "")[:LONGEST_GIVEN] for text in texts[:1])


def kept(before: Given, sent: Given, *, is_newest: bool) -> Given:
    """Return what an answer is once a page was saved; a page that is not the newest takes nothing away.

    Whoever has a test open in two tabs would otherwise lose in one what was answered in the other.
    """
    return sent if sent or is_newest else before


def is_readable(asked: Asked, given: Given) -> bool:
    """Whether what was given can be judged: for a number, whether it is one."""
    return asked.kind is not ItemKind.NUMBER or not given or read_number(given[0]) is not None


def points_for(asked: Asked, given: Given) -> float:
    """Return the points of one answer: all or none, but for several right ones their share less the wrong ones'."""
    if asked.kind is ItemKind.SEVERAL:
        return _points_for_several(asked, given)
    return float(asked.points) if given and _is_right(asked, given[0]) else 0.0


def _points_for_several(asked: Asked, given: Given) -> float:
    right = {one.key for one in asked.choices if one.right}
    hits = len(right.intersection(given))
    share = max(0, hits - (len(given) - hits)) / len(right)
    return round(asked.points * share, 2)


def _is_right(asked: Asked, given: str) -> bool:
    if asked.kind is ItemKind.TRUTH:
        return (given == YES) is asked.truth
    if asked.kind is ItemKind.TEXT:
        return fold(given) in {fold(one) for one in asked.accepted}
    if asked.kind is ItemKind.NUMBER:
        number = read_number(given)
        return number is not None and asked.number is not None and abs(number - asked.number) <= asked.tolerance
    return any(one.right for one in asked.choices if one.key == given)


def fold(text: str) -> str:
    """Return a text without what does not matter: capitals, spaces, and two ways to write the same letter."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def read_number(text: str) -> Decimal | None:
    """Read a number as people type it, with a point or a comma; None where it is none."""
    plain = "".join(text.split()).replace(",", ".").replace("−", "-")
    if len(plain) > LONGEST_NUMBER or "e" in plain.lower():
        return None
    try:
        number = Decimal(plain)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def draw(items: Sequence[int], *, drawn: int | None, shuffled: bool, seed: str) -> list[int]:
    """Return which items an attempt has, and in which order: told by the seed alone, so that it can be told again.

    Without shuffling those drawn stand in the order that faculty gave them.
    """
    by_lot = sorted(items, key=lambda number: hashlib.sha256(f"{seed}:{number}".encode()).digest())
    chosen = by_lot if drawn is None else by_lot[:drawn]
    return chosen if shuffled else [number for number in items if number in set(chosen)]
