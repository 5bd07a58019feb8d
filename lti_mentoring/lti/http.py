"""The one HTTP client for everything that we ask of a platform or send to it.

https only, public addresses only, no redirects, a deadline for the whole call, a cap on every answer before and after
decompression, no cookies, no proxy or password from the environment. An answer's body never reaches a message or log.
"""

from __future__ import annotations

import json
import re
import zlib
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol

import requests
from urllib3.exceptions import HTTPError

from lti_mentoring.lti.faults import PlatformAnswerUnreadable, PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.network import CURRENT, Call, Gate, PinnedAdapter, Timeouts, resolve_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Self

    from lti_mentoring.lti.network import Resolver

__all__ = [
    "PlatformAnswer",
    "PlatformAnswerUnreadable",
    "PlatformClient",
    "PlatformRefused",
    "PlatformUnavailable",
    "Timeouts",
    "Watch",
]

JSON = "application/json"
# Some hosts answer 403 to the Python libraries' default names.
USER_AGENT = "lti-mentoring (LTI 1.3 tool)"
MEBIBYTE = 1024 * 1024
LONGEST_WAIT = 86_400
BUCKET_KEPT = 100
BUCKET_FLOW = 10
LONGEST_BREATHER = 60.0
_PIECE = 64 * 1024
_TOKEN = re.compile(r"[\x21-\x7e]+")
_REASONS = {
    400: "bad_request",
    401: "unauthorised",
    403: "forbidden",
    404: "not_found",
    409: "conflict",
    410: "gone",
    412: "precondition_failed",
    422: "unprocessable",
}


