"""A platform's service side on loopback: tokens, roster, gradebook, registration; and every way it can fail.

It behaves by the specifications (NRPS 2.0, AGS 2.0, lti-dr 1.0); Moodle's and Canvas's own ways are switches, written
from their sources. ``reply(path, Reply(...))`` puts a fault before the next answer at that path.
"""

import json
import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from urllib.parse import parse_qs, parse_qsl, urlsplit

DEPLOYMENT = "deployment-1"
MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
GROUPS = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
CUSTOM = "https://purl.imsglobal.org/spec/lti/claim/custom"
TOOL_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"
PLATFORM_CONFIGURATION = "https://purl.imsglobal.org/spec/lti-platform-configuration"


@dataclass
class Reply:
    """One answer. ``wait`` seconds before it, ``drip`` seconds between its bytes; ``drop`` closes without any."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0
    drip: float = 0.0
    drip_head: float = 0.0
    drop: bool = False
    perform: bool = False  # do the work first and lose only the answer

    @classmethod
    def json(cls, value, status=200, **headers):
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        return cls(status, json.dumps(value).encode(), {"Content-Type": "application/json"} | named)


HTML = Reply(200, b"<!DOCTYPE html><title>Maintenance</title>", {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Seen:
    """One request as it arrived."""

    method: str
    path: str
    query: dict[str, str]
    raw_query: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self):
        return dict(parse_qsl(self.body.decode()))

    @property
    def json(self):
        return json.loads(self.body)


class LmsServer:
    """Use as a context manager; ``url`` is where it listens."""

    def __init__(self, ssl_context=None):
        self.requests = []
        self.people = []
        self.page_size = None
        self.custom = {}  # user id: custom values, told with ``rlid``
        self.link_id = None  # the only link that ``rlid`` may name
        self.context_id = "course-7"
        self.line_items = {}
        self.results = {}
        self.groups = []
        self.group_sets = []
        self.groups_page = None
        self.in_groups = {}  # user id: ids of groups, for ``user_id``
        self.handlers = {}  # of notices, by type
        self.granted = None  # None: every scope that is asked for
        self.expires_in = 3600
        self.old_timestamp = Reply(409)
        self.equal_timestamp_is_old = True  # Moodle; Canvas takes an equal one
        self.deployment_in_answer = True  # Moodle; Canvas leaves it out
        self.product = "moodle"
        self._replies = defaultdict(deque)
        self._always = {}
        self._tokens = set()
        self._stamps = {}
        self._numbers = count(1)
        self.stopped = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.lms = self
        self._scheme = "http"
        if ssl_context is not None:
            self._server.socket = ssl_context.wrap_socket(self._server.socket, server_side=True)
            self._scheme = "https"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def port(self):
        return self._server.server_address[1]

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    @property
    def url(self):
        return f"{self._scheme}://{self.host}"

    @property
    def token_url(self):
        return f"{self.url}/token"

    @property
    def memberships_url(self):
        return f"{self.url}/memberships?type_id=3"

    @property
    def lineitems_url(self):
        return f"{self.url}/lineitems?type_id=3"

    def reply(self, path, *replies):
        """Answer the next requests at ``path`` with these, then as always."""
        self._replies[path].extend(replies)

    def mend(self, path):
        """Forget the faults that no request has met yet: a client in a hurry may have left before its turn."""
        self._replies.pop(path, None)

    def always(self, path, reply):
        self._always[path] = reply

    def seen(self, path, method=None):
        return [item for item in self.requests if item.path == path and method in {None, item.method}]

    def revoke_tokens(self):
        self._tokens.clear()

    @property
    def groups_url(self):
        return f"{self.url}/groups?course=7"

    @property
    def group_sets_url(self):
        return f"{self.url}/sets"

    @property
    def notice_handlers_url(self):
        return f"{self.url}/notice-handlers/3"

    def add_line_item(self, **fields):
        number = next(self._numbers)
        url = f"{self.url}/lineitems/{number}/lineitem?type_id=3"
        item = {"label": "Column", "scoreMaximum": 100, **fields, "id": url}
        self.line_items[str(number)] = item
        return item["id"]

    # ---------------------------------------------------------------- behaviour

    def answer(self, seen):
        self.requests.append(seen)
        scripted = self._replies[seen.path].popleft() if self._replies[seen.path] else self._always.get(seen.path)
        if scripted is not None:
            if scripted.perform:
                self._route(seen)
            return scripted
        return self._route(seen)

    def _route(self, seen):
        public = {
            ("POST", "/token"): self._token,
            ("GET", "/.well-known/openid-configuration"): self._configuration,
            ("POST", "/register"): self._register,
            ("GET", "/jwks"): lambda _: Reply.json({"keys": []}, Cache_Control="max-age=900"),
        }
        if (seen.method, seen.path) in public:
            return public[seen.method, seen.path](seen)
        if seen.headers.get("authorization", "").removeprefix("Bearer ") not in self._tokens:
            return Reply(401)
        parts = seen.path.strip("/").split("/")
        if parts == ["memberships"]:
            return self._memberships(seen)
        if parts == ["groups"]:
            return self._groups(seen)
        if parts == ["sets"]:
            return Reply.json({"id": self.group_sets_url, "sets": self.group_sets})
        if parts == ["notice-handlers", "3"] and seen.method == "PUT":
            return self._notice_handler(seen.json)
        if parts[0] == "lineitems":
            return self._gradebook(seen, parts[1:])
        return Reply(404)

    def _token(self, seen):
        asked = set(seen.form.get("scope", "").split())
        given = asked if self.granted is None else asked & set(self.granted)
        if not given:
            return Reply.json({"error": "invalid_scope"}, 400)
        token = f"token-{len(self.seen('/token'))}"
        self._tokens.add(token)
        body = {"access_token": token, "token_type": "Bearer", "scope": " ".join(sorted(given))}
        return Reply.json(body if self.expires_in is None else body | {"expires_in": self.expires_in})

    def _memberships(self, seen):
        if seen.headers.get("accept") != MEMBERSHIPS:
            return Reply(400)
        start = int(seen.query.get("from", 0))
        size = self.page_size or int(seen.query.get("limit", 0)) or len(self.people) or 1
        members = self.people[start : start + size]
        if "rlid" in seen.query:
            if seen.query["rlid"] != self.link_id:
                return Reply(404)  # Moodle, for a link that is not there
            members = [self._with_message(one) for one in members]
        body = {"id": self.memberships_url, "context": {"id": self.context_id}, "members": members}
        reply = Reply.json(body)
        if start + size < len(self.people):
            asked = f"&rlid={self.link_id}" if "rlid" in seen.query else ""
            following = f"{self.url}/memberships?type_id=3{asked}&from={start + size}"
            reply.headers["Link"] = f'<{following}>; rel="next"'
        return reply

    def _with_message(self, member):
        message = {"https://purl.imsglobal.org/spec/lti/claim/message_type": "LtiResourceLinkRequest"}
        return member | {"message": [message | {CUSTOM: self.custom.get(member["user_id"], {})}]}

    def _groups(self, seen):
        """lti-gs 1.0, after the plug-in ltiservice_contextgroups for Moodle."""
        if seen.headers.get("accept") != GROUPS:
            return Reply(400)
        groups = self.groups
        if "user_id" in seen.query:
            groups = [one for one in groups if one["id"] in self.in_groups.get(seen.query["user_id"], ())]
        start, size = int(seen.query.get("from", 0)), self.groups_page or len(groups) or 1
        reply = Reply.json({"id": self.groups_url, "groups": groups[start : start + size]})
        if start + size < len(groups):
            reply.headers["Link"] = f'<{self.url}/groups?course=7&from={start + size}>; rel="next"'
        return reply

    def _notice_handler(self, wanted):
        """PNS 1.0 as Canvas has it (notice_handlers_controller.rb): one handler for each type, "" for none."""
        self.handlers[wanted["notice_type"]] = wanted["handler"]
        return Reply.json(wanted)

    def _gradebook(self, seen, parts):
        if not parts:
            return self._container(seen)
        item = self.line_items.get(parts[0])
        if item is None:
            return Reply(404)
        if parts[1:] == ["lineitem", "scores"] and seen.method == "POST":
            return self._score(parts[0], seen.json)
        if parts[1:] == ["lineitem", "results"]:
            return Reply.json([item for (line, _), item in self.results.items() if line == parts[0]])
        if seen.method == "PUT":
            self.line_items[parts[0]] = seen.json
        elif seen.method == "DELETE":
            del self.line_items[parts[0]]
            return Reply(204)
        return Reply.json(self.line_items[parts[0]])

    def _container(self, seen):
        if seen.method == "POST":
            url = self.add_line_item(**seen.json)
            return Reply.json(self.line_items[url.split("/")[-2]], 201)
        names = {"resource_link_id": "resourceLinkId", "resource_id": "resourceId", "tag": "tag"}
        wanted = {names[name]: value for name, value in seen.query.items() if name in names}
        return Reply.json([item for item in self.line_items.values() if wanted.items() <= item.items()])

    def _score(self, line, score):
        key = (line, score["userId"])
        before = self._stamps.get(key, "")
        if score["timestamp"] < before or (score["timestamp"] == before and self.equal_timestamp_is_old):
            return self.old_timestamp
        self._stamps[key] = score["timestamp"]
        maximum = self.line_items[line]["scoreMaximum"]
        shown = score["scoreGiven"] / score["scoreMaximum"] * maximum
        self.results[key] = {"userId": score["userId"], "resultScore": shown, "resultMaximum": maximum}
        return Reply(200)

    def _configuration(self, _seen):
        return Reply.json(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/auth",
                "token_endpoint": self.token_url,
                "jwks_uri": f"{self.url}/jwks",
                "registration_endpoint": f"{self.url}/register",
                "scopes_supported": self.granted or [],
                "claims_supported": ["iss", "sub", "name", "given_name", "family_name", "email"],
                PLATFORM_CONFIGURATION: {
                    "product_family_code": self.product,
                    "version": "4.5",
                    "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
                },
            }
        )

    def _register(self, seen):
        body = seen.json | {"client_id": "client-from-platform"}
        if self.deployment_in_answer:
            body[TOOL_CONFIGURATION] = body[TOOL_CONFIGURATION] | {"deployment_id": DEPLOYMENT}
        return Reply.json(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        """A client that went away is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 5

    def log_message(self, *_):
        """Nothing to standard error."""

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", 0)))
        reply = self.server.lms.answer(Seen(self.command, parts.path, query, parts.query, headers, body))
        self._pause(reply.wait)
        self.close_connection = reply.drop or reply.headers.get("Connection") == "close"
        if reply.drop:
            return
        head = [f"HTTP/1.1 {reply.status} Reason"]
        headers = {"Content-Length": str(len(reply.body))} | reply.headers
        head += [f"{name}: {value}" for name, value in headers.items() if value is not None]
        opening = ("\r\n".join(head) + "\r\n\r\n").encode()
        if not (reply.drip or reply.drip_head):
            self.wfile.write(opening + reply.body)  # in one piece, or the second would wait for an acknowledgement
            return
        self._write(opening, reply.drip_head)
        self._write(reply.body, reply.drip)

    def _write(self, content, drip):
        if not drip:
            self.wfile.write(content)
            return
        for byte in content:
            if self._pause(drip):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def _pause(self, seconds):
        """Wait, but not beyond the end of the test; tell whether that came first."""
        return seconds > 0 and self.server.lms.stopped.wait(seconds)

    do_POST = do_PUT = do_DELETE = do_GET
