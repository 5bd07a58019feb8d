"""What mentors and faculty decide about a milestone, and the student's appeal."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from lti_mentoring.domain.milestones import DONE, LOOKED_AT, ProgressState, Proof, StepKind, StepNotPossible
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.sentences import needed
from lti_mentoring.errors import NotAllowed, Refused
from lti_mentoring.queries.cases import Case, find_case, find_own_case
from lti_mentoring.queries.meeting_proofs import held_for
from lti_mentoring.services import grading
from lti_mentoring.services.passing import reach_again
from lti_mentoring.services.steps import (
    check_running,
    check_version,
    faculty_of,
    open_progress,
    signers,
    take_step,
    tell,
)

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import MilestoneProgress

LONGEST_WORDS = 10_000


class FormNeeded(Refused):
    """This milestone is shown by a filled form, not by a word."""

    code = "form_needed"
    status = 409


class PassingNeeded(Refused):
    """This milestone is reached by passing its test; nobody signs it."""

    code = "passing_needed"
    status = 409


class DateInThePast(Refused):
    """A new date must lie ahead."""

    code = "date_in_the_past"


def accept(
    session: Session, sitter: Sitter, student_id: int, milestone_id: int, words: str, version: int, *, now: datetime
) -> None:
    """Sign the milestone off: what was sent, or the signer's own word where a word is the proof."""
    case = find_case(session, sitter, student_id, milestone_id)
    case.check_signer()
    check_running(case)
    if case.milestone.proof is Proof.ASSESSMENT:
        raise FormNeeded
    if case.milestone.proof is Proof.TEST:
        raise PassingNeeded
    progress = open_progress(session, case)
    check_version(progress, version, words)
    met = case.milestone.proof is Proof.MEETING
    if progress.state is ProgressState.OPEN and not _may_be_signed_unsent(session, case):
        raise StepNotPossible(current=progress.state.value, step=StepKind.ACCEPTED.value)
    finish(session, case, progress, StepKind.MET if met else StepKind.ACCEPTED, words.strip(), now=now)
    tell(session, case, [case.student.id], "evidence_accepted", f"{progress.id}.{progress.version}", now=now)


def send_back(
    session: Session, sitter: Sitter, student_id: int, milestone_id: int, reason: str, version: int, *, now: datetime
) -> None:
    """Return what was sent, with a reason; raise WordsNeeded without one."""
    case = find_case(session, sitter, student_id, milestone_id)
    case.check_signer()
    check_running(case)
    words = needed(reason)
    progress = open_progress(session, case)
    check_version(progress, version, words)
    if progress.state is not ProgressState.SUBMITTED:
        raise StepNotPossible(current=progress.state.value, step=StepKind.RETURNED.value)
    give_back(session, case, progress, words, now=now)


def extend(
    session: Session,
    sitter: Sitter,
    student_id: int,
    milestone_id: int,
    due_on: date,
    reason: str,
    version: int,
    *,
    now: datetime,
) -> None:
    """Give one student a date of their own; raise DateInThePast unless it lies ahead."""
    case = _faculty_case(session, sitter, student_id, milestone_id)
    words = needed(reason)
    if due_on < now.date():
        raise DateInThePast
    progress = open_progress(session, case)
    check_version(progress, version, words)
    before = progress.due_on
    progress.due_on = due_on
    facts = {"due_on": due_on.isoformat(), "before": before.isoformat() if before else None}
    take_step(session, case, progress, StepKind.EXTENDED, words, now=now, facts=facts)


def excuse(
    session: Session, sitter: Sitter, student_id: int, milestone_id: int, reason: str, version: int, *, now: datetime
) -> None:
    """Take the milestone off one student's way: it counts neither for nor against."""
    _decide(session, sitter, student_id, milestone_id, StepKind.EXCUSED, needed(reason), version, now=now)


