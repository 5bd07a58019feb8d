"""What an institution's administrator sees: platforms, people, the audit trail; never what people wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import func, or_, select

from lti_mentoring.models import (
    Account,
    Administrator,
    AuditEntry,
    Context,
    Deployment,
    DeploymentApproval,
    Institution,
    Invitation,
    Person,
    Registration,
    RegistrationState,
)
from lti_mentoring.queries.lanes import WELL, LaneView, lanes_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

ON_A_PAGE = 50
# Everybody who opens the tool takes a seat: on a first page that would hide what was changed.
COMING_IN = "seat.taken"


@dataclass(frozen=True, slots=True)
class DeploymentView:
    """One installation of the tool inside a platform. ``own_id`` is the platform's number for it."""

    id: int
    own_id: str
    platform: str
    state: DeploymentApproval
    guid: str | None
    seen_at: datetime
    courses: int


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """One platform as it was registered. ``is_ours``: by this institution; what another registered only it may change.

    Of another's registration nothing shows but what every platform that uses it knows: issuer and client id.
    """

    id: int
    name: str
    issuer: str
    client_id: str
    product: str
    is_on: bool
    is_own: bool
    is_ours: bool
    scopes: tuple[str, ...]
    last_error: str | None
    last_error_at: datetime | None
    courses: int
    deployments: tuple[DeploymentView, ...] = ()
    lane: LaneView = WELL
    """Whether it is being called at present, or left alone."""


@dataclass(frozen=True, slots=True)
class PlatformsView:
    """The platforms of an institution and what waits there for a decision."""

    institution: str
    registrations: tuple[RegistrationView, ...]
    open_invitations: int

    @property
    def waiting(self) -> tuple[DeploymentView, ...]:
        """The deployments that nobody has decided on."""
        return tuple(
            one for each in self.registrations for one in each.deployments if one.state is DeploymentApproval.PENDING
        )


