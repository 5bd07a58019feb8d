"""Extension by declared doors: entry points, loaded once, only when named in the settings.

Our own matcher and products come through the same doors, so the doors are always tested. A broken plugin stops the
start and names itself.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import TYPE_CHECKING, Any, Protocol

from lti_mentoring.domain.matching.outcome import Matcher, Matching, Pair, Price
from lti_mentoring.domain.matching.problem import Bar, BarKind, Candidate, Problem, Score, Seeker
from lti_mentoring.lti.quirks import Catalogue, Quirks

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "Bar",
    "BarKind",
    "Candidate",
    "Extension",
    "Matcher",
    "Matching",
    "Pair",
    "PluginBroken",
    "Price",
    "Problem",
    "Quirks",
    "Score",
    "Seeker",
    "load_matcher",
    "load_matchers",
    "load_quirks",
]

MATCHERS = "lti_mentoring.matchers"
OWN_MATCHER = "balanced"
"""Proposes an assignment where the settings name no other."""
OWN_MATCHERS = (OWN_MATCHER, "stable", "best", "fairest")
QUIRKS = "lti_mentoring.quirks"
OWN_QUIRKS = ("blackboard", "brightspace", "canvas", "moodle", "openedx", "sakai")


class Extension(Protocol):
    """An object that an installed package offers under ``lti_mentoring.extensions``."""

    def init_app(self, app: object) -> None:
        """Add blueprints or commands of its own."""
        ...


class PluginBroken(Exception):
    """A plugin named in the settings is missing or cannot be loaded."""


def load_matcher(named: Iterable[str]) -> Matcher:
    """Return the matcher that the settings name (``matcher:<name>``), else our own."""
    return load_matchers(named)[next(iter(_others(named, "matcher:")), OWN_MATCHER)]


def load_matchers(named: Iterable[str]) -> dict[str, Matcher]:
    """Return our own matchers and those that the settings name (``matcher:<name>``), each by its name."""
    door = _installed(MATCHERS, tuple(sys.path))
    return {name: _offered(door, MATCHERS, name)() for name in (*OWN_MATCHERS, *_others(named, "matcher:"))}


def load_quirks(named: Iterable[str]) -> Catalogue:
    """Return our products and those that the settings name (``quirks:<name>``), which may take the place of ours."""
    door, records = _installed(QUIRKS, tuple(sys.path)), []
    for name in (*OWN_QUIRKS, *_others(named, "quirks:")):
        record = _offered(door, QUIRKS, name)
        if not isinstance(record, Quirks):
            raise PluginBroken(f"{QUIRKS}: {name!r} is no record of quirks")
        records.append(record)
    return Catalogue(records)


@cache
def _installed(group: str, path: tuple[str, ...]) -> EntryPoints:
    """Return the doors of a group in all that is installed on ``path``, the present ``sys.path``: 20 ms to read."""
    return entry_points(group=group)


def _others(named: Iterable[str], door: str) -> list[str]:
    return [name.removeprefix(door) for name in named if name.startswith(door)]


def _offered(door: EntryPoints, group: str, name: str) -> Any:
    for point in door.select(name=name):
        try:
            return point.load()
        except Exception as broken:
            raise PluginBroken(f"{group}: {name!r} cannot be loaded: {broken}") from broken
    raise PluginBroken(f"{group}: {name!r} is not installed")
