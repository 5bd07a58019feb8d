"""Which role of the track a page is about: named by its address, else the first of the track."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request, url_for

if TYPE_CHECKING:
    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.models import Track


def role_chosen(track: Track) -> MentorRole:
    """Return the role."""
    wanted = request.args.get("role")
    return next((one for one in track.roles if one.key == wanted), track.roles[0])


def role_links(track: Track, endpoint: str) -> list[tuple[str, str, None, bool]]:
    """List the same page for each role of the track; nothing where there is one."""
    if len(track.roles) == 1:
        return []
    chosen = role_chosen(track)
    return [(one.name, url_for(endpoint, role=one.key), None, one == chosen) for one in track.roles]
