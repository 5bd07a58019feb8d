"""Fill a form about a student: begun as a draft, saved as one writes, sent once and never changed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.assessments import (
    Answers,
    AssessmentState,
    Definition,
    judged,
    missing,
    read_answers,
    read_definition,
)
from lti_mentoring.domain.instruments import SHIPPED
from lti_mentoring.domain.milestones import Proof, StepKind, after
from lti_mentoring.domain.sentences import needed
from lti_mentoring.errors import NotAllowed, Refused
from lti_mentoring.models import Assessment, Instrument, Mentorship
from lti_mentoring.queries.cases import Case, find_case
from lti_mentoring.services.auditing import record
from lti_mentoring.services.milestones import finish, give_back
from lti_mentoring.services.steps import MilestoneRetired, check_running, check_version, open_progress, tell
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import MilestoneProgress

Sent = Mapping[str, Sequence[str]]
"""A form as a browser sends it: name → values."""
LONGEST_ANSWER = 10_000


class NoForm(Refused):
    """Faculty chose no form for this milestone."""

    code = "no_form"
    status = 409


class NoMentorship(NotAllowed):
    """A form is about a mentorship, and the student has none now."""

    code = "no_mentorship"
    status = 409


class AnswersMissing(Refused):
    """Something that the form needs has no answer; ``keys`` name the items."""

    code = "answers_missing"

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(number=len(keys))
        self.keys = keys


class VerdictNeeded(Refused):
    """Whether the milestone is reached was not said."""

    code = "verdict_needed"


class NothingSeen(Refused):
    """Who did not see enough to judge cannot say that the milestone is reached."""

    code = "nothing_seen"


@dataclass(frozen=True, slots=True)
class _Filling:
    """A case in which a form can be filled."""

    case: Case
    instrument: Instrument
    mentorship: Mentorship


def ensure_instruments(session: Session, institution_id: int, *, now: datetime) -> tuple[Instrument, ...]:
    """Return the institution's forms, the newest version of each; the shipped ones are made when they are not there."""
    session.flush()
    for shipped in SHIPPED:
        upsert(
            session,
            Instrument,
            {"institution_id": institution_id, "key": shipped.key, "version": shipped.version, "title": shipped.title},
            by=["institution_id", "key", "version"],
            first={"definition": shipped.definition, "created_at": now},
        )
    rows = select(Instrument).where(Instrument.institution_id == institution_id)
    newest = {row.key: row for row in session.scalars(rows.order_by(Instrument.version))}
    return tuple(sorted(newest.values(), key=lambda row: (row.title, row.id)))


def save_draft(
    session: Session, sitter: Sitter, student_id: int, milestone_id: int, sent: Sent, *, now: datetime
) -> Assessment:
    """Keep what the assessor has answered so far; nobody else sees it."""
    filling = _find(session, sitter, student_id, milestone_id)
    progress = open_progress(session, filling.case)
    draft = _open_draft(session, filling, progress, now=now)
    _answer(draft, read_answers(read_definition(draft.instrument.definition), sent), now)
    session.flush()
    return draft


def complete(
    session: Session,
    sitter: Sitter,
    student_id: int,
    milestone_id: int,
    sent: Sent,
    *,
    reached: bool | None,
    version: int,
    now: datetime,
) -> Assessment:
    """Send the form; where it proves the milestone, ``reached`` accepts it or returns it with the form's words.

    Raises AnswersMissing, VerdictNeeded, NothingSeen; the same form sent twice raises MilestoneChanged.
    """
    filling = _find(session, sitter, student_id, milestone_id)
    case = filling.case
    progress = open_progress(session, case)
    check_version(progress, version, "")
    draft = _open_draft(session, filling, progress, now=now)
    definition = read_definition(draft.instrument.definition)
    answers = read_answers(definition, sent)
    _answer(draft, answers, now)
    _check(case, definition, answers, reached)
    draft.state, draft.completed_at = AssessmentState.COMPLETE, now
    record(
        session, sitter, "assessment.completed", "assessment", draft.id, now=now,
        milestone=milestone_id, student=student_id, instrument=draft.instrument_id, reached=reached,
    )  # fmt: skip
    words = words_of(definition, answers)
    if case.milestone.proof is not Proof.ASSESSMENT:
        progress.version += 1
        filling.mentorship.contact_at = now
        tell(session, case, [student_id], "assessment_sent", str(draft.id), now=now)
    elif reached:
        finish(session, case, progress, StepKind.ACCEPTED, words, now=now)
        tell(session, case, [student_id], "evidence_accepted", f"form-{draft.id}", now=now)
    else:
        give_back(session, case, progress, needed(words), now=now)
    session.flush()
    return draft


def words_of(definition: Definition, answers: Answers) -> str:
    """Return what the assessor wrote in the open text items, as one text."""
    texts = [answers.values.get(item.key) for item in definition.items if not item.folded]
    return "\n\n".join(text for text in texts if isinstance(text, str))


def _check(case: Case, definition: Definition, answers: Answers, reached: bool | None) -> None:
    if lacking := missing(definition, answers):
        raise AnswersMissing(tuple(item.key for item in lacking))
    if case.milestone.proof is not Proof.ASSESSMENT:
        return
    if reached is None:
        raise VerdictNeeded
    if reached and judged(definition, answers) is None:
        raise NothingSeen


def _find(session: Session, sitter: Sitter, student_id: int, milestone_id: int) -> _Filling:
    case = find_case(session, sitter, student_id, milestone_id)
    case.check_signer()
    check_running(case)
    if case.milestone.instrument is None:
        raise NoForm
    if case.mentorship is None:
        raise NoMentorship
    if case.milestone.retired_at is not None:
        raise MilestoneRetired
    return _Filling(case, case.milestone.instrument, case.mentorship)


def _open_draft(session: Session, filling: _Filling, progress: MilestoneProgress, *, now: datetime) -> Assessment:
    """Return the assessor's draft for this student and milestone; the locked row lets only one be made."""
    case = filling.case
    if case.milestone.proof is Proof.ASSESSMENT:
        after(progress.state, StepKind.ACCEPTED)  # where no decision is open, no form is begun
    found = session.scalars(
        select(Assessment).where(
            Assessment.milestone_id == case.milestone.id,
            Assessment.student_id == case.student.id,
            Assessment.assessor_id == case.by.person_id,
            Assessment.state == AssessmentState.DRAFT,
        )
    ).first()
    return found or _begin(session, filling, now=now)


def _begin(session: Session, filling: _Filling, *, now: datetime) -> Assessment:
    case = filling.case
    draft = Assessment(
        institution_id=case.milestone.institution_id,
        track_id=case.track.id,
        milestone_id=case.milestone.id,
        student_id=case.student.id,
        mentorship_id=filling.mentorship.id,
        assessor_id=case.by.person_id,
        instrument=filling.instrument,
        state=AssessmentState.DRAFT,
        answers={},
        saved_at=now,
    )
    session.add(draft)
    session.flush()
    record(
        session, case.by, "assessment.opened", "assessment", draft.id, now=now,
        milestone=case.milestone.id, student=case.student.id,
    )  # fmt: skip
    return draft


def _answer(draft: Assessment, answers: Answers, now: datetime) -> None:
    cut = {key: value[:LONGEST_ANSWER] if isinstance(value, str) else value for key, value in answers.values.items()}
    draft.answers = Answers(cut, answers.not_observed).as_stored()
    draft.saved_at = now
    draft.version += 1
