"""What the gradebook last accepted, for whom, when, and why something is kept back."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from lti_mentoring.lti.access import UNWELCOME
from lti_mentoring.models import (
    HeldReason,
    LineItem,
    Membership,
    MembershipStatus,
    Person,
    PlatformLane,
    Score,
    ScoreState,
    Track,
)
from lti_mentoring.queries.standings import learns_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

PAGE = 100
UNREADABLE = frozenset({"html", "not_json", "shape", "encoding", "too_large"})
"""Reasons of ``lti.faults.PlatformAnswerUnreadable``."""
OUR_OWN_WAITS = frozenset({"column_search", "lane_busy", "lane_paused"})
"""Why a score waits although the course did nothing wrong."""
IN_ORDER = (LineItem.test_id.is_not(None), LineItem.milestone_id, LineItem.id)
"""Columns of tests stand after the track's own."""
NEEDS_A_LOOK = frozenset(
    {
        HeldReason.REFUSED,
        HeldReason.FORBIDDEN,
        HeldReason.NO_GRADEBOOK,
        HeldReason.TEACHER_CHANGED,
        HeldReason.GAVE_UP,
    }
)


@dataclass(frozen=True, slots=True)
class GradeCell:
    """One student's score in one column. ``accepted`` is what the gradebook took last, out of ``accepted_of``."""

    score_id: int
    column: str
    wanted: float
    maximum: float
    accepted: float | None
    accepted_of: float | None
    accepted_at: datetime | None
    state: ScoreState
    held: HeldReason | None
    waiting: str | None
    due_at: datetime

    @property
    def is_unanswered(self) -> bool:
        """Whether the course was asked and has not answered well; looking for the column first is no fault of its."""
        return self.state is ScoreState.PENDING and self.waiting not in {None, *OUR_OWN_WAITS}

    @property
    def is_asked_to_wait(self) -> bool:
        """Whether the course answered that it has too much to do."""
        return self.waiting == "throttled"

    @property
    def is_unwelcome(self) -> bool:
        """Whether the platform does not know this tool any more, so that its administrator has to look."""
        return self.waiting in UNWELCOME

    @property
    def is_unreadable(self) -> bool:
        """Whether the course's last answer was something else than a gradebook's."""
        return self.state is ScoreState.PENDING and self.waiting in UNREADABLE

    @property
    def is_refused(self) -> bool:
        """Whether somebody has to look: the platform said no, or a teacher changed the grade."""
        return self.held in NEEDS_A_LOOK


@dataclass(frozen=True, slots=True)
class GradeGlance:
    """A student's scores of all columns in one line. ``accepted`` None: nothing in the gradebook yet."""

    accepted: float | None
    maximum: float
    accepted_at: datetime | None
    refused: bool
    on_its_way: bool


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One student and the cells in the order of the columns; a column without a grade has no cell."""

    person_id: int
    name: str
    status: MembershipStatus
    cells: tuple[GradeCell, ...]


@dataclass(frozen=True, slots=True)
class GradesPage:
    """The faculty's page: counts over the whole track, one page of rows."""

    columns: tuple[str, ...]
    rows: tuple[GradeRow, ...]
    students: int
    accepted: int
    on_their_way: int
    refused: int
    number: int
    pages: int
    has_gradebook: bool
    is_resting: bool
    """The platform failed again and again: it is left alone for a while, and then asked once."""


def glances(session: Session, track_id: int, person_ids: Iterable[int] | None = None) -> dict[int, GradeGlance]:
    """Return a glance for each student who has a score in an open column; one statement."""
    wanted = (
        select(Score, LineItem)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(Score.track_id == track_id, LineItem.closed_at.is_(None))
    )
    if person_ids is not None:
        wanted = wanted.where(Score.person_id.in_(list(person_ids)))
    cells: defaultdict[int, list[GradeCell]] = defaultdict(list)
    for score, item in session.execute(wanted):
        cells[score.person_id].append(_cell(score, item))
    return {person_id: glance(of) for person_id, of in cells.items()}


