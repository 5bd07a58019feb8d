"""Issue a certificate, let its holder show more or less of it, withdraw it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, or_, select

from lti_mentoring.awarding.badge import badge_credential
from lti_mentoring.awarding.signing import sign
from lti_mentoring.awarding.status_list import StatusEntry
from lti_mentoring.domain.awards import NUMBER_LENGTH, NUMBER_LETTERS, release_of, still_missing
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.sentences import needed
from lti_mentoring.errors import NotAllowed, NotFound, Refused
from lti_mentoring.models import Award, Institution, Membership, Mentor, Mentorship, Person, StatusList, Track
from lti_mentoring.queries.standings import track_progress
from lti_mentoring.services.auditing import record
from lti_mentoring.services.certificates import AwardWords, Facts, Subject, badge_facts, facts_of, printed
from lti_mentoring.services.issuers import Desk, Issuer, ensure_issuer, mark_withdrawn, next_entry
from lti_mentoring.services.mailing import write_mail

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


class NotEarned(Refused):
    """Something is still missing. Facts: ``missing`` (how many things), ``name``."""

    code = "certificate_not_earned"
    status = 409


class AlreadyWithdrawn(Refused):
    """The certificate was withdrawn before, by the same press or by somebody else."""

    code = "certificate_withdrawn_already"
    status = 409


def issue(session: Session, sitter: Sitter, student_id: int, desk: Desk, words: AwardWords, *, now: datetime) -> Award:
    """Issue the certificate of the sitter's track to a student who has earned it; asked again, return the one issued.

    Raise NotEarned, NotFound (no student of this course), NotAllowed (one's own) or UnprintableText.
    """
    if student_id == sitter.person_id or sitter.role is not SeatRole.FACULTY:
        raise NotAllowed
    track = own_track(session, sitter)
    student = _student(session, track, student_id)
    issuer = ensure_issuer(session, desk, sitter.institution_id, now=now)
    if standing := live_award(session, track.id, student_id):
        return standing
    subject = _subject(session, sitter, track, student, now=now)
    award = new_award(session, sitter, track, student, facts_of(subject, words, new_digits()), now=now)
    sign_award(session, award, issuer, desk, now=now)
    printed(award, desk.public_url)  # what cannot be printed is refused now, not when the holder downloads it
    session.flush()
    record(session, sitter, "award.issued", "award", award.id, now=now, student_id=student_id, track_id=track.id)
    _tell_holder(session, award, track, "certificate_issued", now=now)
    return award


def release(
    session: Session, sitter: Sitter, wanted: Collection[str], desk: Desk, *, now: datetime, level: str = ""
) -> Award:
    """Let the holder choose what strangers see; the public document is signed anew. Raise NotFound without an award.

    ``level``: of the badge that says it, and not of the certificate.
    """
    mine = (Award.person_id == sitter.person_id, Award.level == level, Award.revoked_at.is_(None))
    award = _locked(session, sitter, *mine)
    chosen = release_of(wanted)
    if chosen == award.released:
        return award
    before, award.released = award.released, chosen
    sign_award(session, award, ensure_issuer(session, desk, sitter.institution_id, now=now), desk, now=now)
    record(session, sitter, f"{_kind(award)}.released", "award", award.id, now=now, before=before, after=chosen)
    session.flush()
    return award


def revoke(session: Session, sitter: Sitter, award_id: int, reason: str, *, now: datetime) -> Award:
    """Withdraw an award of the sitter's track; the reason is for the holder and the faculty.

    Raise NotFound, AlreadyWithdrawn, or WordsNeeded when the reason is no sentence.
    """
    award = _locked(session, sitter, Award.id == award_id)
    words = needed(reason)
    if award.revoked_at is not None:
        raise AlreadyWithdrawn
    withdraw(session, sitter, award, words, now=now)
    return award


def withdraw(session: Session, sitter: Sitter, award: Award, reason: str, *, now: datetime) -> None:
    """Let a live award say from now on that it was withdrawn, and tell its holder; ``reason`` may be blank."""
    award.revoked_at, award.revoked_by_id, award.revoked_reason = now, sitter.person_id, reason
    mark_withdrawn(session, award.status_list_id, award.status_index)
    record(session, sitter, f"{_kind(award)}.revoked", "award", award.id, now=now, reason=reason)
    told = "badge_withdrawn" if award.level else "certificate_withdrawn"
    _tell_holder(session, award, session.get_one(Track, award.track_id), told, now=now)
    session.flush()


def own_track(session: Session, sitter: Sitter) -> Track:
    """Return the track of the seat, in the seat's own course; raise NotFound otherwise."""
    track = session.scalars(
        select(Track).where(
            Track.id == sitter.track_id,
            Track.context_ref == sitter.context_id,
            Track.institution_id == sitter.institution_id,
        )
    ).one_or_none()
    if track is None:
        raise NotFound
    return track


def live_award(session: Session, track_id: int, person_id: int, level: str = "") -> Award | None:
    """Return the certificate that a person holds in a track now, or the badge of a level."""
    mine = (Award.track_id == track_id, Award.person_id == person_id, Award.level == level)
    return session.scalars(select(Award).where(*mine, Award.revoked_at.is_(None))).one_or_none()


def _student(session: Session, track: Track, student_id: int) -> Person:
    enrolled = exists().where(
        Membership.context_ref == track.context_ref, Membership.person_id == student_id, Membership.is_student
    )
    mentored = exists().where(Mentorship.track_id == track.id, Mentorship.student_id == student_id)
    student = session.scalars(
        select(Person).where(
            Person.id == student_id, Person.institution_id == track.institution_id, or_(enrolled, mentored)
        )
    ).one_or_none()
    if student is None:
        raise NotFound
    return student


def _subject(session: Session, sitter: Sitter, track: Track, student: Person, *, now: datetime) -> Subject:
    progress = track_progress(session, track.id, [student.id], today=now.date())[student.id]
    missing = still_missing(progress.milestones, is_test_person=student.is_test_user)
    if missing:
        raise NotEarned(missing=len(missing), name=student.shown_name)
    return Subject(
        institution=session.get_one(Institution, track.institution_id),
        course=track.context,
        track=track,
        student=student,
        milestones=progress.milestones,
        issued_by=sitter.person_name,
        mentors=_mentors(session, track, student),
    )


def _mentors(session: Session, track: Track, student: Person) -> tuple[tuple[str, str], ...]:
    """Return who was last the student's mentor in each role, with what the roles are called; each person once."""
    rows = session.execute(
        select(Mentorship.role, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentorship.track_id == track.id, Mentorship.student_id == student.id)
        .order_by(Mentorship.started_at, Mentorship.id)
    )
    last = {role: person for role, person in rows}  # noqa: C416  # rows are no pairs to mypy
    place = {one["key"]: number for number, one in enumerate(track.mentor_roles)}
    names: dict[int, tuple[str, list[str]]] = {}
    for role in sorted(last, key=lambda one: place.get(one, len(place))):
        names.setdefault(last[role].id, (last[role].shown_name, []))[1].append(track.role_names.get(role, ""))
    return tuple((name, ", ".join(filter(None, roles))) for name, roles in names.values())


def new_digits() -> list[int]:
    """Draw what an award's number is written from."""
    return [secrets.randbelow(len(NUMBER_LETTERS)) for _ in range(NUMBER_LENGTH)]


def new_award(
    session: Session, sitter: Sitter, track: Track, holder: Person, facts: Facts, *, now: datetime, level: str = ""
) -> Award:
    """Make an award with a place of its own in the institution's status list; it is not signed yet."""
    place, entry = next_entry(session, sitter.institution_id, now=now)
    return Award(
        institution_id=sitter.institution_id,
        public_id=secrets.token_hex(16),
        track_id=track.id,
        person_id=holder.id,
        level=level,
        facts=facts,
        salt=secrets.token_urlsafe(24),
        status_list_id=place.id,
        status_index=entry.index,
        issued_at=now,
        issued_by_id=sitter.person_id,
        released=[],
        document={},
    )


def sign_award(session: Session, award: Award, issuer: Issuer, desk: Desk, *, now: datetime) -> None:
    """Sign what the award's holder lets strangers see now."""
    place = session.get_one(StatusList, award.status_list_id)
    entry = StatusEntry(place.public_id, award.status_index)
    award.document = sign(
        badge_credential(badge_facts(award, issuer.facts, entry, desk.public_url)), issuer.key, now=now
    )
    session.add(award)


def _locked(session: Session, sitter: Sitter, *which: object) -> Award:
    """Return the one award of the sitter's track that fits, locked until the commit; raise NotFound for none."""
    track = own_track(session, sitter)
    award = session.scalars(
        select(Award)
        .where(Award.track_id == track.id, *which)  # type: ignore[arg-type]  # conditions of SQLAlchemy
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if award is None:
        raise NotFound
    return award


def _kind(award: Award) -> str:
    return "badge" if award.level else "award"


def _tell_holder(session: Session, award: Award, track: Track, kind: str, *, now: datetime) -> None:
    path = "/profile/badges" if award.level else "/certificate"
    facts: dict[str, str | int] = {"track": track.title, "course": track.context.shown_title, "path": path}
    write_mail(session, award.person_id, kind, facts, f"{kind}:{award.public_id}", track.context_ref, now)
