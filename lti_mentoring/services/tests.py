"""Make a test in a track, decide its rules, let it be taken, and close it."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.domain.tests import MOST_TESTS, Audience, FactsOfTest, StateOfTest, check_ready
from lti_mentoring.domain.tracks import TooMany, changes
from lti_mentoring.errors import Conflict, NotFound
from lti_mentoring.models import Item, Test, Track
from lti_mentoring.services.attempts import end_open_ones
from lti_mentoring.services.auditing import record
from lti_mentoring.services.tracks import locked_track, note, regrade

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

IN_THE_GRADEBOOK = frozenset({"title", "column_points"})
"""What the test's own column depends on."""


class ChangedTest(Conflict):
    """Somebody else saved the test or one of its items meanwhile."""

    code = "test_changed"


def add_test(session: Session, by: Sitter, facts: FactsOfTest, *, now: datetime) -> Test:
    """Make a draft without items; the same form posted twice makes one. Raise TooMany above 20."""
    track = locked_track(session, by)
    there = session.scalars(select(Test).where(Test.track_id == track.id).order_by(Test.id)).all()
    newest = there[-1] if there else None
    if newest is not None and facts_of(newest) == facts and not open_items(session, newest):
        return newest
    if len(there) >= MOST_TESTS:
        raise TooMany(most=MOST_TESTS)
    test = Test(institution_id=track.institution_id, track_id=track.id, created_at=now, **asdict(facts))
    session.add(test)
    session.flush()
    record(session, by, "test.added", "test", test.id, now=now, audience=facts.audience.value)
    return test


def edit_test(
    session: Session, by: Sitter, test_id: int, facts: FactsOfTest, *, version: int | None, now: datetime
) -> Test:
    """Change the rules; attempts that have begun keep theirs. Who takes it was decided when it was made."""
    track = locked_track(session, by)
    test = find_test(session, by, test_id)
    changed = [name for name in changes(facts_of(test), facts) if name != "audience"]
    if not changed:
        return test
    check_test_version(test, version)
    if test.state is StateOfTest.PUBLISHED:
        check_ready(len(open_items(session, test)), facts.drawn)
    for name in changed:
        setattr(test, name, getattr(facts, name))
    note_test(session, by, test, "test.edited", "test", test.id, now=now, changed=changed)
    if not IN_THE_GRADEBOOK.isdisjoint(changed):
        regrade(session, track, now=now)
    return test


def publish_test(session: Session, by: Sitter, test_id: int, *, now: datetime) -> Test:
    """Let the test be taken, for the first time or again; raise NotReady where nobody could."""
    track = locked_track(session, by)
    test = find_test(session, by, test_id)
    if test.state is StateOfTest.PUBLISHED:
        return test
    check_ready(len(open_items(session, test)), test.drawn)
    test.state, test.published_at = StateOfTest.PUBLISHED, test.published_at or now
    note_test(session, by, test, "test.published", "test", test.id, now=now)
    regrade(session, track, now=now)
    return test


def close_test(session: Session, by: Sitter, test_id: int, *, now: datetime) -> Test:
    """End a published test: whoever is in the middle gets what was saved, and nobody has to pass it any more."""
    track = locked_track(session, by)
    test = find_test(session, by, test_id)
    if test.state is not StateOfTest.PUBLISHED:
        return test
    test.state = StateOfTest.CLOSED
    note_test(session, by, test, "test.closed", "test", test.id, now=now)
    if track.mentor_test == test.key:
        _ask_of_mentors(session, by, track, None, now=now)
    if track.student_test == test.key:
        _ask_of_students(session, by, track, None, now=now)
    end_open_ones(session, test, now=now)
    return test


def choose_mentor_test(session: Session, by: Sitter, test_id: int | None, *, now: datetime) -> None:
    """Say which published test mentors must have passed before they are given students; None: none."""
    track = locked_track(session, by)
    test = _to_be_asked(session, by, test_id, Audience.MENTORS)
    if track.mentor_test != (test.key if test else None):
        _ask_of_mentors(session, by, track, test, now=now)


def choose_student_test(session: Session, by: Sitter, test_id: int | None, *, now: datetime) -> None:
    """Say which published test students must have passed before they are given a mentor; None: none."""
    track = locked_track(session, by)
    test = _to_be_asked(session, by, test_id, Audience.STUDENTS)
    if track.student_test != (test.key if test else None):
        _ask_of_students(session, by, track, test, now=now)


def find_test(session: Session, by: Sitter, test_id: int) -> Test:
    """Return a test of the seat's track, held until the end of the transaction; raise NotFound for any other."""
    test = session.scalars(
        select(Test)
        .where(Test.id == test_id, Test.institution_id == by.institution_id, Test.track_id == by.track_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if test is None:
        raise NotFound
    return test


def open_items(session: Session, test: Test) -> list[Item]:
    """Return the items that can still be drawn, in order."""
    session.flush()
    return list(
        session.scalars(
            select(Item).where(Item.test_id == test.id, Item.retired_at.is_(None)).order_by(Item.position, Item.id)
        )
    )


def facts_of(test: Test) -> FactsOfTest:
    """Return what faculty have decided about a test."""
    return FactsOfTest(**{one.name: getattr(test, one.name) for one in fields(FactsOfTest)})


def check_test_version(test: Test, version: int | None) -> None:
    """Raise ChangedTest when the form was opened on an older version; None: it names no version."""
    if version is not None and version != test.version:
        raise ChangedTest


def note_test(
    session: Session, by: Sitter, test: Test, action: str, thing: str, thing_id: int, *, now: datetime, **facts: Any
) -> None:
    """Raise the test's version and write the audit row of one change."""
    test.version += 1
    record(session, by, action, thing, thing_id, now=now, test=test.id, version=test.version, **facts)
    session.flush()


def next_position(session: Session, test: Test) -> int:
    """Return the place after all items that the test ever had."""
    return (session.scalar(select(func.max(Item.position)).where(Item.test_id == test.id)) or 0) + 1


def _to_be_asked(session: Session, by: Sitter, test_id: int | None, audience: Audience) -> Test | None:
    """Return the published test of these people, None for none; raise NotFound for any other."""
    if test_id is None:
        return None
    test = find_test(session, by, test_id)
    if test.audience is not audience or test.state is not StateOfTest.PUBLISHED:
        raise NotFound
    return test


def _ask_of_mentors(session: Session, by: Sitter, track: Track, test: Test | None, *, now: datetime) -> None:
    track.mentor_test = test.key if test else None
    note(session, by, track, "track.mentor_test", "track", track.id, now=now, test=test.id if test else None)


def _ask_of_students(session: Session, by: Sitter, track: Track, test: Test | None, *, now: datetime) -> None:
    track.student_test = test.key if test else None
    note(session, by, track, "track.student_test", "track", track.id, now=now, test=test.id if test else None)
