"""The groups of the demonstration's course, as its LMS tells them after the course list."""

from __future__ import annotations

from lti_mentoring.demo.groups import groups_in, sets_in
from lti_mentoring.demo.people import STUDENTS
from lti_mentoring.domain.groups import GroupKind, ToldGroup
from lti_mentoring.lti.groups import CourseGroup
from lti_mentoring.services.groups import Found


def groups_as_told(course_id: str) -> Found:
    """Return a course's groups, their sets, and which student is in which."""
    groups = tuple(CourseGroup(one.id, one.name, one.set_id or None) for one in groups_in(course_id))
    told = {
        student.sub: {
            GroupKind.GROUP: tuple(
                ToldGroup(GroupKind.GROUP, one.id, one.name) for one in groups_in(course_id, student.sub)
            )
        }
        for student in STUDENTS
    }
    return Found(groups, {one["id"]: one["name"] for one in sets_in(course_id)}, told)
