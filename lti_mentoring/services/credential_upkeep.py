"""What the calendar does to credentials: soon over, over; holders hear it, and the faculty of a holder's tracks."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from sqlalchemy import and_, or_, select

from lti_mentoring.domain.credentials import (
    EXPIRES_SOON,
    HOLDS,
    CredentialState,
    CredentialStepKind,
    after,
    step_by_calendar,
)
from lti_mentoring.models import Credential, Membership, MembershipStatus, Mentor, Track, TrackState
from lti_mentoring.queries.accepting import lacks_credential
from lti_mentoring.services.credentials import note, tell_holder
from lti_mentoring.services.mailing import write_mail

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PAGE = 100


def tend_credentials(session: Session, *, now: datetime, most: int = PAGE) -> int:
    """Let the calendar take its steps at ``most`` credentials; return how many: 0, nothing is due any more.

    A lapse stops new matches where a track asks for a verified credential; it ends no mentorship.
    """
    today = now.date()
    due = session.scalars(
        select(Credential)
        .where(
            Credential.removed_at.is_(None),
            or_(
                and_(Credential.state.in_(HOLDS), Credential.verified_until < today),
                and_(Credential.state == CredentialState.VERIFIED, Credential.verified_until <= today + EXPIRES_SOON),
            ),
        )
        .order_by(Credential.id)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for credential in due:
        # Never None: the query above and the rule say the same.
        step = cast("CredentialStepKind", step_by_calendar(credential.state, credential.verified_until, today=today))
        credential.state = after(credential.state, step)
        note(session, None, credential, step, now=now, until=credential.verified_until)
        tell_holder(session, credential, step.value, now=now)
    for credential in due:  # once all is over: of two that lapse at once, neither stands in for the other
        if credential.state is CredentialState.LAPSED:
            _tell_faculty(session, credential, now=now)
    return len(due)


def _tell_faculty(session: Session, credential: Credential, *, now: datetime) -> None:
    """Write to the faculty of every running track in which the holder mentors, and say whether it stops new students.

    It does where the track asks for a verified credential and none is left that will do.
    """
    rows = session.execute(
        select(Membership.person_id, Track.id, Track.context_ref, Track.title, lacks_credential())
        .join(Track, Track.context_ref == Membership.context_ref)
        .join(Mentor, Mentor.track_id == Track.id)
        .where(
            Mentor.person_id == credential.person_id,
            Mentor.active.is_(True),
            Track.institution_id == credential.institution_id,
            Track.state == TrackState.PUBLISHED,
            Membership.is_faculty.is_(True),
            Membership.status != MembershipStatus.LEFT,
            Membership.person_id != credential.person_id,
        )
        .order_by(Membership.person_id, Track.id)
    ).all()
    for person_id, track_id, context_id, title, stops in rows:
        facts: dict[str, str | int] = {
            "what": "lapsed",
            "title": title,
            "until": "",
            "to": "faculty",
            "name": credential.person.shown_name,
            "path": "/credentials",
            "stops": int(stops),
        }
        once = f"credential:{credential.id}:lapsed:{credential.verified_until}:{track_id}:{person_id}"
        write_mail(session, person_id, "credential", facts, once, context_id, now)
