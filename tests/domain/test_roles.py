"""Roles as platforms spell them, read into what the person may be here."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lti_mentoring.domain.roles import (
    Principal,
    Role,
    Scope,
    is_faculty,
    is_learner,
    is_mentor_observer,
    is_platform_administrator,
    is_teaching_assistant,
    is_test_user,
    parse_role,
    parse_roles,
)

LIS = "http://purl.imsglobal.org/vocab/lis/v2"
QUESTIONS = (
    is_learner,
    is_faculty,
    is_teaching_assistant,
    is_mentor_observer,
    is_platform_administrator,
    is_test_user,
)


def role(principal, sub=None, scope=Scope.CONTEXT):
    return Role(scope, principal, sub)


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        (f"{LIS}/membership#Learner", role(Principal.LEARNER)),
        (f"{LIS}/membership#Instructor", role(Principal.INSTRUCTOR)),
        (f"{LIS}/membership#ContentDeveloper", role(Principal.CONTENT_DEVELOPER)),
        (f"{LIS}/membership#Mentor", role(Principal.MENTOR)),
        (f"{LIS}/membership#Administrator", role(Principal.ADMINISTRATOR)),
        (f"{LIS}/membership#Manager", role(Principal.MANAGER)),
        (f"{LIS}/membership#Member", role(Principal.MEMBER)),
        (f"{LIS}/membership#Officer", role(Principal.OFFICER)),
        (f"{LIS}/membership/Mentor#Tutor", role(Principal.MENTOR, "Tutor")),
        (f"{LIS}/membership/Instructor#PrimaryInstructor", role(Principal.INSTRUCTOR, "PrimaryInstructor")),
        (f"{LIS}/membership/instructor#TeachingAssistant", role(Principal.INSTRUCTOR, "TeachingAssistant")),
        (f"{LIS}/membership/Learner#Instructor", role(Principal.LEARNER, "Instructor")),
        (f"{LIS}/membership/Manager#Observer", role(Principal.MANAGER, "Observer")),
        (f"{LIS}/membership/Officer#Vice-Chair", role(Principal.OFFICER, "Vice-Chair")),
        ("Instructor", role(Principal.INSTRUCTOR)),
        ("Learner", role(Principal.LEARNER)),
        (" learner ", role(Principal.LEARNER)),
        ("TeachingAssistant", role(Principal.INSTRUCTOR, "TeachingAssistant")),
        ("urn:lti:role:ims/lis/Instructor", role(Principal.INSTRUCTOR)),
        ("urn:lti:role:ims/lis/Mentor/Advisor", role(Principal.MENTOR, "Advisor")),
        ("urn:lti:role:ims/lis/TeachingAssistant", role(Principal.INSTRUCTOR, "TeachingAssistant")),
        (
            "urn:lti:role:ims/lis/TeachingAssistant/TeachingAssistantGroup",
            role(Principal.INSTRUCTOR, "TeachingAssistantGroup"),
        ),
        ("urn:lti:instrole:ims/lis/Student", role(Principal.STUDENT, scope=Scope.INSTITUTION)),
        ("urn:lti:sysrole:ims/lis/SysAdmin", role(Principal.SYS_ADMIN, scope=Scope.SYSTEM)),
        (f"{LIS}/institution/person#Faculty", role(Principal.FACULTY, scope=Scope.INSTITUTION)),
        (f"{LIS}/institution/person#Mentor", role(Principal.MENTOR, scope=Scope.INSTITUTION)),
        (f"{LIS}/institution/person#Observer", role(Principal.OBSERVER, scope=Scope.INSTITUTION)),
        (f"{LIS}/system/person#User", role(Principal.USER, scope=Scope.SYSTEM)),
        (f"{LIS}/person#Administrator", role(Principal.ADMINISTRATOR, scope=Scope.INSTITUTION)),
        (f"{LIS}/person#SysSupport", role(Principal.SYS_SUPPORT, scope=Scope.SYSTEM)),
        (
            "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
            role(Principal.TEST_USER, scope=Scope.SYSTEM),
        ),
    ],
)
def test_a_published_spelling_is_read(spelling, expected):
    assert parse_role(spelling) == expected


@pytest.mark.parametrize(
    "spelling",
    [
        "",
        "#",
        "Student",
        "Faculty",
        "Instructor#",
        "NotInstructor",
        "membership#Instructor",
        f"{LIS}/membership",
        f"{LIS}/membership#",
        f"{LIS}/membership#Wizard",
        f"{LIS}/membership#Instructor#Learner",
        f"{LIS}/membership/Instructor",
        f"{LIS}/membership/Instructor#Wizard",
        f"{LIS}/membership/Wizard#Instructor",
        f"{LIS}/membership/Learner#TeachingAssistant",
        f"{LIS}/elsewhere/person#Administrator",
        "https://evil.example/vocab/lis/v2/membership#Instructor",
        "urn:lti:role:ims/lis/Wizard",
        "urn:lti:instrole:ims/lis/SysAdmin",
    ],
)
def test_an_unknown_role_is_ignored_and_promotes_nobody(spelling):
    assert parse_role(spelling) is None
    assert not any(question(parse_roles([spelling])) for question in QUESTIONS)


def test_no_roles_at_all_are_nobody():
    assert parse_roles([]) == frozenset()
    assert not any(question(frozenset()) for question in QUESTIONS)


def test_known_roles_survive_beside_unknown_ones():
    assert parse_roles(["nonsense", "Learner", f"{LIS}/membership#Learner"]) == {role(Principal.LEARNER)}


@pytest.mark.parametrize(
    ("spellings", "expected"),
    [
        (["Learner"], {is_learner}),
        ([f"{LIS}/membership/Learner#Instructor"], {is_learner}),
        ([f"{LIS}/membership/Learner#GuestLearner"], {is_learner}),
        ([f"{LIS}/membership#Member"], set()),
        ([f"{LIS}/membership/Manager#Observer"], set()),
        (["Instructor"], {is_faculty}),
        (["ContentDeveloper"], {is_faculty}),
        ([f"{LIS}/membership/Instructor#PrimaryInstructor"], {is_faculty}),
        ([f"{LIS}/membership/Instructor#TeachingAssistant"], {is_teaching_assistant}),
        ([f"{LIS}/membership/Instructor#TeachingAssistant", "Instructor"], {is_teaching_assistant}),
        ([f"{LIS}/membership/Instructor#TeachingAssistantSection", "ContentDeveloper"], {is_teaching_assistant}),
        (["Mentor"], {is_mentor_observer}),
        ([f"{LIS}/membership/Mentor#Reviewer"], {is_mentor_observer}),
        ([f"{LIS}/institution/person#Mentor"], set()),
        ([f"{LIS}/institution/person#Instructor"], set()),
        ([f"{LIS}/institution/person#Faculty"], set()),
        ([f"{LIS}/institution/person#Student"], set()),
        ([f"{LIS}/system/person#User"], set()),
        ([f"{LIS}/system/person#AccountAdmin"], set()),
        (["Administrator"], {is_platform_administrator}),
        ([f"{LIS}/institution/person#Administrator"], {is_platform_administrator}),
        ([f"{LIS}/system/person#Administrator"], {is_platform_administrator}),
        ([f"{LIS}/system/person#SysAdmin"], {is_platform_administrator}),
        (["Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"], {is_learner, is_test_user}),
        (["Learner", "Instructor"], {is_learner, is_faculty}),
    ],
)
def test_roles_say_what_the_person_is_in_this_course(spellings, expected):
    roles = parse_roles(spellings)
    assert {question for question in QUESTIONS if question(roles)} == expected


def test_a_question_may_be_asked_of_roles_that_can_be_read_only_once():
    assert is_platform_administrator(iter([role(Principal.SYS_ADMIN, scope=Scope.SYSTEM)]))
    assert not is_faculty(iter([role(Principal.INSTRUCTOR, "TeachingAssistant")]))


@settings(deadline=None)
@given(st.lists(st.text(max_size=60), max_size=5))
def test_no_text_ever_breaks_the_reading(spellings):
    assert isinstance(parse_roles(spellings), frozenset)
