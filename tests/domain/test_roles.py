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


OF_THE_WHOLE = (is_platform_administrator, is_test_user)
# The vocabularies of LTI core 1.3, A.2, word for word; core roles first, then the others.
OF_THE_CONTEXT = {
    "Administrator": "Administrator Developer ExternalDeveloper ExternalSupport ExternalSystemAdministrator Support "
    "SystemAdministrator",
    "ContentDeveloper": "ContentDeveloper ContentExpert ExternalContentExpert Librarian",
    "Instructor": "ExternalInstructor Grader GuestInstructor Lecturer PrimaryInstructor SecondaryInstructor "
    "TeachingAssistant TeachingAssistantGroup TeachingAssistantOffering TeachingAssistantSection "
    "TeachingAssistantSectionAssociation TeachingAssistantTemplate",
    "Learner": "ExternalLearner GuestLearner Instructor Learner NonCreditLearner",
    "Mentor": "Advisor Auditor ExternalAdvisor ExternalAuditor ExternalLearningFacilitator ExternalMentor "
    "ExternalReviewer ExternalTutor LearningFacilitator Mentor Reviewer Tutor",
    "Manager": "AreaManager CourseCoordinator ExternalObserver Manager Observer",
    "Member": "Member",
    "Officer": "Chair Communications Secretary Treasurer Vice-Chair",
}
OF_THE_INSTITUTION = [
    "Administrator", "Faculty", "Guest", "None", "Other", "Staff", "Student", "Alumni", "Instructor", "Learner",
    "Member", "Mentor", "Observer", "ProspectiveStudent",
]  # fmt: skip
OF_THE_SYSTEM = ["Administrator", "None", "AccountAdmin", "Creator", "SysAdmin", "SysSupport", "User"]
ASSISTANTS = [f"TeachingAssistant{kind}" for kind in ("Group", "Offering", "Section", "SectionAssociation", "Template")]


def vocabulary():
    """Every published spelling with what it says: scope, principal, sub-role."""
    for principal, subs in OF_THE_CONTEXT.items():
        yield f"{LIS}/membership#{principal}", (Scope.CONTEXT, principal, None)
        yield principal, (Scope.CONTEXT, principal, None)
        yield f"urn:lti:role:ims/lis/{principal}", (Scope.CONTEXT, principal, None)
        for sub in subs.split():
            yield f"{LIS}/membership/{principal}#{sub}", (Scope.CONTEXT, principal, sub)
            yield f"urn:lti:role:ims/lis/{principal}/{sub}", (Scope.CONTEXT, principal, sub)
    for name, urn, scope, principals in (
        ("institution", "instrole", Scope.INSTITUTION, OF_THE_INSTITUTION),
        ("system", "sysrole", Scope.SYSTEM, OF_THE_SYSTEM),
    ):
        for principal in principals:
            yield f"{LIS}/{name}/person#{principal}", (scope, principal, None)
            yield f"urn:lti:{urn}:ims/lis/{principal}", (scope, principal, None)
    # Deprecated in 1.3, A.3: one vocabulary for both; what both know is the institution's.
    for principal in [*OF_THE_SYSTEM, *OF_THE_INSTITUTION]:
        scope = Scope.INSTITUTION if principal in OF_THE_INSTITUTION else Scope.SYSTEM
        yield f"{LIS}/person#{principal}", (scope, principal, None)
    # LTI 1.1, A.2.3: assistants were a role of their own.
    yield "TeachingAssistant", (Scope.CONTEXT, "Instructor", "TeachingAssistant")
    for urn, sub in [("", "TeachingAssistant"), ("/Grader", "TeachingAssistant"), *((f"/{a}", a) for a in ASSISTANTS)]:
        yield f"urn:lti:role:ims/lis/TeachingAssistant{urn}", (Scope.CONTEXT, "Instructor", sub)
    yield "http://purl.imsglobal.org/vocab/lti/system/person#TestUser", (Scope.SYSTEM, "TestUser", None)


@pytest.mark.parametrize(("spelling", "said"), sorted(set(vocabulary())), ids=lambda value: value if value[0] else "")
def test_every_role_of_the_vocabularies_by_name(spelling, said):
    scope, principal, sub = said
    expected = Role(scope, Principal(principal), sub)
    assert parse_role(spelling) == expected
    assert parse_role(spelling.lower()) == expected  # as Canvas writes membership/instructor#TeachingAssistant


def test_only_a_role_of_the_context_gives_authority_in_it():
    for spelling, (scope, *_said) in vocabulary():
        held = parse_roles([spelling])
        if scope is not Scope.CONTEXT:
            assert not any(question(held) for question in QUESTIONS if question not in OF_THE_WHOLE), spelling


def test_what_merely_ends_like_a_role_is_none():
    for spelling, _said in vocabulary():
        for odd in (f"x{spelling}", f"https://evil.example/{spelling}", f"{spelling}x", f"{spelling}#Instructor"):
            assert parse_role(odd) is None or odd in dict(vocabulary()), odd


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
