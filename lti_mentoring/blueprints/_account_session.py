"""The session outside an LMS: one function gives it to every route, and nothing else reads its cookie."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

from flask import current_app, g, request, url_for
from markupsafe import Markup

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind, Holder
from lti_mentoring.errors import SignInNeeded
from lti_mentoring.passkeys import Site, site_of
from lti_mentoring.queries.accounts import find_holder
from lti_mentoring.services.accounts import keep_session

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

ACCOUNT_COOKIE = "__Host-mentoring-account"
BROWSER_COOKIE = "__Host-mentoring-browser"
BROWSER_LASTS = 1200
"""Seconds: longer than a challenge, and than a link by mail."""
NOTED_EACH = timedelta(minutes=1)
HOMES = {
    AccountKind.OPERATOR: "operating.home",
    AccountKind.ADMINISTRATOR: "admin.home",
    AccountKind.MENTOR: "outside.choose",
}
VISITOR_FIELD = "visitor"


def find_account() -> Holder | None:
    """Return who is signed in in this browser, or None; whether it counts here is for the route's rule to say."""
    if "account" not in g:
        g.account_token = request.cookies.get(ACCOUNT_COOKIE, "")
        g.account = find_holder(db.session(), g.account_token, now=utcnow()) if g.account_token else None
    holder: Holder | None = g.account
    return holder


def was_signed_in() -> bool:
    """Tell whether the browser sent what may have been a session's secret once."""
    find_account()
    return bool(g.account_token)


def account_here() -> Holder | None:
    """Return the account in whose name this request was let in, or None: nobody, or somebody in a seat."""
    holder: Holder | None = g.get("account_here")
    return holder


def current_account() -> Holder:
    """Return the account in whose name this request was let in; raise SignInNeeded when there is none."""
    holder = account_here()
    if holder is None:
        raise SignInNeeded
    return holder


def keep_alive() -> None:
    """Note that the session is in use, once a minute at most."""
    holder, now = account_here(), utcnow()
    if holder is not None and holder.used_at + NOTED_EACH <= now:
        with unit_of_work() as session:
            keep_session(session, holder, now=now)


def begin(response: Response, token: str) -> None:
    """Hand a new session's secret to the browser: for no frame of another site, and until the browser closes."""
    _set(response, ACCOUNT_COOKIE, token, "SameSite=Lax")


def end(response: Response) -> None:
    """Take the session's secret out of the browser."""
    _set(response, ACCOUNT_COOKIE, "", "SameSite=Lax; Max-Age=0")


def browser_secret() -> str:
    """Return what this browser was given with a challenge, or ""."""
    return request.cookies.get(BROWSER_COOKIE, "")


def bind_browser() -> str:
    """Return this browser's secret for challenges; a new one where it has none."""
    if "browser_secret" not in g:
        g.browser_secret = browser_secret() or secrets.token_urlsafe(32)
    secret: str = g.browser_secret
    return secret


def keep_browser(response: Response) -> None:
    """Hand the secret to the browser."""
    _set(response, BROWSER_COOKIE, g.browser_secret, f"SameSite=Strict; Max-Age={BROWSER_LASTS}")


def visitor_field() -> Markup:
    """Return the hidden field that says: a page of ours was seen in this browser by whoever sends the form.

    For those who are not signed in yet: without it another site could sign its reader in as somebody else.
    """
    return Markup('<input type="hidden" name="{}" value="{}">').format(VISITOR_FIELD, _keyed("visitor", bind_browser()))


def is_visitor() -> bool:
    """Tell whether the form came from a page of ours in this browser; the cookie is sent by no other site's page."""
    sent, secret = request.form.get(VISITOR_FIELD, ""), browser_secret()
    return bool(secret) and hmac.compare_digest(sent.encode(), _keyed("visitor", secret).encode())


def address_hash(address: str) -> str:
    """Return the keyed hash of a mail address, by which links asked for are counted."""
    return _keyed("address", address)


def source() -> str:
    """Return the keyed hash of the network address, by which attempts are counted; of IPv6 its /64 network."""
    address = request.remote_addr or ""
    network = str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    return _keyed("source", network)


def site() -> Site:
    """Return who we are to passkeys."""
    return site_of(current_app.extensions["settings"].public_url)


def home_of(holder: Holder) -> str:
    """Return the account's first page."""
    return url_for(HOMES[holder.kind])


def _set(response: Response, name: str, value: str, more: str) -> None:
    response.headers.add("Set-Cookie", f"{name}={value}; Secure; HttpOnly; Path=/; {more}")


def _keyed(what: str, value: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"{what}:{value}".encode(), hashlib.sha256).hexdigest()
