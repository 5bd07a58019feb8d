"""Registering a platform, or mending that, by LTI Dynamic Registration: a page that says who asks for what, a button.

The page stands in a frame or a window of the platform and needs no cookie: the invitation in the address and the
secret in the form are the proof.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Blueprint, current_app, g, request
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import PLATFORM, requires
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._headers import frame_by
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._platform_words import change_words, permissions
from lti_mentoring.blueprints._problems import problem_page
from lti_mentoring.blueprints._tool import scope_words, tool_description
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.errors import MentoringError, Refused
from lti_mentoring.lti.dynamic_registration import (
    Registered,
    fetch_configuration,
    fetch_registration,
    is_for_mending,
    register,
    registration_request,
    wanted_scopes,
)
from lti_mentoring.queries.frames import origin_of
from lti_mentoring.services.registering import (
    InvitationRefused,
    RegistrationShared,
    RegistrationTaken,
    check_description,
    check_source,
    claim,
    complete,
    foresee,
    offer,
    open_invitation,
    release,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.lti.dynamic_registration import PlatformConfiguration
    from lti_mentoring.lti.http import PlatformClient
    from lti_mentoring.lti.quirks import Catalogue, Joining
    from lti_mentoring.services.registering import ClaimedOffer

bp = Blueprint("registering", __name__, url_prefix="/lti")
log = logging.getLogger("lti_mentoring.registration")

LONGEST_ADDRESS = 2000
explain(
    InvitationRefused.code,
    _l("This invitation cannot be used"),
    _l(
        "It was used by another LMS already, it is older than a week, or its address was cut short. Nothing was "
        "registered. Ask who gave it to you for a new one."
    ),
    status=403,
)
explain(
    "registration_not_started",
    _l("Paste this address into your LMS"),
    _l(
        "It is an invitation to register Mentoring, and belongs where your LMS takes a tool by its registration "
        "address. Opened by hand it does nothing. The page Register by hand says where that is in each LMS."
    ),
)
explain(
    RegistrationTaken.code,
    _l("This LMS is registered for another institution"),
    _l("Nothing was changed. The operator of this installation can say for which."),
)
explain(
    RegistrationShared.code,
    _l("Others share this platform"),
    _l("Its addresses are the keys to their courses, too. Whoever runs Mentoring can change them."),
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
    now, catalogue = utcnow(), _catalogue()
    invitation = request.args.get("invitation", "")
    opened = open_invitation(db.session(), invitation, now=now)
    address = request.args.get("openid_configuration", "")[:LONGEST_ADDRESS]
    token = request.args.get("registration_token", "") or None
    if not address:
        raise RegistrationNotStarted
    check_source(db.session(), opened, address, catalogue)
    _frame_by(address)
    try:
        found = fetch_configuration(_client(urlsplit(address).hostname or ""), address, token, catalogue)
        check_description(db.session(), opened, found, catalogue)
        joining = _joining(found)
        known = _known(found, token, joining)
        mends = foresee(db.session(), opened, found, known)
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
        software=catalogue.of(found.product_family).name or found.product_family,
        wants=scope_words(wanted_scopes(found)),
        mends=mends.registration.name if mends else None,
        changes=change_words(mends.changes or ()) if mends else [],
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
    said = claimed.configuration
    _frame_by(said.issuer, said.auth_url, said.registration_url)
    try:
        registered = _register(claimed)
        with unit_of_work() as session:
            stored = complete(session, claimed, registered, now=utcnow())
    except MentoringError as failure:
        with unit_of_work() as session:
            release(session, claimed.invitation_id, now=utcnow())
        return _failed(failure)
    current_app.extensions["registration_memory"].forget()
    asked = set(wanted_scopes(said))
    return render(
        "lti/registered.html",
        "lti/registered.html",
        name=stored.registration.name,
        is_on=stored.registration.state.value == "active",
        changes=None if stored.changes is None else change_words(stored.changes),
        permissions=permissions(registered.granted_scopes, asked),
        deployment_known=registered.deployment_id is not None,
        joining=_joining(said),
    )


def _register(claimed: ClaimedOffer) -> Registered:
    said = claimed.configuration
    body = registration_request(said, tool_description(), _joining(said))
    return register(_client(*said.hosts), said, body, claimed.registration_token)


def _known(found: PlatformConfiguration, token: str | None, joining: Joining) -> str | None:
    """Return the client id that a token for mending stands for: only such a token may be shown twice."""
    if token is None or not is_for_mending(token, joining):
        return None
    return fetch_registration(_client(*found.hosts), found, token).client_id


def _catalogue() -> Catalogue:
    return cast("Catalogue", current_app.extensions["quirks"])


def _joining(found: PlatformConfiguration) -> Joining:
    return _catalogue().of(found.product_family).joining


def _client(*hosts: str) -> PlatformClient:
    """Return the client for these hosts and no other."""
    client: PlatformClient = current_app.extensions["platform_client"]
    return client.only(hosts)


def _failed(failure: MentoringError) -> ResponseReturnValue:
    log.warning("registration failed", extra={"code": failure.code, "facts": failure.facts})
    if isinstance(failure, RegistrationTaken | RegistrationShared):
        return problem_page(failure.code, failure.status)
    return problem_page("registration_failed", 502, code=f"{g.request_id} {failure.facts.get('reason', failure.code)}")


def _frame_by(*addresses: str) -> None:
    frame_by(sorted({origin for address in addresses if (origin := origin_of(address))}))
