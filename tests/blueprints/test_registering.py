"""Dynamic registration as an administrator of an LMS meets it, against a platform on this machine."""

import re
import socket
import ssl
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import trustme
from factories.door import BASE
from factories.world import World
from fakes import products
from fakes.lms_server import LmsServer, Reply
from fakes.platform import encoded
from flask import g
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import AuditEntry, Deployment, Invitation, Registration, RegistrationState
from lti_mentoring.services.registering import invite


@pytest.fixture
def lms():
    with LmsServer() as server:
        yield server


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def invitation(app, session, world):
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts=["127.0.0.1"])
    token = invite(session, world.institution.id, by=None, now=utcnow())
    session.commit()
    return token


@pytest.fixture
def browser(app):
    client = app.test_client()

    class Browser:
        def get(self, **query):
            for name in list(g):
                g.pop(name)
            return client.get("/lti/register", query_string=query, base_url=BASE)

        def post(self, fields):
            for name in list(g):
                g.pop(name)
            return client.post("/lti/register", data=fields, base_url=BASE)

    return Browser()


def address(lms):
    return f"{lms.url}/.well-known/openid-configuration"


def fields(page):
    return dict(re.findall(r'name="(invitation|confirm)" value="([^"]+)"', page.text))


def made(session, lms):
    session.rollback()
    return session.scalar(select(Registration).where(Registration.issuer == lms.url))


@pytest.mark.parametrize("wrong", ["", "guessed"])
def test_without_a_good_invitation_nothing_is_fetched(lms, browser, invitation, wrong):
    answer = browser.get(invitation=wrong, openid_configuration=address(lms), registration_token="t")
    assert answer.status_code == 403
    assert "This invitation cannot be used" in answer.text
    assert lms.requests == []


def test_opened_by_hand_the_address_says_where_it_belongs(browser, invitation):
    answer = browser.get(invitation=invitation)
    assert answer.status_code == 422
    assert "Paste this address into your LMS" in answer.text


def test_the_page_says_who_asks_and_for_what_and_stands_in_the_platforms_frame(lms, browser, invitation, session):
    page = browser.get(invitation=invitation, openid_configuration=address(lms), registration_token="t")
    assert page.status_code == 200
    assert lms.url in page.text
    assert "Moodle 4.5" in page.text
    assert "Write grades into its own columns" in page.text
    assert f"frame-ancestors {lms.url}" in page.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in page.headers
    assert made(session, lms) is None
    assert not lms.seen("/register")


def test_one_button_registers_the_platform_without_a_cookie(lms, browser, invitation, session, world):
    page = browser.get(invitation=invitation, openid_configuration=address(lms), registration_token="token-1")
    answer = browser.post(fields(page))
    assert answer.status_code == 200
    assert "data-lti-close" in answer.text
    assert lms.seen("/register")[0].headers["authorization"] == "Bearer token-1"
    found = made(session, lms)
    assert (found.client_id, found.institution_id) == ("client-from-platform", world.institution.id)
    assert session.scalars(select(Deployment).where(Deployment.registration_id == found.id)).one().state == "approved"
    assert browser.post(fields(page)).status_code == 403


def test_scopes_that_the_platform_cut_are_named(lms, browser, invitation):
    lms.reply("/register", Reply.json({"client_id": "c", "scope": ""}))
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    answer = browser.post(fields(page))
    assert "Your LMS did not allow everything" in answer.text
    assert "The first launch asks for approval here" in answer.text


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>maintenance</html>", {"Content-Type": "text/html"}),
        Reply(500),
        Reply.json({"issuer": "https://bank.example"}),
        Reply(302, b"", {"Location": "http://169.254.169.254/"}),
    ],
)
def test_a_description_that_cannot_be_read_leaves_the_invitation_good(lms, browser, invitation, session, reply):
    lms.reply("/.well-known/openid-configuration", reply)
    answer = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert answer.status_code == 502
    assert "your invitation still holds" in answer.text
    assert browser.get(invitation=invitation, openid_configuration=address(lms)).status_code == 200


