"""What can be picked for a course: its tracks, and single things of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, select

from lti_mentoring.domain.grades import ColumnMode
from lti_mentoring.domain.placing import Opens, Placed, column_of_test, milestone_column, track_column
from lti_mentoring.domain.tests import Audience, StateOfTest
from lti_mentoring.models import Instrument, LineItem, Milestone, ResourceLink, Test, Track, TrackState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class Column:
    """The gradebook column that a link may bring along. ``made``: the course has it already."""

    resource_id: str
    label: str
    maximum: float
    made: bool = False


@dataclass(frozen=True, slots=True)
class Pickable:
    """One thing that a link may open. ``name``: of the very thing; "" where its kind says it.

    ``column``: None where the track's rule gives it none of its own.
    """

    opens: Opens
    name: str
    column: Column | None = None
    due_at: datetime | None = None

    @property
    def value(self) -> str:
        """What stands for it in a form."""
        return ":".join(filter(None, (self.opens.kind.value, self.opens.track_key, self.opens.item_key)))


@dataclass(frozen=True, slots=True)
class PickableTrack:
    """One track of the course with all that can be picked of it."""

    key: str
    title: str
    is_draft: bool
    starts_at: datetime
    things: tuple[Pickable, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    track: Any
    milestones: tuple[Milestone, ...]
    tests: tuple[Test, ...]
    forms: dict[int, str]
    made: frozenset[str]


def tracks_to_pick(session: Session, sitter: Sitter) -> tuple[PickableTrack, ...]:
    """Return the open tracks of the sitter's course, newest first; five statements, however much there is."""
    tracks = session.execute(
        select(Track.id, Track.key, Track.title, Track.state, Track.starts_on, Track.points, Track.column_mode)
        .where(
            Track.institution_id == sitter.institution_id,
            Track.context_ref == sitter.context_id,
            Track.state != TrackState.CLOSED,
        )
        .order_by(Track.id.desc())
    ).all()
    numbers = [track.id for track in tracks]
    rows = session.execute(
        select(Milestone, Instrument.title)
        .outerjoin(Instrument, Instrument.id == Milestone.instrument_id)
        .where(Milestone.track_id.in_(numbers), Milestone.retired_at.is_(None))
        .order_by(Milestone.track_id, Milestone.position, Milestone.id)
    ).all()
    forms: dict[int, str] = {one.id: title for one, title in rows if title}
    by_track = {
        number: tuple(one for one, _title in found) for number, found in groupby(rows, lambda row: row[0].track_id)
    }
    tests = _tests_of(session, numbers)
    made = _columns_made(session, numbers)
    return tuple(
        _track(_Plan(track, by_track.get(track.id, ()), tests.get(track.id, ()), forms, made)) for track in tracks
    )


def _tests_of(session: Session, tracks: list[int]) -> dict[int, tuple[Test, ...]]:
    """Return the tests that can be placed: drafts and closed ones would lead nowhere."""
    rows = session.scalars(
        select(Test)
        .where(Test.track_id.in_(tracks), Test.state == StateOfTest.PUBLISHED)
        .order_by(Test.track_id, Test.id)
    )
    return {number: tuple(found) for number, found in groupby(rows, lambda one: one.track_id)}


def _columns_made(session: Session, tracks: list[int]) -> frozenset[str]:
    """Return the names of the columns that the gradebook has: found or made by us, or come along with a link."""
    ours = session.execute(
        select(Track.key.label("track_key"), Milestone.key.label("item_key"), Test.key.label("test_key"))
        .join(LineItem, LineItem.track_id == Track.id)
        .outerjoin(Milestone, Milestone.id == LineItem.milestone_id)
        .outerjoin(Test, Test.id == LineItem.test_id)
        .where(Track.id.in_(tracks), LineItem.url.is_not(None))
    )
    is_test = ResourceLink.opens == Placed.TEST.value
    of_links = session.execute(
        select(
            Track.key.label("track_key"),
            case((~is_test, ResourceLink.opens_item)).label("item_key"),
            case((is_test, ResourceLink.opens_item)).label("test_key"),
        )
        .join(ResourceLink, ResourceLink.track_id == Track.id)
        .where(
            Track.id.in_(tracks),
            ResourceLink.lineitem_url.is_not(None),
            ResourceLink.opens != Placed.CERTIFICATES.value,
        )
    )
    return frozenset(_column_name(row.track_key, row.item_key, row.test_key) for row in (*ours, *of_links))


def _column_name(track_key: str, item_key: str | None, test_key: str | None) -> str:
    if test_key:
        return column_of_test(test_key)
    return milestone_column(item_key) if item_key else track_column(track_key)


def _track(plan: _Plan) -> PickableTrack:
    row = plan.track
    return PickableTrack(
        key=row.key,
        title=row.title,
        is_draft=row.state is TrackState.DRAFT,
        starts_at=datetime.combine(row.starts_on, time.min, UTC),
        things=tuple(thing for kind in Placed for thing in THINGS[kind](plan)),
    )


def _whole(plan: _Plan) -> Iterator[Pickable]:
    row, column = plan.track, None
    if row.column_mode is ColumnMode.ONE:
        name = track_column(row.key)
        column = Column(name, row.title, row.points, made=name in plan.made)
    yield Pickable(Opens(Placed.TRACK, row.key), row.title, column)


def _milestones(plan: _Plan) -> Iterator[Pickable]:
    for one in plan.milestones:
        yield _of_milestone(plan, one, Placed.MILESTONE, one.title)


def _assessments(plan: _Plan) -> Iterator[Pickable]:
    for one in plan.milestones:
        if one.id in plan.forms:
            yield _of_milestone(plan, one, Placed.ASSESSMENT, f"{one.title}: {plan.forms[one.id]}")


def _of_milestone(plan: _Plan, one: Milestone, kind: Placed, name: str) -> Pickable:
    row, column, due = plan.track, None, None
    if row.column_mode is ColumnMode.PER_MILESTONE and one.weight:
        resource = milestone_column(one.key)
        column = Column(resource, f"{row.title}: {one.title}", one.weight, made=resource in plan.made)
    if one.due_after_days is not None:
        day = row.starts_on + timedelta(days=one.due_after_days)
        due = datetime.combine(day, time(23, 59, 59), UTC)
    return Pickable(Opens(kind, row.key, one.key), name, column, due)


def _tests(plan: _Plan) -> Iterator[Pickable]:
    for one in plan.tests:
        column = None
        if one.column_points is not None and one.audience is Audience.STUDENTS:
            name = column_of_test(one.key)
            column = Column(name, f"{plan.track.title}: {one.title}", one.column_points, made=name in plan.made)
        yield Pickable(Opens(Placed.TEST, plan.track.key, one.key), one.title, column)


def _certificates(plan: _Plan) -> Iterator[Pickable]:
    yield Pickable(Opens(Placed.CERTIFICATES, plan.track.key), "")


THINGS: dict[Placed, Callable[[_Plan], Iterator[Pickable]]] = {
    Placed.TRACK: _whole,
    Placed.MILESTONE: _milestones,
    Placed.ASSESSMENT: _assessments,
    Placed.TEST: _tests,
    Placed.CERTIFICATES: _certificates,
}
"""What a track offers of each kind; a kind that it has nothing of offers nothing."""
