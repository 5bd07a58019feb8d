"""Meetings as the two of a mentorship read them, and what they are in numbers for faculty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, and_, cast, false, func, or_, select

from lti_mentoring.domain.meetings import LONGEST, OPEN, MeetingState, Stands, acts, overlap, stands
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Meeting,
    MeetingNote,
    Mentor,
    Mentorship,
    Milestone,
    Person,
)
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.standings import open_mentorship

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.meetings import Act
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

MOST_PAST = 100
"""Of what is over the newest."""
Guide, Student = alias_of(Person), alias_of(Person)


@dataclass(frozen=True, slots=True)
class MeetingView:
    """One meeting as one of the two reads it. ``mine``: who reads named the time."""

    meeting_id: int
    key: str
    other: str
    student_id: int
    track_id: int
    role: str
    """In which the mentor serves."""
    starts_at: datetime
    minutes: int
    place: str
    join_url: str
    agenda: str
    domains: tuple[MentoringDomain, ...]
    state: MeetingState
    version: int
    mine: bool
    ended: bool
    """The two work together no more."""
    milestone_id: int | None
    """What it proves once it has taken place; None: nothing, or the milestone was taken out."""
    milestone_title: str
    recorded_at: datetime | None
    updated_at: datetime

    def acts(self, now: datetime) -> frozenset[Act]:
        """Return what the reader can do."""
        return acts(
            self.state, mine=self.mine, starts_at=self.starts_at, recorded_at=self.recorded_at, ended=self.ended,
            now=now,
        )  # fmt: skip

    def stands(self, now: datetime) -> Stands:
        """Return under which heading the reader finds it."""
        return stands(self.state, mine=self.mine, starts_at=self.starts_at, now=now)


@dataclass(frozen=True, slots=True)
class Partner:
    """Somebody with whom the sitter can meet: the mentorship, and the other of the two."""

    mentorship_id: int
    name: str
    student_id: int
    role: str
    since: datetime
    role_name: str = ""


@dataclass(frozen=True, slots=True)
class HeldMeetings:
    """How many meetings a student had with whoever mentors them, and when the last was; all that faculty read."""

    number: int = 0
    last: datetime | None = None


def my_meetings(session: Session, sitter: Sitter, *, now: datetime) -> Mapping[Stands, tuple[MeetingView, ...]]:
    """Return the sitter's meetings in the track: what is to come the next first, what is over the newest first.

    Two statements.
    """
    wanted = _here(sitter).where(Meeting.state.not_in(OPEN))
    over = session.execute(wanted.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(MOST_PAST))
    found: dict[Stands, list[MeetingView]] = {one: [] for one in Stands}
    for view in (*unsettled(session, sitter), *(_view(sitter, row) for row in over)):
        found[view.stands(now)].append(view)
    return {one: tuple(views) for one, views in found.items()}


def unsettled(session: Session, sitter: Sitter) -> tuple[MeetingView, ...]:
    """Return the sitter's meetings in the track that are proposed or agreed, the first one first; one statement."""
    rows = session.execute(_here(sitter).where(Meeting.state.in_(OPEN)).order_by(Meeting.starts_at, Meeting.id))
    return tuple(_view(sitter, row) for row in rows)


def my_meeting(session: Session, sitter: Sitter, meeting_id: int) -> MeetingView:
    """Return one of the sitter's meetings in the track; raise NotFound for anybody else's."""
    row = session.execute(_here(sitter).where(Meeting.id == meeting_id)).one_or_none()
    if row is None:
        raise NotFound
    return _view(sitter, row)


def agreed_meanwhile(
    session: Session, sitter: Sitter, starts_at: datetime, minutes: int, but: int
) -> MeetingView | None:
    """Return a meeting that the sitter has agreed to, in any course, at the same time as one that begins then.

    ``but``: the meeting itself. One statement.
    """
    rows = session.execute(
        _own(sitter)
        .where(
            Meeting.state == MeetingState.AGREED,
            Meeting.id != but,
            Meeting.starts_at < starts_at + timedelta(minutes=minutes),
            Meeting.starts_at > starts_at - timedelta(minutes=LONGEST),
        )
        .order_by(Meeting.starts_at, Meeting.id)
    )
    views = (_view(sitter, row) for row in rows)
    return next((one for one in views if overlap(one.starts_at, one.minutes, starts_at, minutes)), None)


def partners(session: Session, sitter: Sitter, track: Track) -> tuple[Partner, ...]:
    """Return with whom the sitter works together now in the track, by name; one statement."""
    rows = session.execute(
        select(Mentorship, Guide, Student)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Guide, Guide.id == Mentor.person_id)
        .join(Student, Student.id == Mentorship.student_id)
        .where(
            Mentorship.track_id == track.id,
            Mentorship.institution_id == sitter.institution_id,
            side_of(sitter),
            open_mentorship(),
        )
    )
    names = track.role_names
    learns = sitter.role is SeatRole.STUDENT
    found = [
        Partner(
            pair.id,
            (guide if learns else student).shown_name,
            student.id,
            pair.role,
            pair.started_at,
            names.get(pair.role, ""),
        )
        for pair, guide, student in rows
    ]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.mentorship_id)))