def glance(cells: Sequence[GradeCell]) -> GradeGlance:
    """Sum the cells of one student."""
    taken = [cell for cell in cells if cell.accepted is not None]
    return GradeGlance(
        accepted=sum(cell.accepted or 0.0 for cell in taken) if taken else None,
        maximum=sum(cell.maximum for cell in cells),
        accepted_at=max((cell.accepted_at for cell in taken if cell.accepted_at), default=None),
        refused=any(cell.is_refused for cell in cells),
        on_its_way=any(cell.state is ScoreState.PENDING for cell in cells),
    )


def grades_page(session: Session, sitter: Sitter, *, number: int = 1) -> GradesPage:
    """Return one page of the faculty's grades, what needs a look first; six statements for any number of students."""
    track = session.get_one(Track, sitter.track_id)
    columns = session.scalars(
        select(LineItem).where(LineItem.track_id == track.id, LineItem.closed_at.is_(None)).order_by(*IN_ORDER)
    ).all()
    enrolled = (Membership.context_ref == track.context_ref, learns_here())
    students = session.scalar(select(func.count()).select_from(Membership).where(*enrolled)) or 0
    counts = _counts(session, track.id)
    pages = max(1, -(-students // PAGE))
    number = min(max(number, 1), pages)
    look = exists().where(
        Score.track_id == track.id,
        Score.person_id == Person.id,
        Score.line_item_id.in_([column.id for column in columns]),
        Score.held_reason.in_(NEEDS_A_LOOK),
    )
    people = session.execute(
        select(Person, Membership.status)
        .join(Membership, Membership.person_id == Person.id)
        .where(*enrolled)
        .order_by(look.desc(), Person.name, Person.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    cells = _cells(session, [column.id for column in columns], [person.id for person, _ in people])
    rows = tuple(GradeRow(person.id, person.shown_name, status, tuple(cells[person.id])) for person, status in people)
    return GradesPage(
        columns=tuple(column.label for column in columns),
        rows=rows,
        students=students,
        accepted=counts["accepted"],
        on_their_way=counts["pending"],
        refused=counts["refused"],
        number=number,
        pages=pages,
        has_gradebook=track.context.lineitems_url is not None,
        is_resting=_is_resting(session, track.context.registration_id),
    )


def _is_resting(session: Session, registration_id: int) -> bool:
    lane = select(PlatformLane.rests_until).where(PlatformLane.registration_id == registration_id)
    return session.scalar(lane) is not None


def find_score(session: Session, sitter: Sitter, score_id: int) -> Score | None:
    """Return a score of the sitter's own track, or None."""
    return session.scalars(
        select(Score).where(
            Score.id == score_id,
            Score.track_id == sitter.track_id,
            Score.institution_id == sitter.institution_id,
        )
    ).one_or_none()


def _counts(session: Session, track_id: int) -> dict[str, int]:
    counts = {"accepted": 0, "pending": 0, "refused": 0}
    rows = session.execute(
        select(Score.state, Score.held_reason, func.count())
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(Score.track_id == track_id, LineItem.closed_at.is_(None))
        .group_by(Score.state, Score.held_reason)
    )
    quiet = {HeldReason.NOT_FORMED, HeldReason.LEFT_COURSE, HeldReason.TEST_USER, HeldReason.COLUMN_CLOSED}
    for state, held, count in rows:
        if state is not ScoreState.HELD:
            counts[state.value] += count
        elif held not in quiet:
            counts["refused"] += count
    return counts


def _cells(session: Session, columns: list[int], people: list[int]) -> defaultdict[int, list[GradeCell]]:
    cells: defaultdict[int, list[GradeCell]] = defaultdict(list)
    rows = session.execute(
        select(Score, LineItem)
        .join(LineItem, LineItem.id == Score.line_item_id)
        .where(Score.line_item_id.in_(columns), Score.person_id.in_(people))
        .order_by(*IN_ORDER)
    )
    for score, item in rows:
        cells[score.person_id].append(_cell(score, item))
    return cells


def _cell(score: Score, item: LineItem) -> GradeCell:
    return GradeCell(
        score_id=score.id,
        column=item.label,
        wanted=score.wanted,
        maximum=score.maximum,
        accepted=score.accepted_value,
        accepted_of=score.accepted_maximum,
        accepted_at=score.accepted_at,
        state=score.state,
        held=score.held_reason,
        waiting=score.waiting_reason,
        due_at=score.due_at,
    )
