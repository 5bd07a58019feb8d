"""A track's rounds as faculty see them: the same few statements for ten students and for a hundred thousand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, or_, select
from sqlalchemy.orm import aliased

from lti_mentoring.domain.rounds import TOP, MatchOrigin, RoundState, may_take_back
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Match, Membership, MembershipStatus, Mentor, Mentorship, Person, Round, Track
from lti_mentoring.queries.accepting import takes_nobody, teaches_and_may_not
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.trained import held_back

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class Tally:
    """How many students of a round got which wish. ``wishes``: place on the list → students."""

    wishes: Mapping[int, int]
    elsewhere: int
    """With a mentor who is on no list of theirs, though they gave one."""
    no_list: int
    """With a mentor, and gave no list."""
    nobody: int
    in_vain: int = 0
    """Those of ``nobody`` who gave a list."""

    @property
    def students(self) -> int:
        """Everybody in the round."""
        return self.placed + self.nobody

    @property
    def placed(self) -> int:
        """Who has a mentor in it."""
        return sum(self.wishes.values()) + self.elsewhere + self.no_list

    @property
    def wishing(self) -> int:
        """Who gave a list, whatever came of it."""
        return sum(self.wishes.values()) + self.elsewhere + self.in_vain

    @property
    def first(self) -> int:
        """Who got a first wish."""
        return self.wishes.get(1, 0)

    @property
    def top(self) -> int:
        """Who got one of the first three wishes."""
        return sum(number for wish, number in self.wishes.items() if wish <= TOP)

    @property
    def later(self) -> int:
        """Who got a wish after the third."""
        return sum(number for wish, number in self.wishes.items() if wish > TOP)

    @property
    def middle(self) -> int | None:
        """The wish of whoever stands in the middle of those who got one; None where nobody got any."""
        got = [wish for wish, number in sorted(self.wishes.items()) for _ in range(number)]
        return got[len(got) // 2] if got else None

    @property
    def mean(self) -> float | None:
        """The wish on average of those who got one; None where nobody got any."""
        got = sum(self.wishes.values())
        return sum(wish * number for wish, number in self.wishes.items()) / got if got else None

    @property
    def worst(self) -> int | None:
        """The last wish that anybody got; None where nobody got any."""
        return max(self.wishes, default=None)


@dataclass(frozen=True, slots=True)
class RoundRow:
    """One round of the list."""

    round_id: int
    number: int
    state: RoundState
    strategy: str
    made_at: datetime
    published_at: datetime | None
    students: int
    placed: int
    first: int
    role_name: str = ""
    """What the role is called that it is for; "" where the track tells none apart."""


@dataclass(frozen=True, slots=True)
class RoleWaits:
    """One role: how many can be given a mentor in it, how many mentors serve in it and what places they have left."""

    key: str
    name: str
    waiting: int
    free: int
    mentors: int
    held_back: int = 0
    """How many more wait, and have not passed the track's test yet."""


@dataclass(frozen=True, slots=True)
class RoundsPage:
    """All rounds of a track, the newest first; by role who can be matched, and how many places are free."""

    rounds: tuple[RoundRow, ...]
    roles: tuple[RoleWaits, ...]

    @property
    def waiting(self) -> int:
        """How many mentors are wanted in all: for each role the students who can be given one."""
        return sum(one.waiting for one in self.roles)

    @property
    def held_back(self) -> int:
        """How many students a test holds back; each of them once, whatever roles there are."""
        return max(one.held_back for one in self.roles)

    @property
    def mentors(self) -> int:
        """The most mentors that a role has."""
        return max(one.mentors for one in self.roles)

    def role(self, key: str) -> RoleWaits:
        """Return one role; raise NotFound for none of the track's."""
        found = next((one for one in self.roles if one.key == key), None)
        if found is None:
            raise NotFound
        return found

    @property
    def draft(self) -> RoundRow | None:
        """The draft that waits for a decision."""
        return next((one for one in self.rounds if one.state is RoundState.DRAFT), None)


@dataclass(frozen=True, slots=True)
class RoundView:
    """A round's own facts, without its pairs."""

    round_id: int
    number: int
    state: RoundState
    mentor_role: str
    role_name: str
    """What the role is called that it is for; "" where the track tells none apart."""
    strategy: str
    version: str
    seed: str
    weights: Mapping[str, int]
    findings: Mapping[str, Any]
    digest: str
    made_by: str
    made_at: datetime
    undo_hours: int
    published_by: str
    published_at: datetime | None
    undo_until: datetime | None
    undone_at: datetime | None
    tally: Tally
    by_hand: int
    mentors: int
    kept_together: str = ""
    """The set of groups that stays together (``GroupSet.key``); blank: everybody was matched alone."""
    group_size: int = 1

    @property
    def is_draft(self) -> bool:
        """Whether it still waits for a decision."""
        return self.state is RoundState.DRAFT

    def may_be_taken_back(self, now: datetime) -> bool:
        """Whether publishing can still be undone."""
        return may_take_back(self.state, self.undo_until, now=now)


