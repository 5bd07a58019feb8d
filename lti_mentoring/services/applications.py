"""Apply as a mentor, take that back, and decide: acceptance makes the mentor, and the applicant hears by mail."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.applications import (
    LONGEST_WORDS,
    ApplicationState,
    CannotApply,
    ProfileIncomplete,
    advance,
    bar_to_apply,
    check_reason,
)
from lti_mentoring.errors import NotFound
from lti_mentoring.models import MentorApplication, Track
from lti_mentoring.queries.applications import is_mentor, takes_applications
from lti_mentoring.queries.profiles import profile_of
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import write_mail
from lti_mentoring.services.mentors import check_places, tick
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


def begin(session: Session, by: Sitter, track: Track, *, now: datetime) -> MentorApplication:
    """Begin an application, or begin again one that was withdrawn; a draft that is there is returned.

    Raises CannotApply with the reason.
    """
    known = {"track_id": track.id, "person_id": by.person_id}
    first = {
        "institution_id": by.institution_id, "state": ApplicationState.DRAFT, "words": "", "places": 2,
        "began_at": now, "reason": "",
    }  # fmt: skip
    _check(session, by, track, _state(session, by, track))
    number = upsert(session, MentorApplication, known, by=tuple(known), first=first)
    application = session.get_one(MentorApplication, number, with_for_update=True, populate_existing=True)
    if application.state is ApplicationState.WITHDRAWN:
        application.state, application.began_at = advance(application.state, ApplicationState.DRAFT), now
    record(session, by, "application.begun", "mentor_application", application.id, now=now)
    session.flush()
    return application


def send(session: Session, by: Sitter, track: Track, words: str, places: int, *, now: datetime) -> MentorApplication:
    """Send the sitter's draft to the course team.

    Raises CannotApply, ProfileIncomplete, PlacesOutOfRange; NotFound where none was begun.
    """
    check_places(places)
    application = _own(session, by, track)
    _check(session, by, track, application.state)
    if profile_of(session, by.institution_id, by.person_id).missing:
        raise ProfileIncomplete
    application.state = advance(application.state, ApplicationState.SENT)
    application.words, application.places, application.sent_at = words.strip()[:LONGEST_WORDS], places, now
    record(session, by, "application.sent", "mentor_application", application.id, now=now, places=places)
    session.flush()
    return application


def withdraw(session: Session, by: Sitter, track: Track, *, now: datetime) -> MentorApplication:
    """Take back what was sent: the course team sees it no longer. Raises StepImpossible once it is decided."""
    application = _own(session, by, track)
    application.state = advance(application.state, ApplicationState.WITHDRAWN)
    application.sent_at = None
    record(session, by, "application.withdrawn", "mentor_application", application.id, now=now)
    session.flush()
    return application


def accept(session: Session, by: Sitter, track: Track, application_id: int, places: int, *, now: datetime) -> str:
    """Make the applicant a mentor with so many places and tell them; return their name."""
    application = _sent(session, by, application_id)
    application.state = advance(application.state, ApplicationState.ACCEPTED)
    tick(session, by, track, [application.person_id], places=places, now=now)
    return _decided(session, by, track, application, now=now)


def decline(session: Session, by: Sitter, track: Track, application_id: int, reason: str, *, now: datetime) -> str:
    """Decline with a reason that the applicant reads; return their name. Raises ReasonNeeded."""
    application = _sent(session, by, application_id)
    application.reason = check_reason(reason)
    application.state = advance(application.state, ApplicationState.DECLINED)
    return _decided(session, by, track, application, now=now)


def _decided(session: Session, by: Sitter, track: Track, application: MentorApplication, *, now: datetime) -> str:
    application.decided_at, application.decided_by_id = now, by.person_id
    action = f"application.{application.state.value}"
    record(session, by, action, "mentor_application", application.id, now=now, reason=application.reason)
    facts: dict[str, str | int] = {
        "accepted": int(application.state is ApplicationState.ACCEPTED),
        "track": track.title,
        "course": by.context_title,
        "path": "/apply",
    }
    once = f"application_decided:{application.id}:{application.began_at.isoformat()}"
    write_mail(session, application.person_id, "application_decided", facts, once, track.context_ref, now)
    return application.person.shown_name


def _check(session: Session, by: Sitter, track: Track, state: ApplicationState | None) -> None:
    bar = bar_to_apply(
        state, is_open=takes_applications(track), is_mentor=is_mentor(session, by, track), is_pretended=by.is_test
    )
    if bar is not None:
        raise CannotApply(bar)


def _state(session: Session, by: Sitter, track: Track) -> ApplicationState | None:
    own = select(MentorApplication.state).where(
        MentorApplication.track_id == track.id, MentorApplication.person_id == by.person_id
    )
    return session.scalar(own)


def _own(session: Session, by: Sitter, track: Track) -> MentorApplication:
    return _locked(session, MentorApplication.track_id == track.id, MentorApplication.person_id == by.person_id)


def _sent(session: Session, by: Sitter, application_id: int) -> MentorApplication:
    return _locked(
        session,
        MentorApplication.id == application_id,
        MentorApplication.institution_id == by.institution_id,
        MentorApplication.track_id == by.track_id,
        MentorApplication.state != ApplicationState.DRAFT,
    )


def _locked(session: Session, *which: ColumnElement[bool]) -> MentorApplication:
    found = session.scalars(
        select(MentorApplication).where(*which).with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found
