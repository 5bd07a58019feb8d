"""Registering platforms: invitations, LTI Dynamic Registration in its steps, registration by hand, and mending.

Nothing is fetched from anywhere before an invitation proved good; nothing is registered before somebody confirmed. An
invitation registers one platform once; later that platform may come back by it, to mend what it registered then.
"""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from sqlalchemy import select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.copying import COPY_VARIABLES
from lti_mentoring.domain.groups import GROUP_VARIABLES
from lti_mentoring.errors import MentoringError, NotFound, Refused
from lti_mentoring.lti.dynamic_registration import (
    PlatformConfiguration,
    Registered,
    RegistrationRefused,
    ToolDescription,
    within_any,
)
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
from lti_mentoring.services.confirming import confirm_registration, make_room, must_wait
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Actor
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.lti.quirks import Catalogue
    from lti_mentoring.sealing import Sealer

INVITATION_LASTS = timedelta(days=7)
SECRET_BYTES = 32
# What mending may change; the name stays as people here have it.
MENDED = ("auth_url", "token_url", "jwks_url", "token_audience", "product_family", "granted_scopes", "client_uri")


class InvitationRefused(MentoringError):
    """No invitation, one that is too old, or one that another platform has used; the answer is always the same."""

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
    """What an invitation's holder confirmed: the platform's description and its one-time token.

    ``registration_id`` is the registration that the invitation made before, and may only mend now.
    """

    invitation_id: int
    institution_id: int
    configuration: PlatformConfiguration
    registration_token: str | None = field(repr=False, default=None)
    registration_id: int | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One field of a registration that is, or would be, another; scopes are joined by blanks."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A registration as it is kept now. ``changes`` is None for a new one, and empty where all was as before."""

    registration: Registration
    changes: tuple[Change, ...] | None = None


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
    """Return the invitation; raise InvitationRefused unless it may still be used, or has made a registration."""
    found = session.scalar(select(Invitation).where(Invitation.token_hash == hash_of(token)))
    if found is None or (found.used_at is None and found.expires_at <= now):
        raise InvitationRefused
    if found.used_at is not None and _made_by(session, found) is None:
        raise InvitationRefused
    return found


def check_source(session: Session, found: Invitation, url: str, catalogue: Catalogue) -> None:
    """Raise InvitationRefused where an invitation that is used would fetch from a host that its platform has not."""
    made = _made_by(session, found)
    if made is not None and not _is_of(made, urlsplit(url).hostname or "", catalogue):
        raise InvitationRefused


def check_description(session: Session, found: Invitation, said: PlatformConfiguration, catalogue: Catalogue) -> None:
    """Raise RegistrationRefused where a platform that comes back is another, or sends us to hosts it did not have."""
    made = _made_by(session, found)
    if made is None:
        return
    if said.issuer != made.issuer or not all(_is_of(made, host, catalogue) for host in said.hosts):
        raise RegistrationRefused("description_foreign", issuer=said.issuer)


def foresee(session: Session, found: Invitation, said: PlatformConfiguration, client_id: str | None) -> Stored | None:
    """Return the registration that would be mended, and how; None where a new one would be made.

    ``client_id`` is known before only where the platform let its present state be read.
    """
    made = _made_by(session, found)
    if made is None and client_id is not None:
        made = _same(session, said.issuer, client_id)
        if made is not None and made.institution_id != found.institution_id:
            if made.waits_since is None:
                raise RegistrationTaken
            made = None  # it will make room
    return Stored(made, _changes(made, _addresses(said))) if made else None


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
    sealed = sealer.seal(registration_token, _place(found.id)) if registration_token else None
    found.offered = {"configuration": configuration.packed(), "sealed_token": sealed}
    found.confirm_hash = hash_of(secret)
    return secret


def claim(session: Session, sealer: Sealer, token: str, secret: str, *, now: datetime) -> ClaimedOffer:
    """Use the invitation up and return what was offered; of two presses of the button one gets it."""
    found = open_invitation(session, token, now=now)
    if found.offered is None or found.confirm_hash is None or found.confirm_hash != hash_of(secret):
        raise InvitationRefused
    used = session.execute(
        update(Invitation)
        .where(Invitation.id == found.id, Invitation.confirm_hash == found.confirm_hash)
        .values(used_at=now, confirm_hash=None)
        .execution_options(synchronize_session=False)
    )
    if rows_changed(used) != 1:
        raise InvitationRefused
    auditing.record(
        session, None, "invitation.used", "invitation", found.id, now=now, institution_id=found.institution_id
    )
    sealed = found.offered["sealed_token"]
    return ClaimedOffer(
        found.id,
        found.institution_id,
        PlatformConfiguration.unpacked(found.offered["configuration"]),
        sealer.open(sealed, _place(found.id)) if sealed else None,
        found.registration_id,
    )


def release(session: Session, invitation_id: int, *, now: datetime) -> None:
    """Let an invitation be used again after the platform did not register us."""
    found = session.get_one(Invitation, invitation_id, populate_existing=True)
    if found.registration_id is None:
        found.used_at = None
    found.offered, found.confirm_hash = None, None
    auditing.record(
        session, None, "invitation.released", "invitation", found.id, now=now, institution_id=found.institution_id
    )


