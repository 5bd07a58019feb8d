"""What faculty see while they configure a track: the order, who follows it, and who has begun what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union

from lti_mentoring.domain.milestones import ProgressState, Proof, Signer
from lti_mentoring.domain.tracks import Moves, Placed, in_order, moves_of
from lti_mentoring.models import (
    Assessment,
    AuditEntry,
    Evidence,
    Instrument,
    LineItem,
    Membership,
    MembershipStatus,
    Mentor,
    Mentorship,
    Milestone,
    MilestoneProgress,
    Person,
    Score,
    Stage,
    Track,
    TrackState,
)
from lti_mentoring.queries.standings import learns_here

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import CompoundSelect
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class TrackChoice:
    """A track of the course that a page could open."""

    track_id: int
    title: str
    state: TrackState
    milestones: int


@dataclass(frozen=True, slots=True)
class Touched:
    """How many people a track touches. ``begun`` have done something in it; ``graded`` have a score."""

    students: int
    mentors: int
    pairs: int
    begun: int
    graded: int


@dataclass(frozen=True, slots=True)
class BegunBy:
    """Who has begun a milestone: how many, and the first few names."""

    count: int
    names: tuple[str, ...]

    @property
    def others(self) -> int:
        """How many are not named."""
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True)
class PlannedMilestone:
    """One milestone as its designer sees it. ``begun``: by how many students. ``moves``: None for a retired one."""

    milestone_id: int
    number: int
    title: str
    asked: str
    stage_id: int | None
    stage: str
    proof: Proof
    signer: Signer
    instrument: str
    due_after_days: int | None
    weight: int
    needed_for_certificate: bool
    begun: int
    moves: Moves
    retired_at: datetime | None = None
    signer_role: str = ""
    """What the role is called of whose mentor signs; "": any mentor does, or the track tells no roles apart."""


@dataclass(frozen=True, slots=True)
class PlannedStage:
    """One stage, or (``stage_id`` None) the milestones without one."""

    stage_id: int | None
    title: str
    milestones: tuple[PlannedMilestone, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole order of a track."""

    stages: tuple[PlannedStage, ...]
    retired: tuple[PlannedMilestone, ...]

    @property
    def milestones(self) -> tuple[PlannedMilestone, ...]:
        """The milestones that count, in order."""
        return tuple(one for stage in self.stages for one in stage.milestones)

    @property
    def weights(self) -> tuple[int, ...]:
        """Their weights."""
        return tuple(one.weight for one in self.milestones)


@dataclass(frozen=True, slots=True)
class LastChange:
    """Who saved the track last, and when; ``name`` is None for the tool itself."""

    name: str | None
    at: datetime


def tracks_of_course(session: Session, sitter: Sitter) -> tuple[TrackChoice, ...]:
    """Return all tracks of the seat's course, newest first; one statement."""
    count = func.count(Milestone.id)
    rows = session.execute(
        select(Track.id, Track.title, Track.state, count)
        .outerjoin(Milestone, and_(Milestone.track_id == Track.id, Milestone.retired_at.is_(None)))
        .where(Track.institution_id == sitter.institution_id, Track.context_ref == sitter.context_id)
        .group_by(Track.id, Track.title, Track.state)
        .order_by(Track.id.desc())
    )
    return tuple(TrackChoice(*row) for row in rows)


def plan_of(session: Session, track: Track) -> Plan:
    """Return the order of a track with everything that its rows say; three statements."""
    stages = select(Stage.id, Stage.title).where(Stage.track_id == track.id).order_by(Stage.position, Stage.id)
    titles = {stage_id: title for stage_id, title in session.execute(stages)}  # noqa: C416  # rows are no pairs to mypy
    rows = session.execute(
        select(Milestone, Instrument.title)
        .outerjoin(Instrument, Instrument.id == Milestone.instrument_id)
        .where(Milestone.track_id == track.id)
        .order_by(Milestone.position, Milestone.id)
    ).all()
    begun = _begun_counts(session, track.id)
    by_id = {one.id: (one, form or "") for one, form in rows}
    placed = in_order(list(titles), [Placed(one.id, one.stage_id) for one, _ in rows if one.retired_at is None])
    ways = moves_of(list(titles), placed)
    planned = [
        _planned(track, *by_id[there.milestone_id], number, titles, begun, ways[there.milestone_id])
        for number, there in enumerate(placed, 1)
    ]
    nowhere = Moves(None, None)
    return Plan(
        stages=_grouped(titles, planned),
        retired=tuple(
            _planned(track, one, form or "", 0, titles, begun, nowhere) for one, form in rows if one.retired_at
        ),
    )