@dataclass(frozen=True, slots=True)
class PlatformAnswer:
    """A platform's answer, whole and within the caps."""

    status: int
    host: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> object:
        """Return the body read as JSON; raise PlatformAnswerUnreadable for anything else."""
        try:
            value: object = json.loads(self.body.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            reason = "html" if self._is_html() else "not_json"
        else:
            return value
        raise self.unreadable(reason)

    def json_object(self) -> dict[str, Any]:
        """Return the body as a JSON object; raise PlatformAnswerUnreadable for anything else."""
        value = self.json()
        if not isinstance(value, dict):
            raise self.unreadable("shape")
        return value

    def is_page(self) -> bool:
        """Whether markup came where none was asked for; an empty body is none, whatever its declared type."""
        return self.body.lstrip()[:1] == b"<"

    def unreadable(self, reason: str) -> PlatformAnswerUnreadable:
        """Return the error that says why this answer cannot be used."""
        return PlatformAnswerUnreadable(reason, host=self.host, platform_status=self.status)

    def _is_html(self) -> bool:
        return "html" in self.headers.get("Content-Type", "").lower() or self.is_page()


class Watch(Protocol):
    """Somebody who must agree to each call of one piece of work, and hears how it went (``services.lanes``)."""

    def before(self) -> None:
        """Raise PlatformUnavailable when the platform may not be called now."""
        ...

    def answered(self, answer: PlatformAnswer) -> None:
        """Hear that the platform answered, whatever it said."""
        ...


class PlatformClient:
    """Calls platforms. One per process is enough: connections are kept and it may be used by several threads."""

    def __init__(
        self,
        *,
        allowed_private_hosts: Iterable[str] = (),
        timeouts: Timeouts | None = None,
        max_bytes: int = 8 * MEBIBYTE,
        user_agent: str = USER_AGENT,
        ca_bundle: str | None = None,
        resolve: Resolver = resolve_name,
    ) -> None:
        """Make a client; ``max_bytes`` caps an answer as sent and as decompressed, each."""
        self._gate = Gate(allowed_private_hosts, resolve)
        self._timeouts = timeouts or Timeouts()
        self._max_bytes = max_bytes
        self._session = _bare_session(user_agent)
        self._verify: bool | str = ca_bundle or True
        self._hosts: frozenset[str] | None = None
        self._watch: Watch | None = None

    def watched_by(self, watch: Watch) -> PlatformClient:
        """Return a client over the same connections whose every call ``watch`` agrees to."""
        twin = copy(self)
        twin._watch = watch
        return twin

    def only(self, hosts: Iterable[str]) -> Self:
        """Return this client for these hosts alone: whatever else an answer names is not even looked up."""
        confined = copy(self)
        confined._hosts = frozenset(host.lower() for host in hosts)
        return confined

    def get(self, url: str, *, accept: str = JSON, token: str | None = None) -> PlatformAnswer:
        """Fetch ``url``; raise unless the answer is 200."""
        return self.request("GET", url, accept=accept, token=token, good=frozenset({200}))

    def get_json(self, url: str, *, token: str | None = None) -> tuple[dict[str, Any], int | None]:
        """Fetch a JSON object and how many seconds it may be kept (``no-store``: 0; not said: None)."""
        answer = self.get(url, token=token)
        return answer.json_object(), max_age(answer.headers.get("Cache-Control", ""))

    def post_form(self, url: str, fields: Mapping[str, str]) -> PlatformAnswer:
        """Post a form; a 400 or 401 is handed back too, for token endpoints say there in JSON what is wrong."""
        return self.request("POST", url, data=dict(fields), good=frozenset({200, 201, 400, 401}))

    def send_json(
        self,
        method: str,
        url: str,
        payload: Mapping[str, Any],
        *,
        content_type: str = JSON,
        accept: str = JSON,
        token: str | None = None,
        good: frozenset[int] = frozenset({200, 201, 202, 204}),
    ) -> PlatformAnswer:
        """Send ``payload`` as JSON under one exact content type; raise unless the status is ``good``."""
        body = json.dumps(payload, allow_nan=False, ensure_ascii=False).encode()
        return self.request(method, url, accept=accept, token=token, data=body, content_type=content_type, good=good)

    def request(
        self,
        method: str,
        url: str,
        *,
        accept: str = JSON,
        token: str | None = None,
        data: dict[str, str] | bytes | None = None,
        content_type: str | None = None,
        good: frozenset[int] = frozenset({200}),
    ) -> PlatformAnswer:
        """Make one call, never twice; raise PlatformRefused or PlatformUnavailable unless the status is ``good``."""
        host = self._gate.check_url(url)
        if self._hosts is not None and host not in self._hosts:
            raise PlatformRefused(None, "address_not_listed", host=host)
        headers = {"Accept": accept}
        if content_type is not None:
            headers["Content-Type"] = content_type
        if token is not None:
            headers["Authorization"] = bearer(token, host)
        if self._watch is not None:
            self._watch.before()
        with self._call(host) as call:
            answer = self._exchange(method, url, host, headers, data, call)
        if self._watch is not None:
            self._watch.answered(answer)
        if answer.status not in good:
            raise failure(answer)
        return answer

    def _exchange(
        self, method: str, url: str, host: str, headers: dict[str, str], data: dict[str, str] | bytes | None, call: Call
    ) -> PlatformAnswer:
        limits = (call.timeouts.connect, min(call.timeouts.read, call.left))
        with self._session.request(
            method,
            url,
            headers=headers,
            data=data,
            timeout=limits,
            allow_redirects=False,
            stream=True,
            verify=self._verify,
        ) as response:
            body = self._read(response, host)
            return PlatformAnswer(response.status_code, host, response.headers, body)

    def _read(self, response: requests.Response, host: str) -> bytes:
        """Read the body as sent up to the cap, then decompress it up to the cap."""
        raw = bytearray()
        while piece := response.raw.read(_PIECE, decode_content=False):
            raw += piece
            if len(raw) > self._max_bytes:
                raise PlatformAnswerUnreadable("too_large", host=host, platform_status=response.status_code)
        try:
            body = expand(bytes(raw), response.headers.get("Content-Encoding", ""), self._max_bytes)
        except ValueError as unreadable:
            reason = str(unreadable)
        else:
            return body
        raise PlatformAnswerUnreadable(reason, host=host, platform_status=response.status_code)

    @contextmanager
    def _call(self, host: str) -> Iterator[Call]:
        """Set the deadline for what happens inside and name every failure of the network there."""
        call = Call(self._gate, self._timeouts, monotonic() + self._timeouts.total)
        before = CURRENT.set(call)
        reason = "connection"
        try:
            yield call
        except requests.exceptions.SSLError:
            reason = "tls"
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidHeader, UnicodeError):
            raise PlatformRefused(None, "address_malformed", host=host) from None
        except (requests.RequestException, HTTPError, OSError) as lost:
            reason = "timeout" if _is_timeout(lost) else "connection"
        else:
            return
        finally:
            CURRENT.reset(before)
        # Raised outside the handlers: the libraries' messages hold the whole address with its query.
        raise PlatformUnavailable("deadline" if monotonic() >= call.deadline else reason, host=host)


