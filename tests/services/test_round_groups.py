"""A round keeps groups together: all of a group get the same mentor, before, during and after changes by hand."""

import pytest
from factories.mentor_roles import CLINICAL, RESEARCH, TwoRoles, serves
from factories.round_groups import TEAMS, Teams, team
from factories.rounds import drawn, new_mentor
from factories.statements import counting
from factories.wishes import conflict, rank_list, veto
from factories.world import NOON, mentorship
from sqlalchemy import delete, select

from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.fairest import FairestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.matching.stable import StableMatcher
from lti_mentoring.domain.rank_lists import LimitKind
from lti_mentoring.domain.round_check import Optimum, Replay, check
from lti_mentoring.domain.round_groups import GroupsInTheWay, Trouble
from lti_mentoring.domain.rounds import MatchOrigin, SetAside
from lti_mentoring.models import (
    AuditEntry,
    Group,
    Job,
    Match,
    Membership,
    MembershipStatus,
    MentorLimit,
    Mentorship,
    Person,
    RoundChange,
)
from lti_mentoring.queries.fairness import fairness_page
from lti_mentoring.queries.round_check import kept_round
from lti_mentoring.queries.round_problem import read_problem
from lti_mentoring.queries.why import my_matches, my_rounds
from lti_mentoring.services.drawing_up import RoundWish, queue_round, read_given, wish_of_job
from lti_mentoring.services.jobs import claim_job
from lti_mentoring.services.publishing import RoundChanged
from lti_mentoring.services.rounds import ChangeRefused, LaterChangeStands, Swap, change, effects_of
from lti_mentoring.services.taking_back import take_back

pytestmark = pytest.mark.both_databases
STRATEGIES = [BalancedMatcher(), StableMatcher(), BestMatcher(PlainFlow()), FairestMatcher(PlainFlow())]


@pytest.fixture
def teams(session):
    made = Teams(session)
    made.wish()
    return made


def in_the_way(teams, together=TEAMS):
    teams.session.flush()
    wanted = RoundWish("balanced", {}, "seed", together=together)
    with pytest.raises(GroupsInTheWay) as refused:
        queue_round(teams.session, teams.sitter(), teams.track, wanted, now=NOON)
    assert teams.session.scalars(select(Job)).all() == []
    return refused.value


