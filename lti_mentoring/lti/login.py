"""The login that a platform starts (OpenID Connect, third-party initiated): checked, remembered, sent on its way.

LTI security framework 1.0, section 5.1.1. What is wrong is told on a page of ours; nobody is redirected on an error.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from pylti1p3.oidc_login import OIDCLogin

from lti_mentoring.lti.adapters import (
    BrowserBinding,
    Form,
    KnownPlatform,
    KnownPlatforms,
    OneTimeLogins,
    secret_hash,
)
from lti_mentoring.lti.claims import MAX_URL, identifier, web_address
from lti_mentoring.lti.errors import LoginRefused
from lti_mentoring.lti.registrations import LoginTransaction, LoginTransactions, RegisteredPlatform, Registrations

if TYPE_CHECKING:
    from collections.abc import Mapping

LOGIN_LIFETIME = timedelta(minutes=10)
SECRET_BYTES = 32
MAX_HINT = 8192
MAX_ISSUER = 500
MAX_FRAME_NAME = 255
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
_STATE = re.compile(r"[A-Za-z0-9_-]{22,128}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{43}")


@dataclass(frozen=True, slots=True)
class LoginRedirect:
    """Where to send the browser, and what it must hold until the launch: ``browser_secret`` in ``cookie_name``.

    A page that begins the login may hold ``kept_secret`` instead, by the platform's storage if that names its
    ``storage_target``.
    """

    url: str
    state: str
    browser_secret: str
    cookie_name: str
    kept_secret: str = ""
    storage_target: str | None = None


def begin_login(
    params: Mapping[str, str],
    *,
    registrations: Registrations,
    transactions: LoginTransactions,
    our_urls: frozenset[str],
    redirect_uri: str,
    now: datetime,
    by_page: bool = False,
) -> LoginRedirect:
    """Check a login and remember it; raise LoginRefused.

    ``our_urls`` are the addresses that a link may open: each stands for itself, one ending in ``/`` also for all below.
    ``by_page``: a page of ours begins it, which can keep a secret without a cookie.
    """
    login = _Login(Form(params), registrations, transactions, our_urls, now, by_page=by_page)
    return login.redirect(redirect_uri)


def cookie_name_for(state: str, *, secure: bool) -> str:
    """Name the cookie that binds one login to its browser; several logins may be in flight in one browser.

    The ``__Host-`` prefix needs https: browsers drop such a cookie on a loopback address without it.
    """
    return f"{'__Host-' if secure else ''}lti-{state}"


def is_state(text: str) -> bool:
    """Say whether this has the form of a state that we give out; anything else is not worth a look-up."""
    return _STATE.fullmatch(text) is not None


def is_nonce(text: str) -> bool:
    """Say whether this has the form of a nonce that we give out; anything else was never ours."""
    return _NONCE.fullmatch(text) is not None


@lru_cache(maxsize=512)
def is_ours(url: str, our_urls: frozenset[str]) -> bool:
    """Say whether a link may open ``url``: same scheme, host and port, and a path that we allow."""
    if web_address(url) is None or "\\" in url or "#" in url:
        return False
    asked = urlsplit(url)
    # A browser resolves dots, also encoded ones, before it asks: the path that we compared would not be the one opened.
    if any(part in {".", ".."} for part in re.split(r"/|%2f|%5c", asked.path.lower().replace("%2e", "."))):
        return False
    return any(_covers(urlsplit(allowed), asked) for allowed in our_urls)


def _covers(allowed: SplitResult, asked: SplitResult) -> bool:
    if (allowed.scheme, allowed.netloc.lower()) != (asked.scheme, asked.netloc.lower()):
        return False
    ours, theirs = allowed.path or "/", asked.path or "/"
    return theirs == ours or (ours.endswith("/") and theirs.startswith(ours))


class _Login(OIDCLogin[Form, KnownPlatforms, OneTimeLogins, BrowserBinding, LoginRedirect]):
    """The library's login with its state kept by us: one row, used once, bound to the browser."""

    def __init__(
        self,
        form: Form,
        registrations: Registrations,
        transactions: LoginTransactions,
        our_urls: frozenset[str],
        now: datetime,
        *,
        by_page: bool,
    ) -> None:
        super().__init__(form, KnownPlatforms(registrations), OneTimeLogins(transactions), BrowserBinding())
        self._our_urls = our_urls
        self._now = now
        self._by_page = by_page

    def validate_oidc_login(self) -> KnownPlatform:
        """Check the parameters, and only then look anything up; return the registration that is meant."""
        issuer = self._needed("iss", MAX_ISSUER)
        self._needed("login_hint", MAX_HINT)
        if not is_ours(self._needed("target_link_uri", MAX_URL), self._our_urls):
            raise LoginRefused("target_not_ours", issuer=issuer)
        if not _is_sendable(self._request.get_param("lti_message_hint"), MAX_HINT):
            raise LoginRefused("lti_message_hint_malformed", issuer=issuer)
        client_id = self._request.get_param("client_id")
        if client_id and identifier(client_id) is None:
            raise LoginRefused("client_id_malformed", issuer=issuer)
        return self._tool_config.find_registration_by_params(issuer, client_id)

    def redirect(self, launch_url: str, js_redirect: bool = False) -> LoginRedirect:
        """Remember the login and say where to send the browser; ``launch_url`` is the registered one, exactly."""
        self._registration = registration = self.validate_oidc_login()
        browser_secret = secrets.token_urlsafe(SECRET_BYTES)
        kept_secret = secrets.token_urlsafe(SECRET_BYTES) if self._by_page else ""
        transaction = self._transaction(registration.platform, browser_secret, kept_secret)
        url = self._authentication_url(registration.platform, transaction, launch_url)
        self._session_service.keep(transaction)
        cookie_name = cookie_name_for(transaction.state, secure=launch_url.startswith("https:"))
        return LoginRedirect(
            url, transaction.state, browser_secret, cookie_name, kept_secret, transaction.storage_target
        )

    def get_redirect(self, url: str) -> NoReturn:
        """Refuse: a login is a value here, the edge redirects."""
        raise NotImplementedError

    def _transaction(self, platform: RegisteredPlatform, browser_secret: str, kept_secret: str) -> LoginTransaction:
        # Canvas documents `deployment_id`, the standard calls it `lti_deployment_id`.
        deployment_id = self._request.get_param("lti_deployment_id") or self._request.get_param("deployment_id")
        if deployment_id and identifier(deployment_id) is None:
            raise LoginRefused("deployment_malformed", registration_id=platform.id)
        return LoginTransaction(
            state=secrets.token_urlsafe(SECRET_BYTES),
            nonce=secrets.token_urlsafe(SECRET_BYTES),
            institution_id=platform.institution_id,
            registration_id=platform.id,
            target_link_uri=self._request.get_param("target_link_uri"),
            lti_deployment_id=deployment_id or None,
            browser_secret_hash=secret_hash(browser_secret),
            created_at=self._now,
            expires_at=self._now + LOGIN_LIFETIME,
            kept_secret_hash=secret_hash(kept_secret) if kept_secret else None,
            storage_target=self._storage_target() if kept_secret else None,
        )

    def _storage_target(self) -> str | None:
        """Return the name of the frame in which the platform stores for us (LTI client-side postMessages 0.1)."""
        named = self._request.get_param("lti_storage_target")
        return named if named and _is_sendable(named, MAX_FRAME_NAME) else None

    def _authentication_url(self, platform: RegisteredPlatform, transaction: LoginTransaction, launch_url: str) -> str:
        """Build the authentication request (LTI security framework 1.0, section 5.1.1.2)."""
        if web_address(platform.auth_url) is None:
            raise LoginRefused("auth_url_malformed", registration_id=platform.id)
        told = {"login_hint": self._request.get_param("login_hint")}
        if self._request.was_sent("lti_message_hint"):
            told["lti_message_hint"] = self._request.get_param("lti_message_hint")
        own = {"state": transaction.state, "nonce": transaction.nonce, **told}
        return _question(platform.auth_url, platform.client_id, launch_url, tuple(own)) + urlencode(own)

    def _needed(self, name: str, limit: int) -> str:
        value = self._request.get_param(name)
        if not value.strip():
            raise LoginRefused(f"{name}_missing")
        if not _is_sendable(value, limit):
            raise LoginRefused(f"{name}_malformed")
        return value


@lru_cache(maxsize=256)
def _question(auth_url: str, client_id: str, launch_url: str, more: tuple[str, ...]) -> str:
    """Return what all authentication requests of a registration begin with; ``more`` names what follows."""
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": client_id,
        "redirect_uri": launch_url,
    }
    parts = urlsplit(auth_url)
    given = parse_qsl(parts.query, keep_blank_values=True)
    own = [(name, value) for name, value in given if name not in asked and name not in more]
    return urlunsplit(parts._replace(query=urlencode([*own, *asked.items()]), fragment="")) + "&"


def _is_sendable(value: str, limit: int) -> bool:
    """Say whether a value can be compared, stored and sent on without changing it."""
    return len(value) <= limit and not _UNSENDABLE.search(value)
