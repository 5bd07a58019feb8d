"""What a person is called."""

from __future__ import annotations


def told_name(name: str | None, given_name: str | None, family_name: str | None) -> str:
    """Return the name that the platform told, or ""."""
    return name or " ".join(filter(None, (given_name, family_name)))


def shown_name(name: str | None, given_name: str | None, family_name: str | None, subject: str) -> str:
    """Return a name to show; platforms may send none, then the subject's end stands for it."""
    return told_name(name, given_name, family_name) or f"#{subject[-4:]}"
