"""Registering platforms: one-time invitations, LTI Dynamic Registration in its steps, and registration by hand.

Nothing is fetched from anywhere before an invitation proved good; nothing is registered before somebody confirmed.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, update

from lti_mentoring.domain.copying import COPY_VARIABLES
from lti_mentoring.domain.groups import GROUP_VARIABLES
from lti_mentoring.errors import MentoringError, Refused
from lti_mentoring.lti.dynamic_registration import PlatformConfiguration, Registered, ToolDescription
from lti_mentoring.models import (
    Deployment,
    DeploymentApproval,
    Institution,
    Invitation,
    Registration,
    RegistrationState,
)
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.services import auditing
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Actor
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.sealing import Sealer

INVITATION_LASTS = timedelta(days=7)
SECRET_BYTES = 32


class InvitationRefused(MentoringError):
    """No invitation, or one that is used or too old; the answer is the same for all three."""

    code = "invitation_invalid"
    status = 403


class RegistrationTaken(Refused):
    """Another institution holds this very registration."""

    code = "registration_taken"


class RegistrationShared(Refused):
    """Other institutions come in by this registration, too: whoever changes its keys could be anybody of theirs."""

    code = "registration_shared"


@dataclass(frozen=True, slots=True)
class ClaimedOffer:
    """What an invitation's holder confirmed: the platform's description and its one-time token."""

    invitation_id: int
    institution_id: int
    configuration: PlatformConfiguration
    registration_token: str | None = field(repr=False, default=None)


@dataclass(frozen=True, slots=True)
class ManualRegistration:
    """A registration as an administrator types it; ``deployment_ids`` are approved at once."""

    name: str
    issuer: str
    client_id: str
    auth_url: str
    token_url: str
    jwks_url: str
    token_audience: str | None = None
    product_family: str = ""
    deployment_ids: tuple[str, ...] = ()


def launch_url(public_url: str) -> str:
    """Return the one address that platforms send people to."""
    return f"{public_url}/lti/launch"


def describe_tool(public_url: str, *, name: str, description: str) -> ToolDescription:
    """Return what we say of ourselves to platforms."""
    return ToolDescription(
        name=name,
        description=description,
        login_url=f"{public_url}/lti/login",
        launch_url=launch_url(public_url),
        jwks_url=f"{public_url}/lti/jwks.json",
        home_url=public_url,
        logo_url=f"{public_url}/static/mark.svg",
        custom=COPY_VARIABLES | GROUP_VARIABLES,
    )


def invite(
    session: Session, institution_id: int, *, by: Actor | None, now: datetime, lasts: timedelta = INVITATION_LASTS
) -> str:
    """Make an invitation for one platform and return its secret, which is kept nowhere."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    made = Invitation(institution_id=institution_id, token_hash=hash_of(token), expires_at=now + lasts, created_at=now)
    session.add(made)
    session.flush()
    auditing.record(session, by, "invitation.made", "invitation", made.id, now=now, institution_id=institution_id)
    return token


def invitation_url(public_url: str, token: str) -> str:
    """Return the address to paste into the platform, which adds its own parameters to it."""
    return f"{public_url}/lti/register?{urlencode({'invitation': token})}"


