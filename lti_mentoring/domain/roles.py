"""What a platform says that a person is: every published spelling of an LTI role, read into one small value.

A role that no table holds is ignored: it never crashes a launch and never promotes anybody. Vocabulary: LTI core 1.3,
appendix A.2; the older names: LTI 1.1 implementation guide, appendix A.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Scope(StrEnum):
    """Where a role holds: in this course, in the whole institution, or on the platform itself."""

    CONTEXT = "context"
    INSTITUTION = "institution"
    SYSTEM = "system"


class Principal(StrEnum):
    """The role's own name, without its sub-role."""

    ACCOUNT_ADMIN = "AccountAdmin"
    ADMINISTRATOR = "Administrator"
    ALUMNI = "Alumni"
    CONTENT_DEVELOPER = "ContentDeveloper"
    CREATOR = "Creator"
    FACULTY = "Faculty"
    GUEST = "Guest"
    INSTRUCTOR = "Instructor"
    LEARNER = "Learner"
    MANAGER = "Manager"
    MEMBER = "Member"
    MENTOR = "Mentor"
    NONE = "None"
    OBSERVER = "Observer"
    OFFICER = "Officer"
    OTHER = "Other"
    PROSPECTIVE_STUDENT = "ProspectiveStudent"
    STAFF = "Staff"
    STUDENT = "Student"
    SYS_ADMIN = "SysAdmin"
    SYS_SUPPORT = "SysSupport"
    TEST_USER = "TestUser"
    USER = "User"


@dataclass(frozen=True, slots=True)
class Role:
    """One role that the platform vouches for; ``sub`` is the published sub-role, such as ``TeachingAssistant``."""

    scope: Scope
    principal: Principal
    sub: str | None = None


_LIS = "http://purl.imsglobal.org/vocab/lis/v2"
_TEST_USER_URI = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"
_TEACHING_ASSISTANT = "TeachingAssistant"

_TEACHING_ASSISTANTS = (
    _TEACHING_ASSISTANT,
    "TeachingAssistantGroup",
    "TeachingAssistantOffering",
    "TeachingAssistantSection",
    "TeachingAssistantSectionAssociation",
    "TeachingAssistantTemplate",
)

_CONTEXT: dict[Principal, tuple[str, ...]] = {
    Principal.ADMINISTRATOR: (
        "Administrator",
        "Developer",
        "ExternalDeveloper",
        "ExternalSupport",
        "ExternalSystemAdministrator",
        "Support",
        "SystemAdministrator",
    ),
    Principal.CONTENT_DEVELOPER: ("ContentDeveloper", "ContentExpert", "ExternalContentExpert", "Librarian"),
    Principal.INSTRUCTOR: (
        "ExternalInstructor",
        "Grader",
        "GuestInstructor",
        "Instructor",
        "Lecturer",
        "PrimaryInstructor",
        "SecondaryInstructor",
        *_TEACHING_ASSISTANTS,
    ),
    Principal.LEARNER: ("ExternalLearner", "GuestLearner", "Instructor", "Learner", "NonCreditLearner"),
    Principal.MANAGER: ("AreaManager", "CourseCoordinator", "ExternalObserver", "Manager", "Observer"),
    Principal.MEMBER: ("Member",),
    Principal.MENTOR: (
        "Advisor",
        "Auditor",
        "ExternalAdvisor",
        "ExternalAuditor",
        "ExternalLearningFacilitator",
        "ExternalMentor",
        "ExternalReviewer",
        "ExternalTutor",
        "LearningFacilitator",
        "Mentor",
        "Reviewer",
        "Tutor",
    ),
    Principal.OFFICER: ("Chair", "Communications", "Secretary", "Treasurer", "Vice-Chair"),
}

_INSTITUTION = (
    Principal.ADMINISTRATOR,
    Principal.ALUMNI,
    Principal.FACULTY,
    Principal.GUEST,
    Principal.INSTRUCTOR,
    Principal.LEARNER,
    Principal.MEMBER,
    Principal.MENTOR,
    Principal.NONE,
    Principal.OBSERVER,
    Principal.OTHER,
    Principal.PROSPECTIVE_STUDENT,
    Principal.STAFF,
    Principal.STUDENT,
)

_SYSTEM = (
    Principal.ACCOUNT_ADMIN,
    Principal.ADMINISTRATOR,
    Principal.CREATOR,
    Principal.NONE,
    Principal.SYS_ADMIN,
    Principal.SYS_SUPPORT,
    Principal.USER,
)


