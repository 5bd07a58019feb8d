"""People leave: their mentorships end as faculty were shown them, or not at all, and the places are free again."""

from datetime import timedelta

import pytest
from factories.rounds import new_mentor
from factories.statements import counting
from factories.world import NOON, World, context, mentorship, track
from sqlalchemy import select

from lti_mentoring.domain.mentorships import EndCause, MentorshipState
from lti_mentoring.errors import NotFound
from lti_mentoring.letters import written
from lti_mentoring.models import AuditEntry, Mail, Membership, MembershipStatus, Mentor, Mentorship
from lti_mentoring.queries.leavers import count_leavers, leavers_page, parting
from lti_mentoring.services.assigning import end, transfer
from lti_mentoring.services.leavers import LeaversChanged, part_from_left, part_with_mentor

pytestmark = pytest.mark.both_databases
REASON = "She moves to another hospital."


@pytest.fixture
def world(session):
    return World(session)


def leave(session, world, *people):
    numbers = [one.id for one in people]
    for row in session.scalars(select(Membership).where(Membership.person_id.in_(numbers))):
        row.status, row.left_at = MembershipStatus.LEFT, NOON
    session.flush()


def more(world, number):
    world.mentor.places = number + 1
    return [mentorship(world.session, world.mentor, world.another_student(name=f"S {n:03}")) for n in range(number)]


def part(world, shown, *, stops=False, now=NOON):
    numbers = [one.id for one in shown]
    by = world.sitter()
    return part_with_mentor(world.session, by, world.track, world.mentor.id, numbers, REASON, stops=stops, now=now)


def fresh(session, row):
    session.refresh(row)
    return row


def mails(session):
    found = session.scalars(select(Mail).where(Mail.kind == "mentorship_ended").order_by(Mail.id)).all()
    return {mail.person_id: written(mail.kind, mail.facts, "en")[0] for mail in found}


def test_all_students_of_a_mentor_wait_and_the_places_are_free(session, world):
    ended = [world.mentorship, *more(world, 2)]
    assert part(world, ended) == 3
    assert {(fresh(session, one).state, one.ended_at, one.end_reason, one.end_cause) for one in ended} == {
        (MentorshipState.ENDED, NOON, REASON, EndCause.MENTOR_STOPS)
    }
    assert (fresh(session, world.mentor).taken, world.mentor.active) == (0, True)
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "mentorship.ended")).all()
    assert {(one.thing_id, one.reason, one.facts["cause"]) for one in entries} == {
        (one.id, REASON, "mentor_stops") for one in ended
    }


def test_students_and_mentor_are_told_once_each_and_never_why(session, world):
    [other] = more(world, 1)
    part(world, [world.mentorship, other])
    assert mails(session) == {
        world.student.id: "Dr Priya Raman is not your mentor any more",
        other.student_id: "Dr Priya Raman is not your mentor any more",
        world.guide.id: "2 students are not with you any more",
    }
    letters = session.scalars(select(Mail).where(Mail.kind == "mentorship_ended")).all()
    assert all(REASON not in written(mail.kind, mail.facts, "en")[1] for mail in letters)


def test_a_mentor_who_left_the_course_is_not_written_to(session, world):
    leave(session, world, world.guide)
    part(world, [world.mentorship], stops=True)
    assert fresh(session, world.mentorship).end_cause is EndCause.MENTOR_LEFT
    assert set(mails(session)) == {world.student.id}
    assert not fresh(session, world.mentor).active


def test_nobody_is_parted_who_was_not_shown(session, world):
    [other] = more(world, 1)
    for shown in ([world.mentorship], []):
        with pytest.raises(LeaversChanged):
            part(world, shown)
    assert fresh(session, world.mentor).taken == 2
    end(session, world.sitter(), other.id, REASON, now=NOON)
    with pytest.raises(LeaversChanged):
        part(world, [world.mentorship, other])
    assert fresh(session, world.mentorship).ended_at is None


def test_a_mentor_with_nobody_can_stop_as_well(session, world):
    end(session, world.sitter(), world.mentorship.id, REASON, now=NOON)
    assert part(world, [], stops=True) == 0
    assert not fresh(session, world.mentor).active


