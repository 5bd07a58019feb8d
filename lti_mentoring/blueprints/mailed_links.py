"""Signing in by a link that goes to one's mail address: for mentors from outside a course.

The answer is the same whether the address is known or not, and a link is used up by a button only: in the browser that
asked the page presses it by itself, in another one its reader does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import PUBLIC, FormOutdated, requires
from lti_mentoring.blueprints._account_session import (
    address_hash,
    bind_browser,
    browser_secret,
    is_visitor,
    keep_browser,
    source,
    visitor_field,
)
from lti_mentoring.blueprints._addresses import read_address
from lti_mentoring.blueprints._coming_in import mails_leave, sign_in_page, welcome
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.inviting import same_address
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.accounts import MailForm
from lti_mentoring.services.mailed_links import (
    MailedLinkRefused,
    ask,
    is_same_browser,
    open_mailed,
    sign_in_by_mail,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("mailed_links", __name__, url_prefix="/sign-in/mail")
explain(
    MailedLinkRefused.code,
    _l("This link cannot be used any more"),
    _l("It was used already, or it is older than fifteen minutes. Ask for a new one where you sign in; nothing of "
       "yours is lost."),
    status=403,
)  # fmt: skip


@bp.post("/ask")
@requires(PUBLIC)
def ask_for_link() -> ResponseReturnValue:
    """Take the wish for a link; whose address it is is looked up after the answer."""
    if not mails_leave():
        raise NotFound
    form = MailForm(request.form)
    if not form.validate():
        return sign_in_page(form, 422)
    address = str(form.address.data)
    with unit_of_work() as session:
        ask(
            session,
            address,
            address_hash=address_hash(same_address(address)),
            browser=bind_browser(),
            source=source(),
            back=read_address(request.form.get("back", "")),
            now=utcnow(),
        )
    response = render("mailed_links/asked.html", "mailed_links/asked.html", address=address)
    keep_browser(response)
    return response


@bp.get("")
@requires(PUBLIC)
def show() -> ResponseReturnValue:
    """Take the link's secret out of the address, where no server is told it. Uses nothing up."""
    return render("mailed_links/show.html", "mailed_links/show.html")


@bp.post("/open")
@requires(PUBLIC)
def open_link() -> ResponseReturnValue:
    """Sign in where the link was asked for; in another browser ask whether this is the one meant."""
    token = request.form.get("link", "").strip()
    link, account = open_mailed(db.session(), token, now=utcnow())
    if is_same_browser(link, browser_secret()):
        return _sign_in(token)
    name = account.name
    response = render(
        "mailed_links/confirm.html", "mailed_links/confirm.html", link=token, name=name, visitor=visitor_field()
    )
    keep_browser(response)
    return response


@bp.post("/confirm")
@requires(PUBLIC)
def confirm() -> ResponseReturnValue:
    """Sign in in a browser that did not ask, after its reader said so."""
    if not is_visitor():
        raise FormOutdated
    return _sign_in(request.form.get("link", "").strip())


def _sign_in(token: str) -> ResponseReturnValue:
    with unit_of_work() as session:
        secret, link = sign_in_by_mail(session, token, now=utcnow())
    return welcome(secret, link.back or "")
