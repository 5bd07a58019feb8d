"""One judgement of pairs for a click, a list and a proposal."""

from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain.assigning import MentorNow, Obstacle, StudentNow, Wish, judge

MENTORS = {
    1: MentorNow(1, 101, "Dr Raman", places=2, taken=1),
    2: MentorNow(2, 102, "Dr Okafor", places=1, taken=0, has_left=True),
    3: MentorNow(3, 11, "Ana", places=5, taken=0),
    4: MentorNow(4, 104, "Dr Full", places=1, taken=2),
}
STUDENTS = {
    11: StudentNow(11, "Ana"),
    12: StudentNow(12, "Bo"),
    13: StudentNow(13, "Cy", mentors={"": 1}),
    14: StudentNow(14, "Di", is_student=False),
    15: StudentNow(15, "Ed", has_left=True),
}


def obstacles(*pairs):
    wishes = [Wish(number, student, mentor) for number, (student, mentor) in enumerate(pairs, 1)]
    return [one.obstacle for one in judge(wishes, STUDENTS, MENTORS).stopped]


def test_what_can_be_done_is_granted():
    verdict = judge([Wish(1, 11, 1)], STUDENTS, MENTORS)
    assert (verdict.granted, verdict.stopped) == ((Wish(1, 11, 1),), ())


def test_every_obstacle_has_its_name():
    assert obstacles((99, 1)) == [Obstacle.UNKNOWN_STUDENT]
    assert obstacles((11, 99)) == [Obstacle.UNKNOWN_MENTOR]
    assert obstacles((14, 1)) == [Obstacle.NOT_A_STUDENT]
    assert obstacles((15, 1)) == [Obstacle.STUDENT_LEFT]
    assert obstacles((11, 2)) == [Obstacle.MENTOR_LEFT]
    assert obstacles((11, 3)) == [Obstacle.OWN_MENTOR]
    assert obstacles((13, 1)) == [Obstacle.HAS_THIS_MENTOR]
    assert obstacles((13, 3)) == [Obstacle.HAS_ANOTHER_MENTOR]
    assert obstacles((12, 3), (12, 1)) == [Obstacle.STUDENT_TWICE]
    assert obstacles((12, 4)) == [Obstacle.NO_ROOM]
    assert obstacles((11, 1), (12, 1)) == [Obstacle.NO_ROOM]


def test_a_stopped_wish_names_everybody():
    [one] = judge([Wish(7, 13, 3)], STUDENTS, MENTORS).stopped
    assert (one.wish.number, one.student_name, one.mentor_name, one.other_mentor) == (7, "Cy", "Ana", "Dr Raman")


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 4)), max_size=30), st.integers(0, 4))
def test_places_are_never_exceeded_and_nobody_gets_two_mentors(pairs, places):
    students = {number: StudentNow(number, str(number)) for number in range(1, 13)}
    mentors = {number: MentorNow(number, 100 + number, "", places, 0) for number in range(1, 5)}
    verdict = judge([Wish(line, *pair) for line, pair in enumerate(pairs)], students, mentors)
    for number in mentors:
        assert sum(1 for wish in verdict.granted if wish.mentor_id == number) <= places
    assert len({wish.student_id for wish in verdict.granted}) == len(verdict.granted)
    assert len(verdict.granted) + len(verdict.stopped) == len(pairs)


RESEARCH = "research"
SERVING = {
    1: MentorNow(1, 101, "Dr Raman", places=2, taken=0, roles=frozenset({""})),
    2: MentorNow(2, 102, "Prof Aalto", places=5, taken=0, roles=frozenset({"", RESEARCH})),
}


def test_a_student_may_have_a_mentor_in_each_role_but_one_person_is_both_only_where_that_is_wanted():
    student = {13: StudentNow(13, "Cy", mentors={"": 2})}
    wish = [Wish(1, 13, 2, RESEARCH)]
    assert [one.obstacle for one in judge(wish, student, SERVING).stopped] == [Obstacle.OTHER_ROLE]
    assert judge(wish, student, SERVING, both=True).granted == tuple(wish)
    [stopped] = judge([Wish(1, 13, 1)], student, SERVING).stopped
    assert (stopped.obstacle, stopped.other_mentor) == (Obstacle.HAS_ANOTHER_MENTOR, "Prof Aalto")


def test_nobody_is_given_in_a_role_in_which_they_do_not_serve():
    [stopped] = judge([Wish(1, 13, 1, RESEARCH)], {13: StudentNow(13, "Cy")}, SERVING).stopped
    assert stopped.obstacle is Obstacle.NOT_IN_ROLE


def test_a_list_that_gives_one_student_the_same_person_twice_is_stopped_at_the_second_line():
    wishes = [Wish(1, 13, 2), Wish(2, 13, 2, RESEARCH), Wish(3, 13, 1)]
    verdict = judge(wishes, {13: StudentNow(13, "Cy")}, SERVING)
    assert verdict.granted == (wishes[0],)
    assert [one.obstacle for one in verdict.stopped] == [Obstacle.OTHER_ROLE, Obstacle.STUDENT_TWICE]
