"""Write many people and memberships at once: the number of statements grows with parts of PART, not with people.

A part of the list travels as one JSON value, which the database reads as rows: beside COPY the quickest way in, and the
same on PostgreSQL and SQLite. Rows that say nothing new are not written again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import JSON, Boolean, Column, Text, and_, func, literal, or_, select, type_coerce, update
from sqlalchemy import cast as as_type
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.domain.roles import is_faculty, is_learner, is_test_user, parse_roles
from lti_mentoring.domain.roster import ROSTERS_UNTIL_LEFT, Known, Presence
from lti_mentoring.models import Context, Membership, MembershipStatus, Person, Registration

if TYPE_CHECKING:
    from sqlalchemy import FromClause, Table
    from sqlalchemy.orm import Session

    from lti_mentoring.lti.roster import Member

PART = 5000
"""People in one JSON value, and numbers in one IN list (SQLite takes 32,766 parameters)."""
PERSON_FACTS = ("name", "given_name", "family_name", "email", "legacy_user_id")
MEMBERSHIP_FACTS = ("role_uris", "is_student", "is_faculty", "status", "missed_rosters", "on_roster_at", "left_at")
_PERSON, _MEMBERSHIP = cast("Table", Person.__table__), cast("Table", Membership.__table__)
Item = TypeVar("Item")


def in_parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Cut a sequence into parts of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def known_members(session: Session, context_id: int) -> dict[str, Known]:
    """Return everybody who is or was in the course, by subject; one statement, plain rows."""
    rows = session.execute(
        select(
            _PERSON.c.subject, _PERSON.c.id, type_coerce(_MEMBERSHIP.c.status, Text), _MEMBERSHIP.c.missed_rosters,
            _MEMBERSHIP.c.is_student, _PERSON.c.is_test_user, _MEMBERSHIP.c.on_roster_at.is_not(None),
            _MEMBERSHIP.c.launched_at,
        )
        .join(_MEMBERSHIP, _MEMBERSHIP.c.person_id == _PERSON.c.id)
        .where(_MEMBERSHIP.c.context_ref == context_id)
    )  # fmt: skip
    return {
        subject: Known(number, Presence(status), missed, is_student, is_test_user, was_listed, launched_at)
        for subject, number, status, missed, is_student, is_test_user, was_listed, launched_at in rows
    }


def enrol(session: Session, course: Context, members: Sequence[Member], *, now: datetime) -> None:
    """Store people and their memberships of the course as active; blank facts never replace known ones."""
    issuer = session.get_one(Registration, course.registration_id).issuer
    # In one order everywhere: two courses read at once must not wait for each other in a ring.
    for part in in_parts(sorted(members, key=lambda one: one.user_id), PART):
        listed = _listed(session, part)
        _store_people(session, course, issuer, listed, now)
        _store_memberships(session, course, issuer, listed, now)


def mark_status(
    session: Session, context_id: int, people: Collection[int], status: MembershipStatus, *, now: datetime
) -> None:
    """Note that these people may have left, or have left."""
    left = status is MembershipStatus.LEFT
    for part in in_parts(sorted(people), PART):
        session.execute(
            update(_MEMBERSHIP)
            .where(_MEMBERSHIP.c.context_ref == context_id, _MEMBERSHIP.c.person_id.in_(part))
            .values(
                status=status,
                missed_rosters=ROSTERS_UNTIL_LEFT if left else 1,
                left_at=now if left else None,
            )
        )


def _store_people(session: Session, course: Context, issuer: str, listed: FromClause, now: datetime) -> None:
    told = {name: func.coalesce(listed.c[name], _PERSON.c[name]) for name in PERSON_FACTS}
    owner = {"institution_id": course.institution_id, "issuer": issuer, "first_seen_at": now}
    columns: dict[str, Any] = {name: literal(value, _PERSON.c[name].type) for name, value in owner.items()}
    columns |= {name: listed.c[name] for name in ("subject", "is_test_user")} | told
    news = or_(_PERSON.c.id.is_(None), *(told[name].is_distinct_from(_PERSON.c[name]) for name in PERSON_FACTS))
    rows = select(*columns.values()).select_from(listed.outerjoin(_PERSON, _is_listed(course, issuer, listed)))
    made = _insert(session, _PERSON).from_select(list(columns), rows.where(news).order_by(listed.c.subject))
    # Whoever comes in between, by a launch or by another course's list, knows no more of them than this list does.
    kept = {name: func.coalesce(made.excluded[name], _PERSON.c[name]) for name in PERSON_FACTS}
    session.execute(made.on_conflict_do_update(index_elements=["institution_id", "issuer", "subject"], set_=kept))


def _store_memberships(session: Session, course: Context, issuer: str, listed: FromClause, now: datetime) -> None:
    facts = {
        "role_uris": as_type(listed.c.role_uris, JSON) if _is_postgresql(session) else listed.c.role_uris,
        "is_student": listed.c.is_student,
        "is_faculty": listed.c.is_faculty,
        "status": literal(MembershipStatus.ACTIVE, _MEMBERSHIP.c.status.type),
        "missed_rosters": literal(0),
        "on_roster_at": literal(now, _MEMBERSHIP.c.on_roster_at.type),
        "left_at": literal(None, _MEMBERSHIP.c.left_at.type),
    }
    owner = {
        "institution_id": literal(course.institution_id),
        "context_ref": literal(course.id),
        "joined_at": literal(now, _MEMBERSHIP.c.joined_at.type),
    }
    columns = owner | {"person_id": _PERSON.c.id} | facts
    held = and_(_MEMBERSHIP.c.context_ref == course.id, _MEMBERSHIP.c.person_id == _PERSON.c.id)
    news = or_(
        _MEMBERSHIP.c.id.is_(None),
        _MEMBERSHIP.c.on_roster_at.is_(None),
        _MEMBERSHIP.c.status != MembershipStatus.ACTIVE,
        _MEMBERSHIP.c.missed_rosters != 0,
        as_type(_MEMBERSHIP.c.role_uris, Text) != listed.c.role_uris,
    )
    rows = select(*columns.values()).select_from(
        listed.join(_PERSON, _is_listed(course, issuer, listed)).outerjoin(_MEMBERSHIP, held)
    )
    made = _insert(session, _MEMBERSHIP).from_select(list(columns), rows.where(news).order_by(_PERSON.c.id))
    session.execute(
        made.on_conflict_do_update(
            index_elements=["context_ref", "person_id"], set_={name: made.excluded[name] for name in MEMBERSHIP_FACTS}
        )
    )


def _is_listed(course: Context, issuer: str, listed: FromClause) -> Any:
    return and_(
        _PERSON.c.institution_id == course.institution_id,
        _PERSON.c.issuer == issuer,
        _PERSON.c.subject == listed.c.subject,
    )


_COLUMNS: dict[str, Any] = {
    "subject": Text, **dict.fromkeys(PERSON_FACTS, Text), "role_uris": Text,
    "is_student": Boolean, "is_faculty": Boolean, "is_test_user": Boolean,
}  # fmt: skip


def _listed(session: Session, members: Sequence[Member]) -> FromClause:
    """Return members as rows that the database reads out of one JSON value."""
    value = literal(json.dumps([_row(member) for member in members]), Text)
    if _is_postgresql(session):
        rows = func.json_to_recordset(as_type(value, JSON)).table_valued(
            *(Column(name, kind) for name, kind in _COLUMNS.items())
        )
        return rows.render_derived(name="listed", with_types=True)
    each = func.json_each(value).table_valued("value")
    taken = (
        type_coerce(func.json_extract(each.c.value, f"$.{name}"), kind).label(name) for name, kind in _COLUMNS.items()
    )
    return select(*taken).subquery("listed")


def _row(member: Member) -> dict[str, object]:
    student, faculty, test_user, uris = _read_roles(member.roles)
    return {
        "subject": member.user_id,
        "name": member.name,
        "given_name": member.given,
        "family_name": member.family,
        "email": member.email,
        "legacy_user_id": member.legacy_user_id,
        "role_uris": uris,
        "is_student": student,
        "is_faculty": faculty,
        "is_test_user": test_user,
    }


@lru_cache(maxsize=512)
def _read_roles(uris: tuple[str, ...]) -> tuple[bool, bool, bool, str]:
    roles = parse_roles(uris)
    return is_learner(roles), is_faculty(roles), is_test_user(roles), json.dumps(uris)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _insert(session: Session, table: Table) -> Any:
    return (postgresql.insert if _is_postgresql(session) else sqlite.insert)(table)
