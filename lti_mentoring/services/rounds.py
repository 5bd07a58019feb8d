"""Change a draft round by hand, take a change back, or discard the draft: nobody but faculty ever sees one."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.conflicts import Kind, PrivateKind
from lti_mentoring.domain.rank_lists import LimitKind
from lti_mentoring.domain.rounds import Effect, MatchOrigin, RoundState, advance, effect_of_all, judge_change, wish_of
from lti_mentoring.errors import Conflict, NotFound
from lti_mentoring.models import Match, Mentor, MentorLimit, Mentorship, Round, RoundChange, Track
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.rounds import Refusal
    from lti_mentoring.domain.seats import Sitter


MENTORS_LIMIT: frozenset[Kind] = frozenset({PrivateKind.LIMIT})


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
    """What faculty want of one student: another mentor (None: nobody), and why. ``whole``: their group goes along."""

    student_id: int
    mentor_id: int | None
    reason: str
    whole: bool = False


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


def effects_of(
    session: Session, found: Round, student_id: int, mentor_id: int | None, *, whole: bool = False
) -> dict[int, Effect]:
    """Say of each student whom a change by hand would move what it would do, before it is made.

    ``whole``: all of the student's group go, but for those who are with that mentor already. Raises NotFound for a
    student who is not in the round.
    """
    group = _group(session, found, student_id)
    moving = {one.student_id: mentor_id for one in group if one.mentor_id != mentor_id} if whole else {}
    parts = not whole and any(one.mentor_id == group[0].mentor_id for one in group[1:])
    return _effects(session, found, moving or {student_id: mentor_id}, parts=parts)


def effect_of(session: Session, found: Round, student_id: int, mentor_id: int | None) -> Effect:
    """Say what a change by hand of one student alone would do; raise NotFound for one who is not in the round."""
    return effects_of(session, found, student_id, mentor_id)[student_id]


def change(session: Session, by: Sitter, round_id: int, swap: Swap, *, now: datetime) -> RoundChange:
    """Give one student of a draft, or their whole group, another mentor, with a reason that is kept.

    Returns the change of the first whom it moves; those of the others have the same ``act``.
    Raises ChangeRefused for what no reason makes possible, RoundStepNotAllowed where the round is no draft any more.
    """
    found = _draft(session, by, round_id)
    effects = effects_of(session, found, swap.student_id, swap.mentor_id, whole=swap.whole)
    _refuse(effects)
    matches, act = _matches(session, found, effects), secrets.token_hex(8) if len(effects) > 1 else ""
    made = []
    for student_id, effect in effects.items():
        match = matches[student_id]
        one = RoundChange(
            institution_id=found.institution_id,
            round_id=found.id,
            student_id=student_id,
            from_mentor_id=match.mentor_id,
            to_mentor_id=swap.mentor_id,
            reason=swap.reason,
            sets_aside=[code.value for code in effect.sets_aside],
            act=act,
            by_id=by.person_id,
            at=now,
        )
        session.add(one)
        made.append(one)
        match.mentor_id, match.wish, match.origin = swap.mentor_id, effect.after, MatchOrigin.BY_HAND
    session.flush()
    for one in made:
        record(
            session, by, "round.changed", "round", found.id, now=now, reason=swap.reason, student_id=one.student_id,
            before=one.from_mentor_id, mentor_id=one.to_mentor_id, set_aside=one.sets_aside,
        )  # fmt: skip
    return made[0]


def undo_change(session: Session, by: Sitter, round_id: int, change_id: int, *, now: datetime) -> RoundChange:
    """Take a change by hand back: everybody whom the press moved is with whom they were before it.

    Asked twice, it is done once.

    Raises LaterChangeStands, and ChangeRefused where the mentor of before has no place left, or may not be theirs now.
    """
    found = _draft(session, by, round_id)
    act = _act(session, found, change_id)
    if act[0].undone_at is not None:
        return act[0]
    open_ones = _open_changes(session, found, {one.student_id for one in act})
    if any(open_ones[one.student_id][-1] != one.id for one in act):
        raise LaterChangeStands
    _refuse(_effects(session, found, {one.student_id: one.from_mentor_id for one in act}))
    matches = _matches(session, found, {one.student_id for one in act})
    for one in act:
        match = matches[one.student_id]
        match.mentor_id, match.wish = one.from_mentor_id, wish_of(match.wishes, one.from_mentor_id)
        match.origin = MatchOrigin.BY_HAND if open_ones[one.student_id][:-1] else MatchOrigin.ALGORITHM
        one.undone_at, one.undone_by_id = now, by.person_id
    session.flush()
    for one in act:
        record(session, by, "round.change_undone", "round", found.id, now=now, student_id=one.student_id)
    return act[0]


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


def _refuse(effects: Mapping[int, Effect]) -> None:
    refusal = effect_of_all(effects.values()).refusal
    if refusal is not None:
        raise ChangeRefused(refusal)


def _effects(
    session: Session, found: Round, wanted: Mapping[int, int | None], *, parts: bool = False
) -> dict[int, Effect]:
    """Judge moves of several students that come about together; the places are counted for all of them."""
    matches, track = _matches(session, found, wanted), session.get_one(Track, found.track_id)
    free = _free(session, found, track, {mentor_id for mentor_id in wanted.values() if mentor_id is not None})
    more = Counter(mentor_id for student_id, mentor_id in wanted.items() if matches[student_id].mentor_id != mentor_id)
    apart = kept_apart(session, track, set(wanted)) if free else None
    theirs, limited = _in_other_roles(session, found, track, wanted), _beyond_their_limit(session, found, more)
    return {
        student_id: judge_change(
            matches[student_id].wishes,
            matches[student_id].mentor_id,
            mentor_id,
            # The last of those who go to a mentor takes the last place that is needed.
            free=None
            if mentor_id not in free or (student_id, mentor_id) in theirs
            else free[mentor_id] - more[mentor_id] + 1,
            apart=(apart.why(student_id, mentor_id) if apart and mentor_id is not None else frozenset())
            | (MENTORS_LIMIT if mentor_id in limited else frozenset()),
            parted=parts,
        )
        for student_id, mentor_id in wanted.items()
    }


def _beyond_their_limit(session: Session, found: Round, more: Mapping[int | None, int]) -> frozenset[int | None]:
    """Return the mentors who would get more new students in this round than they allow."""
    given = (
        select(func.count()).where(Match.round_id == found.id, Match.mentor_id == MentorLimit.mentor_id)
        .scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        select(MentorLimit.mentor_id, MentorLimit.number - given).where(
            MentorLimit.mentor_id.in_([one for one in more if one is not None]),
            MentorLimit.kind == LimitKind.MOST_NEW,
        )
    )
    return frozenset(mentor_id for mentor_id, left in rows if more[mentor_id] > (left or 0))


def _group(session: Session, found: Round, student_id: int) -> list[Match]:
    """Return a student's row and, after it, those of who was matched together with them."""
    own = _matches(session, found, {student_id})[student_id]
    if own.unit is None:
        return [own]
    others = session.scalars(
        select(Match)
        .where(Match.round_id == found.id, Match.unit == own.unit, Match.student_id != student_id)
        .order_by(Match.student_id)
        .execution_options(populate_existing=True)
    )
    return [own, *others]


