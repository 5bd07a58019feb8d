"""Add, change, move and take out milestones. What somebody has begun is kept: it is retired and stays readable."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.sentences import is_web_address
from lti_mentoring.domain.tests import Audience, StateOfTest
from lti_mentoring.domain.tracks import (
    MOST_MILESTONES,
    LastMilestone,
    MilestoneFacts,
    Placed,
    Spot,
    TooMany,
    changes,
    check_version,
    check_weights,
    in_order,
    moved,
    moves_of,
)
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.models import (
    Assessment,
    Instrument,
    LineItem,
    Meeting,
    Milestone,
    MilestoneProgress,
    Stage,
    Test,
    Track,
    TrackState,
)
from lti_mentoring.services.passing import reach_by_all
from lti_mentoring.services.tracks import (
    grading_of,
    locked_track,
    milestone_facts,
    note,
    open_milestones,
    regrade,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

GRADED = frozenset({"title", "weight"})
"""Changes of a milestone that a grade or the name of a column depends on."""
PROVING = frozenset({"proof", "test_id"})


class NoTestNamed(Refused):
    """A milestone that a test proves names no test that students of this track can take."""

    code = "track_test_missing"


class AddressRefused(Refused):
    """Where the activity of the course is, is no address of the web."""

    code = "track_activity_address"


class FormMissing(Refused):
    """A milestone that a form proves names no form of this institution."""

    code = "track_form_missing"


def add_milestone(
    session: Session, by: Sitter, facts: MilestoneFacts, *, version: int | None, now: datetime
) -> Milestone:
    """Put a milestone at the end of its stage; the same form posted twice makes one. Raise TooMany above 40."""
    track = locked_track(session, by)
    facts = _checked(session, track, facts)
    there = open_milestones(session, track)
    newest = max(there, key=lambda one: one.id, default=None)
    if newest and version is not None and version < track.version and milestone_facts(newest) == facts:
        return newest
    check_version(track.version, version)
    if len(there) >= MOST_MILESTONES:
        raise TooMany(most=MOST_MILESTONES)
    one = Milestone(institution_id=track.institution_id, track_id=track.id, position=len(there) + 1)
    _fill(one, facts)
    session.add(one)
    renumber(session, track)
    note(session, by, track, "milestone.added", "milestone", one.id, now=now, weight=one.weight)
    _count_what_was_passed(session, one, now=now)
    regrade(session, track, now=now)
    return one


def edit_milestone(
    session: Session, by: Sitter, milestone_id: int, facts: MilestoneFacts, *, version: int | None, now: datetime
) -> Milestone:
    """Change one milestone. In a running track the change counts for everybody at once; what is done stays done."""
    track = locked_track(session, by)
    one = find_milestone(session, track, milestone_id)
    facts = _checked(session, track, facts)
    changed = changes(milestone_facts(one), facts)
    if not changed:
        return one
    check_version(track.version, version)
    _fill(one, facts)
    _check_running(session, track)
    if "stage_id" in changed:
        renumber(session, track)
    note(session, by, track, "milestone.edited", "milestone", one.id, now=now, changed=list(changed))
    if not PROVING.isdisjoint(changed):
        _count_what_was_passed(session, one, now=now)
    if not GRADED.isdisjoint(changed):
        regrade(session, track, now=now)
    return one


def move_milestone(
    session: Session, by: Sitter, milestone_id: int, spot: Spot, *, version: int | None, now: datetime
) -> None:
    """Put a milestone at ``spot``; where it stands there already, nothing happens."""
    track = locked_track(session, by)
    one = find_milestone(session, track, milestone_id)
    placed = _placed(session, track)
    if placed.index(Placed(one.id, one.stage_id)) == spot.index and one.stage_id == spot.stage_id:
        return
    check_version(track.version, version)
    ways = moves_of(_stage_ids(session, track), placed)[one.id]
    if spot not in (ways.up, ways.down):
        raise NotFound
    one.stage_id = spot.stage_id
    _number(session, track, moved(placed, one.id, spot))
    note(session, by, track, "milestone.moved", "milestone", one.id, now=now, position=one.position)


def remove_milestone(session: Session, by: Sitter, milestone_id: int, *, version: int | None, now: datetime) -> None:
    """Take a milestone out: deleted where nothing hangs on it, else retired, its records kept.

    Taking out twice does it once. A running track keeps one milestone (LastMilestone) and a weight (NothingCounts).
    """
    track = locked_track(session, by)
    if version is not None and version < track.version and session.get(Milestone, milestone_id) is None:
        return
    one = find_milestone(session, track, milestone_id, retired=True)
    if one.retired_at is not None:
        return
    check_version(track.version, version)
    kept = _has_records(session, one)
    if kept:
        one.retired_at = now
    else:
        session.delete(one)
    _check_running(session, track)
    renumber(session, track)
    note(session, by, track, f"milestone.{'retired' if kept else 'removed'}", "milestone", milestone_id, now=now)
    regrade(session, track, now=now)


def find_milestone(session: Session, track: Track, milestone_id: int, *, retired: bool = False) -> Milestone:
    """Return a milestone of this track; raise NotFound for any other and, unless asked for, for a retired one."""
    one = session.scalars(
        select(Milestone).where(Milestone.id == milestone_id, Milestone.track_id == track.id)
    ).one_or_none()
    if one is None or (one.retired_at is not None and not retired):
        raise NotFound
    return one


def renumber(session: Session, track: Track) -> None:
    """Give the open milestones new numbers, stage by stage."""
    _number(session, track, _placed(session, track))


def _checked(session: Session, track: Track, facts: MilestoneFacts) -> MilestoneFacts:
    """Return ``facts`` with a form, a test or an address only where one is asked for.

    Raises NotFound, FormMissing and NoTestNamed for what is somebody else's, AddressRefused for what leads nowhere.
    """
    if facts.stage_id is not None and facts.stage_id not in _stage_ids(session, track):
        raise NotFound
    if facts.signer is not Signer.MENTOR:
        facts = replace(facts, signer_role=None)
    if facts.signer_role is not None and facts.signer_role not in {one.key for one in track.roles}:
        raise NotFound
    asked = replace(facts, instrument_id=None, test_id=None, activity_url="")
    if facts.proof is Proof.ACTIVITY:
        return replace(asked, activity_url=_address(facts))
    if facts.proof is Proof.TEST:
        return replace(asked, test_id=_test(session, track, facts))
    if facts.proof is Proof.ASSESSMENT:
        return replace(asked, instrument_id=_form(session, track, facts))
    return asked


def _address(facts: MilestoneFacts) -> str:
    if facts.activity_url and not is_web_address(facts.activity_url):
        raise AddressRefused
    return facts.activity_url


def _form(session: Session, track: Track, facts: MilestoneFacts) -> int:
    form = session.get(Instrument, facts.instrument_id) if facts.instrument_id else None
    if form is None or form.institution_id != track.institution_id:
        raise FormMissing
    return form.id


def _test(session: Session, track: Track, facts: MilestoneFacts) -> int:
    test = session.get(Test, facts.test_id) if facts.test_id else None
    if test is None or test.track_id != track.id or not _proves(test):
        raise NoTestNamed
    return test.id


def _proves(test: Test) -> bool:
    """Whether students can take the test, or could before it was closed."""
    return test.audience is Audience.STUDENTS and test.state is not StateOfTest.DRAFT


def _count_what_was_passed(session: Session, one: Milestone, *, now: datetime) -> None:
    """Let those who have passed the milestone's test already reach it now."""
    if one.proof is Proof.TEST:
        reach_by_all(session, one, now=now)


