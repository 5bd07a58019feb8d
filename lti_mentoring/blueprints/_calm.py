"""Pages for who cannot do anything here now: they say so, and what happens next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_mentoring.blueprints._htmx import render

if TYPE_CHECKING:
    from flask import Response


def calm(title: str, text: str, art: str = "open", note: str = "", action: tuple[str, str] | None = None) -> Response:
    """Answer with a page of a few words; ``action``: the one way on, label and address."""
    return render("home/calm.html", "home/_calm.html", title=title, text=text, art=art, note=note, action=action)


def setting_up() -> Response:
    """Say to students and mentors that there is no running track yet."""
    return calm(
        _("Your course team is still setting this up"),
        _("There is nothing for you to do yet. Open this page again in a day or two."),
        art="half",
    )
