"""What an institution's administrator decides: who may launch, which platforms are let in, who else administers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.models import (
    Account,
    Administrator,
    Context,
    Deployment,
    DeploymentApproval,
    Institution,
    Passkey,
    Registration,
    RegistrationState,
    Seat,
)
from lti_mentoring.services import auditing
from lti_mentoring.services.subscribing import take_back_notices

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Actor
    from lti_mentoring.domain.credentials import Checkers
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models.base import OfInstitution

    Thing = TypeVar("Thing", bound=OfInstitution)

OPERATOR = "operator"


class LastAdministrator(Refused):
    """Without this person nobody here could confirm anybody."""

    code = "last_administrator"


class OwnPlatform(Refused):
    """Who switched off the platform that they came in by could never switch it on again."""

    code = "own_platform"


class DeploymentInUse(Refused):
    """Courses came in by this deployment: they and their people stay where they are."""

    code = "deployment_in_use"


class NameTaken(Refused):
    """An institution of this short name is there already. Facts: ``slug``."""

    code = "institution_name_taken"


def add_institution(session: Session, name: str, slug: str, *, now: datetime, by: Actor | None = None) -> Institution:
    """Make a new institution."""
    made = Institution(name=name, slug=slug, created_at=now)
    try:
        with session.begin_nested():  # of two who make it at once the database lets one
            session.add(made)
    except IntegrityError as taken:
        raise NameTaken(slug=slug) from taken
    auditing.record(session, by, "institution.made", "institution", made.id, now=now, institution_id=made.id)
    return made


def rename_institution(
    session: Session, institution_id: int, name: str, *, by: Actor | None, now: datetime
) -> Institution:
    """Call an institution otherwise; its short name stays, because commands and scripts know it."""
    found = session.get(Institution, institution_id)
    if found is None:
        raise NotFound
    if found.name != name:
        found.name = name
        auditing.record(session, by, "institution.renamed", "institution", found.id, now=now, institution_id=found.id)
    return found


def choose_checkers(
    session: Session, institution_id: int, checkers: Checkers, *, by: Sitter | None, now: datetime
) -> Institution:
    """Say who checks mentors' credentials here; from now on nobody else can open what was declared."""
    found = session.get_one(Institution, institution_id, with_for_update=True, populate_existing=True)
    before = found.credential_checkers
    if before is not checkers:
        found.credential_checkers = checkers
        auditing.record(
            session, by, "institution.checkers_chosen", "institution", found.id, now=now, institution_id=found.id,
            before=before.value, after=checkers.value,
        )  # fmt: skip
    return found


def decide_deployment(
    session: Session, institution_id: int, deployment_id: int, *, approve: bool, by: Sitter | None, now: datetime
) -> Deployment:
    """Let a deployment launch from now on, or refuse it; what was decided before may be decided anew.

    Refusing it ends the open seats of its courses, but for the one of whoever refuses: a mistake can be mended.
    """
    found = _own(session, Deployment, institution_id, deployment_id)
    found.state = DeploymentApproval.APPROVED if approve else DeploymentApproval.REFUSED
    found.decided_at = now
    if not approve:
        its_courses = select(Context.id).where(Context.deployment_id == found.id)
        session.execute(
            update(Seat)
            .where(Seat.context_ref.in_(its_courses), Seat.ended_at.is_(None), Seat.id != (by.seat_id if by else 0))
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )
    action = "deployment.approved" if approve else "deployment.refused"
    auditing.record(session, by, action, "deployment", found.id, now=now, institution_id=institution_id)
    return found


def assign_deployment(session: Session, deployment_id: int, institution_id: int, *, now: datetime) -> Deployment:
    """Let a deployment launch for an institution: from now on its courses and people are that institution's.

    For the operator alone: with a registration of their own making, an administrator could otherwise send anybody of
    another institution in. Raises DeploymentInUse once a course came in for somebody else.
    """
    found = session.get_one(Deployment, deployment_id)
    if found.institution_id != institution_id:
        if session.scalar(select(Context.id).where(Context.deployment_id == found.id).limit(1)) is not None:
            raise DeploymentInUse
        given_away = found.institution_id
        found.institution_id = institution_id
        auditing.record(
            session, None, "deployment.given_away", "deployment", found.id, now=now, institution_id=given_away
        )
    return decide_deployment(session, institution_id, found.id, approve=True, by=None, now=now)


def switch_registration(
    session: Session, institution_id: int, registration_id: int, *, on: bool, by: Sitter | None, now: datetime
) -> Registration:
    """Let a platform's people in or keep them out; switching off also ends the seats that are open.

    A registration that others share is its own institution's to switch; theirs read of it in their audit trail.
    """
    found = _own(session, Registration, institution_id, registration_id)
    if not on and by is not None and by.registration_id == found.id:
        raise OwnPlatform
    found.state = RegistrationState.ACTIVE if on else RegistrationState.DISABLED
    if not on:
        open_seats = update(Seat).where(Seat.registration_id == found.id, Seat.ended_at.is_(None))
        session.execute(open_seats.values(ended_at=now))
        take_back_notices(session, found, by=by, now=now)
    action = "registration.enabled" if on else "registration.disabled"
    auditing.record(session, by, action, "registration", found.id, now=now, institution_id=institution_id)
    for other in _sharers(session, found):
        auditing.record(session, None, action, "registration", found.id, now=now, institution_id=other)
    return found


def confirm_administrator(
    session: Session, institution_id: int, administrator_id: int, *, by: Sitter | None, now: datetime
) -> Administrator:
    """Make a person administrator who asked to be; confirming twice changes nothing."""
    found = _own(session, Administrator, institution_id, administrator_id)
    if found.confirmed_at is None:
        found.confirmed_at, found.confirmed_by = now, by.person_name if by else OPERATOR
        auditing.record(
            session, by, "administrator.confirmed", "administrator", found.id, now=now, institution_id=institution_id
        )
    return found


def withdraw_administrator(
    session: Session, institution_id: int, administrator_id: int, *, by: Sitter | None, now: datetime
) -> Administrator:
    """Take the confirmation back and end the person's open seats as administrator; never the last one's."""
    found = _own(session, Administrator, institution_id, administrator_id)
    others = select(Administrator.id).where(
        Administrator.institution_id == institution_id,
        Administrator.confirmed_at.is_not(None),
        Administrator.id != found.id,
    )
    accounts = select(Passkey.id).join(Account, Account.id == Passkey.account_id).where(
        Account.institution_id == institution_id, Account.disabled_at.is_(None)
    )  # fmt: skip
    if by is not None and not any(session.scalar(one.limit(1)) for one in (others, accounts)):
        raise LastAdministrator
    found.confirmed_at, found.confirmed_by = None, None
    session.execute(
        update(Seat)
        .where(Seat.person_id == found.person_id, Seat.role == SeatRole.ADMINISTRATOR, Seat.ended_at.is_(None))
        .values(ended_at=now)
    )
    auditing.record(
        session, by, "administrator.withdrawn", "administrator", found.id, now=now, institution_id=institution_id
    )
    return found


def _sharers(session: Session, registered: Registration) -> list[int]:
    """Return the other institutions that have a deployment of this registration."""
    shared = select(Deployment.institution_id).where(
        Deployment.registration_id == registered.id, Deployment.institution_id != registered.institution_id
    )
    return sorted(set(session.scalars(shared)))


def _own(session: Session, kind: type[Thing], institution_id: int, number: int) -> Thing:
    """Return the institution's own row; another's is not there."""
    found = session.scalar(select(kind).where(kind.id == number, kind.institution_id == institution_id))
    if found is None:
        raise NotFound
    return found
