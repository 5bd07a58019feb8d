"""The roles of a track's mentors as their page sends them: the whole list each time, in its order.

``key-<n>`` and ``name-<n>`` are the n-th role, ``new`` is what another one is called,
``do`` the button that was pressed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lti_mentoring.domain.mentor_roles import LONGEST_NAME, MOST_ROLES
from lti_mentoring.forms.fields import one_line
from lti_mentoring.forms.tracks import VersionedForm

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_TYPED = LONGEST_NAME + 1
"""One more than a name may have is enough to see that it is too long."""
_BUTTON = re.compile(r"(up|off)-([0-9]{1,2})")


class RolesForm(VersionedForm):
    """The version on which the list of roles was opened; the names are as many as there are roles."""


def sent_roles(form: Mapping[str, str]) -> list[tuple[str | None, str]]:
    """Return the roles that a page sent, with what was pressed on it: each its key (None: new) and its name."""
    found: list[tuple[str | None, str]] = [
        (form.get(f"key-{place}", ""), _name(form, f"name-{place}"))
        for place in range(MOST_ROLES)
        if f"name-{place}" in form
    ]
    pressed = _BUTTON.fullmatch(form.get("do", ""))
    place = int(pressed[2]) if pressed else 0
    if pressed and place < len(found):
        one = found.pop(place)
        if pressed[1] == "up":
            found.insert(max(0, place - 1), one)
    another = _name(form, "new")
    return [*found, (None, another)] if another else found


def _name(form: Mapping[str, str], field: str) -> str:
    return one_line(form.get(field))[:LONGEST_TYPED]
