"""Extension by declared doors: entry points, loaded once, only when named in the settings.

Our own matcher comes through the same door, so the door is always tested. A broken plugin stops the start and names
itself.
"""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Protocol

from lti_mentoring.domain.matching import BalancedMatcher, Candidate, Matcher, Pair, Seeker

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["BalancedMatcher", "Candidate", "Extension", "Matcher", "Pair", "PluginBroken", "Seeker", "load_matcher"]

MATCHERS = "lti_mentoring.matchers"
OWN_MATCHER = "balanced"


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
    for point in entry_points(group=MATCHERS, name=wanted):
        try:
            matcher: Matcher = point.load()()
        except Exception as broken:
            raise PluginBroken(f"matcher {wanted!r} cannot be loaded: {broken}") from broken
        return matcher
    raise PluginBroken(f"matcher {wanted!r} is not installed")
