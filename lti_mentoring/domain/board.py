"""The faculty's board: what each student's state is called, who comes first, and what is the finding of the day."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lti_mentoring.domain.milestones import ProgressState, Signer, Standing, StudentProgress

QUIET_AFTER_DAYS = 21
"""A pair without contact for three weeks rarely finds back by itself."""
WAITING_AFTER_DAYS = 7
"""A student who has waited for an answer for a week should not have to ask for it."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class BoardState(StrEnum):
    """The one word for a student on the board; the first that holds, in this order."""

    LEFT = "left"
    NEEDS_MENTOR = "needs_mentor"
    NEEDS_YOU = "needs_you"
    QUIET = "quiet"
    LATE = "late"
    WAITING = "waiting"
    REFUSED = "refused"
    TEST_FIRST = "test_first"
    DONE = "done"
    ON_PACE = "on_pace"
    STOPPED = "stopped"


class Show(StrEnum):
    """The chips above the board."""

    ALL = "all"
    LOOK = "look"
    ON_PACE = "on_pace"
    DONE = "done"
    LEFT = "left"


_S = BoardState

NEEDS_A_LOOK = frozenset({_S.NEEDS_MENTOR, _S.NEEDS_YOU, _S.QUIET, _S.LATE, _S.WAITING, _S.REFUSED, _S.TEST_FIRST})
LEADS = (_S.NEEDS_YOU, _S.QUIET, _S.NEEDS_MENTOR, _S.LATE, _S.WAITING, _S.REFUSED, _S.TEST_FIRST)
"""What the finding names first: what only faculty can do, then what is lost soonest."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A state, and since how many days where that says something (0 elsewhere)."""

    state: BoardState
    days: int = 0


@dataclass(frozen=True, slots=True)
class RowMentor:
    """One mentor of a student. ``role``: what the role is called; "" where the track tells none apart."""

    mentor_id: int
    name: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One student on the board. ``contact_on``: the longest silence with a mentor; None: there is no pair.

    ``lacking``: names of the roles in which nobody mentors the student ("" in a track with one).
    """

    student_id: int
    name: str
    mentors: tuple[RowMentor, ...]
    lacking: tuple[str, ...]
    way: StudentProgress
    verdict: Verdict
    contact_on: date | None = None
    maybe_left: bool = False
    groups: frozenset[int] = frozenset()
    """Sections and groups of the course that the student is in."""

    @property
    def mentor_name(self) -> str:
        """Who mentors the student, each once; "": nobody."""
        return ", ".join(dict.fromkeys(one.name for one in self.mentors))

    @property
    def working_on(self) -> Standing | None:
        """The first milestone that is not done; None: all are, or there is none."""
        return working_on(self.way)


@dataclass(frozen=True, slots=True)
class Wish:
    """What faculty ask the board for. ``show``: a chip, or one state. ``mentor_id`` 0: one is lacking; None: any.

    ``group_id``: one section or group of the course.
    """

    name: str = ""
    milestone_id: int | None = None
    mentor_id: int | None = None
    show: str = Show.LOOK.value
    group_id: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The sentence on top: what leads, how many that is, and how many there are in all and on pace."""

    lead: BoardState | None
    count: int
    on_pace: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Stop:
    """How many students work on one milestone now, and how many of them are late; id None: all is done."""

    milestone_id: int | None
    title: str
    students: int
    late: int


def working_on(way: StudentProgress) -> Standing | None:
    """Return the first milestone that is not done."""
    return next((one for one in way.milestones if not one.done), None)


def judge(
    way: StudentProgress,
    *,
    has_mentor: bool,
    left: bool,
    contact_on: date | None,
    refused: bool,
    today: date,
    test_first: bool = False,
) -> Verdict:
    """Return how faculty should see a student. ``contact_on``: last contact, else the start of the pair.

    ``test_first``: nobody may be given to the student before a test is passed; what only faculty can decide waits for
    them all the same.
    """
    if left:
        return Verdict(_S.LEFT)
    if _is_done(way):
        return Verdict(_S.REFUSED if refused else _S.DONE)
    if way.closed:
        return _of_closed(way, has_mentor=has_mentor, today=today, refused=refused)
    if not has_mentor and not test_first:
        return Verdict(_S.NEEDS_MENTOR)
    found = _of_pair(way, contact_on, today=today, refused=refused)
    return found if has_mentor or found.state is _S.NEEDS_YOU else Verdict(_S.TEST_FIRST)


def judge_for_mentor(way: StudentProgress, *, waits: bool, contact_on: date | None, today: date) -> Verdict:
    """Return how a mentor should see a student. ``waits``: something of the student's is in the mentor's queue."""
    if waits:
        return Verdict(_S.NEEDS_YOU)
    if _is_done(way):
        return Verdict(_S.DONE)
    if way.closed:
        return Verdict(_S.STOPPED)
    late = max((one.days_late for one in way.overdue), default=0)
    if late:
        return Verdict(_S.LATE, late)
    silent = silence(contact_on, today=today)
    return Verdict(_S.QUIET, silent) if silent >= QUIET_AFTER_DAYS else Verdict(_S.ON_PACE)


def silence(contact_on: date | None, *, today: date) -> int:
    """Return for how many days nothing was heard; 0 where there is nobody to hear from."""
    return max(0, (today - contact_on).days) if contact_on else 0