def test_private_addresses_are_not_fetched(app, browser, invitation):
    app.extensions["platform_client"] = PlatformClient()
    answer = browser.get(invitation=invitation, openid_configuration="https://127.0.0.1:1/openid")
    assert answer.status_code == 502


def test_a_refused_registration_leaves_the_invitation_good(lms, browser, invitation, session):
    lms.reply("/register", Reply(400))
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert browser.post(fields(page)).status_code == 502
    assert made(session, lms) is None
    assert session.scalars(select(Invitation)).one().used_at is None
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert browser.post(fields(page)).status_code == 200


def test_another_institutions_registration_is_not_taken_over(lms, browser, invitation, session):
    other = World(session)
    other.registration.issuer, other.registration.client_id = lms.url, "client-from-platform"
    session.commit()
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    answer = browser.post(fields(page))
    assert answer.status_code == 422
    assert "registered for another institution" in answer.text
    assert made(session, lms).institution_id == other.institution.id


def test_the_button_is_not_pressed_by_a_guess(browser, invitation):
    assert browser.post({"invitation": invitation, "confirm": "guessed"}).status_code == 403
    assert browser.post({}).status_code == 403


# ------------------------------------------------------------------ every product, over TLS, under its own host names

HOSTS = {
    urlsplit(url).hostname
    for one in products.PRODUCTS.values()
    for url in [one.url, *one.configuration.values()]
    if isinstance(url, str) and url.startswith("https:")
}


class ProductServer(LmsServer):
    """One product's configuration and registration, whatever the host; ``more`` changes its answer."""

    def __init__(self, product, ssl_context):
        super().__init__(ssl_context=ssl_context)
        self.product, self.more = product, {}

    def _route(self, seen):
        said = self.product.configuration
        if seen.path == urlsplit(self.product.url).path:
            return Reply.json(said)
        if seen.path == urlsplit(said["registration_endpoint"]).path and seen.method == "POST":
            return Reply.json(self.product.answer(seen.json) | self.more)
        return Reply(404)

    @property
    def sent(self):
        return next(seen for seen in self.requests if seen.method == "POST")


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def platform(request, app, authority, tmp_path, invitation):
    product = products.PRODUCTS[request.param]
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*HOSTS).configure_cert(context)
    with ProductServer(product, context) as server:
        app.extensions["platform_client"] = PlatformClient(
            allowed_private_hosts=HOSTS,
            ca_bundle=str(tmp_path / "ca.pem"),
            resolve=lambda host, port: [(socket.AF_INET, ("127.0.0.1", server.port))],
        )
        yield server


def start(browser, invitation, product):
    token = {"registration_token": product.token} if product.token else {}
    return browser.get(invitation=invitation, openid_configuration=product.url, **token)


SHOWN = {
    "Moodle": ("Moodle 4.5.6", "button “Activate” on the card of the tool"),
    "Canvas": ("Test University", "The first launch asks for approval here"),
    "Blackboard": ("Blackboard", "Allow Membership Service Access"),
    "Brightspace": ("Brightspace 10.8.5", "Extensions and Security Settings"),
    "Sakai": ("Sakai 23.3", "check what was proposed and save"),
}
STORED = {
    "Moodle": ("moodle", None, "7", "vKQ9b1LUpQ8mEza"),
    "Canvas": ("canvas", None, None, "10000000000001"),
    "Blackboard": ("BlackboardLearn", None, None, "fc137814-b079-40b6-ac59-0d850c26c5de"),
    "Brightspace": (
        "desire2learn", "https://api.brightspace.com/auth/token", "7862b2ce-79a0-77da-b2dd-7c77c4bb6e39",
        "04a7d304-477d-401a-b701-5a58f54772d6",
    ),
    "Sakai": ("sakailms.org", None, "1", "2754204f-d8a0-4ec7-8a37-512f4b2556b6"),
}  # fmt: skip


