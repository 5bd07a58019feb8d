"""Propose a meeting, answer, move it, call it off, and say whether it took place; and keep one's own note of it.

What a meeting proves is carried on by ``meeting_proofs``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from lti_mentoring.domain.meetings import (
    AS_PLANNED,
    LONGEST_NOTE,
    RECORDED,
    Act,
    ActNotPossible,
    Fault,
    MeetingChanged,
    MeetingRefused,
    MeetingState,
    NoteChanged,
    acts,
    check_talk,
    ends_with_mentorship,
    overlap,
)
from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Context, Meeting, MeetingNote, Mentor, Mentorship, Person, Track, TrackState
from lti_mentoring.models.base import new_key
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.clocks import zones_of
from lti_mentoring.queries.meetings import my_meeting, side_of
from lti_mentoring.queries.standings import open_mentorship
from lti_mentoring.services.auditing import record, record_all
from lti_mentoring.services.mailing import Letter, write_mails
from lti_mentoring.services.meeting_proofs import check_proves, count_held, count_missed, hold_progress
from lti_mentoring.services.steps import TrackClosed
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.meetings import Plan
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.sealing import Sealer

DOES_NOT_HEAR = {EndCause.STUDENT_LEFT: "student", EndCause.MENTOR_LEFT: "mentor"}
"""Whoever left the course hears of nothing more from it."""


def propose(session: Session, by: Sitter, mentorship_id: int, plan: Plan, *, now: datetime) -> Meeting:
    """Name a time to the other of two who work together now, and tell them; a proposal that says the same is that one.

    Raises NotFound for any other mentorship and for a milestone that no meeting of theirs proves, TrackClosed in a
    track that is not open, and MeetingRefused.
    """
    pair = _open_pair(session, by, mentorship_id)
    plan.check(now=now)
    check_proves(session, pair, plan.milestone_id)
    twin = _twin(session, by, pair, plan, MeetingState.PROPOSED)
    return twin or _made(session, by, pair, plan, MeetingState.PROPOSED, "proposed", now=now)


def note_held(session: Session, by: Sitter, mentorship_id: int, plan: Plan, *, now: datetime) -> Meeting:
    """Note a meeting that took place and that nobody had planned, and tell the other; the same noted twice is one.

    Raises as ``propose`` does, and MeetingRefused where one of the two has noted a meeting of theirs at that time.
    """
    hold_progress(session, by, mentorship_id, [plan.milestone_id], make=True)
    pair = _open_pair(session, by, mentorship_id)
    plan.check_held(since=pair.started_at, now=now)
    check_proves(session, pair, plan.milestone_id)
    twin = _twin(session, by, pair, plan, MeetingState.HELD)
    if twin is not None:
        return twin
    _check_alone(session, pair, plan)
    made = _made(session, by, pair, plan, MeetingState.HELD, "held", now=now)
    count_held(session, by, pair, made, first=True, now=now)
    return made


def agree(session: Session, by: Sitter, meeting_id: int, version: int, *, now: datetime) -> Meeting:
    """Agree to the time that the other side named."""
    pair, found = _hold(session, by, meeting_id, version, Act.AGREE, now=now)
    _change(session, found, now, state=MeetingState.AGREED)
    _settled(session, by, pair, found, "agreed", now=now)
    return found


def move(session: Session, by: Sitter, meeting_id: int, version: int, plan: Plan, *, now: datetime) -> Meeting:
    """Propose another time, place or agenda: the other side is asked anew. Raises MeetingRefused as well."""
    pair, found = _hold(session, by, meeting_id, version, Act.MOVE, now=now)
    plan.check(now=now)
    check_proves(session, pair, plan.milestone_id)
    _change(session, found, now, state=MeetingState.PROPOSED, **_said(by, plan))
    _settled(session, by, pair, found, "moved", now=now)
    return found


def cancel(session: Session, by: Sitter, meeting_id: int, version: int, *, now: datetime) -> Meeting:
    """Call a meeting off before it begins."""
    pair, found = _hold(session, by, meeting_id, version, Act.CANCEL, now=now)
    _change(session, found, now, state=MeetingState.CANCELLED)
    _settled(session, by, pair, found, "cancelled", now=now)
    return found


def record_met(
    session: Session,
    by: Sitter,
    meeting_id: int,
    version: int,
    minutes: int,
    domains: Sequence[MentoringDomain],
    *,
    milestone_id: int | None = AS_PLANNED,
    now: datetime,
) -> Meeting:
    """Say that the two met, how long, what it was about, and what for; once more: correct what was recorded."""
    _hold_proved(session, by, meeting_id, milestone_id, make=True)
    pair, found = _hold(session, by, meeting_id, version, Act.MET, now=now)
    check_talk(minutes, domains)
    was_held, was_for = found.state is MeetingState.HELD, found.milestone_id
    proves = was_for if milestone_id == AS_PLANNED else milestone_id
    if proves != was_for:
        check_proves(session, pair, proves)
    said = {"minutes": minutes, "domains": _in_order(domains), "milestone_id": proves}
    _record(session, by, pair, found, MeetingState.HELD, now, **said)
    if was_held and proves != was_for:
        count_missed(session, by, pair, was_for, now=now)
    count_held(session, by, pair, found, first=not was_held or proves != was_for, now=now)
    return found


def record_missed(session: Session, by: Sitter, meeting_id: int, version: int, *, now: datetime) -> Meeting:
    """Say that the meeting did not take place; after the other was recorded: correct it."""
    _hold_proved(session, by, meeting_id, AS_PLANNED, make=False)
    pair, found = _hold(session, by, meeting_id, version, Act.MISSED, now=now)
    was_held = found.state is MeetingState.HELD
    _record(session, by, pair, found, MeetingState.MISSED, now)
    if was_held:
        count_missed(session, by, pair, found.milestone_id, now=now)
    return found


def cancel_with(session: Session, by: Sitter, ended: Sequence[Mentorship], cause: EndCause, *, now: datetime) -> None:
    """Call off what those of ended mentorships had before them. The number of statements does not grow."""
    pairs = {one.id: one for one in ended}
    may_end = (Meeting.state == MeetingState.PROPOSED) | (Meeting.state == MeetingState.AGREED)
    open_ones = session.scalars(
        select(Meeting).where(Meeting.mentorship_id.in_(list(pairs)), may_end).order_by(Meeting.id).with_for_update()
    )
    off = [one for one in open_ones if ends_with_mentorship(one.state, one.starts_at, now=now)]
    if not off:
        return
    session.execute(
        update(Meeting)
        .where(Meeting.id.in_([one.id for one in off]))
        .values(state=MeetingState.CANCELLED, version=Meeting.version + 1, updated_at=now)
    )
    track = session.get_one(Track, pairs[off[0].mentorship_id].track_id)
    record_all(
        session, by, "meeting.cancelled", "meeting",
        {one.id: {"mentorship_id": one.mentorship_id, "cause": cause.value} for one in off},
        now=now, institution_id=track.institution_id, context_id=track.context_ref,
    )  # fmt: skip
    hears = {"student", "mentor"} - {DOES_NOT_HEAR.get(cause)}
    _write(session, track, [(one, pairs[one.mentorship_id], side) for one in off for side in sorted(hears)],
           "cancelled", now=now)  # fmt: skip


def save_note(
    session: Session, by: Sitter, meeting_id: int, version: int, text: str, sealer: Sealer, *, now: datetime
) -> None:
    """Keep what one of the two notes for themselves, sealed; nothing written takes the note away.

    Raises NotFound for others' meetings, NoteChanged where the author's other window was quicker.
    """
    my_meeting(session, by, meeting_id)
    known, key = {"meeting_id": meeting_id, "author_id": by.person_id}, new_key()
    empty = sealer.seal("", place_of(MeetingNote(key=key), "sealed_text"))
    first = {
        "institution_id": by.institution_id, "key": key, "sealed_text": empty, "version": 0, "updated_at": now,
    }  # fmt: skip
    number = upsert(session, MeetingNote, known, by=tuple(known), first=first)
    note = session.get_one(MeetingNote, number, with_for_update=True, populate_existing=True)
    if note.version != version:
        raise NoteChanged
    if text:
        note.sealed_text = sealer.seal(text[:LONGEST_NOTE], place_of(note, "sealed_text"))
        note.version, note.updated_at = version + 1, now
    else:
        session.delete(note)
    session.flush()
    record(session, by, "meeting.noted", "meeting", meeting_id, now=now)


def _open_pair(session: Session, by: Sitter, mentorship_id: int) -> Mentorship:
    """Return a mentorship of the sitter's, locked, of two who work together now; raise NotFound or TrackClosed."""
    pair = session.scalars(_pairs(by).where(Mentorship.id == mentorship_id, open_mentorship())).one_or_none()
    if pair is None:
        raise NotFound
    _check_running(session, pair)
    return pair


