"""Publish a round: all of its pairs become mentorships, or none.

A round may have a hundred thousand pairs, so everything here is done for all of them at once: the number of
statements is the same for ten. Places are taken by the guarded statement of ``services.assigning``, counted from the
round's own rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, literal, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.domain.assigning import Obstacle, Stopped, Wish, barrier, judge
from lti_mentoring.domain.mentorships import MentorshipState
from lti_mentoring.domain.rounds import RoundState, SetAside, advance, undo_deadline
from lti_mentoring.errors import Conflict
from lti_mentoring.models import AssignedBy, Match, Mentor, Mentorship, RoundChange, Track
from lti_mentoring.queries.pairing import Pairing, pairing
from lti_mentoring.services.assigning import lock_mentors
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import Letter
from lti_mentoring.services.round_pairs import placed, record_pairs, write_letters
from lti_mentoring.services.rounds import find_round

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Round

MOST_STOPPED = 200
"""How many pairs a refusal names; a page cannot say more, and the first few say enough."""


class RoundChanged(Conflict):
    """Not all of a round can be made any more, so none of it was: ``stopped`` names each pair and why."""

    code = "round_changed"

    def __init__(self, stopped: Sequence[Stopped]) -> None:
        super().__init__(number=len(stopped))
        self.stopped = tuple(stopped[:MOST_STOPPED])


def publish(session: Session, by: Sitter, round_id: int, *, now: datetime) -> int:
    """Make a draft's pairs mentorships and tell everybody; return how many they are.

    Raises RoundStepNotAllowed for a round that is no draft any more, and RoundChanged with every pair that cannot be
    made any more.
    """
    found = find_round(session, by, round_id, lock=True)
    advance(found.state, RoundState.PUBLISHED)
    track = session.get_one(Track, found.track_id)
    pairs = _pairs(session, found)
    lock_mentors(session, select(Match.mentor_id).where(*placed(found)))
    there = pairing(session, track)
    stopped = _stopped(session, found, pairs, there)
    if stopped:
        raise RoundChanged(stopped)
    take_places(session, found, pairs, there)
    make_mentorships(session, found, pairs, there, now=now)
    found.state = advance(found.state, RoundState.PUBLISHED)
    found.published_by_id, found.published_at = by.person_id, now
    found.undo_until = undo_deadline(now, found.undo_hours)
    record_pairs(session, by, track, found, "mentorship.assigned", (), now=now)
    record(
        session, by, "round.published", "round", found.id, now=now, pairs=len(pairs), result=found.result_digest[:12],
    )  # fmt: skip
    _tell_pairs(session, by, track, found, pairs, there, now=now)
    session.flush()
    return len(pairs)


def _pairs(session: Session, found: Round) -> list[Wish]:
    rows = session.execute(select(Match.student_id, Match.mentor_id).where(*placed(found)).order_by(Match.student_id))
    role = found.mentor_role
    return [
        Wish(number, student_id, mentor_id or 0, role) for number, (student_id, mentor_id) in enumerate(rows, start=1)
    ]


def _stopped(session: Session, found: Round, pairs: Sequence[Wish], there: Pairing) -> list[Stopped]:
    """Return what cannot be made any more: the judgement of every assignment, and who is kept apart by now.

    An open conflict that faculty overruled in the draft, with a reason, does not stop that pair.
    """
    stopped = list(judge(pairs, there.students, there.mentors).stopped)
    seen, overruled = {one.wish.student_id for one in stopped}, _overruled(session, found)
    for wish in pairs:
        kinds = there.apart.why(wish.student_id, wish.mentor_id)
        despite = (wish.student_id, wish.mentor_id) in overruled
        if kinds and wish.student_id not in seen and (obstacle := barrier(kinds, despite=despite)):
            stopped.append(_said(wish, there, obstacle))
    return sorted(stopped, key=lambda one: one.wish.number)


def _overruled(session: Session, found: Round) -> set[tuple[int, int | None]]:
    rows = session.execute(
        select(RoundChange.student_id, RoundChange.to_mentor_id, RoundChange.sets_aside).where(
            RoundChange.round_id == found.id, RoundChange.undone_at.is_(None)
        )
    )
    return {(student_id, mentor_id) for student_id, mentor_id, codes in rows if SetAside.CONFLICT.value in codes}


def _said(wish: Wish, there: Pairing, obstacle: Obstacle) -> Stopped:
    return Stopped(wish, obstacle, there.students[wish.student_id].name, there.mentors[wish.mentor_id].name)


def take_places(session: Session, found: Round, pairs: Sequence[Wish], there: Pairing) -> None:
    """Take all places in one guarded statement, counted from the round's own rows, or raise RoundChanged."""
    more = (
        select(func.count()).select_from(Match).where(Match.round_id == found.id, Match.mentor_id == Mentor.id)
        .scalar_subquery()
    )  # fmt: skip
    taken = session.execute(
        update(Mentor)
        .where(
            Mentor.id.in_(select(Match.mentor_id).where(*placed(found))),
            Mentor.active.is_(True),
            Mentor.taken + more <= Mentor.places,
        )
        .values(taken=Mentor.taken + more)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != len({wish.mentor_id for wish in pairs}):  # type: ignore[attr-defined]  # as above
        raise RoundChanged([_said(wish, there, Obstacle.NO_ROOM) for wish in pairs])


def make_mentorships(session: Session, found: Round, pairs: Sequence[Wish], there: Pairing, *, now: datetime) -> None:
    """Write the mentorships from the round's rows; who got another mentor at the same moment stops all of it."""
    table = cast("Table", Mentorship.__table__)
    lite = session.get_bind().dialect.name == "sqlite"
    own_insert: Any = sqlite.insert if lite else postgresql.insert
    columns = {
        "institution_id": Match.institution_id,
        "track_id": literal(found.track_id),
        "mentor_id": Match.mentor_id,
        "student_id": Match.student_id,
        "role": literal(found.mentor_role),
        "state": literal(MentorshipState.ACTIVE, table.c.state.type),
        "assigned_by": literal(AssignedBy.ROUND, table.c.assigned_by.type),
        "started_at": literal(now, table.c.started_at.type),
    }
    made = session.execute(
        own_insert(table)
        .from_select(list(columns), select(*columns.values()).where(*placed(found)).order_by(Match.student_id))
        .on_conflict_do_nothing(index_elements=["track_id", "student_id", "role"], index_where=text("ended_at IS NULL"))
        .execution_options(preserve_rowcount=True)
    )
    if made.rowcount != len(pairs):  # type: ignore[attr-defined]  # as above
        raise RoundChanged([_said(wish, there, Obstacle.HAS_ANOTHER_MENTOR) for wish in pairs])
    session.execute(
        update(Match)
        .where(
            *placed(found),
            Mentorship.track_id == found.track_id,
            Mentorship.student_id == Match.student_id,
            Mentorship.role == found.mentor_role,
            Mentorship.ended_at.is_(None),
        )
        .values(mentorship_id=Mentorship.id)
        .execution_options(synchronize_session=False)
    )


def _tell_pairs(
    session: Session, by: Sitter, track: Track, found: Round, pairs: Sequence[Wish], there: Pairing, *, now: datetime
) -> None:
    """Tell each student who their mentor is, and each mentor how many students are new: one mail a person."""
    once = f"round:{found.id}"
    letters = [
        Letter(
            pair.student_id, "mentor_assigned",
            {"to": "student", "other": there.mentors[pair.mentor_id].name, "number": 1, "path": "/path"},
            f"{once}:student:{pair.student_id}",
        )
        for pair in pairs
    ]  # fmt: skip
    by_mentor: dict[int, list[int]] = {}
    for pair in pairs:
        by_mentor.setdefault(pair.mentor_id, []).append(pair.student_id)
    letters += [
        Letter(
            there.mentors[mentor_id].person_id, "mentor_assigned",
            {
                "to": "mentor", "other": there.students[students[0]].name, "number": len(students),
                "path": "/my-students",
            },
            f"{once}:mentor:{mentor_id}",
        )
        for mentor_id, students in by_mentor.items()
    ]  # fmt: skip
    write_letters(session, by, track, letters, now=now)
