"""The guided strip: what to try, in order, and what the LMS has seen done already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_mentoring.demo.activity import launched, recent_calls
from lti_mentoring.demo.gradebook import scores
from lti_mentoring.demo.people import FACULTY, MENTORS, RESOURCE_LINK_ID, STUDENTS, Person

if TYPE_CHECKING:
    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to try. ``url`` leads there; ``done`` is None where the LMS cannot know."""

    title: str
    hint: str
    url: str
    done: bool | None


def steps(store: Store, config: DemoConfig) -> list[Step]:
    """Return the whole way of the product, as one newcomer can walk it."""
    mentors, students = _subs(MENTORS), _subs(STUDENTS)
    has_roster = any(call.what == "memberships" for call in recent_calls(store))
    return [
        Step(
            _("Set up the programme"),
            _("Be Prof Lindqvist and open Mentoring. Choose a track, look through its milestones, save it."),
            opened_as(FACULTY),
            launched(store, (FACULTY.sub,)),
        ),
        Step(
            _("Choose mentors and assign students"),
            _("Still Prof Lindqvist: tick the people who mentor, give each some places, let the tool assign."),
            opened_as(FACULTY),
            has_roster,
        ),
        Step(
            _("See it as a student"),
            _("Be Nguyễn Minh Anh: who is my mentor, what do I do next? Send evidence for a milestone."),
            opened_as(STUDENTS[0]),
            launched(store, students),
        ),
        Step(
            _("Sign off as a mentor"),
            _("Be Dr Raman: accept or return what was sent, and fill in the assessment, on a phone if you like."),
            opened_as(MENTORS[0]),
            launched(store, mentors),
        ),
        Step(
            _("Find the grade in the gradebook"),
            _("The tool sends a grade as soon as one is formed; it appears here within seconds."),
            "/gradebook",
            any(score.given is not None for score in scores(store)),
        ),
        Step(
            _("Check a certificate"),
            _("A finished student finds the certificate in Mentoring. Anybody can check it, without signing in."),
            f"{config.tool_url}/verify",
            None,
        ),
    ]


def opened_as(person: Person) -> str:
    """Return the page that opens the course's own link as ``person``."""
    return f"/course/{person.sub}/open/{RESOURCE_LINK_ID}"


def _subs(people: tuple[Person, ...]) -> tuple[str, ...]:
    return tuple(person.sub for person in people)
