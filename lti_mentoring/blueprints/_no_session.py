"""Flask's own cookie session is switched off: the seat is a row, and nothing else may live in a cookie of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask.sessions import SessionInterface

if TYPE_CHECKING:
    from flask import Flask, Request, Response
    from flask.sessions import SessionMixin


class NoSession(SessionInterface):
    """Opens no session, so that writing to ``flask.session`` is an error at once."""

    def open_session(self, app: Flask, request: Request) -> None:
        """Return none: Flask then hands out its session that refuses to be written."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep nothing."""


def init_app(app: Flask) -> None:
    """Switch Flask's session off."""
    app.session_interface = NoSession()
