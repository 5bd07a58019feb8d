"""Keep a mentor's limits and list; the audit trail says that they were saved, and nothing of what they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from lti_mentoring.domain.rank_lists import LimitKind, NotRanking, WishesChanged
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, MembershipStatus, Mentor, MentorLimit, RankedStudent
from lti_mentoring.queries.mentor_choices import Limits, own_groups, own_limits, own_list, own_mentor
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.matching.problem import Tiers
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def set_limits(session: Session, by: Sitter, track: Track, limits: Limits, *, now: datetime) -> None:
    """Keep the sitter's own limits; raise NotFound for a section that the sitter is not in."""
    mentor = _locked(session, by, track)
    if own_limits(session, mentor) == limits:
        return
    if limits.by_group and limits.group_id not in dict(own_groups(session, by, track)):
        raise NotFound
    session.execute(delete(MentorLimit).where(MentorLimit.mentor_id == mentor.id))
    own = {"institution_id": track.institution_id, "track_id": track.id, "mentor_id": mentor.id}
    if limits.by_group:
        session.add(MentorLimit(**own, kind=LimitKind.ONLY_GROUP, group_id=limits.group_id))
    if limits.most_new is not None:
        session.add(MentorLimit(**own, kind=LimitKind.MOST_NEW, number=limits.most_new))
    record(session, by, "mentor.limited", "mentor", mentor.id, now=now)
    session.flush()


def save_list(session: Session, by: Sitter, track: Track, tiers: Tiers, *, before: Tiers, now: datetime) -> None:
    """Keep whom the sitter would like; ``before`` is the list that the page showed.

    Raises NotRanking where the track does not ask mentors, WishesChanged where another window saved meanwhile, NotFound
    for who is no student of the course.
    """
    if not rules_of(session, track).mentors_rank:
        raise NotRanking
    mentor = _locked(session, by, track)
    known = own_list(session, mentor)
    if known == tiers:
        return
    if known != before:
        raise WishesChanged
    wanted = {person: number for number, tier in enumerate(tiers, 1) for person in tier}
    _check(session, track, set(wanted) - {person for tier in known for person in tier})
    session.execute(delete(RankedStudent).where(RankedStudent.mentor_id == mentor.id))
    own = {"institution_id": track.institution_id, "track_id": track.id, "mentor_id": mentor.id}
    if wanted:
        session.execute(insert(RankedStudent), [{**own, "person_id": p, "tier": t} for p, t in wanted.items()])
    record(session, by, "mentor.ranked", "mentor", mentor.id, now=now)
    session.flush()


def _locked(session: Session, by: Sitter, track: Track) -> Mentor:
    mentor = own_mentor(session, by, track)
    session.execute(select(Mentor.id).where(Mentor.id == mentor.id).with_for_update())
    return mentor


def _check(session: Session, track: Track, people: set[int]) -> None:
    here = session.scalars(
        select(Membership.person_id).where(
            Membership.context_ref == track.context_ref,
            Membership.person_id.in_(people),
            Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT,
        )
    )
    if set(here) != people:
        raise NotFound
