"""The dark card of a home in words."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape


@dataclass(frozen=True, slots=True)
class Said:
    """What the card says; ``action`` and ``second`` are (label, address) or None."""

    eyebrow: str
    title: str | Markup
    body: str | Markup = ""
    action: tuple[str, str] | None = None
    second: tuple[str, str] | None = None


def filled(words: str, **facts: object) -> Markup:
    """Fill a sentence so that names keep their direction and nothing that people wrote becomes markup."""
    return escape(words) % facts
