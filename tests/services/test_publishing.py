"""A round is published as a whole or not at all, in as many statements for a hundred pairs as for ten."""

import threading

import pytest
from factories.rounds import Ready, new_mentor
from factories.statements import counting
from factories.wishes import conflict
from factories.world import NOON
from sqlalchemy import func, select, update

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.assigning import Obstacle, Wish
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.rounds import RoundState, RoundStepNotAllowed
from lti_mentoring.letters import written
from lti_mentoring.models import (
    AssignedBy,
    AuditEntry,
    Mail,
    Match,
    Membership,
    MembershipStatus,
    Mentor,
    Mentorship,
    Round,
)
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.services.assigning import assign
from lti_mentoring.services.publishing import RoundChanged, make_mentorships, publish, take_places
from lti_mentoring.services.rounds import Swap, change

pytestmark = pytest.mark.both_databases


@pytest.fixture
def ready(session):
    return Ready(session)


def by_round(session):
    return session.scalars(select(Mentorship).where(Mentorship.assigned_by == AssignedBy.ROUND)).all()


def stopped(ready):
    with pytest.raises(RoundChanged) as changed:
        ready.publish()
    return [one.obstacle for one in changed.value.stopped]


def test_all_pairs_become_mentorships_places_are_taken_and_everybody_is_told_once(session, ready):
    assert ready.publish() == 3
    made = by_round(session)
    assert {one.student_id for one in made} == {one.id for one in ready.students}
    assert session.scalar(select(Mentor.taken).where(Mentor.id == ready.new.id)) == 3
    assert {one.id for one in made} == set(session.scalars(select(Match.mentorship_id)))
    mails = session.scalars(select(Mail)).all()
    assert len(mails) == 4
    [to_mentor] = [one for one in mails if one.person_id == ready.new.person_id]
    assert written(to_mentor.kind, to_mentor.facts, "en")[0] == "3 students are with you now"
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "mentorship.assigned")).all()
    assert {one.facts["student_id"] for one in entries} == {one.id for one in ready.students}
    assert {(one.facts["how"], one.actor_id) for one in entries} == {("round", ready.faculty.id)}
    assert (ready.round.state, ready.round.published_by_id) == (RoundState.PUBLISHED, ready.faculty.id)
    with pytest.raises(RoundStepNotAllowed):
        ready.publish()


def test_publishing_a_hundred_costs_as_many_statements_as_ten(session):
    def statements(count):
        ready = Ready(session, count, 200)
        session.flush()
        with counting(session) as sent:
            assert ready.publish() == count
        return len(sent)

    assert statements(10) == statements(100)


def test_a_student_who_has_left_or_has_a_mentor_stops_all_of_it(session, ready):
    gone, taken, _still = ready.students
    row = session.scalars(select(Membership).where(Membership.person_id == gone.id)).one()
    row.status = MembershipStatus.LEFT
    other = new_mentor(ready)
    assign(session, ready.sitter(), ready.track, taken.id, other.id, now=NOON)
    assert set(stopped(ready)) == {Obstacle.STUDENT_LEFT, Obstacle.HAS_ANOTHER_MENTOR}
    assert by_round(session) == []


def test_a_mentor_who_has_left_was_unticked_or_has_fewer_places_stops_it(session, ready):
    row = session.scalars(select(Membership).where(Membership.person_id == ready.new.person_id)).one()
    row.status = MembershipStatus.LEFT
    assert set(stopped(ready)) == {Obstacle.MENTOR_LEFT}
    row.status = MembershipStatus.ACTIVE
    ready.new.places = 2
    assert stopped(ready) == [Obstacle.NO_ROOM]
    ready.new.active = False
    assert set(stopped(ready)) == {Obstacle.UNKNOWN_MENTOR}


def test_a_mentor_whose_credential_lapses_or_whose_training_is_asked_for_meanwhile_stops_it(session, ready):
    ready.track.credential_needed = True
    assert set(stopped(ready)) == {Obstacle.CREDENTIAL_NEEDED}
    ready.track.credential_needed, ready.track.mentor_test = False, "training"
    assert set(stopped(ready)) == {Obstacle.NOT_TRAINED}
    assert by_round(session) == []


def test_who_is_kept_apart_meanwhile_stops_it_unless_it_was_overruled_by_hand(session, ready):
    one = ready.students[0]
    conflict(session, ready.new, one)
    assert stopped(ready) == [Obstacle.CONFLICT]
    for mentor_id in (None, ready.new.id):
        swap = Swap(one.id, mentor_id, "Both asked for it.")
        change(session, ready.sitter(), ready.round.id, swap, now=NOON)
    assert ready.publish() == 3


def test_a_concern_that_came_meanwhile_stops_it_in_the_neutral_word(session, ready):
    conflict(session, ready.new, ready.students[0], ConflictKind.CONCERN)
    assert stopped(ready) == [Obstacle.NOT_AVAILABLE]


def test_the_places_are_taken_by_one_guarded_statement(session, ready):
    there = pairing(session, ready.track)
    wishes = [Wish(number, one.id, ready.new.id) for number, one in enumerate(ready.students)]
    session.execute(update(Mentor).where(Mentor.id == ready.new.id).values(places=2))
    with pytest.raises(RoundChanged) as changed:
        take_places(session, ready.round, wishes, there)
    assert {one.obstacle for one in changed.value.stopped} == {Obstacle.NO_ROOM}


def test_who_gets_another_mentor_at_the_same_moment_stops_it(session, ready):
    there = pairing(session, ready.track)
    wishes = [Wish(number, one.id, ready.new.id) for number, one in enumerate(ready.students)]
    assign(session, ready.sitter(), ready.track, ready.students[0].id, new_mentor(ready).id, now=NOON)
    with pytest.raises(RoundChanged) as changed:
        make_mentorships(session, ready.round, wishes, there, now=NOON)
    assert {one.obstacle for one in changed.value.stopped} == {Obstacle.HAS_ANOTHER_MENTOR}


def test_a_draft_without_a_pair_is_published_and_changes_nobody(session):
    ready = Ready(session, 1, 0)
    assert ready.publish() == 0
    assert by_round(session) == []


def test_of_two_who_publish_at_once_one_does(app, session):
    ready = Ready(session)
    session.commit()
    start, ends = threading.Barrier(2), []
    by, round_id = ready.sitter(), ready.round.id

    def press():
        with app.app_context():
            start.wait()
            try:
                with unit_of_work() as own:
                    ends.append(publish(own, by, round_id, now=NOON))
            except RoundStepNotAllowed:
                ends.append("too late")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(ends, key=str) == [3, "too late"]
    session.rollback()
    assert session.scalar(select(func.count()).select_from(Round).where(Round.state == RoundState.PUBLISHED)) == 1
    assert len(by_round(session)) == 3
