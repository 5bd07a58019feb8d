"""Where the course's services are; standard library only, so that the tool's demonstration data may ask."""

from __future__ import annotations

from lti_mentoring.demo.people import CONTEXT_ID


def roster_address(lms_url: str, tool_id: int) -> str:
    """Return the address of the names and roles service, with a query as Moodle's has."""
    return f"{lms_url}/services/{CONTEXT_ID}/memberships?type_id={tool_id}"


def line_items_address(lms_url: str, tool_id: int) -> str:
    """Return the address of the course's line items."""
    return f"{lms_url}/services/{CONTEXT_ID}/lineitems?type_id={tool_id}"


def line_item_address(lms_url: str, tool_id: int, number: int, ending: str = "") -> str:
    """Return the address of one line item, or of its ``ending`` (/scores, /results/...)."""
    return f"{lms_url}/services/{CONTEXT_ID}/lineitems/{number}/lineitem{ending}?type_id={tool_id}"
