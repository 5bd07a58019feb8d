"""What every part of the LMS's site shares: its configuration, its store, and who is asking."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

from flask import abort, current_app

from lti_mentoring.demo.course import course_by_id
from lti_mentoring.demo.people import BY_SUB
from lti_mentoring.demo.platform import KeySets, Platform
from lti_mentoring.demo.tools import tool_by_id

if TYPE_CHECKING:
    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.course import Course
    from lti_mentoring.demo.people import Person
    from lti_mentoring.demo.store import Store
    from lti_mentoring.demo.tools import Tool

EXTENSION = "demonstration_lms"


@dataclass(frozen=True, slots=True)
class Site:
    """One running LMS."""

    config: DemoConfig
    store: Store
    key_sets: KeySets = field(default_factory=KeySets)

    def platform(self, tool: Tool) -> Platform:
        """Return the LMS as ``tool`` sees it."""
        return Platform(self.config, self.store, tool, self.key_sets)


def site() -> Site:
    """Return the site that serves this request."""
    return cast("Site", current_app.extensions[EXTENSION])


def person_or_404(sub: str) -> Person:
    """Return one of the cast, or answer 404."""
    person = BY_SUB.get(sub)
    if person is None:
        abort(404)
    return person


def course_or_404(course_id: str) -> Course:
    """Return a course, or answer 404."""
    course = course_by_id(site().store, course_id)
    if course is None:
        abort(404)
    return course


def tool_or_404(number: int) -> Tool:
    """Return a registered tool, or answer 404."""
    tool = tool_by_id(site().store, number)
    if tool is None:
        abort(404)
    return tool
