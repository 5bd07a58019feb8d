"""The demonstration's mentors: what they say of themselves, and who would like to become one."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import select

from lti_mentoring.blueprints._award_words import badge_words, issuing_desk
from lti_mentoring.demo.people import ADMINISTRATOR, FACULTY, MENTORS
from lti_mentoring.domain.awards import Released
from lti_mentoring.domain.credentials import NOTHING_SEEN, Checkers, CredentialFacts, CredentialKind, Method, Practice
from lti_mentoring.domain.profiles import ENDS, STYLE, CareerStage, ProfileFacts, TermKind, Works
from lti_mentoring.domain.quiet_hours import Hours
from lti_mentoring.domain.recommendations import ACQUAINTED, Again
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tracks import MentoringFacts
from lti_mentoring.models import Mentor, Mentorship, Person
from lti_mentoring.services import applications, credentials, mentor_pages
from lti_mentoring.services.administering import choose_checkers
from lti_mentoring.services.awarding import release
from lti_mentoring.services.credential_upkeep import tend_credentials
from lti_mentoring.services.credentials import Check
from lti_mentoring.services.levels import name_lead
from lti_mentoring.services.mentor_badges import take_badge
from lti_mentoring.services.profiles import save_profile
from lti_mentoring.services.quiet_hours import keep_quiet_hours
from lti_mentoring.services.recommendations import answer
from lti_mentoring.services.tracks import edit_mentoring

if TYPE_CHECKING:
    from datetime import datetime

    from lti_mentoring.commands.demo_story import Story
    from lti_mentoring.models import Track

APPLICANT = "student-26"
LICENCES = (
    ("in_hpr", "71402288530917", 300), ("uk_gmc", "7012345", 30), ("us_npi", "1234567893", -1),
    ("other", "CRM 48213", None),
)  # fmt: skip
"""Register, an invented number, and in how many days what was verified ends; None: nobody has looked yet."""
QUIET = Hours("Europe/Stockholm", time(21), time(7), frozenset({6}))
AGAIN = (Again.YES, Again.YES, Again.RESERVED, Again.YES, Again.NO)
"""What students of the first mentor say: just as many as are needed before it is told."""
SAID = (
    ("health.internal", 14, "Europe/Stockholm", ("en", "hi"), ("week_evening",), Works.BOTH,
     "I learned most from the patients whom I did not understand at first. Bring me those."),
    ("health.surgery", 9, "Africa/Lagos", ("en", "yo"), ("end_morning", "end_afternoon"), Works.ON_SITE,
     "Ask me anything, also why I chose surgery and whether I would again."),
    ("health.paediatrics", 21, "Asia/Kolkata", ("en", "hi", "ta"), ("week_afternoon",), Works.REMOTE,
     "Half of my work is talking with parents. We can practise that."),
    ("health.family", 6, "America/Sao_Paulo", ("en", "pt"), ("week_evening", "end_morning"), Works.REMOTE,
     "I am a few years ahead of you, and remember what was hard."),
)  # fmt: skip


def fill_profiles(story: Story, at: datetime) -> None:
    """Let every mentor say who they are, and the first one when no mail is welcome."""
    for place, (mentor, said) in enumerate(zip(MENTORS, SAID, strict=True)):
        as_mentor = replace(story.sit(mentor.sub, at), role=SeatRole.MENTOR)  # one of them is faculty, too
        save_profile(story.session, as_mentor, _facts(place, *said), now=at)
    keep_quiet_hours(story.session, story.sit(MENTORS[0].sub, at), QUIET, now=at)


def introduce(story: Story, track: Track) -> None:
    """Let mentors show what was checked of them, open the track to applications, and let a student send one."""
    at = story.ago(40)
    office, faculty = story.sit(ADMINISTRATOR.sub, at), story.seats[FACULTY.sub]
    choose_checkers(story.session, track.institution_id, Checkers.TRACKS, by=office, now=at)
    edit_mentoring(story.session, faculty, MentoringFacts(True, faculty_verify=True), version=None, now=at)
    _show_credentials(story)
    first, shared = story.sit(MENTORS[0].sub, at), ("checked", "level", "work", "subjects", "times", "offer")
    mentor_pages.choose_shown(story.session, first, shared, now=at)
    mentor_pages.share(story.session, first, now=at)
    leads = select(Mentor.id).where(Mentor.track_id == track.id, Mentor.person_id == story.numbers[MENTORS[1].sub])
    name_lead(story.session, faculty, story.session.scalars(leads).one(), now=at)
    applicant = story.sit(APPLICANT, story.ago(3))
    applications.begin(story.session, applicant, track, now=story.ago(3))
    facts = _facts(0, "health.public", 1, "Europe/Stockholm", ("en", "sv"), ("week_evening",), Works.BOTH, "")
    facts = ProfileFacts({**facts.values, "career": CareerStage.STUDYING}, facts.terms)
    save_profile(story.session, applicant, facts, now=story.ago(3))
    words = "I took this course last year and would like to guide somebody in their first weeks."
    applications.send(story.session, applicant, track, words, 1, now=story.ago(3))


def carry_badge(story: Story) -> None:
    """Let the first mentor take the badge of the level, and show strangers whose it is: the public page links it."""
    at, desk = story.ago(2), issuing_desk()
    first = story.sit(MENTORS[0].sub, at)
    badge = take_badge(story.session, first, desk, badge_words(), now=at)
    release(story.session, first, (Released.NAME, Released.COURSE), desk, now=at, level=badge.level)


def recommend(story: Story, track: Track) -> None:
    """Let the students of the first mentor say whether they would choose them again: most would."""
    at, guide = story.ago(2), story.numbers[MENTORS[0].sub]
    theirs = story.session.execute(
        select(Mentor.id, Person.subject)
        .join(Mentorship, Mentorship.mentor_id == Mentor.id)
        .join(Person, Person.id == Mentorship.student_id)
        .where(Mentor.track_id == track.id, Mentor.person_id == guide, Mentorship.started_at <= at - ACQUAINTED)
        .order_by(Mentorship.id)
    )
    for (mentor_id, sub), said in zip(theirs, AGAIN, strict=False):
        answer(story.session, story.sit(sub, at), track, mentor_id, said, now=at)


def _show_credentials(story: Story) -> None:
    """Let the first mentor's licence be verified, the second's expire soon, the third's lapse, the last be declared."""
    sealer, faculty, at = current_app.extensions["sealer"], story.seats[FACULTY.sub], story.ago(40)
    for place, (mentor, (register, number, days)) in enumerate(zip(MENTORS, LICENCES, strict=True)):
        seat = story.sit(mentor.sub, at)
        facts = CredentialFacts(CredentialKind.LICENCE, "Licence to practise medicine", register, number, "")
        made = credentials.declare(story.session, seat, facts, sealer, now=at)
        if days is None:
            continue
        until = (story.now + timedelta(days=days)).date()
        credentials.look_up(story.session, faculty, made.id, "Listed without conditions.", now=at)
        check = Check(Method.REGISTER, until, practice=_seen(story, place))
        credentials.verify(story.session, faculty, made.id, check, now=at)
    tend_credentials(story.session, now=story.now)


def _seen(story: Story, place: int) -> Practice:
    """Let the check of the first mentor's licence have seen since when, and the subject; of the others only itself."""
    subject, years, *_rest = SAID[place]
    return NOTHING_SEEN if place else Practice(story.now.year - years, (subject,))


def _facts(
    place: int, subject: str, years: int, zone: str, languages: tuple[str, ...], hours: tuple[str, ...], works: Works,
    about: str,
) -> ProfileFacts:  # fmt: skip
    return ProfileFacts(
        {
            "profession": "health.physician",
            "career": CareerStage.ESTABLISHED if years > 8 else CareerStage.EARLY,
            "years": years,
            "timezone": zone,
            "works": works,
            "about": about,
            "style": {key: ENDS[(place + number) % len(ENDS)] for number, (key, *_ends) in enumerate(STYLE)},
        },
        {
            TermKind.DOMAIN: ("clinical", "research") if place % 2 else ("clinical", "career"),
            TermKind.SPECIALTY: (subject,),
            TermKind.SKILL: ("feedback", "health.relatives" if place > 1 else "health.reasoning"),
            TermKind.LANGUAGE: languages,
            TermKind.HOURS: hours,
        },
    )
