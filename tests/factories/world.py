"""A small world for tests: one institution, one course, its people, and a track with milestones.

Every function takes a session and makes one minimal valid row (flushed, not committed); keywords change columns.
"""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import count

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.models import (
    Context,
    Deployment,
    DeploymentApproval,
    Group,
    GroupMembership,
    Institution,
    Instrument,
    Membership,
    Mentor,
    Mentorship,
    Milestone,
    Person,
    Registration,
    ResourceLink,
    Seat,
    Stage,
    Track,
    TrackState,
)
from lti_mentoring.queries.seats import hash_of

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""The moment at which tests happen, unless they say otherwise."""
NUMBERS = count(1)
TOGETHER = "written together"


def add(session, row):
    session.add(row)
    if not session.info.get(TOGETHER):
        session.flush()
    return row


@contextmanager
def together(session):
    """Write at once what is made inside, of which nothing needs another's number: a flush costs more than a row."""
    session.info[TOGETHER] = True
    try:
        yield
    finally:
        del session.info[TOGETHER]
    session.flush()


def institution(session, **columns):
    number = next(NUMBERS)
    return add(
        session, Institution(**{"name": f"University {number}", "slug": f"u{number}", "created_at": NOON, **columns})
    )


def registration(session, of, **columns):
    number = next(NUMBERS)
    base = f"https://lms{number}.example"
    values = {
        "institution_id": of.id, "name": f"LMS {number}", "issuer": base, "client_id": f"client-{number}",
        "auth_url": f"{base}/auth", "token_url": f"{base}/token", "jwks_url": f"{base}/jwks", "created_at": NOON,
    }  # fmt: skip
    return add(session, Registration(**{**values, **columns}))


def deployment(session, registered, **columns):
    values = {
        "institution_id": registered.institution_id, "registration_id": registered.id, "deployment_id": "1",
        "state": DeploymentApproval.APPROVED, "first_seen_at": NOON,
    }  # fmt: skip
    return add(session, Deployment(**{**values, **columns}))


def context(session, deployed, **columns):
    number = next(NUMBERS)
    values = {
        "institution_id": deployed.institution_id, "registration_id": deployed.registration_id,
        "deployment_id": deployed.id, "context_id": f"course-{number}", "label": "MED 402",
        "title": "Clinical placement", "memberships_url": f"https://lms.example/{number}/members", "lineitems_url": f"https://lms.example/{number}/items",
        "created_at": NOON,
    }  # fmt: skip
    return add(session, Context(**{**values, **columns}))


def link(session, course, track=None, **columns):
    values = {
        "institution_id": course.institution_id, "context_ref": course.id, "resource_link_id": f"link-{next(NUMBERS)}",
        "track_id": track.id if track else None, "created_at": NOON,
    }  # fmt: skip
    return add(session, ResourceLink(**{**values, **columns}))


def person(session, of, **columns):
    number = next(NUMBERS)
    values = {
        "institution_id": of.id, "issuer": "https://lms.example", "subject": f"person-{number}",
        "name": f"Person {number}", "email": f"person{number}@example.org", "first_seen_at": NOON,
    }  # fmt: skip
    return add(session, Person(**{**values, **columns}))


def membership(session, course, who, **columns):
    values = {
        "institution_id": course.institution_id,
        "context_ref": course.id,
        "person_id": who.id,
        "is_student": True,
    }
    return add(session, Membership(**{**values, **columns}))


def group(session, course, called, *people, **columns):
    """A section (or, with ``kind``, a group) of a course, and who is in it."""
    shared = {"institution_id": course.institution_id}
    values = {"context_ref": course.id, "kind": GroupKind.SECTION, "external_id": called, "name": called}
    made = add(session, Group(**shared, **{**values, **columns}))
    session.add_all(GroupMembership(**shared, group_id=made.id, person_id=one.id) for one in people)
    session.flush()
    return made


def track(session, course, milestones=3, **columns):
    values = {
        "institution_id": course.institution_id, "context_ref": course.id, "title": "Clinical mentorship",
        "state": TrackState.PUBLISHED, "starts_on": date(2026, 9, 28), "published_at": NOON, "created_at": NOON,
        "certificate_title": "Clinical mentorship", "certificate_sentence": "has completed one semester of mentorship.",
    }  # fmt: skip
    made = add(session, Track(**{**values, **columns}))
    stage = add(session, Stage(institution_id=made.institution_id, track_id=made.id, position=1, title="Beginning"))
    with together(session):
        for position in range(1, milestones + 1):
            milestone(session, made, stage=stage, position=position)
    session.refresh(made)
    return made


