"""The way back to the course, where the launch brought one along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import g, request

from lti_mentoring.blueprints._access import find_seat
from lti_mentoring.lti.returning import ReturnWords, return_address

if TYPE_CHECKING:
    from flask import Flask

AT_HOME = {"verify", "picking"}
"""Pages for the public, and the picker: it has a way back of its own."""


def init_app(app: Flask) -> None:
    """Offer the way back to every template."""
    app.context_processor(lambda: {"way_back": way_back})


def way_back(message: object = "", error: object = "", code: str = "") -> str:
    """Return where this seat's launch came from, with words for the person; "" where nobody said or nobody sits.

    ``code``: what happened, for the platform's own log; the request's number stands behind it.
    """
    seat = find_seat()
    if seat is None or request.blueprint in AT_HOME:
        return ""
    noted = f"{code} {g.get('request_id', '')}".strip() if code else ""
    words = ReturnWords(str(message), str(error), "" if error else noted, noted if error else "")
    return return_address(seat.return_url, words)
