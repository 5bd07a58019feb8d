"""What a person may be here: decided from what the platform says and from our own records, never from one alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.domain.roles import is_faculty, is_learner, is_mentor_observer, is_platform_administrator
from lti_mentoring.domain.seats import SeatRole

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lti_mentoring.domain.roles import Role


def seat_roles(
    roles: Iterable[Role], *, is_mentor: bool, is_administrator: bool, has_context: bool
) -> tuple[SeatRole, ...]:
    """Return the seats that a person may choose between; the first is the one to begin with, never none.

    ``is_mentor``: faculty ticked the person in the track that the link opens. ``is_administrator``: somebody has
    confirmed the person. An LTI role makes nobody a mentor (it may be a parent), and nobody an administrator.
    """
    held = frozenset(roles)
    here = {
        SeatRole.FACULTY: has_context and is_faculty(held),
        SeatRole.MENTOR: has_context and is_mentor,
        SeatRole.STUDENT: has_context and is_learner(held),
        SeatRole.ADMINISTRATOR: is_administrator and is_platform_administrator(held),
        SeatRole.OBSERVER: has_context and is_mentor_observer(held) and not is_mentor,
    }
    return tuple(role for role, may in here.items() if may) or (SeatRole.GUEST,)


def first_role(roles: tuple[SeatRole, ...], chosen: SeatRole | None, *, settled: bool) -> SeatRole:
    """Return where somebody sits at first: where they chose to sit the last time, if that is still theirs.

    ``settled``: what somebody came for (to pick something for the course, to review) is done from the first seat.
    """
    return chosen if chosen in roles and not settled else roles[0]


def asks_where_to_sit(roles: tuple[SeatRole, ...], chosen: SeatRole | None, *, settled: bool) -> bool:
    """Tell whether somebody who may sit in several places has not said where."""
    return len(roles) > 1 and chosen not in roles and not settled


def role_after(role: SeatRole, roles: tuple[SeatRole, ...]) -> SeatRole:
    """Return the role of a seat whose choice has changed to ``roles``: the same where it may stay.

    Who only waited (guest, observer) takes the first of the new ones.
    """
    waited = role in {SeatRole.GUEST, SeatRole.OBSERVER}
    return role if role in roles and not waited else roles[0]


def asks_to_administer(roles: Iterable[Role], *, is_administrator: bool) -> bool:
    """Tell whether the platform calls somebody administrator whom nobody here has confirmed."""
    return is_platform_administrator(roles) and not is_administrator
