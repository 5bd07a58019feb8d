"""A course's list comes in as a whole or not at all; nobody is deleted, and a fall is not believed without a word."""

from datetime import UTC, datetime, timedelta

import pytest
from factories.statements import counting
from factories.world import NOON, World, link, seat
from sqlalchemy import select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.events import JobQueued
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.lti.roster import Member, MemberStatus, Roster
from lti_mentoring.models import (
    AuditEntry,
    Job,
    JobKind,
    JobState,
    Membership,
    MembershipStatus,
    Mentorship,
    Person,
    Seat,
)
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.roster import (
    NoRoster,
    NothingHeld,
    confirm_hold,
    dismiss_hold,
    queue_roster,
    roster_source,
    sync_roster,
)

pytestmark = pytest.mark.both_databases
LEARNER = ("http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",)
TEACHER = ("http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",)


@pytest.fixture
def world(session):
    made = World(session)
    made.registration.issuer = "https://lms.example"
    session.commit()
    return made


def told(who, roles=LEARNER, **more):
    return Member(who.subject, roles, **more)


def everybody(world):
    return [told(world.faculty, TEACHER), told(world.guide, TEACHER), told(world.student)]


def read(session, world, members, *, now=NOON, job=None, pages=1):
    job = job or queue_roster(session, world.sitter(), now=now)
    claimed = claim_job(session, job.id)
    change = sync_roster(session, claimed, Roster(tuple(members), pages), read_at=now, now=now)
    session.commit()
    session.expire_all()
    return change


def status_of(session, who):
    return session.scalars(select(Membership.status).where(Membership.person_id == who.id)).one()


def newest_job(session):
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()


def test_one_open_reading_for_a_course(session, world):
    job = queue_roster(session, world.sitter(), now=NOON)
    assert queue_roster(session, world.sitter(), now=NOON) is job
    assert session.info[ANNOUNCED] == [JobQueued(job.id)]
    source = roster_source(session, claim_job(session, job.id))
    assert (source.url, source.deployment_id) == (world.context.memberships_url, "1")


def test_without_an_offer_of_the_platform_nothing_is_read(session, world):
    job = queue_roster(session, world.sitter(), now=NOON)
    claimed = claim_job(session, job.id)
    world.context.memberships_url = None
    with pytest.raises(NoRoster):
        roster_source(session, claimed)
    with pytest.raises(NoRoster):
        queue_roster(session, world.sitter(), now=NOON)
    with pytest.raises(NoRoster):
        queue_roster(session, world.sitter(context_id=None), now=NOON)


def test_new_people_come_in_and_names_are_kept_where_the_list_is_blank(session, world):
    new = Member("new-1", LEARNER, name="李小龙", email="li@x.org")
    read(session, world, [*everybody(world), new])
    made = session.scalars(select(Person).where(Person.subject == "new-1")).one()
    assert (made.name, made.email, made.issuer) == ("李小龙", "li@x.org", "https://lms.example")
    member = session.scalars(select(Membership).where(Membership.person_id == made.id)).one()
    assert (member.is_student, member.status, member.on_roster_at) == (True, MembershipStatus.ACTIVE, NOON)
    assert session.get(Person, world.student.id).name == "Amina Yusuf"
    job = newest_job(session)
    assert (job.state, job.total, job.detail["new"]) == (JobState.DONE, 4, 1)
    assert world.context.roster_synced_at == NOON


def test_a_changed_name_and_changed_roles_are_taken_over(session, world):
    members = [told(world.faculty, TEACHER), told(world.guide, LEARNER), told(world.student, name="Amina Y. Okoye")]
    read(session, world, members)
    assert session.get(Person, world.student.id).name == "Amina Y. Okoye"
    assert session.get(Person, world.student.id).email.endswith("@example.org")
    assert session.scalars(select(Membership.is_student).where(Membership.person_id == world.guide.id)).one()


def test_somebody_of_another_course_is_the_same_person(session, world):
    known = Person(
        institution_id=world.institution.id, issuer="https://lms.example", subject="s-9", name="Ana", first_seen_at=NOON
    )
    session.add(known)
    session.commit()
    read(session, world, [*everybody(world), Member("s-9", LEARNER)])
    assert session.scalars(select(Person).where(Person.subject == "s-9")).one().id == known.id
    assert status_of(session, known) is MembershipStatus.ACTIVE


def test_missing_once_is_maybe_left_and_twice_is_left_and_nothing_is_deleted(session, world):
    student_seat = seat(session, world, SeatRole.STUDENT, link=link(session, world.context, world.track))
    session.commit()
    assert student_seat
    rest = everybody(world)[:2]
    read(session, world, rest)
    assert status_of(session, world.student) is MembershipStatus.MAYBE_LEFT
    assert session.scalars(select(Seat.ended_at)).one() is None
    read(session, world, rest, now=NOON + timedelta(days=1))
    member = session.scalars(select(Membership).where(Membership.person_id == world.student.id)).one()
    assert (member.status, member.left_at) == (MembershipStatus.LEFT, NOON + timedelta(days=1))
    assert session.scalars(select(Seat.ended_at)).one() == NOON + timedelta(days=1)
    assert session.scalars(select(Mentorship.ended_at)).one() is None
    read(session, world, everybody(world), now=NOON + timedelta(days=2))
    back = session.scalars(select(Membership).where(Membership.person_id == world.student.id)).one()
    assert (back.status, back.missed_rosters, back.left_at) == (MembershipStatus.ACTIVE, 0, None)
    actions = session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.thing_id == world.student.id, AuditEntry.thing == "person")
        .order_by(AuditEntry.id)
    ).all()
    assert actions == ["membership.maybe_left", "membership.left", "membership.back"]


