"""A round is drawn up by a job: read once, computed, and kept as a whole or not at all."""

import threading

import pytest
from factories.rounds import Draft, drawn, new_mentor, queued, rank
from factories.statements import counting
from factories.tests import taken, trained
from factories.wishes import conflict, only_group, policy, rank_list, veto
from factories.world import NOON, World, group
from sqlalchemy import func, select

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.drawing_up import draw_up
from lti_mentoring.domain.fitting import USUAL_WEIGHTS, Trait
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.problem import Bar, BarKind, Score
from lti_mentoring.domain.rank_lists import LimitKind, MatchingWay
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    AuditEntry,
    Job,
    JobState,
    Match,
    Membership,
    MembershipStatus,
    MentorLimit,
    Round,
    Track,
)
from lti_mentoring.queries.round_problem import read_problem
from lti_mentoring.services.drawing_up import NobodyWaits, RoundWish, keep_round, queue_round, read_given, wish_of_job
from lti_mentoring.services.jobs import claim_job

pytestmark = pytest.mark.both_databases


def given(world, weights=USUAL_WEIGHTS, **options):
    world.session.flush()
    return read_problem(world.session, world.track, weights, **options)


def seeker(world, student):
    return next(one for one in given(world).problem.mentees if one.mentee_id == student.id)


def test_the_draft_says_of_everybody_whom_they_get_and_why(session):
    draft = Draft(session)
    assert (draft.round.number, draft.round.state, draft.round.strategy) == (1, RoundState.DRAFT, "balanced")
    assert (draft.lucky.wish, draft.lucky.why) == (1, "")
    assert (draft.other.wish, draft.other.why) == (2, "places_gone")
    assert draft.other.wishes == [[draft.wanted.id], [draft.second.id]]
    assert draft.other.why_facts == {"mentor": draft.wanted.id, "places": 1, "others": 0, "full": [draft.wanted.id]}
    job = session.scalars(select(Job)).one()
    assert (job.state, job.detail["round"], job.total) == (JobState.DONE, draft.round.id, 2)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "round.drawn_up")).one()
    assert (entry.facts["students"], entry.facts["pairs"]) == (2, 2)


def test_a_new_draft_takes_the_place_of_the_one_before(session):
    draft = Draft(session)
    again = drawn(draft)
    assert again.number == 2
    assert draft.round.state is RoundState.DISCARDED
    assert again.result_digest == draft.round.result_digest


def test_while_one_is_drawn_up_another_press_finds_it(session):
    world = World(session)
    world.another_student()
    assert queued(world).id == queued(world).id


def at_once(app, does):
    """Let two do it at the same moment, each in a unit of work of its own; return what both gave."""
    start, given_back = threading.Barrier(2), []

    def one():
        with app.app_context():
            start.wait()
            with unit_of_work() as own:
                given_back.append(does(own))
            db.session.remove()

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given_back


def test_a_round_asked_for_twice_at_once_is_one_job_that_one_worker_takes_and_one_draft(app, session):
    world = World(session)
    world.another_student()
    by, track_id = world.sitter(), world.track.id
    session.commit()
    wanted = RoundWish("balanced", USUAL_WEIGHTS, "seed")

    def ask(own):
        return queue_round(own, by, own.get_one(Track, track_id), wanted, now=NOON).id

    first, second = at_once(app, ask)
    assert first == second
    claims = [one for one in at_once(app, lambda own: claim_job(own, first)) if one is not None]
    assert len(claims) == 1
    session.rollback()
    mine = read_given(session, claims[0])
    answer = draw_up(mine.problem, BalancedMatcher(), {}, seed="seed", tell=lambda _done: None)
    session.rollback()
    kept = at_once(app, lambda own: keep_round(own, claims[0], mine, answer, now=NOON) is not None)
    assert sorted(kept) == [False, True]
    assert session.scalar(select(func.count()).select_from(Round)) == 1


