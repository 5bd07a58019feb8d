"""What a link in a course opens: a track, or one thing of it. It travels in the link's own custom values.

A platform sends these values back with every launch of the link, also in a copied course, where only the keys still
mean something: a copied track keeps them. What comes back may have been edited by hand: it names, it never grants.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

KIND, TRACK_KEY, ITEM_KEY = "opens", "track", "item"
"""The names of the custom values; lower case and plain, for Moodle folds other names."""
_KEY = re.compile(r"[A-Za-z0-9_-]{1,32}")


class Placed(StrEnum):
    """What can be placed. One more kind is one line here, one in ``KINDS``, and its page in the blueprint."""

    TRACK = "track"
    MILESTONE = "milestone"
    ASSESSMENT = "assessment"
    TEST = "test"
    CERTIFICATES = "certificates"


@dataclass(frozen=True, slots=True)
class Kind:
    """What is true of all links of one kind. ``has_item``: it opens one thing of the track, named by its key."""

    has_item: bool = False


KINDS: Mapping[Placed, Kind] = {
    Placed.TRACK: Kind(),
    Placed.MILESTONE: Kind(has_item=True),
    Placed.ASSESSMENT: Kind(has_item=True),
    Placed.TEST: Kind(has_item=True),
    Placed.CERTIFICATES: Kind(),
}


@dataclass(frozen=True, slots=True)
class Opens:
    """What one link opens. Without a track key faculty say at the first visit which track it is."""

    kind: Placed = Placed.TRACK
    track_key: str | None = None
    item_key: str | None = None


def read_opens(custom: Mapping[str, str]) -> Opens:
    """Read what a link opens from its custom values; what cannot be meant opens the track."""
    track, item = key_in(custom.get(TRACK_KEY)), key_in(custom.get(ITEM_KEY))
    kind = read_kind(custom.get(KIND, ""))
    if track is None or (KINDS[kind].has_item and item is None):
        return Opens(track_key=track)
    return Opens(kind, track, item if KINDS[kind].has_item else None)


def read_kind(said: str) -> Placed:
    """Return the kind of that name; a track for one that is unknown here (a newer version's, or a typing error)."""
    return Placed(said) if said in set(Placed) else Placed.TRACK


def custom_values(opens: Opens) -> dict[str, str]:
    """Return the custom values of a link; a link to a track says no more than it always did."""
    said = {
        TRACK_KEY: opens.track_key,
        KIND: None if opens.kind is Placed.TRACK else opens.kind.value,
        ITEM_KEY: opens.item_key,
    }
    return {name: value for name, value in said.items() if value}


def key_in(value: str | None) -> str | None:
    """Return a key as we make them; None for anything else."""
    return value if value is not None and _KEY.fullmatch(value) else None


def track_column(key: str) -> str:
    """Return the name by which the gradebook's column of a whole track is found again, also in a copied course."""
    return f"track-{key}"


def milestone_column(key: str) -> str:
    """Return the same for one milestone's column."""
    return f"milestone-{key}"


def column_of_test(key: str) -> str:
    """Return the same for one test's column."""
    return f"test-{key}"
