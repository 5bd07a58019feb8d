"""Read registrations and deployments as the border to the platforms knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.lti.registrations import RegisteredPlatform
from lti_mentoring.models import Deployment, DeploymentApproval, Registration, RegistrationState
from lti_mentoring.queries.frames import origin_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class KnownRegistration:
    """A registration as the border knows it, and the origins that may frame our pages for it."""

    platform: RegisteredPlatform
    frame_origins: tuple[str, ...]


def find_registration(session: Session, issuer: str, client_id: str | None) -> KnownRegistration | None:
    """Return the registration; without a client id only where the issuer has exactly one."""
    if client_id is None:
        found = registrations_of(session, issuer)
        return found[0] if len(found) == 1 else None
    found = _known(session, Registration.issuer == issuer, Registration.client_id == client_id)
    return found[0] if found else None


def registrations_of(session: Session, issuer: str) -> list[KnownRegistration]:
    """Return every registration of an issuer; one that waits makes nobody else's ambiguous."""
    found = _known(session, Registration.issuer == issuer)
    return [one for one in found if not one.platform.waits] or found


def registration_by_id(session: Session, registration_id: int) -> KnownRegistration | None:
    """Return the registration with this number."""
    found = _known(session, Registration.id == registration_id)
    return found[0] if found else None


def deployment_row(session: Session, registration_id: int, deployment_id: str) -> tuple[int, DeploymentApproval] | None:
    """Return the number and the state of a deployment by the platform's own id for it."""
    row = session.execute(
        select(Deployment.id, Deployment.state).where(
            Deployment.registration_id == registration_id, Deployment.deployment_id == deployment_id
        )
    ).one_or_none()
    return (row.id, row.state) if row else None


def approved_deployment(session: Session, registration_id: int, deployment_id: str) -> Deployment | None:
    """Return a deployment that may launch; whose it is, it says itself (docs/adr/0013)."""
    return session.scalars(
        select(Deployment).where(
            Deployment.registration_id == registration_id,
            Deployment.deployment_id == deployment_id,
            Deployment.state == DeploymentApproval.APPROVED,
        )
    ).one_or_none()


def _known(session: Session, *conditions: ColumnElement[bool]) -> list[KnownRegistration]:
    rows = session.execute(select(Registration.__table__).where(*conditions).order_by(Registration.id))
    return [_read(row) for row in rows]


def _read(row: Any) -> KnownRegistration:
    platform = RegisteredPlatform(
        id=row.id,
        institution_id=row.institution_id,
        issuer=row.issuer,
        client_id=row.client_id,
        auth_url=row.auth_url,
        token_url=row.token_url,
        jwks_url=row.jwks_url,
        token_audience=row.token_audience,
        product_family=row.product_family,
        active=row.state is RegistrationState.ACTIVE,
        waits=row.waits_since is not None,
        trusted_audiences=frozenset(row.trusted_audiences),
    )
    origins = filter(None, map(origin_of, (row.issuer, row.auth_url, *row.frame_origins)))
    return KnownRegistration(platform, tuple(dict.fromkeys(origins)))
