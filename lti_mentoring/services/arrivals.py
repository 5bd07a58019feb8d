"""What a launch tells of person, course, link and membership, stored with as few statements as can be.

One statement reads all that is known; a person who was here before costs one update. Everything is the institution's
that the deployment belongs to: one registration may serve several (Blackboard has one client id for all schools).
Rows that are new, or changed, are written by upserts, so that two launches at once make one row. Blank values never
replace known ones: platforms withhold names by course.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import and_, bindparam, select, update

from lti_mentoring.domain.copying import CONTEXT_HISTORY, LINK_HISTORY, read_history
from lti_mentoring.domain.placing import Opens, Placed, read_kind, read_opens
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

PERSON_FACTS = ("name", "given_name", "family_name", "email", "legacy_user_id", "locale", "is_test_user")
CONTEXT_FACTS = ("label", "title", "memberships_url", "lineitems_url", "groups_url", "group_sets_url", "history")
LINK_FACTS = ("title", "lineitem_url", "opens", "opens_track", "opens_item")
MEMBERSHIP_FACTS = (
    "role_uris", "is_student", "is_faculty", "status", "missed_rosters", "launched_at", "left_at", "observed",
)  # fmt: skip
LONGEST_LOCALE = 35


def _table(model: type) -> Table:
    return cast("Table", model.__table__)  # type: ignore[attr-defined]  # every model has one


_R, _D, _P, _C, _L, _M = map(_table, (Registration, Deployment, Person, Context, ResourceLink, Membership))
_GUIDE, _ADMIN = _table(Mentor), _table(Administrator)

_KNOWN = Prepared(
    select(
        _R.c.state.label("registration_state"),
        _R.c.frame_origins,
        _R.c.product_family,
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
        _M.c.groups_digest,
        _M.c.chosen_role,
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
        "legacy_user_id": launch.person.legacy_user_id,
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
        "groups_url": launch.groups.url if launch.groups else None,
        "group_sets_url": launch.groups.sets_url if launch.groups else None,
        "history": list(read_history(launch.custom.get(CONTEXT_HISTORY))) or None,
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


@dataclass(frozen=True, slots=True)
class StoredLink:
    """The link that was followed. ``bound``: its track was found just now, by what the link itself brings along."""

    id: int | None = None
    track_id: int | None = None
    bound: bool = False
    kind: Placed = Placed.TRACK


def store_link(session: Session, launch: Launch, known: Any, context_id: int | None, *, now: datetime) -> StoredLink:
    """Store the link, what it opens, and the track that it was made for, if that is one of this course.

    In a copied course it is another course's: then the link remembers the track's key until a copy of it is there.
    """
    if launch.resource_link is None or context_id is None:
        return StoredLink()
    opens = _opens(session, launch, known)
    track_id = known.track_id or _track_with(session, opens.track_key, context_id)
    said = {
        "title": launch.resource_link.title,
        "lineitem_url": launch.gradebook.lineitem_url if launch.gradebook else None,
    }
    if opens.track_key is not None:
        said |= {"opens": opens.kind.value, "opens_track": opens.track_key, "opens_item": opens.item_key}
    bound = track_id is not None and track_id != known.track_id
    binding = {"track_id": track_id} if bound else {}
    kind = opens.kind if opens.track_key else read_kind(known.link_opens or "")
    if known.link_id is not None:
        number = _mend(session, _L, known.link_id, _news(said, known, "link") | binding)
    else:
        key = {"context_ref": context_id, "resource_link_id": launch.resource_link.id}
        owner = {"institution_id": known.institution_id, "created_at": now}
        number = upsert(session, ResourceLink, key | _said(said) | binding, by=tuple(key), first=owner)
    return StoredLink(number, track_id, bound, kind)


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
        # Of this launch alone: whoever is not named any more is out of sight at once.
        "observed": sorted(launch.observed) or None,
    }
    if known.membership_id is not None:
        said = {f"new_{name}": value for name, value in facts.items()}
        _SEEN.run(session, {"number": known.membership_id, **said})
        return
    key = {"context_ref": context_id, "person_id": person_id}
    owner = {"institution_id": known.institution_id, "joined_at": now}
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


def _opens(session: Session, launch: Launch, known: Any) -> Opens:
    """Return what the link says it opens; where it says nothing, what the link says of which it is a copy."""
    said = read_opens(launch.custom)
    if said.track_key is not None or known.track_id is not None or known.link_opens_track is not None:
        return said
    before = read_history(launch.custom.get(LINK_HISTORY))
    return _copied_from(session, before, known.deployment_ref) if before else said


def _copied_from(session: Session, before: tuple[str, ...], deployment: int) -> Opens:
    """Return what the nearest ancestor of a link opens, within the same installation in the same platform."""
    rows = session.execute(
        select(_L.c.resource_link_id, _L.c.opens, _L.c.opens_item, Track.key)
        .join(_C, _C.c.id == _L.c.context_ref)
        .join(Track, Track.id == _L.c.track_id)
        .where(_C.c.deployment_id == deployment, _L.c.resource_link_id.in_(before))
    )
    found = {row.resource_link_id: Opens(read_kind(row.opens), row.key, row.opens_item) for row in rows}
    return next((found[one] for one in before if one in found), Opens())


def _track_with(session: Session, key: str | None, context_id: int) -> int | None:
    """Return the course's track of that key."""
    if key is None:
        return None
    return session.scalar(select(Track.id).where(Track.key == key, Track.context_ref == context_id))


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