def bearer(token: str, host: str) -> str:
    """Return the Authorization header; a token that cannot stand in one is refused before anything is sent."""
    if not _TOKEN.fullmatch(token):
        raise PlatformRefused(None, "token_malformed", host=host)
    return f"Bearer {token}"


def expand(raw: bytes, encoding: str, limit: int) -> bytes:
    """Decompress at most ``limit`` bytes; raise ValueError with the reason for more, or for another encoding."""
    name = encoding.strip().lower()
    if name in {"", "identity"}:
        return raw
    if name not in {"gzip", "x-gzip", "deflate"}:
        raise ValueError("encoding")
    try:
        body = zlib.decompressobj(wbits=47).decompress(raw, limit + 1)  # 47: gzip or zlib, by its own header
    except zlib.error:
        raise ValueError("encoding") from None
    if len(body) > limit:
        raise ValueError("too_large")
    return body


def failure(answer: PlatformAnswer) -> PlatformRefused | PlatformUnavailable:
    """Say what a status that was not expected means: try later, or never again."""
    status, host = answer.status, answer.host
    if status == 429 or (status == 403 and _is_throttled(answer)):
        wait = retry_after(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
        return PlatformUnavailable("throttled", host=host, platform_status=status, retry_after=wait)
    if status >= 500 or status in {408, 425}:
        wait = retry_after(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
        return PlatformUnavailable("server_error", host=host, platform_status=status, retry_after=wait)
    if 300 <= status < 400:
        return PlatformRefused(status, "redirected", host=host)
    if status < 300:
        return PlatformAnswerUnreadable("unexpected_status", host=host, platform_status=status)
    return PlatformRefused(status, _REASONS.get(status, "refused"), host=host)


def retry_after(value: str, sent: str = "") -> int | None:
    """Read Retry-After (RFC 9110, section 10.2.3) as seconds from 0 to a day; junk is None: our own back-off decides.

    A date is compared with the answer's own ``Date``, so that a platform's clock may be wrong.
    """
    text = value.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:10]), LONGEST_WAIT)
    until, at = _moment(text), _moment(sent)
    if until is None or at is None:
        return None
    return min(max(int((until - at).total_seconds()), 0), LONGEST_WAIT)


def breather(answer: PlatformAnswer) -> float | None:
    """Return how many seconds Canvas's bucket needs, when it is nearly used up; None for everybody else.

    A call costs 50 in advance and 10 a second flow back (request_throttle.rb), so we stop before it says no.
    """
    left = answer.headers.get("X-Rate-Limit-Remaining", "").strip()
    if not re.fullmatch(r"-?\d{1,9}(\.\d*)?", left):
        return None
    missing = BUCKET_KEPT - float(left)
    return min(missing / BUCKET_FLOW, LONGEST_BREATHER) if missing > 0 else None


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def max_age(cache_control: str) -> int | None:
    """Read how many seconds an answer may be kept; None where nothing is said."""
    text = cache_control.lower()
    if "no-store" in text or "no-cache" in text:
        return 0
    found = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", text)
    return int(found[1]) if found else None


def _is_throttled(answer: PlatformAnswer) -> bool:
    # Canvas throttles with 403 (doc/api/throttling.md): the text, or a bucket that is used up.
    if b"rate limit exceeded" in answer.body[:2000].lower():
        return True
    remaining = answer.headers.get("X-Rate-Limit-Remaining", "")
    return re.fullmatch(r"\s*(-\d+(\.\d*)?|0+(\.0*)?)\s*", remaining) is not None


def _is_timeout(lost: BaseException) -> bool:
    names = {type(error).__name__ for error in (lost, *getattr(lost, "args", ())) if isinstance(error, BaseException)}
    return isinstance(lost, requests.Timeout | TimeoutError) or any("Timeout" in name for name in names)


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _bare_session(user_agent: str) -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy, netrc or certificate file that the environment happens to name
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # one platform's cookies are nobody's business
    session.headers.clear()
    session.headers.update({"User-Agent": user_agent, "Accept-Encoding": "gzip"})
    session.adapters.clear()
    session.mount("https://", PinnedAdapter(max_retries=0, pool_connections=20, pool_maxsize=8))
    session.mount("http://", PinnedAdapter(max_retries=0, pool_connections=4, pool_maxsize=8))
    return session
