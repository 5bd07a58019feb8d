"""What the launch border asks for, kept in memory: registrations, logins in flight, platforms' keys, their fetching."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from lti_mentoring.lti.faults import PlatformUnavailable
from lti_mentoring.lti.launch import validate_launch
from lti_mentoring.lti.login import begin_login
from lti_mentoring.lti.platform_keys import KeyFinder, KeyMemory
from lti_mentoring.lti.products.canvas import CANVAS
from lti_mentoring.lti.quirks import Catalogue
from lti_mentoring.lti.registrations import DeploymentState

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOOL = "https://tool.example"
LAUNCH_URL = f"{TOOL}/lti/launch"
TARGET = f"{TOOL}/lti/launch?track=7"


class FakeRegistrations:
    """Registrations in a list, deployments by (registration, deployment id)."""

    def __init__(self, *registered, deployments=None):
        self.registered = list(registered)
        self.deployments = {(one.id, "1"): DeploymentState.APPROVED for one in registered} | (deployments or {})

    def find(self, issuer, client_id):
        found = [one for one in self.all_of(issuer) if client_id in (None, one.client_id)]
        return found[0] if len(found) == 1 else None

    def all_of(self, issuer):
        return tuple(one for one in self.registered if one.issuer == issuer)

    def by_id(self, registration_id):
        return next((one for one in self.registered if one.id == registration_id), None)

    def deployment_state(self, registration_id, deployment_id):
        return self.deployments.get((registration_id, deployment_id), DeploymentState.UNKNOWN)


class FakeTransactions:
    """Logins in a dictionary."""

    def __init__(self):
        self.kept = {}

    def keep(self, transaction):
        self.kept[transaction.state] = transaction

    def take(self, state):
        return self.kept.pop(state, None)

    def is_in_flight(self, nonce):
        return any(kept.nonce == nonce for kept in self.kept.values())


class FakeKeyStore:
    """Key sets in a dictionary."""

    def __init__(self):
        self.kept = {}
        self.loads = 0
        self.asking = set()

    def load(self, url):
        self.loads += 1
        return self.kept.get(url)

    def save(self, key_set):
        self.kept[key_set.url] = key_set
        self.asking.discard(key_set.url)

    def begin(self, url):
        mine = url not in self.asking
        self.asking.add(url)
        return mine


@dataclass
class FakeFetch:
    """Answers by address: a document, a function that makes one, or an error to raise."""

    answers: dict = field(default_factory=dict)
    max_age: int | None = None
    fetched: list = field(default_factory=list)

    def get_json(self, url):
        self.fetched.append(url)
        answer = self.answers.get(url, PlatformUnavailable("connection"))
        if isinstance(answer, Exception):
            raise answer
        return (answer() if callable(answer) else answer), self.max_age


class FakeTool:
    """The tool's side of a login and a launch with everything kept in memory."""

    def __init__(self, *platforms, **registered):
        self.registrations = FakeRegistrations(
            *(platform.registered(number, **registered) for number, platform in enumerate(platforms, 1))
        )
        self.transactions = FakeTransactions()
        self.store = FakeKeyStore()
        self.fetch = FakeFetch({platform.jwks_url: platform.jwks for platform in platforms})
        self.memory = KeyMemory()
        self.browser = {}
        """The secrets that one browser holds, by state."""

    def login(self, params, *, now=NOON, redirect_uri=LAUNCH_URL, our_urls=frozenset({LAUNCH_URL})):
        """Begin a login; this browser keeps its secret."""
        begun = begin_login(
            params,
            registrations=self.registrations,
            transactions=self.transactions,
            our_urls=our_urls,
            redirect_uri=redirect_uri,
            now=now,
        )
        self.browser[begun.state] = begun.browser_secret
        return begun

    def launch(self, form, *, now=NOON, browser=None):
        """Validate what was posted; ``browser`` is another browser's secrets."""
        return validate_launch(
            form,
            self.browser if browser is None else browser,
            registrations=self.registrations,
            transactions=self.transactions,
            keys=KeyFinder(self.store, self.fetch, self.memory),
            products=Catalogue([CANVAS]),
            now=now,
        )

    def walk(self, platform, *, now=NOON, login=None, **answer):
        """Go the whole way: login, the platform's answer, launch."""
        begun = self.login(platform.login_params(TARGET, **(login or {})), now=now)
        return self.launch(platform.answer(begun.url, now=now, **{"target": TARGET, **answer}), now=now)
