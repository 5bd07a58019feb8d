"""The demonstration's post: the mails that the tool has written, shown on a page instead of being sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.db import db
from lti_mentoring.errors import NotFound
from lti_mentoring.letters import opened, written
from lti_mentoring.queries.mails import mails_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.queries.mails import WrittenMail
    from lti_mentoring.settings import Settings

bp = Blueprint("mails", __name__)


@bp.get("/demo/mails")
@requires(SEATED)
def show() -> ResponseReturnValue:
    """Show the institution's mails as they would arrive, newest first; only where the demonstration runs."""
    settings: Settings = current_app.extensions["settings"]
    if not settings.show_mails:
        raise NotFound
    page = mails_page(db.session(), current_seat(), number=request.args.get("page", 1, type=int))
    letters = [(mail, *_letter(mail)) for mail in page.mails]
    return render("mails/show.html", "mails/_list.html", page=page, letters=letters)


def _letter(mail: WrittenMail) -> tuple[str, str]:
    link = opened(mail.sealed_link, mail.once_key)
    return written(mail.kind, mail.facts, mail.locale, link=link, signs_in=mail.signs_in)
