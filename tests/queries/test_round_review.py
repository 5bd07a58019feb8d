"""What the pages of a round are made of: the same few statements however many students there are."""

import pytest
from factories.profiles import profile
from factories.rounds import Draft, Ready, drawn, new_mentor
from factories.statements import counting
from factories.tests import trained
from factories.wishes import rank_list
from factories.world import World, group
from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.matching.offers import Offer
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.rounds import RoundState, Show
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Match, Membership, MembershipStatus, Person
from lti_mentoring.queries.fairness import fairness_page
from lti_mentoring.queries.parts import BY_HAND
from lti_mentoring.queries.round_changes import change_page
from lti_mentoring.queries.round_review import review_page
from lti_mentoring.queries.rounds import Tally, rounds_page


def review(world, show=Show.ALL, made=None, **options):
    world.session.flush()
    return review_page(world.session, world.sitter(), (made or world.round).id, show, **options)


@pytest.fixture
def draft(session):
    return Draft(session)


def test_a_tally_tells_wishes_from_what_was_not_wished_for():
    tally = Tally({1: 3, 2: 1, 5: 1}, elsewhere=1, no_list=2, nobody=1)
    assert (tally.students, tally.placed, tally.wishing) == (9, 8, 6)
    assert (tally.first, tally.top, tally.later, tally.worst, tally.middle) == (3, 4, 1, 5, 1)
    assert Tally({1: 1}, 0, 0, nobody=9, in_vain=8).wishing == 9
    assert (Tally({}, 0, 0, 0).worst, Tally({}, 0, 0, 0).middle) == (None, None)


def test_exceptions_come_first_and_each_choice_shows_its_own(draft):
    draft.swap(draft.lucky, None, "She is away.")
    page = review(draft)
    assert page.counts == {Show.ALL: 2, Show.NOT_FIRST: 1, Show.BY_HAND: 1, Show.NOBODY: 1}
    nobody, second = page.rows
    assert (nobody.mentor_id, nobody.change.reason, nobody.change.by_name) == (
        None,
        "She is away.",
        "Prof Hanna Lindqvist",
    )
    assert (second.mentor, second.wish, second.why) == ("Dr Ibáñez", 2, "places_gone")
    assert [one.student_id for one in review(draft, Show.NOT_FIRST).rows] == [second.student_id]
    tally = page.round.tally
    assert (tally.first, tally.top, tally.nobody, page.round.by_hand) == (0, 1, 1, 1)


def test_who_is_matched_beside_the_list_or_without_one_is_counted_so(session):
    world = World(session)
    world.mentor.places = 9
    listed, silent = world.another_student(), world.another_student()
    away = new_mentor(world, 0)
    rank_list(session, world.track, listed, away, any_other=True)
    tally = review(world, made=drawn(world)).round.tally
    assert (tally.elsewhere, tally.no_list, tally.wishes) == (1, 1, {})
    assert silent.id


def test_places_are_those_once_the_round_is_published(draft):
    loads = {one.name: (one.filled, one.places, one.free) for one in review(draft).loads.named}
    assert loads["Dr Okafor"] == (1, 1, 0)
    assert loads["Dr Ibáñez"] == (1, 2, 1)
    before = loads
    draft.publish = Ready.publish
    draft.publish(draft)
    assert {one.name: (one.filled, one.places, one.free) for one in review(draft).loads.named} == before


def test_many_mentors_are_named_as_a_number(session, draft):
    for _ in range(8):
        new_mentor(draft, 1)
    loads = review(draft).loads
    assert (len(loads.named), loads.others, loads.others_filled, loads.others_places) == (8, 3, 2, 3)


def test_who_came_and_who_left_since_is_named(session, draft):
    draft.another_student(name="Newcomer")
    for who in (draft.lucky.student_id, draft.second.person_id):
        row = session.scalars(select(Membership).where(Membership.person_id == who)).one()
        row.status = MembershipStatus.LEFT
    page = review(draft)
    assert (page.came, page.came_number) == (("Newcomer",), 1)
    assert page.gone_number == 2
    draft.wanted.active = False
    assert review(draft).gone_number == 3


def test_the_list_of_rounds_shows_the_draft_and_who_waits(session, draft):
    drawn(draft)
    page = rounds_page(session, draft.sitter())
    assert [(one.number, one.state) for one in page.rounds] == [(2, RoundState.DRAFT), (1, RoundState.DISCARDED)]
    assert (page.draft.placed, page.draft.first, page.waiting, page.mentors, page.roles[0].free) == (2, 1, 2, 3, 3)