def _twin(session: Session, by: Sitter, pair: Mentorship, plan: Plan, state: MeetingState) -> Meeting | None:
    """Return the meeting of which the sitter has said the very same before."""
    said = _said(by, plan)
    same = session.scalars(
        select(Meeting).where(
            Meeting.mentorship_id == pair.id, Meeting.state == state, Meeting.starts_at == plan.starts_at,
            Meeting.proposed_by_id == by.person_id,
        )
    )  # fmt: skip
    return next((one for one in same if all(getattr(one, name) == value for name, value in said.items())), None)


def _made(
    session: Session, by: Sitter, pair: Mentorship, plan: Plan, state: MeetingState, what: str, *, now: datetime
) -> Meeting:
    recorded = {"recorded_by_id": by.person_id, "recorded_at": now} if state in RECORDED else {}
    made = Meeting(
        institution_id=pair.institution_id, key=new_key(), mentorship_id=pair.id, state=state, version=1,
        updated_at=now, **_said(by, plan), **recorded,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _settled(session, by, pair, made, what, now=now)
    return made


def _hold_proved(session: Session, by: Sitter, meeting_id: int, milestone_id: int | None, *, make: bool) -> None:
    """Lock what a meeting proves, and what it is said to prove now, before the two of it."""
    of_it = select(Meeting.mentorship_id, Meeting.milestone_id).where(Meeting.id == meeting_id)
    for mentorship_id, was_for in session.execute(of_it).all():
        hold_progress(session, by, mentorship_id, {was_for, milestone_id}, make=make)


def _check_alone(session: Session, pair: Mentorship, plan: Plan) -> None:
    """Raise MeetingRefused where another meeting of the two took place at the same time."""
    held = session.scalars(
        select(Meeting).where(Meeting.mentorship_id == pair.id, Meeting.state == MeetingState.HELD)
    )  # fmt: skip
    if any(overlap(one.starts_at, one.minutes, plan.starts_at, plan.minutes) for one in held):
        raise MeetingRefused(Fault.ALREADY)


def _pairs(by: Sitter) -> Select[Mentorship]:
    """Select the sitter's mentorships in the track, locked before their meetings, as whoever ends them does."""
    return (
        select(Mentorship)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .where(Mentorship.institution_id == by.institution_id, Mentorship.track_id == by.track_id, side_of(by))
        .with_for_update(of=Mentorship)
        .execution_options(populate_existing=True)
    )


def _hold(
    session: Session, by: Sitter, meeting_id: int, version: int, act: Act, *, now: datetime
) -> tuple[Mentorship, Meeting]:
    """Return a meeting of the sitter's, locked, with which this can be done now.

    Raises NotFound for others' meetings, MeetingChanged where it is not the version that was shown, ActNotPossible and
    TrackClosed.
    """
    of_it = select(Meeting.mentorship_id).where(Meeting.id == meeting_id).scalar_subquery()
    pair = session.scalars(_pairs(by).where(Mentorship.id == of_it)).one_or_none()
    if pair is None:
        raise NotFound
    found = session.get_one(Meeting, meeting_id, with_for_update=True, populate_existing=True)
    if found.version != version:
        raise MeetingChanged
    if act is not Act.CANCEL:
        _check_running(session, pair)
    mine, ended = found.proposed_by_id == by.person_id, pair.ended_at is not None
    if act not in acts(
        found.state, mine=mine, starts_at=found.starts_at, recorded_at=found.recorded_at, ended=ended, now=now
    ):
        raise ActNotPossible
    return pair, found


def _check_running(session: Session, pair: Mentorship) -> None:
    """Raise TrackClosed where the track is not open."""
    if session.get_one(Track, pair.track_id).state is not TrackState.PUBLISHED:
        raise TrackClosed


def _in_order(domains: Sequence[MentoringDomain]) -> list[str]:
    return [one.value for one in MentoringDomain if one in domains]


def _said(by: Sitter, plan: Plan) -> dict[str, Any]:
    return {
        "proposed_by_id": by.person_id, "starts_at": plan.starts_at, "timezone": plan.zone, "minutes": plan.minutes,
        "place": plan.place, "join_url": plan.join_url, "agenda": plan.agenda, "milestone_id": plan.milestone_id,
        "domains": _in_order(plan.domains),
    }  # fmt: skip


def _change(session: Session, found: Meeting, now: datetime, **values: Any) -> None:
    for name, value in {**values, "version": found.version + 1, "updated_at": now}.items():
        setattr(found, name, value)
    session.flush()


def _record(
    session: Session, by: Sitter, pair: Mentorship, found: Meeting, state: MeetingState, now: datetime, **values: Any
) -> None:
    first = found.recorded_at or now
    _change(session, found, now, state=state, recorded_by_id=by.person_id, recorded_at=first, **values)
    pair.contact_at = now
    record(session, by, f"meeting.{state.value}", "meeting", found.id, now=now, mentorship_id=pair.id)


def _settled(session: Session, by: Sitter, pair: Mentorship, found: Meeting, what: str, *, now: datetime) -> None:
    """Write down what was done, and tell the other side."""
    pair.contact_at = now
    record(session, by, f"meeting.{what}", "meeting", found.id, now=now, mentorship_id=pair.id)
    other = "mentor" if by.role is SeatRole.STUDENT else "student"
    _write(session, session.get_one(Track, pair.track_id), [(found, pair, other)], what, now=now)


def _write(
    session: Session, track: Track, told: Sequence[tuple[Meeting, Mentorship, str]], what: str, *, now: datetime
) -> None:
    """Tell one side of each meeting who does what, and when it is by the reader's clock; never what it is about."""
    guides = dict(
        session.execute(
            select(Mentor.id, Mentor.person_id).where(Mentor.id.in_({pair.mentor_id for _one, pair, _side in told}))
        ).all()
    )
    sides = [
        (one, (pair.student_id, guides[pair.mentor_id])[:: 1 if side == "student" else -1]) for one, pair, side in told
    ]
    people = {number for _one, two in sides for number in two}
    names = {who.id: who.shown_name for who in session.scalars(select(Person).where(Person.id.in_(people)))}
    zones = zones_of(session, track.institution_id, people)
    letters = [
        Letter(
            reader, "meeting",
            {
                "what": what, "other": names[other], "starts_at": one.starts_at.isoformat(),
                "zone": zones.get(reader, ""), "path": f"/meetings/{one.id}",
            },
            f"meeting:{one.id}:{one.version}:{reader}",
        )
        for one, (reader, other) in sides
    ]  # fmt: skip
    course = session.get_one(Context, track.context_ref).shown_title
    write_mails(
        session, letters, {"course": course, "track": track.title},
        institution_id=track.institution_id, context_id=track.context_ref, now=now,
    )  # fmt: skip