def test_a_worker_that_lost_the_job_keeps_nothing(session):
    world = World(session)
    world.another_student()
    claimed = claim_job(session, queued(world).id)
    mine = read_given(session, claimed)
    answer = draw_up(mine.problem, BalancedMatcher(), {}, seed="", tell=lambda _done: None)
    session.get_one(Job, claimed.job_id).lease_token = "another's"
    session.flush()
    assert keep_round(session, claimed, mine, answer, now=NOON) is None
    assert session.scalar(select(func.count()).select_from(Round)) == 0
    assert wish_of_job(claimed).weights == USUAL_WEIGHTS


def test_where_nobody_waits_there_is_no_round(session):
    world = World(session)
    claimed = claim_job(session, queued(world).id)
    with pytest.raises(NobodyWaits):
        read_given(session, claimed)


def test_who_waits_seeks_and_who_has_a_mentor_or_has_left_does_not(session):
    world = World(session)
    waits, gone = world.another_student(), world.another_student()
    row = session.scalars(select(Membership).where(Membership.person_id == gone.id)).one()
    row.status = MembershipStatus.LEFT
    assert [one.mentee_id for one in given(world).problem.mentees] == [waits.id]


def test_who_gave_no_list_takes_anybody(session):
    world = World(session)
    silent, choosy, open_one = (world.another_student() for _ in range(3))
    rank_list(session, world.track, choosy, world.mentor)
    rank_list(session, world.track, open_one, world.mentor, any_other=True)
    assert [seeker(world, one).any_other for one in (silent, choosy, open_one)] == [True, False, True]
    assert seeker(world, choosy).tiers == ((world.mentor.id,),)


def test_a_wish_keeps_its_place_where_an_earlier_mentor_has_left(session):
    world = World(session)
    gone, here = new_mentor(world), new_mentor(world)
    student = world.another_student()
    rank_list(session, world.track, student, gone, (here, world.mentor))
    row = session.scalars(select(Membership).where(Membership.person_id == gone.person_id)).one()
    row.status = MembershipStatus.LEFT
    assert seeker(world, student).tiers == ((world.mentor.id, here.id),)
    assert given(world).lists[student.id] == ((gone.id,), (world.mentor.id, here.id))
    world.session.commit()
    assert session.scalars(select(Match.wish).where(Match.round_id == drawn(world).id)).all() == [2]


def test_places_are_what_is_free_and_no_more_than_the_mentor_allows(session):
    world = World(session)
    shared = {"institution_id": world.institution.id, "track_id": world.track.id}
    modest, busy = new_mentor(world, 5), new_mentor(world, 0)
    session.add(MentorLimit(**shared, mentor_id=modest.id, kind=LimitKind.MOST_NEW, number=2))
    world.another_student()
    places = {one.mentor_id: (one.places, one.taken) for one in given(world).problem.mentors}
    assert places == {world.mentor.id: (4, 1), modest.id: (2, 0), busy.id: (0, 0)}


def test_who_lacks_the_credential_that_the_track_asks_for_has_no_place(session):
    world = World(session)
    world.another_student()
    world.track.credential_needed = True
    assert [one.places for one in given(world).problem.mentors] == [0]


def test_who_has_not_passed_the_test_that_the_track_asks_of_mentors_has_no_place(session):
    world = World(session)
    world.another_student()
    test = trained(world)
    assert [one.places for one in given(world).problem.mentors] == [0]
    taken(session, world.sitter(role=SeatRole.MENTOR), test)
    assert [one.places for one in given(world).problem.mentors] == [4]


