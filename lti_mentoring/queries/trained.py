"""Who has passed which test: asked before a mentor is given students, and wherever training is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    if track.mentor_test is None:
        return None
    return session.scalars(select(Test).where(Test.track_id == track.id, Test.key == track.mentor_test)).one_or_none()


def may_mentor(session: Session, track: Track, person_id: int) -> bool:
    """Tell whether a person is trained for students of the track: two statements at most."""
    test = asked_of_mentors(session, track)
    return may_be_given_students(test is not None, test is not None and has_passed(session, test.id, person_id))


def mentor_has_passed(track: Track) -> ColumnElement[bool]:
    """Return, for rows of mentors, whether each has passed the track's test: a list needs no further statement."""
    if track.mentor_test is None:
        return false()
    return exists().where(
        Test.track_id == track.id,
        Test.key == track.mentor_test,
        Attempt.test_id == Test.id,
        Attempt.person_id == Mentor.person_id,
        Attempt.passed,
    )


def lacks_training(track: Track) -> ColumnElement[bool]:
    """Say of a mentor's row that the track asks for a test which they have not passed."""
    return false() if track.mentor_test is None else ~mentor_has_passed(track)
