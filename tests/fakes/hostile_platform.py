"""A whole platform (login, id_tokens, JWKS, tokens, roster, gradebook) with a switch for every way to misbehave.

    with HostilePlatform() as platform:
        platform.break_("scores", FAULTS["gzip bomb"])     # until mended
        platform.mend_("scores")

``accepted`` is its own log of every score that took effect, in order: what it shows in the end must be ours, and no
version may have taken effect twice. Tokens are given only for assertions that our published keys can check.
"""

import gzip
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache

import jwt
from fakes.lms_server import HTML, LmsServer, Reply
from fakes.platform import FakePlatform

SERVICES = ("jwks", "token", "roster", "columns", "scores", "results")


@cache
def bomb(megabytes=16):
    """Return a small answer that grows to many megabytes."""
    return gzip.compress(b" " * (megabytes << 20), 6)


PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
THROTTLED = b"403 Forbidden (Rate Limit Exceeded)"  # canvas-lms doc/api/throttling.md

FAULTS = {
    "401": Reply(401),
    "403": Reply(403),
    "404": Reply(404),
    "409": Reply(409),
    "412": Reply(412),
    "422": Reply(422),
    "429": Reply(429),
    "429 for a minute": Reply(429, headers={"Retry-After": "60"}),
    "429 until a date": Reply(
        429, headers={"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT", "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    ),
    "429 for a year": Reply(429, headers={"Retry-After": "31536000"}),
    "403 of Canvas's throttle": Reply(403, THROTTLED, {"X-Rate-Limit-Remaining": "0.0"}),
    "500": Reply(500),
    "502": Reply(502, HTML.body, HTML.headers),
    "503 for a minute": Reply(503, headers={"Retry-After": "60"}),
    "504": Reply(504),
    "html": HTML,
    "gzip bomb": Reply(200, bomb(), PACKED),
    "packed twice": Reply(200, gzip.compress(bomb()), PACKED | {"Content-Encoding": "gzip, gzip"}),
    "endless body": Reply(200, b" " * (9 << 20)),
    "slow bytes": Reply(200, b" " * 400, drip=0.02),
    "slow head": Reply(200, b"{}", drip_head=0.02),
    "no answer": Reply(drop=True),
    "half an answer": Reply(200, b'{"members": [', {"Content-Length": "4000", "Connection": "close"}),
    "a redirect": Reply(307, headers={"Location": "http://127.0.0.1:1/elsewhere"}),
    "not json": Reply(200, b"\xff\xfe{]"),
    "deep json": Reply(200, b"[" * 200_000),
    "another shape": Reply(200, b'"members"'),
    "the work done and the answer lost": Reply(drop=True, perform=True),
    "the work done and html said": Reply(200, HTML.body, HTML.headers, perform=True),
}


class HostilePlatform(LmsServer):
    """Grows the service side by logins and signed launches, by the faults above, and by lies about pages."""

    def __init__(self, client_id="client-1", **options):
        super().__init__(**options)
        self.login_side = FakePlatform(self.url, client_id, "1")
        self.accepted = []  # (column, user, value)
        self.ahead = timedelta(0)  # how far its clock is ahead of ours
        self.tool_keys = None  # what our key set says, for checking assertions
        self.checked = Counter()  # kid of each assertion that was believed
        self.pages = None  # "endless", "loop", "foreign", "self": where its Link header leads
        self.broken = {}
        self.lose_token_after = None  # calls for which a token is good

    # ---------------------------------------------------------------- switches

    def break_(self, service, reply, *, on=None):
        """Answer so at a service from now on; ``on`` chooses the requests."""
        assert service in SERVICES
        self.broken[service] = (reply, on)

    def mend_(self):
        self.broken.clear()
        self.pages = None

    # ---------------------------------------------------------------- behaviour

    def service_of(self, seen):
        head = seen.path.strip("/").split("/")
        if head[0] in {"jwks", "token"}:
            return head[0]
        if head[0] == "memberships":
            return "roster"
        return head[-1] if head[-1] in {"scores", "results"} else "columns"

    def answer(self, seen):
        reply, on = self.broken.get(self.service_of(seen), (None, None))
        if reply is None or (on is not None and not on(seen)):
            return super().answer(seen)
        self.requests.append(seen)
        if reply.perform:
            self._route(seen)
        return reply

    def _route(self, seen):
        if seen.path == "/jwks":
            return Reply.json(self.login_side.jwks(), Cache_Control="max-age=300")
        return super()._route(seen)

    def _token(self, seen):
        if self.tool_keys is not None and not self._believes(seen.form["client_assertion"]):
            return Reply.json({"error": "invalid_client"}, 401)
        return super()._token(seen)

    def _believes(self, assertion):
        """Check an assertion as platforms do: by kid, with the keys that the tool publishes."""
        kid = jwt.get_unverified_header(assertion)["kid"]
        keys = {key["kid"]: jwt.PyJWK(key) for key in self.tool_keys()["keys"]}
        if kid not in keys:
            return False
        jwt.decode(assertion, keys[kid], algorithms=["RS256"], audience=self.token_url)
        self.checked[kid] += 1
        return True

    def _memberships(self, seen):
        reply = super()._memberships(seen)
        number = int(seen.query.get("from", 0))
        links = {
            "endless": f"{self.url}/memberships?type_id=3&from={number + 1}",
            "loop": f"{self.url}/memberships?type_id=3&from={(number + 1) % 3}",
            "self": f"{self.url}/memberships?type_id=3",
            "foreign": f"http://localhost:{self.port}/memberships?type_id=3&from=1",
        }
        if self.pages:
            reply.headers["Link"] = f'<{links[self.pages]}>; rel="next"'
        return reply

    def _score(self, line, score):
        reply = super()._score(line, score)
        if reply.status == 200:
            self.accepted.append((line, score["userId"], score["scoreGiven"]))
        return reply

    # ---------------------------------------------------------------- launches

    def signed(self, redirect_url, **answer):
        """Return the form of a launch, stamped by this platform's clock."""
        return self.login_side.answer(redirect_url, now=datetime.now(UTC) + self.ahead, **answer)

    def gradebook(self):
        """Return what it shows: user -> points out of 100."""
        return {
            user: round(shown["resultScore"] / shown["resultMaximum"] * 100, 3)
            for (_, user), shown in self.results.items()
        }

    def doubled(self):
        """Return the scores that took effect more than once."""
        return [what for what, times in Counter(self.accepted).items() if times > 1]

    def told(self, service):
        return [seen for seen in self.requests if self.service_of(seen) == service]

    @staticmethod
    def as_json(seen):
        return json.loads(seen.body)
