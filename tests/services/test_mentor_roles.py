"""Roles are named, put in order and taken away; a student has one mentor in each, and nobody is counted twice."""

import threading
from dataclasses import replace

import pytest
from factories.mentor_roles import CLINICAL, RESEARCH, TwoRoles, name_roles, serves
from factories.rounds import drawn, new_mentor
from factories.wishes import asked, policy, rank_list
from factories.world import NOON, World, membership, person
from sqlalchemy import select

from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.assigning import Obstacle, Wish
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.mentor_requests import NobodyToAsk, NotAsking, RequestState
from lti_mentoring.domain.mentor_roles import RoleInUse, RolesFlawed, names_of
from lti_mentoring.domain.milestones import NotTheSigner, Signer
from lti_mentoring.domain.rank_lists import MatchingWay, Wishes, WishesChanged
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tracks import TrackChanged
from lti_mentoring.errors import MentoringError, NotFound
from lti_mentoring.models import (
    AssignedBy,
    AuditEntry,
    Job,
    Mail,
    Match,
    Mentor,
    MentorRequest,
    Mentorship,
    MilestoneProgress,
    RankList,
    ServedRole,
    Track,
)
from lti_mentoring.queries.cases import find_case
from lti_mentoring.queries.mentor_requests import next_wish
from lti_mentoring.queries.mentor_roles import served
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.queries.rank_lists import my_wishes, roles_wished_for, who_gave_wishes
from lti_mentoring.services.assigning import PairImpossible, PlanChanged, assign, assign_all, propose, transfer
from lti_mentoring.services.copying import MILESTONE_SETUP, TRACK_SETUP
from lti_mentoring.services.drawing_up import OtherRoleDrawn, RoundWish, queue_round
from lti_mentoring.services.evidence import Sending, send
from lti_mentoring.services.mentor_requests import accept, ask
from lti_mentoring.services.mentor_roles import RoleNeeded, StillServing, edit_roles, set_served
from lti_mentoring.services.mentors import take_in, tick, untick
from lti_mentoring.services.milestones import accept as sign_off
from lti_mentoring.services.publishing import RoundChanged, publish
from lti_mentoring.services.rank_lists import save_wishes
from lti_mentoring.services.rounds import ChangeRefused, Swap, change
from lti_mentoring.services.taking_back import take_back
from lti_mentoring.services.track_milestones import edit_milestone
from lti_mentoring.services.tracks import milestone_facts

pytestmark = pytest.mark.both_databases


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def two(session):
    return TwoRoles(session)


def edit(world, *roles, version=None):
    at = world.track.version if version is None else version
    return edit_roles(world.session, world.sitter(), roles, version=at, now=NOON)


def keys(world):
    return [one.key for one in world.track.roles]


def by_student(world, who):
    return world.sitter(who, SeatRole.STUDENT)


