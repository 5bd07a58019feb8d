"""A course in which everything exists that an address can name, and two people of each kind."""

from factories.awards import desk, issued
from factories.world import NOON, World, add, membership, mentor, mentorship, person
from sqlalchemy import select

from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    Administrator,
    Assessment,
    Deployment,
    DeploymentApproval,
    Job,
    JobKind,
    JobState,
    LineItem,
    Score,
    ScoreState,
)
from lti_mentoring.services import assessments, evidence
from lti_mentoring.services.assessments import ensure_instruments
from lti_mentoring.services.evidence import Sending, Upload

ANSWERS = {"entrustment": ["3"], "better": ["Wash your hands before you greet the patient."]}
SECRET = "Nobody but these three may read this sentence."


class Furnished(World):
    """A world with evidence, forms, a certificate, jobs and scores; ``numbers`` is what stands in addresses."""

    def __init__(self, app, session, inside=None):
        super().__init__(session, inside=inside)
        self.app = app
        self.shared = {"institution_id": self.institution.id}
        self.sent = self._evidence()
        self.filled, self.draft = self._forms()
        self.award = issued(self, desk(app.extensions["settings"]), self._classmate("Zoë Okafor"))
        self.classmate, self.colleague = self._another_pair()
        self.numbers = self._numbers()
        session.flush()

    def _classmate(self, name):
        return self.another_student(name=name)

    def _evidence(self):
        return evidence.send(
            self.session,
            self.sitter(role=SeatRole.STUDENT),
            self.track.milestones[0].id,
            Sending(version=1, text=SECRET, upload=Upload("notes.txt", SECRET.encode())),
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
        filled = assessments.complete(self.session, by, who, first, ANSWERS, reached=True, version=1, now=NOON)
        return filled, assessments.save_draft(self.session, by, who, second, ANSWERS, now=NOON)

    def _another_pair(self):
        """Another mentor with another student; and somebody whose mentorship with the first student has ended."""
        colleague = person(self.session, self.institution, name="Dr Marta Oliveira")
        membership(self.session, self.context, colleague, is_student=False)
        guide = mentor(self.session, self.track, colleague, made_by_id=self.faculty.id)
        student = self.another_student(name="Tomás García")
        mentorship(self.session, guide, student)
        return student, colleague

    def _job(self, kind, state, **columns):
        values = {"context_ref": self.context.id, "kind": kind, "state": state, "created_at": NOON}
        return add(self.session, Job(**self.shared, **{**values, **columns}))

    def _numbers(self):
        session, here = self.session, {**self.shared, "track_id": self.track.id}
        column = add(session, LineItem(**here, label="Mentoring", maximum=100))
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
            "student_id": self.student.id,
            "milestone_id": self.track.milestones[0].id,
            "evidence_id": self.sent.id,
            "assessment_id": self.filled.id,
            "award_id": self.award.id,
            "public_id": self.award.public_id,
            "mentor_id": self.mentor.id,
            "mentorship_id": self.mentorship.id,
            "stage_id": self.track.stages[0].id,
            "job_id": self._job(JobKind.ROSTER, JobState.HELD, detail={"gone": [self.student.id]}).id,
            "batch_id": self._job(JobKind.CERTIFICATES, JobState.RUNNING, track_id=self.track.id, done=1, total=3).id,
            "score_id": add(session, score).id,
            "registration_id": self.registration.id,
            "deployment_id": add(session, waiting).id,
            "administrator_id": add(session, asking).id,
        }

    def drafts(self):
        """The forms that are begun and not sent."""
        return self.session.scalars(select(Assessment.id).where(Assessment.completed_at.is_(None))).all()
