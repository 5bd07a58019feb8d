"""Ask a mentor, answer, take back, and go on to the next wish; each of it once, whoever comes first.

A request leaves ``asked`` by one guarded UPDATE: of a mentor's yes, a student's taking back and the deadline the first
counts, and the others find that it is over. A place is taken by the same guarded statement as everywhere.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from lti_mentoring.db import rows_changed
from lti_mentoring.domain.assigning import Obstacle
from lti_mentoring.domain.mentor_requests import (
    NobodyToAsk,
    NotAsking,
    PassFirst,
    RequestOver,
    RequestState,
    answer_due,
)
from lti_mentoring.domain.rank_lists import MatchingRules, MatchingWay, Window, WishesClosed
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AssignedBy, Mentor, MentorRequest, Mentorship, RankList, Track, TrackState
from lti_mentoring.models.mentor_request import LONGEST_MESSAGE, LONGEST_REASON
from lti_mentoring.queries.mentor_requests import has_mentor, next_wish
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.queries.trained import to_pass_first
from lti_mentoring.queries.waiting_list import rules_for
from lti_mentoring.services.assigning import CapacityReached, PairImpossible, assign
from lti_mentoring.services.auditing import record
from lti_mentoring.services.request_mails import tell_accepted, tell_asked, tell_exhausted, tell_passed_on
from lti_mentoring.services.tracks import hold_roles

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

ASKED = RequestState.ASKED
NEEDS_NOBODY = {
    Obstacle.UNKNOWN_STUDENT, Obstacle.NOT_A_STUDENT, Obstacle.STUDENT_LEFT, Obstacle.HAS_THIS_MENTOR,
    Obstacle.HAS_ANOTHER_MENTOR,
}  # fmt: skip


def ask(session: Session, by: Sitter, track: Track, message: str, *, now: datetime, role: str = "") -> MentorRequest:
    """Ask the first of the sitter's wishes for a role who can be asked; while one is asked, return that question.

    Raises NotAsking where the track does not go by requests or the sitter has a mentor, WishesClosed outside of the
    days for it, PassFirst where a test comes before a mentor and is not passed, NobodyToAsk where nobody is left,
    RoleGone or NotFound for a role that the track does not have.
    """
    hold_roles(session, track, {role})
    rules = rules_for(session, track, by.person_id, today=now.date(), role=role)
    if rules.way is not MatchingWay.REQUESTS or has_mentor(session, track, by.person_id, role):
        raise NotAsking
    window = rules.window(now.date())
    if window is not Window.OPEN:
        raise WishesClosed(window=window.value)
    first = to_pass_first(session, track, by.person_id)
    if first is not None:
        raise PassFirst(title=first.title)
    _lock_list(session, track, by.person_id, role)
    open_one = session.scalar(
        select(MentorRequest).where(
            MentorRequest.track_id == track.id,
            MentorRequest.student_id == by.person_id,
            MentorRequest.mentor_role == role,
            MentorRequest.state == ASKED,
        )
    )
    if open_one is not None:
        return open_one
    wanted = _Question(by.person_id, role, message.strip()[:LONGEST_MESSAGE])
    made = _ask_next(session, by, track, wanted, rules, now=now)
    if made is None:
        raise NobodyToAsk
    return made


def accept(session: Session, by: Sitter, track: Track, request_id: int, *, now: datetime) -> Mentorship | None:
    """Say yes: the student takes a place. None: there was none left, or the pair cannot be; the next is asked.

    Raises RequestOver for a question that is not open any more, NotFound for another mentor's, and PairImpossible, with
    the question still open, for a student who has a test to pass first.
    """
    request = _asked_of(session, by, request_id)
    try:
        with session.begin_nested():
            made = assign(
                session, by, track, request.student_id, request.mentor_id,
                now=now, role=request.mentor_role, how=AssignedBy.REQUEST,
            )  # fmt: skip
    except (CapacityReached, PairImpossible) as impossible:
        if isinstance(impossible, PairImpossible) and impossible.stopped.obstacle is Obstacle.TEST_FIRST:
            raise
        _close(session, by, track, request, _end_of(impossible), now=now)
        return None
    _end(session, by, request, RequestState.ACCEPTED, now=now)
    tell_accepted(session, track, request, now=now)
    return made


def _end_of(impossible: CapacityReached | PairImpossible) -> RequestState:
    """Say how a question ends that was answered too late: a student who needs nobody any more is not asked for."""
    needs_nobody = isinstance(impossible, PairImpossible) and impossible.stopped.obstacle in NEEDS_NOBODY
    return RequestState.WITHDRAWN if needs_nobody else RequestState.PASSED_ON


def decline(session: Session, by: Sitter, track: Track, request_id: int, reason: str, *, now: datetime) -> None:
    """Say no; the student is told that the next is asked, and never the reason."""
    request = _asked_of(session, by, request_id)
    request.reason = reason.strip()[:LONGEST_REASON]
    _close(session, by, track, request, RequestState.DECLINED, now=now)


def withdraw(session: Session, by: Sitter, request_id: int, *, now: datetime) -> None:
    """Take one's own question back; nobody else is asked. Raises RequestOver, NotFound."""
    request = session.scalar(
        select(MentorRequest).where(
            MentorRequest.id == request_id,
            MentorRequest.institution_id == by.institution_id,
            MentorRequest.track_id == by.track_id,
            MentorRequest.student_id == by.person_id,
        )
    )
    if request is None:
        raise NotFound
    _end(session, by, request, RequestState.WITHDRAWN, now=now)


