"""A course in which everything exists that an address can name, and two people of each kind."""

from dataclasses import replace
from datetime import timedelta

from factories.accounts import administrator, enrolled
from factories.awards import desk, issued
from factories.concerns import concern, handler
from factories.credentials import LICENCE, credential, document
from factories.goals import goal
from factories.introductions import introduced
from factories.meetings import agreed, noted
from factories.outside import invite
from factories.profiles import application, profile
from factories.rounds import drawn
from factories.tests import exam, taken
from factories.wishes import asked, conflict, policy, rank_list
from factories.world import NOON, World, add, group, membership, mentor, mentorship, milestone, person
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.items import Asked, ItemKind
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import Audience
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.models import (
    Administrator,
    Assessment,
    ConcernHandler,
    Context,
    Deployment,
    DeploymentApproval,
    Group,
    GroupMembership,
    Job,
    JobKind,
    JobState,
    LineItem,
    Passkey,
    Score,
    ScoreState,
)
from lti_mentoring.services import assessments, evidence
from lti_mentoring.services import meetings as talks
from lti_mentoring.services.assessments import ensure_instruments
from lti_mentoring.services.evidence import Sending, Upload
from lti_mentoring.services.mentor_pages import share
from lti_mentoring.services.rounds import Swap, change

ANSWERS = {"entrustment": ["3"], "better": ["Wash your hands before you greet the patient."]}
SECRET = "Nobody but these three may read this sentence."


