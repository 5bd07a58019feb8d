"""One milestone of one student, as its page shows it to those who may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from lti_mentoring.domain.assessments import AssessmentState
from lti_mentoring.domain.milestones import EvidenceKind, ProgressState, Proof, Standing, StepKind
from lti_mentoring.domain.sentences import is_web_address
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Assessment, Evidence, Milestone, MilestoneProgress, MilestoneStep, Person, StoredFile
from lti_mentoring.queries.cases import Case, find_case
from lti_mentoring.queries.meeting_proofs import held_for
from lti_mentoring.queries.meetings import MeetingView, meetings_for
from lti_mentoring.queries.standings import standing, starts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

FIRST_VERSION = 1


@dataclass(frozen=True, slots=True)
class ProofLine:
    """One sending. ``withdrawn`` ones have lost their content. ``file_name`` "": there is no file."""

    evidence_id: int
    number: int
    text: str
    url: str
    file_name: str
    media_type: str
    size: int
    sent_at: datetime
    withdrawn: bool
    is_word: bool
    """Nothing but the word that it is done."""

    @property
    def host(self) -> str:
        """The host that the link leads to."""
        return urlsplit(self.url).hostname or ""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One thing that happened. ``by_role``: student, mentor or faculty, as seen from this student."""

    kind: StepKind
    by_name: str
    by_role: str
    words: str
    number: int
    """Which sending it is about; 0: none."""
    at: datetime


@dataclass(frozen=True, slots=True)
class FormLine:
    """One filled form that was sent."""

    assessment_id: int
    title: str
    by_name: str
    completed_at: datetime


@dataclass(frozen=True, slots=True)
class MilestonePage:
    """Everything that the page says."""

    standing: Standing
    asked: str
    retired: bool
    whole: int
    """The sum of the track's weights, of which this milestone's is a share."""
    student_id: int
    student_name: str
    mentor_name: str
    """Who signs as a mentor, one or several; "": nobody mentors the student now in the role that signs."""
    signer_role: str
    """What that role is called; "": any mentor signs, or the track tells no roles apart."""
    version: int
    draft: str
    own_date: date | None
    proofs: tuple[ProofLine, ...]
    steps: tuple[StepLine, ...]
    forms: tuple[FormLine, ...]
    closed: bool
    """The track is closed: who looks may only read."""
    may_sign: bool
    may_meet: bool
    """A meeting proves it, and who reads is one of those who can have it now."""
    is_faculty: bool
    form_title: str
    """"": faculty chose no form."""
    activity_url: str
    """Where the activity of the course is that proves it; "": there is none, or faculty gave no address."""
    meetings: tuple[MeetingView, ...]
    """The reader's own meetings for it, newest first; faculty read none."""
    held: bool
    """A meeting for it took place, whoever had it."""

    @property
    def state(self) -> ProgressState:
        """The state of the milestone."""
        return self.standing.state

    @property
    def returned(self) -> StepLine | None:
        """The step that brought it back to the student, newest first; None when the student did not get it back."""
        if self.state not in {ProgressState.RETURNED, ProgressState.APPEALED}:
            return None
        back = {StepKind.RETURNED, StepKind.APPEAL_DECLINED}
        return next((step for step in self.steps if step.kind in back), None)

    @property
    def activity_host(self) -> str:
        """The host that the activity's address leads to."""
        return urlsplit(self.activity_url).hostname or ""

    @property
    def newest(self) -> ProofLine | None:
        """The newest proof that was not withdrawn."""
        return next((proof for proof in self.proofs if not proof.withdrawn), None)

    @property
    def appeal(self) -> StepLine | None:
        """The appeal that waits for faculty."""
        if self.state is not ProgressState.APPEALED:
            return None
        return next((step for step in self.steps if step.kind is StepKind.APPEALED), None)


