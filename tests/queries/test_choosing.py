"""Whom faculty choose among where many mentors have room: who can take the student, searched, a page at a time."""

from datetime import timedelta

import pytest
from factories.choosing import many_mentors
from factories.credentials import checked_here
from factories.mentor_roles import TwoRoles
from factories.profiles import profile
from factories.rounds import Draft, new_mentor
from factories.statements import counting
from factories.tests import taken, trained
from factories.world import NOON, World, mentorship
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.mentor_roles import ONLY, MentorRole
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.choosing import CHOOSING_PAGE, Sought, moving_page, placing_page
from lti_mentoring.queries.mentors import mentor_page, mentors_page
from lti_mentoring.queries.room import MOST_IN_A_LIST, room_in
from lti_mentoring.queries.round_changes import change_page, swap_page
from lti_mentoring.queries.waiting_list import waiting_page

ANYBODY = Sought()


@pytest.fixture
def world(session):
    return World(session)


def status(session, who, value):
    session.scalars(select(Membership).where(Membership.person_id == who)).one().status = value
    session.flush()


def can_take(world, student=None):
    """Who is listed, who is counted, and who is found on the page: the same people."""
    student = student or world.another_student()
    listed = [one.mentor_id for one in room_in(world.session, world.track).listed]
    room = room_in(world.session, world.track)
    found = placing_page(world.session, world.track, student.id, ONLY, ANYBODY).choices
    assert sorted(one.mentor_id for one in found.rows) == sorted(listed)
    assert (room.mentors, room.free) == (len(listed), sum(one.free for one in found.rows))
    return listed


class TestWhoCanTakeAStudent:
    def test_whoever_has_a_free_place_until_it_is_taken(self, session, world):
        other = new_mentor(world, 1, name="Dr Okafor")
        assert can_take(world) == [other.id, world.mentor.id]
        mentorship(session, other, world.another_student())
        assert can_take(world) == [world.mentor.id]
        assert room_in(session, world.track).free == 4

    def test_nobody_who_has_left_pauses_or_was_a_mentor_once(self, session, world):
        gone, resting, once = (new_mentor(world, 3) for _ in range(3))
        status(session, gone.person_id, MembershipStatus.LEFT)
        profile(session, world, resting.person, paused_until=(utcnow() + timedelta(days=9)).date())
        once.active = False
        session.flush()
        assert can_take(world) == [world.mentor.id]

    def test_somebody_who_may_have_left_or_was_never_on_the_list_can(self, session, world):
        outside = new_mentor(world, 1, name="A")
        session.delete(session.scalars(select(Membership).where(Membership.person_id == outside.person_id)).one())
        status(session, world.guide.id, MembershipStatus.MAYBE_LEFT)
        assert can_take(world) == [outside.id, world.mentor.id]

    def test_nobody_without_the_credential_that_the_track_asks_for(self, session, world):
        checked_here(world)
        world.track.credential_needed = True
        session.flush()
        assert can_take(world) == []

    @pytest.mark.both_databases
    def test_nobody_who_has_not_passed_the_test_for_mentors(self, session, world):
        test = trained(world)
        colleague = new_mentor(world, 2)
        assert can_take(world) == []
        taken(session, world.sitter(colleague.person, SeatRole.MENTOR), test)
        assert can_take(world) == [colleague.id]

    def test_nobody_of_another_track(self, session, world):
        other = World(session, inside=world.deployment)
        assert can_take(world) == [world.mentor.id]
        assert can_take(other) == [other.mentor.id]

    def test_a_student_who_mentors_is_not_offered_themselves(self, session, world):
        both = new_mentor(world, 3)
        session.scalars(select(Membership).where(Membership.person_id == both.person_id)).one().is_student = True
        session.flush()
        found = placing_page(session, world.track, both.person_id, ONLY, ANYBODY).choices
        assert [one.mentor_id for one in found.rows] == [world.mentor.id]

    def test_only_those_of_the_role_and_whoever_has_one_in_it_is_told(self, session):
        two = TwoRoles(session)
        research = MentorRole("research", "Research mentor")
        page = placing_page(session, two.track, two.student.id, research, ANYBODY)
        assert ([one.mentor_id for one in page.choices.rows], page.mentorship_id) == ([two.researcher.id], None)
        assert room_in(session, two.track, "research").mentors == 1
        assert room_in(session, two.track).mentors == 2
        page = placing_page(session, two.track, two.student.id, two.track.roles[0], ANYBODY)
        assert page.mentorship_id == two.mentorship.id
        pair = two.paired()
        moving = moving_page(session, two.sitter(), two.track, pair.id, ANYBODY)
        assert (moving.role_name, moving.mentor, moving.choices.rows) == ("Research mentor", "Prof Ilse Aalto", ())


