"""Who waits for a mentor, since when and why: for faculty a list, for a student their own line of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

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
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.rank_lists import rules_of, who_gave_wishes
from lti_mentoring.queries.room import Room, room_in
from lti_mentoring.queries.rounds import matchable, waiting
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.trained import held_back

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.rank_lists import MatchingRules
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

WAITING_PAGE = 25
Here = alias_of(Membership)


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

    role: MentorRole
    in_roles: tuple[tuple[MentorRole, int], ...]
    """How many wait for each role of the track."""
    lines: tuple[WaitingLine, ...]
    paged: Paged
    rules: MatchingRules
    room: Room
    mentors: int
    draft_id: int | None
    draft_number: int
    not_in_draft: int
    """How many could be in the draft and are not: they came, or lost their mentor, after it was drawn up."""
    held_back: int
    """How many have not passed the track's test yet, so that nobody can give them a mentor."""

    @property
    def several(self) -> bool:
        """Whether the track has other roles, too."""
        return len(self.in_roles) > 1


def waiting_page(session: Session, sitter: Sitter, *, role: str | None = None, number: int = 1) -> WaitingPage:
    """Return who waits for a role in the sitter's track; the same number of statements for ten and for a thousand.

    Where none is named it is the first role that somebody waits for.
    """
    track = track_of(session, sitter)
    in_roles = _how_many(session, track)
    named = [(one, number) for one, number in in_roles if one.key == role]
    wanted, total = (named or [pair for pair in in_roles if pair[1]] or in_roles)[0]
    who, can = waiting(track, wanted.key).subquery(), matchable(track, wanted.key).subquery()
    ready = session.scalar(select(func.count()).select_from(can)) or 0
    pages = paged(total, number, WAITING_PAGE)
    ended = select(func.max(Mentorship.ended_at)).where(
        Mentorship.track_id == track.id, Mentorship.student_id == Person.id, Mentorship.role == wanted.key
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
    told = histories(session, track, people, wanted.key)
    gave = who_gave_wishes(session, track, people, role=wanted.key)
    draft = session.execute(
        select(Round.id, Round.number)
        .where(Round.track_id == track.id, Round.mentor_role == wanted.key, Round.state == RoundState.DRAFT)
        .order_by(Round.id.desc())
    ).first()
    in_it = select(Match.student_id).where(Match.round_id == (draft.id if draft else None))
    return WaitingPage(
        role=wanted,
        in_roles=in_roles,
        lines=tuple(
            WaitingLine(
                person.id, person.shown_name, status is MembershipStatus.MAYBE_LEFT, person.id in gave,
                wait_of(told[person.id]),
            )
            for person, status in rows
        ),
        paged=pages,
        rules=rules_of(session, track),
        room=room_in(session, track, wanted.key),
        mentors=session.scalar(
            select(func.count())
            .select_from(Mentor)
            .where(Mentor.track_id == track.id, Mentor.active.is_(True), serves(track, wanted.key))
        )
        or 0,
        draft_id=draft.id if draft else None,
        draft_number=draft.number if draft else 0,
        not_in_draft=session.scalar(select(func.count()).select_from(can).where(can.c.person_id.not_in(in_it))) or 0,
        held_back=total - ready,
    )  # fmt: skip


def _how_many(session: Session, track: Track) -> tuple[tuple[MentorRole, int], ...]:
    numbers = (
        select(func.count()).select_from(waiting(track, role.key).subquery()).scalar_subquery() for role in track.roles
    )
    return tuple(zip(track.roles, session.execute(select(*numbers)).one(), strict=True))


def my_wait(session: Session, track: Track, person_id: int, role: str = "") -> Wait | None:
    """Return how somebody waits for a mentor in a role; None: has one, or is no student of the course."""
    if session.scalar(waiting(track, role).where(Membership.person_id == person_id)) is None:
        return None
    return wait_of(histories(session, track, [person_id], role)[person_id])


def rules_for(session: Session, track: Track, person_id: int, *, today: date, role: str = "") -> MatchingRules:
    """Return the track's rules as they hold for one student: who waits may have no last day for wishes."""
    rules = rules_of(session, track)
    if rules.window(today) is not Window.OVER or session.scalar(
        waiting(track, role).where(Membership.person_id == person_id)
    ) is None:  # fmt: skip
        return rules
    return waiting_list.rules_for(rules, histories(session, track, [person_id], role)[person_id], today)


def histories(session: Session, track: Track, people: Collection[int], role: str = "") -> dict[int, History]:
    """Return what happened to each of these people in the track, as far as a role goes; six statements at most."""
    ended = _last_ended(session, track, people, role)
    passed = _passed_over(session, track, people, role)
    asked = _asked(session, track, people, role)
    joined = dict(
        session.execute(
            select(Membership.person_id, Membership.joined_at).where(
                Membership.context_ref == track.context_ref, Membership.person_id.in_(people)
            )
        ).all()
    )
    others = _others_at(session, track, role)
    held = _held_back(session, track, people)
    return {
        one: History(
            joined_at=joined.get(one),
            opened_at=track.published_at,
            others_at=others,
            **ended.get(one, {}),
            **passed.get(one, {}),
            **asked.get(one, {}),
            held_back=one in held,
        )
        for one in people
    }


def _last_ended(session: Session, track: Track, people: Collection[int], role: str) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Mentorship.student_id, Mentorship.ended_at, Mentorship.end_cause, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(
            Mentorship.track_id == track.id, Mentorship.student_id.in_(people), Mentorship.role == role,
            Mentorship.ended_at.is_not(None),
        )
        .order_by(Mentorship.ended_at, Mentorship.id)
    )  # fmt: skip
    return {one: {"ended_at": at, "end_cause": cause, "ended_with": who.shown_name} for one, at, cause, who in rows}