class Furnished(World):
    """A world with evidence, forms, a certificate, jobs and scores; ``numbers`` is what stands in addresses.

    With ``marker`` every text in it that somebody wrote or that a platform told carries that word.
    """

    def __init__(self, app, session, inside=None, marker=""):
        super().__init__(session, inside=inside)
        self.app, self.marker = app, marker
        self.is_neighbour = inside is not None and len(self.session.scalars(self._courses()).all()) > 1
        self.shared = {"institution_id": self.institution.id}
        self._mark()
        self.sent = self._evidence()
        self.filled, self.draft = self._forms()
        self.award = issued(self, desk(app.extensions["settings"]), self.another_student(name=self.said("Zoë Okafor")))
        self.classmate, self.colleague = self._another_pair()
        self.waiting = self.another_student(name=self.said("Waits For A Mentor"))
        self.invitation, _token = invite(
            session, self, f"{marker or 'nobody'}@clinic.example", self.said("Dr Not Yet Here")
        )
        self.account = administrator(session, self.institution, self.said(f"Ada of {self.institution.slug}."))
        enrolled(session, self.account)
        self.applicant = self.another_student(name=self.said("Ines Duarte"))
        self.application = application(session, self, self.applicant, words=self.said("I would like to."))
        profile(session, self, about=self.said("I like questions."))
        self.track.faculty_verify = True
        self.page = share(session, self.sitter(role=SeatRole.MENTOR), now=NOON)
        self.credential = self._credential()
        self.round, self.changed = self._round()
        self.reader = (
            None
            if self.is_neighbour
            else handler(self, person(session, self.institution, name=self.said("Jo Ahlgren")))
        )
        self.numbers = self._numbers()
        session.flush()

    def said(self, text):
        """Return a text of this world."""
        return f"{text} {self.marker}".rstrip()

    def _courses(self):
        return select(Context.id).where(Context.institution_id == self.institution.id)

    def _mark(self):
        for one in (self.faculty, self.guide, self.student):
            one.name = self.said(one.name)
        for one in (self.context, self.track, *self.track.stages, *self.track.milestones):
            one.title = self.said(one.title)
        for one in self.track.milestones:
            one.asked = self.said(one.asked)
        self.track.purpose = self.track.certificate_title = self.said(self.track.certificate_title)
        self.mentor.field = self.said("Surgery")
        if self.deployment.institution_id == self.registration.institution_id == self.institution.id:
            self.registration.name = self.said(self.registration.name)
        if not self.is_neighbour:
            self.institution.name = self.said(self.institution.name)
        self.session.flush()

    def _evidence(self):
        words = self.said(SECRET)
        return evidence.send(
            self.session,
            self.sitter(role=SeatRole.STUDENT),
            self.track.milestones[0].id,
            Sending(version=1, text=words, upload=Upload(self.said("notes") + ".txt", words.encode())),
            self.app.extensions["files"],
            limit=10_000,
            now=NOON,
        )

    def _forms(self):
        """One form that was sent, and one that the mentor has only begun."""
        (form, *_more) = ensure_instruments(self.session, self.institution.id, now=NOON)
        for one in self.track.milestones[1:3]:
            one.proof, one.instrument_id = Proof.ASSESSMENT, form.id
        self.session.flush()
        by, who = self.sitter(role=SeatRole.MENTOR), self.student.id
        first, second = (one.id for one in self.track.milestones[1:3])
        given = {**ANSWERS, "better": [self.said(*ANSWERS["better"])]}
        filled = assessments.complete(self.session, by, who, first, given, reached=True, version=1, now=NOON)
        return filled, assessments.save_draft(self.session, by, who, second, given, now=NOON)

    def _round(self):
        """A draft of everybody who waits, in which a group stayed together and one of it was changed by hand."""
        pair = (self.waiting, self.applicant)
        group(self.session, self.context, self.said("Team A"), *pair, kind=GroupKind.BY_HAND)
        made = drawn(self, together="by_hand:")
        swap = Swap(self.waiting.id, None, self.said("She asked for it."))
        return made, change(self.session, self.sitter(), made.id, swap, now=NOON)

    def _another_pair(self):
        """Another mentor with another student; and somebody whose mentorship with the first student has ended."""
        colleague = person(self.session, self.institution, name=self.said("Dr Marta Oliveira"))
        membership(self.session, self.context, colleague, is_student=False)
        guide = mentor(self.session, self.track, colleague, made_by_id=self.faculty.id)
        student = self.another_student(name=self.said("Tomás García"))
        mentorship(self.session, guide, student)
        return student, colleague

    def _credential(self):
        facts = replace(LICENCE, title=self.said(LICENCE.title), holder=self.said(LICENCE.holder))
        made = credential(self.app, self.session, self, facts=facts)
        document(self.app, self.session, self, made, name=self.said("licence") + ".pdf")
        return made

    def _job(self, kind, state, **columns):
        values = {"context_ref": self.context.id, "kind": kind, "state": state, "created_at": NOON}
        return add(self.session, Job(**self.shared, **{**values, **columns}))

    def _group(self):
        group = Group(**self.shared, context_ref=self.context.id, kind=GroupKind.SECTION, external_id="s1")
        group.name = self.said("Section")
        member = GroupMembership(**self.shared, group_id=add(self.session, group).id, person_id=self.student.id)
        add(self.session, member)
        return group

    def _tests(self):
        """A test that the student has sent an attempt at, and one that the mentor has."""
        said = {"title": self.said("Before the ward"), "about": self.said("Five minutes.")}
        stem = Asked(ItemKind.TEXT, self.said("What do you count at the wrist?"), 1, accepted=(self.said("pulse"),))
        test = exam(self.session, self.track, stem, **said)
        of_mentors = exam(self.session, self.track, stem, **said, audience=Audience.MENTORS)
        taken(self.session, self.sitter(role=SeatRole.MENTOR), of_mentors)
        attempt = taken(self.session, self.sitter(role=SeatRole.STUDENT), test)
        return {"test_id": test.id, "item_id": attempt.answers[0].item_id, "attempt_id": attempt.id}

    def _numbers(self):
        session, here = self.session, {**self.shared, "track_id": self.track.id}
        column = add(session, LineItem(**here, label=self.said("Mentoring"), maximum=100))
        score = Score(
            **here, line_item_id=column.id, person_id=self.student.id, wanted=50, maximum=100, due_at=NOON,
            state=ScoreState.HELD,
        )  # fmt: skip
        waiting = Deployment(
            **self.shared, registration_id=self.registration.id, deployment_id=f"new-{self.context.id}",
            state=DeploymentApproval.PENDING, first_seen_at=NOON,
        )  # fmt: skip
        asking = Administrator(**self.shared, person_id=self.student.id, asked_at=NOON)
        return {
            "group_id": self._group().id,
            "student_id": self.student.id,
            "guide_id": self.guide.id,
            "track_id": self.track.id,
            "source_id": self.track.id,
            "picked": f"track:{self.track.key}",
            "instrument_id": self.filled.instrument_id,
            "milestone_id": self.track.milestones[0].id,
            "evidence_id": self.sent.id,
            "assessment_id": self.filled.id,
            "award_id": self.award.id,
            "public_id": self.award.public_id,
            "mentor_id": self.mentor.id,
            "mentorship_id": self.mentorship.id,
            "application_id": self.application.id,
            "address": self.page.address,
            "credential_id": self.credential.id,
            "document_id": self.credential.documents[0].id,
            "stage_id": self.track.stages[0].id,
            "request_id": self._asks().id,
            "introduction_id": self._introduces().id,
            **self._plans(),
            "meeting_id": self._meets().id,
            "round_id": self.round.id,
            "change_id": self.changed.id,
            "concern_key": concern(self.app, self, text=self.said("He shouts at us.")).key,
            **self._handler(),
            "conflict_id": conflict(session, self.mentor, self.student, note=self.said("They are related.")).id,
            "job_id": self._job(JobKind.ROSTER, JobState.HELD, detail={"gone": [self.student.id]}).id,
            "batch_id": self._job(JobKind.CERTIFICATES, JobState.RUNNING, track_id=self.track.id, done=1, total=3).id,
            "score_id": add(session, score).id,
            "registration_id": self.registration.id,
            "deployment_id": add(session, waiting).id,
            "administrator_id": add(session, asking).id,
            "institution_id": self.institution.id,
            "account_id": self.account.id,
            "invitation_id": self.invitation.id,
            **self._tests(),
            "passkey_id": session.scalars(select(Passkey.id).where(Passkey.account_id == self.account.id)).first(),
        }

    def _asks(self):
        """A student without a mentor who has given wishes and asks the first one."""
        policy(self.session, self.track)
        asking = self.another_student(name=self.said("Asks A Mentor"))
        rank_list(self.session, self.track, asking, self.mentor, any_other=True)
        return asked(self.session, self.mentor, asking, message=self.said("I would like to learn."))

    def _handler(self):
        """Whom the institution named to read what is said in confidence: its first course's, where it has several."""
        first = select(ConcernHandler).where(ConcernHandler.institution_id == self.institution.id)
        row = self.session.scalars(first.order_by(ConcernHandler.id)).first()
        return {"handler_id": row.id, "reader_id": row.person_id}

    def _introduces(self):
        """The student was introduced to somebody outside."""
        words = {"name": self.said("Dr Nia Okafor"), "does": self.said("statistician")}
        return introduced(self.session, self, **words, purpose=self.said("statistics for the audit"))

    def _plans(self):
        """The student has a goal that mentors read, and one that nobody else does: the numbers are of this one."""
        words = {"success": self.said("I see the bias."), "steps": (self.said("Read one trial"),)}
        goal(self.session, self, title=self.said("Read trials critically"), shared=True, **words)
        private = goal(self.session, self, title=self.said("Sleep enough"), **words)
        return {"goal_id": private.goal_id, "action_id": private.steps[0].action_id}

    def _meets(self):
        """The two have agreed to meet, and each has noted something for themselves."""
        now = utcnow()
        words = {"agenda": self.said("how to ask"), "place": self.said("Room 12")}
        link = f"https://meet.example/{self.marker}"
        made = agreed(self.session, self, starts_at=now + timedelta(days=2), now=now, join_url=link, **words)
        for by in (SeatRole.STUDENT, SeatRole.MENTOR):
            noted(self.app, self.session, self, made, self.said(SECRET), by)
        self._proves(now)
        return made

    def _proves(self, now):
        """The student says that a meeting for a milestone took place, and that an activity of the course is done."""
        talk, module = (
            milestone(self.session, self.track, self.track.stages[0], position=place, title=self.said(title), **columns)
            for place, title, columns in (
                (4, "Closing talk", {"proof": Proof.MEETING}),
                (5, "Module", {"proof": Proof.ACTIVITY, "activity_url": f"https://{self.marker}.lms.example/7"}),
            )
        )
        student = self.sitter(role=SeatRole.STUDENT)
        self.session.refresh(self.track)
        before = now - timedelta(days=2)
        made = agreed(self.session, self, starts_at=before, now=before - timedelta(days=1), milestone_id=talk.id)
        talks.record_met(self.session, student, made.id, made.version, 30, (MentoringDomain.CAREER,), now=now)
        files = self.app.extensions["files"]
        evidence.send(self.session, student, module.id, Sending(version=1), files, limit=10, now=now)

    def shows_in(self, answer):
        """Whether an answer, a page or a file, holds a word of this world."""
        return self.marker.encode() in answer.data

    def placing(self, endpoint):
        """The numbers for a press that should succeed but for what its form names: who has no mentor is given one."""
        of_who_waits = {"choosing.place", "assigning.assign_one", "round_changes.ask", "round_changes.make"}
        return {**self.numbers, "student_id": self.waiting.id} if endpoint in of_who_waits else self.numbers

    def drafts(self):
        """The forms that are begun and not sent."""
        return self.session.scalars(select(Assessment.id).where(Assessment.completed_at.is_(None))).all()
