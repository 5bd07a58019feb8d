"""The demonstration's course in a database, served on a port of this machine, with a seat for whoever is asked for."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import count

from factories.accounts import administrator, operator, signed_in
from factories.world import add, group
from fixtures.applications import connected_app, settings_for
from fixtures.serving import served
from flask import request
from platforms.fixtures import free_port
from sqlalchemy import or_, select, update

from lti_mentoring.blueprints._problems import problem_page
from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_story import tell_story
from lti_mentoring.db import unit_of_work
from lti_mentoring.demo.people import (
    ADMINISTRATOR,
    FACULTY,
    MENTORS,
    OBSERVER,
    RESEARCH_LINK_ID,
    RESOURCE_LINK_ID,
    STUDENTS,
)
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.goals import GoalState
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.meetings import MeetingState
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import Audience
from lti_mentoring.letters import opened
from lti_mentoring.models import (
    Account,
    Administrator,
    Assessment,
    Attempt,
    Award,
    Concern,
    ConcernHandler,
    Context,
    Credential,
    Deployment,
    DeploymentApproval,
    Evidence,
    Goal,
    HeldReason,
    Institution,
    Job,
    JobKind,
    JobState,
    Mail,
    Meeting,
    Mentor,
    MentorApplication,
    MentorInvitation,
    MentorPage,
    MentorRequest,
    Mentorship,
    Milestone,
    MilestoneProgress,
    Passkey,
    Person,
    ResourceLink,
    Round,
    Score,
    ScoreState,
    Seat,
    Test,
    Track,
    TrackState,
)
from lti_mentoring.queries.seats import find_sitter, hash_of
from lti_mentoring.services.accounts import begin_session
from lti_mentoring.services.attempts import begin
from lti_mentoring.services.evidence import Sending, Upload
from lti_mentoring.services.evidence import send as send_evidence
from lti_mentoring.services.registering import invite

NUMBERS = count(1)
LATECOMER = "student-12"
FIRST = "student-30"
USUAL = {
    SeatRole.STUDENT: "student-02",
    SeatRole.MENTOR: MENTORS[0].sub,
    SeatRole.FACULTY: FACULTY.sub,
    SeatRole.ADMINISTRATOR: ADMINISTRATOR.sub,
    SeatRole.OBSERVER: OBSERVER.sub,
    SeatRole.GUEST: STUDENTS[22].sub,
}
DEEP_LINKING = {
    "deployment_id": "1",
    "return_url": "https://lms.example/picked",
    "accept_types": ["ltiResourceLink"],
    "accept_targets": ["iframe"],
}


class Seeded:
    """The seeded course: numbers of things that pages show, and seats."""

    def __init__(self, app, url):
        self.app, self.url = app, url
        self.session = app.extensions["sqlalchemy"].session()
        self.people = {one.subject: one for one in self.session.scalars(select(Person))}
        links = {one.resource_link_id: one for one in self.session.scalars(select(ResourceLink))}
        self.link, second = links[RESOURCE_LINK_ID], links.get(RESEARCH_LINK_ID)
        self.track = self.session.get_one(Track, self.link.track_id)
        self.second = second and {"context_ref": second.context_ref, "resource_link_ref": second.id}
        """What a seat in the second course differs in, where that is told of."""
        self.context = self.track.context
        self.shared = {"institution_id": self.track.institution_id}
        self.accounts = {}
        with unit_of_work():
            self.add_what_the_story_has_not()

    def add_what_the_story_has_not(self):
        where = {"context_ref": self.context.id, "created_at": utcnow(), **self.shared}
        self.unbound = add(self.session, ResourceLink(**where, resource_link_id="without-a-track"))
        draft = add(
            self.session,
            Track(
                context_ref=self.context.id, title="Research mentorship", starts_on=utcnow().date(), points=100,
                state=TrackState.DRAFT, created_at=utcnow(), **self.shared,
            ),
        )  # fmt: skip
        self.draft = add(self.session, ResourceLink(**where, resource_link_id="draft", track_id=draft.id))
        self.before = self.a_year_ago()
        asking = self.person("student-25")
        self.asking = add(self.session, Administrator(person_id=asking.id, asked_at=utcnow(), **self.shared))
        add(
            self.session,
            Deployment(
                registration_id=self.context.registration_id, deployment_id="another", first_seen_at=utcnow(),
                state=DeploymentApproval.PENDING, **self.shared,
            ),
        )  # fmt: skip
        closing = self.track.milestones[-1]  # signed off by faculty: let them have a form, too
        closing.instrument_id = next(one.instrument_id for one in self.track.milestones if one.instrument_id)
        self.send_a_file()
        self.begin_a_test()
        self.let_grades_arrive()
        self.tell_sections()

    def a_year_ago(self):
        """Make the course of the year before, from which this one was copied; return its track."""
        here = self.context
        old = add(
            self.session,
            Context(
                registration_id=here.registration_id, deployment_id=here.deployment_id, context_id="a-year-ago",
                title="MED 402 Clinical placement, Autumn 2025", created_at=utcnow(), **self.shared,
            ),
        )  # fmt: skip
        here.history = [old.context_id]
        mine = {name: getattr(self.track, name) for name in ("title", "purpose", "template", "points")}
        track = add(
            self.session,
            Track(
                **mine, context_ref=old.id, starts_on=date(2025, 9, 29), state=TrackState.CLOSED, created_at=utcnow(),
                **self.shared,
            ),
        )  # fmt: skip
        for one in self.track.open_milestones:
            facts = {name: getattr(one, name) for name in ("position", "title", "asked", "proof", "signer", "weight")}
            add(self.session, Milestone(**facts, track_id=track.id, **self.shared))
        return track

    def tell_sections(self):
        """Let the course's system tell two sections, one of a long name, and a team that somebody of each is in."""
        students = [self.person(one.sub) for one in STUDENTS]
        half = len(students) // 2
        self.section = group(self.session, self.context, "Section A", *students[:half])
        group(self.session, self.context, "قسم المساء، مستشفى الجامعة", *students[half:])
        shared = {"kind": GroupKind.GROUP, "set_name": "Ward teams"}
        group(self.session, self.context, "Team 1", *students[half - 3 : half + 3], **shared)

    def let_grades_arrive(self):
        """Let the gradebook have accepted all grades but one."""
        arrived = {"state": ScoreState.ACCEPTED, "accepted_at": utcnow(), "sent_version": Score.wanted_version}
        self.session.execute(
            update(Score).values(accepted_value=Score.wanted, accepted_maximum=Score.maximum, **arrived)
        )
        refused = {"state": ScoreState.HELD, "held_reason": HeldReason.REFUSED, "accepted_value": None}
        self.session.execute(update(Score).where(Score.person_id == self.number("student-13")).values(**refused))

    def add_work(self):
        """Add long work in all its states."""
        jobs = {"context_ref": self.context.id, "kind": JobKind.ROSTER, "created_at": utcnow(), **self.shared}
        gone = {"gone": [self.number(one.sub) for one in STUDENTS[20:29]], "known": 35, "listed": 26}
        with unit_of_work():
            self.failed = add(self.session, Job(**jobs, state=JobState.FAILED, error="platform_unavailable"))
            self.held = add(self.session, Job(**jobs, state=JobState.HELD, detail=gone))
            self.running = add(self.session, Job(**jobs, state=JobState.RUNNING, done=12, total=35))
            batch = {**jobs, "kind": JobKind.CERTIFICATES, "track_id": self.track.id}
            self.batch = add(self.session, Job(**batch, state=JobState.DONE, done=1, total=1))

    def send_a_file(self):
        sitter = self.sitter_of("student-01")
        returned = self.progress("student-01", ProgressState.RETURNED)
        send_evidence(
            self.session, sitter, returned.milestone_id,
            Sending(returned.version, text="Her own words are on page two now.", upload=Upload("notes.txt", b"Notes.")),
            self.app.extensions["files"], limit=10_000, now=utcnow(),
        )  # fmt: skip

    def begin_a_test(self):
        """Let the usual student be in the middle of another attempt at a test."""
        of_students = (Test.track_id == self.track.id, Test.audience == Audience.STUDENTS)
        safety = self.session.scalars(select(Test).where(*of_students)).one()
        begin(self.session, self.sitter_of(USUAL[SeatRole.STUDENT]), safety.id, now=utcnow())

    def an_attempt(self, role):
        """Return the last attempt of the usual student or mentor; for faculty the student's."""
        who = USUAL[role] if role is SeatRole.MENTOR else USUAL[SeatRole.STUDENT]
        return self.session.scalars(
            select(Attempt).where(Attempt.person_id == self.number(who)).order_by(Attempt.id.desc())
        ).first()

    def sitter_of(self, sub):
        return find_sitter(self.session, self.seated(SeatRole.STUDENT, sub), now=utcnow())

    def person(self, sub):
        return self.people[sub]

    def number(self, sub):
        return self.people[sub].id

    def progress(self, sub, state):
        """Return a student's milestone in a state."""
        return self.session.scalars(
            select(MilestoneProgress).where(
                MilestoneProgress.student_id == self.number(sub), MilestoneProgress.state == state
            )
        ).first()

    def seat(self, role, sub="", **columns):
        """Seat somebody; return the browser's secret."""
        with unit_of_work():
            return self.seated(role, sub, **columns)

    def seated(self, role, sub="", **columns):
        """Do that in a unit of work that is open."""
        token = f"seat-for-a-page-{next(NUMBERS)}"
        values = {
            "token_hash": hash_of(token), "person_id": self.number(sub or USUAL[role]), "role": role,
            "roles": [role.value], "registration_id": self.context.registration_id, "context_ref": self.context.id,
            "resource_link_ref": self.link.id, "created_at": utcnow(), "used_at": utcnow(),
            "expires_at": datetime(2100, 1, 1, tzinfo=UTC), **self.shared,
        }  # fmt: skip
        self.session.add(Seat(**{**values, **columns}))
        return token

    def account(self, kind):
        """Sign an operator, an administrator, or the story's outside mentor in; return the browser's secret."""
        with unit_of_work():
            if kind is AccountKind.MENTOR:
                outsider = self.session.scalars(select(Account).where(Account.kind == kind)).one()
                return begin_session(self.session, outsider, None, now=utcnow())
            return self.an_office(kind, now=utcnow())

    def an_office(self, kind, *, now):
        """Sign an operator or an administrator in; return the browser's secret."""
        known = self.accounts.get(kind)
        if known is None:
            house = self.session.get_one(Institution, self.track.institution_id)
            known = (
                operator(self.session, now=now)
                if kind is AccountKind.OPERATOR
                else administrator(self.session, house, now=now)
            )
            self.accounts[kind] = known
            signed_in(self.session, known, now=now)
        return signed_in(self.session, known, now=now)[2]

    def passkey_of(self, kind):
        """Return the number of the first passkey of who was signed in."""
        return self.a(Passkey, Passkey.account_id == self.accounts[kind].id)

    def invitation(self):
        """Return the address in the mail of the invitation that is still open."""
        open_one = select(MentorInvitation.id).where(MentorInvitation.accepted_at.is_(None))
        mail = self.session.scalars(select(Mail).where(Mail.invitation_id.in_(open_one))).one()
        return opened(mail.sealed_link, mail.once_key)

    def concern(self):
        """Return what addresses name the story's word in confidence by."""
        return self.session.scalars(select(Concern.key)).one()

    def platform_invitation(self, lms):
        """Invite a platform; return the address that its administrator opens in the LMS."""
        with unit_of_work():
            token = invite(self.session, self.track.institution_id, by=None, now=utcnow())
        return f"/lti/register?invitation={token}&openid_configuration={lms.url}/.well-known/openid-configuration"

    def a(self, model, *where):
        """Return the number of the first row."""
        return self.session.scalars(select(model.id).where(*where).order_by(model.id)).first()

    def numbers(self, role):
        """Return what stands in addresses, chosen so that ``role`` may see it."""
        mentees = select(Mentorship.student_id).join(Mentor).where(Mentor.person_id == self.number(MENTORS[0].sub))
        own = self.number(USUAL[SeatRole.STUDENT])
        mentored = self.session.scalars(
            select(MilestoneProgress).where(
                MilestoneProgress.student_id.in_(mentees), MilestoneProgress.state == ProgressState.SUBMITTED
            )
        ).first()
        formed = [one for one in self.track.milestones if one.instrument_id][-1 if role is SeatRole.FACULTY else 0]
        live = self.session.scalars(select(Award).where(Award.revoked_at.is_(None), Award.level == "")).first()
        filled = (Assessment.student_id == own) if role is SeatRole.STUDENT else Assessment.student_id.in_(mentees)
        return {
            "student_id": mentored.student_id,
            "milestone_id": mentored.milestone_id,
            "formed": formed.id,
            "unformed_student": self.session.scalars(mentees.where(Mentorship.student_id.not_in(
                select(Assessment.student_id)))).first(),
            "own_milestone": self.track.milestones[0].id,
            "own_evidence": self.session.scalars(
                select(Evidence.id).join(MilestoneProgress).where(MilestoneProgress.student_id == own)).first(),
            "assessment_id": self.session.scalars(select(Assessment.id).where(filled)).first(),
            "award_id": live.id,
            "public_id": live.public_id,
            "mentor_id": self.a(Mentor),
            "mentorship_id": self.a(Mentorship, Mentorship.ended_at.is_(None)),
            "application_id": self.a(MentorApplication),
            "address": self.session.scalars(select(MentorPage.address).where(MentorPage.address.is_not(None))).first(),
            "credential_id": self.a(Credential),
            "handler_id": self.a(ConcernHandler),
            "goal_id": self.a(Goal, Goal.student_id == own, Goal.state == GoalState.OPEN),
            "meeting_id": self.meeting(role, MeetingState.AGREED),
            "request_id": self.a(MentorRequest, MentorRequest.state == RequestState.ASKED),
            "round_id": self.a(Round, Round.state == RoundState.DRAFT),
            "published_round": self.a(Round, Round.state == RoundState.PUBLISHED),
            "waiting_student": self.number(LATECOMER),
            "stage_id": self.track.stages[0].id,
            "source_id": self.before.id,
            "track_milestone": self.track.milestones[1].id,
            "registration_id": self.context.registration_id,
            "administrator_id": self.a(Administrator, Administrator.confirmed_at.is_not(None)),
            "job_id": self.a(Job),
            "institution_id": self.track.institution_id,
            "test_id": self.an_attempt(role).test_id,
            "attempt_id": self.an_attempt(role).id,
            "item_id": self.an_attempt(role).answers[0].item_id,
        }  # fmt: skip

    def meeting(self, role, state, *, coming=True):
        """Return a meeting of the usual student or mentor, or of that mentor's: the last one, or the first."""
        who = self.number(USUAL[role if role is SeatRole.STUDENT else SeatRole.MENTOR])
        found = self.session.scalars(
            select(Meeting.id).join(Mentorship).join(Mentor)
            .where(Meeting.state == state, or_(Mentor.person_id == who, Mentorship.student_id == who))
            .order_by(Meeting.starts_at.desc() if coming else Meeting.starts_at)
        )  # fmt: skip
        return found.first()

    @property
    def awards(self):
        return self.session.scalars(select(Award)).all()


def show_a_problem():
    """Answer at addresses of the tests' own with each kind of error page."""
    if request.path == "/a-bug":
        raise RuntimeError("made for a test")
    if request.path.startswith("/a-problem/"):
        both = {"mine": "What I wrote.", "theirs": "What they wrote.", "action": ("Look at their version", "/")}
        kind = request.path.rpartition("/")[2]
        return problem_page(kind, **(both if kind == "conflict" else {}))
    return None


@contextmanager
def seeded_course(database_url, folder, *more, lms_url="http://127.0.0.1:9"):
    """Serve the demonstration's course on a free port; nobody answers at the LMS's address."""
    port = free_port()
    settings = replace(
        settings_for(database_url, folder),
        public_url=f"http://localhost:{port}",
        show_mails=True,
        demo_lms_url=lms_url,
        private_hosts=frozenset({"127.0.0.1"}),
    )
    with connected_app(settings) as app, app.app_context():
        app.before_request(show_a_problem)
        tell_story(lms_url, *more)
        with served(app, port):
            yield Seeded(app, settings.public_url)
