"""Give students a mentor, move them to another, end a mentorship. A place is taken by one guarded statement.

``UPDATE mentor SET taken = taken + n WHERE taken + n <= places``: two browsers that want the last place at the same
moment are put in a row by the database, on SQLite (one writer) as on PostgreSQL (the row's lock, read again).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import case, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.assigning import Obstacle, Stopped, Wish, judge
from lti_mentoring.domain.conflicts import bars
from lti_mentoring.domain.matching.problem import Bar, BarKind, Candidate, Problem, Seeker
from lti_mentoring.domain.mentorships import EndCause, MentorshipState, advance
from lti_mentoring.errors import Conflict, NotFound
from lti_mentoring.models import AssignedBy, Mentor, Mentorship, Track
from lti_mentoring.queries.pairing import Pairing, pairing
from lti_mentoring.services.auditing import record, record_all
from lti_mentoring.services.mailing import Letter, write_mails
from lti_mentoring.services.meetings import cancel_with
from lti_mentoring.services.mentors import find_mentor, name_of
from lti_mentoring.services.parting_mails import tell_parted
from lti_mentoring.services.tracks import hold_roles

if TYPE_CHECKING:
    from sqlalchemy import Select, Table
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.assigning import StudentNow
    from lti_mentoring.domain.matching.outcome import Matcher, Pair
    from lti_mentoring.domain.seats import Sitter


class CapacityReached(Conflict):
    """The mentor has no free place any more. Facts: ``mentor_name``, ``places``."""

    code = "capacity_reached"


class PairImpossible(Conflict):
    """One pair cannot be made. ``code`` is the obstacle; facts: ``student_name``, ``mentor_name``, ``other_mentor``."""

    def __init__(self, stopped: Stopped) -> None:
        super().__init__(
            stopped.obstacle.value,
            student_name=stopped.student_name,
            mentor_name=stopped.mentor_name,
            other_mentor=stopped.other_mentor,
        )
        self.code, self.stopped = f"pair_{stopped.obstacle.value}", stopped


class PlanChanged(Conflict):
    """Not all of a list can be placed any more, so none of it was: ``stopped`` names each and why."""

    code = "plan_changed"

    def __init__(self, stopped: Sequence[Stopped]) -> None:
        super().__init__(number=len(stopped))
        self.stopped = tuple(stopped)


def assign(
    session: Session,
    by: Sitter,
    track: Track,
    student_id: int,
    mentor_id: int,
    *,
    now: datetime,
    role: str = "",
    despite: str = "",
    how: AssignedBy = AssignedBy.HAND,
    moved: bool = False,
) -> Mentorship:
    """Give one student a mentor in a role; raise CapacityReached or PairImpossible when that cannot be.

    ``despite``: why faculty overrule a conflict that was declared openly; nothing overrules any other.
    ``moved``: as for ``assign_all``.
    """
    find_mentor(session, by, mentor_id)
    try:
        [made] = assign_all(
            session, by, track, [Wish(1, student_id, mentor_id, role)], how, now=now, despite=despite, moved=moved
        )
    except PlanChanged as changed:
        [stopped] = changed.stopped
        if stopped.obstacle is Obstacle.UNKNOWN_STUDENT:
            raise NotFound from changed
        if stopped.obstacle is Obstacle.NO_ROOM:
            places = session.get_one(Mentor, mentor_id, populate_existing=True).places
            raise CapacityReached(mentor_name=stopped.mentor_name, places=places) from changed
        raise PairImpossible(stopped) from changed
    return made


def assign_all(
    session: Session,
    by: Sitter,
    track: Track,
    wishes: Sequence[Wish],
    how: AssignedBy,
    *,
    now: datetime,
    despite: str = "",
    moved: bool = False,
) -> list[Mentorship]:
    """Give all these students their mentors, or nobody: raise PlanChanged with every wish that cannot be granted.

    Raises RoleGone or NotFound for a role that the track does not have. Only by hand one person becomes a mentor in two
    roles. ``moved``: they come from another mentor, so no test holds them back.
    """
    if not wishes:
        return []
    hold_roles(session, track, {wish.role for wish in wishes})
    lock_mentors(session, {wish.mentor_id for wish in wishes})
    now_there = pairing(session, track, {wish.student_id for wish in wishes})
    verdict = judge(
        wishes, now_there.students, now_there.mentors, now_there.apart,
        despite=bool(despite), both=how is AssignedBy.HAND, moved=moved,
    )  # fmt: skip
    if verdict.stopped:
        raise PlanChanged(verdict.stopped)
    take_places(session, wishes, now_there)
    made = _pair(session, track, wishes, how, now)
    if len(made) != len(wishes):
        paired = {(one.student_id, one.role) for one in made}
        late = [wish for wish in wishes if (wish.student_id, wish.role) not in paired]
        raise PlanChanged([_stopped(wish, now_there, Obstacle.HAS_ANOTHER_MENTOR) for wish in late])
    record_all(
        session, by, "mentorship.assigned", "mentorship",
        {one.id: _facts(one, how) for one in made},
        now=now, institution_id=track.institution_id, context_id=track.context_ref, reason=despite,
    )  # fmt: skip
    if how is not AssignedBy.REQUEST:  # those two have settled it between them
        _tell(session, by, track, made, now_there, now=now)
    return made


def propose(
    pairs_now: Pairing, matcher: Matcher, only: Collection[int] | None = None, *, role: str = ""
) -> tuple[list[Pair], list[int]]:
    """Return what the matcher proposes for everybody who waits for a role, and who is left without a mentor in it.

    ``only``: propose nothing for anybody else. Nobody is proposed whom something keeps apart.
    """
    waiting = {
        one.person_id: one for one in pairs_now.waiting(role) if only is None or one.person_id in only
    }  # fmt: skip
    mentors = [one for one in pairs_now.mentors.values() if _may(one) and one.serves(role)]
    guides = {one.mentor_id for one in mentors}
    problem = Problem(
        mentees=tuple(Seeker(number, any_other=True) for number in waiting),
        mentors=tuple(Candidate(one.mentor_id, one.free, one.taken) for one in mentors),
        bars=bars(pairs_now.apart, waiting, guides) + in_other_roles(waiting.values(), guides),
    )
    # The same seed each time: looking once more shows the same lots, so that nobody can look until they suit.
    found = matcher.match(problem, seed="")
    return list(found.pairs), list(found.unmatched)


def transfer(
    session: Session,
    by: Sitter,
    track: Track,
    mentorship_id: int,
    mentor_id: int,
    reason: str,
    *,
    now: datetime,
    despite: str = "",
) -> Mentorship:
    """Move a student to another mentor in the same role: what was done stays, one place gets free, one is taken.

    ``despite``: as for ``assign``.
    """
    hold_roles(session, track, ())
    new = find_mentor(session, by, mentor_id)
    old = find_open(session, by, mentorship_id)
    if old.mentor_id == new.id:
        same = Stopped(Wish(1, old.student_id, new.id), Obstacle.HAS_THIS_MENTOR, mentor_name=name_of(session, new))
        raise PairImpossible(same)
    lock_mentors(session, {old.mentor_id, new.id})
    _close(session, by, old, MentorshipState.TRANSFERRED, EndCause.MOVED, reason, now=now)
    return assign(session, by, track, old.student_id, new.id, role=old.role, now=now, despite=despite, moved=True)


def end(session: Session, by: Sitter, mentorship_id: int, reason: str, *, now: datetime) -> Mentorship:
    """End a mentorship early and tell the two; the student keeps all that was done and waits for another mentor."""
    old = find_open(session, by, mentorship_id)
    lock_mentors(session, {old.mentor_id})
    _close(session, by, old, MentorshipState.ENDED, EndCause.OTHER, reason, now=now)
    return old


def find_open(session: Session, by: Sitter, mentorship_id: int) -> Mentorship:
    """Return an open mentorship of the sitter's track, locked; raise NotFound for any other."""
    found = session.scalars(
        select(Mentorship)
        .where(
            Mentorship.id == mentorship_id,
            Mentorship.institution_id == by.institution_id,
            Mentorship.track_id == by.track_id,
            Mentorship.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def lock_mentors(session: Session, mentor_ids: Collection[int] | Select[int | None]) -> None:
    """Lock mentors in one order, so that two who move students to and fro never wait for each other in a ring."""
    wanted = sorted(mentor_ids) if isinstance(mentor_ids, Collection) else mentor_ids
    session.execute(select(Mentor.id).where(Mentor.id.in_(wanted)).order_by(Mentor.id).with_for_update())


def take_places(session: Session, wishes: Sequence[Wish], there: Pairing) -> None:
    """Take all places that the wishes need in one guarded statement, or raise PlanChanged."""
    wanted = Counter(wish.mentor_id for wish in wishes)
    more = case(dict(wanted), value=Mentor.id, else_=0)
    taken = session.execute(
        update(Mentor)
        .where(Mentor.id.in_(list(wanted)), Mentor.active.is_(True), Mentor.taken + more <= Mentor.places)
        .values(taken=Mentor.taken + more)
        .execution_options(synchronize_session=False)
    )
    if rows_changed(taken) != len(wanted):
        raise PlanChanged([_stopped(wish, there, Obstacle.NO_ROOM) for wish in wishes])


def _pair(session: Session, track: Track, wishes: Iterable[Wish], how: AssignedBy, now: datetime) -> list[Mentorship]:
    """Write the mentorships; a student who got another mentor at the same moment is left out of the answer."""
    insert: Any = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    made = (
        insert(cast("Table", Mentorship.__table__))
        .on_conflict_do_nothing(index_elements=["track_id", "student_id", "role"], index_where=text("ended_at IS NULL"))
        .returning(Mentorship.id)
    )
    rows = [
        {
            "institution_id": track.institution_id, "track_id": track.id, "mentor_id": wish.mentor_id,
            "student_id": wish.student_id, "role": wish.role, "state": MentorshipState.ACTIVE, "assigned_by": how,
            "started_at": now,
        }
        for wish in sorted(wishes, key=lambda one: one.student_id)
    ]  # fmt: skip
    numbers = list(session.scalars(made, rows))
    return list(session.scalars(select(Mentorship).where(Mentorship.id.in_(numbers)).order_by(Mentorship.id)))


def _close(
    session: Session,
    by: Sitter,
    old: Mentorship,
    state: MentorshipState,
    cause: EndCause,
    reason: str,
    *,
    now: datetime,
) -> None:
    old.state = advance(old.state, state)
    old.ended_at, old.end_reason, old.end_cause = now, reason, cause
    session.execute(
        update(Mentor)
        .where(Mentor.id == old.mentor_id, Mentor.taken > 0)
        .values(taken=Mentor.taken - 1)
        .execution_options(synchronize_session=False)
    )
    record(
        session, by, f"mentorship.{state.value}", "mentorship", old.id, now=now, reason=reason,
        student_id=old.student_id, mentor_id=old.mentor_id,
    )  # fmt: skip
    session.flush()
    tell_parted(session, by, [old], cause, now=now)
    cancel_with(session, by, [old], cause, now=now)


def in_other_roles(students: Iterable[StudentNow], mentors: Collection[int]) -> tuple[Bar, ...]:
    """Bar every mentor from whoever has them in another role already: being both is faculty's choice, by hand."""
    return tuple(
        Bar(one.person_id, mentor_id, BarKind.OTHER_ROLE)
        for one in students
        for mentor_id in sorted(set(one.mentors.values()))
        if mentor_id in mentors
    )


def _facts(one: Mentorship, how: AssignedBy) -> dict[str, Any]:
    named = {"role": one.role} if one.role else {}
    return {"student_id": one.student_id, "mentor_id": one.mentor_id, "how": how.value, **named}


def _may(mentor: Any) -> bool:
    return mentor.free > 0 and not mentor.has_left and mentor.barred is None


def _stopped(wish: Wish, there: Pairing, obstacle: Obstacle) -> Stopped:
    return Stopped(wish, obstacle, there.students[wish.student_id].name, there.mentors[wish.mentor_id].name)


def _tell(
    session: Session, by: Sitter, track: Track, made: Sequence[Mentorship], there: Pairing, *, now: datetime
) -> None:
    """Tell each student who their mentor is, and each mentor how many students are new: one mail a person."""
    letters = [
        Letter(
            one.student_id,
            "mentor_assigned",
            {"to": "student", "other": there.mentors[one.mentor_id].name, "number": 1, "path": "/path"},
            f"mentor_assigned:{one.id}:student",
        )
        for one in made
    ]
    by_mentor: dict[int, list[Mentorship]] = {}
    for one in made:
        by_mentor.setdefault(one.mentor_id, []).append(one)
    letters += [
        Letter(
            there.mentors[mentor_id].person_id,
            "mentor_assigned",
            {
                "to": "mentor",
                "other": there.students[students[0].student_id].name,
                "number": len(students),
                "path": "/my-students",
            },
            f"mentor_assigned:{students[0].id}:mentor",
        )
        for mentor_id, students in by_mentor.items()
    ]
    write_mails(
        session, letters, {"course": by.context_title, "track": track.title},
        institution_id=track.institution_id, context_id=track.context_ref, now=now,
    )  # fmt: skip
