"""Accounts that sign in without an LMS, with passkeys on a device of the test's own."""

from factories.browser import SignedInClient
from factories.world import NOON
from fakes.authenticator import Authenticator

from lti_mentoring import passkeys as border
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.models import ChallengeUse
from lti_mentoring.passkeys import Site
from lti_mentoring.queries.accounts import find_holder
from lti_mentoring.services import accounts, passkeys

SITE = Site("localhost", "https://localhost")
BROWSER, SOURCE = "secret-of-a-browser", "hash-of-an-address"


def operator(session, name="Odile Operator", now=NOON):
    return accounts.add_account(session, AccountKind.OPERATOR, None, name, by=None, now=now)


def administrator(session, of, name="Ada Administrator", now=NOON):
    return accounts.add_account(session, AccountKind.ADMINISTRATOR, of.id, name, by=None, now=now)


def challenge(session, use, account=None, *, browser=BROWSER, source=SOURCE, now=NOON):
    return passkeys.make_challenge(session, use, browser=browser, source=source, account=account, now=now)


def asked_to_enrol(session, account, **options):
    made = challenge(session, ChallengeUse.ENROL, account, **options)
    return border.ask_to_enrol(
        SITE, made, tool="Mentoring", name=account.name, user_handle=account.user_handle, known=[]
    )


def asked_to_sign_in(session, use=ChallengeUse.SIGN_IN, account=None, **options):
    return border.ask_to_sign_in(SITE, challenge(session, use, account, **options))


def enrolled(session, account, device=None, now=NOON):
    """Let the account make a passkey by a link; return its device and the browser's secret."""
    device = device or Authenticator()
    token = accounts.make_link(session, account, by=None, now=now)
    answer = border.read_enrolment(device.create(asked_to_enrol(session, account, now=now)), SITE)
    return device, passkeys.enrol_by_link(session, token, answer, "My laptop", SITE, now=now)


def signed_in(session, account, now=NOON):
    """Let the account have a passkey and be signed in; return its device, its holder and the browser's secret."""
    device, secret = enrolled(session, account, now=now)
    return device, find_holder(session, secret, now=now), secret


def come_in(app, session, account):
    """Let the account sign in now (committing what there is so far); return its client, with its device."""
    device, _holder, secret = signed_in(session, account, now=utcnow())
    session.commit()
    client = SignedInClient(app, secret)
    client.device = device
    assert client.proof()
    return client
