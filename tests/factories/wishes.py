"""Rows of wishes, conflicts and requests, in a world."""

from datetime import timedelta

from factories.world import NOON, add

from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.rank_lists import LimitKind, MatchingWay
from lti_mentoring.models import (
    ConflictOfInterest,
    MatchingPolicy,
    MentorLimit,
    MentorRequest,
    RankedMentor,
    RankList,
    Veto,
)


def here(of):
    return {"institution_id": of.institution_id, "track_id": of.id}


def policy(session, of, way=MatchingWay.REQUESTS, **columns):
    return add(session, MatchingPolicy(**here(of), way=way, **columns))


def conflict(session, guide, student, kind=ConflictKind.DECLARED_BY_FACULTY, **columns):
    values = {"institution_id": guide.institution_id, "track_id": guide.track_id, "made_at": NOON}
    pair = {"mentor_id": guide.id, "person_id": student.id}
    return add(session, ConflictOfInterest(**values, **pair, kind=kind, **columns))


def veto(session, guide, student):
    values = {"institution_id": guide.institution_id, "track_id": guide.track_id, "made_at": NOON}
    return add(session, Veto(**values, mentor_id=guide.id, person_id=student.id))


def only_group(session, guide, section):
    values = {"institution_id": guide.institution_id, "track_id": guide.track_id, "mentor_id": guide.id}
    return add(session, MentorLimit(**values, kind=LimitKind.ONLY_GROUP, group_id=section and section.id))


def rank_list(session, of, student, *tiers, any_other=False, **columns):
    """A student's list: each tier one mentor, or several as a tuple."""
    row = add(session, RankList(**here(of), person_id=student.id, any_other=any_other, updated_at=NOON, **columns))
    for number, tier in enumerate(tiers, 1):
        for guide in tier if isinstance(tier, tuple) else (tier,):
            values = {"institution_id": of.institution_id, "rank_list_id": row.id, "mentor_id": guide.id}
            session.add(RankedMentor(**values, tier=number))
    session.flush()
    return row


def asked(session, guide, student, **columns):
    values = {
        "institution_id": guide.institution_id, "track_id": guide.track_id, "mentor_id": guide.id,
        "student_id": student.id, "position": 1, "asked_at": NOON, "reply_by": NOON + timedelta(days=3),
    }  # fmt: skip
    return add(session, MentorRequest(**{**values, **columns}))
