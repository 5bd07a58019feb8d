"""Which student may be given which mentor now: one judgement for a click, a list and a proposal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lti_mentoring.domain.conflicts import NEVER, SPOKEN, Apart, Kind


class Obstacle(StrEnum):
    """Why a pair cannot be made."""

    UNKNOWN_STUDENT = "unknown_student"
    UNKNOWN_MENTOR = "unknown_mentor"
    NOT_A_STUDENT = "not_a_student"
    STUDENT_LEFT = "student_left"
    MENTOR_LEFT = "mentor_left"
    MENTOR_PAUSED = "mentor_paused"
    CREDENTIAL_NEEDED = "credential_needed"
    OWN_MENTOR = "own_mentor"
    HAS_THIS_MENTOR = "has_this_mentor"
    HAS_ANOTHER_MENTOR = "has_another_mentor"
    OTHER_ROLE = "other_role"
    """Is the student's mentor in another role already; only by hand one person is both."""
    NOT_IN_ROLE = "not_in_role"
    STUDENT_TWICE = "student_twice"
    CONFLICT = "conflict"
    """Declared openly, or seen by anybody; faculty may overrule it by hand."""
    NOT_AVAILABLE = "not_available"
    """A veto, a limit or a concern: which of them, nobody is told."""
    NO_ROOM = "no_room"
    NOT_TRAINED = "not_trained"
    TEST_FIRST = "test_first"
    """The student has not passed the test that comes before a mentor."""


KEPT_APART = Apart()
"""Nobody."""


@dataclass(frozen=True, slots=True)
class StudentNow:
    """A person of the course who may be given a mentor. ``mentors``: by role, whom they have now."""

    person_id: int
    name: str
    email: str = ""
    subject: str = ""
    is_student: bool = True
    has_left: bool = False
    mentors: Mapping[str, int] = field(default_factory=dict)
    held_back: bool = False
    """Has not passed the test that the track asks for before a mentor."""


@dataclass(frozen=True, slots=True)
class MentorNow:
    """A mentor of the track; ``taken`` of ``places`` are in use."""

    mentor_id: int
    person_id: int
    name: str
    places: int
    taken: int
    email: str = ""
    subject: str = ""
    has_left: bool = False
    barred: Obstacle | None = None
    """What keeps them from taking anybody new at present, whatever places are free."""
    roles: frozenset[str] | None = None
    """Keys of the roles in which they serve; None: in any."""

    @property
    def free(self) -> int:
        """Places that nobody has yet."""
        return max(0, self.places - self.taken)

    def serves(self, role: str) -> bool:
        """Say whether the mentor serves in a role."""
        return self.roles is None or role in self.roles


@dataclass(frozen=True, slots=True)
class Wish:
    """One pair that somebody asks for; ``number`` is its line in what they sent."""

    number: int
    student_id: int
    mentor_id: int
    role: str = ""


@dataclass(frozen=True, slots=True)
class Stopped:
    """A wish that cannot be granted, why, and what to call the two."""

    wish: Wish
    obstacle: Obstacle
    student_name: str = ""
    mentor_name: str = ""
    other_mentor: str = ""
    kinds: frozenset[Kind] = frozenset()
    """Of a conflict: only what may be said openly."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What of the wishes can be granted together."""

    granted: tuple[Wish, ...]
    stopped: tuple[Stopped, ...]


def judge(
    wishes: Iterable[Wish],
    students: Mapping[int, StudentNow],
    mentors: Mapping[int, MentorNow],
    apart: Apart = KEPT_APART,
    *,
    despite: bool = False,
    both: bool = False,
    moved: bool = False,
) -> Verdict:
    """Judge wishes in their order, each on what the ones before it leave; places are never exceeded.

    ``despite``: faculty overrule what was declared openly, and nothing else. ``both``: one person may be a student's
    mentor in two roles. ``moved``: they come from another mentor, so the test before the first is behind them.
    """
    granted: list[Wish] = []
    stopped: list[Stopped] = []
    given: Counter[int] = Counter()
    seen: set[tuple[int, str]] = set()
    together: set[tuple[int, int]] = set()
    for wish in wishes:
        student, mentor = students.get(wish.student_id), mentors.get(wish.mentor_id)
        room = mentor.free - given[wish.mentor_id] if mentor else 0
        kinds = apart.why(wish.student_id, wish.mentor_id)
        obstacle = (
            _obstacle(student, mentor, wish.role, seen=(wish.student_id, wish.role) in seen)
            or (None if moved else _test_first(student))
            or (None if both else _in_two_roles(student, wish, together))
            or barrier(kinds, despite=despite)
            or (None if room else Obstacle.NO_ROOM)
        )
        seen.add((wish.student_id, wish.role))
        if obstacle is None:
            given[wish.mentor_id] += 1
            together.add((wish.student_id, wish.mentor_id))
            granted.append(wish)
        else:
            other = mentors.get(student.mentors.get(wish.role, 0)) if student else None
            spoken = kinds & SPOKEN if obstacle is Obstacle.CONFLICT else frozenset()
            stopped.append(Stopped(wish, obstacle, _name(student), _name(mentor), _name(other), spoken))
    return Verdict(tuple(granted), tuple(stopped))


def barrier(kinds: frozenset[Kind], *, despite: bool = False) -> Obstacle | None:
    """Say whether two are kept apart: openly, if that is so; else in the one neutral way."""
    if kinds & SPOKEN and not despite:
        return Obstacle.CONFLICT
    return Obstacle.NOT_AVAILABLE if kinds & NEVER else None


def _obstacle(student: StudentNow | None, mentor: MentorNow | None, role: str, *, seen: bool) -> Obstacle | None:
    if student is None:
        return Obstacle.UNKNOWN_STUDENT
    if mentor is None:
        return Obstacle.UNKNOWN_MENTOR
    if role in student.mentors:
        same = student.mentors[role] == mentor.mentor_id
        return Obstacle.HAS_THIS_MENTOR if same else Obstacle.HAS_ANOTHER_MENTOR
    checks = (
        (seen, Obstacle.STUDENT_TWICE),
        (not student.is_student, Obstacle.NOT_A_STUDENT),
        (student.has_left, Obstacle.STUDENT_LEFT),
        (mentor.has_left, Obstacle.MENTOR_LEFT),
        (not mentor.serves(role), Obstacle.NOT_IN_ROLE),
        (student.person_id == mentor.person_id, Obstacle.OWN_MENTOR),
    )
    return next((obstacle for is_so, obstacle in checks if is_so), mentor.barred)


def _test_first(student: StudentNow | None) -> Obstacle | None:
    return Obstacle.TEST_FIRST if student is not None and student.held_back else None


def _in_two_roles(student: StudentNow | None, wish: Wish, together: Container[tuple[int, int]]) -> Obstacle | None:
    has = student is not None and wish.mentor_id in student.mentors.values()
    return Obstacle.OTHER_ROLE if has or (wish.student_id, wish.mentor_id) in together else None


def _name(who: StudentNow | MentorNow | None) -> str:
    return who.name if who else ""