def complete(session: Session, claimed: ClaimedOffer, registered: Registered, *, now: datetime) -> Stored:
    """Store what the platform granted, and its deployment where it told one; one that others share is not mended so."""
    said = claimed.configuration
    if claimed.registration_id is not None:
        _check_same(session.get_one(Registration, claimed.registration_id), said, registered)
    if is_shared(session, said.issuer, registered.client_id):
        raise RegistrationShared
    host = urlsplit(said.issuer).hostname or said.issuer
    told = {"client_uri": registered.client_uri} if registered.client_uri else {}
    stored = _store(
        session,
        claimed.institution_id,
        {
            "issuer": said.issuer,
            "client_id": registered.client_id,
            **_addresses(said),
            "granted_scopes": sorted(registered.granted_scopes),
            **told,
        },
        first={"name": said.institution_name or host},
        proved=True,
        now=now,
    )
    made = stored.registration
    invitation = session.get_one(Invitation, claimed.invitation_id, populate_existing=True)
    invitation.registration_id, invitation.offered, invitation.confirm_hash = made.id, None, None
    if registered.deployment_id:
        approve_new(session, made, registered.deployment_id, now=now)
    _note(session, stored, None, now=now, invitation=claimed.invitation_id)
    return stored


def register_by_hand(
    session: Session,
    institution_id: int,
    wanted: ManualRegistration,
    *,
    by: Sitter | None,
    shared_issuers: Collection[str] = (),
    now: datetime,
) -> Stored:
    """Store a registration that somebody typed; typing the same one again mends it.

    One that other institutions share is mended by the operator only; raises RegistrationShared for anybody else. A new
    one at an issuer that others use, too, waits for the operator, unless it is the operator who types it.
    """
    values = asdict(wanted)
    deployment_ids = values.pop("deployment_ids")
    if by is not None and is_shared(session, wanted.issuer, wanted.client_id):
        raise RegistrationShared
    waits = by is not None and must_wait(session, institution_id, wanted.issuer, shared_issuers)
    first = {"waits_since": now} if waits else {}
    stored = _store(session, institution_id, values, first=first, proved=by is None, now=now)
    for deployment_id in deployment_ids:
        approve_new(session, stored.registration, deployment_id, now=now)
    _note(session, stored, by, now=now)
    return stored


def note_granted(
    session: Session, institution_id: int, registration_id: int, found: Registered, *, by: Sitter, now: datetime
) -> Stored:
    """Keep what a platform says that it allows now; raise RegistrationRefused where it speaks of another client."""
    made = session.scalar(
        select(Registration).where(Registration.id == registration_id, Registration.institution_id == institution_id)
    )
    if made is None:
        raise NotFound
    if made.client_id != found.client_id:
        raise RegistrationRefused("registration_other")
    said = {"granted_scopes": sorted(found.granted_scopes)}
    stored = Stored(made, _changes(made, said))
    made.granted_scopes = said["granted_scopes"]
    _note(session, stored, by, now=now)
    return stored


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


def _store(
    session: Session, institution_id: int, values: dict[str, Any], *, first: dict[str, Any], proved: bool, now: datetime
) -> Stored:
    """Make the registration, or mend the institution's own; one that is switched off stays so.

    ``proved``: the platform itself, or the operator, says whose it is; nobody's that waits stands in the way then.
    """
    before = _same(session, values["issuer"], values["client_id"])
    if proved and before is not None and before.waits_since is not None:
        before = _settled(session, institution_id, before, now=now)
    changes = _changes(before, values) if before else None
    made_with = {"institution_id": institution_id, "state": RegistrationState.ACTIVE, "created_at": now, **first}
    number = upsert(session, Registration, values, by=("issuer", "client_id"), first=made_with)
    stored = session.get_one(Registration, number, populate_existing=True)
    if stored.institution_id != institution_id:
        raise RegistrationTaken
    return Stored(stored, changes)


def _note(session: Session, stored: Stored, by: Sitter | None, *, now: datetime, **facts: Any) -> None:
    made = stored.registration
    action = "registration.made"
    if stored.changes is not None:
        action, facts = "registration.mended", {**facts, "changed": [change.field for change in stored.changes]}
    auditing.record(session, by, action, "registration", made.id, now=now, institution_id=made.institution_id, **facts)


def _settled(session: Session, institution_id: int, waiting: Registration, *, now: datetime) -> Registration | None:
    """Return the institution's own registration, which waits no more; None where another's made room."""
    if waiting.institution_id == institution_id:
        return confirm_registration(session, institution_id, waiting.id, by=None, now=now)
    make_room(session, waiting, now=now)
    return None


def _same(session: Session, issuer: str, client_id: str) -> Registration | None:
    return session.scalar(
        select(Registration).where(Registration.issuer == issuer, Registration.client_id == client_id)
    )


def _addresses(said: PlatformConfiguration) -> dict[str, Any]:
    names = ("auth_url", "token_url", "jwks_url", "token_audience", "product_family")
    return {name: getattr(said, name) for name in names}


def _changes(before: Registration, values: dict[str, Any]) -> tuple[Change, ...]:
    pairs = [(name, _written(getattr(before, name)), _written(values[name])) for name in MENDED if name in values]
    return tuple(Change(name, old, new) for name, old, new in pairs if old != new)


def _written(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else value or ""


def _made_by(session: Session, found: Invitation) -> Registration | None:
    """Return the registration that the invitation made; a platform that is switched off mends nothing."""
    if found.registration_id is None:
        return None
    made = session.get_one(Registration, found.registration_id)
    return made if made.state is RegistrationState.ACTIVE else None


def _is_of(made: Registration, host: str, catalogue: Catalogue) -> bool:
    """Whether a host is one that the registration names, or one of its product's own."""
    named = {
        urlsplit(url).hostname
        for url in (made.issuer, made.auth_url, made.token_url, made.jwks_url, *made.frame_origins)
    }
    return host in named or within_any(host, catalogue.of(made.product_family).joining.shared_hosts)


def _check_same(made: Registration, said: PlatformConfiguration, registered: Registered) -> None:
    if (made.issuer, made.client_id) != (said.issuer, registered.client_id):
        raise RegistrationRefused("registration_other")


def _place(invitation_id: int) -> str:
    return f"invitation:{invitation_id}"