def _passed_over(session: Session, track: Track, people: Collection[int], role: str) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(Match.student_id, func.count(), func.max(Round.published_at), func.max(Round.number))
        .join(Round, Round.id == Match.round_id)
        .where(
            Round.track_id == track.id, Round.state == RoundState.PUBLISHED, Match.mentor_id.is_(None),
            Match.student_id.in_(people), Round.mentor_role == role,
        )
        .group_by(Match.student_id)
    )  # fmt: skip
    return {one: {"passed_over": times, "passed_at": at, "round_number": last} for one, times, at, last in rows}


def _asked(session: Session, track: Track, people: Collection[int], role: str) -> dict[int, dict[str, Any]]:
    rows = session.execute(
        select(MentorRequest.student_id, MentorRequest.state, MentorRequest.answered_at, MentorRequest.reply_by)
        .where(
            MentorRequest.track_id == track.id,
            MentorRequest.student_id.in_(people),
            MentorRequest.mentor_role == role,
        )
        .order_by(MentorRequest.id)
    )
    found: dict[int, dict[str, Any]] = {}
    for one, state, answered_at, reply_by in rows:
        if state is RequestState.ASKED:
            found.setdefault(one, {})["reply_by"] = reply_by
        elif state in NOT_AGAIN:
            found.setdefault(one, {})["refused_at"] = answered_at
    return found


def _held_back(session: Session, track: Track, people: Collection[int]) -> frozenset[int]:
    if track.student_test is None:
        return frozenset()
    return frozenset(session.scalars(select(Person.id).where(Person.id.in_(people), held_back(track, Person.id))))


def _others_at(session: Session, track: Track, role: str) -> datetime | None:
    published = select(func.min(Round.published_at)).where(
        Round.track_id == track.id, Round.mentor_role == role, Round.state == RoundState.PUBLISHED
    )
    began = select(func.min(Mentorship.started_at)).where(Mentorship.track_id == track.id, Mentorship.role == role)
    return session.scalar(select(func.coalesce(published.scalar_subquery(), began.scalar_subquery())))