def test_the_places_of_students_who_left_are_given_back_and_their_mentors_told(session, world):
    second = new_mentor(world, 2)
    gone = [world.mentorship, mentorship(session, second, world.another_student())]
    stays = mentorship(session, second, world.another_student())
    leave(session, world, world.student, gone[1].student)
    numbers = [one.id for one in gone]
    assert part_from_left(session, world.sitter(), world.track, numbers, now=NOON) == 2
    assert {fresh(session, one).end_cause for one in gone} == {EndCause.STUDENT_LEFT}
    assert fresh(session, stays).ended_at is None
    assert (fresh(session, world.mentor).taken, fresh(session, second).taken) == (0, 1)
    assert set(mails(session)) == {world.guide.id, second.person_id}
    assert part_from_left(session, world.sitter(), world.track, [], now=NOON) == 0


def test_who_is_back_or_is_of_another_track_keeps_the_mentor(session, world):
    elsewhere = World(session, inside=world.deployment)
    leave(session, elsewhere, elsewhere.student)
    with pytest.raises(LeaversChanged):
        part_from_left(session, world.sitter(), world.track, [world.mentorship.id], now=NOON)
    with pytest.raises(LeaversChanged):
        part_from_left(session, world.sitter(), world.track, [elsewhere.mentorship.id], now=NOON)
    with pytest.raises(NotFound):
        part_with_mentor(
            session, world.sitter(), world.track, elsewhere.mentor.id, [elsewhere.mentorship.id], REASON,
            stops=False, now=NOON,
        )  # fmt: skip
    assert {fresh(session, one).ended_at for one in (world.mentorship, elsewhere.mentorship)} == {None}


def test_parting_with_a_mentor_of_a_hundred_costs_as_many_statements_as_of_ten(session):
    def statements(number):
        world = World(session)
        ended = [world.mentorship, *more(world, number)]
        session.flush()
        with counting(session) as sent:
            part(world, ended)
        return len(sent)

    assert statements(10) == statements(100)


def test_who_left_is_shown_with_whom_they_are_together_and_nothing_ends_by_itself(session, world):
    second = new_mentor(world, 2, name="Dr Okafor")
    mentorship(session, second, world.another_student(name="Tomás"))
    assert count_leavers(session, world.track) == 0
    leave(session, world, world.student, second.person)
    assert count_leavers(session, world.track) == 2
    page = leavers_page(session, world.sitter())
    assert [(one.mentor_id, one.name, one.students) for one in page.mentors] == [(second.id, "Dr Okafor", 1)]
    assert [(one.mentorship_id, one.name, one.mentor, one.left_at) for one in page.students] == [
        (world.mentorship.id, "Amina Yusuf", "Dr Priya Raman", NOON)
    ]
    assert session.scalars(select(Mentorship.ended_at)).all() == [None, None]


def test_before_a_mentor_goes_it_is_said_who_is_concerned_and_how_many_places_are_elsewhere(session, world):
    new_mentor(world, 3)
    seen = parting(session, world.sitter(), world.mentor.id)
    assert (seen.name, seen.has_left, seen.elsewhere) == ("Dr Priya Raman", False, 3)
    assert [(one.mentorship_id, one.name, one.unread) for one in seen.students] == [
        (world.mentorship.id, "Amina Yusuf", 0)
    ]
    other = track(session, context(session, world.deployment))
    with pytest.raises(NotFound):
        parting(session, world.sitter(track_id=other.id), world.mentor.id)


def test_whoever_ends_or_moves_one_mentorship_parts_nobody_silently(session, world):
    other = new_mentor(world, 2, name="Dr Okafor")
    moved = transfer(session, world.sitter(), world.track, world.mentorship.id, other.id, REASON, now=NOON)
    assert mails(session) == {world.guide.id: "Amina Yusuf is not your student any more"}
    assert fresh(session, world.mentorship).end_cause is EndCause.MOVED
    end(session, world.sitter(), moved.id, REASON, now=NOON + timedelta(days=1))
    assert set(mails(session)) == {world.guide.id, world.student.id, other.person_id}
    assert fresh(session, moved).end_cause is EndCause.OTHER
    assert session.scalars(select(Mentor.taken)).all() == [0, 0]