def _fill(one: Milestone, facts: MilestoneFacts) -> None:
    for field in fields(facts):
        setattr(one, field.name, getattr(facts, field.name))


def _check_running(session: Session, track: Track) -> None:
    if track.state is TrackState.DRAFT:
        return
    left = open_milestones(session, track)
    if not left:
        raise LastMilestone
    check_weights(grading_of(track), [one.weight for one in left])


def _has_records(session: Session, one: Milestone) -> bool:
    """Whether anything points at the milestone: a student's progress, a form, a column of the gradebook, a meeting."""
    return any(
        session.scalar(select(exists().where(column == one.id)))
        for column in (
            MilestoneProgress.milestone_id,
            Assessment.milestone_id,
            LineItem.milestone_id,
            Meeting.milestone_id,
        )
    )


def _stage_ids(session: Session, track: Track) -> Sequence[int]:
    return session.scalars(select(Stage.id).where(Stage.track_id == track.id).order_by(Stage.position, Stage.id)).all()


def _placed(session: Session, track: Track) -> list[Placed]:
    rows = [Placed(one.id, one.stage_id) for one in open_milestones(session, track)]
    return in_order(_stage_ids(session, track), rows)


def _number(session: Session, track: Track, order: Sequence[Placed]) -> None:
    rows = {one.id: one for one in open_milestones(session, track)}
    for position, placed in enumerate(order, 1):
        rows[placed.milestone_id].position = position
    session.flush()
