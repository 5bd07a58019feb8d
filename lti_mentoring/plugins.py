"""Extension by declared doors: entry points, loaded once, only when named in the settings.

Our own matcher and products come through the same doors, so the doors are always tested. A broken plugin stops the
start and names itself.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from lti_mentoring.domain.matching import BalancedMatcher, Candidate, Matcher, Pair, Seeker
from lti_mentoring.lti.quirks import Catalogue, Quirks

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BalancedMatcher",
    "Candidate",
    "Extension",
    "Matcher",
    "Pair",
    "PluginBroken",
    "Quirks",
    "Seeker",
    "load_matcher",
    "load_quirks",
]

MATCHERS = "lti_mentoring.matchers"
OWN_MATCHER = "balanced"
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
    wanted = next((name.removeprefix("matcher:") for name in named if name.startswith("matcher:")), OWN_MATCHER)
    made: Matcher = _offered(MATCHERS, wanted)()
    return made


def load_quirks(named: Iterable[str]) -> Catalogue:
    """Return our products and those that the settings name (``quirks:<name>``), which may take the place of ours."""
    more = [name.removeprefix("quirks:") for name in named if name.startswith("quirks:")]
    records = []
    for name in (*OWN_QUIRKS, *more):
        record = _offered(QUIRKS, name)
        if not isinstance(record, Quirks):
            raise PluginBroken(f"{QUIRKS}: {name!r} is no record of quirks")
        records.append(record)
    return Catalogue(records)


def _offered(group: str, name: str) -> Any:
    for point in entry_points(group=group, name=name):
        try:
            return point.load()
        except Exception as broken:
            raise PluginBroken(f"{group}: {name!r} cannot be loaded: {broken}") from broken
    raise PluginBroken(f"{group}: {name!r} is not installed")
