"""An institution's platforms on one page: the same few statements for one registration and for five hundred."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sqlalchemy import and_, case, func, or_, select

from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    AccessToken,
    Context,
    Deployment,
    DeploymentApproval,
    Institution,
    Invitation,
    Registration,
    RegistrationState,
)
from lti_mentoring.queries.lanes import WELL, LaneView, lanes_of
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.registrations import registration_by_id

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.lti.registrations import RegisteredPlatform

PLATFORMS_PAGE = 20
WAITING_SHOWN = 10
DEPLOYMENTS_SHOWN = 5
"""Of each own platform on the page of all; a page of its own shows every one. A shared one has no such page."""
DEPLOYMENTS_PAGE = 50
SHOWS = ("", "waiting", "trouble", "off")


@dataclass(frozen=True, slots=True)
class PlatformsWish:
    """Which platforms are shown: whose name, address, client or deployment holds ``q``, and one of SHOWS."""

    q: str = ""
    show: str = ""
    page: int = 1


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
    ``granted`` is what the registration's answer and the last tokens allowed; None where neither has said anything.
    """

    id: int
    name: str
    issuer: str
    client_id: str
    product: str
    is_on: bool
    waits: bool
    """The operator has yet to confirm it."""
    is_own: bool
    is_ours: bool
    granted: frozenset[str] | None
    can_be_looked_up: bool
    last_error: str | None
    last_error_at: datetime | None
    courses: int
    deployments_total: int
    deployments: tuple[DeploymentView, ...] = ()
    lane: LaneView = WELL
    """Whether it is being called at present, or left alone."""


@dataclass(frozen=True, slots=True)
class KeptRegistration:
    """Where a platform keeps our registration, and by which deployment we may ask for it."""

    client_uri: str
    platform: RegisteredPlatform
    deployment_id: str


@dataclass(frozen=True, slots=True)
class PlatformCounts:
    """How many platforms there are, and of which kind."""

    all: int
    on: int
    off: int
    trouble: int
    waiting: int


@dataclass(frozen=True, slots=True)
class PlatformsView:
    """One page of the platforms of an institution, and what waits there for a decision."""

    institution: str
    counts: PlatformCounts
    registrations: tuple[RegistrationView, ...]
    paged: Paged
    waiting: tuple[DeploymentView, ...]
    waiting_total: int
    open_invitations: int


@dataclass(frozen=True, slots=True)
class PlatformView:
    """One platform with a page of its deployments."""

    one: RegistrationView
    paged: Paged


def platforms(session: Session, sitter: Sitter, wish: PlatformsWish, *, now: datetime) -> PlatformsView:
    """Return a page of the institution's platforms."""
    wanted = [_shown(sitter), *_narrowed(sitter, wish)]
    total = session.scalar(select(func.count()).select_from(Registration).where(*wanted)) or 0
    pages = paged(total, wish.page, PLATFORMS_PAGE)
    rows = session.execute(
        _with_counts(sitter)
        .where(*wanted)
        .order_by(Registration.name, Registration.id)
        .limit(pages.size)
        .offset(pages.offset)
    ).all()
    numbers = [row.Registration.id for row in rows]
    told = _last_told(session, sitter, numbers)
    first = _first_deployments(session, sitter, numbers)
    lanes = lanes_of(session, numbers, now=now)
    waits = Deployment.state == DeploymentApproval.PENDING
    waiting = _deployments(session, sitter, waits, order=(Deployment.first_seen_at, Deployment.id), most=WAITING_SHOWN)
    open_invitations = select(func.count()).where(
        Invitation.institution_id == sitter.institution_id, Invitation.used_at.is_(None), Invitation.expires_at > now
    )
    return PlatformsView(
        session.scalar(select(Institution.name).where(Institution.id == sitter.institution_id)) or "",
        platform_counts(session, sitter),
        tuple(
            replace(
                _view(row, sitter, told, first.get(row.Registration.id, ())),
                lane=lanes.get(row.Registration.id, WELL),
            )
            for row in rows
        ),
        pages,
        tuple(waiting),
        session.scalar(select(func.count()).where(Deployment.institution_id == sitter.institution_id, waits)) or 0,
        session.scalar(open_invitations) or 0,
    )


