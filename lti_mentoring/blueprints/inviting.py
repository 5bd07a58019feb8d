"""The faculty's page of invitations: mentors who have no account in the course's system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._coming_in import mails_leave
from lti_mentoring.blueprints._failures import explain, say
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._wire import row_number
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.forms.inviting import InviteForm, fault_words
from lti_mentoring.queries.inviting import invitations_page
from lti_mentoring.queries.seats import track_of
from lti_mentoring.services import inviting
from lti_mentoring.services.inviting import (
    CannotInvite,
    InvitationSettled,
    Offer,
    Post,
    Sent,
    TooManyInvitations,
    TrackIsClosed,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask.typing import ResponseReturnValue

bp = Blueprint("inviting", __name__, url_prefix="/mentors/invitations")
explain(
    TooManyInvitations.code,
    _l("These are too many at once"),
    _l("Nobody was invited. At most %(most)s people can be invited together, and %(a_day)s a day in one track: "
       "send the others later."),
)  # fmt: skip
explain(
    InvitationSettled.code,
    _l("This invitation is settled already"),
    _l("It was answered or taken back meanwhile, or it has run out. Load the list again."),
    status=409,
)
explain(
    TrackIsClosed.code,
    _l("This track is closed"),
    _l("Nobody was invited. Open the track again first, or invite to the next one."),
    status=409,
)


@bp.get("")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show the form, and who was invited."""
    return _page(InviteForm())


@bp.post("")
@requires(FACULTY)
def invite() -> ResponseReturnValue:
    """Invite people; where one cannot be invited nobody is, and nothing that was typed is lost."""
    form = InviteForm(request.form)
    if not form.validate():
        return _page(form, 422)
    offer = Offer(form.places.data or 0, form.field.data or "", form.note.data or "")
    try:
        with unit_of_work() as session:
            seat = current_seat()
            track = track_of(session, seat)
            sent = inviting.invite(session, seat, track, form.pasted().invitees, offer, _post(), now=utcnow())
    except CannotInvite as refused:
        form.whom.errors = fault_words(refused.entries)
        return _page(form, 422)
    except TooManyInvitations as refused:
        form.whom.errors = [say(refused)]
        return _page(form, 422)
    return _told(
        sent, ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", len(sent))
    )


@bp.post("/<int:invitation_id>/again")
@requires(FACULTY)
def again(invitation_id: int) -> ResponseReturnValue:
    """Send a new link; the older one is dead."""
    with unit_of_work() as session:
        seat = current_seat()
        sent = inviting.send_again(session, seat, track_of(session, seat), invitation_id, _post(), now=utcnow())
    return _told([sent], _("A new link is on its way; the older one opens nothing any more."))


@bp.post("/<int:invitation_id>/take-back")
@requires(FACULTY)
def take_back(invitation_id: int) -> ResponseReturnValue:
    """Take an invitation back."""
    with unit_of_work() as session:
        taken = inviting.take_back(session, current_seat(), invitation_id, now=utcnow())
        name = taken.name or taken.address
    told = _("The invitation of %(name)s is taken back. Its link opens nothing any more.", name=name)
    return redirect_or_hx(url_for(".show"), told=told)


def _post() -> Post:
    held = current_app.extensions
    return Post(held["sealer"], held["invitation_signer"], held["settings"].public_url, by_mail=mails_leave())


def _told(sent: Sequence[Sent], words: str) -> ResponseReturnValue:
    """Say that mails leave; where none can, show each link, once."""
    links = [one for one in sent if one.link]
    return _page(InviteForm(), links=links) if links else redirect_or_hx(url_for(".show"), told=words)


def _page(form: InviteForm, status: int = 200, links: Sequence[Sent] = ()) -> ResponseReturnValue:
    track = track_of(db.session(), current_seat())
    number = request.args.get("page", 1, type=row_number) or 1
    page = invitations_page(db.session(), track, number=number, now=utcnow())
    return render(
        "inviting/show.html",
        "inviting/show.html",
        status,
        page=page,
        form=form,
        links=links,
        by_mail=mails_leave(),
        track=track,
    )
