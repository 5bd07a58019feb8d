"""A preview of many pairs: from the matcher, from an uploaded list, or one that has changed meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.domain.assigning import Obstacle, Stopped, Wish, judge
from lti_mentoring.domain.assignment_csv import (
    COLUMNS,
    ROLE_COLUMN,
    BadLine,
    Flaw,
    Sheet,
    is_formula,
    resolve,
)
from lti_mentoring.domain.mentor_roles import ONLY, MentorRole
from lti_mentoring.models import AssignedBy
from lti_mentoring.queries.room import MOST_IN_A_LIST

if TYPE_CHECKING:
    from lti_mentoring.domain.matching.outcome import Pair
    from lti_mentoring.queries.pairing import Pairing

FIELD = "student-"
BETWEEN = ":"
REASONS = {"most_room": _l("has the most room: %(taken)s of %(places)s taken")}
OBSTACLES = {
    Obstacle.UNKNOWN_STUDENT: _l("This student is not in the course."),
    Obstacle.UNKNOWN_MENTOR: _l("This person is no mentor any more."),
    Obstacle.NOT_A_STUDENT: _l("%(student)s is no student of this course."),
    Obstacle.STUDENT_LEFT: _l("%(student)s has left the course."),
    Obstacle.MENTOR_LEFT: _l("%(mentor)s has left the course."),
    Obstacle.CREDENTIAL_NEEDED: _l("%(mentor)s has no verified credential that this track takes."),
    Obstacle.MENTOR_PAUSED: _l("%(mentor)s takes no new students at present."),
    Obstacle.OWN_MENTOR: _l("Nobody can be their own mentor."),
    Obstacle.HAS_THIS_MENTOR: _l("%(student)s is with %(mentor)s already."),
    Obstacle.HAS_ANOTHER_MENTOR: _l("%(student)s has another mentor already: %(other)s."),
    Obstacle.OTHER_ROLE: _l("%(mentor)s is the mentor of %(student)s in another role already."),
    Obstacle.NOT_IN_ROLE: _l("%(mentor)s does not serve in this role."),
    Obstacle.STUDENT_TWICE: _l("%(student)s stands in an earlier line, too."),
    Obstacle.CONFLICT: _l("A conflict is declared between %(student)s and %(mentor)s."),
    Obstacle.NOT_AVAILABLE: _l("%(mentor)s is not available for %(student)s."),
    Obstacle.NO_ROOM: _l("%(mentor)s has no free place left."),
    Obstacle.NOT_TRAINED: _l("%(mentor)s is not trained yet: the test for mentors is not passed."),
    Obstacle.TEST_FIRST: _l("%(student)s has not passed the test yet that comes before a mentor."),
}
FLAWS = {
    Flaw.BLANK_CELL: _l("A name is missing."),
    Flaw.CELLS_MISSING: _l("A column is missing."),
    Flaw.TOO_MANY_CELLS: _l("There are more columns than in the first line."),
    Flaw.FORMULA: _l("A cell begins like a formula (= + - @). Write only names, e-mail addresses or numbers."),
    Flaw.CELL_TOO_LONG: _l("A cell is too long for a name."),
    Flaw.UNKNOWN_STUDENT: _l("Nobody in the course is called so. Use the e-mail address."),
    Flaw.UNKNOWN_MENTOR: _l("No mentor is called so. Tick the person as mentor first, or use the e-mail address."),
    Flaw.MANY_STUDENTS: _l("Several people in the course are called so. Use the e-mail address."),
    Flaw.MANY_MENTORS: _l("Several mentors are called so. Use the e-mail address."),
    Flaw.UNKNOWN_ROLE: _l("No role of this track is called so."),
    Flaw.ROLE_NEEDED: _l("Say in which role: write its name in the column role."),
}


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair that can be made. ``mentor_id`` 0: nobody could be found."""

    student_id: int
    student: str
    mentor_id: int
    mentor: str
    reason: str = ""
    role: str = ""
    """Key of the role."""
    role_name: str = ""
    """What it is called; "" where the track tells none apart."""

    @property
    def field(self) -> str:
        """What the pair is called in the form."""
        return f"{FIELD}{self.student_id}" + (f"{BETWEEN}{self.role}" if self.role else "")


@dataclass(frozen=True, slots=True)
class Trouble:
    """One line that cannot be used, and why."""

    number: int
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A mentor who has room, for the lists of a preview."""

    mentor_id: int
    name: str
    free: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What pressing the button would do."""

    how: AssignedBy
    rows: tuple[PairRow, ...]
    troubles: tuple[Trouble, ...]
    choices: tuple[Choice, ...]
    """Whom each may have instead; nobody where they are too many for a list."""
    changed: bool = False
    """Whether this preview came because the one before it was out of date."""
    only: str = ""
    """The section or group that this is about; blank: everybody."""
    role_name: str = ""
    """The one role that this is about; "": the track tells none apart, or each line says its own."""
    held_back: int = 0
    """How many are left out of a proposal, since they have a test to pass first."""

    @property
    def placed(self) -> int:
        """Students who would get a mentor."""
        return sum(1 for row in self.rows if row.mentor_id)

    @property
    def changeable(self) -> bool:
        """Whether mentors can be chosen here; a list is changed in the list."""
        return self.how is AssignedBy.AUTOMATIC