def lift(
    session: Session, sitter: Sitter, student_id: int, milestone_id: int, reason: str, version: int, *, now: datetime
) -> None:
    """Ask for an excused milestone after all; where its test is passed already, it is reached."""
    case = _decide(session, sitter, student_id, milestone_id, StepKind.EXCUSE_LIFTED, needed(reason), version, now=now)
    reach_again(session, case.milestone, student_id, now=now)
    if case.milestone.proof is Proof.MEETING and held_for(session, case.milestone, student_id)[0]:
        tell(session, case, signers(session, case), "meeting_waits", f"{milestone_id}.{version}", now=now)


def reopen(
    session: Session, sitter: Sitter, student_id: int, milestone_id: int, reason: str, version: int, *, now: datetime
) -> None:
    """Take back that a milestone was accepted."""
    _decide(session, sitter, student_id, milestone_id, StepKind.REOPENED, needed(reason), version, now=now)


def appeal(session: Session, sitter: Sitter, milestone_id: int, words: str, version: int, *, now: datetime) -> None:
    """Ask faculty to look at what the mentor returned; the student's own step."""
    case = find_own_case(session, sitter, milestone_id)
    check_running(case)
    said = needed(words)
    progress = open_progress(session, case)
    check_version(progress, version, said)
    take_step(session, case, progress, StepKind.APPEALED, said, now=now)
    once = f"{progress.id}.{progress.version}"
    tell(session, case, faculty_of(session, case), "appeal_waits", once, now=now)


def decide_appeal(
    session: Session,
    sitter: Sitter,
    student_id: int,
    milestone_id: int,
    granted: bool,
    reason: str,
    version: int,
    *,
    now: datetime,
) -> None:
    """Grant an appeal (the milestone is accepted) or decline it (it stays returned); always with a reason."""
    kind = StepKind.APPEAL_GRANTED if granted else StepKind.APPEAL_DECLINED
    case = _decide(session, sitter, student_id, milestone_id, kind, needed(reason), version, now=now)
    tell(session, case, [case.student.id], "appeal_decided", f"{milestone_id}.{version}", now=now)


def finish(
    session: Session, case: Case, progress: MilestoneProgress, kind: StepKind, words: str, *, now: datetime
) -> None:
    """Take a step that decides, keep who decided, and form the grade anew."""
    take_step(session, case, progress, kind, words, now=now)
    decided = progress.state in DONE
    progress.decided_at = now if decided else None
    progress.decided_by_id = case.by.person_id if decided else None
    session.flush()
    grading.recompute(session, case.track.id, case.student.id, now=now)


def give_back(session: Session, case: Case, progress: MilestoneProgress, words: str, *, now: datetime) -> None:
    """Return the milestone to the student with words, and say so by mail."""
    take_step(session, case, progress, StepKind.RETURNED, words, now=now)
    tell(session, case, [case.student.id], "evidence_returned", f"{progress.id}.{progress.version}", now=now)


def _may_be_signed_unsent(session: Session, case: Case) -> bool:
    """Whether an open milestone can be signed: by a word, or where a meeting took place for it already."""
    if case.milestone.proof is Proof.MEETING:
        return held_for(session, case.milestone, case.student.id)[0]
    return case.milestone.proof not in LOOKED_AT


def _decide(
    session: Session,
    sitter: Sitter,
    student_id: int,
    milestone_id: int,
    kind: StepKind,
    words: str,
    version: int,
    *,
    now: datetime,
) -> Case:
    case = _faculty_case(session, sitter, student_id, milestone_id)
    progress = open_progress(session, case)
    check_version(progress, version, words)
    finish(session, case, progress, kind, words, now=now)
    return case


def _faculty_case(session: Session, sitter: Sitter, student_id: int, milestone_id: int) -> Case:
    if sitter.role is not SeatRole.FACULTY:
        raise NotAllowed(needed="faculty")
    case = find_case(session, sitter, student_id, milestone_id)
    if not case.is_faculty:
        raise NotAllowed(needed="faculty")
    return case
