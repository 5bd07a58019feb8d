"""Which mentor serves in which role; in a track with one role everybody does, and nothing is read for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, func, select, true

from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.mentor_roles import called
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.models import (
    Job,
    JobKind,
    Membership,
    MembershipStatus,
    Mentor,
    MentorRequest,
    Mentorship,
    Milestone,
    Round,
    ServedRole,
    Track,
)
from lti_mentoring.queries.jobs import OPEN

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Use:
    """What a role is in use for; one that is in no use may go."""

    pairs: int
    drafts: int
    asked: int
    milestones: int

    def __bool__(self) -> bool:
        """Whether it is in use."""
        return bool(self.pairs or self.drafts or self.asked or self.milestones)


def serves(track: Track, role: str) -> ColumnElement[bool]:
    """Return the condition of a mentor who serves in a role of the track."""
    if len(track.roles) == 1:
        return true()
    return exists().where(ServedRole.mentor_id == Mentor.id, ServedRole.role == role)


def may_serve(track: Track, role: str, student_id: int) -> ColumnElement[bool]:
    """Return the condition of a mentor of the role whom the student does not have in another role already."""
    if len(track.roles) == 1:
        return true()
    has = exists().where(
        Mentorship.mentor_id == Mentor.id, Mentorship.student_id == student_id, Mentorship.ended_at.is_(None)
    )
    return and_(serves(track, role), ~has)


def served(
    session: Session, track: Track, mentors: Collection[int] | None = None
) -> Mapping[int, frozenset[str]] | None:
    """Return in which roles each mentor serves; None: all of them in the one that there is. One statement at most.

    ``mentors``: of these only.
    """
    if len(track.roles) == 1:
        return None
    wanted = (
        select(ServedRole.mentor_id, ServedRole.role)
        .join(Mentor, Mentor.id == ServedRole.mentor_id)
        .where(Mentor.track_id == track.id)
    )
    rows = session.execute(wanted if mentors is None else wanted.where(Mentor.id.in_(mentors)))
    found: dict[int, set[str]] = {}
    for mentor_id, role in rows:
        found.setdefault(mentor_id, set()).add(role)
    return {mentor_id: frozenset(roles) for mentor_id, roles in found.items()}


def named_roles(session: Session, track: Track, mentors: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what these mentors serve as, in faculty's words; nothing where the track has one role."""
    keys = served(session, track, mentors) or {}
    return {number: called(track.roles, mine) for number, mine in keys.items()}


def own_roles(session: Session, track: Track, person_id: int) -> tuple[str, ...]:
    """Return what a person serves as in a track; nothing where it has one role. One statement at most."""
    if len(track.roles) == 1:
        return ()
    keys = session.scalars(
        select(ServedRole.role)
        .join(Mentor, Mentor.id == ServedRole.mentor_id)
        .where(Mentor.track_id == track.id, Mentor.person_id == person_id, Mentor.active.is_(True))
    )
    return called(track.roles, set(keys))


def roles_anywhere(session: Session, institution_id: int, person_id: int) -> tuple[str, ...]:
    """Return what a person serves as in all tracks of the institution, each name once; one statement.

    Tracks with one role say nothing, and a course that they have left counts no more.
    """
    left = exists().where(
        Membership.person_id == Mentor.person_id,
        Membership.context_ref == Track.context_ref,
        Membership.status == MembershipStatus.LEFT,
    )
    rows = session.execute(
        select(Track, ServedRole.role)
        .select_from(ServedRole)
        .join(Mentor, Mentor.id == ServedRole.mentor_id)
        .join(Track, Track.id == Mentor.track_id)
        .where(
            Mentor.institution_id == institution_id, Mentor.person_id == person_id, Mentor.active.is_(True), ~left
        )
        .order_by(Track.id)
    )  # fmt: skip
    keys: dict[Track, set[str]] = {}
    for track, key in rows:
        keys.setdefault(track, set()).add(key)
    return tuple(dict.fromkeys(name for track, mine in keys.items() for name in called(track.roles, mine)))


def use_of(session: Session, track: Track, role: str) -> Use:
    """Return what stands in the way of a role's going; one statement."""
    counted = (
        select(func.count()).select_from(Mentorship).where(
            Mentorship.track_id == track.id, Mentorship.role == role, Mentorship.ended_at.is_(None)
        ),
        select(func.count()).select_from(Round).where(
            Round.track_id == track.id, Round.mentor_role == role, Round.state == RoundState.DRAFT
        ),
        # A round that is being drawn up becomes a draft.
        select(func.count()).select_from(Job).where(
            Job.track_id == track.id, Job.kind == JobKind.ROUND, Job.state.in_(OPEN),
            Job.detail["role"].as_string() == role,
        ),
        select(func.count()).select_from(MentorRequest).where(
            MentorRequest.track_id == track.id, MentorRequest.mentor_role == role,
            MentorRequest.state == RequestState.ASKED,
        ),
        select(func.count()).select_from(Milestone).where(
            Milestone.track_id == track.id, Milestone.signer_role == role, Milestone.retired_at.is_(None)
        ),
    )  # fmt: skip
    pairs, drafts, drawn, asked, milestones = session.execute(
        select(*(one.scalar_subquery() for one in counted))
    ).one()  # fmt: skip
    return Use(pairs, drafts + drawn, asked, milestones)