class TestDrawingUp:
    @pytest.mark.parametrize("matcher", STRATEGIES, ids=lambda one: one.name)
    def test_all_of_a_group_get_the_same_mentor_whatever_the_strategy(self, teams, matcher):
        teams.draw(matcher)
        assert len(set(teams.got(*teams.a))) == len(set(teams.got(*teams.b))) == 1
        assert None not in teams.got(*teams.a, *teams.b, teams.alone)
        # Three places are room for one group of two, or for one student alone.
        assert teams.session.scalars(select(Match.mentor_id)).all().count(teams.wanted.id) <= 2

    def test_each_row_says_with_which_group_it_was_matched(self, session, teams):
        made = teams.draw()
        assert (made.kept_together, made.group_size) == (TEAMS, 2)
        assert [teams.match(one).group_name for one in (*teams.a, *teams.b, teams.alone)] == [
            "Team A", "Team A", "Team B", "Team B", "",
        ]  # fmt: skip
        assert [teams.match(one).unit for one in (*teams.a, teams.alone)] == [teams.a[0].id, teams.a[0].id, None]
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "round.drawn_up")).one()
        assert (entry.facts["groups"], entry.facts["students"], entry.facts["pairs"]) == (2, 5, 5)

    def test_a_group_takes_no_mentor_whom_one_of_it_has_vetoed_and_no_wish_tells_of_it(self, session, teams):
        for one in (*teams.a, *teams.b):
            veto(session, teams.wanted, one)
        teams.draw()
        assert teams.got(*teams.a, *teams.b) == [teams.second.id] * 4
        assert {(teams.match(one).why, teams.match(one).wish) for one in teams.a} == {("", 1)}

    def test_who_is_passed_over_brings_the_group_forward(self, session, teams):
        teams.second.places = 0
        teams.draw()
        [lucky] = [one for one in (teams.a, teams.b, [teams.alone]) if teams.got(one[0]) == [teams.wanted.id]]
        teams.publish()
        left = [one.id for one in (*teams.a, *teams.b, teams.alone) if one not in lucky]
        problem = read_problem(session, teams.track, {}).problem
        assert {one.mentee_id: one.priority for one in problem.mentees} == dict.fromkeys(left, 1)

    def test_a_set_without_a_platforms_name_is_kept_together_too(self, session, teams):
        session.execute(delete(Group).where(Group.id.in_([one.id for one in teams.teams])))
        team(teams, "", *teams.a, set_name="", external_id="a1b2c3d4e5")
        teams.draw(together="group:")
        assert teams.match(teams.a[0]).group_name == "a1b2c3d4"

    def test_of_many_whole_groups_are_looked_at(self, session, teams):
        for number in range(10):
            team(teams, f"Team {number}", *(teams.another_student() for _ in range(2)))
        given = read_problem(session, teams.track, {}, together=TEAMS, most=10)
        people = {one.mentee_id for one in given.problem.mentees}
        assert 5 <= len(people) <= 10
        assert given.problem.together
        assert {one for group in given.problem.together for one in group} <= people
        assert len(given.kept.groups) == 12
        assert all(one.places % 2 == 0 for one in given.problem.mentors)

    def test_a_job_that_was_queued_before_there_were_groups_matches_everybody_alone(self, session, teams):
        job = queue_round(session, teams.sitter(), teams.track, RoundWish("balanced", {}, "seed"), now=NOON)
        job.detail = {name: value for name, value in job.detail.items() if name != "together"}
        claimed = claim_job(session, job.id)
        assert wish_of_job(claimed).together == ""
        assert read_given(session, claimed).problem.together == ()

    def test_a_hundred_groups_are_read_in_as_many_statements_as_ten(self, session, teams):
        def statements(count):
            for number in range(count):
                team(teams, f"More {count} {number}", *(teams.another_student() for _ in range(2)))
            session.flush()
            with counting(session) as sent:
                read_problem(session, teams.track, {}, together=TEAMS)
            return len(sent)

        assert statements(10) == statements(100)


class TestInTheWay:
    def test_nobody_is_in_two_groups_of_the_set(self, teams):
        team(teams, "Team C", teams.a[0])
        [one] = in_the_way(teams).hindrances
        assert (one.trouble, one.groups, one.people) == (Trouble.IN_TWO, ("Team A", "Team C"), (teams.a[0].id,))

    def test_no_one_of_a_group_that_waits_has_a_mentor(self, session, teams):
        teams.mentor.places += 1
        mentorship(session, teams.mentor, teams.a[1])
        found = in_the_way(teams)
        assert [one.trouble for one in found.hindrances] == [Trouble.HAS_MENTOR]
        assert found.names == {teams.a[1].id: "Tomás"}

    def test_a_group_is_no_larger_than_what_a_mentor_has_room_for(self, session, teams):
        shared = {"institution_id": teams.institution.id, "track_id": teams.track.id, "kind": LimitKind.MOST_NEW}
        session.add(MentorLimit(**shared, mentor_id=teams.second.id, number=1))
        teams.wanted.places = 1
        found = in_the_way(teams).hindrances
        assert [(one.trouble, one.size, one.places) for one in found] == [(Trouble.TOO_LARGE, 2, 1)] * 2

    @pytest.mark.parametrize("key", ["group:No such set", "nonsense"])
    def test_the_course_has_these_groups(self, teams, key):
        assert [one.trouble for one in in_the_way(teams, key).hindrances] == [Trouble.NO_SUCH_SET]

    def test_somebody_of_these_groups_waits(self, session, teams):
        teams.mentor.places += 4
        for one in (*teams.a, *teams.b):
            mentorship(session, teams.mentor, one)
        assert [one.trouble for one in in_the_way(teams).hindrances] == [Trouble.NOBODY_WAITS]

    def test_what_has_changed_until_the_job_is_done_stops_the_job_and_keeps_nothing(self, session, teams):
        wanted = RoundWish("balanced", {}, "seed", together=TEAMS)
        claimed = claim_job(session, queue_round(session, teams.sitter(), teams.track, wanted, now=NOON).id)
        team(teams, "Team C", teams.a[0])
        with pytest.raises(GroupsInTheWay):
            read_given(session, claimed)

    def test_who_has_left_or_is_no_student_is_of_no_group(self, session, teams):
        row = session.scalars(select(Membership).where(Membership.person_id == teams.a[0].id)).one()
        row.status = MembershipStatus.LEFT
        team(teams, "Staff", teams.guide)
        teams.draw()
        assert teams.match(teams.a[1]).unit is None
        assert teams.round.group_size == 2


