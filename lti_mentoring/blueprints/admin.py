"""The administrator's pages: platforms, people, the audit trail; of the own institution only."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import ADMINISTRATOR, PASSKEY_ADMINISTRATOR, SEATED, current_seat, requires
from lti_mentoring.blueprints._account_session import account_here
from lti_mentoring.blueprints._audit_words import choices, trouble_words
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._passkey_first import may_change, passkey_first
from lti_mentoring.blueprints._platform_words import change_words, permissions
from lti_mentoring.blueprints._tool import public_url
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.errors import NotFound
from lti_mentoring.forms.accounts import ColleagueForm
from lti_mentoring.lti.access import SCOPE_REGISTRATION, Access
from lti_mentoring.lti.dynamic_registration import RegistrationRefused, look_up
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.queries import administration
from lti_mentoring.queries import platforms as queries
from lti_mentoring.queries.accounts import accounts as accounts_of
from lti_mentoring.queries.administration import (
    AuditFilter,
    By,
    administrator_home,
    audit_trail,
    waits_for_confirmation,
)
from lti_mentoring.services import accounts
from lti_mentoring.services.administering import (
    LastAdministrator,
    OwnPlatform,
    confirm_administrator,
    decide_deployment,
    switch_registration,
    withdraw_administrator,
)
from lti_mentoring.services.registering import invitation_url, invite, note_granted

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from werkzeug.wrappers import Response

    from lti_mentoring.lti.dynamic_registration import Registered
    from lti_mentoring.lti.http import PlatformClient
    from lti_mentoring.lti.quirks import Catalogue

LONGEST_SEARCH = 100
bp = Blueprint("admin", __name__, url_prefix="/admin")
explain(
    OwnPlatform.code,
    _l("You came in through this platform"),
    _l("Switched off, it could not let you in to switch it on again. The operator can switch it off."),
)
explain(
    LastAdministrator.code,
    _l("There would be no administrator left"),
    _l("Confirm somebody else first; then this person can step down."),
)


@bp.get("/waiting")
@requires(SEATED)
def waiting() -> ResponseReturnValue:
    """Tell somebody whom the platform calls administrator who has to confirm that."""
    could = waits_for_confirmation(db.session(), current_seat())
    if could is None:
        raise NotFound
    return render("admin/waiting.html", "admin/waiting.html", could=could)


@bp.get("")
@requires(ADMINISTRATOR)
def home() -> ResponseReturnValue:
    """Show what waits, to whoever signed in without an LMS; from an LMS the first page is the same."""
    view = administrator_home(db.session(), current_seat())
    return render("home/administrator.html", "home/administrator.html", view=view)


@bp.get("/platforms")
@requires(ADMINISTRATOR)
def platforms() -> ResponseReturnValue:
    """Show the platforms, a page at a time, and what waits for a decision."""
    return _platforms(partial="admin/_platforms.html")


@bp.get("/platforms/<int:registration_id>")
@requires(ADMINISTRATOR)
def platform(registration_id: int) -> ResponseReturnValue:
    """Show one platform with all its deployments."""
    view = queries.platform(
        db.session(), current_seat(), registration_id, request.args.get("page", 1, type=row_number) or 1, now=utcnow()
    )
    return render("admin/platform.html", "admin/_deployments.html", view=view, **_words())


@bp.post("/platforms/invite")
@requires(ADMINISTRATOR)
def invite_platform() -> ResponseReturnValue:
    """Make an invitation and show its address, this once."""
    seat = current_seat()
    with unit_of_work() as session:
        token = invite(session, seat.institution_id, by=seat, now=utcnow())
    return _platforms(invitation=invitation_url(public_url(), token))


@bp.post("/platforms/<int:registration_id>/<any(on, off):state>")
@requires(ADMINISTRATOR)
def switch_platform(registration_id: int, state: str) -> ResponseReturnValue:
    """Switch a platform on or off."""
    seat = current_seat()
    with unit_of_work() as session:
        found = switch_registration(
            session, seat.institution_id, registration_id, on=state == "on", by=seat, now=utcnow()
        )
    words = _("%(name)s may launch again.", name=found.name)
    return _changed(words if state == "on" else _("%(name)s is switched off; its seats have ended.", name=found.name))


@bp.post("/platforms/<int:registration_id>/look-up")
@requires(ADMINISTRATOR)
def look_up_platform(registration_id: int) -> ResponseReturnValue:
    """Ask a platform what it allows now, where it keeps our registration for us to read."""
    seat = current_seat()
    kept = queries.kept_registration(db.session(), seat, registration_id)
    back = url_for("admin.platform", registration_id=registration_id)
    try:
        found = _look_up(kept)
        with unit_of_work() as session:
            stored = note_granted(session, seat.institution_id, registration_id, found, by=seat, now=utcnow())
            changed = [f"{one.field} ({one.after})" for one in change_words(stored.changes or ())]
    except (PlatformUnavailable, PlatformRefused, RegistrationRefused) as fault:
        what = trouble_words(str(fault.facts.get("reason") or fault.facts.get("reason_code") or fault.code))
        return redirect_or_hx(back, told=_("It did not say what it allows: %(what)s.", what=what))
    words = _("It allows what it allowed before.") if not changed else "; ".join(changed)
    return redirect_or_hx(back, told=words)


@bp.post("/deployments/<int:deployment_id>/<any(approve, refuse):decision>")
@requires(ADMINISTRATOR)
def decide(deployment_id: int, decision: str) -> ResponseReturnValue:
    """Let a deployment launch, or not."""
    seat, approve = current_seat(), decision == "approve"
    with unit_of_work() as session:
        found = decide_deployment(session, seat.institution_id, deployment_id, approve=approve, by=seat, now=utcnow())
    words = _("Deployment %(id)s may launch.", id=found.deployment_id)
    refused = _("Deployment %(id)s may not launch; who had Mentoring open there was sent away.", id=found.deployment_id)
    return _changed(words if approve else refused)


@bp.get("/platforms/<int:registration_id>/off")
@requires(ADMINISTRATOR)
def ask_to_switch_off(registration_id: int) -> ResponseReturnValue:
    """Ask first, where the browser has no dialog."""
    found = queries.platform(db.session(), current_seat(), registration_id, 1, now=utcnow()).one
    return render("admin/ask_off.html", "admin/ask_off.html", one=found)


@bp.get("/people/<int:administrator_id>/withdraw")
@requires(ADMINISTRATOR)
def ask_to_withdraw(administrator_id: int) -> ResponseReturnValue:
    """Ask first, where the browser has no dialog."""
    for found in administration.people(db.session(), current_seat()).confirmed:
        if found.id == administrator_id:
            return render("admin/ask_withdraw.html", "admin/ask_withdraw.html", one=found)
    raise NotFound


@bp.get("/people")
@requires(ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """Show who administers and who asks to."""
    return _people(ColleagueForm())


@bp.post("/people/accounts")
@requires(PASSKEY_ADMINISTRATOR)
def invite_colleague() -> ResponseReturnValue:
    """Make an account for a colleague who is to sign in without an LMS, and show its one-time link, this once."""
    if first := passkey_first(url_for(".people")):
        return first
    form, seat, now = ColleagueForm(request.form), current_seat(), utcnow()
    if not form.validate():
        return _people(form, 422)
    with unit_of_work() as session:
        made = accounts.add_account(
            session, AccountKind.ADMINISTRATOR, seat.institution_id, str(form.colleague.data), by=seat, now=now
        )
        token = accounts.make_link(session, made, by=seat, now=now)
    return _people(ColleagueForm(), link=accounts.link_url(public_url(), token))


@bp.post("/people/accounts/<int:account_id>/<any(link, off, on):what>")
@requires(PASSKEY_ADMINISTRATOR)
def change_colleague(account_id: int, what: str) -> ResponseReturnValue:
    """Make a new link for a colleague, or switch the account off or on."""
    seat, now = current_seat(), utcnow()
    # Nobody gets a link in an outside mentor's name: it would open what students wrote.
    also = () if what == "link" else (AccountKind.MENTOR,)
    whose = (AccountKind.ADMINISTRATOR, seat.institution_id, account_id, *also)
    accounts.colleague(db.session(), *whose)
    if first := passkey_first(url_for(".people")):
        return first
    with unit_of_work() as session:
        found = accounts.colleague(session, *whose)
        name = found.name
        if what == "link":
            token = accounts.make_link(session, found, by=seat, now=now)
        else:
            accounts.switch_account(session, found, on=what == "on", by=seat, now=now)
    if what == "link":
        return _people(ColleagueForm(), link=accounts.link_url(public_url(), token))
    words = _("%(name)s may sign in again.", name=name) if what == "on" else _("%(name)s is kept out.", name=name)
    return redirect_or_hx(url_for(".people"), told=words)


@bp.post("/people/<int:administrator_id>/<any(confirm, withdraw):decision>")
@requires(ADMINISTRATOR)
def decide_person(administrator_id: int, decision: str) -> ResponseReturnValue:
    """Confirm an administrator, or take the confirmation back."""
    seat, confirmed = current_seat(), decision == "confirm"
    act = confirm_administrator if confirmed else withdraw_administrator
    with unit_of_work() as session:
        act(session, seat.institution_id, administrator_id, by=seat, now=utcnow())
    words = _("Confirmed. They open Mentoring again from the LMS.") if confirmed else _("No longer an administrator.")
    return redirect_or_hx(url_for("admin.people"), told=words)


@bp.get("/audit")
@requires(ADMINISTRATOR)
def audit() -> ResponseReturnValue:
    """Show the audit trail, a page at a time."""
    wanted = AuditFilter(
        request.args.get("action", ""),
        request.args.get("thing", ""),
        request.args.get("before", type=row_number),
        request.args.get("by", type=By),
    )
    view = audit_trail(db.session(), current_seat(), wanted)
    everything = ("", _("Everything"))
    return render(
        "admin/audit.html",
        "admin/_trail.html",
        view=view,
        wanted=wanted,
        actions=choices(view.actions),
        things=[everything, *((thing, thing.replace("_", " ")) for thing in view.things)],
        whose=[
            everything,
            (By.PEOPLE.value, _("What people did")),
            (By.ITSELF.value, _("What Mentoring did by itself, or the operator")),
        ],
    )


def _people(form: ColleagueForm, status: int = 200, *, link: str = "") -> Response:
    seat, holder = current_seat(), account_here()
    kind, now = AccountKind.ADMINISTRATOR, utcnow()
    return render(
        "admin/people.html",
        "admin/people.html",
        status,
        view=administration.people(db.session(), seat),
        accounts=accounts_of(db.session(), kind, seat.institution_id, you=seat.account_id, now=now),
        outside=accounts_of(db.session(), AccountKind.MENTOR, seat.institution_id, you=None, now=now),
        form=form,
        link=link,
        by_passkey=holder is not None,
        fresh=holder is not None and may_change(),
        sign_in=public_url() + url_for("signing_in.show"),
    )


def _platforms(invitation: str = "", partial: str = "admin/platforms.html") -> Response:
    show = request.args.get("show", "")
    wish = queries.PlatformsWish(
        request.args.get("q", "").strip()[:LONGEST_SEARCH],
        show if show in queries.SHOWS else "",
        request.args.get("page", 1, type=row_number) or 1,
    )
    view = queries.platforms(db.session(), current_seat(), wish, now=utcnow())
    return render("admin/platforms.html", partial, view=view, wish=wish, invitation=invitation, **_words())


def _look_up(kept: queries.KeptRegistration) -> Registered:
    hosts = (urlsplit(url).hostname or "" for url in (kept.client_uri, kept.platform.token_url))
    held = current_app.extensions
    client: PlatformClient = held["platform_client"].only(hosts)
    access = Access(
        client, kept.platform, kept.deployment_id, (SCOPE_REGISTRATION,),
        signer=held["signer"], cache=held["tokens"], clock=utcnow,
    )  # fmt: skip
    return look_up(client, access, kept.client_uri)


def _words() -> dict[str, Callable[..., object]]:
    """Return what the pages of platforms ask in their own words: permissions, and a product's name."""
    products: Catalogue = current_app.extensions["quirks"]
    return {"permissions": permissions, "product_name": lambda code: products.of(code).name or code}


def _changed(words: str) -> Response:
    current_app.extensions["registration_memory"].forget()
    return redirect_or_hx(url_for("admin.platforms"), told=words)
