"""What a complete course list changes: who is back, who may have left, who has left, and when a fall is not believed.

Nothing here deletes anybody: a person who left keeps all that they did.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

FALL_ALWAYS_BELIEVED = 5
FALL_SHARE = 0.10
ROSTERS_UNTIL_LEFT = 2


class Presence(StrEnum):
    """Where a person stands with the course's list."""

    ACTIVE = "active"
    MAYBE_LEFT = "maybe_left"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Known:
    """One person of the course as we know them. ``missed``: complete lists in a row that did not name them."""

    person_id: int
    presence: Presence
    missed: int = 0
    is_student: bool = True
    is_test_user: bool = False
    was_listed: bool = True
    """Whether any list has ever named them."""
    launched_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RosterChange:
    """What one complete list changes, as numbers of persons. ``known``: who was in the course before."""

    known: int
    back: frozenset[int]
    maybe_left: frozenset[int]
    left: frozenset[int]
    gone: frozenset[int]
    """Who was in the course before and would not be any more: what the hold rule counts."""

    @property
    def is_held(self) -> bool:
        """Whether the fall is too large to be believed without a person's word."""
        return falls_too_far(self.known, len(self.gone))


def falls_too_far(known: int, gone: int) -> bool:
    """Tell whether more than max(5, 10 %) of those who were in the course would be gone."""
    return gone > max(FALL_ALWAYS_BELIEVED, known * FALL_SHARE)


def compare(
    known: Iterable[Known], listed: Collection[int], switched_off: Collection[int], *, read_at: datetime
) -> RosterChange:
    """Compare who is known with one complete list.

    ``listed`` are those whom it names as active, ``switched_off`` those whom it names as inactive or deleted.
    ``read_at`` is when reading the list began: whoever opened the tool since then is in the course.
    """
    before = {one.person_id: one for one in known}
    off = {number for number in switched_off if number in before and before[number].presence is not Presence.LEFT}
    missing = [
        one for one in before.values() if one.person_id not in listed and one.person_id not in switched_off
        if _counts(one, read_at)
    ]  # fmt: skip
    again = {one.person_id for one in missing if one.missed + 1 >= ROSTERS_UNTIL_LEFT}
    once = {one.person_id for one in missing} - again
    was_here = {one.person_id for one in before.values() if one.presence is Presence.ACTIVE and not one.is_test_user}
    return RosterChange(
        known=len(was_here),
        back=frozenset(one.person_id for one in before.values() if _is_back(one, listed)),
        maybe_left=frozenset(once),
        left=frozenset(again | off),
        gone=frozenset((once | again | off) & was_here),
    )


def without_believed(change: RosterChange, believed: Collection[int]) -> RosterChange:
    """Return the change as the hold rule sees it once a person has said that ``believed`` are really gone."""
    agreed = change.gone & frozenset(believed)
    return RosterChange(change.known, change.back, change.maybe_left, change.left, change.gone - agreed)


def _is_back(one: Known, listed: Collection[int]) -> bool:
    return one.presence is not Presence.ACTIVE and one.person_id in listed


def _counts(one: Known, read_at: datetime) -> bool:
    """Tell whether not being on the list says something: it never names test users or outside staff."""
    if one.presence is Presence.LEFT or one.is_test_user:
        return False
    if one.launched_at is not None and one.launched_at >= read_at:
        return False
    return one.is_student or one.was_listed
