"""A launch becomes a seat: who came, to which course and link, is stored, and what the person may be is decided."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from sqlalchemy import and_, bindparam, insert, select, update

from lti_mentoring.domain.arrival import asks_to_administer, asks_where_to_sit, first_role, role_after, seat_roles
from lti_mentoring.domain.placing import Placed
from lti_mentoring.domain.roles import parse_roles
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.lti.errors import forbidden
from lti_mentoring.models import (
    Administrator,
    Deployment,
    DeploymentApproval,
    Membership,
    Mentor,
    Person,
    Registration,
    RegistrationState,
    ResourceLink,
    Seat,
)
from lti_mentoring.prepared import Prepared
from lti_mentoring.queries.frames import origin_of
from lti_mentoring.queries.registrations import deployment_row
from lti_mentoring.queries.seats import hash_of
from lti_mentoring.services import auditing
from lti_mentoring.services.arrivals import (
    is_mentor_in,
    language_of,
    store_context,
    store_link,
    store_membership,
    store_person,
    what_is_known,
)
from lti_mentoring.services.groups import place_at_launch
from lti_mentoring.services.reviewing import Review, find_review
from lti_mentoring.services.roster import queue_roster
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.lti.launch import Launch

SEAT_LASTS = timedelta(hours=8)
ROSTER_GOOD_FOR = timedelta(days=1)
ROSTER_AGAIN_AFTER = timedelta(hours=1)
TOKEN_BYTES = 32
MOST_ORIGINS = 20
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})

_SEAT = cast("Table", Seat.__table__)


def _taking(*left_out: str) -> Prepared:
    given: dict[str, Any] = {
        column.name: bindparam(column.name) for column in _SEAT.c if column.name not in {"id", *left_out}
    }
    return Prepared(insert(_SEAT).values(given).returning(_SEAT.c.id))


_TAKE_SEAT = _taking("ended_at", "deep_linking", "about_subject", "track_ref")
_TAKE_SEAT_TO_PICK = _taking("ended_at", "about_subject", "track_ref")


LONGEST_FAMILY = 100


@dataclass(frozen=True, slots=True)
class Welcome:
    """A seat just taken. ``token`` is the browser's secret, kept nowhere else.

    ``waits``: the platform calls the person administrator, and somebody here has yet to confirm that. ``asks``: the
    person may sit in several places and has not said where. ``opens``: what the link was made for. ``about``: somebody
    came to see what is held about a person.
    """

    token: str = field(repr=False)
    sitter: Sitter
    waits: bool = False
    asks: bool = False
    opens: Placed = Placed.TRACK
    review: Review | None = None
    """Whose work the person came to look at, and as what."""
    about: bool = False


def welcome(session: Session, launch: Launch, *, now: datetime) -> Welcome:
    """Store what the launch says and seat the person; raise LaunchRefused when the door was closed meanwhile."""
    known = what_is_known(session, launch)
    _check_admitted(known, launch)
    review = find_review(session, launch, known)
    person_id = store_person(session, launch, known, now=now)
    context_id = store_context(session, launch, known, now=now)
    link = review.link if review else store_link(session, launch, known, context_id, now=now)
    track_id = link.track_id
    if context_id is not None:
        store_membership(session, launch, known, context_id, person_id, now=now)
        place_at_launch(session, launch, known, context_id, person_id)
    _let_frame(session, launch, known)
    _learn_product(session, launch, known)
    newly = track_id is not None and (link.bound or review is not None)
    is_mentor = is_mentor_in(session, track_id, person_id) if newly and track_id else known.mentor_id is not None
    confirmed = known.confirmed_at is not None
    roles = seat_roles(
        launch.roles, is_mentor=is_mentor, is_administrator=confirmed, has_context=context_id is not None
    )
    if review:
        roles = (review.role, *(role for role in roles if role is not review.role))
    picks = launch.deep_linking is not None
    # What is picked, reviewed or looked up says by itself from which seat.
    settled = picks or review is not None or launch.about is not None
    role = first_role(roles, known.chosen_role, settled=settled)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    seat_id = _take_seat(session, launch, known, token, role, roles, person_id, context_id, link.id, now)
    sitter = Sitter(
        seat_id=seat_id,
        institution_id=known.institution_id,
        person_id=person_id,
        person_name=launch.person.name or known.person_name or "",
        role=role,
        roles=roles,
        registration_id=launch.registration.id,
        context_id=context_id,
        track_id=track_id,
        resource_link_id=link.id,
        may_pick=picks,
    )
    auditing.record(session, sitter, "seat.taken", "seat", seat_id, now=now, message=launch.message_type.value)
    if link.bound:
        auditing.record(session, sitter, "resource_link.bound", "resource_link", link.id, now=now, track=track_id)
    if launch.about is not None:
        _look_at(session, sitter, launch.about, launch.registration.issuer, now)
    waits = asks_to_administer(launch.roles, is_administrator=confirmed)
    if waits and known.administrator_id is None:
        _ask_to_administer(session, sitter, now)
    if _roster_is_due(launch, known, roles, now):
        queue_roster(session, sitter, now=now)
    asks = asks_where_to_sit(roles, known.chosen_role, settled=settled)
    return Welcome(token, sitter, waits, asks, opens=link.kind, review=review, about=launch.about is not None)


def _check_admitted(known: Any, launch: Launch) -> None:
    """Look again at what other processes may have changed since this one remembered it."""
    if known.registration_state is not RegistrationState.ACTIVE:
        raise forbidden("registration_disabled", registration_id=launch.registration.id)
    if known.deployment_state is not DeploymentApproval.APPROVED:
        state = known.deployment_state.value if known.deployment_state else "unknown"
        raise forbidden(
            f"deployment_{state}",
            registration_id=launch.registration.id,
            deployment_id=launch.deployment_id,
            platform_guid=launch.platform.guid,
        )


def _take_seat(
    session: Session,
    launch: Launch,
    known: Any,
    token: str,
    role: SeatRole,
    roles: tuple[SeatRole, ...],
    person_id: int,
    context_id: int | None,
    link_id: int | None,
    now: datetime,
) -> int:
    values: dict[str, Any] = {
        "institution_id": known.institution_id,
        "token_hash": hash_of(token),
        "person_id": person_id,
        "registration_id": launch.registration.id,
        "context_ref": context_id,
        "resource_link_ref": link_id,
        "role": role,
        "roles": [role.value for role in roles],
        "locale": language_of(launch),
        "return_url": launch.presentation.return_url,
        "created_at": now,
        "used_at": now,
        "expires_at": now + SEAT_LASTS,
    }
    take = _TAKE_SEAT
    if launch.deep_linking is not None:
        take = _TAKE_SEAT_TO_PICK
        values["deep_linking"] = {**asdict(launch.deep_linking), "deployment_id": launch.deployment_id}
    number: int = take.row(session, values).id
    return number


def _look_at(session: Session, sitter: Sitter, subject: str, issuer: str, now: datetime) -> None:
    """Keep whose data the seat was opened for, and write down that somebody asked."""
    session.execute(
        update(Seat)
        .where(Seat.id == sitter.seat_id)
        .values(about_subject=subject)
        .execution_options(synchronize_session=False)
    )
    about = select(Person.id).where(
        Person.institution_id == sitter.institution_id, Person.issuer == issuer, Person.subject == subject
    )
    auditing.record(session, sitter, "privacy.asked", "person", session.scalar(about), now=now)


def _learn_product(session: Session, launch: Launch, known: Any) -> None:
    """Keep what a platform calls itself where its registration does not say: the product's record is chosen by it."""
    told = launch.platform.product_family_code
    if told and not known.product_family:
        session.execute(
            update(Registration)
            .where(Registration.id == launch.registration.id, Registration.product_family == "")
            .values(product_family=told[:LONGEST_FAMILY])
            .execution_options(synchronize_session=False)
        )


