"""Milestones that students have begun, for pages that show where everybody stands."""

from datetime import timedelta

from factories.world import NOON, add, mentor, person

from lti_mentoring.domain.milestones import DONE, ProgressState, StepKind
from lti_mentoring.models import (
    LineItem,
    Membership,
    Mentorship,
    MilestoneProgress,
    MilestoneStep,
    Person,
    Score,
    ScoreState,
)


def progress(world, student, number, state=ProgressState.ACCEPTED, *, days_ago=5, **columns):
    """Put ``student`` into ``state`` at the track's milestone ``number`` (counted from 1)."""
    moment = NOON - timedelta(days=days_ago)
    values = {
        "institution_id": world.institution.id, "track_id": world.track.id, "student_id": student.id,
        "milestone_id": world.track.milestones[number - 1].id, "state": state, "submitted_at": moment,
        "decided_at": moment if state in DONE else None,
        "mentorship_id": world.mentorship.id if student is world.student else None,
    }  # fmt: skip
    return add(world.session, MilestoneProgress(**{**values, **columns}))


def step(world, of, kind=StepKind.SUBMITTED, by=None, words="", days_ago=1):
    """Write one step of a progress row."""
    values = {"institution_id": world.institution.id, "progress_id": of.id, "kind": kind, "words": words}
    by_id = (by or world.student).id
    return add(world.session, MilestoneStep(**values, by_id=by_id, at=NOON - timedelta(days=days_ago)))


def score(world, student, accepted=40.0, *, column=None, **columns):
    """Give ``student`` a score in ``column`` (made when there is none); ``accepted`` None: not in the gradebook yet."""
    base = {"institution_id": world.institution.id, "track_id": world.track.id}
    column = column or add(world.session, LineItem(**base, label="Mentorship", maximum=100))
    values = {
        "line_item_id": column.id, "person_id": student.id, "wanted": accepted or 0, "maximum": 100,
        "state": ScoreState.PENDING if accepted is None else ScoreState.ACCEPTED, "accepted_value": accepted,
        "accepted_maximum": 100, "accepted_at": NOON, "due_at": NOON,
    }  # fmt: skip
    return add(world.session, Score(**base, **{**values, **columns}))


def many_students(world, number):
    """Add ``number`` students, each with a mentor, two milestones begun and a score; three flushes in all."""
    session, base = world.session, {"institution_id": world.institution.id}
    guide = mentor(session, world.track, person(session, world.institution), places=number, taken=number)
    here = {**base, "track_id": world.track.id}
    column = add(session, LineItem(**here, label="Mentorship", maximum=100))
    people = [
        Person(**base, issuer="https://lms.example", subject=f"many-{one}", name=f"Many {one}", first_seen_at=NOON)
        for one in range(number)
    ]
    session.add_all(people)
    session.flush()
    first, second = (milestone.id for milestone in world.track.milestones[:2])
    for who in people:
        student = {**here, "student_id": who.id}
        graded = {"wanted": 10, "maximum": 100, "state": ScoreState.ACCEPTED, "accepted_value": 10, "due_at": NOON}
        session.add_all(
            [
                Membership(**base, context_ref=world.context.id, person_id=who.id, is_student=True),
                Mentorship(**student, mentor_id=guide.id, started_at=NOON),
                MilestoneProgress(**student, milestone_id=first, state=ProgressState.ACCEPTED, decided_at=NOON),
                MilestoneProgress(**student, milestone_id=second, state=ProgressState.SUBMITTED, submitted_at=NOON),
                Score(**here, line_item_id=column.id, person_id=who.id, **graded),
            ]
        )
    session.flush()
