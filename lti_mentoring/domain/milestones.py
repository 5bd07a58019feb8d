"""Milestones: what proves one, who signs it off, and the steps between open and done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from lti_mentoring.errors import NotAllowed, Refused


class Proof(StrEnum):
    """What proves a milestone."""

    EVIDENCE = "evidence"
    """A text, a link or a file that the student sends."""
    ASSESSMENT = "assessment"
    """A form that the mentor fills."""
    WORD = "word"
    """The signer's word alone: a talk given, a day on the ward."""
    TEST = "test"
    """A test that the student passes: nobody has to sign."""
    MEETING = "meeting"
    """A meeting of the two that took place: reached as soon as the signer notes that it did."""
    ACTIVITY = "activity"
    """Something that the course has in its own LMS: the student does it there and says so, and the signer looks."""


SENT = frozenset({Proof.EVIDENCE, Proof.ACTIVITY})
"""What a student sends something for, were it only the word that it is done."""
LOOKED_AT = SENT | {Proof.MEETING}
"""What a signer decides on when something came: what was sent, or the student's word that the two met."""
STUDENT_BEGINS = LOOKED_AT | {Proof.TEST}
"""What is the student's turn until something has come; with the others the signer begins."""


class Signer(StrEnum):
    """Who says that a milestone is reached."""

    MENTOR = "mentor"
    FACULTY = "faculty"


class EvidenceKind(StrEnum):
    """What a student sent."""

    TEXT = "text"
    LINK = "link"
    FILE = "file"
    WORD = "word"
    """Nothing but the word that it is done."""


class ProgressState(StrEnum):
    """Where one student stands with one milestone."""

    OPEN = "open"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPEALED = "appealed"
    ACCEPTED = "accepted"
    EXCUSED = "excused"


class StepKind(StrEnum):
    """One thing that happened on the way."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REOPENED = "reopened"
    EXCUSED = "excused"
    EXCUSE_LIFTED = "excuse_lifted"
    EXTENDED = "extended"
    APPEALED = "appealed"
    APPEAL_GRANTED = "appeal_granted"
    APPEAL_DECLINED = "appeal_declined"
    PASSED = "passed"
    """A test was passed: the student's own step, and the tool signs."""
    MET = "met"
    """The signer says that a meeting for it took place."""
    REPORTED = "reported"
    """Somebody who does not sign it noted a meeting for it; the signer is asked."""
    UNMET = "unmet"
    """The meeting did not take place after all."""
    DOUBTED = "doubted"
    """Somebody who does not sign it noted that the meeting did not take place; the signer hears of it."""


_P, _K = ProgressState, StepKind

