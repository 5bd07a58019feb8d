"""The demonstration's second course: each student has a clinical and a research mentor, and one lacks the second.

Research mentors came after a test about consent and data, which that one has not passed yet. Its milestones say whose
mentor signs them, so that what waits for whom can be seen on every page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from lti_mentoring.commands.demo_story import Place, Story
from lti_mentoring.commands.demo_tests import ask_consent, take_consent
from lti_mentoring.commands.demo_words import PACTS, PLANS, READINGS, RESEARCH_FEEDBACK
from lti_mentoring.demo.addresses import module_address
from lti_mentoring.demo.people import (
    FACULTY,
    MENTORS,
    RESEARCH_ID,
    RESEARCH_LABEL,
    RESEARCH_LINK_ID,
    RESEARCH_TITLE,
    RESEARCHERS,
)
from lti_mentoring.domain.assigning import Wish
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.track_templates import RESEARCH
from lti_mentoring.domain.tracks import TrackFacts
from lti_mentoring.models import AssignedBy, Mentor
from lti_mentoring.services import assigning, evidence, milestones, tracks
from lti_mentoring.services.evidence import LONGEST_TEXT
from lti_mentoring.services.levels import confirm_training
from lti_mentoring.services.mentor_roles import edit_roles, set_served
from lti_mentoring.services.mentors import set_places, tick
from lti_mentoring.services.track_milestones import edit_milestone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from lti_mentoring.domain.mentor_roles import MentorRole
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Milestone, Track

SECOND_COURSE = Place(
    RESEARCH_ID,
    RESEARCH_LABEL,
    RESEARCH_TITLE,
    RESEARCH_LINK_ID,
    (FACULTY.sub, *(one.sub for one in MENTORS), *RESEARCHERS),
)
ROLES = ("Clinical mentor", "Research mentor")
GUIDES = ((0, "Internal medicine"), (1, "Surgery")), ((2, "Epidemiology"), (3, "Statistics for small studies"))
"""By role: the mentor's place in the cast, and what they do."""
PLACES = 8
BEGAN, TESTED, SECOND_MENTORS = 28, 27, 26
"""Days ago: the first mentors came, the students took the test, and whoever passed it got the second."""
SIGNED_BY = {2: 1, 3: 0}
"""By the position of a milestone: the role whose mentor signs it. Of all others the first mentor does, or faculty."""
LACKS_ONE = "student-27"
REACHED = {"student-02": 3, "student-17": 3, "student-13": 1, "student-23": 1, LACKS_ONE: 1}
USUAL = 2
SENT = ("student-04", "student-13", "student-17", LACKS_ONE)
"""What these sent next waits: for a clinical mentor, for a research mentor, and twice for faculty.

One has done an activity of the course, and one has nobody in that role.
"""
CAME_BACK = "student-06"
AGES = (18, 8, 3)
"""Days ago at which each milestone was reached."""
TEXTS = {1: PACTS, 2: READINGS, 3: PLANS}
WHY_NOT_YET = "Forty people on one ward will take you a year. Which smaller question would tell you as much?"


def tell_of_two_roles(first: Story) -> None:
    """Let faculty set the second course up, and its people work in it for some weeks."""
    second = Story(first.session, first.lms_url, first.now, SECOND_COURSE)
    second.platform, second.numbers = first.platform, first.numbers
    track = _set_up(second)
    guides = _pair(second, track)
    for sub in RESEARCHERS:
        _walk(second, track, sub, guides)
    second.read_list(second.seats[FACULTY.sub], second.ago(0))


def _set_up(second: Story) -> Track:
    session, began = second.session, second.ago(BEGAN + 2)
    faculty = second.sit(FACULTY.sub, began)
    second.read_list(faculty, began)
    facts = TrackFacts(str(RESEARCH.title), str(RESEARCH.purpose), second.ago(BEGAN).date())
    track = tracks.create_track(session, faculty, RESEARCH, facts, opened_on=None, now=began)
    faculty = second.sit(FACULTY.sub, began)
    second.let_faculty_mentor(track, began)
    edit_roles(session, faculty, [("", ROLES[0]), (None, ROLES[1])], version=track.version, now=began)
    for one in track.open_milestones:
        if one.position in SIGNED_BY:
            wanted = replace(tracks.milestone_facts(one), signer_role=track.roles[SIGNED_BY[one.position]].key)
            edit_milestone(session, faculty, one.id, wanted, version=None, now=began)
        if one.proof is Proof.ACTIVITY:
            wanted = replace(tracks.milestone_facts(one), activity_url=module_address(second.lms_url, RESEARCH_ID))
            edit_milestone(session, faculty, one.id, wanted, version=None, now=began)
    tracks.publish(session, faculty, version=None, now=began)
    return track


