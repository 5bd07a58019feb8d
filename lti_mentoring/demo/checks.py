"""What a tool may send to the gradebook, field by field (AGS 2.0 §3.2.4 and §3.4)."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, TypeGuard

from lti1p3platform.exceptions import LtiServiceException as ServiceRefused

__all__ = ["ServiceRefused", "checked_line_item", "checked_score"]

ACTIVITY = ("Initialized", "Started", "InProgress", "Submitted", "Completed")
GRADING = ("FullyGraded", "Pending", "PendingManual", "Failed", "NotReady")
LONGEST_TAG = 256


def checked_line_item(sent: dict[str, Any]) -> dict[str, Any]:
    """Return a line item that may be kept; raise ServiceRefused (400) naming the first bad field."""
    label, most, tag = sent.get("label"), sent.get("scoreMaximum"), sent.get("tag") or ""
    if not isinstance(label, str) or not label.strip():
        raise ServiceRefused("label must be a text that is not blank", 400)
    if not is_number(most) or most <= 0:
        raise ServiceRefused("scoreMaximum must be a number above 0", 400)
    if not isinstance(tag, str) or len(tag) > LONGEST_TAG:
        raise ServiceRefused(f"tag must be a text of at most {LONGEST_TAG} characters", 400)
    for name in ("startDateTime", "endDateTime"):
        if sent.get(name) and not is_moment(sent[name]):
            raise ServiceRefused(f"{name} must be an ISO 8601 time with a zone", 400)
    return sent


def checked_score(sent: dict[str, Any]) -> dict[str, Any]:
    """Return a score that may be kept; raise ServiceRefused (400) naming the first bad field."""
    if not isinstance(sent.get("userId"), str) or not sent["userId"]:
        raise ServiceRefused("userId must be a text", 400)
    if not is_moment(sent.get("timestamp")):
        raise ServiceRefused("timestamp must be an ISO 8601 time with a zone", 400)
    if sent.get("activityProgress") not in ACTIVITY:
        raise ServiceRefused(f"activityProgress must be one of {', '.join(ACTIVITY)}", 400)
    if sent.get("gradingProgress") not in GRADING:
        raise ServiceRefused(f"gradingProgress must be one of {', '.join(GRADING)}", 400)
    given, most = sent.get("scoreGiven"), sent.get("scoreMaximum", 1)
    if given is not None and (not is_number(given) or given < 0):
        raise ServiceRefused("scoreGiven must be a number that is not negative", 400)
    if not is_number(most) or most <= 0:
        raise ServiceRefused("scoreMaximum must be a number above 0", 400)
    return sent


def is_number(value: object) -> TypeGuard[float]:
    """Say whether ``value`` is a finite JSON number (to Python true and false are numbers too)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def is_moment(value: object) -> bool:
    """Say whether ``value`` is an ISO 8601 time that names its zone."""
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
