"""The roles in which a track's mentors serve (clinical, research …), in faculty's words.

A track that says nothing has one role without a name, and then no page speaks of roles. Its key is blank, so that what
was there before anybody named a role belongs to it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.errors import Conflict, NotFound, Refused

MOST_ROLES = 6
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class MentorRole:
    """One role. ``name`` is faculty's; blank where there is nothing to tell apart. ``gone``: kept for what was."""

    key: str = ""
    name: str = ""
    gone: bool = False


class Flaw(StrEnum):
    """What is wrong with a list of roles as faculty sent it."""

    NAME_MISSING = "name_missing"
    NAME_TWICE = "name_twice"
    TOO_MANY = "too_many"
    NOBODY = "nobody"


class RolesFlawed(Refused):
    """A list of roles that a track cannot have. Facts: ``flaw``, ``most``."""

    code = "mentor_roles_flawed"

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value, most=MOST_ROLES)
        self.flaw = flaw


class RoleInUse(Conflict):
    """A role that somebody serves a student in cannot go. Facts: ``role`` and ``pairs``, ``drafts``, ``milestones``."""

    code = "mentor_role_in_use"


class RoleGone(Conflict):
    """A role was taken away while somebody did something in it. Facts: ``role``."""

    code = "mentor_role_gone"


ONLY = MentorRole()


def roles_of(stored: Iterable[Mapping[str, object]]) -> tuple[MentorRole, ...]:
    """Return the roles that a track has now, in its order; one without a name where none is kept."""
    there = tuple(one for one in every_role(stored) if not one.gone)
    return there or (ONLY,)


def every_role(stored: Iterable[Mapping[str, object]]) -> tuple[MentorRole, ...]:
    """Return also the roles that are gone: what was done in them is still called so."""
    return tuple(MentorRole(str(one["key"]), str(one["name"]), bool(one.get("gone"))) for one in stored)


def as_stored(roles: Iterable[MentorRole]) -> list[dict[str, object]]:
    """Return roles as a track keeps them."""
    return [{"key": one.key, "name": one.name, **({"gone": True} if one.gone else {})} for one in roles]


def names_of(stored: Sequence[Mapping[str, object]]) -> dict[str, str]:
    """Return what to call each role beside a person: nothing at all in a track that only ever had one."""
    every = every_role(stored)
    return {one.key: one.name for one in every} if len(every) > 1 else {}


def check_there(stored: Sequence[Mapping[str, object]], wanted: Collection[str]) -> None:
    """Raise RoleGone where one of these keys is of a role that was taken away, NotFound for one of nowhere."""
    missing = set(wanted) - {one.key for one in roles_of(stored)}
    gone = next((one for one in every_role(stored) if one.key in missing), None)
    if gone is not None:
        raise RoleGone(role=gone.name)
    if missing:
        raise NotFound


def called(roles: Sequence[MentorRole], served: Collection[str]) -> tuple[str, ...]:
    """Return what somebody is called who serves in these roles, in the track's order; nothing where it has one."""
    return tuple(one.name for one in roles if one.key in served) if len(roles) > 1 else ()


def checked(wanted: Sequence[MentorRole]) -> tuple[MentorRole, ...]:
    """Return a list of roles tidied; raise RolesFlawed for one that a track cannot have."""
    tidy = tuple(MentorRole(one.key, " ".join(one.name.split())[:LONGEST_NAME]) for one in wanted)
    named = [one.name.casefold() for one in tidy]
    flaws = (
        (not tidy, Flaw.NOBODY),
        (len(tidy) > MOST_ROLES, Flaw.TOO_MANY),
        (len(tidy) > 1 and not all(named), Flaw.NAME_MISSING),
        (len(set(named)) < len(named), Flaw.NAME_TWICE),
    )
    for is_so, flaw in flaws:
        if is_so:
            raise RolesFlawed(flaw)
    return tidy