def test_whoever_is_kept_apart_is_barred(session):
    world = World(session)
    one, two, three = (world.another_student() for _ in range(3))
    own = new_mentor(world)
    own.person_id = three.id
    conflict(session, world.mentor, one, ConflictKind.CONCERN)
    conflict(session, world.mentor, two)
    veto(session, world.mentor, three)
    inside = group(session, world.context, "B1", one)
    limited = new_mentor(world)
    only_group(session, limited, inside)
    rank_list(session, world.track, one, limited)
    rank_list(session, world.track, three, world.mentor)
    left = new_mentor(world)
    left.active = False
    only_group(session, left, inside)
    conflict(session, left, one)
    assert set(given(world).problem.bars) == {
        Bar(one.id, world.mentor.id, BarKind.CONCERN),
        Bar(two.id, world.mentor.id, BarKind.CONFLICT),
        Bar(two.id, limited.id, BarKind.HARD_LIMIT),
        Bar(three.id, world.mentor.id, BarKind.VETO),
        Bar(three.id, own.id, BarKind.CONFLICT),
    }


def test_a_fit_counts_the_mentors_list_and_the_section_and_a_wish_weighs_beside_it(session):
    world = World(session)
    student, other = world.another_student(), world.another_student()
    rank_list(session, world.track, student, world.mentor)
    rank(world, world.mentor, other, student)
    assert given(world, {Trait.MENTOR_WISH: 1}).problem.scores == ()
    policy(session, world.track, MatchingWay.ROUNDS, mentors_rank=True)
    group(session, world.context, "B1", student, world.guide)
    assert given(world).problem.scores == (Score(student.id, world.mentor.id, 67),)
    assert given(world, dict.fromkeys(Trait, 0)).problem.scores == ()
    assert given(world, {Trait.WISH: 3}).problem.scores == ()
    assert given(world, {Trait.WISH: 3}).problem.wish == 30


def test_a_wish_that_cannot_be_for_a_reason_that_nobody_may_learn_is_kept_for_its_student_alone(session):
    world = World(session)
    student, first, second = world.another_student(), new_mentor(world), new_mentor(world)
    rank_list(session, world.track, student, first, second)
    conflict(session, first, student, ConflictKind.CONCERN)
    made = drawn(world)
    match = session.scalars(select(Match).where(Match.round_id == made.id)).one()
    assert (match.mentor_id, match.wish, match.wished, match.why) == (second.id, 1, 2, "")
    assert (match.wishes, match.why_facts) == ([[second.id]], {"own": [[first.id], [second.id]], "full": []})


def test_who_was_passed_over_by_a_published_round_comes_first_in_the_next(session):
    draft = Draft(session)
    draft.swap(draft.lucky, None)
    assert seeker(draft, draft.students[0]).priority == seeker(draft, draft.students[1]).priority == 0
    draft.round.state = RoundState.PUBLISHED
    first = next(one for one in draft.students if one.id == draft.lucky.student_id)
    assert seeker(draft, first).priority == 1


def test_of_many_a_sample_is_read_with_its_share_of_the_places(session):
    world = World(session)
    world.mentor.places = 101
    students = [world.another_student() for _ in range(10)]
    for one in students:
        rank_list(session, world.track, one, world.mentor)
    rank(world, world.mentor, *students)
    some = given(world, most=5)
    assert (len(some.problem.mentees), some.waiting) == (5, 10)
    assert [one.places for one in some.problem.mentors] == [50]
    assert len(some.lists) == 5
    assert len(given(world, most=10).problem.mentees) == 10


def test_a_hundred_are_read_in_as_many_statements_as_ten(session):
    def statements(count):
        world = World(session)
        for _ in range(count):
            rank_list(session, world.track, world.another_student(), world.mentor)
        session.flush()
        with counting(session) as sent:
            given(world)
        return len(sent)

    assert statements(10) == statements(100)


def test_a_hundred_are_kept_in_as_many_statements_as_ten(session):
    def statements(count):
        world = World(session)
        students = [world.another_student() for _ in range(count)]
        with counting(session) as sent:
            made = drawn(world)
        rows = select(Match.student_id).where(Match.round_id == made.id).order_by(Match.student_id)
        assert session.scalars(rows).all() == [one.id for one in students]
        return len(sent)

    assert statements(10) == statements(100)
