"""The form in which faculty write groups by hand, and what may be wrong with a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, TextAreaField

from lti_mentoring.domain.hand_groups import LONGEST_NAME, MOST_GROUPS, Fault
from lti_mentoring.forms.fields import at_most, lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lti_mentoring.domain.hand_groups import FaultyLine

LONGEST = 500_000
MOST_SAID = 12
WORDS = {
    Fault.NO_NAME: _l("Line %(number)s: write the group’s name first, then a colon."),
    Fault.NAME_TOO_LONG: _l("Line %(number)s: the name is longer than %(most)s characters: %(said)s"),
    Fault.NAME_TWICE: _l("Line %(number)s: there is a group of this name already: %(said)s"),
    Fault.NOBODY: _l("Line %(number)s: nobody is in this group: %(said)s"),
    Fault.UNKNOWN: _l("Line %(number)s: no student of the course is called so: %(said)s"),
    Fault.MANY: _l("Line %(number)s: several students are called so; write the e-mail address: %(said)s"),
    Fault.IN_TWO: _l("Line %(number)s: this student is in a group already: %(said)s"),
    Fault.TOO_MANY: _l("Line %(number)s: these are more than %(most)s groups."),
}


class GroupsForm(Form):
    """All groups, a line each; blank: there are none."""

    groups = TextAreaField(
        _l("Groups, a line each"),
        [at_most(LONGEST)],
        filters=[lines],
        description=_l("The name, a colon, then the students, parted by semicolons: by name, e-mail address or the "
                       "course’s own number. For example: Team A: Layla Haddad; tomas@example.org"),
    )  # fmt: skip


def fault_words(faults: Iterable[FaultyLine]) -> list[str]:
    """Say of each line what is wrong with it; of very many only of the first."""
    found = list(faults)
    said = [
        str(WORDS[one.fault])
        % {
            "number": one.number,
            "said": one.said,
            "most": MOST_GROUPS if one.fault is Fault.TOO_MANY else LONGEST_NAME,
        }
        for one in found[:MOST_SAID]
    ]
    return said if len(found) <= MOST_SAID else [*said, _("and %(number)s more", number=len(found) - MOST_SAID)]
