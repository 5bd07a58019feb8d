"""What a round's groups are called, what keeping them together means, and what is in the way, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.round_groups import Trouble, read_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lti_mentoring.domain.round_groups import GroupSet, GroupsInTheWay, Hindrance, KeptTogether

MOST_SAID = 12
MOST_NAMED = 6
KINDS = {
    GroupKind.SECTION: _l("Sections"),
    GroupKind.GROUP: _l("Groups in no set"),
    GroupKind.BY_HAND: _l("Groups by hand"),
}
TROUBLES = {
    Trouble.NO_SUCH_SET: _l("The course has no such groups any more. Choose others."),
    Trouble.NOBODY_WAITS: _l("Nobody of these groups waits for a mentor. Choose others, or match everybody alone."),
    Trouble.IN_TWO: _l("%(people)s is in several of these groups (%(groups)s). Take them out of all but one."),
    Trouble.HAS_MENTOR: _l(
        "%(groups)s: %(people)s already has a mentor, and others of the group wait. Give the others that mentor by "
        "hand, or change the group."
    ),
    Trouble.TOO_LARGE: _l(
        "%(groups)s: %(size)s students wait, and no mentor has so many free places; the most is %(places)s. Divide the "
        "group, or give a mentor more places."
    ),
}


def set_name(kind: GroupKind, name: str) -> str:
    """Return what a set of groups is called."""
    return name or str(KINDS[kind])


def set_choices(sets: Iterable[GroupSet]) -> list[tuple[str, str]]:
    """Return the sets to choose from: (key, name with the number of its groups)."""
    return [
        (one.key, str(_("%(group)s (%(count)s)", group=set_name(one.kind, one.name), count=one.groups))) for one in sets
    ]


def together_words(key: str) -> str:
    """Say of a round which groups it kept together; "" where everybody was matched alone."""
    found = read_key(key)
    return str(_("%(set)s stay together.", set=set_name(*found))) if found else ""


def hindrance_words(found: GroupsInTheWay) -> list[str]:
    """Say all that is in the way of keeping groups together, the first of many."""
    said = [_hindrance(one, found.names) for one in found.hindrances[:MOST_SAID]]
    more = len(found.hindrances) - len(said)
    return said if more <= 0 else [*said, str(_("and %(number)s more", number=more))]


def meaning(kept: KeptTogether, places: Sequence[int]) -> list[str]:
    """Say what it means that groups stay together; ``places``: the free places of each mentor, blank: not known."""
    if not kept.groups:
        return []
    size = kept.size
    lines = [
        ngettext("%(num)s group stays together.", "%(num)s groups stay together.", len(kept.groups)),
        _("Places are counted in whole groups of the largest, %(size)s: a mentor with %(more)s free places gets one "
          "group, however small, and the other places stay empty.", size=size, more=2 * size - 1),
    ]  # fmt: skip
    if places:
        lines.append(
            _("So there is room for %(room)s; %(wanted)s are wanted.",
              room=sum(one // size for one in places), wanted=len(kept.groups) + kept.alone)
        )  # fmt: skip
    if kept.alone:
        lines.append(
            ngettext(
                "%(num)s student is in no group, and takes as much room as a group does.",
                "%(num)s students are in no group, and each takes as much room as a group does.",
                kept.alone,
            )
        )
    if kept.empty:
        lines.append(_("Nobody is in %(groups)s: left out.", groups=_listed(kept.empty)))
    return [str(one) for one in lines]


def _hindrance(one: Hindrance, names: Mapping[int, str]) -> str:
    people = _listed([names.get(number, "") for number in one.people])
    facts = {"groups": _listed(one.groups), "people": people, "size": one.size, "places": one.places}
    return str(TROUBLES[one.trouble]) % facts


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (" " + str(_("and %(number)s more", number=more)) if more > 0 else "")