class TestRolesOfATrack:
    def test_whoever_mentors_already_serves_in_the_role_that_was_there(self, session, world):
        edit(world, ("", "Clinical mentor"), (None, "Research mentor"))
        first, second = world.track.roles
        assert (first.key, [first.name, second.name]) == ("", ["Clinical mentor", "Research mentor"])
        assert served(session, world.track) == {world.mentor.id: {""}}
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "track.mentor_roles_edited"))
        assert entry.facts["roles"] == ["Clinical mentor", "Research mentor"]

    def test_where_the_one_role_is_replaced_the_first_new_one_is_theirs(self, session, world):
        world.mentorship.ended_at = NOON
        session.flush()
        edit(world, (None, "Ward"), (None, "Bench"))
        assert served(session, world.track) == {world.mentor.id: {keys(world)[0]}}

    def test_a_track_without_mentors_has_nobody_to_serve(self, session, world):
        world.session.delete(world.mentorship)
        world.session.delete(world.mentor)
        session.flush()
        edit(world, ("", "Ward"), (None, "Bench"))
        assert served(session, world.track) == {}

    def test_saving_what_is_there_changes_nothing_and_an_older_window_is_told(self, two):
        version = two.track.version
        edit(two, ("", "Clinical mentor"), ("research", "Research mentor"), version=0)
        assert two.track.version == version
        with pytest.raises(TrackChanged):
            edit(two, ("research", "Research mentor"), ("", "Clinical mentor"), version=version - 1)

    def test_roles_are_put_in_another_order_and_renamed(self, two):
        edit(two, ("research", "Scientific mentor"), ("", "Clinical mentor"))
        assert [one.name for one in two.track.roles] == ["Scientific mentor", "Clinical mentor"]

    def test_a_role_in_use_stays(self, session, two):
        with pytest.raises(RoleInUse) as used:
            edit(two, ("research", "Research mentor"))
        assert (used.value.facts["role"], used.value.facts["pairs"]) == ("Clinical mentor", 1)

    def test_a_role_that_signs_a_milestone_stays(self, session, two):
        two.track.milestones[0].signer_role = "research"
        session.flush()
        with pytest.raises(RoleInUse) as used:
            edit(two, ("", "Clinical mentor"))
        assert used.value.facts["milestones"] == 1

    def test_a_role_that_is_gone_keeps_its_name_for_what_was(self, session, two):
        pair = two.paired()
        pair.ended_at = NOON
        session.flush()
        edit(two, ("", "Clinical mentor"))
        assert keys(two) == [""]
        assert names_of(two.track.mentor_roles)["research"] == "Research mentor"
        edit(two, ("", "Clinical mentor"), (None, "Peer"))
        assert served(session, two.track) == {two.mentor.id: {""}, two.researcher.id: {""}}
        assert "research" in names_of(two.track.mentor_roles)

    def test_a_role_of_nowhere_is_not_found_and_a_flawed_list_is_refused(self, two):
        with pytest.raises(NotFound):
            edit(two, ("nowhere", "X"), ("", "Y"))
        with pytest.raises(NotFound):
            edit(two, ("", "X"), ("", "Y"))
        with pytest.raises(RolesFlawed):
            edit(two, ("", ""), ("research", "Research mentor"))

    def test_a_copy_has_the_same_roles(self, session, two):
        assert "mentor_roles" in TRACK_SETUP
        assert "signer_role" in MILESTONE_SETUP


class TestWhoServes:
    def test_faculty_say_in_which_roles_a_mentor_serves(self, session, two):
        set_served(session, two.sitter(), two.track, two.mentor.id, ["", "research"], now=NOON)
        assert served(session, two.track)[two.mentor.id] == {"", "research"}
        [entry] = session.scalars(select(AuditEntry).where(AuditEntry.action == "mentor.roles_changed"))
        assert entry.facts["roles"] == ["Clinical mentor", "Research mentor"]
        set_served(session, two.sitter(), two.track, two.mentor.id, ["", "research"], now=NOON)
        assert len(session.scalars(select(ServedRole)).all()) == 3

    def test_a_mentor_keeps_a_role_in_which_they_have_students_and_has_one_at_least(self, session, two):
        with pytest.raises(StillServing) as still:
            set_served(session, two.sitter(), two.track, two.mentor.id, ["research"], now=NOON)
        assert still.value.facts == {"mentor": "Dr Priya Raman", "role": "Clinical mentor"}
        with pytest.raises(RoleNeeded):
            set_served(session, two.sitter(), two.track, two.mentor.id, [], now=NOON)
        with pytest.raises(NotFound):
            set_served(session, two.sitter(), two.track, two.mentor.id, ["nowhere"], now=NOON)

    def test_in_a_track_with_one_role_nothing_is_kept(self, session, world):
        set_served(session, world.sitter(), world.track, world.mentor.id, [""], now=NOON)
        assert served(session, world.track) is None
        assert session.scalars(select(ServedRole)).all() == []

    def test_who_becomes_a_mentor_serves_in_what_was_ticked_or_in_the_first_role(self, session, two):
        people = [person(session, two.institution) for _ in range(2)]
        for one in people:
            membership(session, two.context, one, is_student=False)
        [made] = tick(session, two.sitter(), two.track, [people[0].id], places=2, now=NOON, roles=["research"])
        assert served(session, two.track)[made.id] == {"research"}
        came = take_in(session, two.track, people[1].id, places=1, field="", made_by_id=two.faculty.id, now=NOON)
        assert served(session, two.track)[came.id] == {""}
        tick(session, two.sitter(), two.track, [people[0].id], places=2, now=NOON, roles=[""])
        assert served(session, two.track)[made.id] == {"research"}
        untick(session, two.sitter(), made.id, now=NOON)
        tick(session, two.sitter(), two.track, [people[0].id], places=2, now=NOON, roles=[""])
        assert served(session, two.track)[made.id] == {""}
        with pytest.raises(NotFound):
            tick(session, two.sitter(), two.track, [people[0].id], places=2, now=NOON, roles=["nowhere"])


