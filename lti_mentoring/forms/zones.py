"""Time zones as people look for them: each place once, by the name it has now."""

from __future__ import annotations

from functools import cache
from zoneinfo import available_timezones

from babel.core import get_global

CONTINENTS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


@cache
def zones() -> tuple[tuple[str, str], ...]:
    """Return the time zones that are named after a place, by continent and town; none under a former name."""
    named = {name for name in available_timezones() if name.startswith(CONTINENTS)}
    return tuple((name, zone_words(name)) for name in sorted(named) if zone_now(name) not in named - {name})


def zone_now(name: str | None) -> str:
    """Return what a time zone is called now: a profile, an open page or an address may have its former name."""
    return str(get_global("zone_aliases").get(name or "", name or ""))


def zone_words(name: str) -> str:
    """Write a time zone by its name of now, readably."""
    return zone_now(name).replace("_", " ").replace("/", " / ")
