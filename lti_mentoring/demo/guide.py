"""The guided strip: what to try, in order, and what the LMS has seen done already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_mentoring.demo.activity import first_opened, was_opened
from lti_mentoring.demo.course import courses, links
from lti_mentoring.demo.gradebook import scores
from lti_mentoring.demo.people import FACULTY, MENTORS, RESEARCH_LINK_ID, RESOURCE_LINK_ID, STUDENTS, Person

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
    mentored = first_opened(store, _subs(MENTORS))
    return [
        Step(
            _("Look over the course"),
            _("Be Prof Lindqvist and open Mentoring: who is on pace, who has gone quiet, what only you can decide?"),
            opened_as(FACULTY),
            first_opened(store, (FACULTY.sub,)) is not None,
        ),
        Step(
            _("Do the next step as a student"),
            _("Be Nguyễn Minh Anh: something came back. Read why, add what is missing, send it again."),
            opened_as(STUDENTS[0]),
            first_opened(store, _subs(STUDENTS)) is not None,
        ),
        Step(
            _("Sign off as a mentor"),
            _("Be Dr Raman: accept what was sent or return it with a reason; fill in an assessment, on a phone too."),
            opened_as(MENTORS[0]),
            mentored is not None,
        ),
        Step(
            _("Say yes or no to a student who asks"),
            _("Be Dr Raman: the first card says who asks. The student put mentors in order, and asks one at a time."),
            opened_as(MENTORS[0]),
            None,
        ),
        Step(
            _("Find the grade in the gradebook"),
            _("What the mentor signs off changes the grade; the tool sends it, and it appears here within seconds."),
            "/gradebook",
            mentored is not None and any(score.changed_at > mentored for score in scores(store)),
        ),
        Step(
            _("Give a certificate and check it"),
            _("Prof Lindqvist finds finished students under Certificates. Anybody can check one, without signing in."),
            f"{config.tool_url}/verify",
            None,
        ),
        Step(
            _("See two mentors of one student"),
            _("Be Prof Lindqvist in MED 512: a clinical mentor, a research mentor; each milestone says who signs it."),
            f"/course/{FACULTY.sub}/open/{RESEARCH_LINK_ID}",
            was_opened(store, RESEARCH_LINK_ID),
        ),
        Step(
            _("Begin a programme of your own"),
            _("As Prof Lindqvist, choose something from Mentoring on the course page, open it, set up a track."),
            f"/course/{FACULTY.sub}",
            len(links(store)) > 1,
        ),
        Step(
            _("Copy the course for the next term"),
            _("As Prof Lindqvist, copy the course and open Mentoring in the copy: it offers what was set up before."),
            f"/course/{FACULTY.sub}",
            any(one.origins for one in courses(store)),
        ),
    ]


def opened_as(person: Person) -> str:
    """Return the page that opens the course's own link as ``person``."""
    return f"/course/{person.sub}/open/{RESOURCE_LINK_ID}"


def _subs(people: tuple[Person, ...]) -> tuple[str, ...]:
    return tuple(person.sub for person in people)
