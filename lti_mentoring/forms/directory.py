"""What the address of the directory asks for; an address that somebody mistyped shows everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.directory import Wish
from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.profiles import Works
from lti_mentoring.domain.vocabularies import LANGUAGES, WORDS
from lti_mentoring.forms.fields import one_line
from lti_mentoring.forms.zones import zone_now, zones

if TYPE_CHECKING:
    from collections.abc import Collection

    from werkzeug.datastructures import MultiDict

    from lti_mentoring.domain.mentor_roles import MentorRole

LONGEST = 100
OFFERED_WAYS = (Works.REMOTE, Works.ON_SITE)


def read_wish(args: MultiDict[str, str], roles: Collection[MentorRole]) -> Wish:
    """Read the filter from a query string; ``roles``: those of the track, of which there may be one to choose."""

    def one_of(name: str, known: Collection[str]) -> str:
        chosen = args.get(name, "")
        return chosen if chosen in known else ""

    return Wish(
        name=one_line(args.get("q", ""))[:LONGEST],
        domain=one_of("domain", WORDS),
        specialty=one_of("specialty", WORDS),
        skill=one_of("skill", WORDS),
        language=one_of("language", LANGUAGES),
        zone=zone if (zone := zone_now(args.get("zone", ""))) in dict(zones()) else "",
        works=next((one for one in OFFERED_WAYS if one == args.get("works")), None),
        hours=bool(args.get("hours")),
        free=bool(args.get("free")),
        checked=bool(args.get("checked")),
        level=next((level for level in Level if level == args.get("level")), None),
        role=next((one.key for one in roles if len(roles) > 1 and one.key == args.get("role")), None),
    )
