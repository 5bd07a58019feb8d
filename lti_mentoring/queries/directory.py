"""The mentors of a track as its people look for them: the same few statements for ten and for ten thousand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from lti_mentoring.domain.directory import Active, Reply, in_order, last_active, near_zones, usual_reply
from lti_mentoring.domain.levels import reaches
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.milestones import StepKind
from lti_mentoring.domain.profiles import TermKind, Works
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.seeking import meeting_parts
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    Membership,
    MembershipStatus,
    Mentor,
    MentorProfile,
    MentorRequest,
    MilestoneProgress,
    MilestoneStep,
    Person,
    ProfileTerm,
)
from lti_mentoring.queries.accepting import has_credential, takes_nobody
from lti_mentoring.queries.credentials import CheckedLine, checked_lines, latest_practice
from lti_mentoring.queries.levels import MentorLevel, level_in, levels_in
from lti_mentoring.queries.mentor_roles import named_roles, serves
from lti_mentoring.queries.paging import Paged, paged
from lti_mentoring.queries.people import is_named
from lti_mentoring.queries.profiles import ProfileView, profile_of
from lti_mentoring.queries.recommendations import told_of_mentor
from lti_mentoring.queries.seeking import sought

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.directory import Wish
    from lti_mentoring.domain.levels import Level
    from lti_mentoring.domain.recommendations import Told
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track

DIRECTORY_PAGE = 20
ANSWERED = (RequestState.ACCEPTED, RequestState.DECLINED)
ANSWERS = 200
"""So many of a mentor's latest answers say how long they usually take."""


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """One mentor of the list. ``free``: places that are open now; ``checked``: whether something verified holds.

    ``roles``: what they serve as; nothing where the track has one role. ``years`` in practice are what they say;
    ``practice`` is the latest check that has seen since when, and ``seen`` are those of the subjects that were checked.
    """

    mentor_id: int
    name: str
    field: str
    profession: str
    subjects: tuple[str, ...]
    languages: tuple[str, ...]
    free: int
    checked: bool
    level: Level | None
    roles: tuple[str, ...]
    years: int | None
    practice: CheckedLine | None
    seen: frozenset[str]


@dataclass(frozen=True, slots=True)
class DirectoryPage:
    """A page of mentors; ``zones`` are those that some mentor of the track lives in.

    ``has_hours``: whether who looks is a student who has said when they have time.
    """

    rows: tuple[DirectoryRow, ...]
    paged: Paged
    zones: tuple[str, ...]
    has_hours: bool


@dataclass(frozen=True, slots=True)
class MentorCard:
    """One mentor as people of the track see them. ``reply`` and ``again`` None: too few answers to say."""

    mentor_id: int
    name: str
    field: str
    profile: ProfileView
    checked: tuple[CheckedLine, ...]
    level: MentorLevel
    roles: tuple[str, ...]
    free: int
    places: int
    reply: Reply | None
    active: Active
    again: Told | None


def directory_page(
    session: Session, by: Sitter, track: Track, wish: Wish, *, number: int = 1, now: datetime
) -> DirectoryPage:
    """Return a page of the track's mentors who are what is wished for, in the viewer's own order."""
    zones = tuple(
        session.scalars(
            _mentors(track, MentorProfile.timezone).where(MentorProfile.timezone > "").distinct().order_by(
                MentorProfile.timezone
            )
        )
    )  # fmt: skip
    near = near_zones(wish.zone, zones, now=now) if wish.zone else []
    week = _week_of(session, by, track)
    wanted = _wished(track, wish, near)
    if wish.hours and week:
        wanted.append(_meets(meeting_parts(week, zones, track.starts_on)))
    candidates = session.execute(_mentors(track, Mentor.id, _free(track)).where(*wanted)).all()
    if wish.level:
        levels = levels_in(session, track, now=now)
        candidates = [row for row in candidates if reaches(levels[row[0]], wish.level)]
    ordered = in_order(((row[0], row[1]) for row in candidates), by.person_id)
    pages = paged(len(ordered), number, DIRECTORY_PAGE)
    shown = ordered[pages.offset : pages.offset + pages.size]
    return DirectoryPage(_rows(session, track, shown, now), pages, zones, bool(week))


