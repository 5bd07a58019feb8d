"""Rows ``launch_cpu`` and ``launch_vs_rs256``: what one whole launch costs the server."""

import http.client
import statistics
import time
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bench.platform import CLIENT_ID, PEOPLE, Platform
from bench.table import Row
from bench.tools import ltijs, our_tool

WARM_UP = 100
ROUNDS = 6
EACH = 100


class Browser:
    """One browser: a kept connection and its cookies, Secure ones too (it is all loopback)."""

    def __init__(self, tool, platform):
        self.tool, self.platform = tool, platform
        self.connection = http.client.HTTPConnection(urlsplit(tool.login).netloc)
        self.cookies = {}

    def launch(self, number, *, client_id=CLIENT_ID, people=PEOPLE):
        """Log in and launch as person ``number``; raise SystemExit when the tool does not let the person in.

        Returns the address of the first page.
        """
        self.cookies.clear()
        query = {
            "iss": self.platform.url, "login_hint": f"person-{number}", "target_link_uri": self.tool.launch,
            "client_id": client_id, "lti_deployment_id": "1",
        }  # fmt: skip
        status, to = self._ask("GET", f"{self.tool.login}?{urlencode(query)}")
        asked = parse_qs(urlsplit(to).query)
        if status not in {302, 303} or "nonce" not in asked:
            raise SystemExit(f"{self.tool.name} refused a login: {status} {to}")
        token = self.platform.token(number, asked["nonce"][0], self.tool.launch, client_id=client_id, people=people)
        form = urlencode({"state": asked["state"][0], "id_token": token})
        status, to = self._ask("POST", asked["redirect_uri"][0], form)
        if status not in {302, 303} or not self.cookies:
            raise SystemExit(f"{self.tool.name} refused a launch: {status} {to}")
        return to

    def open(self, path):
        """Open a page of the tool with the cookies of the launch; return the status."""
        return self._ask("GET", urljoin(self.tool.launch, path))[0]

    def _ask(self, method, url, body=None):
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        parts = urlsplit(url)
        self.connection.request(method, f"{parts.path}?{parts.query}", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.headers.get("Location", "")


def measure():
    """Return both rows."""
    with Platform() as platform, our_tool(platform) as ours, ltijs(platform) as peer:
        browsers = {tool: Browser(tool, platform) for tool in (ours, peer)}
        costs = {ours: [], peer: []}
        for browser in browsers.values():
            _round(browser, WARM_UP)
        for _ in range(ROUNDS):
            for tool, browser in browsers.items():
                costs[tool].append(_round(browser, EACH))
        mine, theirs = statistics.median(costs[ours]), statistics.median(costs[peer])
        return [
            Row("launch_cpu", "CPU ms/launch", mine, peer.name, theirs, ROUNDS * EACH),
            Row("launch_vs_rs256", "CPU ms", mine, "one RS256 verification", _rs256(platform), ROUNDS * EACH),
        ]


def _round(browser, launches):
    browser.connection.close()  # servers drop a kept connection while the other tool has its turn
    before = browser.tool.cpu()
    for number in range(launches):
        browser.launch(number)
    return (browser.tool.cpu() - before) * 1000 / launches


def _rs256(platform, times=3000):
    message = b"x" * 1500
    signature = platform.key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    public = platform.key.public_key()
    before = time.process_time()
    for _ in range(times):
        public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    return (time.process_time() - before) * 1000 / times
