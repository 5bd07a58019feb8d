"""Find what could name a patient in a student's words, before they are sent.

A pattern check, not a promise: it looks for the forms that identifiers usually take (the direct identifiers of the
HIPAA Safe Harbor list, 45 CFR 164.514(b)(2), and the NHS number's check digit, NHS Data Dictionary). A date without a
year, an age, a laboratory value or the year of a study is no finding: people stop reading warnings that are wrong.

Addresses of the web are made of numbers, dates and identifiers of pages. In a link, therefore, a number or a date
counts only beside a word that makes it a patient's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import chain
from urllib.parse import unquote, unquote_plus, urlsplit


class Identifier(StrEnum):
    """What a finding looks like."""

    BIRTH_DATE = "birth_date"
    RECORD_NUMBER = "record_number"
    EMAIL = "email"
    PHONE = "phone"
    NAME = "name"
    LONG_NUMBER = "long_number"


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of text that may name somebody: ``text[start:end]``."""

    kind: Identifier
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text as it is shown: marked when ``kind`` is given."""

    text: str
    kind: Identifier | None = None


YOUNGEST_COURSE_YEARS = 2
"""A full date within so many years is taken for a date of the work itself, not of a birth."""

MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
FULL_DATE = re.compile(
    rf"\b(?:(?P<a>\d{{1,2}})[./-](?P<b>\d{{1,2}})[./-](?P<y1>(?:\d{{2}}){{1,2}})"
    rf"|(?P<y2>\d{{4}})[./-]\d{{1,2}}[./-]\d{{1,2}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH},?\s+(?P<y3>\d{{4}})"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+(?P<y4>\d{{4}}))\b",
    re.IGNORECASE,
)
DAY = rf"(?:{FULL_DATE.pattern.replace('(?P<a>', '(').replace('(?P<b>', '(')}|\d{{1,2}}(?:st|nd|rd|th)?\s+{MONTH})"
DAY = re.sub(r"\(\?P<y\d>", "(?:", DAY)
BORN = re.compile(
    rf"\b(?:d\.?o\.?b\.?|dates?\s?of\s?birth|birth\s?date|birthday|born(?:\s+on)?|geb(?:\.|oren)(?:\s+am)?|née? le)"
    rf"\s*(?:is|was)?\s*[:=-]?\s*{DAY}",
    re.IGNORECASE,
)
NUMBERED = r"\s*(?:id|no|num|number|nr|#)"
ITS_NUMBER = (
    r"(?:\s*(?:id|no|num|number|nr))?\.?\s*(?:is\s*)?[:=#]?\s*"
    r"(?P<id>[a-z]{0,4}[-/ ]?\d(?:[ /-]?\d){3,}[a-z]?)\b"
)
PATIENTS = r"ip|op|ipd|opd|hospital|patient|admission|abha|aadhaar|insurance|medicare|ssn"
RECORD = re.compile(
    rf"\b(?:mrn|uhid|urn|umr|ipno|opno|nhs|chi|pid|mpi"
    rf"|(?:{PATIENTS}|cr|record|chart|case|file|folder|registration|reg){NUMBERED}){ITS_NUMBER}",
    re.IGNORECASE,
)
RECORD_IN_LINK = re.compile(
    rf"\b(?:mrn|uhid|umr|ipno|opno|nhs(?=\W?\d{{3}}\W?\d{{3}}\W?\d{{4}}\b)|(?:{PATIENTS}|nhs){NUMBERED}){ITS_NUMBER}",
    re.IGNORECASE,
)
"""Pages and files have a "pid", a "file id" and a "record number" as well, and the NHS writes of each year."""
NHS_SHAPE = re.compile(r"(?<![\d+])\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"(?<![\w+])(?:\+\d{1,3}[\s().-]*(?:\d[\s().-]?){6,12}\d"
    r"|\(\d{2,5}\)[\s.-]?\d(?:[\s.-]?\d){5,8}"
    r"|0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4})(?!\w)"
)
CALL = re.compile(
    r"\b(?:phone|tel|telephone|mobile|mob|cell|whatsapp)\b\W{0,3}(?P<id>\d(?:[\s-]?\d){5,12})", re.IGNORECASE
)
LONG_NUMBER = re.compile(r"(?<![\w.,/])(?:\d{7,}|\d{3,}(?:[ -]\d{3,}){2,})(?![\w/]|[.,]\d)")
NOT_A_PERSONS = re.compile(
    r"https?://\S+|\bdoi\W{0,2}\S+|\b10\.\d{4,}/\S+|\b(?:pmid|pmcid|isbn|issn|orcid|grant|nct)\W{0,2}[\dx-]+",
    re.IGNORECASE,
)
AN_AMOUNT = re.compile(r"\s*(?:iu|units?|cells?|copies|mg|ml|kg|km|steps|people|years|women|men|/)", re.IGNORECASE)
WORD = r"[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*"
TITLED = re.compile(
    rf"(?<!\w)(?:Mr|Mrs|Ms|Miss|Mx|Master|Herr|Frau|Shri|Sri|Smt|Kumari|Señora?|Madame|Monsieur|Mme)\b\.?\s+"
    rf"(?P<id>{WORD}(?:\s+{WORD})?)"
)
TITLED_ELSEWHERE = re.compile(r"(?:श्रीमती|श्री|السيدة|السيد)\s+(?P<id>\w[\w\u0900-\u097f\u0600-\u06ff]+)")
CALLED = re.compile(
    rf"\b(?:(?i:patient(?:['’]s)? name|name of (?:the |my |our )?patient|full name)(?:\s+(?i:is|was))?\s*[:=-]?"
    rf"|(?i:patient|woman|man|lady|gentleman|boy|girl|child|baby|mother|father),?\s+(?:(?i:is|was)\s+)?(?i:called|named)"
    rf"|(?i:my|our|the|this)\s+patient,?)\s+(?P<id>{WORD}(?:\s+{WORD})?)"
)
HEADED = re.compile(rf"\b(?i:patient|pt|name)\s*:\s*(?P<id>{WORD}\s+{WORD})")
BETWEEN_WORDS = re.compile(r"[_=]|(?<=[^\W\d_])[-+](?=[^\W\d_])")
BETWEEN_PARTS = str.maketrans(dict.fromkeys("/?&;#", "="))
"""A word and its number may lie on both sides ("mrn/445566"); a date, a name or a number in groups may not."""
NO_TITLES_IN_LINK = ("Master", "Sri")
"""A thesis, a class and an island are written like this in an address."""
NO_NAMES = {
    "i", "he", "she", "they", "we", "you", "it", "his", "her", "their", "is", "was", "has", "had", "will", "and",
    "or", "but", "when", "who", "as", "a", "an", "the", "on", "in", "at", "to", "with", "from", "of", "mr", "mrs",
    "ms", "miss", "dr", "prof", "professor", "sister", "nurse", "english", "hindi", "french", "spanish", "german",
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "march",
    "april", "may", "june", "july", "august", "september", "october", "november", "december", "safety", "history",
    "education", "care", "centre", "center", "council", "portal", "record", "records", "notes", "x", "y", "z",
}  # fmt: skip


def find_identifiers(text: str, *, today: date) -> tuple[Finding, ...]:
    """Return what may name somebody, in the order of the text; of two that overlap the more telling one."""
    quiet = NOT_A_PERSONS.sub(lambda found: " " * len(found[0]), text)
    return _apart(
        len(quiet),
        _whole(Identifier.EMAIL, EMAIL, quiet),
        _whole(Identifier.BIRTH_DATE, BORN, quiet),
        _old_dates(quiet, today),
        _whole(Identifier.RECORD_NUMBER, RECORD, quiet),
        _health_numbers(quiet),
        _whole(Identifier.PHONE, CALL, quiet),
        _whole(Identifier.PHONE, PHONE, quiet),
        _names(quiet),
        _long_numbers(quiet),
    )


def words_of_link(link: str) -> str:
    """Return what a web address says behind its host, as its writer meant it."""
    parts = urlsplit(link)
    query, fragment = parts.query and f"?{unquote_plus(parts.query)}", parts.fragment and f"#{unquote(parts.fragment)}"
    return f"{unquote(parts.path)}{query}{fragment}"


def find_in_link(words: str) -> tuple[Finding, ...]:
    """Return what may name somebody in the words of a link, in their order."""
    quiet = BETWEEN_WORDS.sub(" ", words).translate(BETWEEN_PARTS)
    found = _apart(
        len(quiet),
        _whole(Identifier.EMAIL, EMAIL, quiet),
        _whole(Identifier.BIRTH_DATE, BORN, quiet),
        _whole(Identifier.RECORD_NUMBER, RECORD_IN_LINK, quiet),
        _whole(Identifier.PHONE, CALL, quiet),
        _names(quiet),
    )
    written = (replace(finding, text=words[finding.start : finding.end]) for finding in found)
    return tuple(finding for finding in written if not _is_how_pages_are_named(finding))


def pieces(text: str, findings: Sequence[Finding]) -> tuple[Piece, ...]:
    """Cut the text so that each finding is a piece of its own."""
    cut: list[Piece] = []
    at = 0
    for finding in findings:
        cut += [Piece(text[at : finding.start]), Piece(finding.text, finding.kind)]
        at = finding.end
    cut.append(Piece(text[at:]))
    return tuple(piece for piece in cut if piece.text)


def fingerprint(findings: Sequence[Finding]) -> str:
    """Return a mark of exactly these findings: who said "send anyway" said it to these, not to others added later."""
    told = "\n".join(sorted(f"{finding.kind.value}:{finding.text}" for finding in findings))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def is_health_number(digits: str) -> bool:
    """Whether ten digits carry the check digit of an NHS number (weights 10 to 2, modulo 11)."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False))
    return len(digits) == 10 and 11 - total % 11 in {int(digits[9]), int(digits[9]) + 11}


