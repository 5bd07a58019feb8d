"""Course Groups Service 1.0 (lti-gs): a course's groups and their sets, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lti_mentoring.domain.groups import clean_name
from lti_mentoring.lti import fields
from lti_mentoring.lti.access import SCOPE_GROUPS
from lti_mentoring.lti.paging import walk, with_query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lti_mentoring.lti.access import Access
    from lti_mentoring.lti.http import PlatformAnswer, PlatformClient

# One type for groups and for sets (ltiservice_contextgroups for Moodle, Brightspace).
CONTAINER = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"
MAX_PAGES = 100
MOST_GROUPS = 2000


@dataclass(frozen=True, slots=True)
class CourseGroup:
    """One group; ``set_id`` names the set that it is one of, if any."""

    id: str
    name: str
    set_id: str | None = None


def fetch_groups(
    client: PlatformClient, access: Access, groups_url: str, *, user_id: str | None = None
) -> tuple[CourseGroup, ...]:
    """Return every group of the course, or of one person in it; any page that fails, or cannot be read, fails all."""
    first = groups_url if user_id is None else with_query(groups_url, {"user_id": user_id})
    found = {
        group_id: CourseGroup(group_id, clean_name(item.get("name")), fields.identifier(item, "set_id"))
        for group_id, item in _items(client, access, first, "groups")
    }
    return tuple(found.values())


def fetch_sets(client: PlatformClient, access: Access, sets_url: str) -> dict[str, str]:
    """Return the names of the course's group sets by their id."""
    return {set_id: clean_name(item.get("name")) for set_id, item in _items(client, access, sets_url, "sets")}


def _items(client: PlatformClient, access: Access, first: str, name: str) -> Iterator[tuple[str, dict[str, object]]]:
    def fetch(url: str) -> PlatformAnswer:
        return access.authorised(lambda token: client.get(url, accept=CONTAINER, token=token), SCOPE_GROUPS)

    count = 0
    for page in walk(first, fetch, max_pages=MAX_PAGES):
        items = page.json_object().get(name)
        if not isinstance(items, list):
            raise page.unreadable(f"{name}_missing")
        count += len(items)
        if count > MOST_GROUPS:
            raise page.unreadable("too_many_groups")
        for item in items:
            item_id = fields.identifier(item, "id") if isinstance(item, dict) else None
            if not isinstance(item, dict) or item_id is None:
                raise page.unreadable("group_without_id")
            yield item_id, item
