"""Whatever is sent to any route, the answer is a page: never a server error, on PostgreSQL, the stricter of the two."""

import re

import pytest
from factories.accounts import administrator, come_in, operator
from factories.browser import forget_request, sit
from factories.outside import come_in_from_outside
from factories.world import add
from fixtures.applications import connected_app, settings_for
from sweeps.furnished import Furnished
from sweeps.walls import EVERYTHING, Stranger, Walls

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Administrator

STUDENT, MENTOR, FACULTY, ADMINISTRATOR = (
    SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.ADMINISTRATOR,
)  # fmt: skip
BEYOND = [2**31, 2**63, 2**64, 10**30]
"""Greater than PostgreSQL's integer, than SQLite's, and than anything."""
ODD_VALUES = {
    "nul": "a\0b",
    "huge-number": str(10**30),
    "over-integer": str(2**31),
    "negative": "-1",
    "long": "Long " * 4_000,
    "markup": "<script>alert(1)</script>",
    "breaks": "a\r\nSet-Cookie: b=c",
    "percent": "%(name)s %s {0} {{ 7*7 }}",
}
CHOICES = {
    "version", "places", "points", "rule", "mode", "decision", "reached", "role", "shows", "do", "index",
    "item_entrustment", "answer-version", "appeal-version", "extend-version", "excuse-version", "lift-version",
    "reopen-version", "extend-due_on", "starts_on", "weight", "proof", "signer", "instrument", "due_after_days",
    "profession", "career", "years", "domains", "languages", "timezone", "hours", "works", "paused_until", "style_pace",
    "day", "clock", "which", "minutes", "kind", "register", "number", "verify-method", "verify-until", "verify-since",
    "domain", "due_on",
}  # fmt: skip
QUERIES = (
    "page", "q", "show", "milestone", "mentor", "group", "waiting", "mentors", "before", "action", "thing", "template",
    "told", "ticket", "specialty", "skill", "language", "zone", "free", "checked", "by",
)  # fmt: skip


class House(Walls):
    """One furnished course and its people."""

    def __init__(self, app, session):
        self.app, self.session = app, session
        self.here = Furnished(app, session)
        add(
            session,
            Administrator(
                institution_id=self.here.institution.id, person_id=self.here.faculty.id,
                asked_at=self.here.mentorship.started_at, confirmed_at=self.here.mentorship.started_at,
                confirmed_by="operator",
            ),
        )  # fmt: skip
        session.commit()
        self.rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]

    def of(self, role):
        """Return the routes of a role (None: the open ones)."""
        if role is None:
            return [rule for rule in self.rules if self.access(rule).roles is None]
        return [rule for rule in self.rules if role in (self.access(rule).roles or ())]


@pytest.fixture(scope="module")
def house(postgresql_copies, tmp_path_factory):
    url = postgresql_copies.fresh()
    with connected_app(settings_for(url, tmp_path_factory.mktemp("hostile"))) as app:
        app.config.update(TESTING=True, PREFERRED_URL_SCHEME="https")
        with app.app_context():
            yield House(app, app.extensions["sqlalchemy"].session())
    postgresql_copies.drop(url)


@pytest.fixture
def seated(house):
    def seat(role):
        return sit(house.app, house.session, house.here, role) if role else Stranger(house.app)

    return seat


ROLES = [None, STUDENT, MENTOR, FACULTY, ADMINISTRATOR]
names = {"ids": lambda role: role.value if role else "nobody"}


@pytest.mark.parametrize("role", ROLES[1:], **names)
def test_numbers_that_no_row_can_have_are_not_found(house, seated, role):
    browser, tried = seated(role), 0
    for rule in house.of(role):
        if not re.search("<int", rule.rule):
            continue
        for number in BEYOND:
            path = re.sub(r"<int[^>]*>", str(number), rule.rule)
            path = re.sub(r"<any\((\w+),[^>]*>", r"\1", path)
            for method in sorted(rule.methods & {"GET", "POST"}):
                answer = browser.get(path) if method == "GET" else browser.post(path, EVERYTHING)
                # Werkzeug says 405 where only an address of the other method would fit at all.
                assert answer.status_code in {404, 405}, (method, path, answer.status_code)
                tried += 1
    assert tried


@pytest.mark.parametrize("role", ROLES, **names)
@pytest.mark.parametrize("odd", ODD_VALUES)
def test_odd_queries_get_a_page(house, seated, role, odd):
    browser, faults = seated(role), []
    value = ODD_VALUES[odd][:3000]
    for rule in house.of(role):
        for method, path in house.calls(rule, house.here.numbers):
            if method == "GET" and rule.endpoint != "health.ready":
                faults += fault(house, get(browser, path, dict.fromkeys(QUERIES, value)), path)
    assert faults == []


def get(browser, path, query):
    forget_request()
    return browser.client.get(path, query_string=query, base_url="https://localhost")


def fault(house, answer, *what):
    """Say what is wrong with an answer, or nothing."""
    house.session.rollback()
    if answer.status_code >= 500 or b"<script>alert" in answer.data:
        return [(answer.status_code, *what)]
    return []


