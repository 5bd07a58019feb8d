"""Who has passed which test: asked before anybody is matched, and wherever training is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, false, select

from lti_mentoring.domain.tests import may_be_given_students
from lti_mentoring.models import Attempt, Mentor, Test

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track


def has_passed(session: Session, test_id: int, person_id: int) -> bool:
    """Tell whether a person has passed a test; one statement."""
    passed = exists().where(Attempt.test_id == test_id, Attempt.person_id == person_id, Attempt.passed)
    return bool(session.scalar(select(passed)))


def asked_of_mentors(session: Session, track: Track) -> Test | None:
    """Return the test that mentors of the track must have passed before they are given students; None: none."""
    return _named(session, track, track.mentor_test)


def asked_of_students(session: Session, track: Track) -> Test | None:
    """Return the test that students of the track must have passed before they are given a mentor; None: none."""
    return _named(session, track, track.student_test)


def to_pass_first(session: Session, track: Track, person_id: int) -> Test | None:
    """Return the test that holds a student back from being given a mentor; None: nothing does. Two statements."""
    test = asked_of_students(session, track)
    return None if test is None or has_passed(session, test.id, person_id) else test


def may_mentor(session: Session, track: Track, person_id: int) -> bool:
    """Tell whether a person is trained for students of the track: two statements at most."""
    test = asked_of_mentors(session, track)
    return may_be_given_students(test is not None, test is not None and has_passed(session, test.id, person_id))


def mentor_has_passed(track: Track) -> ColumnElement[bool]:
    """Return, for rows of mentors, whether each has passed the track's test: a list needs no further statement."""
    return false() if track.mentor_test is None else _passed(track, track.mentor_test, Mentor.person_id)


def lacks_training(track: Track) -> ColumnElement[bool]:
    """Say of a mentor's row that the track asks for a test which they have not passed."""
    return false() if track.mentor_test is None else ~mentor_has_passed(track)


def held_back(track: Track, person_id: Any) -> ColumnElement[bool]:
    """Say of a column of students that the track asks for a test which they have not passed."""
    return false() if track.student_test is None else ~_passed(track, track.student_test, person_id)


def _passed(track: Track, key: str, person_id: Any) -> ColumnElement[bool]:
    return exists().where(
        Test.track_id == track.id,
        Test.key == key,
        Attempt.test_id == Test.id,
        Attempt.person_id == person_id,
        Attempt.passed,
    )


def _named(session: Session, track: Track, key: str | None) -> Test | None:
    if key is None:
        return None
    return session.scalars(select(Test).where(Test.track_id == track.id, Test.key == key)).one_or_none()
