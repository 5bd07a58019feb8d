"""Badges of mentors as their holder and the course team see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.awards import Released
from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.mentor_badges import may_take_again
from lti_mentoring.models import Attempt, Award, Mentor, Test
from lti_mentoring.queries.levels import MentorLevel, own_level

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


@dataclass(frozen=True, slots=True)
class MyBadges:
    """A mentor's page: ``level`` None for no mentor of the track, badges held from the highest, the last withdrawn."""

    level: MentorLevel | None
    held: tuple[Award, ...]
    withdrawn: Award | None
    is_open: bool
    """Whether one may be taken: not while faculty's last word was to withdraw one."""

    @property
    def to_take(self) -> Level | None:
        """The level whose badge can be taken now."""
        now = self.level.level if self.level else None
        return None if not self.is_open or now in {one.level for one in self.held} else now


def my_badges(session: Session, by: Sitter, track: Track, *, now: datetime) -> MyBadges:
    """Return the page of the mentor in the seat."""
    awards = badges_of(session, track, by.person_id)
    return MyBadges(
        level=own_level(session, track, by.person_id, now=now),
        held=tuple(one for one in awards if one.revoked_at is None),
        withdrawn=next((one for one in awards if one.revoked_at is not None), None),
        is_open=may_take(session, track, by.person_id),
    )


def may_take(session: Session, track: Track, person_id: int) -> bool:
    """Tell whether a mentor may take a badge, whatever the level: see ``domain.mentor_badges.may_take_again``."""
    withdrawn_at = session.scalar(
        select(func.max(Award.revoked_at)).where(
            Award.track_id == track.id, Award.person_id == person_id, Award.level != "", Award.revoked_reason != ""
        )
    )
    if withdrawn_at is None:
        return True
    passed = (
        select(func.max(Attempt.ended_at))
        .join(Test, Test.id == Attempt.test_id)
        .where(Test.track_id == track.id, Test.key == track.mentor_test, Attempt.passed)
        .where(Attempt.person_id == person_id)
        .scalar_subquery()
    )
    words = session.execute(
        select(Mentor.trained_at, Mentor.lead_at, passed).where(
            Mentor.track_id == track.id, Mentor.person_id == person_id
        )
    ).one()
    return may_take_again(withdrawn_at, words)


def badges_of(session: Session, track: Track, person_id: int) -> tuple[Award, ...]:
    """Return all badges that a person ever took in a track, the newest of the highest level first."""
    awards = session.scalars(
        select(Award)
        .where(Award.track_id == track.id, Award.person_id == person_id, Award.level != "")
        .order_by(Award.id.desc())
    )
    places = list(Level)
    return tuple(sorted(awards, key=lambda one: -places.index(Level(one.level))))


def released_badge(session: Session, institution_id: int, person_id: int, level: Level) -> str | None:
    """Return the public name of a badge of the level that says whose it is to strangers; None: there is none."""
    awards = session.scalars(
        select(Award)
        .where(
            Award.institution_id == institution_id,
            Award.person_id == person_id,
            Award.level == level.value,
            Award.revoked_at.is_(None),
        )
        .order_by(Award.id.desc())
    )
    return next((one.public_id for one in awards if Released.NAME in one.released), None)


def mentor_of_badge(session: Session, award: Award) -> int | None:
    """Return the mentor whose badge an award is; None: a student's certificate, or nobody's who mentors here now."""
    if not award.level:
        return None
    return session.scalar(
        select(Mentor.id).where(
            Mentor.track_id == award.track_id, Mentor.person_id == award.person_id, Mentor.active.is_(True)
        )
    )