def odd_forms():
    """What may be odd for a field that chooses, or that counts, and for one that somebody writes."""
    for field, values in {
        "choices": ("nul", "huge-number", "over-integer", "negative", "long", "markup"),
        "texts": ("nul", "long", "markup", "breaks", "percent"),
    }.items():
        yield from (pytest.param(field, value, id=f"{field}-{value}") for value in values)


@pytest.mark.parametrize("role", ROLES, **names)
@pytest.mark.parametrize(("fields", "odd"), list(odd_forms()))
def test_odd_forms_get_a_page(house, seated, role, fields, odd):
    """Odd is all that chooses something, or all that somebody writes; the rest is right."""
    here = house.here
    choices = {
        **{name: EVERYTHING[name] for name in CHOICES}, "track_id": here.track.id, "mentor": here.mentor.id,
        "concerning": here.guide.id, "readers": here.reader.id, "handler": here.guide.id,
        "people": "1", "opens": "1", "stage": "1", "needed": "1", "pair-1": "1", "how": "csv", "lti_deployment_id": "1",
        "iss": "https://x.example", "client_id": "c", "login_hint": "h", "target_link_uri": "https://x", "state": "s",
    }  # fmt: skip
    texts = {
        **{name: value for name, value in EVERYTHING.items() if name not in CHOICES}, "name": "x", "url": "",
        "id_token": "a.b.c", "invitation": "i", "confirm": "c", "deployments": "1", "issuer": "https://x.example",
    }  # fmt: skip
    form = choices | texts | dict.fromkeys({"choices": choices, "texts": texts}[fields], ODD_VALUES[odd])
    ends = {"home.leave", "picking.answer"}
    browser, faults = seated(role), []
    for rule in house.of(role):
        if rule.endpoint in ends or "POST" not in rule.methods:
            continue
        for method, path in house.calls(rule, house.here.numbers):
            if method == "POST":
                faults += fault(house, browser.post(path, form), path)
            if rule.endpoint == "home.switch":
                browser = seated(role)
    assert faults == []


ENDS_THE_SESSION = {"signing_in.leave", "account.end_everywhere"}


@pytest.mark.parametrize("kind", AccountKind)
@pytest.mark.parametrize("odd", ["nul", "over-integer", "markup"])
def test_odd_values_of_an_account_get_a_page(house, kind, odd):
    """Every query and every form of the pages for those who sign in without an LMS."""
    session, faults = house.session, []
    session.rollback()
    if kind is AccountKind.MENTOR:
        browser = come_in_from_outside(house.app, session, house.here, address=f"{odd}@clinic.example")
    else:
        who = operator(session) if kind is AccountKind.OPERATOR else administrator(session, house.here.institution)
        browser = come_in(house.app, session, who)
    value = ODD_VALUES[odd]
    names = ("name", "colleague", "credential", "link", "back", "issuer", "client_id", "deployments")
    for rule in house.rules:
        if kind not in house.access(rule).accounts or rule.endpoint in ENDS_THE_SESSION:
            continue
        for method, path in house.calls(rule, house.here.numbers):
            if method == "GET":
                answer = get(browser, path, dict.fromkeys((*QUERIES, "back"), value))
            else:
                answer = browser.post(path, dict.fromkeys(names, value))
            faults += fault(house, answer, method, path)
    assert faults == []


FILE_NAMES = ['a"; filename="evil.html".txt', "../../passwd.txt", "नमस्ते \u202etxt.exe.txt", "x" * 400 + ".txt"]


@pytest.mark.parametrize("name", FILE_NAMES)
def test_a_files_name_adds_nothing_to_the_answer(app, session, name):
    here = Furnished(app, session)
    here.sent.file.name = name  # past the check of names
    student = sit(app, session, here, STUDENT)
    answer = student.get(f"/evidence/{here.sent.id}/file")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_forms_that_are_too_large_get_a_page_and_change_nothing(app, session):
    here = Furnished(app, session)
    student = sit(app, session, here, STUDENT)
    page = f"/milestones/{here.track.milestones[0].id}"
    part = b'--edge\r\nContent-Disposition: form-data; name="text"\r\n\r\n%s\r\n'
    parts, plain = "multipart/form-data; boundary=edge", "application/x-www-form-urlencoded"
    long = b"x" * (3 * 1024 * 1024)
    for kind, body in [(parts, part % long + b"--edge--"), (parts, part % b"x" * 2000), (plain, b"text=" + long)]:
        answer = student.client.post(f"{page}/draft", data=body, content_type=kind, base_url="https://localhost")
        assert answer.status_code == 413
        assert "text/html" in answer.content_type
    assert student.post(f"{page}/draft", {"text": "Short"}).status_code == 303


@pytest.mark.parametrize("path", ["/lti/login", "/lti/launch", "/lti/register", "/track/close"])
@pytest.mark.parametrize("body", [b"state=\xff\xfe&iss=\xc3", b"a&" * 1_500_000, b"&" * 1_500_000, b"%%%=%\0"])
def test_bodies_that_are_no_form_get_a_page(app, session, path, body):
    client = app.test_client()
    kind = "application/x-www-form-urlencoded"
    answer = client.post(path, data=body, content_type=kind, base_url="https://localhost")
    assert 400 <= answer.status_code < 500
