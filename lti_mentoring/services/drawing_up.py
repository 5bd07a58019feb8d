"""Draw a round up as a job: read once what is given, compute outside of any transaction, keep the draft as a whole.

The draft appears in the transaction that ends the job, under the job's lease: a worker that is killed leaves nothing
behind, and of two who do the same work one keeps its answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from lti_mentoring.domain.fitting import Trait
from lti_mentoring.domain.matching.record import write_matching
from lti_mentoring.domain.matching.snapshot import write_problem
from lti_mentoring.domain.matching.together import size_of, unit_of
from lti_mentoring.domain.packing import digest, pack
from lti_mentoring.domain.rank_lists import without
from lti_mentoring.domain.rounds import UNDO_HOURS, MatchOrigin, RoundState, advance, wish_of
from lti_mentoring.domain.seeking import shared
from lti_mentoring.errors import Conflict, Refused
from lti_mentoring.models import Job, JobKind, Match, Round, Track
from lti_mentoring.queries.round_groups import check_groups
from lti_mentoring.queries.round_problem import Given
from lti_mentoring.queries.round_problem import read_problem as read_given_now
from lti_mentoring.services.auditing import record
from lti_mentoring.services.jobs import ClaimedJob, finish, held_job, start_job
from lti_mentoring.services.tracks import hold_roles
from lti_mentoring.services.upserting import insert_stream

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.drawing_up import Drawn
    from lti_mentoring.domain.matching.problem import Seeker, Tiers
    from lti_mentoring.domain.seats import Sitter


class NobodyWaits(Refused):
    """Every student has a mentor: there is nothing to match."""

    code = "nobody_waits"


class OtherRoleDrawn(Conflict):
    """A round for mentors of another role is being drawn up: one comes after the other."""

    code = "other_role_drawn"


class UnknownStrategy(Refused):
    """What was to draw the round up is not installed any more."""

    code = "unknown_strategy"


@dataclass(frozen=True, slots=True)
class RoundWish:
    """How a round is to be drawn up. The same seed draws the same lots again."""

    strategy: str
    weights: Mapping[Trait, int]
    seed: str
    undo_hours: int = UNDO_HOURS
    role: str = ""
    together: str = ""
    """The set of groups that stay together (``GroupSet.key``); blank: everybody is matched alone."""


def queue_round(session: Session, by: Sitter, track: Track, wanted: RoundWish, *, now: datetime) -> Job:
    """Queue the drawing up of a round; while one of the track is under way, return that one.

    Raises OtherRoleDrawn where that is for mentors of another role, RoleGone or NotFound for one that the track does
    not have, and GroupsInTheWay where the groups cannot be kept together as they are.
    """
    hold_roles(session, track, {wanted.role})
    check_groups(session, track, wanted.role, wanted.together)
    detail: dict[str, Any] = {
        "strategy": wanted.strategy, "weights": {trait.value: number for trait, number in wanted.weights.items()},
        "seed": wanted.seed, "undo_hours": wanted.undo_hours, "role": wanted.role,
        "together": wanted.together,
    }  # fmt: skip
    job = start_job(session, JobKind.ROUND, track.context_ref, by, now=now, track_id=track.id, detail=detail)
    if job.detail["role"] != wanted.role:
        raise OtherRoleDrawn
    return job


def wish_of_job(claimed: ClaimedJob) -> RoundWish:
    """Return how the job's round is to be drawn up."""
    detail = claimed.detail
    weights = {Trait(name): number for name, number in detail["weights"].items()}
    # A job that was queued by the version before says nothing of groups.
    together = detail.get("together", "")
    return RoundWish(detail["strategy"], weights, detail["seed"], detail["undo_hours"], detail["role"], together)


def read_given(session: Session, claimed: ClaimedJob) -> Given:
    """Return what the job's round is given now; raise NobodyWaits where that is nobody."""
    wanted, track = wish_of_job(claimed), session.get_one(Track, claimed.track_id)
    given = read_given_now(session, track, wanted.weights, role=wanted.role, together=wanted.together)
    if not given.problem.mentees:
        raise NobodyWaits
    return given


