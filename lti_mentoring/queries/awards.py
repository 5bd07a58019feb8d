"""Awards as their holder and the faculty see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.awarding.certificate import letters_missing
from lti_mentoring.domain.awards import Lack, needed, printed_names, still_missing
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Award, Job, JobKind, Person, Track
from lti_mentoring.queries.standings import track_progress

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.milestones import Standing, StudentProgress
    from lti_mentoring.domain.seats import Sitter

PAGE = 100


@dataclass(frozen=True, slots=True)
class MyCertificate:
    """The student's own page: the award held now, the one withdrawn last, and what is still missing."""

    award: Award | None
    withdrawn: Award | None
    needed: tuple[Standing, ...]
    missing: tuple[Lack, ...]
    closed: bool
    """Whether the track is: then nothing more can be reached."""

    @property
    def done(self) -> int:
        """How many of the needed milestones are reached or excused."""
        return sum(one.done for one in self.needed)


@dataclass(frozen=True, slots=True)
class Ready:
    """Somebody who has earned the certificate and waits for it. ``unprintable``: letters that no font has."""

    student_id: int
    name: str
    done: int
    reached_on: date | None
    unprintable: str


@dataclass(frozen=True, slots=True)
class Issued:
    """One award in the ledger."""

    award_id: int
    public_id: str
    student_id: int
    name: str
    number: str
    issued_at: datetime
    revoked_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The faculty's page: counts over the whole track, one page of what is looked at."""

    ready: tuple[Ready, ...]
    issued: tuple[Issued, ...]
    found_ids: tuple[int, ...]
    """Everybody who waits and fits the search, on this page or not."""
    students: int
    ready_count: int
    issued_count: int
    withdrawn_count: int
    number: int
    pages: int
    asks_something: bool
    job: Job | None
    failures: tuple[tuple[str, str], ...]
    """Whom the last job could not issue to, and the reason's code."""


def my_certificate(session: Session, sitter: Sitter, track: Track, *, today: date) -> MyCertificate:
    """Return the certificate page of the student in the seat."""
    awards = session.scalars(
        select(Award)
        .where(Award.track_id == track.id, Award.person_id == sitter.person_id, Award.level == "")
        .order_by(Award.id.desc())
    ).all()
    person = session.get_one(Person, sitter.person_id)
    way = track_progress(session, track.id, [person.id], today=today)[person.id]
    return MyCertificate(
        award=next((one for one in awards if one.revoked_at is None), None),
        withdrawn=next((one for one in awards if one.revoked_at is not None), None),
        needed=needed(way.milestones),
        missing=still_missing(way.milestones, is_test_person=person.is_test_user),
        closed=way.closed,
    )


