"""A real browser with a virtual authenticator: from a link of the command line to a removed passkey, without an LMS."""

from dataclasses import replace

import pytest
from factories.browser import forget_request
from factories.world import World
from fixtures.applications import connected_app, settings_for
from fixtures.serving import served
from platforms.fixtures import free_port
from sqlalchemy import select

from lti_mentoring.blueprints._account_session import ACCOUNT_COOKIE
from lti_mentoring.cli import main
from lti_mentoring.models import AuditEntry, Institution, Passkey, RegistrationState, SignInLink

pytestmark = pytest.mark.chromium
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


class House:
    """The tool on ``localhost`` (passkeys refuse an address that is a number), and its command line."""

    def __init__(self, app, url):
        self.app, self.url = app, url
        self.session = app.extensions["sqlalchemy"].session()
        self.world = World(self.session)
        self.session.commit()

    def command(self, *words):
        result = self.app.test_cli_runner().invoke(main.commands[words[0]], words[1:])
        assert result.exit_code == 0, result.output
        return result.stdout.strip()

    def all(self, *wanted):
        self.session.rollback()
        return self.session.scalars(select(*wanted)).all()


@pytest.fixture
def house(sqlite_copies, tmp_path):
    url, port = sqlite_copies.fresh(), free_port()
    settings = replace(settings_for(url, tmp_path), public_url=f"http://localhost:{port}")
    with connected_app(settings) as app, app.app_context(), served(app, port):
        yield House(app, settings.public_url)
    sqlite_copies.drop(url)


class Desk:
    """One browser with one device that holds passkeys."""

    def __init__(self, chromium, house):
        self.house = house
        self.context = chromium.new_context(reduced_motion="reduce")
        self.page = self.context.new_page()
        self.said = []
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda said: "Content Security" in said.text and self.said.append(said.text))
        self.devices = self.context.new_cdp_session(self.page)
        self.devices.send("WebAuthn.enable")
        self.device = self.plug_in()

    def plug_in(self, **changes):
        return self.devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE | changes})["authenticatorId"]

    def unplug(self):
        self.devices.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.device})

    def check_holder(self, checked):
        self.devices.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.device, "isUserVerified": checked}
        )  # fmt: skip

    def open(self, path):
        return self.page.goto(path if path.startswith("http") else f"{self.house.url}{path}")

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def reads(self, words):
        self.page.get_by_text(words).first.wait_for(timeout=20_000)

    def at(self, path):
        self.page.wait_for_url(lambda url: url.partition("?")[0] == f"{self.house.url}{path}", timeout=20_000)


@pytest.fixture
def desk(chromium, house):
    made = Desk(chromium, house)
    yield made
    made.context.close()
    assert made.said == []


def test_from_the_first_link_to_a_removed_passkey(house, desk):
    house_name = house.world.institution.slug
    link = house.command("account", "invite-administrator", house_name, "Ada Lovelace")
    assert link.startswith(f"{house.url}/sign-in/link#")
    token = link.partition("#")[2]

    desk.open(link)
    assert desk.page.evaluate("location.href") == f"{house.url}/sign-in/link"  # the secret is out of the address
    assert [one.used_at for one in house.all(SignInLink)] == [None]  # and looking used nothing up
    desk.page.get_by_label("What do you call this device?").fill("Ada's laptop")
    desk.press("Make a passkey")
    desk.at("/admin")
    cookies = {one["name"]: one for one in desk.context.cookies()}
    assert (cookies[ACCOUNT_COOKIE]["httpOnly"], cookies[ACCOUNT_COOKIE]["sameSite"]) == (True, "Lax")
    assert all(one.used_at for one in house.all(SignInLink))

    desk.open("/account")
    desk.press("Sign out")
    desk.at("/sign-in")
    assert desk.open("/admin").status == 401
    desk.open("/sign-in")
    desk.press("Sign in with a passkey")
    desk.at("/admin")

    desk.page.get_by_role("link", name="Platforms", exact=True).first.click()
    desk.page.get_by_role("link", name="Switch off").click()
    desk.press("Switch off")
    desk.reads("is switched off")
    forget_request()
    house.session.rollback()
    house.session.refresh(house.world.registration)
    assert house.world.registration.state is RegistrationState.DISABLED

    desk.open("/account")
    desk.unplug()
    desk.device = desk.plug_in()  # a device excludes itself: the second passkey needs another one
    desk.page.get_by_label("What do you call this device?").fill("Ada's phone")
    desk.press("Add a passkey")
    desk.reads("Ada's phone is on your list")
    desk.page.get_by_role("listitem").filter(has_text="Ada's laptop").get_by_role("link", name="Remove").click()
    desk.press("Remove")
    desk.reads("Ada's laptop is removed")  # and with it the session that it had opened
    desk.at("/sign-in")
    desk.press("Sign in with a passkey")
    desk.at("/admin")
    assert [one.name for one in house.all(Passkey)] == ["Ada's phone"]
    done = [one.action for one in house.all(AuditEntry) if one.account_ref]
    assert done == [
        "passkey.added", "account.signed_in", "account.signed_out", "account.signed_in", "registration.disabled",
        "passkey.added", "passkey.removed", "account.signed_in",
    ]  # fmt: skip

    desk.open(f"{house.url}/sign-in/link#{token}")
    desk.page.get_by_label("What do you call this device?").fill("Once more")
    desk.press("Make a passkey")
    desk.reads("This link cannot be used")


def test_an_operator_sets_up_an_institution_and_invites_its_first_administrator(house, desk, chromium):
    desk.open(house.command("account", "invite-operator", "Odile"))
    desk.page.get_by_label("What do you call this device?").fill("Key")
    desk.press("Make a passkey")
    desk.at("/operator")
    desk.page.get_by_label("Name").fill("Teaching Hospital")
    desk.press("Set it up")
    desk.reads("Teaching Hospital is here")
    desk.press("Invite a platform")
    desk.reads("/lti/register?invitation=")
    desk.page.get_by_label("Their name").fill("Ada")
    desk.press("Invite an administrator")
    link = desk.page.locator("#sign-in-link").text_content().strip()
    other = Desk(chromium, house)
    other.open(link)
    other.page.get_by_label("What do you call this device?").fill("Laptop")
    other.press("Make a passkey")
    other.at("/admin")
    other.reads("Register your LMS")
    assert other.said == []
    other.context.close()
    assert "teaching-hospital" in [one.slug for one in house.all(Institution)]


def test_a_device_that_cannot_check_its_holder_and_one_without_a_passkey_get_calm_words(house, desk):
    desk.open("/sign-in")
    desk.press("Sign in with a passkey")
    desk.reads("No passkey was shown")
    assert desk.page.evaluate("document.activeElement.id") == "passkey-problem"
    desk.open(house.command("account", "invite-operator", "Odile"))
    desk.page.get_by_label("What do you call this device?").fill("Key")
    desk.check_holder(checked=False)
    desk.press("Make a passkey")
    desk.reads("Your link is still good")
    desk.check_holder(checked=True)
    desk.press("Make a passkey")
    desk.at("/operator")
