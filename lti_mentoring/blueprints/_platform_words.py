"""What an administrator reads of a platform: its fields, what it lets us do, and what is missing without that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._tool import SCOPE_WORDS, scope_words
from lti_mentoring.lti.access import (
    GRADE_SCOPES,
    SCOPE_GROUPS,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
    SCOPE_NOTICES,
    SCOPE_REGISTRATION,
    SCOPE_RESULT,
    SCOPE_ROSTER,
    SCOPE_SCORE,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lti_mentoring.services.registering import Change

FIELDS = {
    "auth_url": _l("Authentication request URL"), "token_url": _l("Access token URL"),
    "jwks_url": _l("Public keyset URL"), "token_audience": _l("Token audience"),
    "product_family": _l("Software"), "client_uri": _l("Where it keeps our registration"),
}  # fmt: skip
LOSSES = {
    SCOPE_ROSTER: _l("Students and mentors are known only after they opened Mentoring once"),
    SCOPE_LINE_ITEM: _l("Grades go only into columns that the course made itself"),
    SCOPE_LINE_ITEM_READ: _l("A copied course may get a second column"),
    SCOPE_SCORE: _l("No grade reaches the gradebook; everything else works"),
    SCOPE_RESULT: _l("A grade that a teacher changed by hand is not noticed"),
    SCOPE_NOTICES: _l("A copied course is set up by hand again"),
    SCOPE_GROUPS: _l("Teachers cannot look at one group of a course"),
    SCOPE_REGISTRATION: _l("What the LMS allows is seen only when it refuses something"),
}


@dataclass(frozen=True, slots=True)
class Permission:
    """One thing that a platform lets us do, or not; ``loss`` says what is switched off without it."""

    words: str
    given: bool
    loss: str


@dataclass(frozen=True, slots=True)
class ChangeWords:
    """One change of a registration, in words."""

    field: str
    before: str
    after: str


def permissions(granted: Collection[str], also: Iterable[str] = ()) -> list[Permission]:
    """Return each thing that courses need, given or not; what few LMSs have only where it was given or asked for."""
    wanted = {SCOPE_ROSTER, *GRADE_SCOPES, *also}
    return [
        Permission(str(words), scope in granted, str(LOSSES[scope]))
        for scope, words in SCOPE_WORDS.items()
        if scope in wanted or scope in granted
    ]


def change_words(changes: Iterable[Change]) -> list[ChangeWords]:
    """Say what is another now; each permission that came or went is a line of its own."""
    found = []
    for change in changes:
        if change.field != "granted_scopes":
            found.append(ChangeWords(str(FIELDS[change.field]), change.before, change.after))
            continue
        before, after = set(change.before.split()), set(change.after.split())
        found += [ChangeWords(words, "", _("allowed now")) for words in scope_words(after - before)]
        found += [ChangeWords(words, "", _("not allowed any more")) for words in scope_words(before - after)]
    return found
