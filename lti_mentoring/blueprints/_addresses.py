"""Addresses of ours that a ticket opens: read the same way when it is made and when it is used."""

from __future__ import annotations

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

TICKET = "ticket"
LONGEST = 4000


def bare_address(path: str, query: str) -> str:
    """Return a (decoded) path with its query in one spelling, without a ticket."""
    kept = [pair for pair in parse_qsl(query, keep_blank_values=True) if pair[0] != TICKET]
    return path + (f"?{urlencode(kept)}" if kept else "")


def read_address(sent: str) -> str | None:
    """Return an address of this site that somebody sent, in the same spelling; None for anything else."""
    if not sent.startswith("/") or sent.startswith(("//", "/\\")) or len(sent) > LONGEST or not sent.isprintable():
        return None
    parts = urlsplit(sent)
    address = bare_address(unquote(parts.path), parts.query)
    return address if address.isprintable() else None


def with_ticket(address: str, secret: str) -> str:
    """Return the address that opens once."""
    path, _, query = address.partition("?")
    return quote(path) + "?" + (f"{query}&" if query else "") + urlencode({TICKET: secret})
