"""Give a mentor the badge of their level, on their own press, and take it back with the level that it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.mentor_badges import BadgeNotReached, BadgeTakenBack, badges_lost
from lti_mentoring.models import Award, Institution, Person
from lti_mentoring.queries.levels import level_in, own_level
from lti_mentoring.queries.mentor_badges import may_take
from lti_mentoring.services.auditing import record
from lti_mentoring.services.awarding import live_award, new_award, new_digits, own_track, sign_award, withdraw
from lti_mentoring.services.certificates import AwardWords, Facts, holder_facts
from lti_mentoring.services.issuers import Desk, ensure_issuer

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Mentor, Track


@dataclass(frozen=True, slots=True)
class BadgeWords:
    """The words of a badge in its language: of all awards, and by level its title and what its holder has done."""

    award: AwardWords
    titles: Mapping[Level, str]
    sentences: Mapping[Level, str]


def take_badge(session: Session, by: Sitter, desk: Desk, words: BadgeWords, *, now: datetime) -> Award:
    """Issue the badge of the level that the sitter has now as a mentor of the track; asked again, return that one.

    Raises BadgeNotReached for who is not trained, or is no mentor of the track, and BadgeTakenBack after a withdrawal.
    """
    track = own_track(session, by)
    issuer = ensure_issuer(session, desk, by.institution_id, now=now)
    known = own_level(session, track, by.person_id, now=now)
    level = known.level if known else None
    if level is None:
        raise BadgeNotReached
    if standing := live_award(session, track.id, by.person_id, level):
        return standing
    if not may_take(session, track, by.person_id):
        raise BadgeTakenBack
    holder = session.get_one(Person, by.person_id)
    facts = _facts(session, track, holder, level, words)
    award = new_award(session, by, track, holder, facts, now=now, level=level)
    sign_award(session, award, issuer, desk, now=now)
    session.flush()
    record(session, by, "badge.issued", "award", award.id, now=now, level=level.value, track_id=track.id)
    return award


def withdraw_lost(session: Session, by: Sitter, mentor: Mentor, *, now: datetime) -> None:
    """Withdraw the badges that say more than is so, after faculty took a level back."""
    held = {
        Level(one.level): one
        for one in session.scalars(
            select(Award)
            .where(
                Award.track_id == mentor.track_id, Award.person_id == mentor.person_id, Award.level != "",
                Award.revoked_at.is_(None),
            )
            .with_for_update()
        )
    }  # fmt: skip
    if not held:
        return
    session.flush()
    left = level_in(session, mentor.track, mentor.id, now=now).level
    for level in badges_lost(tuple(held), left):
        withdraw(session, by, held[level], "", now=now)


def _facts(session: Session, track: Track, holder: Person, level: Level, words: BadgeWords) -> Facts:
    institution = session.get_one(Institution, track.institution_id)
    return {
        **holder_facts(holder, institution, track.context, new_digits()),
        "title": words.titles[level],
        "sentence": words.sentences[level],
        "purpose": "",
        "asked": [words.sentences[level]],
        "milestones": [],
        "words": asdict(words.award),
    }