def touched(session: Session, track: Track) -> Touched:
    """Count who follows a track; one statement."""
    here = (Membership.context_ref == track.context_ref, learns_here())
    begun = _begun(MilestoneProgress.track_id == track.id, Assessment.track_id == track.id).subquery()
    counted = (
        select(func.count()).select_from(Membership).where(*here, Membership.status != MembershipStatus.LEFT),
        select(func.count()).select_from(Mentor).where(Mentor.track_id == track.id, Mentor.active),
        select(func.count()).select_from(Mentorship).where(
            Mentorship.track_id == track.id, Mentorship.ended_at.is_(None)
        ),
        select(func.count(begun.c.student_id.distinct())),
        select(func.count(Score.person_id.distinct())).where(Score.track_id == track.id),
    )  # fmt: skip
    return Touched(*session.execute(select(*(one.scalar_subquery() for one in counted))).one())


def begun_by(session: Session, milestone: Milestone) -> BegunBy:
    """Return who has begun a milestone; two statements."""
    begun = _begun(
        MilestoneProgress.milestone_id == milestone.id, Assessment.milestone_id == milestone.id
    ).subquery()  # fmt: skip
    count = session.scalar(select(func.count(begun.c.student_id.distinct()))) or 0
    people = session.scalars(
        select(Person)
        .where(Person.id.in_(select(begun.c.student_id)))
        .order_by(Person.name, Person.id)
        .limit(NAMES_SHOWN)
    )
    return BegunBy(count, tuple(person.shown_name for person in people))


def forms_to_choose(session: Session, institution_id: int) -> tuple[tuple[int, str], ...]:
    """Return the newest version of each form of the institution, as (number, title)."""
    rows = session.scalars(
        select(Instrument).where(Instrument.institution_id == institution_id).order_by(Instrument.version)
    )
    newest = {row.key: row for row in rows}
    return tuple((row.id, row.title) for row in newest.values())


def closed_columns(session: Session, track: Track) -> tuple[str, ...]:
    """Return the names of the columns that are no longer written."""
    return tuple(
        session.scalars(
            select(LineItem.label)
            .where(LineItem.track_id == track.id, LineItem.closed_at.is_not(None))
            .order_by(LineItem.id)
        )
    )


def last_change(session: Session, track: Track) -> LastChange | None:
    """Return who changed the track's configuration last; one statement."""
    row = session.execute(
        select(AuditEntry, Person)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.institution_id == track.institution_id,
            AuditEntry.context_ref == track.context_ref,
            AuditEntry.thing.in_(("track", "milestone", "stage")),
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    entry, person = row
    return LastChange(person.shown_name if person else None, entry.at)


def _begun_counts(session: Session, track_id: int) -> Counter[int]:
    begun = _begun(MilestoneProgress.track_id == track_id, Assessment.track_id == track_id).subquery()
    rows = session.execute(
        select(begun.c.milestone_id, func.count(begun.c.student_id.distinct())).group_by(begun.c.milestone_id)
    )
    return Counter({milestone_id: count for milestone_id, count in rows})  # noqa: C416  # as above


def _begun(of_progress: ColumnElement[bool], of_form: ColumnElement[bool]) -> CompoundSelect[tuple[int, int]]:
    """Return (milestone, student) of all that is begun: sent, drafted, decided, assessed. A new date begins nothing."""
    sent = exists().where(Evidence.progress_id == MilestoneProgress.id)
    moved_on = or_(MilestoneProgress.state != ProgressState.OPEN, MilestoneProgress.draft != "", sent)
    return union(
        select(MilestoneProgress.milestone_id, MilestoneProgress.student_id).where(of_progress, moved_on),
        select(Assessment.milestone_id, Assessment.student_id).where(of_form),
    )


def _planned(
    track: Track, one: Milestone, form: str, number: int, titles: dict[int, str], begun: Counter[int], ways: Moves
) -> PlannedMilestone:
    return PlannedMilestone(
        milestone_id=one.id,
        number=number,
        title=one.title,
        asked=one.asked,
        stage_id=one.stage_id,
        stage=titles.get(one.stage_id, "") if one.stage_id else "",
        proof=one.proof,
        signer=one.signer,
        instrument=form,
        due_after_days=one.due_after_days,
        weight=one.weight,
        needed_for_certificate=one.needed_for_certificate,
        begun=begun[one.id],
        moves=ways,
        retired_at=one.retired_at,
        signer_role="" if one.signer_role is None else track.role_names.get(one.signer_role, ""),
    )


def _grouped(titles: dict[int, str], planned: Sequence[PlannedMilestone]) -> tuple[PlannedStage, ...]:
    loose = tuple(one for one in planned if one.stage_id is None)
    stages = tuple(
        PlannedStage(stage_id, title, tuple(one for one in planned if one.stage_id == stage_id))
        for stage_id, title in titles.items()
    )
    return (PlannedStage(None, "", loose), *stages) if loose else stages
