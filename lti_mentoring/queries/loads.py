"""What a mentor has to carry besides places: what waits for them here, and students in other courses; numbers only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, func, or_, select

from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.milestones import ProgressState, Signer
from lti_mentoring.models import (
    Membership,
    MembershipStatus,
    Mentor,
    MentorRequest,
    Mentorship,
    Milestone,
    MilestoneProgress,
    Track,
    TrackState,
)
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.standings import given_meanwhile, open_mentorship

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

Here = alias_of(Track)
There = alias_of(Track)
Also = alias_of(Mentor)


@dataclass(frozen=True, slots=True)
class Load:
    """``evidence``: sent and to be read by this mentor; ``requests``: questions to answer, both in this track.

    ``elsewhere``: students of the same person in other courses of the institution.
    """

    evidence: int = 0
    requests: int = 0
    elsewhere: int = 0


def loads_of(session: Session, track: Track, mentors: Collection[int]) -> dict[int, Load]:
    """Return by number what mentors of the track have to carry; one statement. In a closed track nothing waits."""
    rows = session.execute(
        select(Mentor.id, _evidence(), _requests(), _elsewhere())
        .join(Here, Here.id == Mentor.track_id)
        .where(Mentor.id.in_(list(mentors)), Mentor.track_id == track.id, Mentor.institution_id == track.institution_id)
    )
    closed = track.state is TrackState.CLOSED
    return {
        number: Load(0 if closed else evidence, 0 if closed else requests, elsewhere)
        for number, evidence, requests, elsewhere in rows
    }


def _evidence() -> ColumnElement[int]:
    """Count what was sent by a mentor's students for milestones that this mentor signs, once in whatever roles."""
    return (
        select(func.count(MilestoneProgress.id.distinct()))
        .join(Milestone, Milestone.id == MilestoneProgress.milestone_id)
        .join(Mentorship, Mentorship.student_id == MilestoneProgress.student_id)
        .where(
            Mentorship.mentor_id == Mentor.id,
            open_mentorship(),
            MilestoneProgress.track_id == Mentor.track_id,
            MilestoneProgress.state == ProgressState.SUBMITTED,
            Milestone.retired_at.is_(None),
            Milestone.signer == Signer.MENTOR,
            or_(Milestone.signer_role.is_(None), Milestone.signer_role == Mentorship.role),
        )
        .correlate(Mentor)
        .scalar_subquery()
    )


def _requests() -> ColumnElement[int]:
    """Count the questions that the mentor's own page shows: nobody waits who has a mentor by now, or has left."""
    here = and_(Membership.person_id == MentorRequest.student_id, Membership.context_ref == Here.context_ref)
    return (
        select(func.count(MentorRequest.id))
        .join(Membership, here)
        .outerjoin(Mentorship, given_meanwhile())
        .where(
            MentorRequest.mentor_id == Mentor.id,
            MentorRequest.state == RequestState.ASKED,
            Mentor.active.is_(True),
            Mentorship.id.is_(None),
            Membership.status != MembershipStatus.LEFT,
        )
        .correlate(Mentor, Here)
        .scalar_subquery()
    )


def _elsewhere() -> ColumnElement[int]:
    """Count the students of the same person in other courses that still run; whoever is there twice, once."""
    return (
        select(func.count(Mentorship.student_id.distinct()))
        .join(Also, Also.id == Mentorship.mentor_id)
        .join(There, There.id == Also.track_id)
        .where(
            Also.person_id == Mentor.person_id,
            Also.institution_id == Mentor.institution_id,
            There.context_ref != Here.context_ref,
            There.state != TrackState.CLOSED,
            open_mentorship(),
        )
        .correlate(Mentor, Here)
        .scalar_subquery()
    )
