"""The language of a text: the launch's, where we speak it; else the browser's; else English.

We speak English and every language that has a catalogue, ``<language>/LC_MESSAGES/messages.mo``, in one of the folders.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale, negotiate_locale
from flask import current_app, has_request_context, request
from flask_babel import Babel, force_locale

if TYPE_CHECKING:
    from flask import Flask

SOURCE = "en"
"""The language that the texts in the code are written in; it needs no catalogue."""


def init_app(app: Flask, wanted: Callable[[], str | None], folders: Iterable[Path]) -> None:
    """Choose the language of each request by ``wanted`` (the seat's), then by the browser's header.

    Where two ``folders`` have a catalogue of one language, the later one's words win.
    """
    folders = tuple(folders)
    app.extensions["languages"] = languages_in(folders)

    def choose() -> str:
        asked = [wanted()]
        if has_request_context():
            asked += request.accept_languages.values()
        return spoken(asked)

    Babel(
        app,
        locale_selector=choose,
        default_timezone="UTC",
        default_translation_directories=";".join(str(folder) for folder in folders),
    )


def languages_in(folders: Iterable[Path]) -> tuple[str, ...]:
    """Return what we speak, English first; raise ValueError or UnknownLocaleError for a folder that is no language."""
    catalogues = (path for folder in folders for path in folder.glob("*/LC_MESSAGES/messages.mo"))
    found = {str(Locale.parse(path.parents[1].name)) for path in catalogues}
    return (SOURCE, *sorted(found - {SOURCE}))


def spoken(asked: Iterable[str | None]) -> str:
    """Return the first language of ``asked`` (tags as platforms and browsers write them) that we speak, or English."""
    tags = [tag.replace("-", "_") for tag in asked if tag]
    return negotiate_locale(tags, current_app.extensions["languages"], sep="_") or SOURCE


@contextmanager
def speaking(tag: str | None) -> Iterator[None]:
    """Speak a person's language for a while, whoever is asking: for mails."""
    with force_locale(spoken([tag])):
        yield