def test_places_of_mentors_who_take_nobody_now_are_not_counted_as_free(session, draft):
    trained(draft)
    page = rounds_page(session, draft.sitter())
    assert (page.roles[0].free, page.mentors) == (0, 3)
    assert change_page(session, draft.sitter(), draft.round.id, draft.students[0].id).others == ()


def test_another_courses_round_is_not_found(session, draft):
    with pytest.raises(NotFound):
        review_page(session, World(session).sitter(), draft.round.id, Show.ALL)


@pytest.mark.both_databases
def test_the_pages_cost_as_many_statements_for_many_as_for_few(session):
    def statements(count):
        ready = Ready(session, count, 200)
        group(session, ready.context, "B1", *ready.students)
        for _ in range(count // 10):
            profile(session, ready, session.get_one(Person, new_mentor(ready).person_id))
        session.flush()
        sitter, number = ready.sitter(), ready.round.id
        with counting(session) as sent:
            review_page(session, sitter, number, Show.ALL)
            rounds_page(session, sitter)
            fairness_page(session, sitter, number)
        return len(sent)

    assert statements(10) == statements(100)


def test_parts_of_the_course_are_told_where_they_are_large_enough(session):
    ready = Ready(session, 12, 12)
    group(session, ready.context, "B1", *ready.students[:6])
    group(session, ready.context, "B2", *ready.students[6:])
    group(session, ready.context, "Few", *ready.students[:2], kind=GroupKind.GROUP, set_name="Teams")
    page = fairness_page(session, ready.sitter(), ready.round.id, "no such set")
    assert [(one.group, one.mentees) for one in page.parts] == [("B1", 6), ("B2", 6)]
    assert (page.divisions, page.division, page.overrides) == (("", "Teams"), "", ())
    assert fairness_page(session, ready.sitter(), ready.round.id, "Teams").parts == ()
    assert page.measures.first == 12


def test_any_list_that_faculty_write_by_hand_divides_the_course_too(session):
    ready = Ready(session, 12, 12)
    group(session, ready.context, "North", *ready.students[:6], kind=GroupKind.BY_HAND, set_name="")
    group(session, ready.context, "South", *ready.students[6:], kind=GroupKind.BY_HAND, set_name="")
    page = fairness_page(session, ready.sitter(), ready.round.id, BY_HAND)
    assert (page.divisions, page.division) == ((BY_HAND,), BY_HAND)
    assert [(one.group, one.mentees) for one in page.parts] == [("North", 6), ("South", 6)]


def test_mentors_who_offer_little_are_compared_by_the_hours_of_their_profiles(session):
    world = World(session)
    for number in range(10):
        guide = new_mentor(world, 2)
        hours = ("week_evening",) if number < 5 else ("week_evening", "week_morning")
        profile(session, world, guide.person, terms={TermKind.HOURS: hours})
        rank_list(session, world.track, world.another_student(), guide)
    foreign = World(session)
    profile(session, foreign, terms={TermKind.HOURS: ("end_morning",)})
    made = drawn(world)
    [one] = fairness_page(session, world.sitter(), made.id).offers
    assert (one.offer, one.limit, one.mentors, one.filled) == (Offer.HOURS, 20, (5, 5), (50, 50))


def test_changes_by_hand_stay_on_record_with_their_reasons(session, draft):
    made = draft.swap(draft.lucky, draft.second, "Both asked for it.")
    draft.undo(made)
    draft.swap(draft.other, None, "Away.")
    found = [
        (one.reason, one.before, one.after, one.is_undone)
        for one in fairness_page(session, draft.sitter(), draft.round.id).overrides
    ]
    assert found == [
        ("Both asked for it.", "Dr Okafor", "Dr Ibáñez", True),
        ("Away.", "Dr Ibáñez", "", False),
    ]


def test_a_mentor_who_gets_one_part_again_and_again_is_named(session):
    world = World(session)
    world.mentor.places = 40
    other = new_mentor(world, 40)
    sections = [[world.another_student() for _ in range(20)] for _ in range(2)]
    for number, students in enumerate(sections):
        group(session, world.context, f"B{number}", *students)
        for one in students:
            rank_list(session, world.track, one, (world.mentor, other))
    made = drawn(world)
    for match in session.scalars(select(Match).where(Match.round_id == made.id)):
        match.mentor_id = (world.mentor if match.student_id in {one.id for one in sections[0]} else other).id
    made.state = RoundState.PUBLISHED
    session.flush()
    found = fairness_page(session, world.sitter(), made.id).favours
    assert {(one.mentor_id, one.group, one.got) for one in found} == {(world.mentor.id, "B0", 20), (other.id, "B1", 20)}
