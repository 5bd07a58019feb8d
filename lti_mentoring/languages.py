"""The language of a page: the launch's, where we speak it; else the browser's; else English."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from babel import negotiate_locale
from flask import has_request_context, request
from flask_babel import Babel

if TYPE_CHECKING:
    from flask import Flask

SPOKEN = ("en",)


def init_app(app: Flask, wanted: Callable[[], str | None]) -> None:
    """Choose the language for each request by ``wanted`` (the seat's), then by the browser's header."""

    def choose() -> str:
        asked = [wanted() or ""]
        if has_request_context():
            asked += request.accept_languages.values()
        return negotiate_locale([text.replace("-", "_") for text in asked if text], SPOKEN, sep="_") or SPOKEN[0]

    Babel(app, locale_selector=choose, default_timezone="UTC")
