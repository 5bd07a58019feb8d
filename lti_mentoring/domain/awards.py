"""What earns a certificate, what its holder lets strangers see, and how names and numbers stand on it."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.domain.milestones import ProgressState, Standing
from lti_mentoring.errors import Refused

NUMBER_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 letters: none is taken for another when it is read aloud or typed from paper."""
NUMBER_LENGTH = 8
BRACKETS = (("(", ")"), ("（", "）"))


class Released(StrEnum):
    """What a holder may let the public page and the public document show."""

    NAME = "name"
    COURSE = "course"
    MILESTONES = "milestones"


class Why(StrEnum):
    """Why somebody has no certificate yet."""

    MILESTONE_OPEN = "milestone_open"
    NOTHING_ASKED = "nothing_asked"
    """The track names no milestone that earns one."""
    ALL_EXCUSED = "all_excused"
    """A certificate says what was reached; of this student nothing was."""
    TEST_PERSON = "test_person"
    """The platform's test student."""


class UnknownRelease(Refused):
    """Something was to be shown that no page shows."""

    code = "unknown_release"


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that stands between a student and the certificate; ``milestone`` where it is one."""

    why: Why
    milestone: Standing | None = None


@dataclass(frozen=True, slots=True)
class PrintedNames:
    """A name as it is printed: the Latin one large, the own script below, where the platform sends both."""

    name: str
    own_script: str | None = None


def needed(milestones: Iterable[Standing]) -> tuple[Standing, ...]:
    """Return the milestones that earn the certificate."""
    return tuple(one for one in milestones if one.needed_for_certificate)


def still_missing(milestones: Iterable[Standing], *, is_test_person: bool = False) -> tuple[Lack, ...]:
    """Return what is missing for the certificate; nothing: it is earned."""
    if is_test_person:
        return (Lack(Why.TEST_PERSON),)
    asked = needed(milestones)
    if not asked:
        return (Lack(Why.NOTHING_ASKED),)
    missing = tuple(Lack(Why.MILESTONE_OPEN, one) for one in asked if not one.done)
    if not missing and not shown_milestones(asked):
        return (Lack(Why.ALL_EXCUSED),)
    return missing


def shown_milestones(milestones: Iterable[Standing]) -> tuple[Standing, ...]:
    """Return what the certificate may say was reached: needed and accepted; an excuse is not an achievement."""
    return tuple(one for one in needed(milestones) if one.state is ProgressState.ACCEPTED)


def release_of(wanted: Collection[str]) -> list[str]:
    """Return what is released, in a fixed order; raise UnknownRelease for any other word."""
    if unknown := set(wanted) - set(Released):
        raise UnknownRelease(unknown=", ".join(sorted(unknown)))
    return [one.value for one in Released if one in wanted]


def printed_names(name: str, given: str | None = None, family: str | None = None) -> PrintedNames:
    """Find the Latin and the other script in what a platform sends: "Layla Haddad (ليلى حدّاد)", or in its parts."""
    outer, inner = _without_brackets(name)
    parts = " ".join(filter(None, (given, family)))
    for other in (inner, parts):
        if other and _is_latin(outer) != _is_latin(other):
            return PrintedNames(outer, other) if _is_latin(outer) else PrintedNames(other, outer)
    return PrintedNames(name)


def written_number(digits: Sequence[int]) -> str:
    """Write eight random values below 32 as the certificate's number: 7F3K-92QD."""
    letters = "".join(NUMBER_LETTERS[digit] for digit in digits)
    return f"{letters[: NUMBER_LENGTH // 2]}-{letters[NUMBER_LENGTH // 2 :]}"


def said_sentence(achievement: str, sentence: str, joined: str) -> tuple[str, str]:
    """Return (achievement, sentence) where the sentence holds the achievement letter for letter.

    The achievement takes the letters that the sentence has ("one semester of clinical mentorship"); where the sentence
    does not name it, ``joined`` ("%(achievement)s: %(sentence)s") puts it there.
    """
    at = sentence.casefold().find(achievement.casefold())
    found = sentence[at : at + len(achievement)] if at >= 0 else ""
    if found.casefold() == achievement.casefold():
        return found, sentence
    return achievement, joined % {"achievement": achievement, "sentence": sentence}


def _without_brackets(name: str) -> tuple[str, str]:
    for opening, closing in BRACKETS:
        outer, found, rest = name.partition(opening)
        if found and rest.endswith(closing) and outer.strip():
            return outer.strip(), rest.removesuffix(closing).strip()
    return name, ""


def _is_latin(text: str) -> bool:
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in text if letter.isalpha())
