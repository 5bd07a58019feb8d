"""What the address of the directory asks for; an address that somebody mistyped shows everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.directory import Wish
from lti_mentoring.domain.levels import Level
from lti_mentoring.forms.profiles import zones

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.datastructures import MultiDict

    from lti_mentoring.domain.mentor_roles import MentorRole

LONGEST = 100


def read_wish(args: MultiDict[str, str], roles: Collection[MentorRole]) -> Wish:
    """Read the filter from a query string; ``roles``: those of the track, of which there may be one to choose."""
    text = {name: args.get(name, "")[:LONGEST].strip() for name in ("q", "specialty", "skill", "language", "zone")}
    return Wish(
        name=text["q"],
        specialty=text["specialty"],
        skill=text["skill"],
        language=text["language"],
        zone=text["zone"] if text["zone"] in dict(zones()) else "",
        free=bool(args.get("free")),
        checked=bool(args.get("checked")),
        level=next((level for level in Level if level == args.get("level")), None),
        role=next((one.key for one in roles if len(roles) > 1 and one.key == args.get("role")), None),
    )