class TestChanges:
    @pytest.fixture
    def drawn_up(self, teams):
        teams.alone_has = veto(teams.session, teams.wanted, teams.alone)
        teams.draw(StableMatcher())
        first, other = (teams.a, teams.b) if teams.got(teams.a[0]) == [teams.wanted.id] else (teams.b, teams.a)
        teams.lucky, teams.other = first, other
        assert teams.got(*first, *other) == [teams.wanted.id] * 2 + [teams.second.id] * 2
        return teams

    def test_the_whole_group_moves_for_one_reason(self, session, drawn_up):
        made = drawn_up.swap(drawn_up.lucky[1], drawn_up.second)
        assert made.student_id == drawn_up.lucky[1].id
        assert drawn_up.got(*drawn_up.lucky) == [drawn_up.second.id] * 2
        changes = session.scalars(select(RoundChange)).all()
        assert {one.act for one in changes} == {made.act}
        assert {one.reason for one in changes} == {"They work on one case."}
        assert [one.sets_aside for one in changes] == [[SetAside.LATER_WISH.value]] * 2
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "round.changed")).all()) == 2

    def test_taken_back_it_moves_the_whole_group_back(self, session, drawn_up):
        made = drawn_up.swap(drawn_up.lucky[0], None)
        drawn_up.undo(made)
        assert drawn_up.got(*drawn_up.lucky) == [drawn_up.wanted.id] * 2
        assert {drawn_up.match(one).origin for one in drawn_up.lucky} == {MatchOrigin.ALGORITHM}
        assert drawn_up.undo(made).undone_at == NOON
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "round.change_undone")).all()) == 2

    def test_one_who_is_taken_out_sets_the_rule_aside_and_the_others_stay(self, drawn_up):
        made = drawn_up.swap(drawn_up.lucky[0], drawn_up.second, whole=False)
        assert made.sets_aside == [SetAside.LATER_WISH.value, SetAside.PARTED.value]
        assert made.act == ""
        assert drawn_up.got(*drawn_up.lucky) == [drawn_up.second.id, drawn_up.wanted.id]

    def test_who_comes_back_to_the_group_sets_nothing_aside(self, drawn_up):
        drawn_up.swap(drawn_up.lucky[0], drawn_up.second, whole=False)
        assert drawn_up.swap(drawn_up.lucky[0], drawn_up.wanted, whole=False).sets_aside == []

    def test_who_is_there_already_stays_and_the_others_follow(self, session, drawn_up):
        drawn_up.swap(drawn_up.lucky[0], drawn_up.second, whole=False)
        made = drawn_up.swap(drawn_up.lucky[0], drawn_up.second)
        assert made.student_id == drawn_up.lucky[1].id
        with pytest.raises(ChangeRefused) as refused:
            drawn_up.swap(drawn_up.lucky[0], drawn_up.second)
        assert refused.value.code == "change_same_mentor"

    def test_a_group_needs_room_for_all_of_it(self, drawn_up):
        with pytest.raises(ChangeRefused) as refused:
            drawn_up.swap(drawn_up.other[0], drawn_up.wanted)
        assert refused.value.code == "change_no_room"
        # One place is left: enough for one alone.
        assert drawn_up.swap(drawn_up.other[0], drawn_up.wanted, whole=False).to_mentor_id == drawn_up.wanted.id

    def test_what_keeps_one_of_the_group_apart_keeps_all_of_it(self, session, drawn_up):
        veto(session, drawn_up.second, drawn_up.lucky[1])
        with pytest.raises(ChangeRefused) as refused:
            drawn_up.swap(drawn_up.lucky[0], drawn_up.second)
        assert refused.value.code == "change_not_available"
        assert drawn_up.got(*drawn_up.lucky) == [drawn_up.wanted.id] * 2

    def test_an_open_conflict_of_one_is_set_aside_for_that_one(self, session, drawn_up):
        conflict(session, drawn_up.second, drawn_up.lucky[1], ConflictKind.DECLARED_BY_FACULTY)
        found = effects_of(session, drawn_up.round, drawn_up.lucky[0].id, drawn_up.second.id, whole=True)
        assert [SetAside.CONFLICT in found[one.id].sets_aside for one in drawn_up.lucky] == [False, True]

    def test_a_groups_change_is_not_taken_back_past_a_later_one_of_any_of_it(self, drawn_up):
        made = drawn_up.swap(drawn_up.lucky[0], drawn_up.second)
        later = drawn_up.swap(drawn_up.lucky[1], None, whole=False)
        with pytest.raises(LaterChangeStands):
            drawn_up.undo(made)
        drawn_up.undo(later)
        drawn_up.undo(made)
        assert drawn_up.got(*drawn_up.lucky) == [drawn_up.wanted.id] * 2

    def test_somebody_alone_has_no_group_to_move(self, drawn_up):
        made = drawn_up.swap(drawn_up.alone, None)
        assert (made.act, made.sets_aside) == ("", [SetAside.LEFT_WITHOUT.value])

    def test_a_large_group_is_judged_and_moved_in_as_many_statements_as_a_small_one(self, session, teams):
        teams.wanted.places = teams.second.places = 60
        large = [teams.another_student() for _ in range(20)]
        team(teams, "Large", *large)
        teams.draw()

        def statements(student):
            target = teams.second if teams.got(student) == [teams.wanted.id] else teams.wanted
            with counting(session) as sent:
                teams.swap(student, target)
            return len([one for one in sent if not one.startswith("INSERT")])  # a row and a trace for each one

        assert statements(teams.a[0]) == statements(large[0])

    def test_a_mentor_of_one_of_the_group_in_another_role_takes_none_of_it(self, session):
        two = TwoRoles(session)
        here = [two.another_student(name=name) for name in ("Layla", "Tomás")]
        both = new_mentor(two)
        serves(two, both, CLINICAL, RESEARCH)
        two.paired(here[1], both)
        team(two, "Team A", *here)
        drawn_up = drawn(two, together=TEAMS)
        got = session.scalars(select(Match.mentor_id).where(Match.round_id == drawn_up.id)).all()
        assert got == [two.mentor.id] * 2
        swap = Swap(here[0].id, both.id, "Both.", whole=True)
        with pytest.raises(ChangeRefused) as refused:
            change(session, two.sitter(), drawn_up.id, swap, now=NOON)
        assert refused.value.code == "change_unknown_mentor"


