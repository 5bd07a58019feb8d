"""Add, rename, move and remove the stages of a track; their milestones stay."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from lti_mentoring.domain.tracks import MOST_STAGES, TooMany, check_version, swapped
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Milestone, Stage, Track
from lti_mentoring.services.track_milestones import renumber
from lti_mentoring.services.tracks import locked_track, note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


def add_stage(session: Session, by: Sitter, title: str, *, version: int | None, now: datetime) -> Stage:
    """Put a stage at the end; the same form posted twice makes one. Raise TooMany above 12."""
    track = locked_track(session, by)
    stages = _stages(session, track)
    if stages and version is not None and version < track.version and stages[-1].title == title:
        return stages[-1]
    check_version(track.version, version)
    if len(stages) >= MOST_STAGES:
        raise TooMany(most=MOST_STAGES)
    stage = Stage(institution_id=track.institution_id, track_id=track.id, position=len(stages) + 1, title=title)
    session.add(stage)
    session.flush()
    note(session, by, track, "stage.added", "stage", stage.id, now=now)
    return stage


def rename_stage(
    session: Session, by: Sitter, stage_id: int, title: str, *, version: int | None, now: datetime
) -> None:
    """Give a stage another name."""
    track = locked_track(session, by)
    stage = _find(session, track, stage_id)
    if stage.title == title:
        return
    check_version(track.version, version)
    stage.title = title
    note(session, by, track, "stage.renamed", "stage", stage.id, now=now)


def move_stage(session: Session, by: Sitter, stage_id: int, to: int, *, version: int | None, now: datetime) -> None:
    """Put a stage, with its milestones, at index ``to``; where it stands there already, nothing happens."""
    track = locked_track(session, by)
    stage = _find(session, track, stage_id)
    before = [one.id for one in _stages(session, track)]
    after = swapped(before, stage.id, to)
    if after == before:
        return
    check_version(track.version, version)
    _number(session, track, after)
    note(session, by, track, "stage.moved", "stage", stage.id, now=now, position=stage.position)


def remove_stage(session: Session, by: Sitter, stage_id: int, *, version: int | None, now: datetime) -> None:
    """Remove a stage; its milestones join the one before it (the first stage's: the one after it)."""
    track = locked_track(session, by)
    if version is not None and version < track.version and session.get(Stage, stage_id) is None:
        return
    stage = _find(session, track, stage_id)
    check_version(track.version, version)
    order = [one.id for one in _stages(session, track)]
    here = order.index(stage.id)
    beside = order[here - 1] if here else next(iter(order[1:]), None)
    session.execute(update(Milestone).where(Milestone.stage_id == stage.id).values(stage_id=beside))
    session.delete(stage)
    session.flush()
    _number(session, track, [one for one in order if one != stage_id])
    note(session, by, track, "stage.removed", "stage", stage_id, now=now)


def _stages(session: Session, track: Track) -> Sequence[Stage]:
    return session.scalars(select(Stage).where(Stage.track_id == track.id).order_by(Stage.position, Stage.id)).all()


def _find(session: Session, track: Track, stage_id: int) -> Stage:
    stage = session.scalars(select(Stage).where(Stage.id == stage_id, Stage.track_id == track.id)).one_or_none()
    if stage is None:
        raise NotFound
    return stage


def _number(session: Session, track: Track, order: Sequence[int]) -> None:
    rows = {one.id: one for one in _stages(session, track)}
    for position, stage_id in enumerate(order, 1):
        rows[stage_id].position = position
    session.flush()
    renumber(session, track)
