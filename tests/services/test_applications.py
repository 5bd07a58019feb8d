"""From a draft to a mentor: who applies, what faculty decide, and who hears of it."""

import pytest
from factories.profiles import application, profile
from factories.statements import counting
from factories.world import NOON, World, mentor
from sqlalchemy import select

from lti_mentoring.domain.applications import (
    ApplicationState,
    Bar,
    CannotApply,
    ProfileIncomplete,
    ReasonNeeded,
    StepImpossible,
)
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Mail, Mentor, MentorApplication, TrackState
from lti_mentoring.queries.applications import application_view, applications_page, own_application
from lti_mentoring.services import applications
from lti_mentoring.services.mentors import PlacesOutOfRange


@pytest.fixture
def world(session):
    world = World(session)
    world.track.applications_open = True
    session.flush()
    return world


@pytest.fixture
def by(world):
    return world.sitter(role=SeatRole.STUDENT)


def decide(session, world, verb, *more):
    made = application(session, world, world.another_student(name="Ines Duarte"))
    return made, verb(session, world.sitter(), world.track, made.id, *more, now=NOON)


def mails(session):
    return session.scalars(select(Mail).where(Mail.kind == "application_decided")).all()


def test_a_draft_is_begun_once(session, world, by):
    first = applications.begin(session, by, world.track, now=NOON)
    again = applications.begin(session, by, world.track, now=NOON)
    assert (first.id, again.state) == (again.id, ApplicationState.DRAFT)
    assert own_application(session, by, world.track).bar is None


def test_it_is_sent_when_the_profile_is_whole(session, world, by):
    applications.begin(session, by, world.track, now=NOON)
    with pytest.raises(ProfileIncomplete):
        applications.send(session, by, world.track, "", 2, now=NOON)
    profile(session, world, world.student, role=SeatRole.STUDENT)
    sent = applications.send(session, by, world.track, " I was one myself. ", 3, now=NOON)
    assert (sent.state, sent.words, sent.places) == (ApplicationState.SENT, "I was one myself.", 3)
    with pytest.raises(CannotApply) as told:
        applications.send(session, by, world.track, "", 2, now=NOON)
    assert told.value.bar is Bar.SENT


def test_what_cannot_be_is_refused_before_anything_is_kept(session, world, by):
    with pytest.raises(PlacesOutOfRange):
        applications.send(session, by, world.track, "", 1000, now=NOON)
    with pytest.raises(NotFound):
        applications.send(session, by, world.track, "", 2, now=NOON)
    world.track.applications_open = False
    with pytest.raises(CannotApply) as told:
        applications.begin(session, by, world.track, now=NOON)
    assert told.value.code == "apply_closed"
    world.track.applications_open, world.track.state = True, TrackState.CLOSED
    assert own_application(session, by, world.track).bar is Bar.CLOSED


def test_a_mentor_does_not_apply(session, world):
    with pytest.raises(CannotApply) as told:
        applications.begin(session, world.sitter(role=SeatRole.MENTOR), world.track, now=NOON)
    assert told.value.bar is Bar.IS_MENTOR


def test_acceptance_makes_a_mentor_and_tells_them(session, world):
    made, name = decide(session, world, applications.accept, 4)
    found = session.scalars(select(Mentor).where(Mentor.person_id == made.person_id)).one()
    assert (name, found.places, found.active, made.state) == ("Ines Duarte", 4, True, ApplicationState.ACCEPTED)
    [mail] = mails(session)
    assert (mail.person_id, mail.facts["accepted"]) == (made.person_id, 1)
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert {"application.begun", "application.sent", "application.accepted", "mentor.added"} <= set(actions)


def test_who_is_declined_reads_the_reason_and_the_mail_does_not_hold_it(session, world):
    made, _name = decide(session, world, applications.decline, "The places are for seniors.")
    own = own_application(session, world.sitter(made.person, SeatRole.STUDENT), world.track)
    assert (own.state, own.bar, own.reason) == (
        ApplicationState.DECLINED, Bar.DECLINED, "The places are for seniors.",
    )  # fmt: skip
    assert "seniors" not in str(mails(session)[0].facts)
    view = application_view(session, world.sitter(), made.id)
    assert (view.decided_by, view.reason) == (world.faculty.name, made.reason)


def test_a_reason_is_needed_and_nothing_is_decided_without(session, world):
    with pytest.raises(ReasonNeeded):
        decide(session, world, applications.decline, "no")
    assert mails(session) == []


def test_a_second_decision_comes_too_late(session, world):
    made, _name = decide(session, world, applications.accept, 2)
    with pytest.raises(StepImpossible):
        applications.decline(session, world.sitter(), world.track, made.id, "The places are for seniors.", now=NOON)


def test_what_is_taken_back_is_read_by_nobody_and_may_come_again(session, world):
    who = world.another_student()
    made = application(session, world, who)
    by = world.sitter(who, SeatRole.STUDENT)
    applications.withdraw(session, by, world.track, now=NOON)
    assert applications_page(session, world.track).rows == ()
    with pytest.raises(NotFound):
        application_view(session, world.sitter(), made.id)
    assert applications.begin(session, by, world.track, now=NOON).state is ApplicationState.DRAFT
    with pytest.raises(StepImpossible):
        applications.withdraw(session, by, world.track, now=NOON)


def test_another_course_s_faculty_finds_nothing(session, world):
    made = application(session, world, world.another_student())
    other = World(session)
    with pytest.raises(NotFound):
        applications.accept(session, other.sitter(), other.track, made.id, 2, now=NOON)


def test_those_that_wait_come_first_in_the_same_few_statements_for_many(session, world):
    made, _name = decide(session, world, applications.decline, "The places are for seniors.")
    waiting = application(session, world, world.another_student())
    with counting(session) as few:
        page = applications_page(session, world.track)
    assert [row.application_id for row in page.rows] == [waiting.id, made.id]
    assert (page.waiting, page.rows[0].profession) == (1, "health.physician")
    for _more in range(30):
        application(session, world, world.another_student())
    with counting(session) as many:
        assert len(applications_page(session, world.track, 2).rows) == 7
    assert len(many) == len(few)


def test_who_was_a_mentor_once_and_applies_again_is_ticked_again(session, world, by):
    mentor(session, world.track, world.student, active=False)
    made = application(session, world, world.student)
    applications.accept(session, world.sitter(), world.track, made.id, 1, now=NOON)
    assert session.scalars(select(Mentor.active).where(Mentor.person_id == world.student.id)).one()
    assert session.scalars(select(MentorApplication)).one().decided_by_id == world.faculty.id
