"""What is said of a mentor's load beside the places."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

if TYPE_CHECKING:
    from lti_mentoring.queries.loads import Load


def load_lines(load: Load) -> list[str]:
    """Say what waits for a mentor, and how many students they have in other courses; nobody is named."""
    waits = [
        ngettext("%(num)s to sign off", "%(num)s to sign off", load.evidence) if load.evidence else "",
        ngettext("%(num)s request to answer", "%(num)s requests to answer", load.requests) if load.requests else "",
    ]
    said = ", ".join(one for one in waits if one)
    others = ngettext("%(num)s student in other courses", "%(num)s students in other courses", load.elsewhere)
    return [_("Waits: %(what)s", what=said) if said else _("Nothing waits"), *([others] if load.elsewhere else [])]
