"""Where a course's page and services are; standard library only, so that the tool's demonstration data may ask."""

from __future__ import annotations

from lti_mentoring.demo.people import CONTEXT_ID


def course_address(lms_url: str, sub: str, course_id: str) -> str:
    """Return the address of a course's page as one of the cast sees it."""
    return f"{lms_url}/course/{sub}?course={course_id}"


def module_address(lms_url: str, course_id: str) -> str:
    """Return the address of what a course has in the LMS itself, beside its links to tools."""
    return f"{lms_url}/modules/{course_id}"


def roster_address(lms_url: str, tool_id: int, course_id: str = CONTEXT_ID) -> str:
    """Return the address of the names and roles service, with a query as Moodle's has."""
    return f"{lms_url}/services/{course_id}/memberships?type_id={tool_id}"


def groups_address(lms_url: str, tool_id: int, course_id: str = CONTEXT_ID) -> str:
    """Return the address of the course's groups."""
    return f"{lms_url}/services/{course_id}/groups?type_id={tool_id}"


def group_sets_address(lms_url: str, tool_id: int, course_id: str = CONTEXT_ID) -> str:
    """Return the address of the sets that the course's groups are in."""
    return f"{lms_url}/services/{course_id}/groupsets?type_id={tool_id}"


def notice_handlers_address(lms_url: str, tool_id: int) -> str:
    """Return the address at which a tool says which notices it wants; one for all courses."""
    return f"{lms_url}/services/notice-handlers?type_id={tool_id}"


def line_items_address(lms_url: str, tool_id: int, course_id: str = CONTEXT_ID) -> str:
    """Return the address of the course's line items."""
    return f"{lms_url}/services/{course_id}/lineitems?type_id={tool_id}"


def line_item_address(lms_url: str, tool_id: int, course_id: str, number: int, ending: str = "") -> str:
    """Return the address of one line item, or of its ``ending`` (/scores, /results/...)."""
    return f"{lms_url}/services/{course_id}/lineitems/{number}/lineitem{ending}?type_id={tool_id}"