def open_invitation(session: Session, token: str, *, now: datetime) -> Invitation:
    """Return the invitation; raise InvitationRefused unless it may still be used."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise InvitationRefused
    return found


def offer(
    session: Session,
    sealer: Sealer,
    token: str,
    configuration: PlatformConfiguration,
    registration_token: str | None,
    *,
    now: datetime,
) -> str:
    """Keep what a platform says of itself until somebody confirms it; return the secret of the confirming form."""
    found = open_invitation(session, token, now=now)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    held = {
        name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(configuration).items()
    }
    sealed = sealer.seal(registration_token, _place(found.id)) if registration_token else None
    found.offered = {"configuration": held, "sealed_token": sealed}
    found.confirm_hash = hash_of(secret)
    return secret


def claim(session: Session, sealer: Sealer, token: str, secret: str, *, now: datetime) -> ClaimedOffer:
    """Use the invitation up and return what was offered; of two presses of the button one gets it."""
    found = open_invitation(session, token, now=now)
    if found.offered is None or found.confirm_hash is None or found.confirm_hash != hash_of(secret):
        raise InvitationRefused
    used = session.execute(
        update(Invitation).where(Invitation.id == found.id, Invitation.used_at.is_(None)).values(used_at=now)
    )
    if getattr(used, "rowcount", 0) != 1:
        raise InvitationRefused
    auditing.record(
        session, None, "invitation.used", "invitation", found.id, now=now, institution_id=found.institution_id
    )
    sealed = found.offered["sealed_token"]
    return ClaimedOffer(
        found.id,
        found.institution_id,
        _configuration(found.offered["configuration"]),
        sealer.open(sealed, _place(found.id)) if sealed else None,
    )


def release(session: Session, invitation_id: int, *, now: datetime) -> None:
    """Let an invitation be used again after the platform did not register us."""
    found = session.get_one(Invitation, invitation_id)
    found.used_at, found.offered, found.confirm_hash = None, None, None
    auditing.record(
        session, None, "invitation.released", "invitation", found.id, now=now, institution_id=found.institution_id
    )


def complete(session: Session, claimed: ClaimedOffer, registered: Registered, *, now: datetime) -> Registration:
    """Store what the platform granted, and its deployment where it told one."""
    said = claimed.configuration
    host = urlsplit(said.issuer).hostname or said.issuer
    made = _store(
        session,
        claimed.institution_id,
        {
            "name": said.institution_name or host,
            "issuer": said.issuer,
            "client_id": registered.client_id,
            "auth_url": said.auth_url,
            "token_url": said.token_url,
            "jwks_url": said.jwks_url,
            "product_family": said.product_family,
            "granted_scopes": sorted(registered.granted_scopes),
        },
        now=now,
    )
    invitation = session.get_one(Invitation, claimed.invitation_id)
    invitation.registration_id, invitation.offered, invitation.confirm_hash = made.id, None, None
    if registered.deployment_id:
        approve_new(session, made, registered.deployment_id, now=now)
    auditing.record(
        session, None, "registration.made", "registration", made.id, now=now, institution_id=made.institution_id,
        invitation=claimed.invitation_id,
    )  # fmt: skip
    return made


def register_by_hand(
    session: Session, institution_id: int, wanted: ManualRegistration, *, by: Sitter | None, now: datetime
) -> Registration:
    """Store a registration that somebody typed; typing the same one again mends it.

    One that other institutions share is mended by the operator only; raises RegistrationShared for anybody else.
    """
    values = asdict(wanted)
    deployment_ids = values.pop("deployment_ids")
    if by is not None and is_shared(session, wanted.issuer, wanted.client_id):
        raise RegistrationShared
    made = _store(session, institution_id, values, now=now)
    for deployment_id in deployment_ids:
        approve_new(session, made, deployment_id, now=now)
    auditing.record(session, by, "registration.made", "registration", made.id, now=now, institution_id=institution_id)
    return made


def approve_new(session: Session, registered: Registration, deployment_id: str, *, now: datetime) -> None:
    """Store a deployment as approved; one that is there already stays the institution's that has it."""
    values = {
        "registration_id": registered.id,
        "deployment_id": deployment_id,
        "state": DeploymentApproval.APPROVED,
        "decided_at": now,
    }
    first = {"institution_id": registered.institution_id, "first_seen_at": now}
    upsert(session, Deployment, values, by=("registration_id", "deployment_id"), first=first)


def is_shared(session: Session, issuer: str, client_id: str) -> bool:
    """Tell whether another institution than the registration's own has a deployment of it."""
    others = (
        select(Deployment.id)
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(
            Registration.issuer == issuer,
            Registration.client_id == client_id,
            Deployment.institution_id != Registration.institution_id,
        )
    )
    return session.scalar(others.limit(1)) is not None


def find_institution(session: Session, named: str) -> Institution | None:
    """Return the institution by its short name, or by its name as written."""
    return session.scalar(
        select(Institution).where((Institution.slug == named) | (Institution.name == named)).order_by(Institution.id)
    )


def _store(session: Session, institution_id: int, values: dict[str, Any], *, now: datetime) -> Registration:
    owner = session.scalar(
        select(Registration.institution_id).where(
            Registration.issuer == values["issuer"], Registration.client_id == values["client_id"]
        )
    )
    if owner not in (None, institution_id):
        raise RegistrationTaken
    facts = {**values, "institution_id": institution_id, "state": RegistrationState.ACTIVE}
    number = upsert(session, Registration, facts, by=("issuer", "client_id"), first={"created_at": now})
    return session.get_one(Registration, number, populate_existing=True)


def _configuration(held: dict[str, Any]) -> PlatformConfiguration:
    sets = {name: frozenset(held[name]) for name in ("scopes", "claims")}
    restored = {**held, **sets, "messages": tuple(held["messages"])}
    return PlatformConfiguration(**restored)


def _place(invitation_id: int) -> str:
    return f"invitation:{invitation_id}"