def milestone_page(session: Session, case: Case, *, today: date) -> MilestonePage:
    """Read the page of a case; ten statements at most, however long its history."""
    milestone, student = case.milestone, case.student
    row = session.scalars(
        select(MilestoneProgress).where(
            MilestoneProgress.milestone_id == milestone.id, MilestoneProgress.student_id == student.id
        )
    ).one_or_none()
    started = starts(session, case.track.id, [student.id]).get(student.id)
    stage = milestone.stage.title if milestone.stage else ""
    by_meeting = milestone.proof is Proof.MEETING
    return MilestonePage(
        standing=standing(milestone, stage, row, started, today=today, closed=case.is_closed),
        asked=milestone.asked,
        retired=milestone.retired_at is not None,
        whole=_whole(session, case.track.id),
        student_id=student.id,
        student_name=student.shown_name,
        mentor_name=" / ".join(one.shown_name for one in case.mentors),
        signer_role=case.track.role_names.get(milestone.signer_role or "", "")
        if milestone.signer_role is not None
        else "",
        version=row.version if row else FIRST_VERSION,
        draft=row.draft if row and case.by.person_id == student.id else "",
        own_date=row.due_on if row else None,
        proofs=_proofs(session, row) if row else (),
        steps=_steps(session, case, row) if row else (),
        forms=_forms(session, case),
        closed=case.is_read_only,
        may_sign=case.may_sign and not case.is_read_only,
        may_meet=by_meeting and case.may_meet and not case.is_read_only,
        is_faculty=case.is_faculty,
        form_title=milestone.instrument.title if milestone.instrument else "",
        activity_url=milestone.activity_url if is_web_address(milestone.activity_url) else "",
        meetings=meetings_for(session, case.by, milestone.id, student.id) if by_meeting else (),
        held=by_meeting and held_for(session, milestone, student.id)[0],
    )


def find_file(session: Session, sitter: Sitter, evidence_id: int) -> StoredFile:
    """Return the file of a piece of evidence that the person may read; raise NotFound otherwise."""
    row = session.execute(
        select(StoredFile, MilestoneProgress.student_id, MilestoneProgress.milestone_id)
        .join(Evidence, Evidence.file_id == StoredFile.id)
        .join(MilestoneProgress, MilestoneProgress.id == Evidence.progress_id)
        .where(
            Evidence.id == evidence_id,
            Evidence.institution_id == sitter.institution_id,
            Evidence.withdrawn_at.is_(None),
            StoredFile.erased_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    stored, student_id, milestone_id = row
    find_case(session, sitter, student_id, milestone_id)
    return stored


def _whole(session: Session, track_id: int) -> int:
    weights = select(func.coalesce(func.sum(Milestone.weight), 0))
    return session.scalar(weights.where(Milestone.track_id == track_id, Milestone.retired_at.is_(None))) or 0


def _proofs(session: Session, row: MilestoneProgress) -> tuple[ProofLine, ...]:
    rows = session.scalars(
        select(Evidence)
        .options(joinedload(Evidence.file))
        .where(Evidence.progress_id == row.id)
        .order_by(Evidence.number.desc())
    )
    return tuple(
        ProofLine(
            evidence_id=one.id,
            number=one.number,
            text=one.text,
            url=one.url,
            file_name=one.file.name if one.file else "",
            media_type=one.file.media_type if one.file else "",
            size=one.file.size if one.file else 0,
            sent_at=one.sent_at,
            withdrawn=one.withdrawn_at is not None,
            is_word=one.kind is EvidenceKind.WORD,
        )
        for one in rows
    )


def _steps(session: Session, case: Case, row: MilestoneProgress) -> tuple[StepLine, ...]:
    rows = session.execute(
        select(MilestoneStep, Person, func.coalesce(Evidence.number, 0))
        .join(Person, Person.id == MilestoneStep.by_id)
        .outerjoin(Evidence, Evidence.id == MilestoneStep.evidence_id)
        .where(MilestoneStep.progress_id == row.id)
        .order_by(MilestoneStep.id.desc())
    )
    return tuple(
        StepLine(step.kind, by.shown_name, _role(case, by.id), step.words, number, step.at) for step, by, number in rows
    )


def _role(case: Case, person_id: int) -> str:
    if person_id == case.student.id:
        return "student"
    return "mentor" if any(one.mentor.id == person_id for one in case.guides) else "faculty"


def _forms(session: Session, case: Case) -> tuple[FormLine, ...]:
    rows = session.scalars(
        select(Assessment)
        .options(joinedload(Assessment.instrument), joinedload(Assessment.assessor))
        .where(
            Assessment.milestone_id == case.milestone.id,
            Assessment.student_id == case.student.id,
            Assessment.state == AssessmentState.COMPLETE,
        )
        .order_by(Assessment.id.desc())
    )
    return tuple(
        FormLine(one.id, one.instrument.title, one.assessor.shown_name, one.completed_at or one.saved_at)
        for one in rows
    )
