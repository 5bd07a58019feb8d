"""What an operator sees: institutions in numbers, the state of their platforms, our keys. No person, no course."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Account,
    Administrator,
    Context,
    Deployment,
    DeploymentApproval,
    Institution,
    Invitation,
    Passkey,
    Registration,
    RegistrationState,
    ToolKey,
)
from lti_mentoring.queries.accounts import AccountView, accounts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class InstitutionLine:
    """One institution in numbers. ``unconfirmed``: platforms that wait for an operator."""

    id: int
    name: str
    slug: str
    platforms: int
    platforms_off: int
    waiting: int
    unconfirmed: int
    in_trouble: int
    courses: int
    administrators: int


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """One platform's state: who it is, whether it is let in, what waits there, its last trouble.

    ``waits_since``: since when an operator has had to confirm it; None where none has to.
    """

    id: int
    name: str
    issuer: str
    client_id: str
    is_on: bool
    waits_since: datetime | None
    deployments: int
    waiting: int
    last_error: str | None
    last_error_at: datetime | None


@dataclass(frozen=True, slots=True)
class InstitutionView:
    """One institution as an operator sees it. ``by_lms``: how many administer it from their LMS."""

    line: InstitutionLine
    platforms: tuple[PlatformLine, ...]
    open_invitations: int
    accounts: tuple[AccountView, ...]
    by_lms: int


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One of our signing keys."""

    kid: str
    state: str
    created_at: datetime
    activated_at: datetime | None
    retired_at: datetime | None


def institutions(session: Session) -> tuple[InstitutionLine, ...]:
    """Return all institutions in numbers; one statement."""
    return tuple(_line(row) for row in session.execute(_numbers().order_by(Institution.name, Institution.id)))


def institution(session: Session, institution_id: int, *, now: datetime) -> InstitutionView:
    """Return one institution; raise NotFound."""
    row = session.execute(_numbers().where(Institution.id == institution_id)).one_or_none()
    if row is None:
        raise NotFound
    invitations = select(func.count()).where(
        Invitation.institution_id == institution_id, Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    by_lms = select(func.count()).where(
        Administrator.institution_id == institution_id, Administrator.confirmed_at.is_not(None)
    )
    return InstitutionView(
        line=_line(row),
        platforms=_platforms(session, institution_id),
        open_invitations=session.scalar(invitations) or 0,
        accounts=accounts(session, AccountKind.ADMINISTRATOR, institution_id, you=None, now=now),
        by_lms=session.scalar(by_lms) or 0,
    )


def keys(session: Session) -> tuple[KeyLine, ...]:
    """Return our signing keys, newest first; their private halves are not read."""
    rows = session.execute(
        select(ToolKey.kid, ToolKey.state, ToolKey.created_at, ToolKey.activated_at, ToolKey.retired_at).order_by(
            ToolKey.id.desc()
        )
    )
    return tuple(KeyLine(kid, state.value, made, active, retired) for kid, state, made, active, retired in rows)


def _numbers() -> Any:
    platform, known = Registration.institution_id == Institution.id, Account.institution_id == Institution.id
    return select(
        Institution,
        _count(Registration, platform).label("platforms"),
        _count(
            Registration,
            platform,
            or_(Registration.state == RegistrationState.DISABLED, Registration.waits_since.is_not(None)),
        ).label("platforms_off"),
        _count(Registration, platform, Registration.waits_since.is_not(None)).label("unconfirmed"),
        _count(
            Deployment,
            Deployment.institution_id == Institution.id,
            Deployment.state == DeploymentApproval.PENDING,
        ).label("waiting"),
        _count(Registration, platform, Registration.last_error.is_not(None)).label("in_trouble"),
        _count(Context, Context.institution_id == Institution.id).label("courses"),
        _count(
            Account,
            known,
            Account.disabled_at.is_(None),
            select(Passkey.id).where(Passkey.account_id == Account.id).correlate(Account).exists(),
        ).label("accounts"),
        _count(
            Administrator,
            Administrator.institution_id == Institution.id,
            Administrator.confirmed_at.is_not(None),
        ).label("by_lms"),
    )


def _count(kind: type[Any], *where: Any) -> Any:
    return select(func.count()).select_from(kind).where(*where).correlate(Institution).scalar_subquery()


def _line(row: Any) -> InstitutionLine:
    of: Institution = row[0]
    return InstitutionLine(
        id=of.id,
        name=of.name,
        slug=of.slug,
        platforms=row.platforms,
        platforms_off=row.platforms_off,
        waiting=row.waiting,
        unconfirmed=row.unconfirmed,
        in_trouble=row.in_trouble,
        courses=row.courses,
        administrators=row.accounts + row.by_lms,
    )


def _platforms(session: Session, institution_id: int) -> tuple[PlatformLine, ...]:
    deployments = select(func.count()).where(Deployment.registration_id == Registration.id).correlate(Registration)
    waiting = deployments.where(Deployment.state == DeploymentApproval.PENDING)
    rows = session.execute(
        select(Registration, deployments.scalar_subquery(), waiting.scalar_subquery())
        .where(Registration.institution_id == institution_id)
        .order_by(Registration.name, Registration.id)
    )
    return tuple(
        PlatformLine(
            one.id,
            one.name,
            one.issuer,
            one.client_id,
            one.state is RegistrationState.ACTIVE,
            one.waits_since,
            count,
            pending,
            one.last_error,
            one.last_error_at,
        )
        for one, count, pending in rows
    )
