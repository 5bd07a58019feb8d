"""The fixed cast of the demonstration course: who they are, and what the LMS says of them.

Both sides read it: the LMS to launch them, and the demonstration data of the tool, so that the two agree.
Every person is invented; the mail domain is reserved for examples (RFC 2606).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION_PERSON = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"

CONTEXT_ID = "med402-2026-autumn"
CONTEXT_LABEL = "MED 402"
CONTEXT_TITLE = "MED 402 Clinical placement, Autumn 2026"
RESOURCE_LINK_ID = "med402-mentoring"
RESOURCE_LINK_TITLE = "Mentoring"
RESEARCH_ID = "med512-2026-autumn"
RESEARCH_LABEL = "MED 512"
RESEARCH_TITLE = "MED 512 Research project, Autumn 2026"
RESEARCH_LINK_ID = "med512-mentoring"
"""The second course, in which a student has two mentors."""


WARDS = ("Ward 3", "Ward 5")
"""The course's sections."""


class Part(StrEnum):
    """The part a person plays in the demonstration; the LMS never says it to the tool."""

    FACULTY = "faculty"
    MENTOR = "mentor"
    STUDENT = "student"
    ADMINISTRATOR = "administrator"
    OBSERVER = "observer"


@dataclass(frozen=True, slots=True)
class Person:
    """One of the cast. ``sub`` is the LTI user id, ``lang`` the BCP 47 tag of the name as written.

    ``latin`` is the name in Latin letters (equal to ``name`` where that is Latin already); ``email`` may be empty,
    since not every LMS sends one; ``enrolled`` is false for whoever opens the course without being listed in it.
    ``observes`` are the subs of those whom the person may look after.
    """

    sub: str
    part: Part
    name: str
    given: str
    family: str
    lang: str
    latin: str
    email: str
    roles: tuple[str, ...]
    enrolled: bool = True
    observes: tuple[str, ...] = ()

    @property
    def custom(self) -> dict[str, str]:
        """What each launch tells of the person besides: the section, written as Canvas does."""
        if self.part is not Part.STUDENT:
            return {}
        return {"section_names": json.dumps([WARDS[int(self.sub[-2:]) % len(WARDS)]])}


FACULTY_ROLES = (f"{MEMBERSHIP}#Instructor", f"{INSTITUTION_PERSON}#Faculty")
STUDENT_ROLES = (f"{MEMBERSHIP}#Learner", f"{INSTITUTION_PERSON}#Student")
ADMINISTRATOR_ROLES = (f"{MEMBERSHIP}#Administrator", f"{INSTITUTION_PERSON}#Administrator")
# In which ways an LMS sees the people whom faculty later tick as mentors; none of them is a mentor to it.
ASSISTANT = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
ASSISTANT_ROLES = (ASSISTANT, f"{MEMBERSHIP}#Instructor")
STAFF_MEMBER_ROLES = (f"{INSTITUTION_PERSON}#Staff", f"{MEMBERSHIP}#Member")
# In Canvas an observer, often a parent: never a mentor of ours.
OBSERVER_ROLES = (f"{MEMBERSHIP}#Mentor", f"{INSTITUTION_PERSON}#Observer")


def _staff(sub: str, part: Part, name: str, family: str, lang: str, latin: str, roles: tuple[str, ...]) -> Person:
    given = name.removesuffix(family).strip()
    email = f"{sub.removeprefix('staff-')}@hospital.example.edu"
    enrolled = part is not Part.ADMINISTRATOR
    return Person(sub, part, name, given, family, lang, latin, email, roles, enrolled)


def _student(number: int, given: str, family: str, lang: str, latin: str = "", *, family_first: bool = False) -> Person:
    parts = (family, given) if family_first else (given, family)
    # Chinese, Japanese and Korean names carry no space between family and given name.
    name = ("" if lang in {"zh", "ja", "ko"} else " ").join(filter(None, parts))
    email = f"s{number:02d}@students.example.edu"
    return Person(f"student-{number:02d}", Part.STUDENT, name, given, family, lang, latin or name, email, STUDENT_ROLES)


