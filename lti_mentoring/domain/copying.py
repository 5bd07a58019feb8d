"""A course that is a copy of another: what the platform says about where it comes from.

LTI 1.3 gives it in custom variables ``$Context.id.history`` and ``$ResourceLink.id.history``: identifiers joined by
commas, the most recent first. A platform without them leaves the variable's name standing; Canvas cuts at 1,000 and
then writes ``truncated``, or writes that it timed out (doc/api/tools_variable_substitutions.md).
"""

from __future__ import annotations

CONTEXT_HISTORY, LINK_HISTORY = "context_history", "link_history"
"""Our names for the two custom values."""
COPY_VARIABLES = {CONTEXT_HISTORY: "$Context.id.history", LINK_HISTORY: "$ResourceLink.id.history"}
MOST = 50
"""As many ancestors as are looked at: the newest of them that has a track is the one that counts."""
LONGEST_ID = 255
_NO_IDS = ("truncated", "timed out", "timedout", "null", "none")


def read_history(value: str | None) -> tuple[str, ...]:
    """Return the identifiers of a history, the most recent first; nothing for what is none."""
    found: dict[str, None] = {}
    for part in (value or "").split(","):
        said = part.strip()
        if _is_id(said):
            found.setdefault(said)
        if len(found) == MOST:
            break
    return tuple(found)


def _is_id(said: str) -> bool:
    if not said or len(said) > LONGEST_ID or not said.isprintable() or said.startswith("$"):
        return False
    return not said.lower().startswith(_NO_IDS)
