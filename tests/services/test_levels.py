"""What faculty say of a mentor's level, and what follows from tests, months and certificates."""

from datetime import timedelta

import pytest
from factories.awards import desk, issued
from factories.statements import counting
from factories.tests import taken, trained
from factories.world import NOON, World, membership, mentor, mentorship, person
from sqlalchemy import select

from lti_mentoring.domain.directory import Wish
from lti_mentoring.domain.levels import LeadNotTrained, Level, TrainedByTest
from lti_mentoring.domain.mentorships import EndCause, MentorshipState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry
from lti_mentoring.queries.directory import directory_page, mentor_card
from lti_mentoring.queries.levels import highest_level, level_in, levels_in, own_level
from lti_mentoring.services import mentors
from lti_mentoring.services.awarding import revoke
from lti_mentoring.services.levels import confirm_training, end_lead, name_lead, take_training_back


@pytest.fixture
def world(session):
    return World(session)


def level(session, world):
    return level_in(session, world.track, world.mentor.id, now=NOON).level


def actions(session):
    found = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id))
    return [action for action in found if action.startswith(("mentor.lead", "mentor.training"))]


@pytest.mark.both_databases
def test_faculty_confirm_where_no_test_does_and_take_it_back(session, world):
    by = world.sitter()
    assert level(session, world) is None
    for _twice in range(2):
        confirm_training(session, by, world.mentor.id, now=NOON)
    said = level_in(session, world.track, world.mentor.id, now=NOON)
    assert (said.level, said.confirmed_at, said.confirmed_by) == (Level.TRAINED, NOON, "Prof Hanna Lindqvist")
    for _twice in range(2):
        take_training_back(session, by, world.mentor.id, now=NOON)
    assert level(session, world) is None
    assert actions(session) == ["mentor.training_confirmed", "mentor.training_taken_back"]


@pytest.mark.both_databases
def test_with_a_test_for_mentors_passing_it_trains_and_nobody_s_word_does(session, world):
    test = trained(world)
    with pytest.raises(TrainedByTest):
        confirm_training(session, world.sitter(), world.mentor.id, now=NOON)
    taken(session, world.sitter(role=SeatRole.MENTOR), test, right=False)
    assert level(session, world) is None
    taken(session, world.sitter(role=SeatRole.MENTOR), test)
    assert level(session, world) is Level.TRAINED


@pytest.mark.both_databases
def test_faculty_name_a_trained_mentor_lead_and_it_says_who_and_when(session, world):
    by = world.sitter()
    with pytest.raises(LeadNotTrained):
        name_lead(session, by, world.mentor.id, now=NOON)
    confirm_training(session, by, world.mentor.id, now=NOON)
    for _twice in range(2):
        name_lead(session, by, world.mentor.id, now=NOON)
    said = level_in(session, world.track, world.mentor.id, now=NOON)
    assert (said.level, said.lead_at, said.lead_by) == (Level.LEAD, NOON, "Prof Hanna Lindqvist")
    for _twice in range(2):
        end_lead(session, by, world.mentor.id, now=NOON)
    assert level(session, world) is Level.TRAINED
    assert actions(session)[1:] == ["mentor.lead_named", "mentor.lead_ended"]


@pytest.mark.both_databases
def test_who_guided_somebody_for_the_track_s_months_is_practising_even_after_it_ended(session, world):
    confirm_training(session, world.sitter(), world.mentor.id, now=NOON)
    world.mentorship.started_at = NOON - timedelta(days=182)
    session.flush()
    assert level(session, world) is Level.TRAINED
    world.mentorship.started_at = NOON - timedelta(days=400)
    world.mentorship.ended_at = NOON - timedelta(days=400 - 184)
    session.flush()
    assert level(session, world) is Level.PRACTISING
    world.track.practising_months = 12
    session.flush()
    assert level(session, world) is Level.TRAINED


