"""What faculty may configure: order, weights, when a track can run, and what a change means for those who follow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date

from lti_mentoring.domain.grades import ColumnMode, GradeRule, Reached, track_grade
from lti_mentoring.domain.levels import USUAL_MONTHS
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer
from lti_mentoring.errors import Conflict, Refused

MOST_MILESTONES = 40
"""More is a syllabus, not a path that somebody keeps in sight."""
MOST_STAGES = 12
LONGEST_TITLE = 120
LONGEST_TRACK_TITLE = 200
LONGEST_TEXT = 4000
LATEST_DAY = 1830
"""Five years after the beginning."""
MOST_WEIGHT = 1000
MOST_POINTS = 10_000


class TrackChanged(Conflict):
    """Somebody else saved the track meanwhile; the form was opened on an older version."""

    code = "track_changed"


class LinkChosen(Conflict):
    """Somebody else has said meanwhile which track this page of the course opens."""

    code = "link_chosen"


class NotPublishable(Refused):
    """Something is missing before students can see the track. Fact ``problems``: codes, in order."""

    code = "track_not_publishable"


class TooMany(Refused):
    """The track is full. Fact ``most``."""

    code = "track_too_many"


class NothingCounts(Refused):
    """With this rule at least one milestone needs a weight."""

    code = "track_nothing_counts"


class LastMilestone(Refused):
    """A running track keeps at least one milestone."""

    code = "track_last_milestone"


class LinkNeeded(Refused):
    """The seat came by no page of the course, so there is nothing that could open a track."""

    code = "track_link_needed"
    status = 409


@dataclass(frozen=True, slots=True)
class MentoringFacts:
    """Who may become a mentor, who checks them, what they need, and when one is called practising."""

    applications_open: bool
    faculty_verify: bool = False
    credential_needed: bool = False
    practising_months: int = USUAL_MONTHS


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What a track is called and when it begins."""

    title: str
    purpose: str
    starts_on: date


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """Everything that faculty decide about one milestone, except its place in the order."""

    title: str
    asked: str
    stage_id: int | None
    proof: Proof
    instrument_id: int | None
    due_after_days: int | None
    weight: int
    signer: Signer
    needed_for_certificate: bool
    test_id: int | None = None
    signer_role: str | None = None
    """Of which role the mentor is who signs; None: any of the student's mentors."""
    activity_url: str = ""
    """Where the activity of the course is that proves it; "": students find it there by its name."""


@dataclass(frozen=True, slots=True)
class Grading:
    """How the grade is formed and where it goes."""

    rule: GradeRule
    mode: ColumnMode
    points: int


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What the certificate says, and which milestones earn it (by number)."""

    title: str
    sentence: str
    needed: frozenset[int]


def changes(before: object, after: object) -> tuple[str, ...]:
    """Name the fields in which two facts of the same dataclass differ, in order."""
    return tuple(
        field.name
        for field in fields(before)  # type: ignore[arg-type]  # every caller hands two of one dataclass
        if getattr(before, field.name) != getattr(after, field.name)
    )


def check_version(known: int, opened_on: int | None) -> None:
    """Raise TrackChanged when the form was opened on an older version; None: it names no version."""
    if opened_on is not None and opened_on != known:
        raise TrackChanged(known=known, opened_on=opened_on)


# ------------------------------------------------------------------ the order


@dataclass(frozen=True, slots=True)
class Placed:
    """A milestone and the stage that it stands in."""

    milestone_id: int
    stage_id: int | None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a milestone could stand: its index in the whole order, and its stage."""

    index: int
    stage_id: int | None


@dataclass(frozen=True, slots=True)
class Moves:
    """Where one step up and one step down would lead; None at the ends."""

    up: Spot | None
    down: Spot | None


