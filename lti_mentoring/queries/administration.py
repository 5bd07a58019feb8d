"""What an institution's administrator sees: first page, people, the audit trail; never what people wrote."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, func, or_, select

from lti_mentoring.domain.concerns import NOT_SHOWN
from lti_mentoring.models import (
    Account,
    Administrator,
    AuditEntry,
    Context,
    Deployment,
    DeploymentApproval,
    Institution,
    Person,
)
from lti_mentoring.queries.credentials import credentials_waiting
from lti_mentoring.queries.platforms import platform_counts, troubled

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.platforms import RegistrationView

ON_A_PAGE = 50
RECENT = 8
TROUBLES_SHOWN = 3
COMING_AND_GOING = (
    "account.signed_in", "account.signed_out", "job.queued", "seat.left", "seat.opened_window", "seat.switched",
    "seat.taken",
)  # fmt: skip
"""On a first page these would hide what was changed: everybody who opens the tool takes a seat."""


class By(StrEnum):
    """Whose changes a trail shows."""

    PEOPLE = "people"
    ITSELF = "itself"
    """The tool's own, and those from the command line: nobody sat there."""


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
    by: By | None = None


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
    """What waits for an administrator, and the institution in numbers; ``unchecked`` counts credentials."""

    institution: str
    asking: int
    waiting: int
    unchecked: int
    errors: tuple[RegistrationView, ...]
    platforms: int
    platforms_off: int
    courses: int
    recent: tuple[AuditLine, ...]


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
    if wanted.by is not None:
        chosen = chosen.where(_by_people() if wanted.by is By.PEOPLE else ~_by_people())
    if wanted.before is not None:
        chosen = chosen.where(AuditEntry.id < wanted.before)
    lines = _lines(session, chosen.limit(ON_A_PAGE + 1))
    kinds = session.execute(
        select(AuditEntry.action, AuditEntry.thing)
        .where(AuditEntry.institution_id == sitter.institution_id, AuditEntry.thing.not_in(NOT_SHOWN))
        .distinct()
        .order_by(AuditEntry.action)
    ).all()
    return AuditView(
        lines[:ON_A_PAGE],
        lines[ON_A_PAGE - 1].id if len(lines) > ON_A_PAGE else None,
        tuple(sorted({row.action for row in kinds})),
        tuple(sorted({row.thing for row in kinds})),
    )


def administrator_home(session: Session, sitter: Sitter) -> AdministratorHome:
    """Return what the administrator's first page shows; of platforms in trouble the last few."""
    counts = platform_counts(session, sitter)
    own = sitter.institution_id
    asking = select(func.count()).where(Administrator.institution_id == own, Administrator.confirmed_at.is_(None))
    waiting = select(func.count()).where(
        Deployment.institution_id == own, Deployment.state == DeploymentApproval.PENDING
    )
    return AdministratorHome(
        institution=_institution(session, sitter),
        asking=session.scalar(asking) or 0,
        waiting=session.scalar(waiting) or 0,
        unchecked=credentials_waiting(session, sitter),
        errors=troubled(session, sitter, most=TROUBLES_SHOWN),
        platforms=counts.all,
        platforms_off=counts.off,
        courses=session.scalar(select(func.count()).where(Context.institution_id == own)) or 0,
        recent=_lines(
            session, _trail(own).where(_by_people(), AuditEntry.action.not_in(COMING_AND_GOING)).limit(RECENT)
        ),
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


def _institution(session: Session, sitter: Sitter) -> str:
    return session.scalar(select(Institution.name).where(Institution.id == sitter.institution_id)) or ""


def _trail(institution_id: int) -> Any:
    return (
        select(AuditEntry, Person, Context, Account.name)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .outerjoin(Account, Account.id == AuditEntry.account_ref)
        .outerjoin(Context, Context.id == AuditEntry.context_ref)
        .where(AuditEntry.institution_id == institution_id, AuditEntry.thing.not_in(NOT_SHOWN))
        .order_by(AuditEntry.id.desc())
    )


def _by_people() -> ColumnElement[bool]:
    return or_(AuditEntry.actor_id.is_not(None), AuditEntry.account_ref.is_not(None))


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
