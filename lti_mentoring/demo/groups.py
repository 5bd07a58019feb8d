"""The course's groups, and how the LMS tells of them (LTI Course Groups Service 1.0).

Sections are told with each launch; groups are what teachers made inside the course. A copied course has none yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lti_mentoring.demo.addresses import group_sets_address, groups_address
from lti_mentoring.demo.people import CONTEXT_ID, STUDENTS
from lti_mentoring.demo.tools import GROUPS_READ

if TYPE_CHECKING:
    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.tools import Tool

# One type for groups and for sets (ltiservice_contextgroups for Moodle).
CONTAINER = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of students; ``set_id`` is empty where it is in no set."""

    id: str
    name: str
    subs: frozenset[str]
    set_id: str = ""

    def message(self) -> dict[str, str]:
        """Return the group as the service tells it."""
        return {"id": self.id, "name": self.name, **({"set_id": self.set_id} if self.set_id else {})}


SETS = {"seminars": "Seminars"}
GROUPS = (
    Group("seminar-tuesday", "Tuesday seminar", frozenset(one.sub for one in STUDENTS[0::3]), "seminars"),
    Group("seminar-friday", "Friday seminar", frozenset(one.sub for one in STUDENTS[1::3]), "seminars"),
    Group("nights", "Night shifts", frozenset(one.sub for one in STUDENTS[:12:2])),
)


def groups_in(course_id: str, sub: str | None = None) -> list[Group]:
    """Return the groups of a course, or only somebody's."""
    return [one for one in GROUPS if course_id == CONTEXT_ID and (sub is None or sub in one.subs)]


def sets_in(course_id: str) -> list[dict[str, str]]:
    """Return the sets of a course's groups, as the service tells them."""
    used = {one.set_id for one in groups_in(course_id)}
    return [{"id": number, "name": name} for number, name in SETS.items() if number in used]


def groups_claim(config: DemoConfig, tool: Tool, course_id: str) -> dict[str, Any]:
    """Return what a launch says of the service."""
    return {
        "scope": [GROUPS_READ],
        "context_groups_url": groups_address(config.lms_url, tool.id, course_id),
        "context_group_sets_url": group_sets_address(config.lms_url, tool.id, course_id),
        "service_versions": ["1.0"],
    }
