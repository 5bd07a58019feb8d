"""A mentor without an account in the LMS, on a phone: invited, accepts, makes a passkey, and comes again by mail."""

from dataclasses import replace

import pytest
from factories.browser import forget_request
from factories.outside import invite, mailed
from factories.world import World, mentorship
from fixtures.applications import connected_app, settings_for
from fixtures.serving import served
from platforms.fixtures import free_port
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.models import Mail, Mentor, MentorInvitation, Passkey, SignInLink, SignInRequest
from lti_mentoring.tasks.mailed_links import answer

pytestmark = pytest.mark.chromium
DEVICE = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip
ADDRESS = "vera@clinic.example"


class Phone:
    """A narrow browser with a device that holds passkeys."""

    def __init__(self, chromium, url):
        self.url = url
        self.context = chromium.new_context(viewport={"width": 360, "height": 740}, reduced_motion="reduce")
        self.page = self.context.new_page()
        self.said = []
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("console", lambda said: "Content Security" in said.text and self.said.append(said.text))
        devices = self.context.new_cdp_session(self.page)
        devices.send("WebAuthn.enable")
        devices.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})

    def open(self, path):
        return self.page.goto(f"{self.url}{path}")

    def press(self, name):
        self.page.get_by_role("button", name=name, exact=True).click()

    def reads(self, words):
        self.page.get_by_text(words).first.wait_for(timeout=20_000)

    def at(self, path):
        self.page.wait_for_url(lambda url: url.partition("?")[0] == f"{self.url}{path}", timeout=20_000)


@pytest.fixture
def house(sqlite_copies, tmp_path):
    """The tool on ``localhost``, as in the demonstration: mails are shown, and none leaves."""
    url, port = sqlite_copies.fresh(), free_port()
    settings = replace(settings_for(url, tmp_path), public_url=f"http://localhost:{port}", show_mails=True)
    with connected_app(settings) as app, app.app_context(), served(app, port):
        yield app
    sqlite_copies.drop(url)


@pytest.fixture
def session(house):
    return house.extensions["sqlalchemy"].session()


@pytest.fixture
def phone(chromium, house):
    made = Phone(chromium, house.extensions["settings"].public_url)
    yield made
    made.context.close()
    assert made.said == []


def fetch(session, *wanted):
    forget_request()
    session.rollback()
    return session.scalars(select(*wanted)).all()


def link_by_mail(session, phone):
    """Ask for a link on the page; return the secret in the mail."""
    phone.open("/sign-in")
    phone.page.get_by_label("Your e-mail address").fill(ADDRESS)
    phone.press("E-mail me a link")
    phone.reads("Look into your mail")
    number = fetch(session, SignInRequest.id)[-1]
    session.rollback()
    answer(number)
    mails = fetch(session, Mail)
    return mailed(session, next(one for one in reversed(mails) if one.kind == "sign_in_link"))


def test_from_the_invitation_to_the_second_visit_and_another_device(session, chromium, phone):
    world = World(session)
    _invitation, token = invite(session, world, ADDRESS, now=utcnow())
    session.commit()

    phone.open(f"/invitation#{token}")
    phone.reads("asks you to be a mentor")
    assert "#" not in phone.page.evaluate("location.href")  # the secret is out of the address
    assert [one.accepted_at for one in fetch(session, MentorInvitation)] == [None]  # and looking used nothing up
    phone.page.get_by_label("Your name").fill("Dr Vera Outside")
    phone.press("Accept and go on")
    phone.at("/account")
    phone.page.get_by_label("What do you call this device?").fill("Vera's phone")
    phone.press("Add a passkey")
    phone.reads("Vera's phone is on your list")
    assert len(fetch(session, Passkey)) == 1

    made = next(one for one in fetch(session, Mentor) if one.person.email == ADDRESS)
    mentorship(session, made, world.another_student(name="Mina Mentee"))
    session.commit()
    phone.page.get_by_role("link", name="Your students", exact=True).click()
    phone.at("/")
    phone.reads("Mina Mentee")
    assert world.student.name not in phone.page.content()
    assert phone.page.evaluate("document.documentElement.scrollWidth <= 360")

    phone.open("/account")
    phone.press("Sign out")
    phone.at("/sign-in")
    assert phone.open("/my-students").status == 401
    phone.open("/sign-in")
    phone.press("Sign in with a passkey")
    phone.at("/")
    phone.open("/account")
    phone.press("Sign out")
    phone.at("/sign-in")

    phone.open(f"/sign-in/mail#{link_by_mail(session, phone)}")  # the browser that asked: nothing more to press
    phone.at("/")
    phone.reads("Mina Mentee")
    assert all(one.used_at for one in fetch(session, SignInLink))

    secret = link_by_mail(session, phone)
    tablet = Phone(chromium, phone.url)
    tablet.open(f"/sign-in/mail#{secret}")
    tablet.reads("Sign in on this device?")
    assert [bool(one.used_at) for one in fetch(session, SignInLink)] == [True, False]  # a scanner would get so far
    tablet.press("Sign in on this device")
    tablet.at("/")
    assert tablet.said == []
    tablet.context.close()
    phone.open(f"/sign-in/mail#{secret}")
    phone.reads("This link cannot be used any more")
