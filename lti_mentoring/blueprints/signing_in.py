"""Signing in without an LMS by passkey, and the first time by a one-time link. No password, no puzzle, no memory.

The pages only show; challenges are made when the button is pressed, and a link is used up when its passkey is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring import passkeys as border
from lti_mentoring.blueprints._access import PUBLIC, SIGNED_IN, requires
from lti_mentoring.blueprints._account_session import bind_browser, current_account, site, source
from lti_mentoring.blueprints._coming_in import sign_in_page, welcome
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._passkey_asked import answered, asked, signed_out, wanted_of_a_new_passkey
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.forms.accounts import MailForm, PasskeyForm
from lti_mentoring.models import ChallengeUse
from lti_mentoring.services import accounts, passkeys
from lti_mentoring.services.accounts import LinkRefused, open_link

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


bp = Blueprint("signing_in", __name__)
AGAIN = _l("Nothing was changed. Go back to the page, load it again, and show your passkey once more.")
explain(border.PasskeyNotRead.code, _l("Your passkey's answer could not be read"), AGAIN)
explain(
    border.PasskeyOtherSite.code,
    _l("This passkey was shown at another address"),
    _l("Nothing was changed. Open Mentoring at its own address and sign in there; "
       "do not sign in on a page that somebody sent you."),
)  # fmt: skip
explain(
    border.PasskeyOtherHost.code,
    _l("This passkey belongs to another site"),
    _l("Nothing was changed. Choose the passkey that you made for Mentoring."),
)
explain(
    border.PasskeyPersonNotChecked.code,
    _l("Your device did not check that it is you"),
    _l("Set a PIN, a fingerprint or your face on the device, then show your passkey again."),
)
explain(
    border.PasskeyNotProved.code,
    _l("This passkey could not be confirmed"),
    _l("Nothing was changed. Try once more. If it happens again, ask a colleague for a new link."),
)
explain(passkeys.ChallengeUnknown.code, _l("This answer was used already"), AGAIN)
explain(passkeys.ChallengeTooOld.code, _l("That took longer than five minutes"), AGAIN)
explain(
    passkeys.ChallengeOfAnotherBrowser.code,
    _l("Another browser was asked"),
    _l("Nothing was changed. Sign in in the browser in which you began; it must keep cookies."),
)
explain(
    passkeys.PasskeyUnknown.code,
    _l("Nobody here has this passkey"),
    _l("It may have been removed, or it belongs to another account. Choose another one, or ask a colleague for a "
       "new link."),
)  # fmt: skip
explain(
    passkeys.PasskeyCopied.code,
    _l("This passkey may have been copied"),
    _l("Its counter did not move on, so it was not let in. Sign in with another passkey and remove this one, or "
       "ask a colleague for a new link."),
)  # fmt: skip
explain(
    passkeys.PasskeyKnown.code, _l("This passkey is on your list already"), _l("Use another device for a further one.")
)
explain(
    passkeys.AccountDisabled.code,
    _l("This account is switched off"),
    _l("A colleague who signs in here, or the operator, can switch it on again."),
    status=403,
)
explain(
    LinkRefused.code,
    _l("This link cannot be used"),
    _l("It was used already, a newer one was made, or it is older than a day. Ask who gave it to you for a new one."),
    status=403,
)


@bp.get("/sign-in")
@requires(PUBLIC)
def show() -> ResponseReturnValue:
    """Offer to sign in."""
    return sign_in_page(MailForm())


@bp.post("/sign-in/ask")
@requires(PUBLIC)
def ask() -> ResponseReturnValue:
    """Say what the browser shall ask the passkey."""
    with unit_of_work() as session:
        challenge = passkeys.make_challenge(
            session, ChallengeUse.SIGN_IN, browser=bind_browser(), source=source(), now=utcnow()
        )
    return asked(border.ask_to_sign_in(site(), challenge))


@bp.post("/sign-in")
@requires(PUBLIC)
def sign_in() -> ResponseReturnValue:
    """Let in whoever's passkey proves good."""
    answer = border.read_sign_in(request.form.get("credential", ""), site())
    answered(answer, ChallengeUse.SIGN_IN, None)
    with unit_of_work() as session:
        token = passkeys.sign_in(session, answer, site(), now=utcnow())
    return welcome(token, request.form.get("back", ""))


@bp.get("/sign-in/link")
@requires(PUBLIC)
def link() -> ResponseReturnValue:
    """Offer to make a passkey. The link's secret is behind the # of the address: it is not told to this page."""
    return render("signing_in/link.html", "signing_in/link.html", form=PasskeyForm())


@bp.post("/sign-in/link/ask")
@requires(PUBLIC)
def ask_by_link() -> ResponseReturnValue:
    """Say what the browser shall ask for a new passkey; the link is still good afterwards."""
    now = utcnow()
    with unit_of_work() as session:
        _link, account = open_link(session, request.form.get("link", ""), now=now)
        wanted = wanted_of_a_new_passkey(session, account, now=now)
    return asked(wanted)


@bp.post("/sign-in/link")
@requires(PUBLIC)
def use_link() -> ResponseReturnValue:
    """Keep the new passkey, use the link up, and let its holder in."""
    token, form = request.form.get("link", ""), PasskeyForm(request.form)
    _link, account = open_link(db.session(), token, now=utcnow())
    if not form.validate():
        return render("signing_in/link.html", "signing_in/link.html", 422, form=form, link=token)
    answer = border.read_enrolment(request.form.get("credential", ""), site())
    answered(answer, ChallengeUse.ENROL, account.id)
    with unit_of_work() as session:
        secret = passkeys.enrol_by_link(session, token, answer, str(form.name.data), site(), now=utcnow())
    return welcome(secret)


@bp.post("/sign-out")
@requires(SIGNED_IN)
def leave() -> ResponseReturnValue:
    """End the session in this browser."""
    with unit_of_work() as session:
        accounts.end_session(session, current_account(), now=utcnow())
    return signed_out(_("You are signed out."))
