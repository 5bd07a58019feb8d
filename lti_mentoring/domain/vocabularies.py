"""What mentors may say of their work, as data: one table for the health professions, one for any other field.

A track's template says which table its forms offer. Terms are kept by their keys, which say which table they are of;
whoever mentors in tracks of both kinds keeps what was said in each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from lti_mentoring.domain.track_templates import N_

Terms = tuple[tuple[str, str], ...]
"""Key and words, in the order in which they are offered."""


class MentoringDomain(StrEnum):
    """What mentoring is about, in any field of work: profiles offer help with it, and goals are set in it."""

    ACADEMIC = "academic"
    PRACTICE = "practice"
    """Of the health professions: clinical practice."""
    RESEARCH = "research"
    CAREER = "career"


DOMAIN_OF = {**{domain.value: domain for domain in MentoringDomain}, "clinical": MentoringDomain.PRACTICE}
"""By the keys that profiles keep."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One field's words. ``domains``: the four kinds of help that mentoring is."""

    professions: Terms
    specialties: Terms
    skills: Terms
    domains: Terms

    @property
    def domain_words(self) -> dict[MentoringDomain, str]:
        """What this field calls each of the four."""
        return {DOMAIN_OF[key]: words for key, words in self.domains}


SKILLS = (
    ("feedback", N_("Giving and taking feedback")),
    ("planning", N_("Planning one’s time")),
    ("writing", N_("Writing")),
    ("presenting", N_("Presenting")),
    ("methods", N_("Methods of research")),
    ("applying", N_("Applications and interviews")),
    ("leading", N_("Leading a team")),
    ("balance", N_("Staying well at work")),
)
GENERAL = Vocabulary(
    professions=(
        ("general.teaching", N_("Teaching")),
        ("general.research", N_("Research")),
        ("general.engineering", N_("Engineering and computing")),
        ("general.business", N_("Business and administration")),
        ("general.law", N_("Law")),
        ("general.social", N_("Social work")),
        ("general.arts", N_("Arts and media")),
        ("general.other", N_("Another profession")),
    ),
    specialties=(
        ("general.languages", N_("Languages")),
        ("general.mathematics", N_("Mathematics and statistics")),
        ("general.sciences", N_("Natural sciences")),
        ("general.computing", N_("Computing")),
        ("general.economics", N_("Economics")),
        ("general.education", N_("Education")),
        ("general.humanities", N_("Humanities")),
        ("general.design", N_("Design")),
    ),
    skills=SKILLS,
    domains=(
        ("academic", N_("Studies")),
        ("practice", N_("Practical work")),
        ("research", N_("Research")),
        ("career", N_("Career")),
    ),
)
HEALTH = Vocabulary(
    professions=(
        ("health.physician", N_("Physician or surgeon")),
        ("health.nurse", N_("Nurse")),
        ("health.midwife", N_("Midwife")),
        ("health.pharmacist", N_("Pharmacist")),
        ("health.dentist", N_("Dentist")),
        ("health.ayush", N_("AYUSH practitioner")),
        ("health.allied", N_("Allied health professional")),
        ("health.other", N_("Another health profession")),
    ),
    specialties=(
        ("health.internal", N_("Internal medicine")),
        ("health.surgery", N_("Surgery")),
        ("health.paediatrics", N_("Paediatrics")),
        ("health.obstetrics", N_("Obstetrics and gynaecology")),
        ("health.family", N_("Family medicine")),
        ("health.emergency", N_("Emergency medicine")),
        ("health.anaesthesia", N_("Anaesthesia and intensive care")),
        ("health.psychiatry", N_("Psychiatry")),
        ("health.oncology", N_("Oncology")),
        ("health.public", N_("Public health")),
    ),
    skills=(
        *SKILLS,
        ("health.patients", N_("Talking with patients")),
        ("health.relatives", N_("Talking with relatives and guardians")),
        ("health.reasoning", N_("Reasoning at the bedside")),
        ("health.procedures", N_("Procedures")),
    ),
    domains=(
        ("academic", N_("Studies")),
        ("clinical", N_("Clinical practice")),
        ("research", N_("Research")),
        ("career", N_("Career")),
    ),
)
BY_TEMPLATE = {"clinical": HEALTH}
LANGUAGES = (
    "am", "ar", "bn", "cs", "da", "de", "el", "en", "es", "fa", "fi", "fr", "gu", "ha", "he", "hi", "hu", "id", "ig",
    "it", "ja", "kn", "ko", "ml", "mr", "ms", "nl", "no", "pa", "pl", "pt", "ro", "ru", "sv", "sw", "ta", "te", "th",
    "tr", "uk", "ur", "vi", "yo", "zh", "zu",
)  # fmt: skip
"""By their codes (BCP 47); a page names each in its reader's language."""


def vocabulary_of(template: str) -> Vocabulary:
    """Return the words for tracks made from a template."""
    return BY_TEMPLATE.get(template, GENERAL)


def words_of(key: str) -> str:
    """Return the words of a term of any table, the key itself for one that is no more."""
    return WORDS.get(key, key)


WORDS = {
    key: words
    for table in (HEALTH, GENERAL)
    for terms in (table.professions, table.specialties, table.skills, table.domains)
    for key, words in terms
}
