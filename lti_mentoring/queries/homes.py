"""What the first page of a student and of a mentor shows: read in the same few statements whoever it is."""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from lti_mentoring.domain.board import BoardState, Verdict, judge_for_mentor
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.milestones import ProgressState, Signer
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.models import (
    Administrator,
    AssignedBy,
    Award,
    Membership,
    MembershipStatus,
    Mentor,
    Mentorship,
    Milestone,
    Person,
    Track,
    TrackState,
)
from lti_mentoring.queries.credentials import checked_lines
from lti_mentoring.queries.goals import next_goal
from lti_mentoring.queries.grades import glances
from lti_mentoring.queries.loads import Load, loads_of
from lti_mentoring.queries.mentor_requests import asked_of_me, my_requests
from lti_mentoring.queries.milestones import last_words, waiting_for_mentor
from lti_mentoring.queries.rank_lists import roles_wished_for
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.standings import open_mentorship, track_progress
from lti_mentoring.queries.trained import to_pass_first
from lti_mentoring.queries.waiting_list import my_wait, rules_for
from lti_mentoring.queries.why import has_match

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.goals import GoalView
    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.milestones import Standing, StudentProgress
    from lti_mentoring.domain.rank_lists import MatchingRules, Window
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.domain.waiting_list import Wait
    from lti_mentoring.queries.credentials import CheckedLine
    from lti_mentoring.queries.grades import GradeGlance
    from lti_mentoring.queries.mentor_requests import AskedOfMe, MyRequest
    from lti_mentoring.queries.milestones import LastWords, Waiting

NO_LOAD = Load()


@dataclass(frozen=True, slots=True)
class MyMentor:
    """The mentor, as the student sees the person."""

    name: str
    field: str
    since: datetime
    checked: tuple[CheckedLine, ...] = ()
    role: str = ""
    """Key of the role."""
    role_name: str = ""
    """What it is called; "" where the track tells none apart."""
    said_yes: bool = False
    """Whether the student asked, and they said yes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """How a student without a mentor in a role comes to one. ``asked``: the question that is open now."""

    rules: MatchingRules
    window: Window
    has_list: bool
    asked: MyRequest | None
    role: str = ""
    """Key of the role."""


@dataclass(frozen=True, slots=True)
class FirstTest:
    """The test that a student passes before they are given a mentor."""

    test_id: int
    title: str


@dataclass(frozen=True, slots=True)
class StudentHome:
    """A student's first page. ``asked`` belongs to the next step; ``certificate_from`` None: not issued yet."""

    purpose: str
    way: StudentProgress
    asked: str
    last: LastWords | None
    mentors: tuple[MyMentor, ...]
    """The student's mentors, in the order of the roles."""
    lacking: tuple[MentorRole, ...]
    """The roles in which nobody mentors the student yet."""
    grade: GradeGlance | None
    certificate_from: datetime | None
    left: bool
    findings: tuple[Finding, ...] = ()
    """How a student comes to each mentor who is lacking, where the track does not leave it to faculty."""
    by_round: bool = False
    """Whether a round has something to tell about the student's mentor, or about having none."""
    wait: Wait | None = None
    """Of a student without a mentor."""
    first: FirstTest | None = None
    """What a student who lacks a mentor has to pass before; None: nothing."""
    goal: GoalView | None = None
    """The student's open goal that is due first."""
    template: str = ""
    """What the track was made from."""

    @property
    def finding(self) -> Finding | None:
        """How the student comes to the first mentor who is lacking."""
        return next(iter(self.findings), None)

    @property
    def has_why(self) -> bool:
        """Whether there is something to read of why the student has these mentors, or nobody."""
        return self.by_round or any(one.said_yes for one in self.mentors)

    def signer(self, one: Standing) -> str:
        """Name the mentors who sign a milestone off; "": the course team does."""
        if one.signer is Signer.FACULTY:
            return ""
        return " / ".join(dict.fromkeys(guide.name for guide in self.mentors if one.is_signed_in(guide.role)))

    @property
    def next_step(self) -> Standing | None:
        """The milestone that is the student's turn."""
        return self.way.next_step

    @property
    def with_others(self) -> tuple[Standing, ...]:
        """The milestones that somebody else has now; in a closed track the course team alone still decides."""
        return tuple(
            one
            for one in self.way.milestones
            if one.with_others
            and (not self.way.closed or one.signer is Signer.FACULTY or one.state is ProgressState.APPEALED)
        )

    @property
    def towards(self) -> tuple[Standing, ...]:
        """The milestones that the certificate asks for."""
        return tuple(one for one in self.way.milestones if one.needed_for_certificate)