class TestAssigning:
    def test_a_student_has_a_mentor_in_each_role(self, session, two):
        made = assign(session, two.sitter(), two.track, two.student.id, two.researcher.id, now=NOON, role="research")
        assert (made.role, made.mentor_id) == ("research", two.researcher.id)
        now = pairing(session, two.track).students[two.student.id]
        assert now.mentors == {"": two.mentor.id, "research": two.researcher.id}
        with pytest.raises(PairImpossible) as again:
            assign(session, two.sitter(), two.track, two.student.id, two.researcher.id, now=NOON, role="research")
        assert again.value.stopped.obstacle is Obstacle.HAS_THIS_MENTOR

    def test_only_who_serves_in_a_role_is_given_in_it(self, session, two):
        with pytest.raises(PairImpossible) as impossible:
            assign(session, two.sitter(), two.track, two.student.id, two.mentor.id, now=NOON, role="research")
        assert impossible.value.stopped.obstacle is Obstacle.NOT_IN_ROLE
        with pytest.raises(NotFound):
            assign(session, two.sitter(), two.track, two.student.id, two.mentor.id, now=NOON, role="nowhere")

    def test_one_person_is_both_only_by_hand(self, session, two):
        serves(two, two.mentor, RESEARCH)
        wish = [Wish(1, two.student.id, two.mentor.id, "research")]
        with pytest.raises(PlanChanged) as changed:
            assign_all(session, two.sitter(), two.track, wish, AssignedBy.CSV, now=NOON)
        assert [one.obstacle for one in changed.value.stopped] == [Obstacle.OTHER_ROLE]
        made = assign(session, two.sitter(), two.track, two.student.id, two.mentor.id, now=NOON, role="research")
        assert made.mentor_id == two.mentor.id

    def test_the_matcher_gives_each_role_its_own_mentors_and_nobody_twice(self, session, two):
        two.another_student(name="Tomás")
        serves(two, two.mentor, RESEARCH)
        two.researcher.places = 0
        session.flush()
        pairs, left = propose(pairing(session, two.track), BalancedMatcher(), role="research")
        assert [pair.mentor_id for pair in pairs] == [two.mentor.id]
        assert left == [two.student.id]

    def test_a_student_who_moves_stays_in_the_role(self, session, two):
        pair = two.paired()
        other = new_mentor(two, name="Prof Berg")
        serves(two, other, RESEARCH)
        moved = transfer(session, two.sitter(), two.track, pair.id, other.id, "A better fit.", now=NOON)
        assert (moved.role, moved.mentor_id) == ("research", other.id)
        assert two.mentorship.ended_at is None