def preview_proposal(
    there: Pairing,
    pairs: Sequence[Pair],
    left: Iterable[int],
    role: MentorRole = ONLY,
    *,
    only: str = "",
    held_back: int = 0,
) -> Preview:
    """Show what a matcher proposes for a role, and whom it could not place; ``only`` names a section it is about."""
    rows = [
        PairRow(
            pair.mentee_id,
            there.students[pair.mentee_id].name,
            pair.mentor_id,
            there.mentors[pair.mentor_id].name,
            _reason(there, pair),
            role.key,
        )
        for pair in pairs
    ]
    rows += [PairRow(number, there.students[number].name, 0, "", role=role.key) for number in left]
    rows.sort(key=lambda row: (row.mentor_id != 0, row.student.casefold()))
    choices = _choices(there, role.key)
    return Preview(
        AssignedBy.AUTOMATIC, tuple(rows), (), choices, only=only, role_name=role.name, held_back=held_back
    )  # fmt: skip


def preview_sheet(there: Pairing, sheet: Sheet, roles: Sequence[MentorRole] = (ONLY,)) -> Preview:
    """Show what a list would do, and every line of it that cannot be used."""
    wishes, unknown = resolve(sheet.lines, list(there.students.values()), list(there.mentors.values()), roles)
    verdict = judge(wishes, there.students, there.mentors, there.apart)
    troubles = [_flawed(line) for line in (*sheet.bad, *unknown)] + [_stopped(one) for one in verdict.stopped]
    troubles.sort(key=lambda one: one.number)
    return Preview(AssignedBy.CSV, _rows(there, verdict.granted, roles), tuple(troubles), ())


def preview(
    there: Pairing,
    how: AssignedBy,
    wishes: Sequence[Wish],
    stopped: Sequence[Stopped],
    roles: Sequence[MentorRole] = (ONLY,),
) -> Preview:
    """Show what is left of a preview after others have changed something; ``stopped`` says what."""
    out = {(one.wish.student_id, one.wish.role) for one in stopped}
    left = [wish for wish in wishes if (wish.student_id, wish.role) not in out]
    verdict = judge(left, there.students, there.mentors, there.apart)
    role = next((one for one in roles if wishes and one.key == wishes[0].role), ONLY)
    troubles = tuple(_stopped(one) for one in (*stopped, *verdict.stopped))
    choices = _choices(there, role.key)
    name = role.name if how is AssignedBy.AUTOMATIC and len(roles) > 1 else ""
    rows = _rows(there, verdict.granted, roles)
    return Preview(how, rows, troubles, choices, changed=True, role_name=name)


def place_wishes(form: Mapping[str, str]) -> tuple[AssignedBy, list[Wish]]:
    """Read a preview's form: one field for each student; what is no number is left out."""
    how = AssignedBy.CSV if form.get("how") == AssignedBy.CSV.value else AssignedBy.AUTOMATIC
    found = [(name.removeprefix(FIELD), value) for name, value in form.items() if name.startswith(FIELD)]
    named = [(*name.partition(BETWEEN)[::2], value) for name, value in found]
    pairs = [
        (int(student), int(mentor), role)
        for student, role, mentor in named
        if _is_number(student) and _is_number(mentor) and int(mentor)
    ]
    return how, [Wish(line, student, mentor, role) for line, (student, mentor, role) in enumerate(pairs, 1)]


def template_lines(there: Pairing, roles: Sequence[MentorRole] = (ONLY,)) -> Iterator[tuple[str, ...]]:
    """Yield a list of everybody who waits, to be filled in, heads first, but no name that a spreadsheet would run.

    Where there are several roles, a student has a line for each in which a mentor is lacking.
    """
    several = len(roles) > 1
    yield (*COLUMNS, ROLE_COLUMN) if several else COLUMNS
    for role in roles:
        for one in there.waiting(role.key):
            named = one.email or one.subject
            if not is_formula(named) and not is_formula(role.name):
                yield (named, "", role.name) if several else (named, "")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _rows(there: Pairing, wishes: Iterable[Wish], roles: Sequence[MentorRole]) -> tuple[PairRow, ...]:
    names = {one.key: one.name for one in roles} if len(roles) > 1 else {}
    return tuple(
        PairRow(
            wish.student_id,
            there.students[wish.student_id].name,
            wish.mentor_id,
            there.mentors[wish.mentor_id].name,
            role=wish.role,
            role_name=names.get(wish.role, ""),
        )
        for wish in wishes
    )


def _choices(there: Pairing, role: str) -> tuple[Choice, ...]:
    can = (one for one in there.mentors.values() if one.free and not one.has_left and one.barred is None)
    open_ones = [one for one in can if one.serves(role)]
    if len(open_ones) > MOST_IN_A_LIST:
        return ()
    open_ones.sort(key=lambda one: one.name.casefold())
    return tuple(Choice(one.mentor_id, one.name, one.free) for one in open_ones)


def _reason(there: Pairing, pair: Pair) -> str:
    mentor, words = there.mentors[pair.mentor_id], REASONS.get(pair.reason)
    return str(words) % {"taken": mentor.taken, "places": mentor.places} if words else pair.reason


def _flawed(line: BadLine) -> Trouble:
    what = ", ".join(filter(None, (line.student, line.mentor)))
    return Trouble(line.number, what, str(FLAWS[line.flaw]))


def _stopped(one: Stopped) -> Trouble:
    what = ", ".join(filter(None, (one.student_name, one.mentor_name)))
    return Trouble(one.wish.number, what, stopped_words(one))


def stopped_words(one: Stopped) -> str:
    """Say why a pair cannot be made."""
    names = {"student": one.student_name, "mentor": one.mentor_name, "other": one.other_mentor or _("somebody")}
    return str(OBSTACLES[one.obstacle]) % names