def in_order(stages: Sequence[int], placed: Sequence[Placed]) -> list[Placed]:
    """Return the milestones so that each stage stands together; those without a stage come first."""
    rank: dict[int | None, int] = {stage: number for number, stage in enumerate(stages, 1)}
    return sorted(placed, key=lambda one: rank.get(one.stage_id, 0))


def moves_of(stages: Sequence[int], placed: Sequence[Placed]) -> dict[int, Moves]:
    """Return where each milestone can go: past its neighbour, or over the border into the stage beside its own."""
    rows: list[int | None] = list(stages)
    if not rows or any(one.stage_id is None for one in placed):
        rows.insert(0, None)
    return {one.milestone_id: _moves(rows, placed, index) for index, one in enumerate(placed)}


def _moves(rows: Sequence[int | None], placed: Sequence[Placed], index: int) -> Moves:
    return Moves(_step(rows, placed, index, -1), _step(rows, placed, index, 1))


def _step(rows: Sequence[int | None], placed: Sequence[Placed], index: int, by: int) -> Spot | None:
    here = placed[index].stage_id
    beside = index + by
    if 0 <= beside < len(placed) and placed[beside].stage_id == here:
        return Spot(beside, here)
    row = rows.index(here) + by
    return Spot(index, rows[row]) if 0 <= row < len(rows) else None


def moved(placed: Sequence[Placed], milestone_id: int, spot: Spot) -> list[Placed]:
    """Return the order with one milestone at ``spot``."""
    others = [one for one in placed if one.milestone_id != milestone_id]
    others.insert(spot.index, Placed(milestone_id, spot.stage_id))
    return others


def swapped(order: Sequence[int], one: int, to: int) -> list[int]:
    """Return ``order`` with ``one`` at index ``to``, kept inside the ends."""
    others = [other for other in order if other != one]
    others.insert(min(max(to, 0), len(others)), one)
    return others


# ------------------------------------------------------------------ may it run?


def needs_weights(grading: Grading) -> bool:
    """Whether a grade is formed of weights."""
    return grading.mode is ColumnMode.PER_MILESTONE or grading.rule is not GradeRule.COMPLETION


def check_weights(grading: Grading, weights: Sequence[int]) -> None:
    """Raise NothingCounts when the grade is formed of weights and all of them are zero."""
    if needs_weights(grading) and not any(weights):
        raise NothingCounts


def missing(grading: Grading, milestones: Sequence[MilestoneFacts]) -> tuple[str, ...]:
    """Name what is missing before the track can run: no_milestones, no_weights, no_form, no_test."""
    if not milestones:
        return ("no_milestones",)
    found = []
    if needs_weights(grading) and not any(one.weight for one in milestones):
        found.append("no_weights")
    if any(one.proof is Proof.ASSESSMENT and one.instrument_id is None for one in milestones):
        found.append("no_form")
    if any(one.proof is Proof.TEST and one.test_id is None for one in milestones):
        found.append("no_test")
    return tuple(found)


# ------------------------------------------------------------------ the grade in words


@dataclass(frozen=True, slots=True)
class GradeExample:
    """A student who has reached the first ``done`` of ``total`` milestones, and the grade then (None: none yet)."""

    done: int
    total: int
    grade: float | None
    points: int


def example(rule: GradeRule, points: int, weights: Sequence[int]) -> GradeExample:
    """Return what the rule makes of a student who is half way, rounded up."""
    done = (len(weights) + 1) // 2
    reached = [
        Reached(number, weight, ProgressState.ACCEPTED if number < done else ProgressState.OPEN)
        for number, weight in enumerate(weights)
    ]
    return GradeExample(done, len(weights), track_grade(rule, points, reached), points)


def share(weight: int, whole: int, points: int) -> float:
    """Return how many of ``points`` a weight is worth."""
    return round(points * weight / whole, 1) if whole else 0.0


def week_of(days: int) -> int:
    """Return the week of the mentorship in which a day lies; the first is week 1."""
    return max(1, -(-days // 7))
