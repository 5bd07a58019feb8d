"""Who waits for a mentor, since when and why: for faculty a list, for a student their own line of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from lti_mentoring.domain import waiting_list
from lti_mentoring.domain.mentor_requests import NOT_AGAIN, RequestState
from lti_mentoring.domain.rank_lists import Window
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.waiting_list import History, Wait, wait_of
from lti_mentoring.models import (
    Match,
    Membership,
    MembershipStatus,
    Mentor,
    MentorRequest,
    Mentorship,
    Person,
    Round,
)
from lti_mentoring.queries.mentors import MentorRow, Paged, paged, with_room
from lti_mentoring.queries.rank_lists import rules_of, who_gave_wishes
from lti_mentoring.queries.rounds import waiting
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.rank_lists import MatchingRules
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

WAITING_PAGE = 25
Here = aliased(Membership)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One student who waits; ``gave_wishes``: a list is there, and nothing more is said of it."""

    person_id: int
    name: str
    maybe_left: bool
    gave_wishes: bool
    wait: Wait


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Who waits, the longest first, and what can be done about it."""

    lines: tuple[WaitingLine, ...]
    paged: Paged
    rules: MatchingRules
    with_room: tuple[MentorRow, ...]
    mentors: int
    draft_id: int | None
    draft_number: int
    not_in_draft: int
    """How many wait who are not in the draft: they came, or lost their mentor, after it was drawn up."""

    @property
    def free(self) -> int:
        """Places that somebody could have now."""
        return sum(one.free for one in self.with_room)


def waiting_page(session: Session, sitter: Sitter, *, number: int = 1) -> WaitingPage:
    """Return who waits in the sitter's track; the same number of statements for ten and for a thousand."""
    track = track_of(session, sitter)
    who = waiting(track).subquery()
    total = session.scalar(select(func.count()).select_from(who)) or 0
    pages = paged(total, number, WAITING_PAGE)
    ended = select(func.max(Mentorship.ended_at)).where(
        Mentorship.track_id == track.id, Mentorship.student_id == Person.id
    )
    since = func.coalesce(ended.scalar_subquery(), Here.joined_at)
    rows = session.execute(
        select(Person, Here.status)
        .join(who, who.c.person_id == Person.id)
        .join(Here, (Here.person_id == Person.id) & (Here.context_ref == track.context_ref))
        .order_by(since.is_not(None), since, Person.name, Person.id)  # not known: from the beginning
        .limit(pages.size)
        .offset(pages.offset)
    ).all()
    people = [person.id for person, _ in rows]
    told, gave = histories(session, track, people), who_gave_wishes(session, track, people)
    draft = session.execute(
        select(Round.id, Round.number)
        .where(Round.track_id == track.id, Round.state == RoundState.DRAFT)
        .order_by(Round.id.desc())
    ).first()
    in_it = select(Match.student_id).where(Match.round_id == (draft.id if draft else None))
    return WaitingPage(
        lines=tuple(
            WaitingLine(
                person.id, person.shown_name, status is MembershipStatus.MAYBE_LEFT, person.id in gave,
                wait_of(told[person.id]),
            )
            for person, status in rows
        ),
        paged=pages,
        rules=rules_of(session, track),
        with_room=with_room(session, track),
        mentors=session.scalar(
            select(func.count()).select_from(Mentor).where(Mentor.track_id == track.id, Mentor.active.is_(True))
        )
        or 0,
        draft_id=draft.id if draft else None,
        draft_number=draft.number if draft else 0,
        not_in_draft=session.scalar(select(func.count()).select_from(who).where(who.c.person_id.not_in(in_it))) or 0,
    )  # fmt: skip


def my_wait(session: Session, track: Track, person_id: int) -> Wait | None:
    """Return how somebody waits; None: has a mentor, or is no student of the course."""
    if session.scalar(waiting(track).where(Membership.person_id == person_id)) is None:
        return None
    return wait_of(histories(session, track, [person_id])[person_id])


def rules_for(session: Session, track: Track, person_id: int, *, today: date) -> MatchingRules:
    """Return the track's rules as they hold for one student: who waits may have no last day for wishes."""
    rules = rules_of(session, track)
    if rules.window(today) is not Window.OVER or session.scalar(
        waiting(track).where(Membership.person_id == person_id)
    ) is None:  # fmt: skip
        return rules
    return waiting_list.rules_for(rules, histories(session, track, [person_id])[person_id], today)


def histories(session: Session, track: Track, people: Collection[int]) -> dict[int, History]:
    """Return what happened to each of these people in the track; five statements."""
    ended = _last_ended(session, track, people)
    passed = _passed_over(session, track, people)
    asked = _asked(session, track, people)
    joined = dict(
        session.execute(
            select(Membership.person_id, Membership.joined_at).where(
                Membership.context_ref == track.context_ref, Membership.person_id.in_(people)
            )
        ).all()
    )
    others = _others_at(session, track)
    return {
        one: History(
            joined_at=joined.get(one),
            opened_at=track.published_at,
            others_at=others,
            **ended.get(one, {}),
            **passed.get(one, {}),
            **asked.get(one, {}),
        )
        for one in people
    }


def _last_ended(session: Session, track: Track, people: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Mentorship.student_id, Mentorship.ended_at, Mentorship.end_cause, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentorship.track_id == track.id, Mentorship.student_id.in_(people), Mentorship.ended_at.is_not(None),
        )
        .order_by(Mentorship.ended_at, Mentorship.id)
    )  # fmt: skip
    return {one: {"ended_at": at, "end_cause": cause, "ended_with": who.shown_name} for one, at, cause, who in rows}


def _passed_over(session: Session, track: Track, people: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Match.student_id, func.count(), func.max(Round.published_at), func.max(Round.number))
        .join(Round, Round.id == Match.round_id)
        .where(
            Round.track_id == track.id, Round.state == RoundState.PUBLISHED, Match.mentor_id.is_(None),
            Match.student_id.in_(people),
        )
        .group_by(Match.student_id)
    )  # fmt: skip
    return {one: {"passed_over": times, "passed_at": at, "round_number": last} for one, times, at, last in rows}


def _asked(session: Session, track: Track, people: Collection[int]) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(MentorRequest.student_id, MentorRequest.state, MentorRequest.answered_at, MentorRequest.reply_by)
        .where(MentorRequest.track_id == track.id, MentorRequest.student_id.in_(people))
        .order_by(MentorRequest.id)
    )
    found: dict[int, dict[str, Any]] = {}
    for one, state, answered_at, reply_by in rows:
        if state is RequestState.ASKED:
            found.setdefault(one, {})["reply_by"] = reply_by
        elif state in NOT_AGAIN:
            found.setdefault(one, {})["refused_at"] = answered_at
    return found


def _others_at(session: Session, track: Track) -> datetime | None:
    published = select(func.min(Round.published_at)).where(
        Round.track_id == track.id, Round.state == RoundState.PUBLISHED
    )
    began = select(func.min(Mentorship.started_at)).where(Mentorship.track_id == track.id)
    return session.scalar(select(func.coalesce(published.scalar_subquery(), began.scalar_subquery())))
