"""What an institution is called in commands."""

from __future__ import annotations

import re
import unicodedata


def slug_of(name: str) -> str:
    """Return a short name for commands: letters, digits and hyphens of any script."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return re.sub(r"[^\w]+", "-", plain).strip("-_")[:60] or "institution"