def _let_frame(session: Session, launch: Launch, known: Any) -> None:
    """Let the page be framed where the platform says that it shows us: Canvas has many hosts for one issuer."""
    origin = origin_of(launch.presentation.return_url or "")
    if origin is None or not (origin.startswith("https:") or urlsplit(origin).hostname in LOOPBACK):
        return
    own = {origin_of(launch.registration.issuer), origin_of(launch.registration.auth_url), *known.frame_origins}
    if origin not in own:
        session.execute(
            update(Registration)
            .where(Registration.id == launch.registration.id)
            .values(frame_origins=[*known.frame_origins, origin][-MOST_ORIGINS:])
            .execution_options(synchronize_session=False)
        )


def _ask_to_administer(session: Session, sitter: Sitter, now: datetime) -> None:
    values = {"institution_id": sitter.institution_id, "person_id": sitter.person_id, "asked_at": now}
    number = upsert(session, Administrator, values, by=("institution_id", "person_id"))
    auditing.record(session, sitter, "administrator.asked", "administrator", number, now=now)


def _roster_is_due(launch: Launch, known: Any, roles: tuple[SeatRole, ...], now: datetime) -> bool:
    """Tell whether faculty came and the list is a day old; a reading that failed is not repeated at every launch."""
    if SeatRole.FACULTY not in roles or launch.roster is None:
        return False
    synced, started = known.roster_synced_at, known.roster_started_at
    is_old = synced is None or synced < now - ROSTER_GOOD_FOR
    return is_old and (started is None or started < now - ROSTER_AGAIN_AFTER)