NEXT: dict[tuple[ProgressState, StepKind], ProgressState] = {
    (_P.OPEN, _K.SUBMITTED): _P.SUBMITTED,
    (_P.RETURNED, _K.SUBMITTED): _P.SUBMITTED,
    (_P.SUBMITTED, _K.SUBMITTED): _P.SUBMITTED,
    (_P.OPEN, _K.WITHDRAWN): _P.OPEN,
    (_P.SUBMITTED, _K.WITHDRAWN): _P.OPEN,
    (_P.RETURNED, _K.WITHDRAWN): _P.OPEN,
    (_P.OPEN, _K.ACCEPTED): _P.ACCEPTED,
    (_P.SUBMITTED, _K.ACCEPTED): _P.ACCEPTED,
    (_P.RETURNED, _K.ACCEPTED): _P.ACCEPTED,
    (_P.OPEN, _K.RETURNED): _P.RETURNED,
    (_P.SUBMITTED, _K.RETURNED): _P.RETURNED,
    (_P.RETURNED, _K.RETURNED): _P.RETURNED,
    (_P.OPEN, _K.PASSED): _P.ACCEPTED,
    (_P.SUBMITTED, _K.PASSED): _P.ACCEPTED,
    (_P.RETURNED, _K.PASSED): _P.ACCEPTED,
    (_P.APPEALED, _K.PASSED): _P.ACCEPTED,
    (_P.OPEN, _K.MET): _P.ACCEPTED,
    (_P.SUBMITTED, _K.MET): _P.ACCEPTED,
    (_P.RETURNED, _K.MET): _P.ACCEPTED,
    (_P.APPEALED, _K.MET): _P.ACCEPTED,
    (_P.OPEN, _K.REPORTED): _P.SUBMITTED,
    (_P.RETURNED, _K.REPORTED): _P.SUBMITTED,
    (_P.SUBMITTED, _K.UNMET): _P.OPEN,
    (_P.ACCEPTED, _K.UNMET): _P.OPEN,
    (_P.ACCEPTED, _K.DOUBTED): _P.ACCEPTED,
    (_P.ACCEPTED, _K.REOPENED): _P.OPEN,
    (_P.RETURNED, _K.APPEALED): _P.APPEALED,
    (_P.APPEALED, _K.APPEAL_GRANTED): _P.ACCEPTED,
    (_P.APPEALED, _K.APPEAL_DECLINED): _P.RETURNED,
    (_P.OPEN, _K.EXCUSED): _P.EXCUSED,
    (_P.SUBMITTED, _K.EXCUSED): _P.EXCUSED,
    (_P.RETURNED, _K.EXCUSED): _P.EXCUSED,
    (_P.EXCUSED, _K.EXCUSE_LIFTED): _P.OPEN,
    (_P.OPEN, _K.EXTENDED): _P.OPEN,
    (_P.SUBMITTED, _K.EXTENDED): _P.SUBMITTED,
    (_P.RETURNED, _K.EXTENDED): _P.RETURNED,
}

DONE = frozenset({ProgressState.ACCEPTED, ProgressState.EXCUSED})


class StepNotPossible(Refused):
    """The milestone is not where this step begins (often: somebody else was quicker)."""

    code = "milestone_step_not_possible"
    status = 409


def after(current: ProgressState, step: StepKind) -> ProgressState:
    """Return the state after ``step``; raise StepNotPossible when it does not begin here."""
    try:
        return NEXT[current, step]
    except KeyError:
        raise StepNotPossible(current=current.value, step=step.value) from None


def step_of_meeting(state: ProgressState, *, signs: bool) -> StepKind | None:
    """Return the step that a meeting takes on the milestone it was for, when it is noted that it took place.

    ``signs``: whoever notes it signs the milestone off. Anybody else's word waits for the signer. None: no step.
    """
    kind = StepKind.MET if signs else StepKind.REPORTED
    return kind if (state, kind) in NEXT else None


def step_of_no_meeting(
    state: ProgressState, kinds: Sequence[StepKind], *, signs: bool, noted: bool, confirmed: bool
) -> StepKind | None:
    """Return the step when a meeting that had counted did not take place after all; None: no step.

    ``kinds``: the steps so far, oldest first; ``noted``: another meeting for the milestone took place, and
    ``confirmed``: by the word of its mentor. What was decided otherwise, by evidence or an appeal, stays.
    """
    if not is_by_meeting(kinds) or confirmed:
        return None
    if state is ProgressState.ACCEPTED:
        return StepKind.UNMET if signs else StepKind.DOUBTED
    return StepKind.UNMET if state is ProgressState.SUBMITTED and not noted else None


def is_by_meeting(kinds: Sequence[StepKind]) -> bool:
    """Whether a milestone stands where it does because of a meeting; ``kinds``: its steps, oldest first."""
    moved = [kind for kind in kinds if kind not in {StepKind.EXTENDED, StepKind.DOUBTED}]
    return bool(moved) and moved[-1] in {StepKind.MET, StepKind.REPORTED}


def due_date(started_at: datetime | None, due_after_days: int | None, own: date | None) -> date | None:
    """Return when a student's milestone is due: the own date, else counted from the start of the mentorship."""
    if own is not None:
        return own
    if started_at is None or due_after_days is None:
        return None
    return started_at.date() + timedelta(days=due_after_days)


