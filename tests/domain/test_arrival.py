"""What a person may be here."""

from itertools import combinations

import pytest

from lti_mentoring.domain.arrival import asks_to_administer, asks_where_to_sit, first_role, role_after, seat_roles
from lti_mentoring.domain.roles import parse_roles
from lti_mentoring.domain.seats import SeatRole

LIS = "http://purl.imsglobal.org/vocab/lis/v2"
FACULTY = f"{LIS}/membership#Instructor"
DESIGNER = f"{LIS}/membership#ContentDeveloper"
ASSISTANT = f"{LIS}/membership/Instructor#TeachingAssistant"
STUDENT = f"{LIS}/membership#Learner"
MENTOR = f"{LIS}/membership#Mentor"
ADMIN = f"{LIS}/institution/person#Administrator"


def seats(*roles, mentor=False, confirmed=False, course=True):
    return seat_roles(parse_roles(roles), is_mentor=mentor, is_administrator=confirmed, has_context=course)


@pytest.mark.parametrize(
    ("roles", "records", "expected"),
    [
        ([FACULTY], {}, [SeatRole.FACULTY]),
        ([DESIGNER], {}, [SeatRole.FACULTY]),
        ([STUDENT], {}, [SeatRole.STUDENT]),
        ([], {}, [SeatRole.GUEST]),
        (["unheard-of"], {}, [SeatRole.GUEST]),
        # Canvas sends the plain Instructor with every teaching assistant.
        ([ASSISTANT, FACULTY], {}, [SeatRole.GUEST]),
        ([ASSISTANT, FACULTY], {"mentor": True}, [SeatRole.MENTOR]),
        ([FACULTY], {"mentor": True}, [SeatRole.FACULTY, SeatRole.MENTOR]),
        ([STUDENT], {"mentor": True}, [SeatRole.MENTOR, SeatRole.STUDENT]),
        ([FACULTY, STUDENT], {}, [SeatRole.FACULTY, SeatRole.STUDENT]),
        # A parent in Canvas is no mentor of ours, unless faculty ticked them.
        ([MENTOR], {}, [SeatRole.OBSERVER]),
        ([MENTOR], {"mentor": True}, [SeatRole.MENTOR]),
        ([ADMIN], {}, [SeatRole.GUEST]),
        ([ADMIN], {"confirmed": True}, [SeatRole.ADMINISTRATOR]),
        ([ADMIN, FACULTY], {"confirmed": True}, [SeatRole.FACULTY, SeatRole.ADMINISTRATOR]),
        ([STUDENT], {"confirmed": True}, [SeatRole.STUDENT]),
        ([FACULTY, STUDENT, MENTOR], {"course": False, "mentor": True}, [SeatRole.GUEST]),
        ([ADMIN], {"course": False, "confirmed": True}, [SeatRole.ADMINISTRATOR]),
    ],
)
def test_the_seats_follow_from_the_platforms_roles_and_our_records(roles, records, expected):
    assert list(seats(*roles, **records)) == expected


BOTH = (SeatRole.FACULTY, SeatRole.MENTOR)


@pytest.mark.parametrize(
    ("roles", "chosen", "picks", "role", "asks"),
    [
        ((SeatRole.STUDENT,), None, False, SeatRole.STUDENT, False),
        (BOTH, None, False, SeatRole.FACULTY, True),
        (BOTH, SeatRole.MENTOR, False, SeatRole.MENTOR, False),
        (BOTH, SeatRole.STUDENT, False, SeatRole.FACULTY, True),
        (BOTH, SeatRole.MENTOR, True, SeatRole.FACULTY, False),
        (BOTH, None, True, SeatRole.FACULTY, False),
        ((SeatRole.FACULTY,), SeatRole.MENTOR, False, SeatRole.FACULTY, False),
    ],
)
def test_somebody_sits_where_they_chose_and_is_asked_where_they_have_not(roles, chosen, picks, role, asks):
    assert first_role(roles, chosen, settled=picks) is role
    assert asks_where_to_sit(roles, chosen, settled=picks) is asks


@pytest.mark.parametrize("mentor", [False, True])
def test_only_our_own_record_makes_a_mentor_whatever_the_platform_says(mentor):
    """Every combination of what platforms send: the seat of a mentor hangs on the tick alone."""
    sent = [FACULTY, DESIGNER, ASSISTANT, STUDENT, MENTOR, f"{LIS}/membership/Mentor#Tutor", ADMIN, "Mentor"]
    for number in range(len(sent) + 1):
        for roles in combinations(sent, number):
            for confirmed in (False, True):
                got = seats(*roles, mentor=mentor, confirmed=confirmed)
                assert (SeatRole.MENTOR in got) is mentor
                assert SeatRole.MENTOR not in seats(*roles, mentor=mentor, confirmed=confirmed, course=False)
                assert not (mentor and SeatRole.OBSERVER in got)
                assert (SeatRole.FACULTY in got) is (ASSISTANT not in roles and bool({FACULTY, DESIGNER} & set(roles)))


@pytest.mark.parametrize(
    ("held", "choice", "expected"),
    [
        (SeatRole.STUDENT, (SeatRole.MENTOR, SeatRole.STUDENT), SeatRole.STUDENT),
        (SeatRole.MENTOR, (SeatRole.STUDENT,), SeatRole.STUDENT),
        (SeatRole.GUEST, (SeatRole.MENTOR,), SeatRole.MENTOR),
        (SeatRole.OBSERVER, (SeatRole.MENTOR, SeatRole.OBSERVER), SeatRole.MENTOR),
        (SeatRole.GUEST, (SeatRole.GUEST,), SeatRole.GUEST),
    ],
)
def test_a_seat_keeps_its_role_where_it_may_and_a_waiting_person_moves_on(held, choice, expected):
    assert role_after(held, choice) is expected


def test_only_who_is_not_confirmed_asks_to_administer():
    assert asks_to_administer(parse_roles([ADMIN]), is_administrator=False)
    assert not asks_to_administer(parse_roles([ADMIN]), is_administrator=True)
    assert not asks_to_administer(parse_roles([FACULTY]), is_administrator=False)
