"""Write many people and memberships at once: the number of statements grows with parts of CHUNK, not with people.

Rows that say nothing new are not written again: a list of 50,000 that has not changed costs a few reads.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.domain.roles import is_faculty, is_learner, is_test_user, parse_roles
from lti_mentoring.domain.roster import ROSTERS_UNTIL_LEFT, Known, Presence, same_facts
from lti_mentoring.models import Context, Membership, MembershipStatus, Person, Registration

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.db import Base
    from lti_mentoring.lti.roster import Member

CHUNK = 5000
"""Numbers in one IN list; SQLite takes 32,766 parameters, PostgreSQL's protocol 65,535."""
_PERSON, _MEMBERSHIP = cast("Table", Person.__table__), cast("Table", Membership.__table__)
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class HeldMember:
    """One person of the course with what we hold of them."""

    subject: str
    facts: dict[str, str | None]
    role_uris: tuple[str, ...]
    known: Known

    @property
    def person_id(self) -> int:
        """The person's number."""
        return self.known.person_id


def in_parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Cut a sequence into parts of at most ``size``."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def members_of(session: Session, context_id: int) -> list[HeldMember]:
    """Return everybody who is or was in the course; one statement, plain rows."""
    rows = session.execute(
        select(
            _PERSON.c.id, _PERSON.c.subject, _PERSON.c.name, _PERSON.c.given_name, _PERSON.c.family_name,
            _PERSON.c.email, _PERSON.c.is_test_user, _MEMBERSHIP.c.role_uris, _MEMBERSHIP.c.is_student,
            _MEMBERSHIP.c.status, _MEMBERSHIP.c.missed_rosters, _MEMBERSHIP.c.launched_at, _MEMBERSHIP.c.on_roster_at,
        )
        .join(_MEMBERSHIP, _MEMBERSHIP.c.person_id == _PERSON.c.id)
        .where(_MEMBERSHIP.c.context_ref == context_id)
    )  # fmt: skip
    return [
        HeldMember(
            subject=row.subject,
            facts={"name": row.name, "given_name": row.given_name, "family_name": row.family_name, "email": row.email},
            role_uris=tuple(row.role_uris),
            known=Known(
                person_id=row.id,
                presence=Presence(row.status.value),
                missed=row.missed_rosters,
                is_student=row.is_student,
                is_test_user=row.is_test_user,
                was_listed=row.on_roster_at is not None,
                launched_at=row.launched_at,
            ),
        )
        for row in rows
    ]


def store_people(
    session: Session, course: Context, members: Sequence[Member], held: Sequence[HeldMember], *, now: datetime
) -> dict[str, int]:
    """Store the people of a list; return the number of each by subject. Blank facts never replace known ones."""
    known = {one.subject: (one.person_id, one.facts) for one in held}
    strangers = [member for member in members if member.user_id not in known]
    issuer = session.get_one(Registration, course.registration_id).issuer
    known |= _elsewhere(session, course.institution_id, issuer, [one.user_id for one in strangers])
    # In one order everywhere: two courses read at once must not wait for each other in a ring.
    new = sorted((one for one in strangers if one.user_id not in known), key=lambda one: one.user_id)
    if new:
        made = _insert(session, Person).on_conflict_do_nothing(index_elements=["institution_id", "issuer", "subject"])
        owner = {"institution_id": course.institution_id, "issuer": issuer, "first_seen_at": now}
        session.execute(made, [owner | _facts(one) | _test_user(one) | {"subject": one.user_id} for one in new])
        known |= _elsewhere(session, course.institution_id, issuer, [one.user_id for one in new])
    changed = [
        {"number": known[one.user_id][0]} | _merged(_facts(one), known[one.user_id][1])
        for one in members
        if not same_facts(_facts(one), known[one.user_id][1])
    ]
    if changed:
        changed.sort(key=lambda row: str(row["number"]))
        session.connection().execute(update(_PERSON).where(_PERSON.c.id == bindparam("number")), changed)
    return {one.user_id: known[one.user_id][0] for one in members}