@pytest.mark.parametrize(("platform", "name"), [(name, name) for name in products.PRODUCTS], indirect=["platform"])
def test_a_product_registers_us_by_one_address(platform, name, browser, invitation, session):
    product, (family, audience, deployment, client_id) = platform.product, STORED[name]
    asked = start(browser, invitation, product)
    done = browser.post(fields(asked))
    assert (asked.status_code, done.status_code) == (200, 200)
    assert SHOWN[name][0] in asked.text
    assert SHOWN[name][1] in done.text
    assert [seen.headers.get("authorization") for seen in platform.requests] == (
        [f"Bearer {product.token}"] * 2 if product.token else [None, None]
    )
    session.rollback()
    found = session.scalars(select(Registration).where(Registration.client_id == client_id)).one()
    said = product.configuration
    assert (found.product_family, found.token_audience) == (family, audience)
    assert (found.issuer, found.auth_url) == (said["issuer"], said["authorization_endpoint"])
    assert (found.token_url, found.jwks_url) == (said["token_endpoint"], said["jwks_uri"])
    assert set(found.granted_scopes) - {"openid"} == set(platform.sent.json["scope"].split())
    assert [one.deployment_id for one in found.deployments] == ([deployment] if deployment else [])


@pytest.mark.parametrize("platform", ["Blackboard"], indirect=True)
def test_what_a_product_does_not_allow_is_named_with_what_is_switched_off(platform, browser, invitation):
    done = browser.post(fields(start(browser, invitation, platform.product)))
    assert "Your LMS did not allow everything" in done.text
    assert "Students and mentors are known only after they opened Mentoring once" in done.text
    assert "No grade reaches the gradebook" not in done.text


@pytest.mark.parametrize("platform", ["Canvas"], indirect=True)
def test_canvas_may_cut_scopes_and_tell_its_deployment(platform, browser, invitation, session):
    platform.more = {"scope": f"{products.ROSTER} openid", "deployment_id": "106:88"}
    done = browser.post(fields(start(browser, invitation, platform.product)))
    assert "No grade reaches the gradebook; everything else works" in done.text
    assert "openid" not in done.text
    assert "asks for approval here" not in done.text
    session.rollback()
    found = session.scalars(select(Registration).where(Registration.issuer == "https://canvas.instructure.com")).one()
    assert [one.deployment_id for one in found.deployments] == ["106:88"]
    assert found.client_uri == "https://school.instructure.com/api/lti/registrations/9"


# ------------------------------------------------------------------ mending


@pytest.mark.parametrize("platform", ["Canvas"], indirect=True)
def test_canvas_comes_back_by_the_same_address_and_is_mended(platform, browser, invitation, session):
    browser.post(fields(start(browser, invitation, platform.product)))
    platform.more = {"scope": f"{products.ROSTER} openid"}
    again = start(browser, invitation, platform.product)
    assert "Renew Test University?" in again.text
    assert "Nothing of its addresses" in again.text
    done = browser.post(fields(again))
    assert "Test University is renewed" in done.text
    assert "Write grades into its own columns" in done.text
    assert "not allowed any more" in done.text
    session.rollback()
    (found,) = session.scalars(select(Registration).where(Registration.client_id == "10000000000001"))
    assert found.granted_scopes == sorted([products.ROSTER, "openid"])
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.mended")).one()
    assert entry.facts["changed"] == ["granted_scopes"]


@pytest.mark.parametrize("platform", ["Moodle"], indirect=True)
def test_a_used_address_fetches_nothing_from_another_host(platform, browser, invitation):
    browser.post(fields(start(browser, invitation, platform.product)))
    seen = len(platform.requests)
    for elsewhere in ("https://sakai.test/mod/lti/openid-configuration.php", "https://169.254.169.254/latest"):
        assert browser.get(invitation=invitation, openid_configuration=elsewhere).status_code == 403
    assert len(platform.requests) == seen


YEAR = timedelta(days=365)


def a_year_passes(session):
    session.rollback()
    for one in session.scalars(select(Invitation)):
        one.created_at -= YEAR
        one.expires_at -= YEAR
        one.used_at = one.used_at and one.used_at - YEAR
    session.commit()


