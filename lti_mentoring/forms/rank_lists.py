"""A list of wishes as its page sends it: the whole list each time, so that nothing depends on what was sent before.

``tier-<mentor>`` is where a mentor stood on the page, ``place-<mentor>`` the number that was chosen for them (``tie``:
like the one above), ``veto-<mentor>`` whom the student does not want, ``do`` the button that was pressed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lti_mentoring.domain.rank_lists import Wishes, added, raised, rearranged, tidy, without
from lti_mentoring.forms.fields import MOST_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lti_mentoring.domain.matching.problem import Tiers

TIE = "tie"
MOST_SENT = 10_000
"""More than a track has mentors."""
_NAMED = re.compile(r"(tier|place|veto)-([0-9]{1,10})")
_BUTTON = re.compile(r"(add|up|off|veto|unveto)-([0-9]{1,10})")


def sent_wishes(form: Mapping[str, str]) -> Wishes:
    """Return the wishes that a page sent, with what was chosen and pressed on it; what is no number is left out."""
    basis, places, vetoed = _read(form.items())
    before = tidy(_tiers(basis), any_other=False, vetoed=vetoed)
    wishes = Wishes(rearranged(before.tiers, places), bool(form.get("any_other")), before.vetoed)
    pressed = _BUTTON.fullmatch(form.get("do", ""))
    return _pressed(wishes, pressed[1], int(pressed[2])) if pressed and int(pressed[2]) <= MOST_ID else wishes


def sent_before(form: Mapping[str, str]) -> Tiers:
    """Return the tiers that the page showed."""
    return tuple(map(tuple, _tiers(_read(form.items())[0])))


def _tiers(basis: Mapping[int, int]) -> list[list[int]]:
    tiers: dict[int, list[int]] = {}
    for mentor, tier in basis.items():
        tiers.setdefault(tier, []).append(mentor)
    return [tiers[tier] for tier in sorted(tiers)]


def _pressed(wishes: Wishes, button: str, mentor: int) -> Wishes:
    tiers, vetoed = wishes.tiers, wishes.vetoed
    if button == "up":
        tiers = raised(tiers, mentor)
    elif button == "off":
        tiers = without(tiers, {mentor})
    elif button == "veto":
        tiers, vetoed = without(tiers, {mentor}), vetoed | {mentor}
    else:
        vetoed -= {mentor}
        tiers = added(tiers, mentor) if button == "add" else tiers
    return Wishes(tiers, wishes.any_other, vetoed)


def _read(fields: Iterable[tuple[str, str]]) -> tuple[dict[int, int], dict[int, int | None], set[int]]:
    basis: dict[int, int] = {}
    places: dict[int, int | None] = {}
    vetoed: set[int] = set()
    for name, value in list(fields)[:MOST_SENT]:
        named = _NAMED.fullmatch(name)
        if named is None or int(named[2]) > MOST_ID:
            continue
        mentor, number = int(named[2]), int(value) if re.fullmatch(r"[0-9]{1,6}", value) else None
        if named[1] == "veto":
            vetoed.add(mentor)
        elif named[1] == "tier" and number:
            basis[mentor] = number
        elif named[1] == "place" and (number or value == TIE):
            places[mentor] = number
    return basis, places, vetoed
