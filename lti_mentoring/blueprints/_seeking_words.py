"""What a student and a mentor have in common, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_mentoring.blueprints._profile_words import term_words
from lti_mentoring.blueprints._words import score
from lti_mentoring.domain.profiles import TermKind

if TYPE_CHECKING:
    from lti_mentoring.domain.seeking import Shared


def shared_lines(found: Shared | None) -> list[str]:
    """Say in a few lines what a student looks for and a mentor offers; an empty list where that is nothing."""
    if not found:
        return []
    # The kind says only how a key is named; help of every kind stands in one table of words.
    helps = ", ".join(term_words(TermKind.DOMAIN, key) for key in found.help)
    speaks = ", ".join(term_words(TermKind.LANGUAGE, key) for key in found.languages)
    lines = [
        str(_("Helps with what you look for: %(what)s", what=helps)) if helps else "",
        str(_("Speaks: %(languages)s", languages=speaks)) if speaks else "",
        str(_("Both have time in about %(hours)s hours of a usual week", hours=score(found.hours)))
        if found.hours
        else "",
    ]
    return [line for line in lines if line]
