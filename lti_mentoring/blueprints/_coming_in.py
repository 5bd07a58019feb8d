"""What the ways to sign in share: the page that offers them, and the first page after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for

from lti_mentoring.blueprints._access import sign_out
from lti_mentoring.blueprints._account_session import begin, find_account, home_of
from lti_mentoring.blueprints._addresses import read_address
from lti_mentoring.blueprints._htmx import redirect_or_hx, render

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from lti_mentoring.forms.accounts import MailForm
    from lti_mentoring.postbox import Postbox
    from lti_mentoring.settings import Settings


def mails_leave() -> bool:
    """Tell whether a mail that we write reaches anybody: by a server, or on the demonstration's page."""
    postbox: Postbox = current_app.extensions["postbox"]
    settings: Settings = current_app.extensions["settings"]
    return postbox.is_open or settings.show_mails


def sign_in_page(form: MailForm, status: int = 200) -> Response:
    """Show the page that offers to sign in."""
    holder = find_account()
    return render(
        "signing_in/show.html",
        "signing_in/show.html",
        status,
        holder=holder,
        go_on=home_of(holder) if holder else "",
        form=form,
        back=read_address(request.values.get("back", "")) or "",
        by_mail=mails_leave(),
    )


def welcome(token: str, back: str = "") -> Response:
    """Let somebody in: to the page where they were, or to the first one, which knows whose it is.

    A seat of this browser's own window ends with it.
    """
    response = redirect_or_hx(read_address(back) or url_for("home.today"))
    sign_out(response)
    begin(response, token)
    return response