class TestALongList:
    def test_up_to_fifty_are_listed_and_of_more_nobody(self, session, world):
        many_mentors(world, MOST_IN_A_LIST - 1)
        room = room_in(session, world.track)
        assert (room.mentors, len(room.listed), room.are_many) == (50, 50, False)
        many_mentors(world, 1)
        room = room_in(session, world.track)
        assert (room.mentors, room.free, room.listed, room.are_many) == (51, 4 + 50 * 4, (), True)
        assert room_in(session, world.track, beside=world.mentor.id).mentors == 50

    def test_it_has_pages_with_the_most_free_places_first_and_then_by_name(self, session, world):
        guides = many_mentors(world, 60)
        guides[40].places = 9
        guides[0].taken = 1
        session.flush()
        one = world.another_student()
        first = placing_page(session, world.track, one.id, ONLY, ANYBODY).choices
        assert (len(first.rows), first.paged.pages, first.paged.total) == (CHOOSING_PAGE, 3, 61)
        assert [row.name for row in first.rows[:3]] == ["Guide 0040", "Dr Priya Raman", "Guide 0001"]
        assert (first.rows[0].free, first.rows[0].places, first.rows[0].wish) == (9, 9, None)
        last = placing_page(session, world.track, one.id, ONLY, Sought(page=99)).choices
        assert (last.paged.number, last.rows[-1].name, last.rows[-1].free) == (3, "Guide 0000", 3)

    def test_somebody_is_found_by_name_by_what_they_do_and_by_subject(self, session, world):
        guides = many_mentors(world, 60)
        guides[7].field = "Paediatric oncology (50 %)"
        profile(session, world, guides[8].person, terms={TermKind.SPECIALTY: ("health.surgery", "health.oncology")})
        profile(session, world, guides[9].person, terms={TermKind.SPECIALTY: ("health.surgery",)})
        one = world.another_student()

        def found(**sought):
            page = placing_page(session, world.track, one.id, ONLY, Sought(**sought)).choices
            return [row.mentor_id for row in page.rows]

        assert found(name="guide 0007") == [guides[7].id]
        assert found(name="PAEDIATRIC") == [guides[7].id]
        assert found(name="50 %") == [guides[7].id]
        assert found(name="_") == found(name="nobody") == []
        assert found(specialty="health.oncology") == [guides[8].id]
        assert found(name="Guide 0009", specialty="health.oncology") == []
        [row] = placing_page(session, world.track, one.id, ONLY, Sought(specialty="health.oncology")).choices.rows
        assert row.subjects == ("health.surgery", "health.oncology")

    def test_who_is_no_student_here_is_not_found(self, session, world):
        other = World(session, inside=world.deployment)
        gone, pretended = world.another_student(), world.another_student(is_test_user=True)
        status(session, gone.id, MembershipStatus.LEFT)
        for who in (other.student, world.guide, gone, pretended):
            with pytest.raises(NotFound):
                placing_page(session, world.track, who.id, ONLY, ANYBODY)

    def test_a_student_can_be_moved_to_anybody_else_with_room(self, session, world):
        guides = many_mentors(world, 60)
        page = moving_page(session, world.sitter(), world.track, world.mentorship.id, ANYBODY, guides[5].id)
        assert (page.student, page.mentor, page.role_name) == ("Amina Yusuf", "Dr Priya Raman", "")
        assert (page.chosen.name, page.chosen.free, page.choices.paged.total) == ("Guide 0005", 4, 60)
        other = World(session, inside=world.deployment)
        nobody_such = (
            (world.mentorship, world.mentor.id),
            (world.mentorship, other.mentor.id),
            (other.mentorship, None),
        )
        for pair, chosen in nobody_such:
            with pytest.raises(NotFound):
                moving_page(session, world.sitter(), world.track, pair.id, ANYBODY, chosen)
        world.mentorship.ended_at = NOON
        session.flush()
        with pytest.raises(NotFound):
            moving_page(session, world.sitter(), world.track, world.mentorship.id, ANYBODY)


