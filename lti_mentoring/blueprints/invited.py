"""What an invited person does with the link: looks, accepts or declines. Only a button changes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel import Locale
from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import PUBLIC, FormOutdated, requires, sign_out
from lti_mentoring.blueprints._account_session import (
    begin,
    find_account,
    is_visitor,
    keep_browser,
    visitor_field,
)
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.forms.inviting import AcceptForm, DeclineForm
from lti_mentoring.languages import spoken
from lti_mentoring.queries.inviting import invitation_view
from lti_mentoring.services import invited
from lti_mentoring.services.invited import Acceptance, InvitationRefused, note_opened, open_invitation

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.accounts import Holder
    from lti_mentoring.models import MentorInvitation
    from lti_mentoring.queries.inviting import InvitationView

bp = Blueprint("invited", __name__, url_prefix="/invitation")
explain(
    InvitationRefused.code,
    _l("This invitation cannot be used"),
    _l("It was answered or taken back, a newer link was sent, or it is older than fourteen days. "
       "Ask who invited you for a new one."),
    status=403,
)  # fmt: skip


@bp.get("")
@requires(PUBLIC)
def show() -> ResponseReturnValue:
    """Take the link's secret out of the address, where no server is told it. Uses nothing up."""
    return render("invited/show.html", "invited/show.html")


@bp.post("/open")
@requires(PUBLIC)
def look() -> ResponseReturnValue:
    """Say who invites to what, and what is kept."""
    token, now = _signed(), utcnow()
    with unit_of_work() as session:
        found = note_opened(session, token, now=now)
    form = AcceptForm(name=found.name)
    return _page(found, token, _with_languages(form, found), DeclineForm())


@bp.post("/accept")
@requires(PUBLIC)
def accept() -> ResponseReturnValue:
    """Become a mentor, and go on to a passkey."""
    token, now = _token_of_visitor(), utcnow()
    found = open_invitation(db.session(), token, now=now)
    form = _with_languages(AcceptForm(request.form), found)
    if not form.validate():
        return _page(found, token, form, DeclineForm(), 422)
    said = Acceptance(str(form.name.data), form.language.data)
    with unit_of_work() as session:
        secret = invited.accept(session, token, said, holder=_mentor_here(), now=now)
    response = redirect_or_hx(url_for("account.show"), told=_("Thank you. You are a mentor now."))
    sign_out(response)
    begin(response, secret)
    return response


@bp.post("/decline")
@requires(PUBLIC)
def decline() -> ResponseReturnValue:
    """Say no, with a reason or without."""
    token, now, form = _token_of_visitor(), utcnow(), DeclineForm(request.form)
    found = open_invitation(db.session(), token, now=now)
    if not form.validate():
        return _page(found, token, _with_languages(AcceptForm(name=found.name), found), form, 422)
    with unit_of_work() as session:
        invited.decline(session, token, form.reason.data or "", now=now)
    return render("invited/declined.html", "invited/declined.html")


def _token_of_visitor() -> str:
    if not is_visitor():
        raise FormOutdated
    return _signed()


def _signed() -> str:
    """Return the link's secret; whatever carries no signature of ours is refused without a look into the database."""
    token, signer = request.form.get("link", "").strip(), current_app.extensions["invitation_signer"]
    if not signer.made(token):
        raise InvitationRefused
    return token


def _mentor_here() -> Holder | None:
    """Return the outside mentor who is signed in in this browser."""
    holder = find_account()
    return holder if holder and holder.kind is AccountKind.MENTOR else None


def _with_languages(form: AcceptForm, found: MentorInvitation) -> AcceptForm:
    languages: tuple[str, ...] = current_app.extensions["languages"]
    form.language.choices = [(one, (Locale.parse(one).display_name or one).capitalize()) for one in languages]
    if not request.form.get("language"):
        form.language.data = spoken([found.locale, *request.accept_languages.values()])
    return form


def _page(
    found: MentorInvitation, token: str, form: AcceptForm, no: DeclineForm, status: int = 200
) -> ResponseReturnValue:
    view: InvitationView = invitation_view(db.session(), found)
    holder = _mentor_here()
    response = render(
        "invited/open.html",
        "invited/open.html",
        status,
        view=view,
        link=token,
        form=form,
        no=no,
        visitor=visitor_field(),
        holder=holder if holder and holder.institution_id == view.institution_id else None,
    )
    keep_browser(response)
    return response
