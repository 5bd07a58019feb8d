"""Which mentors take nobody new at present, whatever places they have: a condition for every list and judgement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, or_

from lti_mentoring.domain.credentials import HOLDS, OVER, CredentialKind
from lti_mentoring.domain.rank_lists import USUAL_FACULTY_AS_MENTOR
from lti_mentoring.models import Credential, MatchingPolicy, Membership, Mentor, MentorProfile, Track
from lti_mentoring.queries.trained import lacks_training

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

HELD = (Credential.state.in_(HOLDS), Credential.removed_at.is_(None))


def takes_nobody(track: Track) -> ColumnElement[bool]:
    """Say of a row of the track's mentors that they can be given nobody new now: on pause, unchecked, or untrained."""
    return or_(is_paused(), lacks_credential(), lacks_training(track))


def teaches_and_may_not(track: Track) -> ColumnElement[bool]:
    """Say of a mentor's row that they teach the course, and that the track keeps them from mentoring for that."""
    teaches = exists().where(
        Membership.person_id == Mentor.person_id,
        Membership.context_ref == track.context_ref,
        Membership.is_faculty.is_(True),
    )
    may = exists().where(
        MatchingPolicy.track_id == track.id, MatchingPolicy.faculty_as_mentor != USUAL_FACULTY_AS_MENTOR
    )
    return and_(teaches.correlate(Mentor), ~may)


def is_paused() -> ColumnElement[bool]:
    """Say of a mentor's row that they take nobody yet; measured by the database's day, as leases are by its clock."""
    paused = exists().where(
        MentorProfile.institution_id == Mentor.institution_id,
        MentorProfile.person_id == Mentor.person_id,
        MentorProfile.paused_until > func.current_date(),
    )
    return paused.correlate(Mentor)


def lacks_credential() -> ColumnElement[bool]:
    """Say of a mentor's row that the track asks for a verified credential which they do not have (any more).

    Something verified of them has to hold, and once a licence of theirs is over, another licence. To remove the one
    that is over replaces nothing.
    """
    asks = exists().where(Track.id == Mentor.track_id, Track.credential_needed.is_(True)).correlate(Mentor)
    licence = Credential.kind == CredentialKind.LICENCE
    was_licensed = _has(licence, Credential.state.in_(OVER))
    return and_(asks, or_(~has_credential(), and_(was_licensed, ~_has(licence, *HELD))))


def has_credential() -> ColumnElement[bool]:
    """Say of a mentor's row that something verified of them holds."""
    return _has(*HELD)


def _has(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    own = (Credential.institution_id == Mentor.institution_id, Credential.person_id == Mentor.person_id)
    return exists().where(*own, *which).correlate(Mentor)
