"""PyLTI1p3's collaborators, made of ours: no web framework's globals, no cookie jar, no network of its own.

The library's classes stay the frame of login and launch; what they ask for comes from the values handed in here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NoReturn

from pylti1p3.cookie import CookieService
from pylti1p3.registration import Registration
from pylti1p3.request import Request
from pylti1p3.session import SessionService
from pylti1p3.tool_config.abstract import ToolConfAbstract

from lti_mentoring.lti.errors import FORBIDDEN, LoginRefused

if TYPE_CHECKING:
    from lti_mentoring.lti.registrations import (
        LoginTransaction,
        LoginTransactions,
        RegisteredPlatform,
        Registrations,
    )

BrowserSecrets = Mapping[str, str] | Callable[[str], str | None]


class Form(Request):
    """A request's parameters as plain texts."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params

    @property
    def session(self) -> Mapping[str, object]:
        """Return no session: nothing of a launch is kept in one."""
        return {}

    def is_secure(self) -> bool:
        """Say yes: our cookies are always marked Secure."""
        return True

    def get_param(self, key: str) -> str:
        """Return a parameter; the empty text when it was not sent."""
        return self._params.get(key) or ""

    def was_sent(self, key: str) -> bool:
        """Say whether a parameter was sent at all, be it empty."""
        return key in self._params


class KnownPlatform(Registration):
    """A registration of ours in the library's terms."""

    def __init__(self, platform: RegisteredPlatform) -> None:
        self.platform = platform
        self._issuer = platform.issuer
        self._client_id = platform.client_id
        self._auth_login_url = platform.auth_url
        self._key_set_url = platform.jwks_url


class KnownPlatforms(ToolConfAbstract[Form]):
    """Registrations looked up for each request: the library's own table is one dictionary shared by everybody."""

    def __init__(self, registrations: Registrations) -> None:
        self.registrations = registrations

    def check_iss_has_one_client(self, iss: str) -> bool:
        """Say no: every look-up is by issuer and client id, Canvas has many on one issuer."""
        return False

    def find_registration_by_params(self, iss: str, client_id: str, *_args: object, **_kwargs: object) -> KnownPlatform:
        """Return the registration that a login means; without a client id only where there is no choice."""
        if not client_id and len(self.registrations.all_of(iss)) > 1:
            raise LoginRefused("client_id_missing", issuer=iss)
        platform = self.registrations.find(iss, client_id or None)
        if platform is None:
            raise LoginRefused("platform_unknown", issuer=iss, client_id=client_id)
        if platform.closed:
            raise LoginRefused(platform.closed, status=FORBIDDEN, registration_id=platform.id)
        return KnownPlatform(platform)

    def find_registration_by_issuer(self, iss: str, *_args: object, **_kwargs: object) -> KnownPlatform:
        """Return the only registration of an issuer."""
        return self.find_registration_by_params(iss, "")

    def find_deployment(self, iss: str, deployment_id: str) -> NoReturn:
        """Refuse: a deployment belongs to a registration, an issuer alone does not tell which."""
        raise NotImplementedError

    def find_deployment_by_params(
        self, iss: str, deployment_id: str, client_id: str, *_args: object, **_kwargs: object
    ) -> NoReturn:
        """Refuse: the launch asks by the registration that its login was begun with."""
        raise NotImplementedError


class OneTimeLogins(SessionService):
    """Logins in flight: each is taken once, from the one place that all web processes share."""

    def __init__(self, transactions: LoginTransactions) -> None:
        self._transactions = transactions

    def keep(self, transaction: LoginTransaction) -> None:
        """Remember a login until its launch."""
        self._transactions.keep(transaction)

    def take(self, state: str) -> LoginTransaction | None:
        """Take a login out, for good."""
        return self._transactions.take(state)

    def is_in_flight(self, nonce: str) -> bool:
        """Say whether a login that waits for its launch was begun with this nonce."""
        return self._transactions.is_in_flight(nonce)


class BrowserBinding(CookieService):
    """What this browser was given at login, by state; whichever way the edge keeps it there."""

    def __init__(self, secrets: BrowserSecrets | None = None) -> None:
        self._secrets: BrowserSecrets = {} if secrets is None else secrets

    def get_cookie(self, name: str) -> str | None:
        """Return the secret that the browser holds for the state ``name``."""
        return self._secrets(name) if callable(self._secrets) else self._secrets.get(name)

    def set_cookie(self, name: str, value: str | int, exp: int | None = 3600) -> NoReturn:
        """Refuse: the edge sets cookies, from what a login returns."""
        raise NotImplementedError

    def is_bound(self, transaction: LoginTransaction, kept: str = "") -> bool:
        """Say whether this is the browser that began the login: by what its page ``kept``, else by cookie.

        A kept secret that was sent and is wrong is not made good by a cookie.
        """
        if kept:
            return _fits(kept, transaction.kept_secret_hash)
        return _fits(self.get_cookie(transaction.state) or "", transaction.browser_secret_hash)


def _fits(secret: str, hashed: str | None) -> bool:
    return bool(secret and hashed) and hmac.compare_digest(secret_hash(secret), str(hashed))


def secret_hash(secret: str) -> str:
    """Return what is stored of a browser's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
