"""Launches at a platform whose clock is wrong, whose keys change, and whose key set is not to be had."""

import threading
from datetime import timedelta

import jwt
import pytest
from factories.door import BASE, TARGET, forget_request
from factories.hostile import HostileCourse, call_patiently
from fakes.hostile_platform import FAULTS, HostilePlatform
from fakes.platform import FACULTY, ROLES
from fakes.service_calls import PATIENT, QUICK
from platforms.drive import Reader
from sqlalchemy import update

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.lti.access import SCOPE_SCORE
from lti_mentoring.lti.platform_keys import KeyMemory
from lti_mentoring.models import PlatformKeySet, ToolKey
from lti_mentoring.services.keys import rotate

SLOW = {"slow bytes", "slow head"}
BAD_KEY_SETS = [
    *("404", "429", "500", "503 for a minute", "html", "gzip bomb", "packed twice", "endless body", "slow bytes"),
    *("no answer", "half an answer", "a redirect", "not json", "deep json", "another shape"),
]


@pytest.fixture
def platform():
    with HostilePlatform() as running:
        yield running


@pytest.fixture
def course(app, session, platform):
    call_patiently(app, platform)
    made = HostileCourse(app, session, platform)
    made.world.registration.product_family = "moodle"
    session.commit()
    return made


def launch(app, platform, change=None):
    """Go the whole way with a new browser; return it and the answer."""
    browser = app.test_client()
    forget_request()
    begun = browser.get("/lti/login", base_url=BASE, query_string=platform.login_side.login_params(TARGET))
    form = platform.signed(begun.headers["Location"], target=TARGET, change={ROLES: [FACULTY], **(change or {})})
    forget_request()
    return browser, browser.post("/lti/launch", data=form, base_url=BASE)


def some_time_later(app, session, **ago):
    """Let the keys that we hold have been fetched so long ago, in the memory of a new process, too."""
    for row in session.query(PlatformKeySet):
        past = timedelta(**ago)
        row.fetched_at, row.expires_at, row.tried_at = row.fetched_at - past, row.expires_at - past, row.tried_at - past
    session.commit()
    app.extensions["key_memory"] = KeyMemory()


@pytest.mark.parametrize(
    ("ahead", "status"),
    [({"seconds": 50}, 303), ({"seconds": -50}, 303), ({"minutes": 10}, 401), ({"minutes": -20}, 401)],
)
def test_a_clock_that_is_a_little_wrong_is_borne_and_a_lot_is_refused(course, app, platform, ahead, status):
    platform.ahead = timedelta(**ahead)
    assert launch(app, platform)[1].status_code == status


def test_their_keys_may_change_between_two_launches_and_old_ones_are_worth_nothing(course, app, session, platform):
    assert launch(app, platform)[1].status_code == 303
    former = platform.login_side.key, platform.login_side.kid
    platform.login_side.rotate()
    some_time_later(app, session, minutes=2)
    assert launch(app, platform)[1].status_code == 303
    fetched = len(platform.told("jwks"))
    browser = app.test_client()
    begun = browser.get("/lti/login", base_url=BASE, query_string=platform.login_side.login_params(TARGET))
    forged = platform.signed(begun.headers["Location"], target=TARGET, key=former[0], header={"kid": former[1]})
    assert browser.post("/lti/launch", data=forged, base_url=BASE).status_code == 401
    assert len(platform.told("jwks")) == fetched  # one look for an unknown key within a minute


@pytest.mark.parametrize("fault", BAD_KEY_SETS)
def test_without_their_key_set_known_keys_serve_for_a_day_and_unknown_ones_not_at_all(
    course, app, session, platform, fault
):
    assert launch(app, platform)[1].status_code == 303
    call_patiently(app, platform, timeouts=QUICK if fault in SLOW else PATIENT)
    platform.break_("jwks", FAULTS[fault])
    some_time_later(app, session, hours=2)
    assert launch(app, platform)[1].status_code == 303
    platform.login_side.rotate()
    some_time_later(app, session, minutes=2)
    refused = launch(app, platform)[1]
    assert refused.status_code == 401
    assert "open" in " ".join(reader_of(refused.text).texts).lower()
    platform.mend_()
    call_patiently(app, platform)
    some_time_later(app, session, minutes=2)
    assert launch(app, platform)[1].status_code == 303


