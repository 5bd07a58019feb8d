"""How a student stands to one mentor of their track, so that the mentor's page can say what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.approach import Approach, Situation, approach
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.models import Membership, MembershipStatus, Mentor, Mentorship, Person, TrackState
from lti_mentoring.queries.mentor_requests import my_requests, next_wish
from lti_mentoring.queries.mentor_roles import served
from lti_mentoring.queries.rank_lists import my_wishes
from lti_mentoring.queries.trained import to_pass_first
from lti_mentoring.queries.waiting_list import rules_for

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.rank_lists import MatchingRules
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Test, Track
    from lti_mentoring.queries.mentor_requests import MyRequest
    from lti_mentoring.queries.rank_lists import MyWishes


@dataclass(frozen=True, slots=True)
class WayToMentor:
    """What a student reads on a mentor's page. ``mentors``: who mentors them already in what this mentor does."""

    what: Approach
    mentors: tuple[str, ...]
    role: MentorRole
    """In which they could be the student's mentor, or are."""
    rules: MatchingRules
    mine: MyWishes
    place: int | None
    """Which of the student's wishes the mentor is."""
    asked: MyRequest | None
    """The question that the mentor has."""
    first: Test | None
    """The test that comes before a mentor."""


def way_to_mentor(session: Session, sitter: Sitter, track: Track, mentor_id: int, *, today: date) -> WayToMentor | None:
    """Return what the sitting student can do about a mentor of the track; None: nothing is to be said to them.

    That is whoever has left the course, is this mentor, or cannot see the track yet. The same few statements always.
    """
    if not sitter.track_published or not _may_have(session, sitter, track, mentor_id):
        return None
    roles = _roles(session, track, mentor_id)
    with_whom = _mentors(session, track, sitter.person_id)
    own = [one for one in roles if with_whom.get(one.key, (0, ""))[0] == mentor_id]
    lacking = [one for one in roles if one.key not in with_whom]
    role = next(iter([*own, *lacking, *roles]))
    rules = rules_for(session, track, sitter.person_id, today=today, role=role.key)
    mine = my_wishes(session, sitter, track, role.key)
    asked = next((one for one in my_requests(session, sitter, track) if _is_open(one, role)), None)
    place = mine.wishes.places().get(mentor_id)
    first = to_pass_first(session, track, sitter.person_id) if lacking else None
    what = approach(
        Situation(
            is_mine=bool(own),
            lacks=bool(lacking),
            closed=track.state is TrackState.CLOSED,
            window=rules.window(today),
            asked=asked is not None and asked.mentor_id == mentor_id,
            wished=place is not None,
            vetoed=mentor_id in mine.wishes.vetoed,
            is_next=rules.way is MatchingWay.REQUESTS
            and asked is None
            and next_wish(session, track, sitter.person_id, role.key)[0] == mentor_id,
            test_first=first is not None,
        )
    )
    names = dict.fromkeys(with_whom[one.key][1] for one in roles if one.key in with_whom)
    return WayToMentor(what, tuple(names), role, rules, mine, place, asked, first)


def _may_have(session: Session, sitter: Sitter, track: Track, mentor_id: int) -> bool:
    """Say whether the sitter is a student of the course now, and somebody else than the mentor."""
    here = select(Membership.id).where(
        Membership.context_ref == track.context_ref,
        Membership.person_id == sitter.person_id,
        Membership.is_student.is_(True),
        Membership.status != MembershipStatus.LEFT,
        select(Mentor.id).where(Mentor.id == mentor_id, Mentor.person_id != sitter.person_id).exists(),
    )
    return session.scalar(here) is not None


def _roles(session: Session, track: Track, mentor_id: int) -> tuple[MentorRole, ...]:
    """Return the roles in which a mentor serves, in the order of the track; the first where it is none."""
    in_roles = served(session, track, [mentor_id])
    keys = None if in_roles is None else in_roles.get(mentor_id, frozenset())
    return tuple(one for one in track.roles if keys is None or one.key in keys) or track.roles[:1]


def _mentors(session: Session, track: Track, student_id: int) -> dict[str, tuple[int, str]]:
    """Return who mentors a student in each role: number and name."""
    rows = session.execute(
        select(Mentorship.role, Mentorship.mentor_id, Person)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .join(Person, Person.id == Mentor.person_id)
        .where(Mentorship.track_id == track.id, Mentorship.student_id == student_id, Mentorship.ended_at.is_(None))
    )
    return {role: (mentor_id, who.shown_name) for role, mentor_id, who in rows}


def _is_open(one: MyRequest, role: MentorRole) -> bool:
    return one.state is RequestState.ASKED and one.role == role.key
