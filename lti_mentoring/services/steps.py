"""What every step on a milestone does: a row locked, a state moved, a line for the timeline and one for the audit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.domain.milestones import ProgressState, Signer, StepKind, after
from lti_mentoring.errors import Conflict, Refused
from lti_mentoring.models import Membership, MembershipStatus, MilestoneProgress, MilestoneStep
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mailing import write_mail
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.models import Milestone
    from lti_mentoring.queries.cases import Case

OPENED = 1
"""The version of a row that was just made, and the one that a page shows where there is no row yet."""


class MilestoneChanged(Conflict):
    """Somebody took a step after the page was opened. Facts: ``theirs``, ``mine``, ``kind``, ``by_name``, ``at``."""

    code = "milestone_changed"


class MilestoneRetired(Refused):
    """The milestone was taken out of the track; what was done stays readable."""

    code = "milestone_retired"
    status = 409


class TrackClosed(Refused):
    """Faculty have closed the track: students and mentors read it, and may still take back what names somebody."""

    code = "track_closed"
    status = 409


def check_running(case: Case) -> None:
    """Raise TrackClosed where the track has ended for the person."""
    if case.is_read_only:
        raise TrackClosed


def open_progress(session: Session, case: Case) -> MilestoneProgress:
    """Return the student's row of a case, locked."""
    return progress_of(session, case.milestone, case.student.id)


def progress_of(session: Session, milestone: Milestone, student_id: int) -> MilestoneProgress:
    """Return a student's row for the milestone, locked; make it when this is the first that happens.

    Two who come at once find the same row: the insert and the lock are one statement.
    """
    session.flush()
    number = upsert(
        session,
        MilestoneProgress,
        {"milestone_id": milestone.id, "student_id": student_id, "track_id": milestone.track_id},
        by=["milestone_id", "student_id"],
        first={
            "institution_id": milestone.institution_id,
            "state": ProgressState.OPEN,
            "draft": "",
            "version": OPENED,
        },
    )
    return session.get_one(MilestoneProgress, number, with_for_update=True, populate_existing=True)


def check_version(progress: MilestoneProgress, version: int, mine: str) -> None:
    """Raise MilestoneChanged, with both versions, when somebody was quicker."""
    if progress.version == version:
        return
    newest = progress.steps[-1] if progress.steps else None
    raise MilestoneChanged(
        theirs=newest.words if newest else "",
        mine=mine,
        kind=newest.kind.value if newest else "",
        by_name=newest.by.shown_name if newest else "",
        at=newest.at if newest else None,
    )


def take_step(
    session: Session,
    case: Case,
    progress: MilestoneProgress,
    kind: StepKind,
    words: str = "",
    *,
    now: datetime,
    evidence_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
) -> MilestoneStep:
    """Move the milestone by one step; raise StepNotPossible where none begins, MilestoneRetired when it is gone."""
    if case.milestone.retired_at is not None:
        raise MilestoneRetired
    before = progress.state
    progress.state = after(before, kind)
    progress.version += 1
    if case.mentorship is not None:
        progress.mentorship_id = case.mentorship.id
    for one in case.theirs:
        one.contact_at = now
    step = MilestoneStep(
        institution_id=case.milestone.institution_id,
        progress=progress,
        kind=kind,
        by_id=case.by.person_id,
        words=words,
        evidence_id=evidence_id,
        at=now,
    )
    session.add(step)
    told: dict[str, Any] = {"milestone": case.milestone.id, "student": case.student.id, "from": before.value}
    told.update(facts or {})
    record(session, case.by, f"milestone.{kind.value}", "milestone_progress", progress.id, now=now, **told)
    session.flush()
    return step


def signers(session: Session, case: Case) -> list[int]:
    """Return who has to decide now: the mentors who sign, or the course's faculty where they do or nobody mentors."""
    if case.milestone.signer is Signer.MENTOR and case.mentors:
        return [one.id for one in case.mentors]
    return faculty_of(session, case)


def faculty_of(session: Session, case: Case) -> list[int]:
    """Return the course's faculty."""
    members = select(Membership.person_id).where(
        Membership.context_ref == case.course.id,
        Membership.is_faculty,
        Membership.status == MembershipStatus.ACTIVE,
    )
    return list(session.scalars(members.order_by(Membership.person_id)))


def tell(
    session: Session, case: Case, people: Iterable[int], kind: str, once: str, *, now: datetime, minutes: int = 0
) -> None:
    """Write one mail to each person about this case; it names the page, never what was written."""
    student = case.student
    for person_id in people:
        own = person_id == student.id
        path = f"/milestones/{case.milestone.id}" if own else f"/students/{student.id}/milestones/{case.milestone.id}"
        facts: dict[str, str | int] = {
            "student": student.shown_name,
            "by": case.by.person_name,
            "milestone": case.milestone.title,
            "course": case.course.shown_title,
            "path": path,
            "minutes": minutes,
        }
        write_mail(session, person_id, kind, facts, f"{kind}:{once}:{person_id}", case.course.id, now)
