"""A course's sections and groups as platforms tell them of one person, in custom values of a launch or a roster.

Canvas (doc/api/tools_variable_substitutions.md) writes the names of a person's sections as JSON, in the order of their
ids, which it joins by commas; and the ids of groups by commas. Moodle (mod/lti/locallib.php) joins the ids of groups by
commas. A variable that a platform does not know comes back as it was sent; a blank one says: in none.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

SECTION_NAMES, SECTION_IDS = "section_names", "section_ids"
CANVAS_GROUPS, MOODLE_GROUPS = "canvas_groups", "moodle_groups"
GROUP_VARIABLES = {
    SECTION_NAMES: "$com.instructure.User.sectionNames",
    SECTION_IDS: "$Canvas.course.sectionIds",
    CANVAS_GROUPS: "$Canvas.group.contextIds",
    MOODLE_GROUPS: "$Moodle.Person.userGroupIds",
}
MOST = 100
"""Sections or groups of one person."""
LONGEST = 255
LONGEST_VALUE = 7000
"""A value near the border's own limit was cut, and its last id is another's."""
_VARIABLE = re.compile(r"\$[A-Za-z][A-Za-z0-9_.]*")


class GroupKind(StrEnum):
    """A section is a part of the course's list, a group is made by teachers; a person may be in several of each."""

    SECTION = "section"
    GROUP = "group"
    BY_HAND = "by_hand"
    """A group that faculty wrote here; no platform knows it, and none takes it away."""


@dataclass(frozen=True, slots=True, order=True)
class ToldGroup:
    """One section or group as the platform names it; ``name`` "" where only its id is told."""

    kind: GroupKind
    external_id: str
    name: str = ""


Told = Mapping[GroupKind, tuple[ToldGroup, ...]]
"""What is told of one person: a kind that is missing is not known, an empty one means that they are in none."""


def read_groups(custom: Mapping[str, str]) -> Told:
    """Read what the custom values of one person tell."""
    names, ids = _listed(custom.get(SECTION_NAMES)), _listed(custom.get(SECTION_IDS))
    told: dict[GroupKind, tuple[ToldGroup, ...]] = {}
    if names is not None or ids is not None:
        told[GroupKind.SECTION] = _sections(names or [], ids or [])
    groups = [found for name in (CANVAS_GROUPS, MOODLE_GROUPS) if (found := _listed(custom.get(name))) is not None]
    if groups:
        told[GroupKind.GROUP] = _once(ToldGroup(GroupKind.GROUP, one) for found in groups for one in found)
    return told


def digest_of(told: Told) -> str:
    """Return a short text that is the same exactly when the same was told."""
    said = {kind.value: sorted((one.external_id, one.name) for one in groups) for kind, groups in told.items()}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def clean_name(value: object) -> str:
    """Return a name as one printable line of at most LONGEST letters, "" for what is none."""
    if not isinstance(value, str):
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in value).strip()[:LONGEST].strip()


def _sections(names: list[str], ids: list[str]) -> tuple[ToldGroup, ...]:
    if ids and (len(ids) == len(names) or not names):
        named = zip(ids, names or [""] * len(ids), strict=True)
        return _once(ToldGroup(GroupKind.SECTION, number, name) for number, name in named)
    # Without an id of its own a section is known by its name.
    return _once(ToldGroup(GroupKind.SECTION, name, name) for name in names)


def _listed(value: str | None) -> list[str] | None:
    """Read a JSON list or one joined by commas; None for what tells nothing: not substituted, cut, or unreadable."""
    if value is None or len(value) > LONGEST_VALUE or _VARIABLE.fullmatch(value):
        return None
    parts = _json_list(value) if value.startswith("[") else value.split(",")
    if parts is None:
        return None
    cleaned = (clean_name(part) for part in parts)
    return [part for part in cleaned if part][:MOST]


def _json_list(value: str) -> list[object] | None:
    # Canvas describes the value as JSON that is escaped once more.
    for form in (value, value.replace('\\"', '"')):
        try:
            found = json.loads(form)
        except (ValueError, RecursionError):
            continue
        return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in found]
    return None


def _once(groups: Iterable[ToldGroup]) -> tuple[ToldGroup, ...]:
    return tuple({one.external_id: one for one in groups}.values())[:MOST]
