"""Names and Role Provisioning Services 2.0: a course's whole roster, or an error; never a part of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from lti_mentoring.domain.groups import MOST as MOST_ENROLMENTS
from lti_mentoring.domain.groups import read_groups
from lti_mentoring.lti import fields
from lti_mentoring.lti.access import SCOPE_ROSTER
from lti_mentoring.lti.claims import CUSTOM, read_custom
from lti_mentoring.lti.paging import walk, with_query
from lti_mentoring.lti.quirks import SPECIFICATION, Quirks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lti_mentoring.domain.groups import Told
    from lti_mentoring.lti.access import Access
    from lti_mentoring.lti.http import PlatformAnswer, PlatformClient

# Moodle chooses the form of its answer by this exact type; a list of types is a 400 there (services.php).
MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
MAX_PAGES = 500


class MemberStatus(StrEnum):
    """Section 2.2: a status that is not said is Active."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    DELETED = "deleted"


NOTHING_TOLD: Told = MappingProxyType({})
_STATUSES = {status.value: status for status in MemberStatus}


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the course as the platform tells it. ``user_id`` is the ``sub`` of launches; roles are as sent.

    ``legacy_user_id`` is the person's LTI 1.1 id (Canvas).
    """

    user_id: str
    roles: tuple[str, ...] = ()
    status: MemberStatus = MemberStatus.ACTIVE
    name: str | None = None
    given: str | None = None
    family: str | None = None
    email: str | None = None
    picture: str | None = None
    group_ids: tuple[str, ...] | None = None
    """Groups of the course groups service that the person is in; None where the platform does not say."""
    told: Told = field(default_factory=lambda: NOTHING_TOLD)
    """Sections and groups in the custom values of a message of theirs (asked with ``rlid``)."""
    legacy_user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The whole course, each person once, in the platform's order."""

    members: tuple[Member, ...]
    pages: int


def fetch_roster(
    client: PlatformClient,
    access: Access,
    memberships_url: str,
    *,
    max_pages: int = MAX_PAGES,
    on_page: Callable[[int, int], None] | None = None,
    quirks: Quirks = SPECIFICATION,
    context_id: str | None = None,
    link_id: str | None = None,
) -> Roster:
    """Fetch every page and return the course; any page that fails or cannot be read fails the whole.

    ``on_page`` hears the number of pages and of people so far. With ``context_id`` an answer about another course
    is refused too. With ``link_id`` each member comes with the message that the link would send for them, and only
    those who may open the link come at all (section 3.2.1): nobody's absence from it says anything. Raises
    PlatformUnavailable (with its child PlatformAnswerUnreadable) and PlatformRefused.
    """

    def fetch(url: str) -> PlatformAnswer:
        return access.authorised(lambda token: client.get(url, accept=MEMBERSHIPS, token=token), SCOPE_ROSTER)

    wanted = {"limit": quirks.roster_limit, "rlid": link_id}
    first = with_query(memberships_url, {name: str(value) for name, value in wanted.items() if value is not None})
    people: dict[str, Member] = {}
    pages = 0
    for page in walk(first, fetch, max_pages=max_pages):
        for member in read_page(page, context_id):
            people[member.user_id] = _once(people.get(member.user_id), member)
        pages += 1
        if on_page is not None:
            on_page(pages, len(people))
    return Roster(tuple(people.values()), pages)


def read_page(page: PlatformAnswer, context_id: str | None = None) -> list[Member]:
    """Read one page; a page without a list of members, or a member without an id, is not readable."""
    body = page.json_object()
    context = body.get("context")
    said = fields.identifier(context, "id") if isinstance(context, dict) else None
    if context_id is not None and said is not None and said != context_id:
        raise page.unreadable("another_context")
    members = body.get("members")
    if not isinstance(members, list):
        raise page.unreadable("members_missing")
    return [_member(item, page) for item in members]


def _member(item: object, page: PlatformAnswer) -> Member:
    user_id = fields.identifier(item, "user_id") if isinstance(item, dict) else None
    if not isinstance(item, dict) or user_id is None:
        raise page.unreadable("member_without_id")
    return Member(
        user_id=user_id,
        roles=fields.texts(item, "roles"),
        status=_status(item),
        name=fields.text(item, "name"),
        given=fields.text(item, "given_name"),
        family=fields.text(item, "family_name"),
        email=fields.text(item, "email"),
        picture=fields.web_address(item, "picture"),
        group_ids=_group_ids(item),
        told=_told(item),
        legacy_user_id=fields.identifier(item, "lti11_legacy_user_id"),
    )


def _group_ids(item: Mapping[str, object]) -> tuple[str, ...] | None:
    """Read ``group_enrollments`` (lti-gs 1.0, with the names and roles service)."""
    said = item.get("group_enrollments")
    if not isinstance(said, list):
        return None
    ids = (fields.identifier(one, "group_id") for one in said[:MOST_ENROLMENTS] if isinstance(one, dict))
    return tuple(dict.fromkeys(one for one in ids if one is not None))


def _told(item: Mapping[str, object]) -> Told:
    """Read the custom values of the first message that has any (section 2.4: keyed as in a launch)."""
    messages = item.get("message")
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict) and CUSTOM in message and (told := read_groups(read_custom(message))):
            return told
    return NOTHING_TOLD


def _status(item: Mapping[str, object]) -> MemberStatus:
    return _STATUSES.get((fields.text(item, "status") or "").lower(), MemberStatus.ACTIVE)


def _once(before: Member | None, again: Member) -> Member:
    """Join two tellings of one person: every role of both, and active if either says so."""
    if before is None:
        return again
    roles = tuple(dict.fromkeys((*before.roles, *again.roles)))
    active = MemberStatus.ACTIVE in {before.status, again.status}
    group_ids = before.group_ids if again.group_ids is None else again.group_ids
    told = again.told or before.told
    status = MemberStatus.ACTIVE if active else again.status
    return replace(again, roles=roles, status=status, group_ids=group_ids, told=told)
