"""What the board's page and its spreadsheet show: the same choice of rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._findings import say_finding
from lti_mentoring.blueprints._group_words import group_choices
from lti_mentoring.blueprints._htmx import announce, render, wants_partial
from lti_mentoring.blueprints._verdicts import pill_of, said
from lti_mentoring.db import db
from lti_mentoring.domain.board import (
    NEEDS_A_LOOK,
    BoardRow,
    BoardState,
    Show,
    Stop,
    Verdict,
    Wish,
    counts,
    in_order,
    narrowed,
    shown,
    stops,
)
from lti_mentoring.forms.board import read_wish, wish_args
from lti_mentoring.queries.board import Board, read_board
from lti_mentoring.queries.jobs import open_jobs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from flask import Response

    from lti_mentoring.blueprints._said import Said
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.grades import GradeGlance

PAGE = 100


@dataclass(frozen=True, slots=True)
class BoardPage:
    """One page of the board: ``rows`` of all that were ``chosen``, and what stands around them."""

    board: Board
    wish: Wish
    finding: Said
    rows: tuple[BoardRow, ...]
    chosen: int
    total: int
    chips: tuple[tuple[str, str, int, bool], ...]
    milestones: tuple[tuple[object, str], ...]
    mentors: tuple[tuple[object, str], ...]
    groups: tuple[tuple[object, str], ...]
    stops: tuple[Stop, ...]
    present: int
    number: int
    pages: int

    @property
    def is_narrowed(self) -> bool:
        """Whether a name, a milestone, a mentor or a group was asked for."""
        return self.wish != Wish(show=self.wish.show)

    def page_url(self, number: int) -> str:
        """Return where another page of the same choice is; "" where there is none."""
        if not 1 <= number <= self.pages:
            return ""
        args = wish_args(self.wish) | ({"page": number} if number > 1 else {})
        return url_for("home.today", **args)

    @property
    def csv_url(self) -> str:
        """Where the same choice is a spreadsheet."""
        return url_for("board.export", **wish_args(self.wish))

    @property
    def bars(self) -> list[tuple[str, int, int]]:
        """The chart's rows: name of the milestone, students, late ones."""
        return [(stop.title or _("All done"), stop.students, stop.late) for stop in self.stops]

    @property
    def said(self) -> str:
        """The line above the table."""
        students = ngettext("%(num)s student", "%(num)s students", self.total)
        return str(_("%(chosen)s of %(students)s, the longest silence first", chosen=self.chosen, students=students))


def show_board(seat: Sitter, *, today: date) -> Response:
    """Answer with the board, or with its results alone for htmx."""
    page = board_page(read_board(db.session(), seat, today=today), today=today)
    announce(page.said)
    work = open_jobs(db.session(), seat)
    alone = wants_partial()
    return render("board/show.html", "board/_results.html", page=page, work=work, pill_of=pill_of, alone=alone)


def board_page(board: Board, *, today: date) -> BoardPage:
    """Choose what the address asks for."""
    wish = read_wish(request.args)
    left_over = narrowed(board.rows, wish)
    chosen = in_order(shown(left_over, wish.show))
    pages = max(1, -(-len(chosen) // PAGE))
    number = min(max(request.args.get("page", 1, type=int), 1), pages)
    found = stops(board.rows)
    numbers = counts(board.rows)
    return BoardPage(
        board=board,
        wish=wish,
        finding=say_finding(board, today=today),
        rows=tuple(chosen[(number - 1) * PAGE : number * PAGE]),
        chosen=len(chosen),
        total=numbers[Show.ALL],
        chips=tuple(_chips(wish, left_over)),
        milestones=(("", _("Any")), *((stop.milestone_id, stop.title) for stop in found if stop.milestone_id)),
        mentors=(("", _("Any")), *_mentors(board.rows)),
        groups=group_choices(board.groups, _present(board.rows)),
        stops=tuple(found),
        present=numbers[Show.ALL],
        number=number,
        pages=pages,
    )


def board_lines(board: Board) -> Iterator[Iterable[str]]:
    """Yield exactly what the board shows for this address, all pages, as lines of a spreadsheet, heads first."""
    wish = read_wish(request.args)
    yield (
        _("Student"), *_guide_columns(board), _("Milestones done"), _("Of"), _("Working on"), _("Last contact"),
        _("In gradebook"), _("Out of"), _("State"),
    )  # fmt: skip
    for row in in_order(shown(narrowed(board.rows, wish), wish.show)):
        yield _cells(row, board, board.grades.get(row.student_id))


def _guide_columns(board: Board) -> list[str]:
    """Return what the columns of mentors are called: one for each role."""
    return list(board.roles) if len(board.roles) > 1 else [_("Mentor")]


def _guides(row: BoardRow, board: Board) -> list[str]:
    if len(board.roles) == 1:
        return [row.mentor_name]
    return [", ".join(one.name for one in row.mentors if one.role == role) for role in board.roles]


def _cells(row: BoardRow, board: Board, grade: GradeGlance | None) -> Iterator[str]:
    lit = row.working_on
    yield row.name
    yield from _guides(row, board)
    yield from (str(row.way.done), str(row.way.total), lit.title if lit else "")
    yield row.contact_on.isoformat() if row.contact_on else ""
    accepted = grade.accepted if grade else None
    yield "" if accepted is None else f"{accepted:g}"
    yield f"{grade.maximum:g}" if grade else ""
    yield said(row.verdict)


def _chips(wish: Wish, rows: list[BoardRow]) -> Iterator[tuple[str, str, int, bool]]:
    numbers = counts(rows)
    words = {
        Show.ALL: _("All"),
        Show.LOOK: _("Needs a look"),
        Show.ON_PACE: _("On pace"),
        Show.DONE: _("Done"),
        Show.LEFT: _("Left the course"),
    }
    for chip, label in words.items():
        if chip is not Show.LEFT or numbers[chip] or wish.show == chip:
            yield label, _url(wish, chip), numbers[chip], wish.show == chip
    if wish.show in NEEDS_A_LOOK:
        state = BoardState(wish.show)
        yield said(Verdict(state)), _url(wish, state), len(shown(rows, state)), True


def _url(wish: Wish, show: str) -> str:
    return url_for("home.today", **wish_args(replace(wish, show=str(show))))


def _present(rows: Iterable[BoardRow]) -> set[int]:
    return {row.student_id for row in rows if row.verdict.state is not BoardState.LEFT}


def _mentors(rows: Iterable[BoardRow]) -> list[tuple[int, str]]:
    named = {one.mentor_id: one.name for row in rows for one in row.mentors}
    listed = sorted(named.items(), key=lambda one: (one[1].casefold(), one[0]))
    return [*listed, (0, _("No mentor yet"))] if any(row.lacking for row in rows) else listed
