"""Read a course's sections and groups after its list: whole or nothing, and never to the harm of the list."""

from __future__ import annotations

import logging
from time import monotonic
from typing import TYPE_CHECKING

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.groups import GroupKind, ToldGroup
from lti_mentoring.lti.access import SCOPE_GROUPS, SCOPE_ROSTER
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.groups import fetch_groups, fetch_sets
from lti_mentoring.lti.roster import MemberStatus, fetch_roster
from lti_mentoring.services.groups import Found, groups_source, store_groups
from lti_mentoring.tasks._platform import noting_faults, platform_line

if TYPE_CHECKING:
    from lti_mentoring.domain.groups import Told
    from lti_mentoring.lti.groups import CourseGroup
    from lti_mentoring.lti.roster import Member, Roster
    from lti_mentoring.services.groups import GroupsSource
    from lti_mentoring.services.roster import RosterSource
    from lti_mentoring.tasks._platform import PlatformLine, SlotWatch

log = logging.getLogger("lti_mentoring.groups")

MOST_ASKED = 300
"""People whose groups are asked for one by one, where the list does not tell them; in a larger course none are."""
TIME = 60.0
"""Seconds for asking one by one: the worker has other work, and the list is read again tomorrow."""


def refresh_groups(course_id: int, source: RosterSource, roster: Roster, watch: SlotWatch | None) -> None:
    """Read what the platform offers of a course's groups and store it; a failure leaves them as they are."""
    with unit_of_work() as session:
        where = groups_source(session, course_id)
    try:
        found = _read(where, source, roster, watch)
    except (PlatformUnavailable, PlatformRefused) as fault:
        log.warning("groups not read", extra={"course": course_id, "code": fault.code, "facts": fault.facts})
        return
    if found.groups is not None or found.told:
        with unit_of_work() as session:
            store_groups(session, course_id, found, now=utcnow())


def _read(where: GroupsSource, source: RosterSource, roster: Roster, watch: SlotWatch | None) -> Found:
    told: dict[str, Told] = {one.user_id: one.told for one in roster.members if one.told}
    if where.link_id is not None and not told:
        told = _by_link(where.link_id, source, watch)
    if where.groups_url is None:
        return Found(told=told)
    with noting_faults(source.registration_id):
        line = platform_line(source.registration_id, source.deployment_id, (SCOPE_GROUPS,), watch)
        groups = fetch_groups(line.client, line.access, where.groups_url)
        sets = fetch_sets(line.client, line.access, where.sets_url) if where.sets_url else {}
        members = [one for one in roster.members if one.status is MemberStatus.ACTIVE]
        is_in = _enrolled(members) or _asked(line, where.groups_url, members if groups else [])
    return Found(groups, sets, _with_groups(told, groups, is_in))


def _by_link(link_id: str, source: RosterSource, watch: SlotWatch | None) -> dict[str, Told]:
    """Ask the list once more with a link, where it then says of each member what a launch would.

    Whoever may not open the link is missing, so this second list says nothing about who is in the course.
    """
    try:
        line = platform_line(source.registration_id, source.deployment_id, (SCOPE_ROSTER,), watch)
        if not line.quirks.roster_tells_custom:
            return {}
        again = fetch_roster(line.client, line.access, source.url, quirks=line.quirks, link_id=link_id)
    except (PlatformUnavailable, PlatformRefused) as fault:  # section 3.2.1: a platform may refuse it
        log.info("no messages of members", extra={"code": fault.code, "facts": fault.facts})
        return {}
    return {one.user_id: one.told for one in again.members if one.told}


def _enrolled(members: list[Member]) -> dict[str, tuple[str, ...]]:
    """Return who is in which groups as the list itself tells; nothing where it tells of nobody."""
    if all(one.group_ids is None for one in members):
        return {}
    return {one.user_id: one.group_ids or () for one in members}


def _asked(line: PlatformLine, groups_url: str, members: list[Member]) -> dict[str, tuple[str, ...]]:
    if len(members) > MOST_ASKED:
        return {}
    ends = monotonic() + TIME
    found: dict[str, tuple[str, ...]] = {}
    for one in members:
        if monotonic() > ends:
            raise PlatformUnavailable("deadline")
        own = fetch_groups(line.client, line.access, groups_url, user_id=one.user_id)
        found[one.user_id] = tuple(group.id for group in own)
    return found


def _with_groups(
    told: dict[str, Told], groups: tuple[CourseGroup, ...], is_in: dict[str, tuple[str, ...]]
) -> dict[str, Told]:
    """Add the service's groups to what is told of people; an id that it does not list is no group."""
    names = {group.id: group.name for group in groups}
    service: dict[str, Told] = {
        subject: {GroupKind.GROUP: tuple(ToldGroup(GroupKind.GROUP, one, names[one]) for one in ids if one in names)}
        for subject, ids in is_in.items()
    }
    return {subject: {**told.get(subject, {}), **service.get(subject, {})} for subject in told | service}
