"""Forms to fill and forms that were sent, as their pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.assessments import (
    Answers,
    AssessmentState,
    Definition,
    ItemKind,
    Rating,
    latest,
    read_definition,
    read_stored,
)
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Assessment, Instrument, Milestone, MilestoneProgress, Person
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.cases import Case, find_case
from lti_mentoring.queries.milestone_pages import FIRST_VERSION

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

Assessor, Student = alias_of(Person), alias_of(Person)


@dataclass(frozen=True, slots=True)
class FormToFill:
    """A form with what was answered so far. ``saved_at`` None: nothing yet."""

    title: str
    definition: Definition
    answers: Answers
    saved_at: datetime | None
    last: Mapping[str, Rating]
    """The student's newest rating by item, given by anybody on this form."""
    proves: bool
    """Whether sending it decides about the milestone."""
    version: int
    student_id: int
    student_name: str
    milestone_id: int
    milestone_title: str


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that was sent; it never changes."""

    assessment_id: int
    title: str
    definition: Definition
    answers: Answers
    assessor_name: str
    student_id: int
    student_name: str
    milestone_id: int
    milestone_title: str
    completed_at: datetime


def form_to_fill(session: Session, case: Case) -> FormToFill:
    """Return the form of a case: the assessor's draft where there is one; raise NotFound where faculty chose none."""
    instrument = case.milestone.instrument
    if instrument is None:
        raise NotFound
    draft = session.scalars(
        select(Assessment).where(
            Assessment.milestone_id == case.milestone.id,
            Assessment.student_id == case.student.id,
            Assessment.assessor_id == case.by.person_id,
            Assessment.state == AssessmentState.DRAFT,
        )
    ).first()
    if draft is not None:
        instrument = draft.instrument
    version = session.scalar(
        select(MilestoneProgress.version).where(
            MilestoneProgress.milestone_id == case.milestone.id, MilestoneProgress.student_id == case.student.id
        )
    )
    definition = read_definition(instrument.definition)
    return FormToFill(
        title=instrument.title,
        definition=definition,
        answers=read_stored(draft.answers) if draft else Answers(),
        saved_at=draft.saved_at if draft and draft.answers else None,
        last=last_ratings(session, case.student.id, case.track.id, instrument.key, definition),
        proves=case.milestone.proof is Proof.ASSESSMENT,
        version=version or FIRST_VERSION,
        student_id=case.student.id,
        student_name=case.student.shown_name,
        milestone_id=case.milestone.id,
        milestone_title=case.milestone.title,
    )


def last_ratings(
    session: Session, student_id: int, track_id: int, key: str, definition: Definition
) -> dict[str, Rating]:
    """Return the newest level that the student was given in the track, by item of the form ``key``."""
    ratings = ratings_of(session, student_id, track_id, key, definition)
    return {item: newest for item, given in ratings.items() if (newest := latest(given))}


def ratings_of(
    session: Session, student_id: int, track_id: int, key: str, definition: Definition
) -> dict[str, list[Rating]]:
    """Return every level that the student was given in the track on the form ``key``, by item; one statement."""
    rows = session.execute(
        select(Assessment.answers, Assessment.completed_at)
        .join(Instrument, Instrument.id == Assessment.instrument_id)
        .where(
            Assessment.student_id == student_id,
            Assessment.track_id == track_id,
            Assessment.state == AssessmentState.COMPLETE,
            Instrument.key == key,
        )
        .order_by(Assessment.completed_at)
    ).all()
    ratings: dict[str, list[Rating]] = {item.key: [] for item in definition.items if item.kind is ItemKind.ORDINAL}
    for answers, at in rows:
        for key_of, given in ratings.items():
            level = definition.item(key_of).level(answers.get(key_of))
            if level is not None and at is not None:
                given.append(Rating(level.value, at))
    return ratings


def find_sent(session: Session, sitter: Sitter, assessment_id: int) -> SentForm:
    """Return a form that was sent; raise NotFound where the person may not know of it."""
    row = session.execute(
        select(Assessment, Instrument, Assessor, Student, Milestone)
        .join(Instrument, Instrument.id == Assessment.instrument_id)
        .join(Assessor, Assessor.id == Assessment.assessor_id)
        .join(Student, Student.id == Assessment.student_id)
        .join(Milestone, Milestone.id == Assessment.milestone_id)
        .where(
            Assessment.id == assessment_id,
            Assessment.institution_id == sitter.institution_id,
            Assessment.state == AssessmentState.COMPLETE,
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    assessment, instrument, assessor, student, milestone = row
    find_case(session, sitter, student.id, milestone.id)
    return SentForm(
        assessment_id=assessment.id,
        title=instrument.title,
        definition=read_definition(instrument.definition),
        answers=read_stored(assessment.answers),
        assessor_name=assessor.shown_name,
        student_id=student.id,
        student_name=student.shown_name,
        milestone_id=milestone.id,
        milestone_title=milestone.title,
        completed_at=assessment.completed_at or assessment.saved_at,
    )