def platform(session: Session, sitter: Sitter, registration_id: int, page: int, *, now: datetime) -> PlatformView:
    """Return one of the institution's own platforms with a page of its deployments; raise NotFound for any other."""
    row = session.execute(
        _with_counts(sitter).where(_is_ours(sitter), Registration.id == registration_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    pages = paged(row.deployments, page, DEPLOYMENTS_PAGE)
    own = _deployments(
        session,
        sitter,
        Deployment.registration_id == registration_id,
        order=(_PENDING_FIRST, Deployment.id),
        most=pages.size,
        offset=pages.offset,
    )
    told = _last_told(session, sitter, [registration_id])
    lane = lanes_of(session, [registration_id], now=now).get(registration_id, WELL)
    return PlatformView(replace(_view(row, sitter, told, tuple(own)), lane=lane), pages)


def kept_registration(session: Session, sitter: Sitter, registration_id: int) -> KeptRegistration:
    """Return where one of the institution's own registrations is kept; raise NotFound where there is no such place."""
    known = registration_by_id(session, registration_id)
    uri = session.scalar(select(Registration.client_uri).where(Registration.id == registration_id, _is_ours(sitter)))
    if known is None or uri is None:
        raise NotFound
    by = select(Deployment.deployment_id).where(
        Deployment.registration_id == registration_id, Deployment.institution_id == sitter.institution_id
    )
    deployment_id = session.scalar(by.order_by(Deployment.id).limit(1))
    if deployment_id is None:
        raise NotFound
    return KeptRegistration(uri, known.platform, deployment_id)


def platform_counts(session: Session, sitter: Sitter) -> PlatformCounts:
    """Count the platforms that the institution sees; troubles only of its own."""
    on = and_(Registration.state == RegistrationState.ACTIVE, Registration.waits_since.is_(None))
    row = session.execute(
        select(
            func.count().label("all"),
            func.coalesce(func.sum(case((on, 1), else_=0)), 0).label("on"),
            func.coalesce(func.sum(case((_in_trouble(sitter), 1), else_=0)), 0).label("trouble"),
            func.coalesce(func.sum(case((_has_waiting(sitter), 1), else_=0)), 0).label("waiting"),
        )
        .select_from(Registration)
        .where(_shown(sitter))
    ).one()
    return PlatformCounts(row.all, row.on, row.all - row.on, row.trouble, row.waiting)


def troubled(session: Session, sitter: Sitter, *, most: int) -> tuple[RegistrationView, ...]:
    """Return the institution's own platforms that had trouble last, the latest first."""
    rows = session.execute(
        _with_counts(sitter)
        .where(_shown(sitter), _in_trouble(sitter))
        .order_by(Registration.last_error_at.desc(), Registration.id)
        .limit(most)
    )
    return tuple(_view(row, sitter, {}, ()) for row in rows)


_PENDING_FIRST = case((Deployment.state == DeploymentApproval.PENDING, 0), else_=1)


def _shown(sitter: Sitter) -> ColumnElement[bool]:
    shared = select(Deployment.registration_id).where(Deployment.institution_id == sitter.institution_id)
    return or_(Registration.institution_id == sitter.institution_id, Registration.id.in_(shared))


def _is_ours(sitter: Sitter) -> ColumnElement[bool]:
    return Registration.institution_id == sitter.institution_id


def _in_trouble(sitter: Sitter) -> ColumnElement[bool]:
    return and_(_is_ours(sitter), Registration.last_error.is_not(None))


def _has_waiting(sitter: Sitter) -> ColumnElement[bool]:
    return Registration.id.in_(
        select(Deployment.registration_id).where(
            Deployment.institution_id == sitter.institution_id, Deployment.state == DeploymentApproval.PENDING
        )
    )


def _narrowed(sitter: Sitter, wish: PlatformsWish) -> list[ColumnElement[bool]]:
    """Return what a wish leaves; nobody finds another's registration by a name that they do not see."""
    shows = {
        "waiting": _has_waiting(sitter),
        "trouble": _in_trouble(sitter),
        "off": Registration.state != RegistrationState.ACTIVE,
    }
    chosen = [shows[wish.show]] if wish.show in shows else []
    if wish.q:
        own = select(Deployment.registration_id).where(
            Deployment.institution_id == sitter.institution_id,
            Deployment.deployment_id.icontains(wish.q, autoescape=True),
        )
        chosen.append(
            or_(
                and_(_is_ours(sitter), Registration.name.icontains(wish.q, autoescape=True)),
                Registration.issuer.icontains(wish.q, autoescape=True),
                Registration.client_id.icontains(wish.q, autoescape=True),
                Registration.id.in_(own),
            )
        )
    return chosen


def _with_counts(sitter: Sitter) -> Any:
    courses = select(func.count()).where(
        Context.registration_id == Registration.id, Context.institution_id == sitter.institution_id
    )
    deployments = select(func.count()).where(
        Deployment.registration_id == Registration.id, Deployment.institution_id == sitter.institution_id
    )
    return select(
        Registration,
        courses.correlate(Registration).scalar_subquery().label("courses"),
        deployments.correlate(Registration).scalar_subquery().label("deployments"),
    )


def _first_deployments(
    session: Session, sitter: Sitter, registration_ids: list[int]
) -> dict[int, tuple[DeploymentView, ...]]:
    """Return the first few deployments of each registration, those that wait before all others."""
    place = func.row_number().over(partition_by=Deployment.registration_id, order_by=(_PENDING_FIRST, Deployment.id))
    numbered = (
        select(
            Deployment.id,
            place.label("place"),
            case((_is_ours(sitter), DEPLOYMENTS_SHOWN), else_=DEPLOYMENTS_PAGE).label("most"),
        )
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Deployment.institution_id == sitter.institution_id, Deployment.registration_id.in_(registration_ids))
        .subquery()
    )
    few = Deployment.id.in_(select(numbered.c.id).where(numbered.c.place <= numbered.c.most))
    found: dict[int, tuple[DeploymentView, ...]] = {}
    for registration_id, view in _rows(session, sitter, few, order=(_PENDING_FIRST, Deployment.id)):
        found[registration_id] = (*found.get(registration_id, ()), view)
    return found


def _deployments(
    session: Session,
    sitter: Sitter,
    which: ColumnElement[bool],
    *,
    order: Iterable[Any],
    most: int,
    offset: int = 0,
) -> list[DeploymentView]:
    return [view for _, view in _rows(session, sitter, which, order=order, most=most, offset=offset)]


def _rows(
    session: Session,
    sitter: Sitter,
    which: ColumnElement[bool],
    *,
    order: Iterable[Any],
    most: int | None = None,
    offset: int = 0,
) -> list[tuple[int, DeploymentView]]:
    courses = (
        select(func.count())
        .where(Context.deployment_id == Deployment.id, Context.institution_id == sitter.institution_id)
        .correlate(Deployment)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Deployment, Registration, courses.label("courses"))
        .join(Registration, Registration.id == Deployment.registration_id)
        .where(Deployment.institution_id == sitter.institution_id, which)
        .order_by(*order)
        .limit(most)
        .offset(offset)
    )
    return [
        (
            row.registration_id,
            DeploymentView(
                row.id,
                row.deployment_id,
                _name(by, sitter),
                row.state,
                row.platform_guid,
                row.first_seen_at,
                count,
            ),
        )
        for row, by, count in rows
    ]


