"""Groups that faculty write by hand: a line each, the name first. One line that cannot be used, and none is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.domain.assignment_csv import Named, Register, tidy

AFTER_NAME, BETWEEN = ":", ";"
LONGEST_NAME = 100
MOST_GROUPS = 5_000


class Fault(StrEnum):
    """What is wrong with a line."""

    NO_NAME = "no_name"
    NAME_TOO_LONG = "name_too_long"
    NAME_TWICE = "name_twice"
    NOBODY = "nobody"
    UNKNOWN = "unknown"
    """No student of the course is called so."""
    MANY = "many"
    """Several students of the course are called so."""
    IN_TWO = "in_two"
    """The student stands in this group or another one already."""
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """One line that cannot be used; ``said``: the name or the person that it is about."""

    number: int
    fault: Fault
    said: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: each group's people by their place in the list of students, and what is wrong."""

    groups: Mapping[str, tuple[int, ...]]
    faults: tuple[FaultyLine, ...]


def read_lines(text: str, students: Sequence[Named]) -> Written:
    """Read groups: ``Name: person; person``. A person is an e-mail address, a name or the course's own number."""
    register, groups, faults = Register(students), dict[str, tuple[int, ...]](), list[FaultyLine]()
    names, placed = set[str](), set[int]()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        name, cells = _parted(line)
        found = list(_people(number, cells, register, placed))
        wrong = [*_name_faults(number, name, cells, names), *(one for one in found if isinstance(one, FaultyLine))]
        if len(names) == MOST_GROUPS:
            return Written({}, (FaultyLine(number, Fault.TOO_MANY),))
        names.add(tidy(name))
        faults += wrong
        if not wrong:
            groups[name] = tuple(one for one in found if isinstance(one, int))
    return Written({} if faults else groups, tuple(faults))


def write_lines(groups: Iterable[tuple[str, Sequence[Named]]], students: Sequence[Named]) -> str:
    """Return groups as they are read again, by name; each person in the plainest words that mean nobody else."""
    register = Register(students)
    place = {one.subject: number for number, one in enumerate(students)}
    lines = (
        f"{name}{AFTER_NAME} " + f"{BETWEEN} ".join(_said(one, place[one.subject], register) for one in people)
        for name, people in groups
    )
    return "\n".join(sorted(lines, key=str.casefold))


def _said(one: Named, place: int, register: Register) -> str:
    plain = (said for said in (one.name, one.email) if BETWEEN not in said and register.find(said) == [place])
    return next(plain, one.subject)


def _parted(line: str) -> tuple[str, list[str]]:
    name, _, people = line.partition(AFTER_NAME)
    cells = (cell.strip() for cell in people.split(BETWEEN))
    return " ".join(name.split()), [cell for cell in cells if cell]


def _name_faults(number: int, name: str, cells: Sequence[str], names: set[str]) -> Iterator[FaultyLine]:
    if not name:
        yield FaultyLine(number, Fault.NO_NAME)
    if len(name) > LONGEST_NAME:
        yield FaultyLine(number, Fault.NAME_TOO_LONG, f"{name[:LONGEST_NAME]}…")
    if tidy(name) in names:
        yield FaultyLine(number, Fault.NAME_TWICE, name)
    if not cells:
        yield FaultyLine(number, Fault.NOBODY, name[:LONGEST_NAME])


def _people(number: int, cells: Sequence[str], register: Register, placed: set[int]) -> Iterator[int | FaultyLine]:
    for cell in cells:
        found = register.find(cell)
        if len(found) != 1:
            yield FaultyLine(number, Fault.MANY if found else Fault.UNKNOWN, cell[:LONGEST_NAME])
        elif found[0] in placed:
            yield FaultyLine(number, Fault.IN_TWO, cell[:LONGEST_NAME])
        else:
            placed.add(found[0])
            yield found[0]
