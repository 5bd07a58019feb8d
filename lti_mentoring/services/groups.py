"""Keep who is in which section or group, as platforms tell it: of one person at a launch, of all with the roster.

What is told replaces what was told before, of the same kind and for the same people; what is not told stays. The number
of statements grows with parts of PART rows, not with people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.domain.groups import GroupKind, Told, ToldGroup, digest_of, read_groups
from lti_mentoring.models import Context, Group, GroupMembership, Membership, Person, ResourceLink
from lti_mentoring.services.auditing import record
from lti_mentoring.services.enrolling import in_parts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.lti.groups import CourseGroup
    from lti_mentoring.lti.launch import Launch

PART = 5000
_GROUP, _IN = cast("Table", Group.__table__), cast("Table", GroupMembership.__table__)
Key = tuple[GroupKind, str]


@dataclass(frozen=True, slots=True)
class GroupsSource:
    """Where a course's groups are read. ``link_id``: a link by which the roster can be asked for custom values."""

    groups_url: str | None
    sets_url: str | None
    link_id: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was read of a course. ``groups`` None: the platform has no such service.

    ``told``: by subject; of whoever is missing nothing was told. Sets are named by their id.
    """

    groups: tuple[CourseGroup, ...] | None = None
    sets: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    told: Mapping[str, Told] = field(default_factory=lambda: MappingProxyType({}))


def place_at_launch(session: Session, launch: Launch, known: Any, course_id: int, person_id: int) -> None:
    """Keep what the launch tells of the person; nothing is written, or even asked, when it is the same as before."""
    told = read_groups(launch.custom)
    if not told:
        return
    digest = digest_of(told)
    if digest == known.groups_digest:
        return
    _place(session, known.institution_id, course_id, {person_id: told})
    session.execute(
        update(Membership)
        .where(Membership.context_ref == course_id, Membership.person_id == person_id)
        .values(groups_digest=digest)
        .execution_options(synchronize_session=False)
    )


def groups_source(session: Session, course_id: int) -> GroupsSource:
    """Return where a course's groups can be read: by the groups service, or, where launches tell sections, a link."""
    course = session.get_one(Context, course_id)
    told = select(Membership.id).where(Membership.context_ref == course_id, Membership.groups_digest.is_not(None))
    link_id = None
    if session.scalar(told.limit(1)) is not None:
        newest = select(ResourceLink.resource_link_id).where(ResourceLink.context_ref == course_id)
        link_id = session.scalar(newest.order_by(ResourceLink.id.desc()).limit(1))
    return GroupsSource(course.groups_url, course.group_sets_url, link_id)


def store_groups(session: Session, course_id: int, found: Found, *, now: datetime) -> None:
    """Bring in what was read of a course's groups, as a whole; somebody who is no member of the course is left out."""
    course = session.get_one(Context, course_id, with_for_update=True)
    if found.groups is not None:
        _replace_groups(session, course, found.groups, found.sets)
    if found.told:
        here = select(Person.subject, Person.id).join(Membership, Membership.person_id == Person.id)
        numbers = {one.subject: one.id for one in session.execute(here.where(Membership.context_ref == course_id))}
        told = {numbers[subject]: one for subject, one in found.told.items() if subject in numbers}
        _place(session, course.institution_id, course_id, told)
    record(
        session, None, "groups.read", "context", course_id, now=now, institution_id=course.institution_id,
        context_id=course_id, groups=len(found.groups or ()), people=len(found.told),
    )  # fmt: skip


def _replace_groups(session: Session, course: Context, groups: Sequence[CourseGroup], sets: Mapping[str, str]) -> None:
    """Let the course have exactly these groups; a group that is gone takes its memberships along."""
    rows = [
        {"kind": GroupKind.GROUP, "external_id": one.id, "name": one.name, "set_name": sets.get(one.set_id or "", "")}
        for one in groups
    ]
    _store(session, course.institution_id, course.id, rows, ("name", "set_name"))
    kept = {one.id for one in groups}
    held = select(Group.id, Group.external_id).where(Group.context_ref == course.id, Group.kind == GroupKind.GROUP)
    gone = [number for number, external_id in session.execute(held) if external_id not in kept]
    for part in in_parts(gone, PART):
        session.execute(delete(_IN).where(_IN.c.group_id.in_(part)))
        session.execute(delete(_GROUP).where(_GROUP.c.id.in_(part)))


def _place(session: Session, institution_id: int, course_id: int, people: Mapping[int, Told]) -> None:
    """Let these people be in what is told of them, and of the same kinds in nothing else."""
    wanted = {one for told in people.values() for groups in told.values() for one in groups}
    _store_told(session, institution_id, course_id, wanted)
    numbers: dict[Key, int] = {
        (kind, external_id): number
        for number, kind, external_id in session.execute(
            select(Group.id, Group.kind, Group.external_id).where(Group.context_ref == course_id)
        )
    }
    held = _held(session, course_id, people)
    now_in = {
        (numbers[one.kind, one.external_id], person)
        for person, told in people.items()
        for groups in told.values()
        for one in groups
    }
    outdated = {pair for pair, kind in held.items() if kind in people[pair[1]] and pair not in now_in}
    for part in in_parts(sorted(outdated), PART // 2):
        session.execute(delete(_IN).where(tuple_(_IN.c.group_id, _IN.c.person_id).in_(part)))
    new = [
        {"institution_id": institution_id, "group_id": group, "person_id": person}
        for group, person in sorted(now_in - held.keys())
    ]
    for rows in in_parts(new, PART):
        session.execute(_insert(session, _IN).on_conflict_do_nothing(), list(rows))


def _held(session: Session, course_id: int, people: Mapping[int, Told]) -> dict[tuple[int, int], GroupKind]:
    """Return in which groups these people are now, and of which kind each is."""
    wanted = (
        select(_IN.c.group_id, _IN.c.person_id, _GROUP.c.kind)
        .join(_GROUP, _GROUP.c.id == _IN.c.group_id)
        .where(_GROUP.c.context_ref == course_id)
    )
    if len(people) == 1:
        wanted = wanted.where(_IN.c.person_id.in_(people))
    rows = session.execute(wanted)
    return {(group, person): kind for group, person, kind in rows if person in people}


def _store_told(session: Session, institution_id: int, course_id: int, wanted: Iterable[ToldGroup]) -> None:
    """Store groups as they are told of people: a name is news, an id alone takes no name away."""
    named: dict[Key, str] = {}
    for one in sorted(wanted):
        named[one.kind, one.external_id] = one.name or named.get((one.kind, one.external_id), "")
    rows = [{"kind": kind, "external_id": key, "name": name, "set_name": ""} for (kind, key), name in named.items()]
    _store(session, institution_id, course_id, [row for row in rows if row["name"]], ("name",))
    _store(session, institution_id, course_id, [row for row in rows if not row["name"]], ())


def _store(
    session: Session, institution_id: int, course_id: int, rows: Sequence[dict[str, Any]], changed: Sequence[str]
) -> None:
    whose = {"institution_id": institution_id, "context_ref": course_id}
    made = _insert(session, _GROUP)
    key = ["context_ref", "kind", "external_id"]
    told = made.on_conflict_do_nothing()
    if changed:
        told = made.on_conflict_do_update(index_elements=key, set_={name: made.excluded[name] for name in changed})
    for part in in_parts(rows, PART):
        session.execute(told, [whose | row for row in part])


def _insert(session: Session, table: Table) -> Any:
    return (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(table)