def _pair(second: Story, track: Track) -> Mapping[tuple[str, str], str]:
    """Make mentors of the cast, give the students theirs by a list, and return who that is by student and role.

    Everybody has the first before the test is asked for: it holds nobody back from whom they have already.
    """
    first, last = track.roles
    guides = _guided(second, track, (first, GUIDES[0]), RESEARCHERS, second.ago(BEGAN))
    passed = _test(second)
    guides |= _guided(second, track, (last, GUIDES[1]), passed, second.ago(SECOND_MENTORS))
    serves_both = second.numbers[guides[RESEARCHERS[1], first.key]]
    known = select(Mentor.id).where(Mentor.track_id == track.id, Mentor.person_id == serves_both)
    in_both = [one.key for one in track.roles]
    set_served(
        second.session, second.seats[FACULTY.sub], track, second.session.scalars(known).one(), in_both,
        now=second.ago(1),
    )  # fmt: skip
    return guides


def _test(second: Story) -> tuple[str, ...]:
    """Let faculty ask a test of students, and these take it; return who has passed."""
    at = second.ago(TESTED)
    test = ask_consent(second.session, second.seats[FACULTY.sub], now=at)
    for sub in RESEARCHERS:
        take_consent(second.session, second.sit(sub, at), test, passes=sub != LACKS_ONE, now=at)
    return tuple(sub for sub in RESEARCHERS if sub != LACKS_ONE)


def _guided(
    second: Story,
    track: Track,
    served: tuple[MentorRole, Sequence[tuple[int, str]]],
    students: Sequence[str],
    at: datetime,
) -> dict[tuple[str, str], str]:
    """Make the mentors of a role, give each student one in turn, and return who that is by student and role."""
    session, faculty, (role, cast) = second.session, second.seats[FACULTY.sub], served
    made: list[tuple[int, str]] = []
    for place, words in cast:
        sub = MENTORS[place].sub
        [one] = tick(session, faculty, track, [second.numbers[sub]], places=PLACES, now=at, roles=[role.key])
        set_places(session, faculty, one.id, PLACES, words, now=at)
        confirm_training(session, faculty, one.id, now=at)
        made.append((one.id, sub))
    turns = {sub: made[number % len(made)] for number, sub in enumerate(students)}
    wishes = [
        Wish(line, second.numbers[sub], mentor_id, role.key)
        for line, (sub, (mentor_id, _)) in enumerate(turns.items(), 1)
    ]
    assigning.assign_all(session, faculty, track, wishes, AssignedBy.CSV, now=at)
    return {(sub, role.key): guide for sub, (_, guide) in turns.items()}


def _walk(second: Story, track: Track, sub: str, guides: Mapping[tuple[str, str], str]) -> None:
    """Let a student reach some milestones, each signed by the mentor of its role, and leave the next as it stands."""
    student_id, reached = second.numbers[sub], REACHED.get(sub, USUAL)
    for one, days in zip(track.open_milestones[:reached], AGES, strict=False):
        _send(second, sub, one, days + 2)
        words = RESEARCH_FEEDBACK[(student_id + one.position) % len(RESEARCH_FEEDBACK)]
        version = second.version(one.id, student_id)
        milestones.accept(
            second.session, _signer(second, sub, one, guides), student_id, one.id, words, version, now=second.ago(days)
        )
    following = track.open_milestones[reached]
    if sub in (*SENT, CAME_BACK):
        _send(second, sub, following, 4)
    if sub == CAME_BACK:
        version, by = second.version(following.id, student_id), _signer(second, sub, following, guides)
        milestones.send_back(
            second.session, by, student_id, following.id, WHY_NOT_YET, version, now=second.ago(2)
        )  # fmt: skip


def _signer(second: Story, sub: str, one: Milestone, guides: Mapping[tuple[str, str], str]) -> Sitter:
    """Return the mentor whose role signs, in the mentor's place: one of them is faculty, too."""
    return replace(second.sit(guides[sub, one.signer_role or ""], second.ago(BEGAN)), role=SeatRole.MENTOR)


def _send(second: Story, sub: str, one: Milestone, days: int) -> None:
    student_id, at = second.numbers[sub], second.ago(days)
    texts = TEXTS.get(one.position, ("",))  # of an activity the word is enough
    sending = evidence.Sending(second.version(one.id, student_id), text=texts[student_id % len(texts)])
    files = current_app.extensions["files"]
    evidence.send(second.session, second.sit(sub, at), one.id, sending, files, limit=LONGEST_TEXT, now=at)
