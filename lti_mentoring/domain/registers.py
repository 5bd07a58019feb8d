"""Registers of professions: what their numbers look like, checked here without asking anybody.

A number that is well formed may still have been given to nobody: only whoever looks it up in the register knows. Each
row says where its rule comes from. Whoever's register is not here names it in words, and any number is taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lti_mentoring.domain.track_templates import N_
from lti_mentoring.errors import Refused

LONGEST_NUMBER = 40
OTHER = "other"


class NumberRefused(Refused):
    """A number that the register cannot have given. Facts: ``looks_like``."""

    code = "register_number_refused"


class NationalIdentity(Refused):
    """What looks like an Aadhaar number is never stored: it names a person to the state, and no register needs it."""

    code = "register_national_identity"


@dataclass(frozen=True, slots=True)
class Register:
    """One register. ``looks_like`` says to people what its numbers are; ``check`` looks at one without blanks."""

    key: str
    name: str
    looks_like: str
    source: str
    check: Callable[[str], bool]
    look_up: str = ""
    """The register's public page of search."""


def luhn(digits: str) -> bool:
    """Tell whether the last digit is the right one by ISO/IEC 7812-1, annex B."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


VERHOEFF = (
    "0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
    "5987604321", "6598710432", "7659821043", "8765932104", "9876543210",
)  # fmt: skip
"""The multiplication table of the dihedral group D5: row times column."""
PERMUTED = (
    "0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258",
)  # fmt: skip


def verhoeff(digits: str) -> bool:
    """Tell whether the last digit is the right one by J. Verhoeff's scheme (1969), as Aadhaar numbers have it."""
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = int(VERHOEFF[check][int(PERMUTED[place % 8][int(digit)])])
    return check == 0


def is_aadhaar(text: str) -> bool:
    """Tell whether a text is an Aadhaar number: twelve digits, none of the first two leading, with its check digit."""
    digits = re.sub(r"[\s-]", "", text)
    return re.fullmatch(r"[2-9][0-9]{11}", digits) is not None and verhoeff(digits)


def _digits(count: int) -> Callable[[str], bool]:
    return lambda number: re.fullmatch(f"[0-9]{{{count}}}", number) is not None


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda number: re.fullmatch(pattern, number) is not None


def _rpps(number: str) -> bool:
    return re.fullmatch(r"[0-9]{11}", number) is not None and luhn(number)


def _npi(number: str) -> bool:
    return re.fullmatch(r"[12][0-9]{9}", number) is not None and luhn(f"80840{number}")


REGISTERS = {
    one.key: one
    for one in (
        Register(
            "us_npi",
            N_("United States: National Provider Identifier"),
            N_("10 digits, the last one a check digit"),
            "45 CFR 162.406; the check digit is Luhn's over 80840 and the number (CMS, NPI standard)",
            _npi,
            "https://npiregistry.cms.hhs.gov/",
        ),
        Register(
            "in_hpr",
            N_("India: Healthcare Professionals Registry"),
            N_("14 digits"),
            "https://hpr.abdm.gov.in/en/faq",
            _digits(14),
            "https://hpr.abdm.gov.in/",
        ),
        Register(
            "uk_gmc",
            N_("United Kingdom: General Medical Council"),
            N_("7 digits"),
            "https://www.gmc-uk.org/registration-and-licensing/our-registers",
            _digits(7),
            "https://www.gmc-uk.org/registrants",
        ),
        Register(
            "uk_nmc",
            N_("United Kingdom: Nursing and Midwifery Council"),
            N_("8 characters: 2 digits, a letter, 4 digits, a letter"),
            "NHS North West GMSA, FHIR guide, PractitionerIdentifier: NNANNNNA",
            _like("[0-9]{2}[A-Z][0-9]{4}[A-Z]"),
            "https://www.nmc.org.uk/registration/search-the-register/",
        ),
        Register(
            "uk_gphc",
            N_("United Kingdom: General Pharmaceutical Council"),
            N_("7 digits"),
            "NHS North West GMSA, FHIR guide, PractitionerIdentifier: NNNNNNN",
            _digits(7),
            "https://www.pharmacyregulation.org/registers",
        ),
        Register(
            "au_ahpra",
            N_("Australia: Ahpra"),
            N_("3 letters and 10 digits"),
            "http://hl7.org.au/fhir/StructureDefinition-au-ahpraregistrationnumber-definitions.html (inv-ahpra-0)",
            _like("[A-Z]{3}[0-9]{10}"),
            "https://www.ahpra.gov.au/Registration/Registers-of-Practitioners.aspx",
        ),
        Register(
            "fr_rpps",
            N_("France: RPPS"),
            N_("11 digits, the last one a check digit"),
            "Agence du Numérique en Santé, table of identifiers: 11 digits, the last one Luhn's",
            _rpps,
            "https://annuaire.sante.fr/",
        ),
        Register(OTHER, N_("Another register"), N_("as it stands on the document"), "", lambda number: bool(number)),
    )
}


def clean_number(register: str, typed: str) -> str:
    """Return a number as it is kept: without blanks and hyphens where the register has none.

    Raises NationalIdentity and NumberRefused; an empty number of another register is none at all.
    """
    if is_aadhaar(typed):
        raise NationalIdentity
    known = REGISTERS[register]
    number = typed.strip() if register == OTHER else re.sub(r"[\s.-]", "", typed).upper()
    if not number or len(number) > LONGEST_NUMBER or not known.check(number):
        raise NumberRefused(looks_like=known.looks_like)
    return number