class TestSigning:
    def send(self, two):
        milestone = two.track.milestones[0]
        sending = Sending(version=1, text="What I saw and what I would do differently next time.")
        send(two.session, by_student(two, two.student), milestone.id, sending, None, limit=1000, now=NOON)
        return milestone

    def accept(self, two, guide, milestone):
        by = two.sitter(guide.person, SeatRole.MENTOR)
        sign_off(two.session, by, two.student.id, milestone.id, "Well seen.", 2, now=NOON)
        return two.session.scalars(select(MilestoneProgress)).one()

    def test_any_mentor_signs_where_no_role_is_named_and_all_are_told(self, session, two):
        two.paired()
        milestone = self.send(two)
        told = set(session.scalars(select(Mail.person_id)))
        assert told == {two.guide.id, two.researcher.person_id}
        self.accept(two, two.researcher, milestone)

    def test_where_a_role_is_named_only_its_mentor_signs(self, session, two):
        pair = two.paired()
        two.track.milestones[0].signer_role = "research"
        two.mentorship.contact_at = None
        session.flush()
        milestone = self.send(two)
        assert (two.mentorship.contact_at, pair.contact_at) == (None, NOON)
        with pytest.raises(NotTheSigner):
            self.accept(two, two.mentor, milestone)
        assert self.accept(two, two.researcher, milestone).mentorship_id == pair.id

    def test_faculty_sign_while_nobody_serves_in_the_role(self, session, two):
        two.track.milestones[0].signer_role = "research"
        session.flush()
        milestone = two.track.milestones[0]
        case = find_case(session, two.sitter(), two.student.id, milestone.id)
        assert (case.may_sign, case.mentorship, case.mentors) == (True, None, ())
        guide = find_case(session, two.sitter(role=SeatRole.MENTOR), two.student.id, milestone.id)
        assert (guide.may_sign, guide.mentorship) == (False, two.mentorship)

    def test_a_role_is_kept_only_where_a_mentor_signs_and_has_to_be_the_tracks(self, session, two):
        one = two.track.milestones[0]
        facts = milestone_facts(one)

        def edited(**changes):
            new = replace(facts, **changes)
            return edit_milestone(session, two.sitter(), one.id, new, version=two.track.version, now=NOON)

        assert edited(signer_role="research").signer_role == "research"
        assert edited(signer=Signer.FACULTY, signer_role="research").signer_role is None
        with pytest.raises(NotFound):
            edited(signer_role="nowhere")


class TestWishes:
    def wish(self, two, who, *guides, role, version=0, vetoed=()):
        wishes = Wishes(tuple((one.id,) for one in guides), vetoed=frozenset(one.id for one in vetoed))
        by = by_student(two, who)
        return save_wishes(two.session, by, two.track, wishes, version=version, now=NOON, role=role)

    @pytest.fixture
    def student(self, session, two):
        policy(session, two.track, MatchingWay.ROUNDS)
        return two.another_student()

    def test_a_student_has_a_list_for_each_role(self, session, two, student):
        self.wish(two, student, two.mentor, role="")
        self.wish(two, student, two.researcher, role="research")
        assert my_wishes(session, by_student(two, student), two.track, "research").wishes.tiers == (
            (two.researcher.id,),
        )
        assert roles_wished_for(session, two.track, student.id) == {"", "research"}
        assert who_gave_wishes(session, two.track, role="research") == {student.id}

    def test_only_mentors_of_the_role_are_wished_for(self, two, student):
        with pytest.raises(NotFound):
            self.wish(two, student, two.mentor, role="research")
        with pytest.raises(NotFound):
            self.wish(two, student, two.mentor, role="nowhere")

    def test_who_is_not_wanted_is_so_in_every_role_and_the_other_window_hears_of_it(self, session, two, student):
        self.wish(two, student, two.researcher, role="research")
        self.wish(two, student, role="", vetoed=[two.mentor])
        assert my_wishes(session, by_student(two, student), two.track, "research").wishes.vetoed == {two.mentor.id}
        with pytest.raises(WishesChanged):
            self.wish(two, student, role="research", version=1)
        assert len(session.scalars(select(RankList)).all()) == 2


class TestRequests:
    @pytest.fixture
    def student(self, session, two):
        policy(session, two.track, MatchingWay.REQUESTS)
        who = two.another_student()
        serves(two, two.mentor, RESEARCH)
        rank_list(session, two.track, who, two.mentor)
        rank_list(session, two.track, who, two.mentor, two.researcher, mentor_role="research")
        return who

    def test_a_student_asks_one_mentor_for_each_role(self, session, two, student):
        first = ask(session, by_student(two, student), two.track, "", now=NOON)
        second = ask(session, by_student(two, student), two.track, "", now=NOON, role="research")
        assert (first.mentor_role, second.mentor_role) == ("", "research")
        made = accept(session, two.sitter(role=SeatRole.MENTOR), two.track, first.id, now=NOON)
        assert (made.role, made.assigned_by) == ("", AssignedBy.REQUEST)
        with pytest.raises(NotAsking):
            ask(session, by_student(two, student), two.track, "", now=NOON)
        with pytest.raises(NotFound):
            ask(session, by_student(two, student), two.track, "", now=NOON, role="nowhere")

    def test_who_is_ones_mentor_already_is_not_asked_for_another_role(self, session, two, student):
        two.paired(student, two.mentor, CLINICAL)
        assert next_wish(session, two.track, student.id, "research")[0] == two.researcher.id
        two.paired(student, two.researcher, CLINICAL, ended_at=NOON)
        question = asked(session, two.mentor, student, mentor_role="research")
        assert accept(session, two.sitter(role=SeatRole.MENTOR), two.track, question.id, now=NOON) is None
        two.researcher.active = False
        for one in session.scalars(select(MentorRequest)):
            one.state = RequestState.DECLINED
        session.flush()
        with pytest.raises(NobodyToAsk):
            ask(session, by_student(two, student), two.track, "", now=NOON, role="research")