@dataclass(frozen=True, slots=True)
class AdministratorView:
    """Somebody who administers, or asks to."""

    id: int
    name: str
    email: str | None
    platform: str
    asked_at: datetime
    confirmed_at: datetime | None
    confirmed_by: str | None
    is_you: bool


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Who administers and who asks to."""

    institution: str
    asking: tuple[AdministratorView, ...]
    confirmed: tuple[AdministratorView, ...]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What of the trail is shown; blank means everything. ``before`` is the number to go on from."""

    action: str = ""
    thing: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One change: who did what to which thing, when and why."""

    id: int
    at: datetime
    who: str
    role: str
    action: str
    thing: str
    thing_id: int | None
    course: str
    reason: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AuditView:
    """One page of the trail, newest first; ``later`` is where the following page goes on, None at the end."""

    lines: tuple[AuditLine, ...]
    later: int | None
    actions: tuple[str, ...]
    things: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AdministratorHome:
    """What waits for an administrator, and the institution in numbers."""

    institution: str
    asking: int
    waiting: int
    errors: tuple[RegistrationView, ...]
    platforms: int
    platforms_off: int
    courses: int
    recent: tuple[AuditLine, ...]


def platforms(session: Session, sitter: Sitter, *, now: datetime) -> PlatformsView:
    """Return the institution's platforms with their deployments; five statements, however many there are."""
    deployments: dict[int, list[DeploymentView]] = {}
    for registration_id, view in _deployments(session, sitter.institution_id):
        deployments.setdefault(registration_id, []).append(view)
    rows = session.scalars(
        select(Registration)
        .where(or_(Registration.institution_id == sitter.institution_id, Registration.id.in_(deployments)))
        .order_by(Registration.name, Registration.id)
    ).all()
    lanes = lanes_of(session, [row.id for row in rows], now=now)
    views = tuple(
        _registration(row, sitter, tuple(deployments.get(row.id, ())), lanes.get(row.id, WELL)) for row in rows
    )
    open_invitations = select(func.count()).where(
        Invitation.institution_id == sitter.institution_id, Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    return PlatformsView(_institution(session, sitter), views, session.scalar(open_invitations) or 0)


def _registration(
    row: Registration, sitter: Sitter, deployments: tuple[DeploymentView, ...], lane: LaneView
) -> RegistrationView:
    is_ours = row.institution_id == sitter.institution_id
    return RegistrationView(
        id=row.id,
        name=row.name if is_ours else _host(row.issuer),
        issuer=row.issuer,
        client_id=row.client_id,
        product=row.product_family,
        is_on=row.state is RegistrationState.ACTIVE,
        is_own=row.id == sitter.registration_id,
        is_ours=is_ours,
        scopes=tuple(row.granted_scopes) if is_ours else (),
        last_error=row.last_error if is_ours else None,
        last_error_at=row.last_error_at if is_ours else None,
        courses=sum(one.courses for one in deployments),
        deployments=deployments,
        lane=lane,
    )


def _host(issuer: str) -> str:
    return urlsplit(issuer).hostname or issuer


def people(session: Session, sitter: Sitter) -> PeopleView:
    """Return who administers the institution and who asks to."""
    rows = session.execute(
        select(Administrator, Person)
        .join(Person, Person.id == Administrator.person_id)
        .where(Administrator.institution_id == sitter.institution_id)
        .order_by(Administrator.asked_at, Administrator.id)
    )
    found = [
        AdministratorView(
            id=row.id,
            name=person.shown_name,
            email=person.email,
            platform=person.issuer,
            asked_at=row.asked_at,
            confirmed_at=row.confirmed_at,
            confirmed_by=row.confirmed_by,
            is_you=person.id == sitter.person_id,
        )
        for row, person in rows
    ]
    asking = tuple(one for one in found if one.confirmed_at is None)
    return PeopleView(_institution(session, sitter), asking, tuple(one for one in found if one.confirmed_at))


def audit_trail(session: Session, sitter: Sitter, wanted: AuditFilter) -> AuditView:
    """Return one page of the institution's audit trail."""
    chosen = _trail(sitter.institution_id)
    if wanted.action:
        chosen = chosen.where(AuditEntry.action == wanted.action)
    if wanted.thing:
        chosen = chosen.where(AuditEntry.thing == wanted.thing)
    if wanted.before is not None:
        chosen = chosen.where(AuditEntry.id < wanted.before)
    lines = _lines(session, chosen.limit(ON_A_PAGE + 1))
    kinds = session.execute(
        select(AuditEntry.action, AuditEntry.thing)
        .where(AuditEntry.institution_id == sitter.institution_id)
        .distinct()
        .order_by(AuditEntry.action)
    ).all()
    return AuditView(
        lines[:ON_A_PAGE],
        lines[ON_A_PAGE - 1].id if len(lines) > ON_A_PAGE else None,
        tuple(sorted({row.action for row in kinds})),
        tuple(sorted({row.thing for row in kinds})),
    )


def administrator_home(session: Session, sitter: Sitter, *, now: datetime) -> AdministratorHome:
    """Return what the administrator's first page shows."""
    shown = platforms(session, sitter, now=now)
    asking = select(func.count()).where(
        Administrator.institution_id == sitter.institution_id, Administrator.confirmed_at.is_(None)
    )
    return AdministratorHome(
        institution=shown.institution,
        asking=session.scalar(asking) or 0,
        waiting=len(shown.waiting),
        errors=tuple(one for one in shown.registrations if one.last_error),
        platforms=len(shown.registrations),
        platforms_off=sum(not one.is_on for one in shown.registrations),
        courses=sum(one.courses for one in shown.registrations),
        recent=_lines(session, _trail(sitter.institution_id).where(AuditEntry.action != COMING_IN).limit(8)),
    )


def waits_for_confirmation(session: Session, sitter: Sitter) -> tuple[str, ...] | None:
    """Return who could confirm the sitter as administrator (names, maybe none); None where they did not ask."""
    asked = session.scalar(
        select(Administrator.id).where(
            Administrator.institution_id == sitter.institution_id,
            Administrator.person_id == sitter.person_id,
            Administrator.confirmed_at.is_(None),
        )
    )
    if asked is None:
        return None
    confirmed = session.scalars(
        select(Person)
        .join(Administrator, Administrator.person_id == Person.id)
        .where(Administrator.institution_id == sitter.institution_id, Administrator.confirmed_at.is_not(None))
        .order_by(Person.id)
        .limit(3)
    )
    return tuple(person.shown_name for person in confirmed)


def _deployments(session: Session, institution_id: int) -> list[tuple[int, DeploymentView]]:
    courses = (
        select(Context.deployment_id, func.count().label("courses"))
        .where(Context.institution_id == institution_id)
        .group_by(Context.deployment_id)
        .subquery()
    )
    rows = session.execute(
        select(Deployment, Registration, func.coalesce(courses.c.courses, 0))
        .join(Registration, Registration.id == Deployment.registration_id)
        .outerjoin(courses, courses.c.deployment_id == Deployment.id)
        .where(Deployment.institution_id == institution_id)
        .order_by(Deployment.id)
    )
    return [
        (
            row.registration_id,
            DeploymentView(
                row.id,
                row.deployment_id,
                by.name if by.institution_id == institution_id else _host(by.issuer),
                row.state,
                row.platform_guid,
                row.first_seen_at,
                count,
            ),
        )
        for row, by, count in rows
    ]


def _institution(session: Session, sitter: Sitter) -> str:
    return session.scalar(select(Institution.name).where(Institution.id == sitter.institution_id)) or ""


def _trail(institution_id: int) -> Any:
    return (
        select(AuditEntry, Person, Context, Account.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .outerjoin(Account, Account.id == AuditEntry.account_ref)
        .outerjoin(Context, Context.id == AuditEntry.context_ref)
        .where(AuditEntry.institution_id == institution_id)
        .order_by(AuditEntry.id.desc())
    )


def _lines(session: Session, chosen: Any) -> tuple[AuditLine, ...]:
    return tuple(
        AuditLine(
            id=entry.id,
            at=entry.at,
            who=person.shown_name if person else account or "",
            role=entry.actor_role,
            action=entry.action,
            thing=entry.thing,
            thing_id=entry.thing_id,
            course=course.shown_title if course else "",
            reason=entry.reason,
            facts=entry.facts,
        )
        for entry, person, course, account in session.execute(chosen)
    )
