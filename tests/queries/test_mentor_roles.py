"""With two mentors a student still stands once on each page, and the pages cost as many statements as before."""

from datetime import timedelta

import pytest
from factories.mentor_roles import CLINICAL, RESEARCH, TwoRoles, name_roles, serves
from factories.rounds import drawn
from factories.statements import counting
from factories.ways import progress, step
from factories.wishes import asked, policy, rank_list
from factories.world import NOON, World, membership, mentor, mentorship

from lti_mentoring.domain.board import BoardState, RowMentor, Wish, narrowed
from lti_mentoring.domain.mentor_roles import MentorRole
from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.milestones import ProgressState, StepKind
from lti_mentoring.domain.rank_lists import MatchingWay, Window
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.waiting_list import Because
from lti_mentoring.errors import NotFound
from lti_mentoring.models import MembershipStatus
from lti_mentoring.queries.board import read_board, read_student
from lti_mentoring.queries.homes import mentor_home, student_home
from lti_mentoring.queries.mentor_requests import asked_of_me
from lti_mentoring.queries.mentor_roles import own_roles, roles_anywhere
from lti_mentoring.queries.mentors import mentor_page, mentors_page
from lti_mentoring.queries.milestones import last_words, waiting_for_mentor
from lti_mentoring.queries.round_changes import change_page
from lti_mentoring.queries.rounds import rounds_page
from lti_mentoring.queries.waiting_list import my_wait, rules_for, waiting_page
from lti_mentoring.queries.why import my_rounds
from lti_mentoring.services.publishing import publish

TODAY = NOON.date()


@pytest.fixture
def two(session):
    return TwoRoles(session)


def rows(two):
    return read_board(two.session, two.sitter(), today=TODAY).rows


def sits(two, guide):
    return two.sitter(guide.person, SeatRole.MENTOR)


def test_a_student_with_two_mentors_stands_on_the_board_once(two):
    two.paired()
    [row] = rows(two)
    assert row.mentors == (
        RowMentor(two.mentor.id, "Dr Priya Raman", "Clinical mentor"),
        RowMentor(two.researcher.id, "Prof Ilse Aalto", "Research mentor"),
    )
    assert (row.lacking, row.mentor_name) == ((), "Dr Priya Raman, Prof Ilse Aalto")


def test_who_lacks_a_mentor_in_one_role_waits_for_one(two):
    [row] = rows(two)
    assert (row.lacking, row.verdict.state) == (("Research mentor",), BoardState.NEEDS_MENTOR)
    assert narrowed([row], Wish(mentor_id=0)) == narrowed([row], Wish(mentor_id=two.mentor.id)) == [row]
    assert narrowed([row], Wish(mentor_id=two.researcher.id)) == []


def test_the_longest_silence_with_a_mentor_counts(two):
    two.paired(contact_at=NOON - timedelta(days=40))
    [row] = rows(two)
    assert (row.contact_on, row.verdict.state) == (TODAY - timedelta(days=40), BoardState.QUIET)


def test_a_students_page_names_each_mentor_with_the_role_and_who_signs_what(two):
    two.paired()
    two.track.milestones[0].signer_role = "research"
    two.session.flush()
    page = read_student(two.session, two.sitter(), two.student.id, today=TODAY)
    assert [(one.mentor_name, one.role_name) for one in page.now_with] == [
        ("Dr Priya Raman", "Clinical mentor"),
        ("Prof Ilse Aalto", "Research mentor"),
    ]
    first, second = page.way.milestones[:2]
    assert (page.signer(first), page.signer(second)) == ("Prof Ilse Aalto", "Dr Priya Raman / Prof Ilse Aalto")
    assert page.lacking == ()


def test_each_of_the_mentors_sees_the_student_and_nobody_elses_mentor_does(two):
    with pytest.raises(NotFound):
        read_student(two.session, sits(two, two.researcher), two.student.id, today=TODAY)
    two.paired()
    for guide in (two.mentor, two.researcher):
        assert read_student(two.session, sits(two, guide), two.student.id, today=TODAY).name == "Amina Yusuf"
        assert len(mentor_home(two.session, sits(two, guide), today=TODAY).mentees) == 1