@dataclass(frozen=True, slots=True)
class Mentee:
    """One of a mentor's students."""

    student_id: int
    name: str
    way: StudentProgress
    contact_on: date
    verdict: Verdict
    left: bool
    roles: tuple[str, ...] = ("",)
    """Keys of the roles in which the mentor serves this student."""
    role_names: str = ""
    """What they are called; "" where the track tells none apart."""

    def is_signed(self, one: Standing) -> bool:
        """Say whether the mentor signs a milestone of this student off."""
        return any(one.is_signed_in(role) for role in self.roles)


@dataclass(frozen=True, slots=True)
class MentorHome:
    """A mentor's first page; students with what needs a look first. In a ``closed`` track nothing waits."""

    queue: tuple[Waiting, ...]
    mentees: tuple[Mentee, ...]
    taken: int
    places: int
    closed: bool
    asked: tuple[AskedOfMe, ...] = ()
    """Students who wait for a yes or no."""
    load: Load = NO_LOAD

    @property
    def late(self) -> tuple[Mentee, ...]:
        """Who is late or has gone quiet, and does not wait for the mentor."""
        return tuple(one for one in self.mentees if one.verdict.state in {BoardState.LATE, BoardState.QUIET})


def student_home(session: Session, sitter: Sitter, *, today: date) -> StudentHome:
    """Return the student's first page; raise NoTrack when the course's page opens no track."""
    track = track_of(session, sitter)
    way = track_progress(session, track.id, [sitter.person_id], today=today)[sitter.person_id]
    lit = way.next_step
    asked = session.scalar(select(Milestone.asked).where(Milestone.id == (lit.milestone_id if lit else None)))
    issued = select(Award.issued_at).where(
        Award.track_id == track.id, Award.person_id == sitter.person_id, Award.level == "", Award.revoked_at.is_(None)
    )
    mentors = _mentors_of(session, track, sitter.person_id)
    served = {one.role for one in mentors}
    lacking = tuple(one for one in track.roles if one.key not in served)
    return StudentHome(
        purpose=track.purpose,
        way=way,
        asked=asked or "",
        last=last_words(session, sitter.person_id, track.id),
        mentors=mentors,
        lacking=lacking,
        grade=glances(session, track.id, [sitter.person_id]).get(sitter.person_id),
        certificate_from=session.scalar(issued),
        left=_has_left(session, track, sitter.person_id),
        findings=_findings(session, sitter, track, lacking, today) if lacking else (),
        by_round=has_match(session, sitter),
        wait=my_wait(session, track, sitter.person_id, lacking[0].key) if lacking and not mentors else None,
        first=_first(session, track, sitter.person_id) if lacking else None,
        goal=next_goal(session, sitter, track),
        template=track.template,
    )


def mentor_home(session: Session, sitter: Sitter, *, today: date) -> MentorHome:
    """Return the mentor's first page; raise NoTrack when the course's page opens no track."""
    track = track_of(session, sitter)
    closed = track.state is TrackState.CLOSED
    queue = () if closed else waiting_for_mentor(session, sitter, today=today)
    places = session.execute(
        select(Mentor.taken, Mentor.places, Mentor.id).where(
            Mentor.track_id == track.id, Mentor.person_id == sitter.person_id
        )
    ).one_or_none()
    taken, of, number = places or (0, 0, 0)
    load = loads_of(session, track, [number]).get(number, NO_LOAD)
    asked = () if closed else asked_of_me(session, sitter, track)
    return MentorHome(queue, my_students(session, sitter, track, queue, today=today), taken, of, closed, asked, load)


