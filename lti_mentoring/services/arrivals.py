"""What a launch tells of person, course, link and membership, stored with as few statements as can be.

One statement reads all that is known; a person who was here before costs one update. Everything is the institution's
that the deployment belongs to: one registration may serve several (Blackboard has one client id for all schools).
Rows that are new, or changed, are written by upserts, so that two launches at once make one row. Blank values never
replace known ones: platforms withhold names by course.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import and_, bindparam, select, update

from lti_mentoring.domain.roles import is_faculty, is_learner, is_test_user
from lti_mentoring.models import (
    Administrator,
    Context,
    Deployment,
    Membership,
    MembershipStatus,
    Mentor,
    Person,
    Registration,
    ResourceLink,
    Track,
)
from lti_mentoring.prepared import Prepared
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.lti.launch import Launch

PERSON_FACTS = ("name", "given_name", "family_name", "email", "locale", "is_test_user")
CONTEXT_FACTS = ("label", "title", "memberships_url", "lineitems_url")
LINK_FACTS = ("title", "lineitem_url")
MEMBERSHIP_FACTS = ("role_uris", "is_student", "is_faculty", "status", "missed_rosters", "launched_at", "left_at")
LONGEST_LOCALE = 35


def _table(model: type) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # every model has one


_R, _D, _P, _C, _L, _M = map(_table, (Registration, Deployment, Person, Context, ResourceLink, Membership))
_GUIDE, _ADMIN = _table(Mentor), _table(Administrator)

_KNOWN = Prepared(
    select(
        _R.c.state.label("registration_state"),
        _R.c.frame_origins,
        _D.c.id.label("deployment_ref"),
        _D.c.institution_id,
        _D.c.state.label("deployment_state"),
        _P.c.id.label("person_id"),
        *(_P.c[name].label(f"person_{name}") for name in PERSON_FACTS),
        _C.c.id.label("context_ref"),
        _C.c.roster_synced_at,
        _C.c.roster_started_at,
        *(_C.c[name].label(f"context_{name}") for name in CONTEXT_FACTS),
        _L.c.id.label("link_id"),
        _L.c.track_id,
        *(_L.c[name].label(f"link_{name}") for name in LINK_FACTS),
        _M.c.id.label("membership_id"),
        _GUIDE.c.id.label("mentor_id"),
        _ADMIN.c.id.label("administrator_id"),
        _ADMIN.c.confirmed_at.label("confirmed_at"),
    )
    .select_from(
        _R.outerjoin(_D, and_(_D.c.registration_id == _R.c.id, _D.c.deployment_id == bindparam("deployment")))
        .outerjoin(
            _P,
            and_(
                _P.c.institution_id == _D.c.institution_id,
                _P.c.issuer == _R.c.issuer,
                _P.c.subject == bindparam("subject"),
            ),
        )
        .outerjoin(
            _C,
            and_(
                _C.c.registration_id == _R.c.id,
                _C.c.deployment_id == _D.c.id,
                _C.c.context_id == bindparam("course"),
            ),
        )
        .outerjoin(_L, and_(_L.c.context_ref == _C.c.id, _L.c.resource_link_id == bindparam("link")))
        .outerjoin(_M, and_(_M.c.context_ref == _C.c.id, _M.c.person_id == _P.c.id))
        .outerjoin(
            _GUIDE,
            and_(_GUIDE.c.track_id == _L.c.track_id, _GUIDE.c.person_id == _P.c.id, _GUIDE.c.active.is_(True)),
        )
        .outerjoin(_ADMIN, and_(_ADMIN.c.institution_id == _D.c.institution_id, _ADMIN.c.person_id == _P.c.id))
    )
    .where(_R.c.id == bindparam("registration"))
)
_SEEN = Prepared(
    update(_M)
    .where(_M.c.id == bindparam("number"))
    .values({name: bindparam(f"new_{name}") for name in MEMBERSHIP_FACTS})
)


def what_is_known(session: Session, launch: Launch) -> Any:
    """Return one row with all that we hold of a launch; columns of what is new are None.

    ``institution_id`` is that of the deployment, which decides whose people and courses these are.
    """
    return _KNOWN.row(
        session,
        {
            "registration": launch.registration.id,
            "deployment": launch.deployment_id,
            "subject": launch.subject,
            "course": launch.context.id if launch.context else None,
            "link": launch.resource_link.id if launch.resource_link else None,
        },
    )


def store_person(session: Session, launch: Launch, known: Any, *, now: datetime) -> int:
    """Store the person and return their number."""
    said = {
        "name": launch.person.name,
        "given_name": launch.person.given_name,
        "family_name": launch.person.family_name,
        "email": launch.person.email,
        "locale": language_of(launch),
        "is_test_user": is_test_user(launch.roles),
    }
    if known.person_id is not None:
        return _mend(session, _P, known.person_id, _news(said, known, "person"))
    key = {
        "institution_id": known.institution_id,
        "issuer": launch.registration.issuer,
        "subject": launch.subject,
    }
    return upsert(session, Person, key | _said(said), by=tuple(key), first={"first_seen_at": now})


def store_context(session: Session, launch: Launch, known: Any, *, now: datetime) -> int | None:
    """Store the course and return its number; None for a launch from nowhere."""
    if launch.context is None:
        return None
    grades = launch.gradebook
    said = {
        "label": launch.context.label,
        "title": launch.context.title,
        "memberships_url": launch.roster.url if launch.roster else None,
        "lineitems_url": grades.lineitems_url if grades else None,
    }
    if known.context_ref is not None:
        return _mend(session, _C, known.context_ref, _news(said, known, "context"))
    key = {
        "registration_id": launch.registration.id,
        "deployment_id": known.deployment_ref,
        "context_id": launch.context.id,
    }
    owner = {"institution_id": known.institution_id, "created_at": now}
    return upsert(session, Context, key | _said(said), by=tuple(key), first=owner)


def store_link(
    session: Session, launch: Launch, known: Any, context_id: int | None, *, now: datetime
) -> tuple[int | None, int | None, bool]:
    """Store the link; return its number, the number of its track, and whether the track was bound just now.

    A link that was picked for a track brings the track's number along; after a course copy it is another course's,
    and faculty are asked anew.
    """
    if launch.resource_link is None or context_id is None:
        return None, None, False
    track_id = known.track_id or _picked_track(session, launch, context_id)
    said = {
        "title": launch.resource_link.title,
        "lineitem_url": launch.gradebook.lineitem_url if launch.gradebook else None,
    }
    bound = track_id is not None and track_id != known.track_id
    binding = {"track_id": track_id} if bound else {}
    if known.link_id is not None:
        return _mend(session, _L, known.link_id, _news(said, known, "link") | binding), track_id, bound
    key = {"context_ref": context_id, "resource_link_id": launch.resource_link.id}
    owner = {"institution_id": known.institution_id, "created_at": now}
    return upsert(session, ResourceLink, key | _said(said) | binding, by=tuple(key), first=owner), track_id, bound


def store_membership(
    session: Session, launch: Launch, known: Any, context_id: int, person_id: int, *, now: datetime
) -> None:
    """Store that the person is in the course: who opens the tool there has not left."""
    facts = {
        "role_uris": list(launch.role_uris),
        "is_student": is_learner(launch.roles),
        "is_faculty": is_faculty(launch.roles),
        "status": MembershipStatus.ACTIVE,
        "missed_rosters": 0,
        "launched_at": now,
        "left_at": None,
    }
    if known.membership_id is not None:
        said = {f"new_{name}": value for name, value in facts.items()}
        _SEEN.run(session, {"number": known.membership_id, **said})
        return
    key = {"context_ref": context_id, "person_id": person_id}
    owner = {"institution_id": known.institution_id}
    upsert(session, Membership, key | facts, by=tuple(key), first=owner)


def is_mentor_in(session: Session, track_id: int, person_id: int) -> bool:
    """Tell whether faculty have ticked the person in the track."""
    return bool(
        session.scalar(
            select(_GUIDE.c.id).where(
                _GUIDE.c.track_id == track_id, _GUIDE.c.person_id == person_id, _GUIDE.c.active.is_(True)
            )
        )
    )


def _picked_track(session: Session, launch: Launch, context_id: int) -> int | None:
    """Return the track that the link was picked for, if it is one of this course."""
    picked = launch.custom.get("track", "")
    if not (picked.isascii() and picked.isdigit() and len(picked) < 10):
        return None
    return session.scalar(select(Track.id).where(Track.id == int(picked), Track.context_ref == context_id))


def _said(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def _news(facts: Mapping[str, Any], known: Any, prefix: str) -> dict[str, Any]:
    """Return what was said and differs from what we hold."""
    return {name: value for name, value in _said(facts).items() if getattr(known, f"{prefix}_{name}") != value}


def _mend(session: Session, table: Table, number: int, changes: dict[str, Any]) -> int:
    if changes:
        session.execute(update(table).where(table.c.id == number).values(changes))
    return number


def language_of(launch: Launch) -> str | None:
    """Return the language of a launch, as the platform writes it: the page's, else the person's own."""
    locale = launch.presentation.locale or launch.person.locale
    return locale if locale and len(locale) <= LONGEST_LOCALE else None