def is_overdue(state: ProgressState, due: date | None, *, today: date, closed: bool = False) -> bool:
    """Whether the student is late: past the date, the track runs, and it is the student's turn."""
    turn = state in {ProgressState.OPEN, ProgressState.RETURNED}
    return due is not None and today > due and turn and not closed


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one student stands with one milestone, its date counted out for this student."""

    milestone_id: int
    position: int
    title: str
    stage: str
    proof: Proof
    signer: Signer
    weight: int
    needed_for_certificate: bool
    state: ProgressState
    due: date | None
    overdue: bool
    days_late: int
    submitted_at: datetime | None
    decided_at: datetime | None
    instrument_id: int | None = None
    test_id: int | None = None
    signer_role: str | None = None
    """Of which role the mentor is who signs; None: any of the student's mentors."""

    def is_signed_in(self, role: str) -> bool:
        """Say whether a mentor in this role signs it off."""
        return self.signer is Signer.MENTOR and self.signer_role in {None, role}

    @property
    def done(self) -> bool:
        """Whether nothing more is asked of anybody."""
        return self.state in DONE

    @property
    def with_others(self) -> bool:
        """Whether somebody other than the student has to act."""
        return self.state in {ProgressState.SUBMITTED, ProgressState.APPEALED}


@dataclass(frozen=True, slots=True)
class StudentProgress:
    """One student's whole way, in the track's order. ``closed``: the track is, so that it is nobody's turn."""

    student_id: int
    milestones: tuple[Standing, ...]
    closed: bool = False

    @property
    def done(self) -> int:
        """How many milestones are accepted or excused."""
        return sum(one.done for one in self.milestones)

    @property
    def total(self) -> int:
        """How many milestones the track asks for."""
        return len(self.milestones)

    @property
    def overdue(self) -> tuple[Standing, ...]:
        """The late milestones."""
        return tuple(one for one in self.milestones if one.overdue)

    @property
    def next_step(self) -> Standing | None:
        """What the student does next: what came back first, then the earliest that is open; None: nothing now."""
        return None if self.closed else next_step(self.milestones)

    @property
    def knots(self) -> tuple[str, ...]:
        """One word for each milestone, as the path and its dots want it: done, now, wait, late, next."""
        lit = self.next_step
        return tuple(knot(one, is_next=one is lit) for one in self.milestones)


def next_step(milestones: Sequence[Standing]) -> Standing | None:
    """Return the milestone that is the student's turn now: returned ones before open ones, else in order."""
    turns = [one for one in milestones if one.state in {ProgressState.RETURNED, ProgressState.OPEN}]
    return next((one for one in turns if one.state is ProgressState.RETURNED), turns[0] if turns else None)


def knot(standing: Standing, *, is_next: bool) -> str:
    """Return the knot's word: done, wait, late, now or next."""
    if standing.done:
        return "done"
    if standing.with_others:
        return "wait"
    if standing.overdue:
        return "late"
    return "now" if is_next else "next"


class NotTheSigner(NotAllowed):
    """Somebody else signs this milestone off."""

    code = "not_the_signer"


def check_signer(signer: Signer, *, is_faculty: bool, is_own_mentor: bool, has_mentor: bool) -> None:
    """Raise NotTheSigner unless the person may decide: faculty where they sign or nobody mentors; else the mentor."""
    if not may_sign(signer, is_faculty=is_faculty, is_own_mentor=is_own_mentor, has_mentor=has_mentor):
        raise NotTheSigner(signer=signer.value)


def may_sign(signer: Signer, *, is_faculty: bool, is_own_mentor: bool, has_mentor: bool) -> bool:
    """Whether the person may accept, return or assess."""
    if signer is Signer.FACULTY:
        return is_faculty
    return is_own_mentor or (is_faculty and not has_mentor)


def minutes_to_read(words: int, *, has_link: bool = False, has_file: bool = False) -> int:
    """Return about how long reading takes: 200 words a minute, four minutes for a file, three for a link."""
    return max(1, round(words / 200)) + 3 * has_link + 4 * has_file