def my_students(
    session: Session, sitter: Sitter, track: Track, queue: tuple[Waiting, ...], *, today: date
) -> tuple[Mentee, ...]:
    """Return the mentor's students of this track: who waits for the mentor first, then the longest silence."""
    found = session.execute(
        select(Person, Mentorship.started_at, Mentorship.contact_at, Mentorship.role, Membership.status)
        .join(Mentorship, Mentorship.student_id == Person.id)
        .join(Mentor, Mentor.id == Mentorship.mentor_id)
        .outerjoin(Membership, (Membership.person_id == Person.id) & (Membership.context_ref == track.context_ref))
        .where(Mentor.track_id == track.id, Mentor.person_id == sitter.person_id, open_mentorship())
    ).all()
    ways = track_progress(session, track.id, [person.id for person, *_rest in found], today=today)
    waiting = {item.student_id for item in queue}
    mentees = [
        _mentee(
            person,
            ways[person.id],
            max(contact or started for other, started, contact, *_rest in found if other.id == person.id),
            status,
            track,
            frozenset(role for other, _started, _contact, role, _status in found if other.id == person.id),
            waits=person.id in waiting,
            today=today,
        )
        for person, status in {person.id: (person, status) for person, *_rest, status in found}.values()
    ]
    needs_me = BoardState.NEEDS_YOU
    return tuple(sorted(mentees, key=lambda one: (one.verdict.state is not needs_me, one.contact_on, one.student_id)))


def waits_for_confirmation(session: Session, sitter: Sitter) -> bool:
    """Tell whether somebody has yet to confirm the person as an administrator."""
    waiting = (
        select(func.count())
        .select_from(Administrator)
        .where(
            Administrator.institution_id == sitter.institution_id,
            Administrator.person_id == sitter.person_id,
            Administrator.confirmed_at.is_(None),
        )
    )
    return bool(session.scalar(waiting))


def _mentee(
    person: Person,
    way: StudentProgress,
    heard: datetime,
    status: MembershipStatus | None,
    track: Track,
    served: Container[str],
    *,
    waits: bool,
    today: date,
) -> Mentee:
    verdict = judge_for_mentor(way, waits=waits, contact_on=heard.date(), today=today)
    left = status is MembershipStatus.LEFT
    roles = tuple(one.key for one in track.roles if one.key in served)
    names = ", ".join(track.role_names[one] for one in roles if one in track.role_names)
    shown = Verdict(BoardState.LEFT) if left else verdict
    return Mentee(person.id, person.shown_name, way, heard.date(), shown, left, roles, names)


def _mentors_of(session: Session, track: Track, student_id: int) -> tuple[MyMentor, ...]:
    rows = session.execute(
        select(Person, Mentor.field, Mentorship.started_at, Mentorship.role, Mentorship.assigned_by)
        .join(Mentor, Mentor.person_id == Person.id)
        .join(Mentorship, Mentorship.mentor_id == Mentor.id)
        .where(Mentorship.track_id == track.id, Mentorship.student_id == student_id, open_mentorship())
    ).all()
    if not rows:
        return ()
    checked = checked_lines(session, track.institution_id, [person.id for person, *_rest in rows])
    place = {one.key: number for number, one in enumerate(track.roles)}
    return tuple(
        MyMentor(
            person.shown_name,
            field,
            since,
            checked.get(person.id, ()),
            role,
            track.role_names.get(role, ""),
            how is AssignedBy.REQUEST,
        )
        for person, field, since, role, how in sorted(rows, key=lambda row: place.get(row[3], len(place)))
    )


def _findings(
    session: Session, sitter: Sitter, track: Track, lacking: Sequence[MentorRole], today: date
) -> tuple[Finding, ...]:
    found = {one.key: rules_for(session, track, sitter.person_id, today=today, role=one.key) for one in lacking}
    if any(rules.way is MatchingWay.BY_HAND for rules in found.values()):
        return ()
    gave = roles_wished_for(session, track, sitter.person_id)
    asked = {one.role: one for one in my_requests(session, sitter, track) if one.state is RequestState.ASKED}
    return tuple(
        Finding(rules, rules.window(today), key in gave, asked.get(key), key) for key, rules in found.items()
    )  # fmt: skip


def _first(session: Session, track: Track, person_id: int) -> FirstTest | None:
    test = to_pass_first(session, track, person_id)
    return None if test is None else FirstTest(test.id, test.title)


def _has_left(session: Session, track: Track, person_id: int) -> bool:
    status = session.scalar(
        select(Membership.status).where(Membership.context_ref == track.context_ref, Membership.person_id == person_id)
    )
    return status is MembershipStatus.LEFT