class BusyTool:
    """Launches, service calls and deep-linking answers that go on in threads until told to stop."""

    def __init__(self, app, platform):
        self.app, self.platform = app, platform
        self.done = {"launches": 0, "calls": 0, "choices": 0}
        self.went_wrong, self.ended = [], threading.Event()
        acts = {"launches": self.launches, "calls": self.calls, "choices": self.choices}
        self.threads = [threading.Thread(target=self.go_on, args=(name, act)) for name, act in acts.items()]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def go_on(self, name, act):
        with self.app.app_context():
            while not self.ended.is_set():
                try:
                    act()
                except AssertionError as wrong:
                    self.went_wrong.append(wrong)
                    self.ended.set()
                finally:
                    db.session.remove()
                self.done[name] += 1

    def published(self):
        """Return our key set as everybody sees it."""
        with self.app.app_context():
            return self.app.test_client().get("/lti/jwks.json", base_url=BASE).json

    def launches(self):
        assert launch(self.app, self.platform)[1].status_code == 303

    def calls(self):
        client = self.app.extensions["platform_client"]
        claims = {"aud": self.platform.token_url, "iss": "us"}
        asked = {"scope": SCOPE_SCORE, "client_assertion": self.app.extensions["signer"].sign(claims)}
        assert client.post_form(self.platform.token_url, asked).status == 200

    def choices(self):
        browser, answer = launch(self.app, self.platform, self.platform.login_side.picking())
        assert answer.status_code == 303
        form = next(one for one in read(browser, "/lti/deep-link").forms if one.action == f"{BASE}/lti/deep-link")
        forget_request()
        sent = browser.post("/lti/deep-link", data={**dict(form.fields), "do": "cancel"}, base_url=BASE)
        token = next(dict(one.fields)["JWT"] for one in reader_of(sent.text).forms if "JWT" in dict(one.fields))
        assert jwt.get_unverified_header(token)["kid"] in {key["kid"] for key in self.published()["keys"]}

    def goes_on(self):
        """Wait until each has been done twice more."""
        before = dict(self.done)
        wait_for(lambda: self.went_wrong or all(self.done[name] >= before[name] + 2 for name in before))


def test_our_keys_change_in_the_middle_of_launches_service_calls_and_choices(course, app, session, platform):
    signer = app.extensions["signer"]
    session.execute(update(ToolKey).values(created_at=utcnow() - timedelta(days=2)))
    session.commit()
    signer.forget()
    before = signer.sign({"aud": "lms"})
    with BusyTool(app, platform) as tool:
        platform.tool_keys = tool.published
        tool.goes_on()
        with unit_of_work() as own:
            rotate(own, app.extensions["sealer"], now=utcnow())
        signer.forget()
        tool.goes_on()
    assert tool.went_wrong == []
    after = signer.sign({"aud": "lms"})
    kids = [jwt.get_unverified_header(token)["kid"] for token in (before, after)]
    assert kids[0] != kids[1]
    assert min(platform.checked[kid] for kid in kids) >= 1
    keys = {key["kid"]: jwt.PyJWK(key) for key in tool.published()["keys"]}
    for token, kid in zip((before, after), kids, strict=True):  # what was signed before the change is still good
        assert jwt.decode(token, keys[kid], algorithms=["RS256"], audience="lms")
    course.work_until_settled()
    course.check()


def read(browser, path):
    forget_request()
    return reader_of(browser.get(path, base_url=BASE).text, f"{BASE}{path}")


def reader_of(text, url="/"):
    reader = Reader(url)
    reader.feed(text)
    return reader


def wait_for(look):
    for _ in range(600):
        if look():
            return
        threading.Event().wait(0.1)
    raise AssertionError("waited in vain")