class TestRounds:
    @pytest.fixture
    def student(self, session, two):
        who = two.another_student(name="Tomás")
        rank_list(session, two.track, who, two.researcher, mentor_role="research")
        return who

    def test_a_round_is_for_one_role_and_gives_its_mentors_alone(self, session, two, student):
        serves(two, two.mentor, RESEARCH)
        drawn_up = drawn(two, role="research")
        pairs = {one.student_id: one.mentor_id for one in session.scalars(select(Match))}
        assert pairs[student.id] == two.researcher.id
        assert pairs[two.student.id] == two.researcher.id  # the clinical mentor is theirs already
        assert publish(session, two.sitter(), drawn_up.id, now=NOON) == 2
        made = session.scalars(select(Mentorship).where(Mentorship.role == "research")).all()
        assert {one.student_id for one in made} == {student.id, two.student.id}
        assert {one.id for one in made} == set(session.scalars(select(Match.mentorship_id)))
        back = take_back(session, two.sitter(), drawn_up.id, now=NOON)
        assert (back.ended, two.mentorship.ended_at) == (2, None)
        assert session.get_one(Mentor, two.researcher.id, populate_existing=True).taken == 0

    def test_two_roles_have_a_draft_each(self, session, two, student):
        clinical, research = drawn(two), drawn(two, role="research")
        assert (clinical.state, research.state) == (RoundState.DRAFT, RoundState.DRAFT)

    def test_one_round_is_drawn_up_after_the_other(self, session, two, student):
        def queue(role):
            wanted = RoundWish("balanced", {}, "seed", role=role)
            return queue_round(session, two.sitter(), two.track, wanted, now=NOON)

        assert queue("").id == queue("").id
        with pytest.raises(OtherRoleDrawn):
            queue("research")
        with pytest.raises(NotFound):
            queue("nowhere")

    def test_by_hand_a_draft_gives_no_mentor_of_another_role_and_nobody_twice(self, session, two, student):
        drawn_up = drawn(two, role="research")
        for guide in (two.mentor, new_mentor(two)):
            swap = Swap(two.student.id, guide.id, "They know each other.")
            with pytest.raises(ChangeRefused):
                change(session, two.sitter(), drawn_up.id, swap, now=NOON)
        serves(two, two.mentor, RESEARCH)
        with pytest.raises(ChangeRefused):
            change(session, two.sitter(), drawn_up.id, Swap(two.student.id, two.mentor.id, "Both."), now=NOON)

    def test_who_was_given_in_another_role_meanwhile_stops_it(self, session, two, student):
        serves(two, two.researcher, CLINICAL)
        drawn_up = drawn(two, role="research")
        assign(session, two.sitter(), two.track, student.id, two.researcher.id, now=NOON)
        with pytest.raises(RoundChanged) as changed:
            publish(session, two.sitter(), drawn_up.id, now=NOON)
        assert [one.obstacle for one in changed.value.stopped] == [Obstacle.OTHER_ROLE]


def test_naming_one_role_tells_nothing_apart(session, world):
    name_roles(world, CLINICAL)
    assert world.track.role_names == {}


