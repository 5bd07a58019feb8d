"""What students, mentors and faculty are told of requests: who is next, never what was written or why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.models import Context, Membership, MembershipStatus, Mentor, Person
from lti_mentoring.services.mailing import Letter, write_mails

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.models import MentorRequest, Track

MOST_FACULTY = 50


def tell_asked(session: Session, track: Track, request: MentorRequest, *, now: datetime) -> None:
    """Tell a mentor that somebody asks, and by when an answer is due."""
    facts = {"student": _student(session, request), "until": request.reply_by.date().isoformat(), "path": "/"}
    person = session.get_one(Mentor, request.mentor_id).person_id
    _write(session, track, [Letter(person, "mentor_asked", facts, f"mentor_asked:{request.id}")], now=now)


def tell_accepted(session: Session, track: Track, request: MentorRequest, *, now: datetime) -> None:
    """Tell a student that the mentor said yes."""
    letter = Letter(
        request.student_id, "request_accepted", {"mentor": _mentor(session, request), "path": "/path"},
        f"request_accepted:{request.id}",
    )  # fmt: skip
    _write(session, track, [letter], now=now)


def tell_passed_on(
    session: Session, track: Track, request: MentorRequest, following: MentorRequest, *, now: datetime
) -> None:
    """Tell a student who is asked now, and never why."""
    facts = {
        "mentor": _mentor(session, request),
        "following": _mentor(session, following),
        "until": following.reply_by.date().isoformat(),
        "path": "/asking",
    }
    letter = Letter(request.student_id, "request_passed_on", facts, f"request_passed_on:{request.id}")
    _write(session, track, [letter], now=now)


def tell_exhausted(session: Session, track: Track, request: MentorRequest, *, now: datetime) -> None:
    """Tell a student that nobody is left of the wishes, and faculty that this student needs somebody."""
    name = _student(session, request)
    letters = [
        Letter(request.student_id, "wishes_exhausted", {"to": "student", "student": name, "path": "/wishes"},
               f"wishes_exhausted:{request.id}:student")
    ]  # fmt: skip
    faculty = session.scalars(
        select(Membership.person_id)
        .where(
            Membership.context_ref == track.context_ref,
            Membership.is_faculty.is_(True),
            Membership.status != MembershipStatus.LEFT,
        )
        .order_by(Membership.id)
        .limit(MOST_FACULTY)
    )
    letters += [
        Letter(person, "wishes_exhausted", {"to": "faculty", "student": name, "path": "/mentors"},
               f"wishes_exhausted:{request.id}:{person}")
        for person in faculty
    ]  # fmt: skip
    _write(session, track, letters, now=now)


def _write(session: Session, track: Track, letters: list[Letter], *, now: datetime) -> None:
    course = session.get_one(Context, track.context_ref).shown_title
    write_mails(
        session, letters, {"course": course, "track": track.title},
        institution_id=track.institution_id, context_id=track.context_ref, now=now,
    )  # fmt: skip


def _student(session: Session, request: MentorRequest) -> str:
    return session.get_one(Person, request.student_id).shown_name


def _mentor(session: Session, request: MentorRequest) -> str:
    return session.get_one(Person, session.get_one(Mentor, request.mentor_id).person_id).shown_name
