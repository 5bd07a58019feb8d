"""Who may not be brought together, whatever anybody wishes, and who may be told why."""

from __future__ import annotations

from enum import StrEnum


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
