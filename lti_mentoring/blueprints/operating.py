"""The operator's pages: institutions, their platforms' state and administrators, our keys, the operators themselves.

No person of a course, no course and no work is shown here; tests/sweeps/test_operator.py holds every answer to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import OPERATOR, requires
from lti_mentoring.blueprints._account_session import current_account
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._passkey_first import may_change, passkey_first
from lti_mentoring.blueprints._tool import public_url
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.institutions import slug_of
from lti_mentoring.forms.accounts import ColleagueForm, InstitutionForm
from lti_mentoring.lti.keys import KeyTooNew
from lti_mentoring.queries import operating
from lti_mentoring.queries.accounts import accounts as accounts_of
from lti_mentoring.queries.health import waiting_work
from lti_mentoring.services import accounts
from lti_mentoring.services.administering import NameTaken, add_institution, rename_institution
from lti_mentoring.services.confirming import confirm_registration
from lti_mentoring.services.keys import rotate
from lti_mentoring.services.registering import invitation_url, invite

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.models import Account

bp = Blueprint("operating", __name__, url_prefix="/operator")
explain(
    KeyTooNew.code,
    _l("The next key is too new to sign"),
    _l("Some LMSs may not have seen it yet: a key is shown for a day before it signs. Nothing was changed. If the "
       "active key leaked, use the command line: lti-mentoring keys rotate --leaked"),
    status=409,
)  # fmt: skip
explain(
    NameTaken.code,
    _l("There is an institution of this name already"),
    _l("Nothing was changed. Give the new one a name that differs."),
)
explain(
    accounts.OwnAccount.code,
    _l("This is your own account"),
    _l("Nobody switches off themselves: a colleague does it."),
)


@bp.get("")
@requires(OPERATOR)
def home() -> ResponseReturnValue:
    """Show the institutions in numbers, and what waits for the workers."""
    return _home(InstitutionForm())


@bp.post("/institutions")
@requires(OPERATOR)
def add() -> ResponseReturnValue:
    """Make an institution."""
    form = InstitutionForm(request.form)
    if not form.validate():
        return _home(form, 422)
    name = str(form.name.data)
    with unit_of_work() as session:
        made = add_institution(session, name, slug_of(name), by=current_account(), now=utcnow())
    return redirect_or_hx(url_for(".show", institution_id=made.id), told=_("%(name)s is here.", name=made.name))


@bp.get("/institutions/<int:institution_id>")
@requires(OPERATOR)
def show(institution_id: int) -> ResponseReturnValue:
    """Show one institution."""
    return _institution(institution_id)


@bp.post("/institutions/<int:institution_id>/name")
@requires(OPERATOR)
def rename(institution_id: int) -> ResponseReturnValue:
    """Call it otherwise."""
    form = InstitutionForm(request.form)
    if not form.validate():
        return _institution(institution_id, 422, form=form)
    with unit_of_work() as session:
        found = rename_institution(session, institution_id, str(form.name.data), by=current_account(), now=utcnow())
    return redirect_or_hx(
        url_for(".show", institution_id=found.id), told=_("It is called %(name)s now.", name=found.name)
    )


@bp.post("/institutions/<int:institution_id>/invitation")
@requires(OPERATOR)
def invite_platform(institution_id: int) -> ResponseReturnValue:
    """Make an invitation for a platform and show its address, this once."""
    operating.institution(db.session(), institution_id, now=utcnow())
    with unit_of_work() as session:
        token = invite(session, institution_id, by=current_account(), now=utcnow())
    return _institution(institution_id, invitation=invitation_url(public_url(), token))


@bp.post("/institutions/<int:institution_id>/platforms/<int:registration_id>/confirm")
@requires(OPERATOR)
def confirm_platform(institution_id: int, registration_id: int) -> ResponseReturnValue:
    """Let a platform in that an administrator typed at an issuer that others use, too."""
    with unit_of_work() as session:
        found = confirm_registration(session, institution_id, registration_id, by=current_account(), now=utcnow())
    current_app.extensions["registration_memory"].forget()
    words = _("%(name)s is confirmed: its people are let in.", name=found.name)
    return redirect_or_hx(url_for(".show", institution_id=institution_id), told=words)


@bp.post("/institutions/<int:institution_id>/administrators")
@requires(OPERATOR)
def invite_administrator(institution_id: int) -> ResponseReturnValue:
    """Make an account for an administrator and show its one-time link, this once."""
    operating.institution(db.session(), institution_id, now=utcnow())
    if first := passkey_first(url_for(".show", institution_id=institution_id)):
        return first
    form = ColleagueForm(request.form)
    if not form.validate():
        return _institution(institution_id, 422, colleague=form)
    return _institution(institution_id, link=_new(AccountKind.ADMINISTRATOR, institution_id, form))


@bp.post("/institutions/<int:institution_id>/administrators/<int:account_id>/<any(link, off, on):what>")
@requires(OPERATOR)
def change_administrator(institution_id: int, account_id: int, what: str) -> ResponseReturnValue:
    """Make a new link for an administrator, or switch the account off or on."""
    accounts.colleague(db.session(), AccountKind.ADMINISTRATOR, institution_id, account_id)
    if first := passkey_first(url_for(".show", institution_id=institution_id)):
        return first
    link, words = _change(AccountKind.ADMINISTRATOR, institution_id, account_id, what)
    if link:
        return _institution(institution_id, link=link)
    return redirect_or_hx(url_for(".show", institution_id=institution_id), told=words)


@bp.get("/keys")
@requires(OPERATOR)
def keys() -> ResponseReturnValue:
    """Show our signing keys."""
    return render("operating/keys.html", "operating/keys.html", keys=operating.keys(db.session()))


@bp.post("/keys/rotate")
@requires(OPERATOR)
def rotate_keys() -> ResponseReturnValue:
    """Let the next key sign from now on."""
    with unit_of_work() as session:
        rotate(session, current_app.extensions["sealer"], by=current_account(), now=utcnow())
    current_app.extensions["signer"].forget()
    return redirect_or_hx(url_for(".keys"), told=_("The next key signs from now on."))


@bp.get("/accounts")
@requires(OPERATOR)
def operators() -> ResponseReturnValue:
    """Show the operators."""
    return _operators(ColleagueForm())


@bp.post("/accounts")
@requires(OPERATOR)
def invite_operator() -> ResponseReturnValue:
    """Make an account for another operator and show its one-time link, this once."""
    if first := passkey_first(url_for(".operators")):
        return first
    form = ColleagueForm(request.form)
    if not form.validate():
        return _operators(form, 422)
    return _operators(ColleagueForm(), link=_new(AccountKind.OPERATOR, None, form))


@bp.post("/accounts/<int:account_id>/<any(link, off, on):what>")
@requires(OPERATOR)
def change_operator(account_id: int, what: str) -> ResponseReturnValue:
    """Make a new link for a colleague, or switch the account off or on."""
    accounts.colleague(db.session(), AccountKind.OPERATOR, None, account_id)
    if first := passkey_first(url_for(".operators")):
        return first
    link, words = _change(AccountKind.OPERATOR, None, account_id, what)
    return _operators(ColleagueForm(), link=link) if link else redirect_or_hx(url_for(".operators"), told=words)


def _new(kind: AccountKind, institution_id: int | None, form: ColleagueForm) -> str:
    by, now = current_account(), utcnow()
    with unit_of_work() as session:
        made = accounts.add_account(session, kind, institution_id, str(form.colleague.data), by=by, now=now)
        return accounts.link_url(public_url(), accounts.make_link(session, made, by=by, now=now))


def _change(kind: AccountKind, institution_id: int | None, account_id: int, what: str) -> tuple[str, str]:
    by, now = current_account(), utcnow()
    with unit_of_work() as session:
        found: Account = accounts.colleague(session, kind, institution_id, account_id)
        if what == "link":
            return accounts.link_url(public_url(), accounts.make_link(session, found, by=by, now=now)), ""
        accounts.switch_account(session, found, on=what == "on", by=by, now=now)
        name = found.name
    return "", _("%(name)s may sign in again.", name=name) if what == "on" else _("%(name)s is kept out.", name=name)


def _home(form: InstitutionForm, status: int = 200) -> ResponseReturnValue:
    return render(
        "operating/home.html",
        "operating/home.html",
        status,
        lines=operating.institutions(db.session()),
        work=waiting_work(db.session(), now=utcnow()),
        form=form,
    )


def _institution(
    institution_id: int,
    status: int = 200,
    *,
    form: InstitutionForm | None = None,
    colleague: ColleagueForm | None = None,
    invitation: str = "",
    link: str = "",
) -> ResponseReturnValue:
    view = operating.institution(db.session(), institution_id, now=utcnow())
    return render(
        "operating/institution.html",
        "operating/institution.html",
        status,
        view=view,
        form=form or InstitutionForm(name=view.line.name),
        colleague=colleague or ColleagueForm(),
        invitation=invitation,
        link=link,
        fresh=may_change(),
    )


def _operators(form: ColleagueForm, status: int = 200, *, link: str = "") -> ResponseReturnValue:
    shown = accounts_of(db.session(), AccountKind.OPERATOR, None, you=current_account().account_id, now=utcnow())
    return render(
        "operating/accounts.html", "operating/accounts.html", status, accounts=shown, form=form, link=link,
        fresh=may_change(),
    )  # fmt: skip
