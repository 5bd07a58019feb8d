"""Registering a platform by LTI Dynamic Registration: one page that says who asks and for what, and one button.

The page stands in a frame or a window of the platform and needs no cookie: the invitation in the address and the
secret in the form are the proof.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, request
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import PLATFORM, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._headers import frame_by
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._problems import problem_page
from lti_mentoring.blueprints._tool import scope_words, tool_description
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import MentoringError, Refused
from lti_mentoring.lti.dynamic_registration import (
    Registered,
    fetch_configuration,
    register,
    registration_request,
    wanted_scopes,
)
from lti_mentoring.queries.frames import origin_of
from lti_mentoring.services.registering import (
    InvitationRefused,
    RegistrationTaken,
    claim,
    complete,
    offer,
    open_invitation,
    release,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.services.registering import ClaimedOffer

bp = Blueprint("registering", __name__, url_prefix="/lti")
log = logging.getLogger("lti_mentoring.registration")

LONGEST_ADDRESS = 2000
explain(
    InvitationRefused.code,
    _l("This invitation cannot be used"),
    _l(
        "It was used already, it is older than a week, or its address was cut short. Nothing was registered. "
        "Ask who gave it to you for a new one."
    ),
    status=403,
)
explain(
    "registration_not_started",
    _l("Paste this address into your LMS"),
    _l(
        "It is an invitation to register Mentoring. In Moodle: Site administration, Plugins, External tool, "
        "Manage tools. In Canvas: Developer keys, LTI registration. Opened by hand it does nothing."
    ),
)
explain(
    RegistrationTaken.code,
    _l("This LMS is registered for another institution"),
    _l("Nothing was changed. The operator of this installation can say for which."),
)
explain(
    "registration_failed",
    _l("The LMS did not finish the registration"),
    _l(
        "Nothing was registered, and your invitation still holds: start once more in your LMS with the same address. "
        "If it happens again, show the operator of this installation the code below."
    ),
    status=502,
)


class RegistrationNotStarted(Refused):
    """Somebody opened the invitation's address by hand."""

    code = "registration_not_started"


@bp.get("/register")
@requires(PLATFORM)
def ask() -> ResponseReturnValue:
    """Show who asks and for what; before the invitation proved good, nothing is fetched."""
    now = utcnow()
    invitation = request.args.get("invitation", "")
    open_invitation(db.session(), invitation, now=now)
    address = request.args.get("openid_configuration", "")[:LONGEST_ADDRESS]
    token = request.args.get("registration_token", "") or None
    if not address:
        raise RegistrationNotStarted
    _frame_by(address)
    try:
        found = fetch_configuration(current_app.extensions["platform_client"], address, token)
    except MentoringError as failure:
        return _failed(failure)
    with unit_of_work() as session:
        secret = offer(session, current_app.extensions["sealer"], invitation, found, token, now=now)
    _frame_by(address, found.issuer, found.auth_url)
    return render(
        "lti/register.html",
        "lti/register.html",
        found=found,
        host=urlsplit(found.issuer).hostname,
        wants=scope_words(wanted_scopes(found)),
        invitation=invitation,
        secret=secret,
    )


@bp.post("/register")
@requires(PLATFORM)
def confirm() -> ResponseReturnValue:
    """Register, after somebody read the page and pressed the button; a second press is refused."""
    invitation, secret = request.form.get("invitation", ""), request.form.get("confirm", "")
    with unit_of_work() as session:
        claimed = claim(session, current_app.extensions["sealer"], invitation, secret, now=utcnow())
    _frame_by(claimed.configuration.issuer, claimed.configuration.auth_url, claimed.configuration.registration_url)
    try:
        registered = _register(claimed)
        with unit_of_work() as session:
            made = complete(session, claimed, registered, now=utcnow())
    except MentoringError as failure:
        with unit_of_work() as session:
            release(session, claimed.invitation_id, now=utcnow())
        return _failed(failure)
    current_app.extensions["registration_memory"].forget()
    return render(
        "lti/registered.html",
        "lti/registered.html",
        name=made.name,
        grants=scope_words(registered.granted_scopes),
        missing=scope_words(set(wanted_scopes(claimed.configuration)) - registered.granted_scopes),
        deployment_known=registered.deployment_id is not None,
    )


def _register(claimed: ClaimedOffer) -> Registered:
    body = registration_request(claimed.configuration, tool_description())
    client = current_app.extensions["platform_client"]
    return register(client, claimed.configuration, body, claimed.registration_token)


def _failed(failure: MentoringError) -> ResponseReturnValue:
    log.warning("registration failed", extra={"code": failure.code, "facts": failure.facts})
    if isinstance(failure, RegistrationTaken):
        return problem_page(failure.code, failure.status)
    return problem_page("registration_failed", 502, code=f"{g.request_id} {failure.facts.get('reason', failure.code)}")


def _frame_by(*addresses: str) -> None:
    frame_by(sorted({origin for address in addresses if (origin := origin_of(address))}))