def hold_deployment(
    session: Session, registration_id: int, deployment_id: str, platform_guid: str | None, *, now: datetime
) -> None:
    """Let a deployment that proved itself, but that we do not know, wait for an administrator's yes.

    Until the operator says otherwise it is the institution's that registered the platform.
    """
    if deployment_row(session, registration_id, deployment_id) is not None:
        return
    registered = session.get_one(Registration, registration_id)
    values = {
        "institution_id": registered.institution_id,
        "registration_id": registration_id,
        "deployment_id": deployment_id,
        "platform_guid": platform_guid,
    }
    first = {"state": DeploymentApproval.PENDING, "first_seen_at": now}
    number = upsert(session, Deployment, values, by=("registration_id", "deployment_id"), first=first)
    auditing.record(
        session, None, "deployment.asked", "deployment", number, now=now, institution_id=registered.institution_id
    )


def refresh_roles(session: Session, person_id: int, track_id: int, now: datetime) -> None:
    """Decide anew what the person's open seats at links of this track may be, after faculty (un)ticked a mentor."""
    rows = session.execute(
        select(Seat, Membership.role_uris, Mentor.id, Administrator.confirmed_at)
        .join(ResourceLink, ResourceLink.id == Seat.resource_link_ref)
        .outerjoin(Membership, and_(Membership.context_ref == Seat.context_ref, Membership.person_id == Seat.person_id))
        .outerjoin(Mentor, and_(Mentor.track_id == track_id, Mentor.person_id == person_id, Mentor.active.is_(True)))
        .outerjoin(
            Administrator,
            and_(Administrator.person_id == person_id, Administrator.institution_id == Seat.institution_id),
        )
        .where(
            Seat.person_id == person_id,
            ResourceLink.track_id == track_id,
            Seat.expires_at > now,
            Seat.ended_at.is_(None),
        )
    )
    for seat, role_uris, mentor_id, confirmed_at in rows:
        roles = seat_roles(
            parse_roles(role_uris or ()),
            is_mentor=mentor_id is not None,
            is_administrator=confirmed_at is not None,
            has_context=True,
        )
        seat.roles = [role.value for role in roles]
        seat.role = role_after(seat.role, roles)
    session.flush()