def _matches(session: Session, found: Round, students: Collection[int]) -> dict[int, Match]:
    rows = session.scalars(
        select(Match)
        .where(Match.round_id == found.id, Match.student_id.in_(students))
        .execution_options(populate_existing=True)
    )
    matches = {one.student_id: one for one in rows}
    if len(matches) < len(students):
        raise NotFound
    return matches


def _free(session: Session, found: Round, track: Track, mentors: Collection[int]) -> dict[int | None, int]:
    """Return the places that mentors have left beside the round's pairs; who is none of the role is missing."""
    given = (
        select(func.count()).select_from(Match).where(Match.round_id == found.id, Match.mentor_id == Mentor.id)
        .scalar_subquery()
    )  # fmt: skip
    rows = session.execute(
        select(Mentor.id, Mentor.places - Mentor.taken - given).where(
            Mentor.id.in_(mentors),
            Mentor.track_id == found.track_id,
            Mentor.active.is_(True),
            serves(track, found.mentor_role),
        )
    )
    return dict(rows.all())


def _in_other_roles(
    session: Session, found: Round, track: Track, students: Collection[int]
) -> frozenset[tuple[int, int | None]]:
    """Return which of these students have whom as a mentor already; nothing where the track has one role."""
    if len(track.roles) == 1:
        return frozenset()
    rows = session.execute(
        select(Mentorship.student_id, Mentorship.mentor_id).where(
            Mentorship.track_id == found.track_id, Mentorship.student_id.in_(students), Mentorship.ended_at.is_(None)
        )
    )
    return frozenset((student_id, mentor_id) for student_id, mentor_id in rows)


def _act(session: Session, found: Round, change_id: int) -> list[RoundChange]:
    """Return a change, and those that the same press made, in order; raise NotFound for none of the round."""
    wanted = select(RoundChange).where(RoundChange.round_id == found.id).execution_options(populate_existing=True)
    made = session.scalars(wanted.where(RoundChange.id == change_id)).one_or_none()
    if made is None:
        raise NotFound
    return (
        list(session.scalars(wanted.where(RoundChange.act == made.act).order_by(RoundChange.id)))
        if made.act
        else [made]
    )


def _open_changes(session: Session, found: Round, students: Collection[int]) -> dict[int, list[int]]:
    """Return by student the changes that stand, the last one last."""
    rows = session.execute(
        select(RoundChange.student_id, RoundChange.id)
        .where(RoundChange.round_id == found.id, RoundChange.student_id.in_(students), RoundChange.undone_at.is_(None))
        .order_by(RoundChange.id)
    )
    by_student: dict[int, list[int]] = {}
    for student_id, number in rows:
        by_student.setdefault(student_id, []).append(number)
    return by_student
