"""A course at a hostile platform: its students have grades to deliver; tasks are run as workers run them."""

from datetime import UTC, datetime

from factories.world import NOON, World
from fakes.service_calls import PATIENT
from sqlalchemy import select, update

from lti_mentoring.clock import utcnow
from lti_mentoring.db import database_now, db
from lti_mentoring.lti.http import PlatformClient
from lti_mentoring.models import (
    AccessToken,
    Deployment,
    Job,
    LaneSlot,
    LineItem,
    Membership,
    MembershipStatus,
    Person,
    PlatformLane,
    Score,
    ScoreState,
)
from lti_mentoring.services.grading import ensure_columns
from lti_mentoring.services.jobs import find_due_jobs
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.roster import queue_roster
from lti_mentoring.services.sending import find_due_scores
from lti_mentoring.tasks import grades, jobs

PAST = datetime(2020, 1, 1, tzinfo=UTC)
MOST_ROUNDS = 40


def call_patiently(app, *platforms, timeouts=PATIENT, **options):
    hosts = {platform.host for platform in platforms}
    app.extensions["platform_client"] = PlatformClient(allowed_private_hosts=hosts, timeouts=timeouts, **options)


class HostileCourse:
    """One course at ``platform`` with ``students`` who each have a grade of their own to be delivered."""

    def __init__(self, app, session, platform, *, students=2, family="moodle"):
        self.app, self.session, self.platform = app, session, platform
        self.world = world = World(session)
        world.registration.issuer, world.registration.client_id = platform.url, platform.login_side.client_id
        world.registration.auth_url, world.registration.jwks_url = f"{platform.url}/auth", f"{platform.url}/jwks"
        world.registration.token_url, world.registration.product_family = platform.token_url, family
        world.context.memberships_url, world.context.context_id = platform.memberships_url, platform.context_id
        world.context.lineitems_url = platform.lineitems_url
        self.deployment = session.get_one(Deployment, world.deployment.id)
        people = [world.faculty, world.guide, world.student]
        people += [world.another_student(name=f"Student {number}") for number in range(students - 1)]
        for number, who in enumerate(people):
            who.issuer, who.subject = platform.url, f"u{number}"
            role = "Instructor" if number < 2 else "Learner"
            platform.people.append({"user_id": who.subject, "roles": [role], "name": who.name, "status": "Active"})
        [column] = ensure_columns(session, world.track, now=NOON)
        self.scores = [
            Score(
                institution_id=world.institution.id, track_id=world.track.id, line_item_id=column.id,
                person_id=who.id, wanted=10 + number, maximum=100, due_at=PAST,
            )
            for number, who in enumerate(people[2:])
        ]  # fmt: skip
        session.add_all(self.scores)
        ensure_keys(session, app.extensions["sealer"], now=utcnow())
        session.commit()

    def grades_change(self):
        """Form a new grade for everybody, of a value never sent before."""
        for row in self.rows():
            row.wanted, row.wanted_version = row.wanted + 0.5, row.wanted_version + 1
            row.state, row.held_reason, row.waiting_reason = ScoreState.PENDING, None, None
            row.due_at, row.attempts = PAST, 0
        self.session.commit()

    def wanted(self):
        """What the gradebook should show in the end."""
        self.session.rollback()
        rows = self.session.execute(
            select(Person.subject, Score.wanted)
            .join(Person, Person.id == Score.person_id)
            .where(Score.institution_id == self.world.institution.id)
        )
        return dict(rows.all())

    def rows(self):
        self.session.rollback()
        return list(
            self.session.scalars(
                select(Score)
                .where(Score.institution_id == self.world.institution.id)
                .order_by(Score.id)
                .execution_options(populate_existing=True)
            )
        )

    def people(self):
        self.session.rollback()
        rows = self.session.execute(
            select(Person.subject, Membership.status)
            .join(Membership, Membership.person_id == Person.id)
            .where(Membership.context_ref == self.world.context.id)
        )
        return {subject: status for subject, status in rows if status is MembershipStatus.ACTIVE}

    def lane(self):
        self.session.rollback()
        return self.session.scalar(
            select(PlatformLane)
            .where(PlatformLane.registration_id == self.world.registration.id)
            .execution_options(populate_existing=True)
        )

    def work(self):
        """Do what the sweep finds, once, as one worker."""
        self.session.rollback()
        scores, waiting = find_due_scores(self.session, most=500), find_due_jobs(self.session, most=500)
        self.session.rollback()
        for number in waiting:
            jobs.run.run(number)
        for number in scores:
            grades.push.run(number)
        return len(scores) + len(waiting)

    def time_passes(self):
        """Let every pause, rest, wait and lease be over."""
        self.session.rollback()
        self.session.execute(update(Score).where(Score.state == ScoreState.PENDING).values(due_at=PAST))
        self.session.execute(update(Score).values(lease_until=None))
        self.session.execute(update(LineItem).values(lease_until=None))
        self.session.execute(update(Job).values(lease_until=None))
        self.session.execute(update(LaneSlot).values(lease_until=PAST))
        self.session.execute(update(AccessToken).values(asking_until=None))
        for column in ("rests_until", "paused_until"):
            was = getattr(PlatformLane, column)
            self.session.execute(update(PlatformLane).where(was.is_not(None)).values({column: PAST}))
        self.session.commit()

    def wake_what_waits(self):
        """Let the waits be over of what no worker holds, and wake it."""
        self.session.rollback()
        waiting = (
            Score.state == ScoreState.PENDING,
            Score.lease_until.is_(None),
            Score.due_at > database_now(self.session),
        )
        for number in self.session.scalars(update(Score).where(*waiting).values(due_at=PAST).returning(Score.id)).all():
            self.app.extensions["celery"].send_task("grades.push", kwargs={"score_id": number}, ignore_result=True)
        self.session.commit()

    def work_until_settled(self):
        """Work and let time pass until nothing is left to do."""
        for _ in range(MOST_ROUNDS):
            if not self.work():
                return
            self.time_passes()
        raise AssertionError("it never comes to rest")

    def read_list(self):
        job = queue_roster(self.session, self.world.sitter(), now=utcnow())
        self.session.commit()
        return job.id

    def job(self, number):
        db.session.rollback()
        return self.session.get_one(Job, number, populate_existing=True)

    def check(self):
        """The oracle: what it shows is ours, nothing took effect twice, and what is kept back says why."""
        held = {row.person.subject for row in self.rows() if row.state is ScoreState.HELD}
        assert all(row.held_reason for row in self.rows() if row.state is ScoreState.HELD)
        assert all(row.state is not ScoreState.PENDING for row in self.rows())
        wanted = {user: value for user, value in self.wanted().items() if user not in held}
        assert {user: value for user, value in self.platform.gradebook().items() if user not in held} == wanted
        assert self.platform.doubled() == []
        assert len(self.platform.line_items) <= 1