def test_a_mentor_in_two_roles_has_the_student_once(two):
    serves(two, two.mentor, RESEARCH)
    two.paired(guide=two.mentor)
    [mentee] = mentor_home(two.session, sits(two, two.mentor), today=TODAY).mentees
    assert (mentee.roles, mentee.role_names) == (("", "research"), "Clinical mentor, Research mentor")


def test_what_was_sent_waits_for_those_who_sign_it(two):
    two.paired()
    two.track.milestones[0].signer_role = "research"
    progress(two, two.student, 1, ProgressState.SUBMITTED)
    for guide, number in ((two.mentor, 0), (two.researcher, 1)):
        assert len(waiting_for_mentor(two.session, sits(two, guide), today=TODAY)) == number


def test_what_either_mentor_said_is_a_mentors_word(two):
    two.paired()
    first = progress(two, two.student, 1, ProgressState.ACCEPTED)
    step(two, first, StepKind.ACCEPTED, two.researcher.person, words="Well argued.")
    said = last_words(two.session, two.student.id, two.track.id)
    assert (said.by_mentor, said.by_name) == (True, "Prof Ilse Aalto")


def test_a_students_home_names_all_mentors_and_whom_they_lack(two):
    policy(two.session, two.track, MatchingWay.REQUESTS)
    rank_list(two.session, two.track, two.student, two.researcher, mentor_role="research")
    asked(two.session, two.researcher, two.student, mentor_role="research")
    sitter = two.sitter(role=SeatRole.STUDENT)
    home = student_home(two.session, sitter, today=TODAY)
    assert [(one.name, one.role_name) for one in home.mentors] == [("Dr Priya Raman", "Clinical mentor")]
    assert home.lacking == (RESEARCH,)
    assert (home.finding.role, home.finding.has_list, home.finding.asked.mentor) == (
        "research",
        True,
        "Prof Ilse Aalto",
    )
    [question] = asked_of_me(two.session, sits(two, two.researcher), two.track)
    assert question.role_name == "Research mentor"
    two.paired()
    home = student_home(two.session, sitter, today=TODAY)
    assert (home.lacking, home.findings, len(home.mentors)) == ((), (), 2)
    assert asked_of_me(two.session, sits(two, two.researcher), two.track) == ()


def test_the_page_of_mentors_is_about_one_role(two):
    waits = two.another_student(name="Tomás")
    clinical, research = (mentors_page(two.session, two.track, role=key) for key in ("", "research"))
    assert clinical.waits == ((CLINICAL, 1), (RESEARCH, 2))
    assert [one.person_id for one in clinical.waiting_rows] == [waits.id]
    assert {one.person_id for one in research.waiting_rows} == {waits.id, two.student.id}
    assert [one.mentor_id for one in research.room.listed] == [two.researcher.id]
    assert (research.students, research.with_mentor, research.room.free, clinical.room.free) == (2, 0, 5, 4)
    assert {research.served_by(one) for one in research.mentors} == {"Clinical mentor", "Research mentor"}
    assert mentors_page(two.session, two.track, role="nowhere").role == CLINICAL
    page = mentor_page(two.session, two.sitter(), two.track, two.mentor.id)
    assert [(one.role_name, page.to_move(one).listed) for one in page.mentees] == [("Clinical mentor", ())]


def test_each_role_has_its_rounds_and_a_student_reads_why_of_each(two):
    who = two.another_student(name="Tomás")
    rank_list(two.session, two.track, who, two.researcher, mentor_role="research")
    for role in ("", "research"):
        page = drawn(two, role=role)
        others = change_page(two.session, two.sitter(), page.id, who.id).others
        assert two.researcher.id not in {one.mentor_id for one in others}
        publish(two.session, two.sitter(), page.id, now=NOON)
    told = my_rounds(two.session, two.sitter(who, SeatRole.STUDENT))
    assert [(one.role_name, one.mentor) for one in told] == [
        ("Clinical mentor", "Dr Priya Raman"),
        ("Research mentor", "Prof Ilse Aalto"),
    ]
    page = rounds_page(two.session, two.sitter())
    assert [one.role_name for one in page.rounds] == ["Research mentor", "Clinical mentor"]
    assert page.waiting == 0
    with pytest.raises(NotFound):
        page.role("nowhere")