class TestADraftRound:
    def test_the_wished_ones_are_listed_and_whom_faculty_have_chosen_beside_them(self, session):
        draft = Draft(session)
        guides = many_mentors(draft, 60)
        student = draft.lucky.student_id

        def others(chosen=None):
            page = change_page(session, draft.sitter(), draft.round.id, student, chosen)
            return page.many, [(one.mentor_id, one.wish) for one in page.others]

        assert others() == (True, [(draft.second.id, 2)])
        assert others(guides[59].id) == (True, [(draft.second.id, 2), (guides[59].id, None)])
        assert others(draft.second.id) == others(World(session).mentor.id) == others()
        draft.lucky.wishes = []
        session.flush()
        assert others() == (True, [(draft.second.id, None)])  # the first by name, as in a short list

    def test_all_with_a_place_left_in_the_round_are_found_the_wished_ones_first(self, session):
        draft = Draft(session)
        many_mentors(draft, 60)
        page, found = swap_page(session, draft.sitter(), draft.round.id, draft.lucky.student_id, ANYBODY)
        assert (page.student, page.mentor, found.paged.total) == (
            next(one.name for one in draft.students if one.id == draft.lucky.student_id), "Dr Okafor", 61,
        )  # fmt: skip
        assert [(one.name, one.wish, one.free, one.places) for one in found.rows[:2]] == [
            ("Dr Ibáñez", 2, 1, 2),
            ("Guide 0000", None, 4, 4),
        ]
        _page, found = swap_page(session, draft.sitter(), draft.round.id, draft.other.student_id, Sought("okafor"))
        assert found.rows == ()  # the round has given the only place

    def test_a_short_list_is_as_it_was(self, session):
        draft = Draft(session)
        page = change_page(session, draft.sitter(), draft.round.id, draft.lucky.student_id)
        assert (page.many, [one.name for one in page.others]) == (False, ["Dr Ibáñez"])


@pytest.mark.both_databases
def test_every_page_costs_as_many_statements_for_a_thousand_mentors_as_for_sixty(session):
    def statements(count):
        draft = Draft(session)
        draft.mentor.places += 1
        many_mentors(draft, count)
        one, by, track = draft.another_student(), draft.sitter(), draft.track
        number, student = draft.round.id, draft.lucky.student_id
        pages = (
            lambda: mentors_page(session, track),
            lambda: waiting_page(session, by),
            lambda: mentor_page(session, by, track, draft.mentor.id),
            lambda: placing_page(session, track, one.id, ONLY, ANYBODY),
            lambda: moving_page(session, by, track, draft.mentorship.id, ANYBODY),
            lambda: change_page(session, by, number, student),
            lambda: swap_page(session, by, number, student, ANYBODY),
        )
        counts = []
        for page in pages:
            session.expire_all()
            with counting(session) as sent:
                page()
            counts.append(len(sent))
        return counts

    assert statements(60) == statements(1000)
    assert all(many <= few for many, few in zip(statements(60), statements(10), strict=True))