def _apart(length: int, *readings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return the findings in the order of the text; of two that overlap the one that was read first."""
    kept: list[Finding] = []
    taken = bytearray(length)  # a text file may hold a hundred thousand numbers, too many to compare with one another
    for finding in chain(*readings):
        if not any(taken[finding.start : finding.end]):
            taken[finding.start : finding.end] = b"\1" * (finding.end - finding.start)
            kept.append(finding)
    return tuple(sorted(kept, key=lambda finding: finding.start))


def _is_how_pages_are_named(finding: Finding) -> bool:
    """Whether an address says this of a page: a release ("htmx@1.9.2"), an article ("/mobile/20231234"), a thesis."""
    if finding.kind is Identifier.EMAIL:
        return finding.text[-1].isdigit()
    if finding.kind is Identifier.PHONE:
        return "/" in finding.text
    return finding.kind is Identifier.NAME and finding.text.startswith(NO_TITLES_IN_LINK)


def _whole(kind: Identifier, pattern: re.Pattern[str], text: str) -> Iterator[Finding]:
    for found in pattern.finditer(text):
        yield Finding(kind, found.start(), found.end(), found[0])


def _old_dates(text: str, today: date) -> Iterator[Finding]:
    for found in FULL_DATE.finditer(text):
        year = int(next(filter(None, (found[name] for name in ("y1", "y2", "y3", "y4")))))
        if year < 100:
            year += 2000 if year <= today.year % 100 else 1900
        if today.year - 120 <= year <= today.year - YOUNGEST_COURSE_YEARS:
            yield Finding(Identifier.BIRTH_DATE, found.start(), found.end(), found[0])


def _health_numbers(text: str) -> Iterator[Finding]:
    for found in NHS_SHAPE.finditer(text):
        if is_health_number(re.sub(r"\D", "", found[0])):
            yield Finding(Identifier.RECORD_NUMBER, found.start(), found.end(), found[0])


def _long_numbers(text: str) -> Iterator[Finding]:
    for found in LONG_NUMBER.finditer(text):
        if not AN_AMOUNT.match(text, found.end()):
            yield Finding(Identifier.LONG_NUMBER, found.start(), found.end(), found[0])


def _names(text: str) -> Iterator[Finding]:
    for pattern, fewest in ((TITLED, 1), (CALLED, 1), (HEADED, 2)):
        for found in pattern.finditer(text):
            words = [word for word in found["id"].split() if _is_a_name(word)]
            if len(words) >= fewest and found["id"].startswith(words[0]):
                end = text.index(words[-1], found.start("id")) + len(words[-1])
                yield Finding(Identifier.NAME, found.start(), end, text[found.start() : end])
    for found in TITLED_ELSEWHERE.finditer(text):
        yield Finding(Identifier.NAME, found.start(), found.end(), found[0])


def _is_a_name(word: str) -> bool:
    """Whether a word is written as a name: a capital and more than an initial ("Mrs K." names nobody)."""
    return len(word) > 2 and word[0] == word[0].upper() and word.lower() not in NO_NAMES