@pytest.mark.parametrize(
    "never", [{"end_cause": EndCause.TAKEN_BACK}, {"state": MentorshipState.DECLINED}], ids=["taken back", "declined"]
)
def test_a_mentorship_that_never_was_does_not_count(session, world, never):
    confirm_training(session, world.sitter(), world.mentor.id, now=NOON)
    world.mentorship.started_at = NOON - timedelta(days=400)
    for name, value in never.items():
        setattr(world.mentorship, name, value)
    session.flush()
    assert level(session, world) is Level.TRAINED


@pytest.mark.both_databases
def test_who_guided_a_student_to_the_certificate_is_practising(session, world, settings):
    confirm_training(session, world.sitter(), world.mentor.id, now=NOON)
    award = issued(world, desk(settings))
    assert level(session, world) is Level.PRACTISING
    world.mentorship.ended_at = NOON - timedelta(days=1)  # it was with somebody else then
    session.flush()
    assert level(session, world) is Level.TRAINED
    world.mentorship.ended_at = None
    revoke(session, world.sitter(), award.id, "Issued too early.", now=NOON)
    assert level(session, world) is Level.TRAINED


def test_what_somebody_guided_in_another_course_counts_here_and_training_does_not(session, world):
    there = World(session, inside=world.deployment)
    same = mentor(session, there.track, world.guide)
    mentorship(session, same, there.another_student(), started_at=NOON - timedelta(days=300))
    confirm_training(session, world.sitter(), world.mentor.id, now=NOON)
    assert level(session, world) is Level.PRACTISING
    assert level_in(session, there.track, same.id, now=NOON).level is None
    assert highest_level(session, world.institution.id, world.guide.id, now=NOON) is Level.PRACTISING


def test_a_mentor_of_another_course_is_not_there(session, world):
    there = World(session, inside=world.deployment)
    for verb in (confirm_training, take_training_back, name_lead, end_lead):
        with pytest.raises(NotFound):
            verb(session, world.sitter(), there.mentor.id, now=NOON)
    with pytest.raises(NotFound):
        level_in(session, world.track, there.mentor.id, now=NOON)
    assert own_level(session, world.track, there.guide.id, now=NOON) is None
    assert own_level(session, world.track, world.guide.id, now=NOON).level is None


def test_who_becomes_a_mentor_again_begins_without_what_faculty_said(session, world):
    by = world.sitter()
    confirm_training(session, by, world.mentor.id, now=NOON)
    name_lead(session, by, world.mentor.id, now=NOON)
    world.mentor.taken, world.mentorship.ended_at = 0, NOON
    session.flush()
    mentors.untick(session, by, world.mentor.id, now=NOON)
    mentors.tick(session, by, world.track, [world.guide.id], places=3, now=NOON)
    assert level(session, world) is None


def test_the_directory_finds_by_level_in_the_same_few_statements_and_the_same_order(session, world):
    by = world.sitter()
    for number in range(3):
        who = person(session, world.institution, name=f"Dr Number {number}")
        membership(session, world.context, who, is_student=False)
        confirm_training(session, by, mentor(session, world.track, who, places=number).id, now=NOON)
    confirm_training(session, by, world.mentor.id, now=NOON)
    name_lead(session, by, world.mentor.id, now=NOON)
    student, sent = world.sitter(role=SeatRole.STUDENT), []
    session.refresh(world.track)
    for wish in (Wish(level=Level.TRAINED), Wish(level=Level.LEAD)):
        with counting(session) as statements:
            page = directory_page(session, student, world.track, wish, now=NOON)
        sent.append(len(statements))
        assert [row.level for row in page.rows if row.name == "Dr Priya Raman"] == [Level.LEAD]
    assert [row.name for row in page.rows] == ["Dr Priya Raman"]
    assert sent[0] == sent[1]
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).level.level is Level.LEAD
    assert set(levels_in(session, world.track, now=NOON).values()) == {Level.TRAINED, Level.LEAD}
    free = [row.free for row in directory_page(session, student, world.track, Wish(), now=NOON).rows]
    assert free == sorted(free, reverse=True)