@pytest.mark.both_databases
def test_two_roles_cost_the_board_and_the_homes_not_one_statement_more(session):
    def statements(world, count):
        world.mentor.places = 2000
        if isinstance(world, TwoRoles):
            world.researcher.places = 2000
            world.paired()
        for _ in range(count):
            student = world.another_student()
            mentorship(session, world.mentor, student)
            if isinstance(world, TwoRoles):
                world.paired(student)
        session.flush()
        student = world.sitter(role=SeatRole.STUDENT)
        guide = world.sitter(role=SeatRole.MENTOR)
        with counting(session) as sent:
            read_board(session, world.sitter(), today=TODAY)
            student_home(session, student, today=TODAY)
            mentor_home(session, guide, today=TODAY)
        return len(sent)

    one = statements(World(session), 10)
    assert {statements(TwoRoles(session), 10), statements(TwoRoles(session), 200), statements(World(session), 200)} == {
        one
    }


def test_the_waiting_list_is_of_one_role_with_what_happened_in_it(two):
    pair = two.paired()
    pair.ended_at, pair.end_cause = NOON, EndCause.MENTOR_LEFT
    two.session.flush()
    [clinical, _] = two.track.roles
    assert waiting_page(two.session, two.sitter(), role=clinical.key).lines == ()
    assert waiting_page(two.session, two.sitter()) == (page := waiting_page(two.session, two.sitter(), role="research"))
    assert (page.role, page.several, page.in_roles) == (RESEARCH, True, ((clinical, 0), (RESEARCH, 1)))
    assert [(one.person_id, one.wait.because, one.wait.mentor) for one in page.lines] == [
        (two.student.id, Because.MENTOR_LEFT, "Prof Ilse Aalto")
    ]
    assert [one.mentor_id for one in page.room.listed] == [two.researcher.id]
    assert my_wait(two.session, two.track, two.student.id) is None
    assert my_wait(two.session, two.track, two.student.id, "research").since == NOON


def test_who_lost_one_mentor_may_still_state_wishes_for_that_role_alone(two):
    policy(two.session, two.track, MatchingWay.ROUNDS, wishes_until=TODAY - timedelta(days=1))
    pair = two.paired()
    pair.ended_at = NOON
    two.session.flush()
    windows = [
        rules_for(two.session, two.track, two.student.id, today=TODAY, role=key).window(TODAY)
        for key in ("", "research")
    ]
    assert windows == [Window.OVER, Window.OPEN]


class TestWhatAPersonServesAs:
    def test_in_a_track_with_several_roles_it_is_said_in_its_order(self, session, two):
        serves(two, two.mentor, RESEARCH)
        assert own_roles(session, two.track, two.guide.id) == ("Clinical mentor", "Research mentor")
        assert own_roles(session, two.track, two.student.id) == ()

    def test_in_a_track_with_one_role_nothing_is_said_and_nothing_read(self, session):
        world = World(session)
        with counting(session) as sent:
            assert own_roles(session, world.track, world.guide.id) == ()
        assert sent == []

    def test_over_all_tracks_each_name_is_said_once_and_a_course_that_was_left_counts_no_more(self, session, two):
        def anywhere():
            with counting(session) as sent:
                found = roles_anywhere(session, two.institution.id, two.guide.id)
            assert len(sent) == 1
            return found

        assert anywhere() == ("Clinical mentor",)
        elsewhere, alone = World(session, inside=two.deployment), World(session, inside=two.deployment)
        name_roles(elsewhere, MentorRole("ward", "Clinical mentor"), MentorRole("oral", "Examiner"))
        name_roles(alone, MentorRole("", "Guide"))
        serves(elsewhere, mentor(session, elsewhere.track, two.guide), MentorRole("ward"), MentorRole("oral"))
        serves(alone, mentor(session, alone.track, two.guide), MentorRole(""))
        assert anywhere() == ("Clinical mentor", "Examiner")
        membership(session, elsewhere.context, two.guide, is_student=False, status=MembershipStatus.LEFT)
        assert anywhere() == ("Clinical mentor",)