def close(session: Session, request: MentorRequest, state: RequestState, *, now: datetime) -> None:
    """End a question by itself; the next is asked unless the student needs none. What is over stays as it is."""
    with suppress(RequestOver):
        _close(session, None, session.get_one(Track, request.track_id), request, state, now=now)


def _close(
    session: Session, by: Sitter | None, track: Track, request: MentorRequest, state: RequestState, *, now: datetime
) -> None:
    _end(session, by, request, state, now=now)
    if state is not RequestState.WITHDRAWN:
        _go_on(session, track, request, now=now)


def _asked_of(session: Session, by: Sitter, request_id: int) -> MentorRequest:
    request = session.scalar(
        select(MentorRequest)
        .join(Mentor, Mentor.id == MentorRequest.mentor_id)
        .where(
            MentorRequest.id == request_id,
            MentorRequest.institution_id == by.institution_id,
            MentorRequest.track_id == by.track_id,
            Mentor.person_id == by.person_id,
            Mentor.active.is_(True),
        )
    )
    if request is None:
        raise NotFound
    return request


def _end(session: Session, by: Sitter | None, request: MentorRequest, state: RequestState, *, now: datetime) -> None:
    """Let an open question end; raise RequestOver where somebody was quicker."""
    ended = session.execute(
        update(MentorRequest)
        .where(MentorRequest.id == request.id, MentorRequest.state == ASKED)
        .values(state=state, answered_at=now)
        .execution_options(synchronize_session=False)
    )
    session.refresh(request, ["state", "answered_at"])
    if not rows_changed(ended):
        raise RequestOver
    course = session.get_one(Track, request.track_id).context_ref
    record(
        session, by, f"request.{state.value}", "mentor_request", request.id, now=now,
        institution_id=request.institution_id, context_id=course,
        student_id=request.student_id, mentor_id=request.mentor_id,
    )  # fmt: skip


def _go_on(session: Session, track: Track, request: MentorRequest, *, now: datetime) -> None:
    """Ask the next wish, with the same message, and tell the student; nobody left: tell faculty, too."""
    rules = rules_of(session, track)
    if rules.way is not MatchingWay.REQUESTS or track.state is not TrackState.PUBLISHED:
        return
    if has_mentor(session, track, request.student_id, request.mentor_role):
        return
    if to_pass_first(session, track, request.student_id) is not None:
        return
    _lock_list(session, track, request.student_id, request.mentor_role)
    wanted = _Question(request.student_id, request.mentor_role, request.message)
    made = _ask_next(session, None, track, wanted, rules, now=now)
    if made is None:
        tell_exhausted(session, track, request, now=now)
    else:
        tell_passed_on(session, track, request, made, now=now)


@dataclass(frozen=True, slots=True)
class _Question:
    """What a student asks, whoever of the wishes it goes to."""

    student_id: int
    role: str
    message: str


def _ask_next(
    session: Session, by: Sitter | None, track: Track, wanted: _Question, rules: MatchingRules, *, now: datetime
) -> MentorRequest | None:
    chosen, position = next_wish(session, track, wanted.student_id, wanted.role)
    if chosen is None:
        return None
    made = MentorRequest(
        institution_id=track.institution_id, track_id=track.id, student_id=wanted.student_id, mentor_id=chosen,
        mentor_role=wanted.role, position=position, message=wanted.message, asked_at=now,
        reply_by=answer_due(now, rules.reply_days),
    )  # fmt: skip
    session.add(made)
    session.flush()
    record(
        session, by, "request.asked", "mentor_request", made.id, now=now, institution_id=track.institution_id,
        context_id=track.context_ref, student_id=wanted.student_id, mentor_id=chosen,
    )  # fmt: skip
    tell_asked(session, track, made, now=now)
    return made


def _lock_list(session: Session, track: Track, student_id: int, role: str) -> None:
    """Let one at a time ask for a student: two who press at once make one question."""
    session.execute(
        select(RankList.id)
        .where(RankList.track_id == track.id, RankList.person_id == student_id, RankList.mentor_role == role)
        .with_for_update()
    )
