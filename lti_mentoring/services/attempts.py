"""Take a test: begin, save as one answers, send. The server's clock ends an attempt; what was saved by then counts."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.items import draw, is_readable, kept, points_for, read_given
from lti_mentoring.domain.tests import (
    AUDIENCE_OF,
    Audience,
    StateOfTest,
    check_may_begin,
    deadline,
    is_over,
    result,
    stamp,
)
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.models import Answer, Attempt, Item, Person, Test, Track, TrackState
from lti_mentoring.services import grading
from lti_mentoring.services.auditing import record
from lti_mentoring.services.passing import reach_milestones
from lti_mentoring.services.steps import TrackClosed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

Sent = Mapping[int, Sequence[str]]
"""What a browser sent: number of the item → texts."""


class NumbersUnreadable(Refused):
    """A number was asked for and something else was written; ``items`` name where."""

    code = "numbers_unreadable"

    def __init__(self, items: tuple[int, ...]) -> None:
        super().__init__(number=len(items))
        self.items = items


def begin(session: Session, by: Sitter, test_id: int, *, now: datetime) -> Attempt:
    """Begin an attempt; where one is open already, return that one: pressed twice, or in two tabs, it begins once.

    Raises NotOpen, NoAttemptLeft, TrackClosed.
    """
    test = find_taken(session, by, test_id)
    _check_running(session, test)
    session.execute(select(Person.id).where(Person.id == by.person_id).with_for_update(key_share=True))
    there = session.scalars(
        select(Attempt)
        .where(Attempt.test_id == test.id, Attempt.person_id == by.person_id)
        .order_by(Attempt.number.desc())
        .execution_options(populate_existing=True)
    ).all()
    newest = there[0] if there else None
    if newest is not None and newest.ended_at is None:
        if not is_over(newest.deadline_at, now=now):
            return newest
        _end(session, newest, None, now=now)
    check_may_begin(test.state, len(there), test.attempts)
    return _begin(session, by, test, len(there) + 1, now=now)


def save(
    session: Session,
    by: Sitter,
    test_id: int,
    attempt_id: int,
    sent: Sent,
    *,
    seen: str | None = None,
    now: datetime,
) -> Attempt:
    """Keep what was answered so far. An attempt that has ended stays as it is; one whose time is up ends now.

    ``seen`` is the stamp of the page (``domain.tests.stamp``): an older page takes nothing away. None: it names none.
    """
    attempt = _locked(session, by, test_id, attempt_id)
    if attempt.ended_at is not None:
        return attempt
    if is_over(attempt.deadline_at, now=now):
        _end(session, attempt, None, now=now)
        return attempt
    _check_running(session, attempt.test)
    newest = seen is None or seen == stamp(attempt.saved_at)
    for answer in _answers(session, attempt):
        if answer.item_id in sent:
            given = read_given(answer.item.asked, sent[answer.item_id])
            answer.given = list(kept(tuple(answer.given), given, is_newest=newest))
    attempt.saved_at = now
    session.flush()
    return attempt


def send(
    session: Session,
    by: Sitter,
    test_id: int,
    attempt_id: int,
    sent: Sent,
    *,
    seen: str | None = None,
    now: datetime,
) -> Attempt:
    """Send an attempt: it is scored and never changes again; sent twice, the first sending counts.

    Raises NumbersUnreadable. What comes after the deadline is left aside: what was saved before counts.
    """
    attempt = save(session, by, test_id, attempt_id, sent, seen=seen, now=now)
    if attempt.ended_at is None:
        unreadable = [one.item_id for one in attempt.answers if not is_readable(one.item.asked, tuple(one.given))]
        if unreadable:
            raise NumbersUnreadable(tuple(unreadable))
        _end(session, attempt, by, now=now)
    return attempt


def end_overdue(session: Session, *, most: int, now: datetime) -> int:
    """End attempts whose time is up and that nobody sent; return how many."""
    due = session.scalars(
        select(Attempt)
        .where(Attempt.ended_at.is_(None), Attempt.deadline_at <= now)
        .order_by(Attempt.deadline_at)
        .limit(most)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).all()
    for attempt in due:
        _end(session, attempt, None, now=now)
    return len(due)


def end_open_ones(session: Session, test: Test, *, now: datetime) -> None:
    """End every open attempt at a test that is closed now."""
    rows = session.scalars(
        select(Attempt)
        .where(Attempt.test_id == test.id, Attempt.ended_at.is_(None))
        .order_by(Attempt.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    for attempt in rows:
        _end(session, attempt, None, now=now)


def find_taken(session: Session, by: Sitter, test_id: int) -> Test:
    """Return a test that the person in the seat takes; raise NotFound for a draft and for one of other people."""
    test = session.scalars(
        select(Test).where(
            Test.id == test_id,
            Test.institution_id == by.institution_id,
            Test.track_id == by.track_id,
            Test.audience == AUDIENCE_OF[by.role],
            Test.state != StateOfTest.DRAFT,
        )
    ).one_or_none()
    if test is None or not by.track_published:
        raise NotFound
    return test


def _check_running(session: Session, test: Test) -> None:
    if session.scalar(select(Track.state).where(Track.id == test.track_id)) is TrackState.CLOSED:
        raise TrackClosed


def _locked(session: Session, by: Sitter, test_id: int, attempt_id: int) -> Attempt:
    attempt = session.scalars(
        select(Attempt)
        .where(
            Attempt.test_id == find_taken(session, by, test_id).id,
            Attempt.person_id == by.person_id,
            Attempt.id == attempt_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if attempt is None:
        raise NotFound
    return attempt


def _begin(session: Session, by: Sitter, test: Test, number: int, *, now: datetime) -> Attempt:
    seed = secrets.token_hex(8)
    items = session.scalars(
        select(Item).where(Item.test_id == test.id, Item.retired_at.is_(None)).order_by(Item.position, Item.id)
    ).all()
    points = {one.id: one.points for one in items}
    order = draw(list(points), drawn=test.drawn, shuffled=test.shuffled, seed=seed)
    attempt = Attempt(
        institution_id=test.institution_id,
        track_id=test.track_id,
        test=test,
        person_id=by.person_id,
        number=number,
        seed=seed,
        pass_percent=test.pass_percent,
        began_at=now,
        deadline_at=deadline(now, test.minutes),
        maximum=sum(points[item_id] for item_id in order),
    )
    session.add(attempt)
    session.flush()
    session.add_all(
        Answer(institution_id=test.institution_id, attempt_id=attempt.id, item_id=item_id, position=place)
        for place, item_id in enumerate(order, 1)
    )
    record(session, by, "attempt.begun", "attempt", attempt.id, now=now, test=test.id, number=number)
    session.flush()
    return attempt


def _answers(session: Session, attempt: Attempt) -> list[Answer]:
    rows = session.execute(
        select(Answer, Item)
        .join(Item, Item.id == Answer.item_id)
        .where(Answer.attempt_id == attempt.id)
        .order_by(Answer.position)
        .execution_options(populate_existing=True)
    )
    return [answer for answer, _item in rows]


def _end(session: Session, attempt: Attempt, by: Sitter | None, *, now: datetime) -> None:
    """Score an attempt and let it count; ``by`` None: nobody sent it, its time was up or the test was closed."""
    answers = _answers(session, attempt)
    for answer in answers:
        answer.points = points_for(answer.item.asked, tuple(answer.given))
    came_to = result((one.points or 0.0 for one in answers), attempt.maximum, attempt.pass_percent)
    over = is_over(attempt.deadline_at, now=now)
    attempt.ended_at = attempt.deadline_at if over else now
    attempt.points, attempt.passed = came_to.points, came_to.passed
    track = session.get_one(Track, attempt.track_id)
    record(
        session, by, "attempt.sent" if by else "attempt.ended", "attempt", attempt.id, now=now,
        institution_id=attempt.institution_id, context_id=track.context_ref,
        test=attempt.test_id, number=attempt.number, passed=came_to.passed,
    )  # fmt: skip
    session.flush()
    if attempt.test.audience is Audience.STUDENTS:
        if attempt.passed:
            reach_milestones(session, attempt.test, attempt.person_id, now=now)
        grading.recompute(session, track.id, attempt.person_id, now=now)
