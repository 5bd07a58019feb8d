"""What the address of a page to choose a mentor asks for; an address that somebody mistyped shows everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.vocabularies import WORDS
from lti_mentoring.forms.directory import LONGEST
from lti_mentoring.forms.fields import one_line
from lti_mentoring.queries.choosing import Sought

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict


def read_sought(args: MultiDict[str, str]) -> Sought:
    """Read what is looked for from a query string."""
    specialty = args.get("specialty", "")
    return Sought(
        name=one_line(args.get("q", ""))[:LONGEST],
        specialty=specialty if specialty in WORDS else "",
        page=args.get("page", 1, type=int),
    )
