"""The facts of one award, as they were on its day, turned into the printed sheet and into the public document."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from babel import Locale
from babel.dates import format_date

from lti_mentoring.awarding.badge import AchievementFacts, BadgeFacts, EvidenceFacts, IssuerFacts, Recipient
from lti_mentoring.awarding.certificate import (
    CertificateText,
    PrintedCertificate,
    ShownMilestone,
    Signer,
    knots_of,
    render_certificate,
)
from lti_mentoring.domain.awards import Released, printed_names, said_sentence, shown_milestones, written_number

if TYPE_CHECKING:
    from lti_mentoring.awarding.status_list import StatusEntry
    from lti_mentoring.domain.milestones import Standing
    from lti_mentoring.models import Award, Context, Institution, Person, Track

Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class AwardWords:
    """The words of a certificate that nobody in the course wrote, in the certificate's language.

    They are kept with the award, so that it reads the same for ever. ``%(…)s`` stands for what is filled in.
    """

    language: str
    kind: str
    """Certificate of mentorship."""
    heading: str
    """The document's title, with ``%(name)s``."""
    joined: str
    """Achievement and sentence, where the sentence does not name it: ``%(achievement)s``, ``%(sentence)s``."""
    check_line: str
    """With ``%(address)s``."""
    qr_alt: str
    faculty_role: str
    mentor_role: str
    undisclosed: str
    """What the public document says while its holder has not released what the certificate is for."""
    criteria: str
    """With ``%(milestones)s``."""
    signed_off: str
    """One released milestone's story, with ``%(date)s``."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who and what a new certificate is about."""

    institution: Institution
    course: Context
    track: Track
    student: Person
    milestones: tuple[Standing, ...]
    issued_by: str
    mentors: tuple[tuple[str, str], ...]
    """Who mentored, and in which role ("": the track tells none apart)."""


def facts_of(subject: Subject, words: AwardWords, digits: Iterable[int]) -> Facts:
    """Write down everything that the certificate says today; nothing later in the track or roster changes it."""
    track = subject.track
    title = track.certificate_title or track.title
    achievement, sentence = said_sentence(title, track.certificate_sentence or track.purpose, words.joined)
    signers = [{"name": subject.issued_by, "role": words.faculty_role}]
    signers += _in_two_places(
        [(name, role or words.mentor_role) for name, role in subject.mentors if name != subject.issued_by]
    )
    return {
        **holder_facts(subject.student, subject.institution, subject.course, digits),
        "title": title,
        "achievement": achievement,
        "sentence": sentence,
        "purpose": track.purpose,
        "asked": [one.title for one in subject.milestones if one.needed_for_certificate],
        "milestones": [
            {"title": one.title, "stage": one.stage, "on": one.decided_at.date().isoformat() if one.decided_at else ""}
            for one in shown_milestones(subject.milestones)
        ],
        "signers": signers,
        "words": asdict(words),
    }


def holder_facts(holder: Person, institution: Institution, course: Context, digits: Iterable[int]) -> Facts:
    """Write down who holds an award, by whom and where it is issued, and its number."""
    names = printed_names(holder.shown_name, holder.given_name, holder.family_name)
    return {
        "number": written_number(list(digits)),
        "name": names.name,
        "name_own_script": names.own_script,
        "identity_type": "emailAddress" if holder.email else "ltiUserId",
        "identity": holder.email or holder.subject,
        "institution": institution.name,
        "course": course.shown_title,
    }


def _in_two_places(mentors: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Return who mentored as the sheet has room for it beside the course team: from the second on in one place."""
    places = [mentors[:1], mentors[1:]]
    return [
        {"name": ", ".join(name for name, _role in place), "role": ", ".join(role for _name, role in place)}
        for place in places
        if place
    ]


def certificate_text(facts: Mapping[str, Any], verify_url: str, issued_at: datetime) -> CertificateText:
    """Return every word of the printed sheet."""
    words = AwardWords(**facts["words"])
    locale = Locale.parse(words.language, sep="-")
    shown = [
        ShownMilestone(one["title"], one["stage"], spoken_date(one["on"], words.language))
        for one in facts["milestones"]
    ]
    address = urlsplit(verify_url)
    return CertificateText(
        language=words.language,
        direction=_direction(locale),
        title=words.heading % {"name": facts["name"]},
        institution=facts["institution"],
        course=facts["course"],
        kind=words.kind,
        name=facts["name"],
        name_own_script=facts["name_own_script"],
        achievement=facts["achievement"],
        sentence=facts["sentence"],
        knots=knots_of(shown),
        signers=tuple(Signer(one["name"], one["role"]) for one in facts["signers"]),
        issued_on=issued_at.date(),
        issued_words=spoken_date(issued_at.date().isoformat(), words.language),
        number=facts["number"],
        check_line=words.check_line % {"address": address.netloc + address.path.rpartition("/")[0]},
        verify_url=verify_url,
        qr_alt=words.qr_alt,
    )


def printed(award: Award, public_url: str) -> PrintedCertificate:
    """Print an award, its present document attached; raise UnprintableText where that cannot be."""
    return render_certificate(
        certificate_text(award.facts, verify_url(public_url, award.public_id), award.issued_at), award.document
    )


def badge_facts(award: Award, issuer: IssuerFacts, entry: StatusEntry, public_url: str) -> BadgeFacts:
    """Return what the public document says: the achievement's kind, and of the rest what the holder released."""
    facts = award.facts
    shows = set(award.released)
    return BadgeFacts(
        public_url=public_url,
        award_id=award.public_id,
        issuer=issuer,
        achievement=_achievement(award, shows),
        recipient=Recipient(
            facts["identity_type"],
            facts["identity"],
            award.salt,
            facts["name"] if Released.NAME in shows else None,
        ),
        issued_on=award.issued_at,
        status=entry,
        evidence=tuple(_evidence(facts)) if Released.MILESTONES in shows else (),
    )


def verify_url(public_url: str, award_id: str) -> str:
    """Name the public page of an award."""
    return f"{public_url}/verify/{award_id}"


def spoken_date(iso: str, language: str) -> str:
    """Say a date in the certificate's language; nothing for no date."""
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    if language.partition("-")[0] == "en":
        return format_date(day, "d MMMM yyyy", locale="en")
    return format_date(day, "long", locale=Locale.parse(language, sep="-"))


def _direction(locale: Locale) -> Literal["ltr", "rtl"]:
    return "rtl" if locale.text_direction == "rtl" else "ltr"


def _achievement(award: Award, shows: set[str]) -> AchievementFacts:
    facts, level = award.facts, award.level
    words, kind = AwardWords(**facts["words"]), "Badge" if level else "Certificate"
    if Released.COURSE not in shows:
        known_as = "mentoring" if level else "mentorship"
        return AchievementFacts(known_as, words.kind, words.undisclosed, words.undisclosed, kind)
    return AchievementFacts(
        f"track-{award.track_id}" + (f"-mentor-{level}" if level else ""),
        facts["title"],
        facts["purpose"] or facts["sentence"],
        words.criteria % {"milestones": "; ".join(facts["asked"])},
        kind,
    )


def _evidence(facts: Mapping[str, Any]) -> Iterable[EvidenceFacts]:
    words = AwardWords(**facts["words"])
    for one in facts["milestones"]:
        yield EvidenceFacts(one["title"], words.signed_off % {"date": spoken_date(one["on"], words.language)})
