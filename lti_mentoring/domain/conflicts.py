"""Who may not be brought together, whatever anybody wishes, and who may be told why.

What was declared openly, and what anybody can see (a mentor who teaches the course), is said by its name. A veto is the
student's alone, a limit the mentor's, a concern its handlers': the three share one neutral sentence, so that nobody who
meets it can tell which of them it was. A complaint in the past is as delicate as a concern, and is one to everybody but
whoever declared it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import TypeAlias

from lti_mentoring.domain.matching.problem import Bar, BarKind, Tiers
from lti_mentoring.errors import Refused


class ConflictKind(StrEnum):
    """Why a student and a mentor are kept apart."""

    DECLARED_BY_STUDENT = "declared_by_student"
    DECLARED_BY_MENTOR = "declared_by_mentor"
    DECLARED_BY_FACULTY = "declared_by_faculty"
    SAME_PERSON = "same_person"
    ASSESSOR = "assessor"
    """The mentor teaches the course and so may grade the student."""
    CONCERN = "concern"
    """Set by whoever handles a concern; nobody else may learn that there is one."""


class ConflictReason(StrEnum):
    """What is between the two, as whoever declares it says."""

    MANAGER = "manager"
    """One works under the other."""
    RELATIVE = "relative"
    """Or close in private life."""
    WORKPLACE = "workplace"
    """They share a practice or an employer."""
    GRADER = "grader"
    """The mentor has a say in the student's final grade, whether or not they teach the course."""
    COMPLAINT = "complaint"
    """Read by nobody but whoever declared it."""
    OTHER = "other"


class PrivateKind(StrEnum):
    """What keeps two apart without being a conflict: somebody's own wish."""

    VETO = "veto"
    LIMIT = "limit"


Kind: TypeAlias = ConflictKind | PrivateKind
_K = ConflictKind
DECLARED = frozenset({_K.DECLARED_BY_STUDENT, _K.DECLARED_BY_MENTOR, _K.DECLARED_BY_FACULTY})
SPOKEN: frozenset[Kind] = DECLARED | {_K.ASSESSOR}
"""What is said openly, and what faculty may overrule by hand with a reason."""
SEALED = "complaint"
"""The thing of lines of the audit trail that no page shows or counts: they would tell that somebody complained."""
NEVER: frozenset[Kind] = frozenset({_K.CONCERN, PrivateKind.VETO, PrivateKind.LIMIT})
"""What nobody overrules, and of which one neutral sentence is all that is said."""


def reasons_of(kind: ConflictKind) -> tuple[ConflictReason, ...]:
    """Return what may be said where it is declared by one side.

    A mentor says of a complaint that there is something else: sealed, it would let mentors keep students away unseen.
    """
    of_mentor = kind is ConflictKind.DECLARED_BY_MENTOR
    return tuple(one for one in ConflictReason if not (of_mentor and one is ConflictReason.COMPLAINT))


def told_as(kind: ConflictKind, reason: ConflictReason) -> ConflictKind:
    """Return what a declaration is to everybody but whoever made it."""
    return ConflictKind.CONCERN if reason is ConflictReason.COMPLAINT else kind


class ReasonNeeded(Refused):
    """Whoever keeps two apart, or brings them together in spite of it, says why."""

    code = "reason_needed"


@dataclass(frozen=True, slots=True)
class Forbidden:
    """One pair that must not be made, and one reason."""

    student_id: int
    mentor_id: int
    kind: Kind


def _nothing() -> Mapping[int, frozenset[int]]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Apart:
    """Who is kept apart in a track."""

    named: Mapping[tuple[int, int], frozenset[Kind]] = field(default_factory=lambda: MappingProxyType({}))
    """By (student, mentor)."""
    selves: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    """Which person each mentor is."""
    assessors: frozenset[int] = frozenset()
    """Mentors who are kept from everybody, because they teach the course."""
    only: Mapping[int, frozenset[int]] = field(default_factory=_nothing)
    """Mentors who take only these people."""

    def why(self, student_id: int, mentor_id: int) -> frozenset[Kind]:
        """Return all that keeps these two apart; empty: nothing does."""
        derived: set[Kind] = set()
        if self.selves.get(mentor_id) == student_id:
            derived.add(ConflictKind.SAME_PERSON)
        if mentor_id in self.assessors:
            derived.add(ConflictKind.ASSESSOR)
        if mentor_id in self.only and student_id not in self.only[mentor_id]:
            derived.add(PrivateKind.LIMIT)
        return self.named.get((student_id, mentor_id), frozenset()) | derived

    def hides(self, student_id: int, mentor_id: int) -> bool:
        """Tell whether these two are kept apart for a reason that nobody else may learn of."""
        return not NEVER.isdisjoint(self.why(student_id, mentor_id))

    def hidden_from(self, lists: Mapping[int, Tiers]) -> dict[int, frozenset[int]]:
        """Return by student whom of their list they cannot have for such a reason; who has the whole list is left out.

        Faculty see which wish somebody got. Counted with these, a first wish that was not got although its mentor had
        room would tell that there is a reason.
        """
        concerned = lists.keys() if self.only else lists.keys() & {student_id for student_id, _mentor in self.named}
        found = {
            student_id: frozenset(one for tier in lists[student_id] for one in tier if self.hides(student_id, one))
            for student_id in concerned
        }
        return {student_id: mentors for student_id, mentors in found.items() if mentors}

    def forbidden(self, students: Collection[int], mentors: Collection[int]) -> list[Forbidden]:
        """Return every pair of these people that must not be made, with each reason; the work grows with the answer."""
        people, guides = set(students), set(mentors)
        pairs = {pair for pair in self.named if pair[0] in people and pair[1] in guides}
        pairs |= {(self.selves[guide], guide) for guide in guides if self.selves.get(guide) in people}
        pairs |= {(student, guide) for guide in guides & self.assessors for student in people}
        pairs |= {(student, guide) for guide in guides & self.only.keys() for student in people - self.only[guide]}
        return [Forbidden(*pair, kind) for pair in sorted(pairs) for kind in sorted(self.why(*pair))]


BARS: Mapping[Kind, BarKind] = MappingProxyType(
    {
        **dict.fromkeys((*DECLARED, _K.SAME_PERSON, _K.ASSESSOR), BarKind.CONFLICT),
        _K.CONCERN: BarKind.CONCERN,
        PrivateKind.VETO: BarKind.VETO,
        PrivateKind.LIMIT: BarKind.HARD_LIMIT,
    }
)


def bars(apart: Apart, students: Collection[int], mentors: Collection[int]) -> tuple[Bar, ...]:
    """Return the same as a matcher is told it."""
    found = (Bar(one.student_id, one.mentor_id, BARS[one.kind]) for one in apart.forbidden(students, mentors))
    return tuple(dict.fromkeys(found))
