"""Change a draft round by hand, take a change back, or discard the draft: nobody but faculty ever sees one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.rounds import Effect, MatchOrigin, RoundState, advance, judge_change, wish_of
from lti_mentoring.errors import Conflict, NotFound
from lti_mentoring.models import Match, Mentor, Round, RoundChange, Track
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.mentor_roles import may_serve
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.rounds import Refusal
    from lti_mentoring.domain.seats import Sitter


class ChangeRefused(Conflict):
    """A change by hand that no reason makes possible; ``code`` says why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.code = f"change_{refusal.value}"


class LaterChangeStands(Conflict):
    """A change can be taken back only while it is the student's last one."""

    code = "later_change_stands"


@dataclass(frozen=True, slots=True)
class Swap:
    """What faculty want of one student: another mentor (None: nobody), and why."""

    student_id: int
    mentor_id: int | None
    reason: str


def find_round(session: Session, by: Sitter, round_id: int, *, lock: bool = False) -> Round:
    """Return a round of the sitter's track, locked where wanted; raise NotFound for any other."""
    wanted = select(Round).where(
        Round.id == round_id, Round.institution_id == by.institution_id, Round.track_id == by.track_id
    )
    if lock:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound
    return found


def effect_of(session: Session, found: Round, student_id: int, mentor_id: int | None) -> Effect:
    """Say what a change by hand would do, before it is made; raise NotFound for a student who is not in the round."""
    match = _match(session, found, student_id)
    track = session.get_one(Track, found.track_id)
    return judge_change(
        match.wishes,
        match.mentor_id,
        mentor_id,
        free=None if mentor_id is None else _free(session, found, student_id, mentor_id),
        apart=frozenset() if mentor_id is None else kept_apart(session, track, {student_id}).why(student_id, mentor_id),
    )


def change(session: Session, by: Sitter, round_id: int, swap: Swap, *, now: datetime) -> RoundChange:
    """Give one student of a draft another mentor, with a reason that is kept.

    Raises ChangeRefused for what no reason makes possible, RoundStepNotAllowed where the round is no draft any more.
    """
    found = _draft(session, by, round_id)
    effect = effect_of(session, found, swap.student_id, swap.mentor_id)
    if effect.refusal is not None:
        raise ChangeRefused(effect.refusal)
    match = _match(session, found, swap.student_id)
    made = RoundChange(
        institution_id=found.institution_id,
        round_id=found.id,
        student_id=swap.student_id,
        from_mentor_id=match.mentor_id,
        to_mentor_id=swap.mentor_id,
        reason=swap.reason,
        sets_aside=[one.value for one in effect.sets_aside],
        by_id=by.person_id,
        at=now,
    )
    session.add(made)
    match.mentor_id, match.wish, match.origin = swap.mentor_id, effect.after, MatchOrigin.BY_HAND
    session.flush()
    record(
        session, by, "round.changed", "round", found.id, now=now, reason=swap.reason, student_id=swap.student_id,
        before=made.from_mentor_id, mentor_id=made.to_mentor_id, set_aside=made.sets_aside,
    )  # fmt: skip
    return made


def undo_change(session: Session, by: Sitter, round_id: int, change_id: int, *, now: datetime) -> RoundChange:
    """Take a change by hand back: the student is with whom they were before it; asked twice, it is done once.

    Raises LaterChangeStands, and ChangeRefused where the mentor of before has no place left, or may not be theirs now.
    """
    found = _draft(session, by, round_id)
    made = session.scalars(
        select(RoundChange)
        .where(RoundChange.id == change_id, RoundChange.round_id == found.id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if made is None:
        raise NotFound
    if made.undone_at is not None:
        return made
    open_ones = _open_changes(session, found, made.student_id)
    if open_ones[-1] != made.id:
        raise LaterChangeStands
    effect = effect_of(session, found, made.student_id, made.from_mentor_id)
    if effect.refusal is not None:
        raise ChangeRefused(effect.refusal)
    match = _match(session, found, made.student_id)
    match.mentor_id, match.wish = made.from_mentor_id, wish_of(match.wishes, made.from_mentor_id)
    match.origin = MatchOrigin.BY_HAND if open_ones[:-1] else MatchOrigin.ALGORITHM
    made.undone_at, made.undone_by_id = now, by.person_id
    session.flush()
    record(session, by, "round.change_undone", "round", found.id, now=now, student_id=made.student_id)
    return made


def discard(session: Session, by: Sitter, round_id: int, *, now: datetime) -> Round:
    """Put a draft aside for good; nobody was told of it."""
    found = _draft(session, by, round_id)
    found.state = advance(found.state, RoundState.DISCARDED)
    record(session, by, "round.discarded", "round", found.id, now=now)
    session.flush()
    return found


def _draft(session: Session, by: Sitter, round_id: int) -> Round:
    found = find_round(session, by, round_id, lock=True)
    advance(found.state, RoundState.DISCARDED)
    return found


def _match(session: Session, found: Round, student_id: int) -> Match:
    match = session.scalars(
        select(Match)
        .where(Match.round_id == found.id, Match.student_id == student_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if match is None:
        raise NotFound
    return match


def _free(session: Session, found: Round, student_id: int, mentor_id: int) -> int | None:
    """Return the places that a mentor has left beside the round's pairs; None for whom it cannot give the student."""
    track = session.get_one(Track, found.track_id)
    given = (
        select(func.count()).select_from(Match).where(Match.round_id == found.id, Match.mentor_id == Mentor.id)
        .scalar_subquery()
    )  # fmt: skip
    return session.scalar(
        select(Mentor.places - Mentor.taken - given).where(
            Mentor.id == mentor_id,
            Mentor.track_id == found.track_id,
            Mentor.active.is_(True),
            may_serve(track, found.mentor_role, student_id),
        )
    )


def _open_changes(session: Session, found: Round, student_id: int) -> list[int]:
    return list(
        session.scalars(
            select(RoundChange.id)
            .where(
                RoundChange.round_id == found.id, RoundChange.student_id == student_id, RoundChange.undone_at.is_(None)
            )
            .order_by(RoundChange.id)
        )
    )
