"""Who is told that two do not work together any more: nobody is parted silently, and nobody is told why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.models import Mentor, Mentorship, Person, Track
from lti_mentoring.services.mailing import Letter, write_mails

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

STUDENT_HEARS = frozenset({EndCause.MENTOR_LEFT, EndCause.MENTOR_STOPS, EndCause.OTHER})
"""Who is moved hears of the new mentor, who left the course of nothing."""
MENTOR_HEARS = frozenset({EndCause.MENTOR_STOPS, EndCause.STUDENT_LEFT, EndCause.MOVED, EndCause.OTHER})


def tell_parted(session: Session, by: Sitter, ended: Sequence[Mentorship], cause: EndCause, *, now: datetime) -> None:
    """Write to the students of these mentorships, at least one, and one mail to each mentor.

    The number of statements does not grow with them.
    """
    guides = dict(
        session.execute(
            select(Mentor.id, Mentor.person_id).where(Mentor.id.in_({one.mentor_id for one in ended}))
        ).all()
    )
    people = {*guides.values(), *(one.student_id for one in ended)}
    names = {who.id: who.shown_name for who in session.scalars(select(Person).where(Person.id.in_(people)))}
    letters: list[Letter] = []
    if cause in STUDENT_HEARS:
        letters += [
            Letter(
                one.student_id, "mentorship_ended",
                {"to": "student", "other": names[guides[one.mentor_id]], "number": 1, "path": "/"},
                f"mentorship_ended:{one.id}:student",
            )
            for one in ended
        ]  # fmt: skip
    if cause in MENTOR_HEARS:
        of_mentor: dict[int, list[Mentorship]] = {}
        for one in ended:
            of_mentor.setdefault(one.mentor_id, []).append(one)
        letters += [
            Letter(
                guides[mentor_id], "mentorship_ended",
                {"to": "mentor", "other": names[mine[0].student_id], "number": len(mine), "path": "/my-students"},
                f"mentorship_ended:{mine[0].id}:mentor",
            )
            for mentor_id, mine in of_mentor.items()
        ]  # fmt: skip
    track = session.get_one(Track, ended[0].track_id)
    write_mails(
        session, letters, {"course": by.context_title, "track": track.title},
        institution_id=track.institution_id, context_id=track.context_ref, now=now,
    )  # fmt: skip
