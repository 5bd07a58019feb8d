"""Read a list of students and mentors that somebody made in a spreadsheet: every bad line is named, none is guessed.

A cell that a spreadsheet would run as a formula is refused (OWASP: CSV injection), because lists travel back out.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from lti_mentoring.domain.assigning import MentorNow, StudentNow, Wish
from lti_mentoring.domain.mentor_roles import ONLY, MentorRole
from lti_mentoring.errors import Refused

MOST_BYTES = 1_000_000
MOST_LINES = 5_000
LONGEST_CELL = 300
COLUMNS = ("student", "mentor")
ROLE_COLUMN = "role"
"""May be left out: then, and where the cell is blank, the only role in which the mentor serves is meant."""
DELIMITERS = (",", ";", "\t")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class Flaw(StrEnum):
    """What is wrong with one line, before anybody looks at places."""

    BLANK_CELL = "blank_cell"
    CELLS_MISSING = "cells_missing"
    TOO_MANY_CELLS = "too_many_cells"
    FORMULA = "formula"
    CELL_TOO_LONG = "cell_too_long"
    UNKNOWN_STUDENT = "unknown_student"
    UNKNOWN_MENTOR = "unknown_mentor"
    MANY_STUDENTS = "many_students"
    MANY_MENTORS = "many_mentors"
    UNKNOWN_ROLE = "unknown_role"
    ROLE_NEEDED = "role_needed"


class SheetUnreadable(Refused):
    """The file as a whole cannot be read. ``code`` says why; facts: ``found`` (the header's cells), ``most``."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, **facts)
        self.code = code


@dataclass(frozen=True, slots=True)
class Line:
    """One line that can be read. ``number`` counts as a spreadsheet does: the header is line 1."""

    number: int
    student: str
    mentor: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class BadLine:
    """One line that cannot be used, with what stood in it."""

    number: int
    flaw: Flaw
    student: str = ""
    mentor: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file, read."""

    lines: tuple[Line, ...]
    bad: tuple[BadLine, ...]


class Named(Protocol):
    """Somebody who can be named in a cell."""

    @property
    def name(self) -> str:
        """The name as it is shown."""
        ...

    @property
    def email(self) -> str:
        """The address, or ""."""
        ...

    @property
    def subject(self) -> str:
        """The platform's number for the person."""
        ...


def read_sheet(raw: bytes) -> Sheet:
    """Read a file; raise SheetUnreadable when it is no such list at all."""
    if len(raw) > MOST_BYTES:
        raise SheetUnreadable("csv_too_large", most=MOST_BYTES // 1_000_000)
    text = decode(raw)
    if not text.strip():
        raise SheetUnreadable("csv_empty")
    rows = _rows(text)
    header = next((cells for _, cells in rows if any(cells)), [])
    places = _columns(header)
    lines: list[Line] = []
    bad: list[BadLine] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        found = _read_line(number, cells, places, len(header))
        if isinstance(found, Line):
            lines.append(found)
        else:
            bad.append(found)
        if len(lines) + len(bad) > MOST_LINES:
            raise SheetUnreadable("csv_too_long", most=MOST_LINES)
    if not lines and not bad:
        raise SheetUnreadable("csv_empty")
    return Sheet(tuple(lines), tuple(bad))


def decode(raw: bytes) -> str:
    """Return the text of a file as spreadsheets save it: UTF-8 with or without a mark, or UTF-16.

    Raises SheetUnreadable("csv_encoding") for anything else: a name spoilt by a guess would be looked up in vain.
    """
    try:
        text = raw.decode(_encoding(raw))
    except UnicodeDecodeError as wrong:
        raise SheetUnreadable("csv_encoding") from wrong
    if "\0" in text:
        raise SheetUnreadable("csv_encoding")
    return text.removeprefix("\ufeff")


def resolve(
    lines: Iterable[Line],
    students: Sequence[StudentNow],
    mentors: Sequence[MentorNow],
    roles: Sequence[MentorRole] = (ONLY,),
) -> tuple[list[Wish], list[BadLine]]:
    """Find out whom each line means, by e-mail, by the platform's number or by name, and in which role.

    Nobody is guessed: where no role is written, the mentor serves in one alone.
    """
    among_students, among_mentors = Register(students), Register(mentors)
    wishes: list[Wish] = []
    bad: list[BadLine] = []
    for line in lines:
        found = among_students.find(line.student), among_mentors.find(line.mentor)
        flaw = _flaw(*found)
        role = _role(line.role, mentors[found[1][0]], roles) if flaw is None else None
        if flaw is None and role is None:
            flaw = Flaw.UNKNOWN_ROLE if line.role else Flaw.ROLE_NEEDED
        if flaw is not None or role is None:
            bad.append(BadLine(line.number, flaw or Flaw.ROLE_NEEDED, line.student, line.mentor))
        else:
            wishes.append(Wish(line.number, students[found[0][0]].person_id, mentors[found[1][0]].mentor_id, role))
    return wishes, bad


def _role(cell: str, mentor: MentorNow, roles: Sequence[MentorRole]) -> str | None:
    """Return the key of the role that a cell means; None: of none, or of one that nobody can tell."""
    if cell:
        return next((one.key for one in roles if tidy(one.name) == tidy(cell)), None)
    serving = [one.key for one in roles if mentor.serves(one.key)]
    return serving[0] if len(serving) == 1 else roles[0].key if len(roles) == 1 else None


def is_formula(cell: str) -> bool:
    """Tell whether a spreadsheet may run a cell."""
    return cell.startswith(FORMULA_STARTS) or cell.lstrip(" \u00a0\ufeff").startswith(FORMULA_STARTS)


def tidy(cell: str) -> str:
    """Return a cell in the one form that names are compared in: composed, one blank, no difference of case."""
    return " ".join(unicodedata.normalize("NFKC", cell).casefold().split())


class Register:
    """Finds people by what a cell says; the clearest kind of naming that finds anybody decides."""

    def __init__(self, people: Sequence[Named]) -> None:
        self._by: tuple[dict[str, list[int]], ...] = (defaultdict(list), defaultdict(list), defaultdict(list))
        for place, one in enumerate(people):
            for index, key in zip(self._by, (tidy(one.email), one.subject, tidy(one.name)), strict=True):
                if key:
                    index[key].append(place)

    def find(self, cell: str) -> list[int]:
        """Return the places of everybody whom the cell may mean."""
        by_email, by_subject, by_name = self._by
        return by_email.get(tidy(cell)) or by_subject.get(cell) or by_name.get(tidy(cell)) or []


def _flaw(students: Sequence[int], mentors: Sequence[int]) -> Flaw | None:
    checks = (
        (not students, Flaw.UNKNOWN_STUDENT),
        (len(students) > 1, Flaw.MANY_STUDENTS),
        (not mentors, Flaw.UNKNOWN_MENTOR),
        (len(mentors) > 1, Flaw.MANY_MENTORS),
    )
    return next((flaw for is_so, flaw in checks if is_so), None)


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if raw[1:2] == b"\0" and raw[:1] != b"\0":  # "Unicode text" without its mark: the header is plain ASCII
        return "utf-16-le"
    return "utf-16-be" if raw[:1] == b"\0" and raw[1:2] != b"\0" else "utf-8"


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as broken:
        raise SheetUnreadable("csv_broken", line=reader.line_num) from broken


def _delimiter(text: str) -> str:
    header = text.lstrip("\r\n").splitlines()[0]
    return max(DELIMITERS, key=header.count)


def _columns(header: Sequence[str]) -> tuple[int, ...]:
    names = [tidy(cell) for cell in header]
    if any(names.count(column) != 1 for column in COLUMNS) or names.count(ROLE_COLUMN) > 1:
        raise SheetUnreadable("csv_columns", found=", ".join(cell.strip()[:40] for cell in header[:8]))
    return tuple(names.index(column) for column in (*COLUMNS, ROLE_COLUMN) if column in names)


def _read_line(number: int, cells: Sequence[str], places: tuple[int, ...], wide: int) -> Line | BadLine:
    student, mentor, *rest = (cells[place] if place < len(cells) else "" for place in places)
    shown = student.strip()[:LONGEST_CELL], mentor.strip()[:LONGEST_CELL]
    role = rest[0].strip() if rest else ""
    checks = (
        (any(is_formula(cell) for cell in cells), Flaw.FORMULA),
        (len(cells) <= max(places[:2]), Flaw.CELLS_MISSING),
        (any(cell.strip() for cell in cells[wide:]), Flaw.TOO_MANY_CELLS),
        (not shown[0] or not shown[1], Flaw.BLANK_CELL),
        (max(len(student), len(mentor), len(role)) > LONGEST_CELL, Flaw.CELL_TOO_LONG),
    )
    flaw = next((flaw for is_so, flaw in checks if is_so), None)
    return BadLine(number, flaw, *shown) if flaw else Line(number, *shown, role)