def keep_round(session: Session, claimed: ClaimedJob, given: Given, drawn: Drawn, *, now: datetime) -> Round | None:
    """Keep what was drawn up as the track's draft, in the place of the one before, and end the job.

    None, and nothing kept, where another worker holds the job now.
    """
    job = held_job(session, claimed)
    if job is None:
        return None
    wanted, track = wish_of_job(claimed), session.get_one(Track, claimed.track_id, with_for_update=True)
    _set_aside_draft(session, track, wanted.role, now)
    snapshot, result = write_problem(given.problem), write_matching(drawn.matching)
    made = Round(
        institution_id=track.institution_id,
        track_id=track.id,
        number=(session.scalar(select(func.max(Round.number)).where(Round.track_id == track.id)) or 0) + 1,
        mentor_role=wanted.role,
        strategy=drawn.matching.strategy,
        strategy_version=drawn.matching.version,
        weights={trait.value: number for trait, number in wanted.weights.items()},
        seed=wanted.seed,
        kept_together=wanted.together,
        group_size=size_of(given.problem),
        snapshot=pack(snapshot),
        result=pack(result),
        snapshot_digest=digest(snapshot),
        result_digest=digest(result),
        findings=drawn.findings,
        made_by_id=claimed.started_by_id,
        made_at=now,
        undo_hours=wanted.undo_hours,
    )
    session.add(made)
    session.flush()
    insert_stream(session, Match, _rows(made, given, drawn))
    record(
        session, None, "round.drawn_up", "round", made.id, now=now, institution_id=track.institution_id,
        context_id=track.context_ref, strategy=made.strategy, students=len(given.problem.mentees),
        pairs=len(drawn.people.pairs), groups=len(given.problem.together), result=made.result_digest[:12],
    )  # fmt: skip
    finish(session, claimed, now=now, total=len(given.problem.mentees), round=made.id)
    return made


def _set_aside_draft(session: Session, track: Track, role: str, now: datetime) -> None:
    before = session.scalars(
        select(Round)
        .where(Round.track_id == track.id, Round.mentor_role == role, Round.state == RoundState.DRAFT)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if before is None:
        return
    before.state = advance(before.state, RoundState.DISCARDED)
    record(
        session, None, "round.discarded", "round", before.id, now=now, institution_id=track.institution_id,
        context_id=track.context_ref,
    )  # fmt: skip
    session.flush()


def _rows(made: Round, given: Given, drawn: Drawn) -> Iterator[dict[str, Any]]:
    mentors = {pair.mentee_id: pair.mentor_id for pair in drawn.people.pairs}
    units = unit_of(given.problem)
    for seeker in given.problem.mentees:
        own = given.lists.get(seeker.mentee_id, ())
        hidden = given.hidden.get(seeker.mentee_id, ())
        wishes = without(own, hidden) if hidden else own
        mentor_id = mentors.get(seeker.mentee_id)
        wish = wish_of(wishes, mentor_id)
        reason = drawn.whys.get(seeker.mentee_id)
        unit = units.get(seeker.mentee_id)
        yield {
            "institution_id": made.institution_id, "round_id": made.id, "student_id": seeker.mentee_id,
            "mentor_id": mentor_id, "computed_mentor_id": mentor_id, "origin": MatchOrigin.ALGORITHM, "wish": wish,
            "computed_wish": wish, "wished": sum(map(len, own)), "wishes": wishes,
            "unit": unit, "group_name": given.kept.names[unit] if unit else "",
            "why": reason.why.value if reason else "",
            "why_facts": (
                (reason.facts if reason else {})
                | (_facts(own, drawn.full) if reason or hidden else {})
                | ({"own": own} if hidden else {})  # for the student's own page, which no list of theirs surprises
                | _alike(given, seeker, mentor_id)
            ),
        }  # fmt: skip


def _alike(given: Given, seeker: Seeker, mentor_id: int | None) -> dict[str, Any]:
    """Return what the student looks for and the mentor offers, for the student to read."""
    wanted, found = given.sought.get(seeker.mentee_id), given.offered.get(mentor_id or 0)
    alike = shared(wanted, found) if wanted and found else None
    return {"alike": {"help": alike.help, "languages": alike.languages, "hours": alike.hours}} if alike else {}


def _facts(wishes: Tiers, full: frozenset[int]) -> dict[str, Any]:
    """Return whose places among the first wishes all went to somebody."""
    return {"full": sorted(full.intersection(wishes[0])) if wishes else []}