def in_order(rows: Sequence[BoardRow]) -> list[BoardRow]:
    """Sort by silence, the longest first; who has no contact yet comes last, by name."""
    return sorted(rows, key=lambda row: (row.contact_on or date.max, row.name.casefold(), row.student_id))


def narrowed(rows: Sequence[BoardRow], wish: Wish) -> list[BoardRow]:
    """Return the rows that the name, the milestone, the mentor and the group leave, whatever their state."""
    name = _plain(wish.name)
    return [
        row
        for row in rows
        if (not name or name in _plain(row.name) or name in _plain(row.mentor_name))
        and (wish.mentor_id is None or _is_with(row, wish.mentor_id))
        and (wish.group_id is None or wish.group_id in row.groups)
        and (wish.milestone_id is None or _works_on(row, wish.milestone_id))
    ]


def shown(rows: Sequence[BoardRow], show: str) -> list[BoardRow]:
    """Return the rows of a chip or of one state; people who left stand under their own chip only."""
    return [row for row in rows if _belongs(row.verdict.state, show)]


def counts(rows: Sequence[BoardRow]) -> dict[Show, int]:
    """Return how many rows each chip would show."""
    return {chip: len(shown(rows, chip.value)) for chip in Show}


def finding(rows: Sequence[BoardRow]) -> Finding:
    """Return what to say first; ``lead`` None: nobody needs a look."""
    states = [row.verdict.state for row in rows if row.verdict.state is not _S.LEFT]
    lead = next((state for state in LEADS if state in states), None)
    return Finding(
        lead=lead,
        count=states.count(lead) if lead else 0,
        on_pace=states.count(_S.ON_PACE),
        done=states.count(_S.DONE),
        total=len(states),
    )


def stops(rows: Sequence[BoardRow]) -> list[Stop]:
    """Return where everybody is, in the order of the track, and last who has done it all; without who left."""
    present = [row for row in rows if row.verdict.state is not _S.LEFT]
    milestones = present[0].way.milestones if present else ()
    lit = [working_on(row.way) for row in present]
    found = [
        _stop(milestone.milestone_id, milestone.title, [one for one in lit if one and _is(one, milestone)])
        for milestone in milestones
    ]
    return [*found, Stop(None, "", lit.count(None), 0)] if found else []


def safe_cell(text: str) -> str:
    """Return a cell that a spreadsheet shows as it is and never runs as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def week_of(today: date, starts_on: date) -> int:
    """Return the running week of a track, counted from one; 0 before it starts."""
    return (today - starts_on).days // 7 + 1 if today >= starts_on else 0


def _of_pair(way: StudentProgress, contact_on: date | None, *, today: date, refused: bool) -> Verdict:
    held = [one for one in way.milestones if one.with_others]
    by_faculty = [one for one in held if one.signer is Signer.FACULTY or one.state is ProgressState.APPEALED]
    by_mentor = _longest_wait([one for one in held if one not in by_faculty], today=today)
    silent, late = silence(contact_on, today=today), max((one.days_late for one in way.overdue), default=0)
    found = (
        (bool(by_faculty), Verdict(_S.NEEDS_YOU, _longest_wait(by_faculty, today=today))),
        (silent >= QUIET_AFTER_DAYS, Verdict(_S.QUIET, silent)),
        (late > 0, Verdict(_S.LATE, late)),
        (by_mentor >= WAITING_AFTER_DAYS, Verdict(_S.WAITING, by_mentor)),
        (refused, Verdict(_S.REFUSED)),
    )
    return next((verdict for holds, verdict in found if holds), Verdict(_S.ON_PACE))


def _of_closed(way: StudentProgress, *, has_mentor: bool, today: date, refused: bool) -> Verdict:
    """Only faculty still decide in a closed track, so nobody is late, quiet or without a mentor there."""
    held = [one for one in way.milestones if one.with_others]
    mine = [
        one for one in held if one.signer is Signer.FACULTY or one.state is ProgressState.APPEALED or not has_mentor
    ]
    if mine:
        return Verdict(_S.NEEDS_YOU, _longest_wait(mine, today=today))
    return Verdict(_S.REFUSED if refused else _S.STOPPED)


def _longest_wait(held: Sequence[Standing], *, today: date) -> int:
    return max((silence(one.submitted_at.date(), today=today) for one in held if one.submitted_at), default=0)


def _is_done(way: StudentProgress) -> bool:
    return bool(way.milestones) and way.done == way.total


def _is_with(row: BoardRow, mentor_id: int) -> bool:
    return any(one.mentor_id == mentor_id for one in row.mentors) if mentor_id else bool(row.lacking)


def _works_on(row: BoardRow, milestone_id: int) -> bool:
    lit = row.working_on
    return lit is not None and lit.milestone_id == milestone_id


def _is(one: Standing, other: Standing) -> bool:
    return one.milestone_id == other.milestone_id


def _stop(milestone_id: int, title: str, lit: Sequence[Standing]) -> Stop:
    return Stop(milestone_id, title, len(lit), sum(one.overdue for one in lit))


def _belongs(state: BoardState, show: str) -> bool:
    if show == Show.ALL:
        return state is not _S.LEFT
    if show == Show.LOOK:
        return state in NEEDS_A_LOOK
    return state == show


def _plain(text: str) -> str:
    """Fold case, width and accents, so that "zoe" finds Zoë."""
    parts = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in parts if not unicodedata.combining(letter)).strip()
