"""Read a course's list: queue the reading, and bring what it says into the course as a whole, or not at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from lti_mentoring.db import announce
from lti_mentoring.domain.events import JobQueued
from lti_mentoring.domain.roster import RosterChange, compare, without_believed
from lti_mentoring.errors import Refused
from lti_mentoring.lti.roster import MemberStatus
from lti_mentoring.models import (
    Context,
    Deployment,
    Job,
    JobKind,
    JobState,
    MembershipStatus,
    Registration,
    Seat,
    Track,
)
from lti_mentoring.services import jobs
from lti_mentoring.services.auditing import record, record_all
from lti_mentoring.services.enrolling import (
    PART,
    enrol,
    in_parts,
    known_members,
    mark_status,
)
from lti_mentoring.services.grading import recompute_track

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.roster import Known
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.lti.roster import Roster
    from lti_mentoring.services.jobs import ClaimedJob


class NoRoster(Refused):
    """The platform has not offered the course's list to this tool."""

    code = "no_roster"
    status = 409


class NothingHeld(Refused):
    """The list is not held back any more: somebody else has answered, or a newer reading came."""

    code = "nothing_held"
    status = 409


@dataclass(frozen=True, slots=True)
class RosterSource:
    """Where a course's list is read."""

    registration_id: int
    deployment_id: str
    url: str
    context_id: str


def queue_roster(session: Session, by: Sitter, *, now: datetime) -> Job:
    """Queue the reading of the sitter's course list; one open job for a course, so a second press finds the first.

    Raises NoRoster where the platform offers none.
    """
    if by.context_id is None:
        raise NoRoster
    course = session.get_one(Context, by.context_id)
    if course.memberships_url is None:
        raise NoRoster
    course.roster_started_at = now
    return jobs.start_job(session, JobKind.ROSTER, course.id, by, now=now)


def roster_source(session: Session, claimed: ClaimedJob) -> RosterSource:
    """Return where to read; raise NoRoster when the platform has withdrawn it."""
    course, deployment, registration = session.execute(
        select(Context, Deployment, Registration)
        .join(Deployment, Deployment.id == Context.deployment_id)
        .join(Registration, Registration.id == Context.registration_id)
        .where(Context.id == claimed.context_id)
    ).one()
    if course.memberships_url is None:
        raise NoRoster
    return RosterSource(
        registration_id=registration.id,
        deployment_id=deployment.deployment_id,
        url=course.memberships_url,
        context_id=course.context_id,
    )


def sync_roster(
    session: Session, claimed: ClaimedJob, roster: Roster, *, read_at: datetime, now: datetime
) -> RosterChange | None:
    """Bring a whole list into the course and end the job; None when the job has passed to another worker.

    A fall that is too large is held back: nothing is changed, and the job waits for a person. The number of
    statements grows with parts of PART people, not with people. ``read_at``: when reading began.
    """
    if jobs.held_job(session, claimed) is None:
        return None
    course = session.get_one(Context, claimed.context_id, with_for_update=True)
    held = known_members(session, course.id)
    active, off = _listed(roster, held)
    change = compare(held.values(), active, off, read_at=read_at)
    believed = claimed.detail.get("believed", ())
    if without_believed(change, believed).is_held:
        gone = sorted(change.gone)
        jobs.hold(session, claimed, now=now, gone=gone, known=change.known, listed=len(roster.members))
        return change
    new = _apply(session, course, roster, held, change, now=now)
    told: dict[str, Any] = {
        "new": new,
        "back": len(change.back),
        "maybe_left": len(change.maybe_left),
        "left": len(change.left),
    }
    jobs.finish(session, claimed, now=now, total=len(roster.members), **told)
    record(
        session, None, "roster.read", "context", course.id, now=now,
        institution_id=course.institution_id, context_id=course.id, people=len(roster.members), **told,
    )  # fmt: skip
    return change


def confirm_hold(session: Session, by: Sitter, job_id: int, *, now: datetime) -> Job:
    """Say that those who are missing are really gone: the list is read once more and then believed about them.

    The list is read anew so that nothing is decided on an old one; if still more are missing then, it asks again.
    """
    job = _held(session, by, job_id)
    job.detail = {**job.detail, "believed": job.detail["gone"]}
    job.state, job.attempts, job.done, job.total = JobState.QUEUED, 0, 0, None
    record(session, by, "roster.confirmed", "job", job.id, now=now, gone=len(job.detail["gone"]))
    announce(session, JobQueued(job.id))
    return job


def dismiss_hold(session: Session, by: Sitter, job_id: int, *, now: datetime) -> Job:
    """Keep everybody: the list that was held back changes nothing."""
    job = _held(session, by, job_id)
    job.state, job.finished_at = JobState.DONE, now
    job.detail = {**job.detail, "kept": len(job.detail["gone"])}
    course = session.get_one(Context, job.context_ref)
    course.roster_synced_at = now
    record(session, by, "roster.dismissed", "job", job.id, now=now, kept=len(job.detail["gone"]))
    return job


def _held(session: Session, by: Sitter, job_id: int) -> Job:
    job = jobs.find_job(session, by, job_id)
    if job.state is not JobState.HELD or job.kind is not JobKind.ROSTER:
        raise NothingHeld
    return job


def _listed(roster: Roster, held: Mapping[str, Known]) -> tuple[set[int], set[int]]:
    """Return whom of the known people the list names as active, and whom as switched off."""
    active: set[int] = set()
    off: set[int] = set()
    for member in roster.members:
        if member.user_id in held:
            (active if member.status is MemberStatus.ACTIVE else off).add(held[member.user_id].person_id)
    return active, off


def _apply(
    session: Session,
    course: Context,
    roster: Roster,
    held: Mapping[str, Known],
    change: RosterChange,
    *,
    now: datetime,
) -> int:
    """Write a whole list; return how many people are new in the course."""
    active = [member for member in roster.members if member.status is MemberStatus.ACTIVE]
    enrol(session, course, active, now=now)
    _apply_absence(session, course, change, now=now)
    course.roster_synced_at = now
    return sum(member.user_id not in held for member in active)


def _apply_absence(session: Session, course: Context, change: RosterChange, *, now: datetime) -> None:
    mark_status(session, course.id, change.maybe_left, MembershipStatus.MAYBE_LEFT, now=now)
    mark_status(session, course.id, change.left, MembershipStatus.LEFT, now=now)
    _end_seats(session, course.id, change.left, now=now)
    for action, people in (
        ("membership.back", change.back),
        ("membership.maybe_left", change.maybe_left),
        ("membership.left", change.left),
    ):
        record_all(
            session, None, action, "person", {number: {} for number in sorted(people)},
            now=now, institution_id=course.institution_id, context_id=course.id,
        )  # fmt: skip
    if change.back or change.left:
        session.flush()
        for track_id in session.scalars(select(Track.id).where(Track.context_ref == course.id)).all():
            recompute_track(session, track_id, now=now)


def _end_seats(session: Session, context_id: int, people: Collection[int], *, now: datetime) -> None:
    for part in in_parts(sorted(people), PART):
        session.execute(
            update(Seat)
            .where(Seat.context_ref == context_id, Seat.person_id.in_(part), Seat.ended_at.is_(None))
            .values(ended_at=now)
            .execution_options(synchronize_session=False)
        )