def test_inactive_is_left_at_once_and_an_unknown_inactive_person_is_not_stored(session, world):
    off = [told(world.student, status=MemberStatus.INACTIVE), Member("ghost", LEARNER, MemberStatus.DELETED)]
    read(session, world, [*everybody(world)[:2], *off])
    assert status_of(session, world.student) is MembershipStatus.LEFT
    assert session.scalars(select(Person).where(Person.subject == "ghost")).all() == []


def test_who_opened_the_tool_while_the_list_was_read_is_in_the_course(session, world):
    member = session.scalars(select(Membership).where(Membership.person_id == world.student.id)).one()
    member.launched_at = NOON + timedelta(seconds=1)
    session.commit()
    read(session, world, everybody(world)[:2])
    assert status_of(session, world.student) is MembershipStatus.ACTIVE


@pytest.fixture
def crowd(session, world):
    students = [world.another_student() for _ in range(20)]
    session.commit()
    return students


def test_a_large_fall_changes_nothing_and_waits_for_a_word(session, world, crowd):
    change = read(session, world, [*everybody(world), *(told(one) for one in crowd[:14]), Member("new-1", LEARNER)])
    job = newest_job(session)
    assert change.is_held
    assert (job.state, job.detail["known"], len(job.detail["gone"])) == (JobState.HELD, 23, 6)
    assert {status_of(session, one) for one in crowd} == {MembershipStatus.ACTIVE}
    assert session.scalars(select(Person).where(Person.subject == "new-1")).all() == []
    assert world.context.roster_synced_at is None


def test_five_may_go_without_a_word(session, world, crowd):
    read(session, world, [*everybody(world), *(told(one) for one in crowd[:15])])
    assert newest_job(session).state is JobState.DONE
    assert status_of(session, crowd[19]) is MembershipStatus.MAYBE_LEFT


def test_a_confirmed_fall_is_believed_at_the_next_reading(session, world, crowd):
    fewer = [*everybody(world), *(told(one) for one in crowd[:10])]
    read(session, world, fewer)
    job = newest_job(session)
    confirm_hold(session, world.sitter(), job.id, now=NOON)
    session.flush()
    with pytest.raises(NothingHeld):
        confirm_hold(session, world.sitter(), job.id, now=NOON)
    read(session, world, fewer, job=job)
    assert newest_job(session).state is JobState.DONE
    assert {status_of(session, one) for one in crowd[10:]} == {MembershipStatus.MAYBE_LEFT}


def test_a_confirmed_fall_that_has_grown_meanwhile_is_asked_about_again(session, world, crowd):
    read(session, world, [*everybody(world), *(told(one) for one in crowd[:14])])
    job = newest_job(session)
    confirm_hold(session, world.sitter(), job.id, now=NOON)
    session.flush()
    read(session, world, everybody(world), job=job)
    assert (job.state, len(job.detail["gone"])) == (JobState.HELD, 20)


def test_keeping_everybody_changes_nothing_and_asks_no_more_today(session, world, crowd):
    read(session, world, everybody(world))
    job = newest_job(session)
    dismiss_hold(session, world.sitter(), job.id, now=NOON)
    assert (job.state, job.detail["kept"], world.context.roster_synced_at) == (JobState.DONE, 20, NOON)
    assert {status_of(session, one) for one in crowd} == {MembershipStatus.ACTIVE}


def test_a_reading_that_was_passed_to_another_worker_writes_nothing(session, world):
    job = queue_roster(session, world.sitter(), now=NOON)
    first = claim_job(session, job.id)
    job.lease_until = datetime(2020, 1, 1, tzinfo=UTC)
    session.flush()
    assert claim_job(session, job.id)
    assert sync_roster(session, first, Roster((Member("x"),), 1), read_at=NOON, now=NOON) is None
    assert session.scalars(select(Person).where(Person.subject == "x")).all() == []


def test_a_thousand_people_cost_as_many_statements_as_ten(session, world):
    def statements(count):
        job = queue_roster(session, world.sitter(), now=NOON)
        members = [*everybody(world), *(Member(f"n{count}-{number}", LEARNER, name="x") for number in range(count))]
        members += [Member(one, LEARNER) for one in known]
        session.commit()
        claimed = claim_job(session, job.id)
        with counting(session) as sent:
            sync_roster(session, claimed, Roster(tuple(members), 1), read_at=NOON, now=NOON)
            session.flush()
        known.extend(f"n{count}-{number}" for number in range(count))
        return len(sent)

    known = []
    statements(3)
    assert statements(10) == statements(1000)
    assert len(session.scalars(select(Membership)).all()) == 1016


def test_the_kinds_of_work_are_told_apart(session, world):
    assert queue_roster(session, world.sitter(), now=NOON).kind is JobKind.ROSTER
