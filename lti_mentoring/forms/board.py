"""What the address of the board asks for; an address that somebody mistyped shows the board as it usually is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lti_mentoring.domain.board import NEEDS_A_LOOK, Show, Wish

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

LONGEST_NAME = 100
SHOWN = {chip.value for chip in Show} | {state.value for state in NEEDS_A_LOOK}


def read_wish(args: MultiDict[str, str]) -> Wish:
    """Read the filter from a query string."""
    show = args.get("show", Show.LOOK.value)
    return Wish(
        name=args.get("q", "")[:LONGEST_NAME].strip(),
        milestone_id=args.get("milestone", type=int),
        mentor_id=args.get("mentor", type=int),
        group_id=args.get("group", type=int),
        show=show if show in SHOWN else Show.LOOK.value,
    )


def wish_args(wish: Wish) -> dict[str, Any]:
    """Return the query string's values for a filter, without what is usual anyway."""
    values: dict[str, Any] = {
        "q": wish.name, "milestone": wish.milestone_id, "mentor": wish.mentor_id, "group": wish.group_id,
    }  # fmt: skip
    if wish.show != Show.LOOK.value:
        values["show"] = wish.show
    return {name: value for name, value in values.items() if value not in {None, ""}}
