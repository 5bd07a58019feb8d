"""The demonstration's past: eight weeks of one course, told through the services with an earlier ``now``.

Nothing is written past the rules: whatever the pages show was done by somebody of the cast, by the same verbs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import select

from lti_mentoring.blueprints._award_words import award_words, issuing_desk
from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_concerns import speak_in_confidence
from lti_mentoring.commands.demo_domains import work_at_it
from lti_mentoring.commands.demo_goals import write_plans
from lti_mentoring.commands.demo_groups import groups_as_told
from lti_mentoring.commands.demo_introductions import introduce_students
from lti_mentoring.commands.demo_leaver import leave
from lti_mentoring.commands.demo_meetings import hold, meet
from lti_mentoring.commands.demo_mentors import carry_badge, fill_profiles, introduce, recommend
from lti_mentoring.commands.demo_outside import ask_outside
from lti_mentoring.commands.demo_round import COHORT, draw, match_cohort
from lti_mentoring.commands.demo_seeking import SOUGHT, look_for
from lti_mentoring.commands.demo_tests import DemoTests, make_tests, take_safety, train
from lti_mentoring.commands.demo_ways import AGES, USUAL, WAYS, Way
from lti_mentoring.commands.demo_words import ANSWERS, FEEDBACK, GOALS, HISTORIES, PACTS, QUESTION, REFLECTIONS
from lti_mentoring.db import unit_of_work
from lti_mentoring.demo.addresses import group_sets_address, groups_address, line_items_address, roster_address
from lti_mentoring.demo.config import CLIENT_ID, DEPLOYMENT_ID
from lti_mentoring.demo.people import (
    ADMINISTRATOR,
    BY_SUB,
    CONTEXT_ID,
    CONTEXT_LABEL,
    CONTEXT_TITLE,
    FACULTY,
    MENTORS,
    OBSERVER,
    PEOPLE,
    RESOURCE_LINK_ID,
    RESOURCE_LINK_TITLE,
    STUDENTS,
)
from lti_mentoring.domain.assigning import Wish
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.rank_lists import FacultyAsMentor, MatchingRules, MatchingWay, Wishes
from lti_mentoring.domain.roles import parse_roles
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.track_templates import CLINICAL
from lti_mentoring.domain.tracks import TrackFacts
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.lti.access import GRADE_SCOPES
from lti_mentoring.lti.messages import (
    ContextClaims,
    GradebookEndpoint,
    GroupsEndpoint,
    Launch,
    MessageType,
    PersonClaims,
    ResourceLinkClaims,
    RosterEndpoint,
)
from lti_mentoring.lti.registrations import DeploymentState, RegisteredPlatform
from lti_mentoring.lti.roster import Member, Roster
from lti_mentoring.models import Administrator, AssignedBy, Institution, Mentor, Milestone, MilestoneProgress, Person
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.queries.seats import find_sitter
from lti_mentoring.services import (
    assessments,
    assigning,
    awarding,
    evidence,
    mentor_requests,
    milestones,
    roster,
    tracks,
)
from lti_mentoring.services.administering import add_institution, confirm_administrator
from lti_mentoring.services.groups import store_groups
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.launching import welcome
from lti_mentoring.services.matching_policies import edit_matching
from lti_mentoring.services.mentors import set_places, tick
from lti_mentoring.services.rank_lists import save_wishes
from lti_mentoring.services.registering import ManualRegistration, approve_new, register_by_hand
from lti_mentoring.services.seeking import save_seeking

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Registration, Track

HOUSE = "Demonstration University"
TOOL_ID = 1
"""The number that the demonstration LMS gives the tool that it is seeded with."""
TERM_BEGAN = 55
"""Days ago."""
MORNING = time(9, 30, tzinfo=ZoneInfo("Europe/Stockholm"))
FIELDS = ("Internal medicine", "Surgery", "Paediatrics", "General practice")
PLACES = 8
NO_MENTOR = "student-12"
LATECOMER_CAME = 10
"""Days ago."""
TESTED_AFTER = 2
"""Milestones that come before the test."""
LOOKING_BACK = "My goals of the autumn, and how we stay in touch."
TESTED = 28
"""Days ago."""


def tell_story(lms_url: str, *more: Callable[[Story], None]) -> None:
    """Fill an empty installation; quiet when the story has been told already. ``more``: what is told after it."""
    now = utcnow()
    with force_locale("en"), unit_of_work() as session:
        if session.scalars(select(Institution.id).where(Institution.name == HOUSE)).first() is None:
            story = Story(session, lms_url, now)
            story.tell()
            for chapter in more:
                chapter(story)


@dataclass(frozen=True, slots=True)
class Place:
    """A course of the LMS with its link to the tool, and who is on its list."""

    course_id: str
    label: str
    title: str
    link_id: str
    people: tuple[str, ...]


CLINICAL_COURSE = Place(
    CONTEXT_ID, CONTEXT_LABEL, CONTEXT_TITLE, RESOURCE_LINK_ID, tuple(one.sub for one in PEOPLE if one.enrolled)
)


@dataclass
class Story:
    """Everybody's seats and numbers while the story of one course is told."""

    session: Session
    lms_url: str
    now: datetime
    place: Place = CLINICAL_COURSE
    platform: RegisteredPlatform = field(init=False)
    tests: DemoTests = field(init=False)
    seats: dict[str, Sitter] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)

    def ago(self, days: float) -> datetime:
        """Return a moment so many days ago, in the morning."""
        day = (self.now - timedelta(days=days)).date()
        return min(datetime.combine(day, MORNING), self.now - timedelta(minutes=5))

    def tell(self) -> None:
        """Tell it from the beginning."""
        ensure_keys(self.session, current_app.extensions["sealer"], now=self.ago(60))
        self.register()
        track = self.set_up()
        self.pair(track)
        introduce(self, track)
        self.wish(track)
        look_for(self, track, but=(NO_MENTOR, *COHORT))
        work_at_it(self, track)
        for student in STUDENTS:
            self.walk(track, student.sub, WAYS.get(student.sub, USUAL))
        introduce_students(self, track)
        speak_in_confidence(self, track)
        write_plans(self, track)
        meet(self, track)
        self.award()
        carry_badge(self)
        recommend(self, track)
        leave(self, track)
        self.type_another()
        ask_outside(self, track)
        draw(self, track, now=self.ago(0))
        self.sit(OBSERVER.sub, self.ago(0))

    def register(self) -> None:
        """Let the operator make the institution, its platform and its administrator."""
        house = add_institution(self.session, HOUSE, "demo", now=self.ago(60))
        wanted = ManualRegistration(
            name="Demonstration LMS",
            issuer=self.lms_url,
            client_id=CLIENT_ID,
            auth_url=f"{self.lms_url}/auth",
            token_url=f"{self.lms_url}/token",
            jwks_url=f"{self.lms_url}/jwks.json",
        )
        known = register_by_hand(self.session, house.id, wanted, by=None, now=self.ago(60)).registration
        approve_new(self.session, known, DEPLOYMENT_ID, now=self.ago(60))
        self.platform = _platform(known)
        self.sit(ADMINISTRATOR.sub, self.ago(59))
        asked = self.session.scalars(select(Administrator)).one()
        confirm_administrator(self.session, house.id, asked.id, by=None, now=self.ago(59))

    def type_another(self) -> None:
        """Let the administrator type an LMS at an issuer that many institutions share: it waits for the operator."""
        shared = current_app.extensions["quirks"].shared_issuers
        issuer = min(shared)
        wanted = ManualRegistration(
            "The second campus", issuer, "10000000000042", f"{issuer}/auth", f"{issuer}/token", f"{issuer}/jwks"
        )
        by = self.sit(ADMINISTRATOR.sub, self.ago(0))
        register_by_hand(self.session, by.institution_id, wanted, by=by, shared_issuers=shared, now=self.ago(0))

    def set_up(self) -> Track:
        """Let faculty open the tool, read the course list, and publish a track."""
        began = self.ago(TERM_BEGAN + 2)
        faculty = self.sit(FACULTY.sub, began)
        self.read_list(faculty, began, but=NO_MENTOR)
        facts = TrackFacts(str(CLINICAL.title), str(CLINICAL.purpose), self.term_began())
        track = tracks.create_track(self.session, faculty, CLINICAL, facts, opened_on=None, now=began)
        faculty = self.sit(FACULTY.sub, began)
        self.let_faculty_mentor(track, began)
        self.tests = make_tests(self.session, faculty, track, now=began)
        tracks.publish(self.session, faculty, version=None, now=began)
        return track

    def let_faculty_mentor(self, track: Track, at: datetime) -> None:
        """Let the track show faculty that a mentor teaches the course, where one usually mentors nobody: one does."""
        rules = MatchingRules(faculty_as_mentor=FacultyAsMentor.WARN)
        edit_matching(self.session, self.seats[FACULTY.sub], rules, version=track.version, now=at)

    def term_began(self) -> date:
        """Return the day on which the term began."""
        return (self.now - timedelta(days=TERM_BEGAN)).date()

    def read_list(self, faculty: Sitter, at: datetime, also: tuple[Member, ...] = (), but: str = "") -> None:
        """Read the course list as the LMS would send it; ``also`` was on it then, and ``but`` was not yet."""
        job = roster.queue_roster(self.session, faculty, now=at)
        claimed = claim_job(self.session, job.id)
        if claimed is None:
            raise LookupError(job.id)
        members = (
            tuple(
                Member(one.sub, one.roles, name=one.name, given=one.given, family=one.family, email=one.email)
                for one in map(BY_SUB.__getitem__, self.place.people)
                if one.sub != but
            )
            + also
        )
        roster.sync_roster(self.session, claimed, Roster(members, pages=2), read_at=at, now=at)
        store_groups(self.session, claimed.context_id, groups_as_told(self.place.course_id), now=at)
        self.numbers = {one.subject: one.id for one in self.session.scalars(select(Person))}

    def pair(self, track: Track) -> None:
        """Tick the mentors and give everybody but the latecomer one."""
        faculty, at = self.seats[FACULTY.sub], self.ago(TERM_BEGAN)
        people = [self.numbers[mentor.sub] for mentor in MENTORS]
        made = tick(self.session, faculty, track, people, places=PLACES, now=at)
        for mentor, words in zip(made, FIELDS, strict=True):
            set_places(self.session, faculty, mentor.id, PLACES, words, now=at)
        for one in MENTORS:
            as_mentor = replace(self.sit(one.sub, at), role=SeatRole.MENTOR)  # one of them is faculty, too
            train(self.session, as_mentor, self.tests, now=at)
        fill_profiles(self, at)
        paired = [student.sub for student in STUDENTS if student.sub != NO_MENTOR]
        turns = {sub: made[number % len(made)].id for number, sub in enumerate(paired)}
        wishes = [
            Wish(line, self.numbers[sub], turns[sub])
            for line, sub in enumerate((one for one in paired if one not in COHORT), start=1)
        ]
        assigning.assign_all(self.session, faculty, track, wishes, AssignedBy.AUTOMATIC, now=at)
        match_cohort(self, track, turns)

    def wish(self, track: Track) -> None:
        """Let the track go by requests, and the latecomer say whom they would like and ask the first."""
        at, session = self.ago(1), self.session
        faculty = self.sit(FACULTY.sub, at)
        self.read_list(faculty, self.ago(LATECOMER_CAME))
        rules = replace(rules_of(session, track), way=MatchingWay.REQUESTS)
        edit_matching(session, faculty, rules, version=track.version, now=at)
        guides = list(session.scalars(select(Mentor.id).where(Mentor.track_id == track.id).order_by(Mentor.id)))
        set_places(session, faculty, guides[0], PLACES + 1, FIELDS[0], now=at)  # whom the latecomer asks can say yes
        latecomer = self.sit(NO_MENTOR, at)
        wishes = Wishes(((guides[0],), (guides[1], guides[2])), any_other=True)
        save_wishes(session, latecomer, track, wishes, version=0, now=at)
        save_seeking(session, latecomer, track, SOUGHT, now=at)
        mentor_requests.ask(session, latecomer, track, QUESTION, now=at)

    def walk(self, track: Track, sub: str, way: Way) -> None:
        """Let one student reach the milestones of the way, and leave the next one as it stands."""
        if sub == NO_MENTOR:
            return
        mentor = self.mentor_of(track, sub)
        self.take_test(sub, way)
        steps = list(self.session.scalars(
            select(Milestone)
            .where(Milestone.track_id == track.id, Milestone.proof != Proof.TEST)
            .order_by(Milestone.position)
        ))  # fmt: skip
        for place, step in enumerate(steps[: way.reached]):
            self.reach(mentor, sub, step, self.ago(max(AGES[place], way.quiet)))
        if way.then:
            self.leave(mentor, sub, steps[way.reached], way.then)

    def take_test(self, sub: str, way: Way) -> None:
        """Let a student take the test before the ward: some pass the second time, and who is behind not yet."""
        if way.reached < TESTED_AFTER:
            return
        number, at = self.numbers[sub], self.ago(max(TESTED, way.quiet))
        if way.reached == TESTED_AFTER or number % 3 == 0:
            take_safety(self.session, self.sit(sub, at), self.tests, number % 3, now=at)
        if way.reached > TESTED_AFTER:
            later = at + timedelta(hours=2)
            take_safety(self.session, self.sit(sub, later), self.tests, 4 + number % 2, now=later)

    def reach(self, mentor: str, sub: str, step: Milestone, at: datetime) -> None:
        """Let a student reach one milestone: sent and read, filled in, or said by the mentor."""
        student_id = self.numbers[sub]
        if step.proof is Proof.ASSESSMENT:
            self.fill_form(mentor, student_id, step.id, at)
            return
        if step.proof is Proof.EVIDENCE:
            self.send(sub, step, at - timedelta(days=1))
        if step.proof is Proof.MEETING:
            self.close(step, sub, at - timedelta(days=1))
        signer = FACULTY.sub if step.signer.value == "faculty" else mentor
        words = FEEDBACK[(student_id + step.position) % len(FEEDBACK)]
        seat, version = self.sit(signer, at), self.version(step.id, student_id)
        milestones.accept(self.session, seat, student_id, step.id, words, version, now=at)

    def leave(self, mentor: str, sub: str, step: Milestone, then: str) -> None:
        """Leave a milestone as it stands today."""
        student_id, faculty = self.numbers[sub], self.seats[FACULTY.sub]
        if then in {"extended", "excused"}:
            self.decide(faculty, student_id, step.id, then)
            return
        if then == "met":
            self.close(step, sub, self.ago(2))
            return
        self.send(sub, step, self.ago(9 if sub == "student-05" else 3))
        if then == "sent":
            return
        at = self.ago(2)
        reason = "You tell what you asked, not yet what the patient said. Add her own words, then send it again."
        milestones.send_back(
            self.session, self.sit(mentor, at), student_id, step.id, reason, self.version(step.id, student_id), now=at
        )
        if then == "appealed":
            words = "I left her words out because they named her village. Could somebody else have a look at it?"
            seat = self.sit(sub, self.ago(1))
            milestones.appeal(
                self.session, seat, step.id, words, self.version(step.id, student_id), now=self.ago(1)
            )  # fmt: skip

    def close(self, step: Milestone, sub: str, began: datetime) -> None:
        """Let a student and the mentor have the meeting that a milestone asks for."""
        hold(self, step.track, sub, began, MentoringDomain.CAREER, LOOKING_BACK, proves=step.id)

    def decide(self, faculty: Sitter, student_id: int, milestone_id: int, then: str) -> None:
        """Give one student more time, or take the milestone off the way."""
        version, at = self.version(milestone_id, student_id), self.ago(5)
        if then == "extended":
            due = (self.now + timedelta(days=17)).date()
            reason = "Was ill for two weeks; the ward has been told."
            milestones.extend(self.session, faculty, student_id, milestone_id, due, reason, version, now=at)
        else:
            reason = "Did this during the placement in spring."
            milestones.excuse(self.session, faculty, student_id, milestone_id, reason, version, now=at)

    def send(self, sub: str, step: Milestone, at: datetime) -> None:
        """Let a student send a text for a milestone."""
        student_id = self.numbers[sub]
        text = _text_for(step.position, student_id)
        sending = evidence.Sending(self.version(step.id, student_id), text=text)
        files = current_app.extensions["files"]
        evidence.send(self.session, self.sit(sub, at), step.id, sending, files, limit=len(text) * 4, now=at)

    def fill_form(self, mentor: str, student_id: int, milestone_id: int, at: datetime) -> None:
        """Let a mentor fill the form of a milestone and say that it is reached."""
        sent = ANSWERS[student_id % len(ANSWERS)]
        seat = self.sit(mentor, at)
        draft = assessments.save_draft(self.session, seat, student_id, milestone_id, sent, now=at)
        version = self.version(milestone_id, student_id)
        assessments.complete(
            self.session, seat, student_id, milestone_id, sent, reached=True, version=version, now=draft.saved_at
        )

    def award(self) -> None:
        """Issue two certificates: one whose holder shows it, one that was withdrawn; a third student waits."""
        faculty, desk = self.seats[FACULTY.sub], issuing_desk()
        shown, withdrawn = (self.numbers[sub] for sub in ("student-02", "student-03"))
        awarding.issue(self.session, faculty, shown, desk, award_words(), now=self.ago(1))
        awarding.release(
            self.session, self.sit("student-02", self.ago(1)), ("name", "course", "milestones"), desk, now=self.ago(1)
        )
        mistake = awarding.issue(self.session, faculty, withdrawn, desk, award_words(), now=self.ago(1))
        awarding.revoke(
            self.session, faculty, mistake.id, "Issued before the closing talk had been held.", now=self.ago(0)
        )

    def version(self, milestone_id: int, student_id: int) -> int:
        """Return what a page that is opened now would carry as the version."""
        known = self.session.scalars(
            select(MilestoneProgress.version).where(
                MilestoneProgress.milestone_id == milestone_id, MilestoneProgress.student_id == student_id
            )
        ).first()
        return known or 1

    def mentor_of(self, track: Track, sub: str) -> str:
        """Return the subject of a student's mentor."""
        paired = [student.sub for student in STUDENTS if student.sub != NO_MENTOR]
        made = self.session.scalars(select(Mentor).where(Mentor.track_id == track.id).order_by(Mentor.id)).all()
        return self.session.get_one(Person, made[paired.index(sub) % len(made)].person_id).subject

    def sit(self, sub: str, at: datetime) -> Sitter:
        """Launch as somebody of the cast, once for all of the story but after every change of role."""
        known = self.seats.get(sub)
        if known is not None and known.track_id is not None:
            return known
        token = welcome(self.session, self.launch(sub, at), now=at).token
        sitter = find_sitter(self.session, token, now=at)
        if sitter is None:
            raise LookupError(sub)
        self.seats[sub] = sitter
        return sitter

    def launch(self, sub: str, at: datetime) -> Launch:
        """Return the launch that the LMS would send for somebody."""
        one, place = BY_SUB[sub], self.place
        there = (self.lms_url, TOOL_ID, place.course_id)
        return Launch(
            registration=self.platform,
            deployment_id=DEPLOYMENT_ID,
            deployment_state=DeploymentState.APPROVED,
            message_type=MessageType.RESOURCE_LINK,
            subject=sub,
            target_link_uri=f"{current_app.extensions['settings'].public_url}/lti/launch",
            issued_at=at,
            roles=frozenset(parse_roles(one.roles)),
            role_uris=one.roles,
            observed=frozenset(one.observes),
            person=PersonClaims(name=one.name, given_name=one.given, family_name=one.family, email=one.email),
            context=ContextClaims(place.course_id, place.label, place.title),
            resource_link=ResourceLinkClaims(place.link_id, RESOURCE_LINK_TITLE),
            custom=one.custom,
            roster=RosterEndpoint(roster_address(*there)),
            gradebook=GradebookEndpoint(line_items_address(*there), None, frozenset(GRADE_SCOPES)),
            groups=GroupsEndpoint(groups_address(*there), group_sets_address(*there)),
        )


def _platform(known: Registration) -> RegisteredPlatform:
    return RegisteredPlatform(
        id=known.id,
        institution_id=known.institution_id,
        issuer=known.issuer,
        client_id=known.client_id,
        auth_url=known.auth_url,
        token_url=known.token_url,
        jwks_url=known.jwks_url,
    )


def _text_for(position: int, student_id: int) -> str:
    texts: Sequence[str] = {1: PACTS, 2: GOALS, 4: HISTORIES}.get(position, REFLECTIONS)
    return texts[student_id % len(texts)]
