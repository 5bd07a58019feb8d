"""What is held about one person, counted by its kind: never the content.

Whoever raised a concern reads here that it is held. Whom it is about does not: a count alone would tell that there is
one, and from whom, where the two are the only pair; so EU 2016/679 Art. 15(4) and 2019/1937 Art. 16 have it. For the
same reason nobody else reads of a handler's work and mails: their number grows with each concern.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.domain.assessments import AssessmentState
from lti_mentoring.domain.concerns import NOT_SHOWN, WAITS
from lti_mentoring.domain.conflicts import DECLARED, ConflictKind, ConflictReason
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotAllowed, NotFound
from lti_mentoring.models import (
    Administrator,
    Assessment,
    Attempt,
    AuditEntry,
    Award,
    Concern,
    ConcernEntry,
    ConcernHandler,
    ConcernReading,
    ConflictOfInterest,
    Credential,
    Evidence,
    Goal,
    GroupMembership,
    Institution,
    Introduction,
    Mail,
    Match,
    Meeting,
    MeetingNote,
    Membership,
    Mentor,
    MentorApplication,
    MentorPage,
    MentorProfile,
    MentorRequest,
    Mentorship,
    MilestoneProgress,
    MilestoneStep,
    Person,
    QuietHours,
    RankList,
    Recommendation,
    Registration,
    Round,
    Score,
    Seat,
    Seeking,
)

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

MOST_NAMED = 3
TOLD = (RoundState.PUBLISHED, RoundState.UNDONE)
"""A draft is faculty’s thought until it is published."""


class Held(StrEnum):
    """One kind of what is held about a person."""

    COURSES = "courses"
    GROUPS = "groups"
    MENTORS = "mentors"
    STUDENTS = "students"
    ROUNDS = "rounds"
    PROFILE = "profile"
    PUBLIC_PAGES = "public_pages"
    APPLICATIONS = "applications"
    CREDENTIALS = "credentials"
    SEEKING = "seeking"
    QUIET_HOURS = "quiet_hours"
    WISHES = "wishes"
    RECOMMENDATIONS = "recommendations"
    CONFLICTS = "conflicts"
    COMPLAINTS = "complaints"
    CONCERNS = "concerns"
    CONCERN_WORDS = "concern_words"
    CONCERNS_OPENED = "concerns_opened"
    CONCERN_PAIRS = "concern_pairs"
    CONCERN_MAILS = "concern_mails"
    HANDLES_CONCERNS = "handles_concerns"
    REQUESTS = "requests"
    INTRODUCTIONS = "introductions"
    INTRODUCED = "introduced"
    GOALS = "goals"
    MEETINGS = "meetings"
    MEETING_NOTES = "meeting_notes"
    EVIDENCE = "evidence"
    STEPS = "steps"
    FORMS_ABOUT = "forms_about"
    FORMS_BY = "forms_by"
    ATTEMPTS = "attempts"
    GRADES = "grades"
    CERTIFICATES = "certificates"
    BADGES = "badges"
    MAILS = "mails"
    VISITS = "visits"
    TRAIL = "trail"


OWN_ONLY = frozenset(
    {
        Held.COMPLAINTS, Held.CONCERNS, Held.CONCERN_WORDS, Held.CONCERNS_OPENED, Held.CONCERN_PAIRS,
        Held.CONCERN_MAILS,
    }
)  # fmt: skip
"""What nobody but the person is told of, not even that there is any."""


@dataclass(frozen=True, slots=True)
class HeldView:
    """What is held about ``name``; ``is_self``: who looks is that person. ``known`` False: nothing is held at all.

    ``counts`` has only what there is. ``ask`` names who can be asked, perhaps nobody.
    """

    institution: str
    is_self: bool
    ask: tuple[str, ...]
    known: bool = True
    name: str = ""
    has_name: bool = False
    has_email: bool = False
    language: str = ""
    counts: tuple[tuple[Held, int], ...] = ()


def held_about(session: Session, sitter: Sitter) -> HeldView:
    """Return what is held about whom the seat was opened to look at, else about the sitter.

    About somebody else only a confirmed administrator may ask, and only of the own institution: raises NotAllowed.
    A sitter who is no person of an LMS (an operator's account) is told NotFound.
    """
    own = session.get(Person, sitter.person_id)
    if own is None:
        raise NotFound
    subject = session.scalar(select(Seat.about_subject).where(Seat.id == sitter.seat_id))
    if subject is None or subject == own.subject:
        return _view(session, sitter, own)
    if sitter.role is not SeatRole.ADMINISTRATOR:
        raise NotAllowed(needed=SeatRole.ADMINISTRATOR.value)
    issuer = session.get_one(Registration, sitter.registration_id).issuer
    about = session.scalar(
        select(Person).where(
            Person.institution_id == sitter.institution_id, Person.issuer == issuer, Person.subject == subject
        )
    )
    return _view(session, sitter, about)


def _view(session: Session, sitter: Sitter, person: Person | None) -> HeldView:
    institution = session.get_one(Institution, sitter.institution_id).name
    ask = administrators_to_ask(session, sitter)
    if person is None:
        return HeldView(institution, is_self=False, ask=ask, known=False)
    is_self = person.id == sitter.person_id
    kinds = [kind for kind in Held if is_self or kind not in OWN_ONLY]
    counts = session.execute(select(*(_count(kind, person) for kind in kinds))).one()
    return HeldView(
        institution=institution,
        is_self=is_self,
        ask=ask,
        name=person.shown_name,
        has_name=bool(person.name or person.given_name or person.family_name),
        has_email=bool(person.email),
        language=person.locale or "",
        counts=tuple((kind, number) for kind, number in zip(kinds, counts, strict=True) if number),
    )


def administrators_to_ask(session: Session, sitter: Sitter) -> tuple[str, ...]:
    """Return the names of some who administer the institution; one statement."""
    rows = session.scalars(
        select(Person)
        .join(Administrator, Administrator.person_id == Person.id)
        .where(Administrator.institution_id == sitter.institution_id, Administrator.confirmed_at.is_not(None))
        .order_by(Person.id)
        .limit(MOST_NAMED)
    )
    return tuple(person.shown_name for person in rows)


def _count(kind: Held, person: Person) -> Any:
    model, *conditions = _WHOSE[kind](person.id)
    owned = model.institution_id == person.institution_id
    return select(func.count()).select_from(model).where(owned, *conditions).scalar_subquery().label(kind.value)


def _as_mentor(number: int) -> Any:
    return select(Mentor.id).where(Mentor.person_id == number)


def _guided(number: int) -> ColumnElement[bool]:
    return Mentorship.mentor_id.in_(_as_mentor(number))


def _sent(number: int) -> ColumnElement[bool]:
    own = select(MilestoneProgress.id).where(MilestoneProgress.student_id == number)
    return Evidence.progress_id.in_(own)


_WHOSE: dict[Held, Any] = {
    Held.COURSES: lambda number: (Membership, Membership.person_id == number),
    Held.GROUPS: lambda number: (GroupMembership, GroupMembership.person_id == number),
    Held.MENTORS: lambda number: (Mentorship, Mentorship.student_id == number),
    Held.STUDENTS: lambda number: (Mentorship, _guided(number)),
    Held.ROUNDS: lambda number: (
        Match, Match.student_id == number, Match.round_id.in_(select(Round.id).where(Round.state.in_(TOLD)))
    ),
    Held.PROFILE: lambda number: (MentorProfile, MentorProfile.person_id == number),
    Held.PUBLIC_PAGES: lambda number: (MentorPage, MentorPage.person_id == number, MentorPage.address.is_not(None)),
    Held.APPLICATIONS: lambda number: (MentorApplication, MentorApplication.person_id == number),
    Held.CREDENTIALS: lambda number: (Credential, Credential.person_id == number, Credential.removed_at.is_(None)),
    Held.SEEKING: lambda number: (Seeking, Seeking.person_id == number),
    Held.QUIET_HOURS: lambda number: (QuietHours, QuietHours.person_id == number),
    Held.WISHES: lambda number: (RankList, RankList.person_id == number),
    Held.RECOMMENDATIONS: lambda number: (Recommendation, Recommendation.person_id == number),
    Held.CONFLICTS: lambda number: (
        ConflictOfInterest, ConflictOfInterest.made_by_id == number, ConflictOfInterest.kind.in_(DECLARED),
        ConflictOfInterest.reason != ConflictReason.COMPLAINT,
    ),
    Held.COMPLAINTS: lambda number: (
        ConflictOfInterest, ConflictOfInterest.made_by_id == number,
        ConflictOfInterest.reason == ConflictReason.COMPLAINT,
    ),
    Held.CONCERNS: lambda number: (Concern, Concern.raised_by_id == number),
    Held.CONCERN_WORDS: lambda number: (ConcernEntry, ConcernEntry.by_id == number),
    Held.CONCERNS_OPENED: lambda number: (ConcernReading, ConcernReading.person_id == number),
    Held.CONCERN_PAIRS: lambda number: (
        ConflictOfInterest, ConflictOfInterest.made_by_id == number, ConflictOfInterest.kind == ConflictKind.CONCERN,
    ),
    Held.CONCERN_MAILS: lambda number: (Mail, Mail.person_id == number, Mail.kind == WAITS),
    Held.HANDLES_CONCERNS: lambda number: (ConcernHandler, ConcernHandler.person_id == number),
    Held.REQUESTS: lambda number: (MentorRequest, MentorRequest.student_id == number),
    Held.INTRODUCTIONS: lambda number: (
        Introduction, (Introduction.student_id == number) | Introduction.to_mentor_id.in_(_as_mentor(number))
    ),
    Held.INTRODUCED: lambda number: (Introduction, Introduction.mentor_id.in_(_as_mentor(number))),
    Held.GOALS: lambda number: (Goal, Goal.student_id == number),
    Held.MEETINGS: lambda number: (
        Meeting,
        Meeting.mentorship_id.in_(
            select(Mentorship.id).where((Mentorship.student_id == number) | _guided(number))
        ),
    ),
    Held.MEETING_NOTES: lambda number: (MeetingNote, MeetingNote.author_id == number),
    Held.EVIDENCE: lambda number: (Evidence, _sent(number), Evidence.withdrawn_at.is_(None)),
    Held.STEPS: lambda number: (MilestoneStep, MilestoneStep.by_id == number),
    Held.FORMS_ABOUT: lambda number: (
        Assessment, Assessment.student_id == number, Assessment.state == AssessmentState.COMPLETE,
    ),
    Held.FORMS_BY: lambda number: (Assessment, Assessment.assessor_id == number),
    Held.ATTEMPTS: lambda number: (Attempt, Attempt.person_id == number),
    Held.GRADES: lambda number: (Score, Score.person_id == number),
    Held.CERTIFICATES: lambda number: (Award, (Award.person_id == number) & (Award.level == "")),
    Held.BADGES: lambda number: (Award, (Award.person_id == number) & (Award.level != "")),
    Held.MAILS: lambda number: (Mail, Mail.person_id == number, Mail.kind != WAITS),
    Held.VISITS: lambda number: (Seat, Seat.person_id == number),
    Held.TRAIL: lambda number: (AuditEntry, AuditEntry.actor_id == number, AuditEntry.thing.not_in(NOT_SHOWN)),
}  # fmt: skip