def rounds_page(session: Session, sitter: Sitter) -> RoundsPage:
    """Return the rounds of the sitter's track; two statements, and two for each role."""
    track = track_of(session, sitter)
    placed = func.count(Match.mentor_id)
    first = func.count(case((Match.wish == 1, 1)))
    rows = session.execute(
        select(Round, func.count(Match.id), placed, first)
        .outerjoin(Match, Match.round_id == Round.id)
        .where(Round.track_id == track.id, Round.institution_id == track.institution_id)
        .group_by(Round.id)
        .order_by(Round.number.desc())
    )
    return RoundsPage(
        rounds=tuple(
            RoundRow(
                one.id,
                one.number,
                one.state,
                one.strategy,
                one.made_at,
                one.published_at,
                students,
                placed_now,
                firsts,
                track.role_names.get(one.mentor_role, ""),
            )
            for one, students, placed_now, firsts in rows
        ),
        roles=tuple(_role_waits(session, track, role) for role in track.roles),
    )


def _role_waits(session: Session, track: Track, role: MentorRole) -> RoleWaits:
    free, cannot = Mentor.places - Mentor.taken, or_(takes_nobody(track), teaches_and_may_not(track))
    mentors, places = session.execute(
        select(func.count(), func.coalesce(func.sum(case((cannot, 0), else_=free)), 0)).where(
            Mentor.track_id == track.id, Mentor.active.is_(True), serves(track, role.key)
        )
    ).one()
    who = waiting(track, role.key).add_columns(held_back(track, Membership.person_id).label("held")).subquery()
    wait, held = session.execute(select(func.count(), func.coalesce(func.sum(case((who.c.held, 1), else_=0)), 0))).one()
    return RoleWaits(role.key, role.name, wait - held, places, mentors, held)


def round_view(session: Session, sitter: Sitter, round_id: int) -> RoundView:
    """Return a round of the sitter's track without its pairs, or raise NotFound; three statements."""
    maker, publisher = aliased(Person), aliased(Person)
    found = session.execute(
        select(Round, maker, publisher, Track)
        .join(Track, Track.id == Round.track_id)
        .join(maker, maker.id == Round.made_by_id)
        .outerjoin(publisher, publisher.id == Round.published_by_id)
        .where(Round.id == round_id, Round.institution_id == sitter.institution_id, Round.track_id == sitter.track_id)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    one, made_by, published_by, track = found
    role_names = track.role_names
    tally, by_hand, mentors = _tally(session, round_id)
    return RoundView(
        round_id=one.id,
        number=one.number,
        state=one.state,
        mentor_role=one.mentor_role,
        role_name=role_names.get(one.mentor_role, ""),
        strategy=one.strategy,
        version=one.strategy_version,
        seed=one.seed,
        weights=one.weights,
        findings=one.findings,
        digest=one.result_digest,
        made_by=made_by.shown_name,
        made_at=one.made_at,
        undo_hours=one.undo_hours,
        published_by=published_by.shown_name if published_by else "",
        published_at=one.published_at,
        undo_until=one.undo_until,
        undone_at=one.undone_at,
        tally=tally,
        by_hand=by_hand,
        mentors=mentors,
        kept_together=one.kept_together,
        group_size=one.group_size,
    )


def waiting(track: Track, role: str = "") -> Any:
    """Select the numbers of the course's students without a mentor in a role of a track."""
    return (
        select(Membership.person_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(
            Mentorship,
            and_(
                Mentorship.track_id == track.id, Mentorship.student_id == Membership.person_id,
                Mentorship.role == role, Mentorship.ended_at.is_(None),
            ),
        )
        .where(
            Membership.context_ref == track.context_ref,
            Membership.is_student.is_(True),
            Membership.status != MembershipStatus.LEFT,
            Person.is_test_user.is_(False),
            Mentorship.id.is_(None),
        )
    )  # fmt: skip


def matchable(track: Track, role: str = "") -> Any:
    """Select those of them whom no test of the track holds back: who can be given a mentor now."""
    return waiting(track, role).where(~held_back(track, Membership.person_id))


def _tally(session: Session, round_id: int) -> tuple[Tally, int, int]:
    """Return who got which wish, how many were changed by hand, and how many mentors have somebody in the round."""
    has = Match.mentor_id.is_not(None)
    listed = Match.wished > 0
    rows = session.execute(
        select(Match.wish, has, listed, func.count(), func.count(case((Match.origin == MatchOrigin.BY_HAND, 1))))
        .where(Match.round_id == round_id)
        .group_by(Match.wish, has, listed)
    ).all()
    wishes = {wish: 0 for wish, placed, _, _, _ in rows if placed and wish is not None}
    elsewhere = no_list = nobody = in_vain = 0
    for wish, placed, gave_list, number, _ in rows:
        if not placed:
            nobody += number
            in_vain += number if gave_list else 0
        elif wish is not None:
            wishes[wish] += number
        elif gave_list:
            elsewhere += number
        else:
            no_list += number
    mentors = session.execute(
        select(func.count(Match.mentor_id.distinct())).where(Match.round_id == round_id)
    ).scalar_one()
    return Tally(wishes, elsewhere, no_list, nobody, in_vain), sum(row[4] for row in rows), mentors