def milestone(session, of, stage=None, **columns):
    position = columns.get("position", 1)
    values = {
        "institution_id": of.institution_id, "track_id": of.id, "stage_id": stage.id if stage else None,
        "position": position, "title": f"Milestone {position}", "asked": "Write one page.", "proof": Proof.EVIDENCE,
        "signer": Signer.MENTOR, "due_after_days": 14 * position, "weight": 10,
    }  # fmt: skip
    return add(session, Milestone(**{**values, **columns}))


def instrument(session, of, definition, **columns):
    values = {
        "institution_id": of.id,
        "key": "entrustment",
        "title": "Entrustment",
        "definition": definition,
        "created_at": NOON,
    }
    return add(session, Instrument(**{**values, **columns}))


def mentor(session, of, who, **columns):
    values = {
        "institution_id": of.institution_id,
        "track_id": of.id,
        "person_id": who.id,
        "places": 5,
        "made_at": NOON,
        "made_by_id": who.id,
    }
    return add(session, Mentor(**{**values, **columns}))


def mentorship(session, guide, student, **columns):
    guide.taken += 1
    values = {
        "institution_id": guide.institution_id, "track_id": guide.track_id, "mentor_id": guide.id,
        "student_id": student.id, "started_at": NOON - timedelta(days=30), "contact_at": NOON - timedelta(days=3),
    }  # fmt: skip
    return add(session, Mentorship(**{**values, **columns}))


class World:
    """One course with one faculty member, one mentor and one student, who are already a pair.

    ``inside``: the deployment of another world, whose neighbour this course then is.
    """

    def __init__(self, session, milestones=3, inside=None):
        self.session = session
        self.institution = session.get_one(Institution, inside.institution_id) if inside else institution(session)
        self.registration = (
            session.get_one(Registration, inside.registration_id) if inside else registration(session, self.institution)
        )
        self.deployment = inside or deployment(session, self.registration)
        with together(session):
            self.context = context(session, self.deployment)
            self.faculty = person(session, self.institution, name="Prof Hanna Lindqvist")
            self.guide = person(session, self.institution, name="Dr Priya Raman")
            self.student = person(session, self.institution, name="Amina Yusuf")
        with together(session):
            membership(session, self.context, self.faculty, is_student=False, is_faculty=True)
            membership(session, self.context, self.guide, is_student=False)
            membership(session, self.context, self.student)
        self.track = track(session, self.context, milestones)
        with together(session):
            self.link = link(session, self.context, self.track)
            self.mentor = mentor(session, self.track, self.guide, made_by_id=self.faculty.id)
        self.mentorship = mentorship(session, self.mentor, self.student)

    def another_student(self, **columns):
        who = person(self.session, self.institution, **columns)
        membership(self.session, self.context, who)
        return who

    def sitter(self, who=None, role=SeatRole.FACULTY, **changes):
        """The seat value that services are handed, without a row."""
        who = who or {SeatRole.STUDENT: self.student, SeatRole.MENTOR: self.guide}.get(role, self.faculty)
        values = {
            "seat_id": 0, "institution_id": self.institution.id, "person_id": who.id, "person_name": who.shown_name,
            "role": role, "roles": (role,), "registration_id": self.registration.id, "context_id": self.context.id,
            "context_title": self.context.shown_title, "track_id": self.track.id, "track_title": self.track.title,
            "track_published": True, "resource_link_id": self.link.id,
        }  # fmt: skip
        return Sitter(**{**values, **changes})


def seat(session, world, role, who=None, *, link=None, now=NOON, **columns):
    """Make a seat row; return the browser's secret for it."""
    token = f"secret-of-seat-{next(NUMBERS)}"
    sitter = world.sitter(who, role)
    values = {
        "institution_id": world.institution.id, "token_hash": hash_of(token), "person_id": sitter.person_id,
        "registration_id": world.registration.id, "context_ref": world.context.id,
        "resource_link_ref": (link or world.link).id, "role": role, "roles": [role.value], "created_at": now,
        "used_at": now, "expires_at": datetime(2100, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    add(session, Seat(**{**values, **columns}))
    return token