FACULTY = _staff(
    "staff-lindqvist", Part.FACULTY, "Prof Hanna Lindqvist", "Lindqvist", "sv", "Prof Hanna Lindqvist", FACULTY_ROLES
)
MENTORS = (
    _staff("staff-raman", Part.MENTOR, "Dr Priya Raman", "Raman", "en", "Dr Priya Raman", ASSISTANT_ROLES),
    _staff("staff-okafor", Part.MENTOR, "Dr Chidi Okafor", "Okafor", "ig", "Dr Chidi Okafor", (ASSISTANT,)),
    _staff(
        "staff-ibanez",
        Part.MENTOR,
        "Dra. María-José Ibáñez",
        "Ibáñez",
        "es",
        "Dra. María-José Ibáñez",
        STAFF_MEMBER_ROLES,
    ),
    # Teaches the course as well: somebody who may sit in two places.
    _staff("staff-pappa", Part.MENTOR, "Δρ Ελένη Παππά", "Παππά", "el", "Dr Eleni Pappa", FACULTY_ROLES),
)
ADMINISTRATOR = _staff(
    "staff-whitfield", Part.ADMINISTRATOR, "Rosalind Whitfield", "Whitfield", "en", "Rosalind Whitfield",
    ADMINISTRATOR_ROLES,
)  # fmt: skip
OBSERVER = Person(
    "guardian-nguyen", Part.OBSERVER, "Nguyễn Thu Hà", "Thu Hà", "Nguyễn", "vi", "Nguyễn Thu Hà", "", OBSERVER_ROLES,
    enrolled=False, observes=("student-01", "student-07", "student-02"),
)  # fmt: skip
STUDENTS = (
    _student(1, "Minh Anh", "Nguyễn", "vi", family_first=True),
    _student(2, "Layla", "Haddad", "fr"),
    _student(3, "आरव", "शर्मा", "hi", "Aarav Sharma"),
    _student(4, "فاطمة", "الزهراني", "ar", "Fatima Al-Zahrani"),
    _student(5, "小雨", "王", "zh", "Wang Xiaoyu", family_first=True),
    _student(6, "葵", "田中", "ja", "Tanaka Aoi", family_first=True),
    _student(7, "서연", "김", "ko", "Kim Seo-yeon", family_first=True),
    _student(8, "ณัฐวุฒิ", "ศรีสุวรรณ", "th", "Natthawut Sisuwan"),
    _student(9, "Олена", "Ковальчук", "uk", "Olena Kovalchuk"),
    _student(10, "Γιώργος", "Παπαδόπουλος", "el", "Giorgos Papadopoulos"),
    _student(11, "נועה", "לוי", "he", "Noa Levi"),
    _student(12, "Ọlábísí", "Adéyẹmí", "yo"),
    _student(13, "Łukasz", "Wójcik", "pl"),
    _student(14, "Zoë", "Müller-Brandström", "de"),
    # Forty characters: the name that every layout must survive.
    _student(15, "Christiana Alexandrina", "Featherstonehaugh", "en"),
    _student(16, "Suharto", "", "id"),
    _student(17, "Þórdís", "Guðmundsdóttir", "is"),
    _student(18, "Ayşe", "Yıldırım", "tr"),
    _student(19, "रितु", "थापा", "ne", "Ritu Thapa"),
    _student(20, "علی", "احمدی", "fa", "Ali Ahmadi"),
    _student(21, "Thabo", "Mokoena", "st"),
    _student(22, "Aoife", "Ní Bhriain", "ga"),
    _student(23, "João", "Conceição", "pt"),
    _student(24, "அருண்", "முருகன்", "ta", "Arun Murugan"),
    _student(25, "তাসনিম", "রহমান", "bn", "Tasnim Rahman"),
    _student(26, "Kaimana", "Kealoha", "haw"),
    _student(27, "Siobhan", "O'Donnell-Whyte", "en"),
    _student(28, "Дмитро", "Шевченко", "uk", "Dmytro Shevchenko"),
    _student(29, "Xóchitl", "Hernández Cruz", "es"),
    _student(30, "አበበ", "ተስፋዬ", "am", "Abebe Tesfaye"),
)
PEOPLE = (FACULTY, *MENTORS, *STUDENTS, ADMINISTRATOR, OBSERVER)
BY_SUB = {person.sub: person for person in PEOPLE}
RESEARCHERS = tuple(f"student-{number:02d}" for number in (2, 4, 6, 10, 13, 17, 18, 22, 23, 27))
"""The students of the second course; everybody else is in both."""
