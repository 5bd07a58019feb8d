"""Read single values out of JSON that somebody else wrote."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

# What breaks a line could end a header of a mail; a NUL cannot be stored in PostgreSQL; the other control characters,
# and the marks that turn the direction of all text that follows them, have no business in a name.
_BREAKS = re.compile("[\t\n\x0b\x0c\r\x85\u2028\u2029]+")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# An id is compared and sent back as it came, so it is taken as it is or not at all.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def text(source: Mapping[str, object], name: str, *, limit: int = 1000) -> str | None:
    """Return a text cleaned of control characters and cut to ``limit``; blank, missing or no text is None."""
    value = source.get(name)
    if not isinstance(value, str):
        return None
    # A lone half of a surrogate pair is valid in JSON but in no database.
    whole = _CONTROL.sub("", _BREAKS.sub(" ", value)).encode("utf-8", "replace").decode()
    return whole.strip()[:limit] or None


def identifier(source: Mapping[str, object], name: str, *, limit: int = 255) -> str | None:
    """Return an id exactly as sent (a whole number as its digits); None for anything that cannot be one."""
    value = source.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip() or len(value) > limit:
        return None
    return None if _UNSTORABLE.search(value) else value


def texts(source: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return the texts of a list; a single text counts as a list of one, other things are left out."""
    value = source.get(name)
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def number(source: Mapping[str, object], name: str) -> float | None:
    """Return a finite number, also one written as text; None for everything else."""
    value = source.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def web_address(source: Mapping[str, object], name: str) -> str | None:
    """Return an http(s) address, or None."""
    value = text(source, name, limit=2000)
    return value if value and re.match(r"https?://[^\s/]", value, re.IGNORECASE) else None
