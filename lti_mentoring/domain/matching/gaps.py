"""How groups of mentees fared beside each other, without saying anything about a few.

The table has a row for each group and a column for each result, and its sums are known to everybody. A number under
FEWEST is left out, zero too. So is any other number from which one that is left out could be reckoned by subtraction:
think of rows and columns as points and of each number left out as a line between two. A number can be reckoned from
the sums exactly where its line is a bridge (Gusfield 1988); and where all that is left out of one row or column comes
to less than FEWEST, the sum itself says too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.domain.matching.measuring import wishes_got

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Matching
    from lti_mentoring.domain.matching.problem import Problem

FEWEST = 5
"""Fewer people than this are not counted for others to see."""
FAR = 10
"""Hundredths between two parts from which on it is called a difference."""

Cell = tuple[str, "Result"]


class Result(StrEnum):
    """How a mentee fared; exactly one each."""

    FIRST = "first"
    SECOND_OR_THIRD = "second_or_third"
    LATER = "later"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group. ``counts`` lacks what is left out."""

    group: str
    mentees: int
    counts: Mapping[Result, int]

    def share(self, result: Result) -> float | None:
        """Return the share of a result, or None where it is left out."""
        return self.counts[result] / self.mentees if result in self.counts else None


def group_rows(problem: Problem, matching: Matching, group_of: Mapping[int, str]) -> tuple[GroupRow, ...]:
    """Return a row for each group of at least FEWEST; smaller ones are taken together as the group “”.

    No rows where that leaves fewer than two groups: then the table would say of one group what the sums say of all.
    """
    table = _without_small(_counted(problem, matching, group_of))
    if len(table) < 2:
        return ()
    hidden = left_out(table)
    return tuple(
        GroupRow(
            group,
            sum(row.values()),
            {result: number for result, number in row.items() if (group, result) not in hidden},
        )
        for group, row in sorted(table.items())
    )


def gap(rows: tuple[GroupRow, ...], result: Result) -> float | None:
    """Return how far the highest and the lowest share of a result differ; None where fewer than two are told."""
    shares = [share for row in rows if (share := row.share(result)) is not None]
    return max(shares) - min(shares) if len(shares) > 1 else None


def left_out(table: Mapping[str, Mapping[Result, int]]) -> set[Cell]:
    """Return the cells of a table that must not be shown. What nobody met with is none: the sum tells it of all."""
    met = {result for result in Result if any(row[result] for row in table.values())}
    cells = {(group, result): number for group, row in table.items() for result, number in row.items() if result in met}
    hidden = {cell for cell, number in cells.items() if number < FEWEST}
    while (line := next(_telling(cells, hidden), None)) is not None:
        hidden.add(min(line, key=lambda cell: (cells[cell], cell)))
    return hidden


def _counted(problem: Problem, matching: Matching, group_of: Mapping[int, str]) -> dict[str, dict[Result, int]]:
    wishes = wishes_got(problem, matching)
    table: dict[str, dict[Result, int]] = {}
    for one in problem.mentees:
        row = table.setdefault(group_of.get(one.mentee_id, ""), dict.fromkeys(Result, 0))
        row[_result(wishes.get(one.mentee_id))] += 1
    return table


def _result(wish: int | None) -> Result:
    if wish is None:
        return Result.NOBODY
    if wish == 1:
        return Result.FIRST
    return Result.SECOND_OR_THIRD if wish <= 3 else Result.LATER


def _without_small(table: dict[str, dict[Result, int]]) -> dict[str, dict[Result, int]]:
    """Take small groups together, and the next smallest with them as long as they are still few."""
    by_size = sorted(table, key=lambda group: (group != "", sum(table[group].values()), group))
    together, kept = dict.fromkeys(Result, 0), {}
    for group in by_size:
        few = sum(table[group].values()) < FEWEST or 0 < sum(together.values()) < FEWEST
        if group == "" or few:
            together = {result: number + table[group][result] for result, number in together.items()}
        else:
            kept[group] = table[group]
    return kept | ({"": together} if any(together.values()) else {})


def _telling(cells: Mapping[Cell, int], hidden: set[Cell]) -> Iterator[list[Cell]]:
    """Yield rows and columns out of which something left out can be told, as the cells that may yet be left out."""
    for cell in sorted(hidden):
        for side in (0, 1):
            line = [other for other in cells if other[side] == cell[side]]
            few = sum(cells[other] for other in line if other in hidden) < FEWEST
            shown = [other for other in line if other not in hidden]
            if shown and (few or _is_bridge(cell, hidden)):
                yield shown


def _is_bridge(cell: Cell, hidden: set[Cell]) -> bool:
    """Tell whether nothing but this cell joins its row and its column."""
    rest = hidden - {cell}
    reached: set[str] = {cell[0]}
    while more := {end for one in rest for end in one if reached & set(one) and end not in reached}:
        reached |= more
    return cell[1] not in reached