def registered_now(session):
    session.rollback()
    return session.scalars(select(Registration.client_id).order_by(Registration.id)).all()


@pytest.mark.parametrize("platform", ["Canvas"], indirect=True)
def test_an_invitation_used_a_year_ago_renews_its_own_registration_and_makes_no_other(
    platform, browser, invitation, session
):
    before = registered_now(session)
    browser.post(fields(start(browser, invitation, platform.product)))
    a_year_passes(session)
    assert "Test University is renewed" in browser.post(fields(start(browser, invitation, platform.product))).text
    a_year_passes(session)
    platform.more = {"client_id": "10000000000002"}
    refused = browser.post(fields(start(browser, invitation, platform.product)))
    assert (refused.status_code, "did not finish the registration" in refused.text) == (502, True)
    other = products.PRODUCTS["Sakai"]
    assert start(browser, invitation, other).status_code == 403
    assert registered_now(session) == [*before, "10000000000001"]


@pytest.mark.parametrize("platform", ["Canvas"], indirect=True)
def test_an_invitation_that_nobody_used_is_worth_nothing_a_year_later(platform, browser, invitation, session):
    before = registered_now(session)
    a_year_passes(session)
    assert start(browser, invitation, platform.product).status_code == 403
    assert platform.requests == []
    assert registered_now(session) == before


@pytest.mark.parametrize("platform", ["Moodle"], indirect=True)
def test_moodle_shows_what_it_has_before_it_is_mended(platform, browser, invitation, session, app, world):
    """startltiadvregistration.php: whoever pastes an address for a known domain may choose to update the tool."""
    browser.post(fields(start(browser, invitation, platform.product)))
    found = session.scalars(select(Registration).where(Registration.client_id == "vKQ9b1LUpQ8mEza")).one()
    found.name, found.jwks_url = "Our Moodle", "https://moodle.test/old-keys"
    again = invite(session, world.institution.id, by=None, now=utcnow())
    session.commit()
    path = urlsplit(platform.product.configuration["registration_endpoint"]).path
    platform.reply(path, Reply.json(platform.product.answer(platform.sent.json)))
    token = ".".join(map(encoded, ({"alg": "RS256"}, {"sub": "7", "scope": "reg-update"}, b"s")))
    asked = browser.get(invitation=again, openid_configuration=platform.product.url, registration_token=token)
    assert "Renew Our Moodle?" in asked.text
    assert "https://moodle.test/old-keys before, now https://moodle.test/mod/lti/certs.php" in asked.text
    done = browser.post(fields(asked))
    assert "Our Moodle is renewed" in done.text
    session.rollback()
    assert len(session.scalars(select(Registration).where(Registration.issuer == "https://moodle.test")).all()) == 1


@pytest.mark.parametrize("platform", ["Moodle"], indirect=True)
def test_a_renewed_platform_that_is_switched_off_says_so(platform, browser, invitation, session, world):
    browser.post(fields(start(browser, invitation, platform.product)))
    session.scalars(
        select(Registration).where(Registration.client_id == "vKQ9b1LUpQ8mEza")
    ).one().state = RegistrationState.DISABLED
    again = invite(session, world.institution.id, by=None, now=utcnow())
    session.commit()
    assert start(browser, invitation, platform.product).status_code == 403
    done = browser.post(fields(start(browser, again, platform.product)))
    assert "It is still switched off" in done.text


def test_a_description_that_sends_us_inside_registers_nothing(lms, browser, invitation, session):
    """The registration address is one that the document names: it is called under the same rules as any other."""
    said = {
        "issuer": lms.url, "authorization_endpoint": f"{lms.url}/auth", "token_endpoint": f"{lms.url}/token",
        "jwks_uri": f"{lms.url}/jwks", "registration_endpoint": "https://169.254.169.254/latest/meta-data",
    }  # fmt: skip
    lms.reply("/.well-known/openid-configuration", Reply.json(said))
    page = browser.get(invitation=invitation, openid_configuration=address(lms))
    assert browser.post(fields(page)).status_code == 502
    assert made(session, lms) is None