def _last_told(session: Session, sitter: Sitter, registration_ids: list[int]) -> dict[int, tuple[set[str], set[str]]]:
    """Return, by registration, the scopes that its kept tokens were asked for and those that they came with."""
    found: dict[int, tuple[set[str], set[str]]] = {}
    rows = session.execute(
        select(AccessToken.registration_id, AccessToken.scopes, AccessToken.granted).where(
            AccessToken.institution_id == sitter.institution_id, AccessToken.registration_id.in_(registration_ids)
        )
    )
    for registration_id, asked, given in rows:
        known = found.setdefault(registration_id, (set(), set()))
        known[0].update(asked.split())
        known[1].update(given.split())
    return found


def _view(
    row: Any, sitter: Sitter, told: dict[int, tuple[set[str], set[str]]], deployments: tuple[DeploymentView, ...]
) -> RegistrationView:
    found: Registration = row.Registration
    is_ours = found.institution_id == sitter.institution_id
    return RegistrationView(
        id=found.id,
        name=_name(found, sitter),
        issuer=found.issuer,
        client_id=found.client_id,
        product=found.product_family,
        is_on=found.state is RegistrationState.ACTIVE,
        waits=found.waits_since is not None,
        is_own=found.id == sitter.registration_id,
        is_ours=is_ours,
        granted=_granted(found, *told.get(found.id, (set(), set()))) if is_ours else None,
        can_be_looked_up=is_ours and found.client_uri is not None and row.deployments > 0,
        last_error=found.last_error if is_ours else None,
        last_error_at=found.last_error_at if is_ours else None,
        courses=row.courses,
        deployments_total=row.deployments,
        deployments=deployments,
    )


def _granted(found: Registration, asked: set[str], given: set[str]) -> frozenset[str] | None:
    """Return what is allowed: a token's answer is newer than the registration's, scope by scope."""
    if not (found.granted_scopes or asked):
        return None
    return frozenset((set(found.granted_scopes) - asked) | given)


def _name(found: Registration, sitter: Sitter) -> str:
    if found.institution_id == sitter.institution_id:
        return found.name
    return urlsplit(found.issuer).hostname or found.issuer