def meetings_for(session: Session, sitter: Sitter, milestone_id: int, student_id: int) -> tuple[MeetingView, ...]:
    """Return the sitter's meetings for a student's milestone, the newest first; faculty have none. One statement."""
    rows = session.execute(
        _here(sitter)
        .where(Meeting.milestone_id == milestone_id, Mentorship.student_id == student_id)
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    )
    return tuple(_view(sitter, row) for row in rows)


def my_note(session: Session, sitter: Sitter, meeting_id: int) -> MeetingNote | None:
    """Return the sitter's own note of a meeting, still sealed: nobody is ever given another's."""
    return session.scalars(
        select(MeetingNote).where(
            MeetingNote.institution_id == sitter.institution_id,
            MeetingNote.meeting_id == meeting_id,
            MeetingNote.author_id == sitter.person_id,
        )
    ).one_or_none()


def held_with(session: Session, track: Track, student_id: int) -> HeldMeetings:
    """Return the number of a student's meetings that were held in the track, and the last; one statement."""
    number, last = session.execute(
        select(func.count(), func.max(Meeting.starts_at))
        .join(Mentorship, Mentorship.id == Meeting.mentorship_id)
        .where(*_held_in(track), Mentorship.student_id == student_id)
    ).one()
    return HeldMeetings(number, last)


def meetings_by_domain(session: Session, track: Track) -> Mapping[MentoringDomain, int]:
    """Return how many meetings of the track were about each domain, all four of them in their order; one statement.

    One that was about two counts in both.
    """
    listed = cast(Meeting.domains, Text)
    rows = session.execute(
        select(listed, func.count())
        .join(Mentorship, Mentorship.id == Meeting.mentorship_id)
        .where(*_held_in(track))
        .group_by(listed)
    )
    found = dict.fromkeys(MentoringDomain, 0)
    for text, number in rows:
        for key in json.loads(text):
            found[MentoringDomain(key)] += number
    return found


def _held_in(track: Track) -> tuple[ColumnElement[bool], ...]:
    return (
        Meeting.institution_id == track.institution_id,
        Mentorship.track_id == track.id,
        Meeting.state == MeetingState.HELD,
    )


def side_of(sitter: Sitter) -> ColumnElement[bool]:
    """Return the condition that the sitter is one of the two; faculty are neither, whoever they are."""
    sides = {SeatRole.STUDENT: Mentorship.student_id, SeatRole.MENTOR: Mentor.person_id}
    return sides[sitter.role] == sitter.person_id if sitter.role in sides else false()


def _here(sitter: Sitter) -> Select[*tuple[Any, ...]]:
    """Select the sitter's meetings in the track."""
    return _meetings().where(
        Meeting.institution_id == sitter.institution_id, Mentorship.track_id == sitter.track_id, side_of(sitter)
    )


def _own(sitter: Sitter) -> Select[*tuple[Any, ...]]:
    """Select what the sitter takes part in, on whichever side."""
    either = or_(Mentorship.student_id == sitter.person_id, Mentor.person_id == sitter.person_id)
    return _meetings().where(Meeting.institution_id == sitter.institution_id, either)


def _meetings() -> Select[*tuple[Any, ...]]:
    return (
        select(Meeting, Mentorship, Guide, Student, Milestone)
        .join(Mentorship, Mentorship.id == Meeting.mentorship_id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Guide, Guide.id == Mentor.person_id)
        .join(Student, Student.id == Mentorship.student_id)
        .outerjoin(
            Milestone,
            and_(
                Milestone.id == Meeting.milestone_id,
                Milestone.proof == Proof.MEETING,
                Milestone.retired_at.is_(None),
            ),
        )
    )


def _view(sitter: Sitter, row: Row[*tuple[Any, ...]]) -> MeetingView:
    one, pair, guide, student, proved = row
    return MeetingView(
        meeting_id=one.id, key=one.key, other=(guide if student.id == sitter.person_id else student).shown_name,
        student_id=student.id, track_id=pair.track_id, role=pair.role, starts_at=one.starts_at, minutes=one.minutes,
        place=one.place, join_url=one.join_url, agenda=one.agenda, state=one.state, version=one.version,
        domains=tuple(MentoringDomain(key) for key in one.domains), mine=one.proposed_by_id == sitter.person_id,
        ended=pair.ended_at is not None, milestone_id=proved.id if proved else None,
        milestone_title=proved.title if proved else "", recorded_at=one.recorded_at, updated_at=one.updated_at,
    )  # fmt: skip