class TestAfterwards:
    def test_the_check_is_of_the_groups_and_counts_people(self, session, teams):
        teams.draw(StableMatcher())
        found = checked(teams, StableMatcher())
        assert (found.is_intact, found.faults, found.blocking, found.replay) == (True, 0, 0, Replay.SAME)
        assert (found.faults_now, found.blocking_now) == (0, 0)

    def test_after_a_change_by_hand_who_left_the_group_is_looked_at_alone(self, session, teams):
        teams.draw(StableMatcher())
        teams.swap(teams.a[0], None, whole=False)
        found = checked(teams, StableMatcher())
        assert (found.faults, found.blocking) == (0, 0)
        assert found.faults_now == 1  # the group is split
        assert found.blocking_now >= 1

    @pytest.mark.parametrize(
        "matcher", [BestMatcher(PlainFlow()), FairestMatcher(PlainFlow())], ids=lambda one: one.name
    )
    def test_the_proof_that_nothing_is_better_is_gone_through_in_groups(self, teams, matcher):
        teams.draw(matcher)
        found = checked(teams, matcher)
        assert (found.is_intact, found.optimum, found.replay) == (True, Optimum.PROVED, Replay.SAME)

    def test_the_audit_counts_people(self, session, teams):
        teams.draw(StableMatcher())
        teams.publish()
        page = fairness_page(session, teams.sitter(), teams.round.id)
        assert (page.measures.mentees, page.measures.placed, page.measures.blocking) == (5, 5, 0)
        assert page.round.tally.students == 5
        assert (page.round.kept_together, page.round.group_size) == (TEAMS, 2)

    def test_publishing_gives_each_of_a_group_a_mentorship_and_taking_back_ends_them(self, session, teams):
        teams.draw()
        assert teams.publish() == 5
        own = select(Mentorship.mentor_id).where(Mentorship.student_id.in_([one.id for one in teams.a]))
        assert len(set(session.scalars(own))) == 1
        take_back(session, teams.sitter(), teams.round.id, now=NOON)
        assert set(teams.session.scalars(own.where(Mentorship.ended_at.is_(None)))) == set()
        teams.draw()
        assert len(set(teams.got(*teams.a))) == 1

    def test_who_has_left_meanwhile_stops_the_round_until_they_are_taken_out_of_the_group(self, session, teams):
        teams.draw()
        row = session.scalars(select(Membership).where(Membership.person_id == teams.a[0].id)).one()
        row.status = MembershipStatus.LEFT
        session.flush()
        with pytest.raises(RoundChanged):
            teams.publish()
        teams.swap(teams.a[0], None, whole=False)
        assert teams.publish() == 4

    def test_the_two_read_that_the_group_stayed_together_and_nothing_of_its_name(self, session, teams):
        teams.draw()
        teams.publish()
        [mine] = my_rounds(session, teams.sitter(teams.a[0]))
        assert mine.in_group
        [alone] = my_rounds(session, teams.sitter(teams.alone))
        assert not alone.in_group
        theirs = [*_theirs(session, teams, teams.wanted), *_theirs(session, teams, teams.second)]
        assert {one.student: one.in_group for one in theirs}["Ada"] is False
        assert sum(one.in_group for one in theirs) == 4
        assert not any("Team" in str(one) for one in (mine, alone, *theirs))

    def test_a_whole_group_waits_again_and_is_matched_as_one_in_the_next_round(self, session, teams):
        teams.draw()
        teams.publish()
        new = [teams.another_student() for _ in range(2)]
        team(teams, "Late", *new)
        for one in new:
            rank_list(session, teams.track, one, teams.second)
        teams.second.places = 20
        teams.draw()
        assert teams.got(*new) == [teams.second.id] * 2
        assert session.scalars(select(Match.student_id).where(Match.round_id == teams.round.id)).all() == [
            one.id for one in new
        ]


def checked(teams, matcher):
    return check(kept_round(teams.session, teams.sitter(), teams.round.id), matcher, tell=lambda _done: None)


def _theirs(session, teams, guide):
    return my_matches(session, teams.sitter(session.get_one(Person, guide.person_id)))
