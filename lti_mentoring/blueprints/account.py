"""One's own account: passkeys, the check in between, and signing out everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring import passkeys as border
from lti_mentoring.blueprints._access import SIGNED_IN, find_seat, requires
from lti_mentoring.blueprints._account_session import bind_browser, current_account, site, source
from lti_mentoring.blueprints._coming_in import mails_leave
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._passkey_asked import answered, asked, signed_out, wanted_of_a_new_passkey
from lti_mentoring.blueprints._passkey_first import may_change, passkey_first, way_back
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.accounts import PasskeyForm
from lti_mentoring.models import Account, ChallengeUse
from lti_mentoring.queries.accounts import own_account
from lti_mentoring.queries.profiles import profile_of
from lti_mentoring.services import passkeys
from lti_mentoring.services.accounts import end_all_sessions

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.profiles import Part

bp = Blueprint("account", __name__, url_prefix="/account")
explain(
    passkeys.LastPasskey.code,
    _l("This is your only passkey"),
    _l("Without it you could not come in. Add another one first; then this one can go."),
)
explain(
    passkeys.CheckNeeded.code,
    _l("Show your passkey again first"),
    _l("Nothing was changed. Passkeys and colleagues change only within five minutes of showing a passkey."),
    status=403,
)


@bp.get("")
@requires(SIGNED_IN)
def show() -> ResponseReturnValue:
    """Show one's own passkeys."""
    return _page(PasskeyForm())


@bp.post("/passkeys/ask")
@requires(SIGNED_IN)
def ask_for_one_more() -> ResponseReturnValue:
    """Say what the browser shall ask for a further passkey."""
    holder, now = current_account(), utcnow()
    passkeys.need_fresh_check(holder, now=now)
    with unit_of_work() as session:
        account = session.get_one(Account, holder.account_id)
        wanted = wanted_of_a_new_passkey(session, account, now=now)
    return asked(wanted)


@bp.post("/passkeys")
@requires(SIGNED_IN)
def add() -> ResponseReturnValue:
    """Keep a further passkey."""
    if first := passkey_first(url_for(".show")):
        return first
    holder, form = current_account(), PasskeyForm(request.form)
    if not form.validate():
        return _page(form, 422)
    answer = border.read_enrolment(request.form.get("credential", ""), site())
    answered(answer, ChallengeUse.ENROL, holder.account_id)
    with unit_of_work() as session:
        made = passkeys.add_passkey(session, holder, answer, str(form.name.data), site(), now=utcnow())
    return redirect_or_hx(url_for(".show"), told=_("%(name)s is on your list.", name=made.name))


@bp.get("/passkeys/<int:passkey_id>/remove")
@requires(SIGNED_IN)
def ask_to_remove(passkey_id: int) -> ResponseReturnValue:
    """Ask first."""
    for found in own_account(db.session(), current_account(), now=utcnow()).passkeys:
        if found.id == passkey_id:
            return render("account/ask_remove.html", "account/ask_remove.html", one=found)
    raise NotFound


@bp.post("/passkeys/<int:passkey_id>/remove")
@requires(SIGNED_IN)
def remove(passkey_id: int) -> ResponseReturnValue:
    """Remove a passkey, with every session that it opened."""
    holder = current_account()
    if passkey_id not in {one.id for one in own_account(db.session(), holder, now=utcnow()).passkeys}:
        raise NotFound
    if first := passkey_first(url_for(".show")):
        return first
    with unit_of_work() as session:
        gone = passkeys.remove_passkey(session, holder, passkey_id, now=utcnow(), by_mail=_comes_in_by_mail())
    words = _("%(name)s is removed.", name=gone.name)
    return signed_out(words) if passkey_id == holder.passkey_id else redirect_or_hx(url_for(".show"), told=words)


@bp.get("/check")
@requires(SIGNED_IN)
def check() -> ResponseReturnValue:
    """Ask for the passkey again."""
    view = own_account(db.session(), current_account(), now=utcnow())
    return render("account/check.html", "account/check.html", back=way_back(), has_passkey=bool(view.passkeys))


@bp.post("/check/ask")
@requires(SIGNED_IN)
def ask_again() -> ResponseReturnValue:
    """Say what the browser shall ask the passkey."""
    holder = current_account()
    with unit_of_work() as session:
        account = session.get_one(Account, holder.account_id)
        challenge = passkeys.make_challenge(
            session, ChallengeUse.CHECK, browser=bind_browser(), source=source(), account=account, now=utcnow()
        )
    return asked(border.ask_to_sign_in(site(), challenge))


@bp.post("/check")
@requires(SIGNED_IN)
def checked() -> ResponseReturnValue:
    """Go on where the passkey was asked for."""
    holder = current_account()
    answer = border.read_sign_in(request.form.get("credential", ""), site())
    answered(answer, ChallengeUse.CHECK, holder.account_id)
    with unit_of_work() as session:
        passkeys.check(session, holder, answer, site(), now=utcnow())
    return redirect_or_hx(way_back(), told=_("Thank you. For five minutes you can make changes here."))


@bp.post("/sessions/end")
@requires(SIGNED_IN)
def end_everywhere() -> ResponseReturnValue:
    """Sign out in every browser."""
    with unit_of_work() as session:
        end_all_sessions(session, current_account(), now=utcnow())
    return signed_out(_("You are signed out everywhere."))


def _page(form: PasskeyForm, status: int = 200) -> ResponseReturnValue:
    view = own_account(db.session(), current_account(), now=utcnow())
    return render(
        "account/show.html",
        "account/show.html",
        status,
        view=view,
        form=form,
        fresh=may_change(),
        me=current_account(),
        by_mail=_comes_in_by_mail(),
        missing=_missing_in_profile(),
    )


def _missing_in_profile() -> tuple[Part, ...]:
    """Return what an outside mentor, who sits in a course, has not said of themselves yet."""
    seat = find_seat()
    if seat is None or current_account().kind is not AccountKind.MENTOR:
        return ()
    return profile_of(db.session(), seat.institution_id, seat.person_id).missing


def _comes_in_by_mail() -> bool:
    """Tell whether this account has another way in than its passkeys."""
    return current_account().kind is AccountKind.MENTOR and mails_leave()
