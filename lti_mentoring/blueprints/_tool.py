"""What we say of ourselves to platforms and to those who install us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.lti.access import (
    SCOPE_GROUPS,
    SCOPE_LINE_ITEM,
    SCOPE_LINE_ITEM_READ,
    SCOPE_NOTICES,
    SCOPE_REGISTRATION,
    SCOPE_RESULT,
    SCOPE_ROSTER,
    SCOPE_SCORE,
)
from lti_mentoring.services.registering import describe_tool, launch_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lti_mentoring.lti.dynamic_registration import ToolDescription
    from lti_mentoring.settings import Settings

SCOPE_WORDS = {
    SCOPE_ROSTER: _l("Read who is in a course and in which role, to know students and possible mentors"),
    SCOPE_LINE_ITEM: _l("Make and keep its own columns in a course’s gradebook"),
    SCOPE_LINE_ITEM_READ: _l("Find its own columns in a course’s gradebook again"),
    SCOPE_SCORE: _l("Write grades into its own columns"),
    SCOPE_RESULT: _l("Read back the grades that it wrote, to be sure that they arrived"),
    SCOPE_NOTICES: _l("Hear from the LMS when a course was copied, so that its teachers need not set it up again"),
    SCOPE_GROUPS: _l("Read a course's groups and who is in them, so that teachers can look at one of them"),
    SCOPE_REGISTRATION: _l("Look up this registration again later, and renew it"),
}
# Every OpenID Connect sign-in has it; it lets nobody do anything.
SIGN_IN_SCOPE = "openid"


def public_url() -> str:
    """Return our own address as people see it; never the request's."""
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url


def our_launch_url() -> str:
    """Return the one address that platforms send people to."""
    return launch_url(public_url())


def our_notices_url() -> str:
    """Return the one address that platforms send notices to."""
    return f"{public_url()}/lti/notices"


def tool_description() -> ToolDescription:
    """Return what we say of ourselves."""
    return describe_tool(
        public_url(),
        name=_("Mentoring"),
        description=_("Mentorship tracks: mentors, milestones, assessments, grades and certificates."),
    )


def scope_words(scopes: Iterable[str]) -> list[str]:
    """Return what each scope lets us do, in plain words; a scope that we do not use is named as it is."""
    said = set(scopes) - {SIGN_IN_SCOPE}
    known = [str(words) for scope, words in SCOPE_WORDS.items() if scope in said]
    return known + sorted(said - SCOPE_WORDS.keys())
