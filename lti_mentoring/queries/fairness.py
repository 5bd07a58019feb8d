"""How fair a round was: parts of the course, changes by hand, and mentors who got one part again and again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import aliased, undefer

from lti_mentoring.domain.matching.favour import Favour, favours
from lti_mentoring.domain.matching.gaps import GroupRow, group_rows
from lti_mentoring.domain.matching.measuring import Measures, measure
from lti_mentoring.domain.matching.offers import Halves, compare_offers
from lti_mentoring.domain.matching.record import read_matching
from lti_mentoring.domain.matching.snapshot import read_problem
from lti_mentoring.domain.packing import unpack
from lti_mentoring.domain.profiles import TermKind, hours_of
from lti_mentoring.domain.rounds import RoundState, SetAside
from lti_mentoring.models import Mentor, MentorProfile, Person, ProfileTerm, Round, RoundChange
from lti_mentoring.models.alias import alias_of
from lti_mentoring.queries.parts import SECTIONS, divisions, part_of
from lti_mentoring.queries.round_check import as_it_stands
from lti_mentoring.queries.round_pairs import mentor_names
from lti_mentoring.queries.rounds import round_view
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track
    from lti_mentoring.queries.rounds import RoundView

MOST_ROUNDS = 5
"""How many published rounds, the last ones, are looked at together."""
Guide, BeforeGuide = alias_of(Person), alias_of(Person)
BeforeMentor = alias_of(Mentor)


@dataclass(frozen=True, slots=True)
class Override:
    """One change by hand, as it stands or taken back."""

    student: str
    before: str
    after: str
    by_name: str
    reason: str
    at: datetime
    sets_aside: tuple[SetAside, ...]
    is_undone: bool


@dataclass(frozen=True, slots=True)
class FairnessPage:
    """All numbers on how fair a round is as it stands, with the changes by hand."""

    round: RoundView
    divisions: tuple[str, ...]
    """The ways in which the course is divided into parts; SECTIONS is one."""
    division: str
    parts: tuple[GroupRow, ...]
    measures: Measures
    overrides: tuple[Override, ...]
    favours: tuple[Favour, ...]
    offers: tuple[Halves, ...]
    """Mentors who offer little beside those who offer more, of hours and of places; what is too small is not there."""
    names: dict[int, str]


def fairness_page(session: Session, sitter: Sitter, round_id: int, division: str = SECTIONS) -> FairnessPage:
    """Return the numbers of a round of the sitter's track, or raise NotFound; a constant number of statements."""
    track = track_of(session, sitter)
    view = round_view(session, sitter, round_id)
    known = divisions(session, track)
    chosen = division if division in known else next(iter(known), SECTIONS)
    whose = part_of(session, track, chosen)
    [(problem, now)] = _kept(session, select(Round).where(Round.id == round_id))
    published = (
        select(Round)
        .where(
            Round.track_id == track.id, Round.institution_id == track.institution_id,
            Round.state == RoundState.PUBLISHED,
        )
        .order_by(Round.number.desc())
        .limit(MOST_ROUNDS)
    )  # fmt: skip
    return FairnessPage(
        round=view,
        divisions=known,
        division=chosen,
        parts=group_rows(problem, now, whose) if whose else (),
        measures=measure(problem, now),
        overrides=_overrides(session, round_id),
        favours=favours(_kept(session, published), whose),
        offers=compare_offers(problem, now, _hours(session, track)),
        names=mentor_names(session, track),
    )


def _kept(session: Session, wanted: Select[Round]) -> list[tuple[Problem, Matching]]:
    """Return what rounds were given, and their pairs as they stand."""
    rounds = session.scalars(wanted.options(undefer(Round.snapshot), undefer(Round.result))).all()
    kept = [(one.id, read_problem(unpack(one.snapshot)), read_matching(unpack(one.result))) for one in rounds]
    return [(problem, as_it_stands(session, number, problem, matching)) for number, problem, matching in kept]


def _hours(session: Session, track: Track) -> dict[int, int]:
    """Return by mentor of the track how many hours of a week the profile says; whoever says none is not in it."""
    own = (MentorProfile.person_id == Mentor.person_id) & (MentorProfile.institution_id == Mentor.institution_id)
    rows = session.execute(
        select(Mentor.id, ProfileTerm.key)
        .join(MentorProfile, own)
        .join(ProfileTerm, ProfileTerm.profile_id == MentorProfile.id)
        .where(
            Mentor.track_id == track.id,
            Mentor.institution_id == track.institution_id,
            ProfileTerm.kind == TermKind.HOURS,
        )
    )
    parts: dict[int, list[str]] = {}
    for number, key in rows:
        parts.setdefault(number, []).append(key)
    return {number: hours_of(keys) for number, keys in parts.items()}


def _overrides(session: Session, round_id: int) -> tuple[Override, ...]:
    by, student = aliased(Person), aliased(Person)
    rows = session.execute(
        select(RoundChange, student, by, BeforeGuide, Guide)
        .join(student, student.id == RoundChange.student_id)
        .join(by, by.id == RoundChange.by_id)
        .outerjoin(BeforeMentor, BeforeMentor.id == RoundChange.from_mentor_id)
        .outerjoin(BeforeGuide, BeforeGuide.id == BeforeMentor.person_id)
        .outerjoin(Mentor, Mentor.id == RoundChange.to_mentor_id)
        .outerjoin(Guide, Guide.id == Mentor.person_id)
        .where(RoundChange.round_id == round_id)
        .order_by(RoundChange.id)
    )
    return tuple(
        Override(
            student=whom.shown_name,
            before=before.shown_name if before else "",
            after=after.shown_name if after else "",
            by_name=who.shown_name,
            reason=one.reason,
            at=one.at,
            sets_aside=tuple(SetAside(code) for code in one.sets_aside),
            is_undone=one.undone_at is not None,
        )
        for one, whom, who, before, after in rows
    )