def _context_spellings() -> Iterator[tuple[str, Role]]:
    for principal, subs in _CONTEXT.items():
        plain = Role(Scope.CONTEXT, principal)
        for spelling in (f"{_LIS}/membership#{principal}", f"urn:lti:role:ims/lis/{principal}", str(principal)):
            yield spelling, plain
        for sub in subs:
            yield f"{_LIS}/membership/{principal}#{sub}", Role(Scope.CONTEXT, principal, sub)
            yield f"urn:lti:role:ims/lis/{principal}/{sub}", Role(Scope.CONTEXT, principal, sub)


def _teaching_assistant_spellings() -> Iterator[tuple[str, Role]]:
    """Spell what LTI 1.1 held for a role of its own; since 1.3 it is a kind of instructor."""
    plain = Role(Scope.CONTEXT, Principal.INSTRUCTOR, _TEACHING_ASSISTANT)
    for spelling in (f"{_LIS}/membership#{_TEACHING_ASSISTANT}", _TEACHING_ASSISTANT):
        yield spelling, plain
    yield f"urn:lti:role:ims/lis/{_TEACHING_ASSISTANT}", plain
    for sub in _TEACHING_ASSISTANTS:
        yield f"urn:lti:role:ims/lis/{_TEACHING_ASSISTANT}/{sub}", Role(Scope.CONTEXT, Principal.INSTRUCTOR, sub)
    # An assistant who grades; in 1.3 a grader is an instructor of another kind.
    yield f"urn:lti:role:ims/lis/{_TEACHING_ASSISTANT}/Grader", plain


def _person_spellings() -> Iterator[tuple[str, Role]]:
    """Spell the roles outside a course.

    The deprecated ``person#`` meant either scope: where both know a name, the institution's wins, being last.
    """
    for scope, name, urn, principals in (
        (Scope.SYSTEM, "system", "sysrole", _SYSTEM),
        (Scope.INSTITUTION, "institution", "instrole", _INSTITUTION),
    ):
        for principal in principals:
            role = Role(scope, principal)
            yield f"{_LIS}/{name}/person#{principal}", role
            yield f"urn:lti:{urn}:ims/lis/{principal}", role
            yield f"{_LIS}/person#{principal}", role
    yield _TEST_USER_URI, Role(Scope.SYSTEM, Principal.TEST_USER)


# Looked up in lower case: Canvas sends ``membership/instructor#TeachingAssistant``.
_SPELLINGS: dict[str, Role] = {
    spelling.lower(): role
    for source in (_context_spellings(), _teaching_assistant_spellings(), _person_spellings())
    for spelling, role in source
}


def parse_role(raw: str) -> Role | None:
    """Read one role as a platform spells it; None for one that no vocabulary holds."""
    return _SPELLINGS.get(raw.strip().lower())


def parse_roles(raw: Iterable[str]) -> frozenset[Role]:
    """Read all roles of a message; unknown ones are left out."""
    return frozenset(role for text in raw if (role := parse_role(text)) is not None)


def is_learner(roles: Iterable[Role]) -> bool:
    """Whether the person learns in this course."""
    return _holds(roles, Scope.CONTEXT, Principal.LEARNER)


def is_faculty(roles: Iterable[Role]) -> bool:
    """Whether the person teaches or builds this course; a teaching assistant does not, whatever else is sent.

    Canvas sends the plain Instructor with every teaching assistant, so the sub-role decides.
    """
    held = frozenset(roles)
    teaches = _holds(held, Scope.CONTEXT, Principal.INSTRUCTOR, Principal.CONTENT_DEVELOPER)
    return teaches and not is_teaching_assistant(held)


def is_teaching_assistant(roles: Iterable[Role]) -> bool:
    """Whether the person assists in this course: a candidate for mentor, not faculty."""
    return any(role.scope is Scope.CONTEXT and role.sub in _TEACHING_ASSISTANTS for role in roles)


def is_mentor_observer(roles: Iterable[Role]) -> bool:
    """Whether the platform calls the person a Mentor in this course (in Canvas: an observer, often a parent)."""
    return _holds(roles, Scope.CONTEXT, Principal.MENTOR)


def is_platform_administrator(roles: Iterable[Role]) -> bool:
    """Whether the person administers the course, the institution or the platform itself, as the platform says."""
    held = frozenset(roles)
    return (
        _holds(held, Scope.CONTEXT, Principal.ADMINISTRATOR)
        or _holds(held, Scope.INSTITUTION, Principal.ADMINISTRATOR)
        or _holds(held, Scope.SYSTEM, Principal.ADMINISTRATOR, Principal.SYS_ADMIN)
    )


def is_test_user(roles: Iterable[Role]) -> bool:
    """Whether this is the platform's pretended student (Canvas's student view)."""
    return _holds(roles, Scope.SYSTEM, Principal.TEST_USER)


def _holds(roles: Iterable[Role], scope: Scope, *principals: Principal) -> bool:
    return any(role.scope is scope and role.principal in principals for role in roles)