def store_memberships(
    session: Session,
    course: Context,
    members: Sequence[Member],
    held: Sequence[HeldMember],
    numbers: dict[str, int],
    *,
    now: datetime,
) -> None:
    """Store the memberships that are new, whose roles changed, or who were thought to be gone."""
    before = {one.person_id: one for one in held}
    rows = [
        {
            "institution_id": course.institution_id,
            "context_ref": course.id,
            "person_id": numbers[one.user_id],
            "on_roster_at": now,
            "missed_rosters": 0,
            "status": MembershipStatus.ACTIVE,
            "left_at": None,
        }
        | _roles(one.roles)
        for one in members
        if _is_news(before.get(numbers[one.user_id]), one)
    ]
    if not rows:
        return
    made = _insert(session, Membership)
    kept = {"institution_id", "context_ref", "person_id"}
    session.execute(
        made.on_conflict_do_update(
            index_elements=["context_ref", "person_id"],
            set_={name: made.excluded[name] for name in rows[0] if name not in kept},
        ),
        rows,
    )


def mark_present(session: Session, context_id: int, people: Sequence[int], *, now: datetime) -> None:
    """Note that a list has named these people."""
    for part in in_parts(people, CHUNK):
        session.execute(
            update(_MEMBERSHIP)
            .where(_MEMBERSHIP.c.context_ref == context_id, _MEMBERSHIP.c.person_id.in_(part))
            .values(on_roster_at=now, missed_rosters=0)
        )


def mark_status(
    session: Session, context_id: int, people: Collection[int], status: MembershipStatus, *, now: datetime
) -> None:
    """Note that these people may have left, or have left."""
    left = status is MembershipStatus.LEFT
    for part in in_parts(sorted(people), CHUNK):
        session.execute(
            update(_MEMBERSHIP)
            .where(_MEMBERSHIP.c.context_ref == context_id, _MEMBERSHIP.c.person_id.in_(part))
            .values(
                status=status,
                missed_rosters=ROSTERS_UNTIL_LEFT if left else 1,
                left_at=now if left else None,
            )
        )


def _elsewhere(
    session: Session, institution_id: int, issuer: str, subjects: Sequence[str]
) -> dict[str, tuple[int, dict[str, str | None]]]:
    """Return the people of the institution's platform by subject, whatever course they came from."""
    found: dict[str, tuple[int, dict[str, str | None]]] = {}
    for part in in_parts(subjects, CHUNK):
        rows = session.execute(
            select(
                _PERSON.c.id, _PERSON.c.subject, _PERSON.c.name, _PERSON.c.given_name, _PERSON.c.family_name,
                _PERSON.c.email,
            ).where(
                _PERSON.c.institution_id == institution_id, _PERSON.c.issuer == issuer, _PERSON.c.subject.in_(part)
            )
        )  # fmt: skip
        for number, subject, name, given, family, email in rows:
            facts = {"name": name, "given_name": given, "family_name": family, "email": email}
            found[subject] = (number, facts)
    return found


def _facts(member: Member) -> dict[str, str | None]:
    return {"name": member.name, "given_name": member.given, "family_name": member.family, "email": member.email}


def _merged(said: dict[str, str | None], held: dict[str, str | None]) -> dict[str, str | None]:
    return {name: value or held[name] for name, value in said.items()}


def _is_news(before: HeldMember | None, member: Member) -> bool:
    if before is None or before.known.presence is not Presence.ACTIVE:
        return True
    return before.role_uris != member.roles


@lru_cache(maxsize=512)
def _read_roles(uris: tuple[str, ...]) -> tuple[bool, bool, bool]:
    roles = parse_roles(uris)
    return is_learner(roles), is_faculty(roles), is_test_user(roles)


def _roles(uris: tuple[str, ...]) -> dict[str, Any]:
    student, faculty, _ = _read_roles(uris)
    return {"role_uris": list(uris), "is_student": student, "is_faculty": faculty}


def _test_user(member: Member) -> dict[str, bool]:
    return {"is_test_user": _read_roles(member.roles)[2]}


def _insert(session: Session, model: type[Base]) -> Any:
    kind = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return kind(cast("Table", model.__table__))
