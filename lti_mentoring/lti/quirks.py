"""Where a platform differs from the specification: data, so that no other file asks which product it talks to.

A record's defaults are the specification; each difference names its source.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from lti_mentoring.domain.lanes import MOST_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Mapping

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"


@dataclass(frozen=True, slots=True)
class Quirks:
    """What differs for one product."""

    product: str = ""
    roster_limit: int | None = None
    """``limit`` to ask the roster with; None sends none."""
    line_items_limit: int | None = None
    """``limit`` to ask line items with; None sends none. Results are never asked with one."""
    score_extra: Mapping[str, Mapping[str, object]] = field(default_factory=lambda: MappingProxyType({}))
    """Sent in every score beside the fields of the specification."""
    bad_request_may_be_old_score: bool = True
    """Whether a 400 that speaks of the timestamp means what 409 means in the specification.

    True also for products that we do not know by name: Open edX answers so without naming itself, and being wrong
    costs one look at the result.
    """
    calls_at_once: int = MOST_AT_ONCE
    """How many calls of one client id may be under way, all workers together."""
    canvas_registration: bool = False
    """Whether a registration carries Canvas's placements, privacy level and tool id."""


SPECIFICATION = Quirks()

MOODLE = Quirks(
    product="moodle",
    # mod/lti/service/memberships loads every enrolled person for each page and slices by offset, so that a walk over
    # pages may skip somebody; without `limit` the whole course comes in one answer. lineitems.php and results.php
    # write their Link header (with typographic quotes and &amp;) only when `limit` is sent, and results.php fails on
    # it: neither is asked with one.
    roster_limit=None,
    line_items_limit=None,
    # scores.php answers 409 for an old timestamp, and 400 for a person without a place in the gradebook.
    bad_request_may_be_old_score=False,
)

CANVAS = Quirks(
    product="canvas",
    # Ten a page unless asked; names_and_roles_controller.rb gives 50 at most.
    roster_limit=50,
    line_items_limit=50,
    # scores_controller.rb: every score is a new attempt of the student unless it says otherwise.
    score_extra=MappingProxyType({CANVAS_SUBMISSION: MappingProxyType({"new_submission": False})}),
    # doc/api/throttling.md: one request at a time is unlikely to be throttled; the bucket is our client id's.
    calls_at_once=1,
    canvas_registration=True,
)

# Nothing differs that we have seen in their sources; kept by name so that a difference has its place.
BLACKBOARD = Quirks(product="BlackboardLearn")
BRIGHTSPACE = Quirks(product="desire2learn")
SAKAI = Quirks(product="sakai")
# lti_consumer/plugin/views.py: without `limit` the whole course in one answer; an old timestamp is 400.
OPEN_EDX = Quirks(product="openedx")

KNOWN: Mapping[str, Quirks] = MappingProxyType(
    {
        "moodle": MOODLE,
        "moodle-2": MOODLE,
        "canvas": CANVAS,
        "blackboardlearn": BLACKBOARD,
        "blackboard": BLACKBOARD,
        "desire2learn": BRIGHTSPACE,
        "brightspace": BRIGHTSPACE,
        "d2l": BRIGHTSPACE,
        "sakai": SAKAI,
        "openedx": OPEN_EDX,
        "open edx": OPEN_EDX,
    }
)


def quirks_for(product_family_code: str | None, known: Mapping[str, Quirks] = KNOWN) -> Quirks:
    """Return the record for a launch's ``tool_platform.product_family_code``; for an unknown one the specification."""
    return known.get((product_family_code or "").strip().lower(), SPECIFICATION)
