"""What a mentor's public page says: the same for strangers and in its mentor's preview."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._credential_words import checked_words, practice_words
from lti_mentoring.blueprints._level_words import PUBLIC, level_words
from lti_mentoring.blueprints._profile_words import NAMES, lines_of
from lti_mentoring.blueprints._recommendation_words import told_words
from lti_mentoring.domain.credentials import CredentialKind

if TYPE_CHECKING:
    from lti_mentoring.queries.credentials import CheckedLine
    from lti_mentoring.queries.mentor_pages import PublicMentor

KINDS = {
    CredentialKind.LICENCE: _l("A licence"),
    CredentialKind.DEGREE: _l("A degree"),
    CredentialKind.OTHER: _l("Another proof"),
}


def public_words(view: PublicMentor) -> dict[str, Any]:
    """Return what the template of the page reads."""
    parts = [(NAMES[part], lines_of(view.profile, part)) for part in view.parts]
    return {
        "view": view,
        "checked": [_checked(line) for line in view.checked],
        "parts": parts,
        "roles": ", ".join(view.roles),
        "again": told_words(view.again),
        "level": level_words(view.level),
        "level_says": PUBLIC[view.level] if view.level else "",
        "badge": url_for("verify.show", public_id=view.badge) if view.badge else "",
    }


def _checked(line: CheckedLine) -> tuple[str, str, list[str]]:
    what, how = checked_words(line)
    return (what if line.title else f"{KINDS[line.kind]}{what}"), how, practice_words(line)
