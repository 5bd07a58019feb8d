"""A mentor's public page: off until the mentor turns it on, and of the profile it shows the parts that they chose."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from lti_mentoring.domain.credentials import HOLDS, CredentialState
from lti_mentoring.domain.profiles import Part
from lti_mentoring.errors import Conflict, Refused

MOST_DIGITS = 4
"""A year may stand in a title; the number of a licence may not."""


class PublicPart(StrEnum):
    """What a mentor may let the page show besides their name: parts of the profile, what was checked, their level.

    ``ROLES``: what they mentor as, where a track tells several roles apart. ``AGAIN``: how many of their
    students would choose them again, where that is told.
    """

    CHECKED = "checked"
    LEVEL = "level"
    ROLES = "roles"
    AGAIN = "again"
    WORK = "work"
    SUBJECTS = "subjects"
    TIMES = "times"
    STYLE = "style"
    OFFER = "offer"


OF_PROFILE = {PublicPart(part.value): part for part in Part}


class UnknownPublicPart(Refused):
    """Something was to be shown that no page shows."""

    code = "unknown_public_part"


class NotShared(Conflict):
    """The page is off: there is no link to renew."""

    code = "mentor_page_not_shared"


def public_parts_of(wanted: Collection[str]) -> list[str]:
    """Return what is shown, in a fixed order; raise UnknownPublicPart for any other word."""
    if unknown := set(wanted) - set(PublicPart):
        raise UnknownPublicPart(unknown=", ".join(sorted(unknown)))
    return [one.value for one in PublicPart if one in wanted]


def is_told_to_strangers(state: CredentialState) -> bool:
    """Tell whether strangers read of a credential: only while it holds; of all others nothing is said."""
    return state in HOLDS


def public_title(title: str) -> str:
    """Return a credential's title, "" where its holder wrote a number into it: its kind stands in its place then."""
    return title if sum(letter.isdigit() for letter in title) <= MOST_DIGITS else ""
