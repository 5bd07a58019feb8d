"""The seat: who sits here now, in which role, in which course."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SeatRole(StrEnum):
    """What a seat may do; decided at the launch from the course's roles and our own records."""

    STUDENT = "student"
    MENTOR = "mentor"
    FACULTY = "faculty"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Sitter:
    """A seat as services and pages are handed it. ``context_id`` and ``track_id`` are our own numbers, or None.

    ``is_test``: the platform's pretended student, who sees what a student sees and gets no grade.
    ``may_pick`` is true while something is being picked for the course (a deep-linking launch).
    Who signed in without an LMS has an ``account_id``; an administrator then has 0 for seat, person and registration:
    numbers that no row has. An outside mentor is a person of the course and has a seat.
    """

    seat_id: int
    institution_id: int
    person_id: int
    person_name: str
    role: SeatRole
    roles: tuple[SeatRole, ...]
    registration_id: int
    context_id: int | None = None
    context_title: str = ""
    track_id: int | None = None
    track_title: str = ""
    track_published: bool = False
    resource_link_id: int | None = None
    locale: str | None = None
    return_url: str | None = None
    may_pick: bool = False
    is_test: bool = False
    account_id: int | None = None