def mentor_card(session: Session, track: Track, mentor_id: int, *, now: datetime) -> MentorCard:
    """Return one mentor of the track; raise NotFound for any other."""
    row = session.execute(
        _mentors(track, Mentor, Person, _free(track), Membership.launched_at).where(Mentor.id == mentor_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    mentor, person, free, here_at = row
    return MentorCard(
        mentor_id=mentor.id,
        name=person.shown_name,
        field=mentor.field,
        profile=profile_of(session, track.institution_id, person.id),
        checked=checked_lines(session, track.institution_id, [person.id]).get(person.id, ()),
        level=level_in(session, track, mentor.id, now=now),
        roles=named_roles(session, track, [mentor.id]).get(mentor.id, ()),
        free=free,
        places=mentor.places,
        reply=usual_reply(_answers(session, track, mentor)),
        active=last_active(here_at, now=now),
        again=told_of_mentor(session, track, mentor.id),
    )


def _mentors(track: Track, *columns: Any) -> Any:
    here = and_(Membership.person_id == Mentor.person_id, Membership.context_ref == track.context_ref)
    own = and_(MentorProfile.person_id == Mentor.person_id, MentorProfile.institution_id == Mentor.institution_id)
    return (
        select(*columns)
        .select_from(Mentor)
        .join(Person, Person.id == Mentor.person_id)
        .outerjoin(Membership, here)
        .outerjoin(MentorProfile, own)
        .where(
            Mentor.track_id == track.id,
            Mentor.active.is_(True),
            or_(Membership.status.is_(None), Membership.status != MembershipStatus.LEFT),
        )
    )


def _free(track: Track) -> ColumnElement[int]:
    """Return the places that are open now: none while the mentor takes nobody."""
    takes = and_(Mentor.taken < Mentor.places, ~takes_nobody(track))
    return case((takes, Mentor.places - Mentor.taken), else_=0)


def _wished(track: Track, wish: Wish, near: list[str]) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if wish.name:
        wanted.append(is_named(wish.name) | Mentor.field.icontains(wish.name, autoescape=True))
    terms = {
        TermKind.DOMAIN: wish.domain, TermKind.SPECIALTY: wish.specialty, TermKind.SKILL: wish.skill,
        TermKind.LANGUAGE: wish.language,
    }  # fmt: skip
    wanted += [
        exists().where(ProfileTerm.profile_id == MentorProfile.id, ProfileTerm.kind == kind, ProfileTerm.key == key)
        for kind, key in terms.items()
        if key
    ]
    if wish.zone:
        wanted.append(MentorProfile.timezone.in_(near))
    if wish.works:
        wanted.append(MentorProfile.works.in_((wish.works, Works.BOTH)))
    if wish.free:
        wanted.append(_free(track) > 0)
    if wish.checked:
        wanted.append(has_credential())
    if wish.role is not None:
        wanted.append(serves(track, wish.role))
    return wanted


def _week_of(session: Session, by: Sitter, track: Track) -> int:
    """Return when a student who looks has time, by the clock of the world; 0 for everybody else."""
    said = sought(session, track, [by.person_id]).get(by.person_id) if by.role is SeatRole.STUDENT else None
    return said.week if said else 0


def _meets(parts: Mapping[str, tuple[str, ...]]) -> ColumnElement[bool]:
    """Say of a mentor's profile that some part of their week is among those of their zone."""
    return or_(
        false(),
        *(
            and_(
                MentorProfile.timezone == zone,
                exists().where(
                    ProfileTerm.profile_id == MentorProfile.id,
                    ProfileTerm.kind == TermKind.HOURS,
                    ProfileTerm.key.in_(keys),
                ),
            )
            for zone, keys in parts.items()
        ),
    )


def _rows(session: Session, track: Track, numbers: list[int], now: datetime) -> tuple[DirectoryRow, ...]:
    found = session.execute(
        _mentors(track, Mentor, Person, MentorProfile, _free(track), has_credential()).where(Mentor.id.in_(numbers))
    ).all()
    levels = levels_in(session, track, numbers, now=now)
    roles = named_roles(session, track, numbers)
    checks = checked_lines(session, track.institution_id, [person.id for _one, person, *_rest in found])
    terms: dict[int, list[ProfileTerm]] = {}
    profiles = [profile.id for _one, _person, profile, _places, _known in found if profile]
    for term in session.scalars(
        select(ProfileTerm).where(ProfileTerm.profile_id.in_(profiles)).order_by(ProfileTerm.id)
    ):
        terms.setdefault(term.profile_id, []).append(term)

    def keys(profile: MentorProfile | None, kind: TermKind) -> tuple[str, ...]:
        return tuple(one.key for one in terms.get(profile.id if profile else 0, ()) if one.kind is kind)

    rows = {
        mentor.id: DirectoryRow(
            mentor_id=mentor.id,
            name=person.shown_name,
            field=mentor.field,
            profession=profile.profession if profile else "",
            subjects=keys(profile, TermKind.SPECIALTY),
            languages=keys(profile, TermKind.LANGUAGE),
            free=free,
            checked=checked,
            level=levels[mentor.id],
            roles=roles.get(mentor.id, ()),
            years=profile.years if profile else None,
            practice=latest_practice(checks.get(person.id, ())),
            seen=frozenset(key for line in checks.get(person.id, ()) for key in line.practice.specialties),
        )
        for mentor, person, profile, free, checked in found
    }
    return tuple(rows[number] for number in numbers)


def _answers(session: Session, track: Track, mentor: Mentor) -> list[timedelta]:
    """Return how long the mentor's latest answers took: to what students sent, and to who asked for a place."""
    sent = aliased(MilestoneStep)
    asked = (
        select(func.max(sent.at))
        .where(
            sent.progress_id == MilestoneStep.progress_id,
            sent.kind == StepKind.SUBMITTED,
            sent.at <= MilestoneStep.at,
        )
        .scalar_subquery()
    )
    rows = session.execute(
        select(MilestoneStep.at, asked)
        .join(MilestoneProgress, MilestoneProgress.id == MilestoneStep.progress_id)
        .where(
            MilestoneProgress.track_id == track.id,
            MilestoneStep.by_id == mentor.person_id,
            MilestoneStep.kind.in_((StepKind.ACCEPTED, StepKind.RETURNED)),
            asked.is_not(None),
        )
        .order_by(MilestoneStep.id.desc())
        .limit(ANSWERS)
    )
    asked_for_a_place = session.execute(
        select(MentorRequest.answered_at, MentorRequest.asked_at)
        .where(MentorRequest.mentor_id == mentor.id, MentorRequest.state.in_(ANSWERED))
        .order_by(MentorRequest.id.desc())
        .limit(ANSWERS)
    )
    latest = sorted([*rows, *asked_for_a_place], reverse=True)[:ANSWERS]
    return [at - asked_at for at, asked_at in latest]