def ledger(session: Session, track: Track, *, today: date, show: str = "", q: str = "", number: int = 1) -> Ledger:
    """Return the faculty's page; the same few statements for any number of students.

    ``show`` is "issued", "withdrawn" or "" (who waits); ``q`` looks in names and certificate numbers.
    """
    way = track_progress(session, track.id, None, today=today)
    people = {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(list(way))))}
    rows = _awards(session, track.id)
    live = {row.student_id for row in rows if not row.revoked_at}
    waiting = [_ready(people[one], progress) for one, progress in way.items() if _waits(people[one], progress, live)]
    gone = [row for row in rows if row.revoked_at]
    kinds: dict[str, list[Any]] = {"issued": [row for row in rows if not row.revoked_at], "withdrawn": gone}
    wanted = [row for row in kinds.get(show, _in_order(waiting)) if _fits(row, q)]
    pages = max(1, -(-len(wanted) // PAGE))
    number = min(max(number, 1), pages)
    part = wanted[(number - 1) * PAGE : number * PAGE]
    job = _last_job(session, track.id)
    return Ledger(
        ready=() if show in kinds else tuple(_with_letters(row, people[row.student_id]) for row in part),
        issued=tuple(part) if show in kinds else (),
        found_ids=() if show in kinds else tuple(row.student_id for row in wanted),
        students=len(way),
        ready_count=len(waiting),
        issued_count=len(live),
        withdrawn_count=len(gone),
        number=number,
        pages=pages,
        asks_something=any(one.needed_for_certificate for progress in way.values() for one in progress.milestones),
        job=job,
        failures=_failures(job, people),
    )


def find_award(session: Session, sitter: Sitter, award_id: int, *, badges: bool = False) -> Award:
    """Return a certificate of the sitter's own track (``badges``: or a mentor's badge); raise NotFound."""
    wanted = select(Award).where(
        Award.id == award_id, Award.track_id == sitter.track_id, Award.institution_id == sitter.institution_id
    )
    award = session.scalars(wanted if badges else wanted.where(Award.level == "")).one_or_none()
    if award is None:
        raise NotFound
    return award


def held_award(session: Session, sitter: Sitter, level: str = "") -> Award:
    """Return the award that the person in the seat holds in the track now; raise NotFound.

    ``level``: the badge of that level, and not the certificate.
    """
    award = session.scalars(
        select(Award).where(
            Award.track_id == sitter.track_id, Award.person_id == sitter.person_id, Award.level == level,
            Award.revoked_at.is_(None),
        )
    ).one_or_none()  # fmt: skip
    if award is None:
        raise NotFound
    return award


def track_job(session: Session, sitter: Sitter, job_id: int) -> Job:
    """Return a certificates job of the sitter's track; raise NotFound for any other."""
    job = session.get(Job, job_id)
    if job is None or job.track_id != sitter.track_id or job.kind is not JobKind.CERTIFICATES:
        raise NotFound
    return job


def job_failures(session: Session, job: Job) -> tuple[tuple[str, str], ...]:
    """Return whom a job could not issue to, by name, with the reason's code."""
    ids = [one["student_id"] for one in job.detail.get("failed", ())]
    return _failures(job, {person.id: person for person in session.scalars(select(Person).where(Person.id.in_(ids)))})


def _waits(person: Person, progress: StudentProgress, live: set[int]) -> bool:
    return person.id not in live and not still_missing(progress.milestones, is_test_person=person.is_test_user)


def _ready(person: Person, progress: StudentProgress) -> Ready:
    asked = needed(progress.milestones)
    days = [one.decided_at.date() for one in asked if one.decided_at]
    return Ready(person.id, person.shown_name, len(asked), max(days, default=None), "")


def _with_letters(row: Ready, person: Person) -> Ready:
    names = printed_names(person.shown_name, person.given_name, person.family_name)
    missing = letters_missing(names.name + (names.own_script or ""))
    return Ready(row.student_id, row.name, row.done, row.reached_on, missing)


def _in_order(waiting: list[Ready]) -> list[Ready]:
    return sorted(waiting, key=lambda row: (row.reached_on or date.max, row.name.casefold(), row.student_id))


def _awards(session: Session, track_id: int) -> list[Issued]:
    """Return every award of a track, newest first, without the documents."""
    rows = session.execute(
        select(
            Award.id,
            Award.public_id,
            Award.person_id,
            Award.facts["name"].as_string(),
            Award.facts["number"].as_string(),
            Award.issued_at,
            Award.revoked_at,
            func.coalesce(Award.revoked_reason, ""),
        )
        .where(Award.track_id == track_id, Award.level == "")
        .order_by(Award.id.desc())
    )
    return [Issued(*row) for row in rows]


def _fits(row: Ready | Issued, q: str) -> bool:
    text = row.name if isinstance(row, Ready) else f"{row.name} {row.number}"
    return q.strip().casefold() in text.casefold()


def _last_job(session: Session, track_id: int) -> Job | None:
    return session.scalars(
        select(Job).where(Job.track_id == track_id, Job.kind == JobKind.CERTIFICATES).order_by(Job.id.desc()).limit(1)
    ).first()


def _failures(job: Job | None, people: Mapping[int, Person]) -> tuple[tuple[str, str], ...]:
    failed = job.detail.get("failed", ()) if job else ()
    return tuple((people[one["student_id"]].shown_name, one["code"]) for one in failed if one["student_id"] in people)
