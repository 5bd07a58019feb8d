"""What a course's sections and groups are called in a filter, with how many they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from lti_mentoring.queries.groups import GroupRow

SHORT = 8


def group_choices(groups: Iterable[GroupRow], people: Collection[int]) -> tuple[tuple[object, str], ...]:
    """Return the choices of a filter, those that nobody of ``people`` is in left out; nothing where none is left."""
    counted = [(one, one.among(people)) for one in groups]
    choices = [
        (one.id, _("%(group)s (%(count)s)", group=group_name(one), count=count)) for one, count in counted if count
    ]
    return (("", _("Any")), *choices) if choices else ()


def group_name(one: GroupRow) -> str:
    """Return a group's name, after that of its set; the beginning of its id stands for a name that is not told."""
    name = one.name or str(_("Group %(id)s", id=one.external_id[:SHORT]))
    return str(_("%(set)s: %(group)s", set=one.set_name, group=name)) if one.set_name else name