class TestTwoAtOnce:
    """Each does its work with a connection of its own; the second begins before the first has committed."""

    def outcomes(self, app, first, second):
        """Return "done" or the failure's code of each."""
        came = {}

        def run(place, work):
            with app.app_context():
                try:
                    with unit_of_work() as own:
                        work(own)
                    came[place] = "done"
                except MentoringError as failure:
                    came[place] = failure.code
                finally:
                    db.session.remove()

        other = threading.Thread(target=run, args=("second", second))

        def hold(own):
            first(own)
            other.start()
            other.join(timeout=0.4)  # it waits for this one's end, which then is near

        holder = threading.Thread(target=run, args=("first", hold))
        holder.start()
        holder.join()
        other.join()
        return came["first"], came["second"]

    @pytest.fixture
    def takes_away(self, app, two):
        app.extensions["react"] = lambda _happened: None
        by, version = two.sitter(), two.track.version

        def work(own):
            edit_roles(own, by, [("", "Clinical mentor")], version=version, now=NOON)

        return work

    @pytest.fixture
    def places(self, two):
        by, track, student, guide = two.sitter(), two.track.id, two.student.id, two.researcher.id

        def work(own):
            assign(own, by, own.get_one(Track, track), student, guide, now=NOON, role="research")

        return work

    @pytest.fixture
    def asks(self, session, two):
        student = two.another_student()
        policy(session, two.track, MatchingWay.REQUESTS)
        rank_list(session, two.track, student, two.researcher, mentor_role="research")
        by, track = by_student(two, student), two.track.id

        def work(own):
            ask(own, by, own.get_one(Track, track), "", now=NOON, role="research")

        return work

    @pytest.fixture
    def draws(self, two):
        by, track = two.sitter(), two.track.id

        def work(own):
            queue_round(
                own, by, own.get_one(Track, track), RoundWish("balanced", {}, "seed", role="research"), now=NOON
            )

        return work

    @pytest.mark.parametrize("what", ["places", "asks", "draws"])
    def test_nothing_is_done_in_a_role_that_is_being_taken_away(self, app, session, two, takes_away, what, request):
        does = request.getfixturevalue(what)
        session.commit()
        assert self.outcomes(app, takes_away, does) == ("done", "mentor_role_gone")
        session.rollback()
        for table in (Mentorship.role, MentorRequest.mentor_role):
            assert session.scalars(select(table).where(table == "research")).all() == []
        assert session.scalars(select(Job)).all() == []
        session.expire_all()
        assert keys(two) == [""]

    @pytest.mark.parametrize(("what", "fact"), [("places", "pairs"), ("asks", "asked"), ("draws", "drafts")])
    def test_a_role_in_which_something_is_being_done_stays(self, app, session, two, takes_away, what, fact, request):
        does = request.getfixturevalue(what)
        session.commit()
        assert self.outcomes(app, does, takes_away) == ("done", "mentor_role_in_use")
        session.rollback()
        session.expire_all()
        assert keys(two) == ["", "research"]
        with pytest.raises(RoleInUse) as used:
            edit(two, ("", "Clinical mentor"))
        assert used.value.facts[fact] == 1

    def test_a_mentor_keeps_a_role_in_which_they_are_being_given_a_student(self, app, session, two, places):
        serves(two, two.researcher, CLINICAL)
        by, track, guide = two.sitter(), two.track.id, two.researcher.id
        app.extensions["react"] = lambda _happened: None
        session.commit()

        def unticks(own):
            set_served(own, by, own.get_one(Track, track), guide, [""], now=NOON)

        assert self.outcomes(app, places, unticks) == ("done", "mentor_role_served")
        session.rollback()
        assert served(session, two.track)[guide] == {"", "research"}

    def test_somebody_who_is_moved_while_roles_are_named_waits_in_no_ring(self, app, session):
        world = World(session)
        other = new_mentor(world)
        by, track, pair, guide = world.sitter(), world.track.id, world.mentorship.id, other.id
        version = world.track.version
        app.extensions["react"] = lambda _happened: None
        session.commit()

        def names(own):
            edit_roles(own, by, [("", "Ward"), (None, "Bench")], version=version, now=NOON)

        def moves(own):
            transfer(own, by, own.get_one(Track, track), pair, guide, "swap", now=NOON)

        assert self.outcomes(app, names, moves) == ("done", "done")
        session.rollback()
        assert served(session, session.get_one(Track, track, populate_existing=True)) == {
            world.mentor.id: {""}, other.id: {""},
        }  # fmt: skip
