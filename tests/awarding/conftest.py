"""An issuer, an award and a certificate to vary."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from lti_mentoring.awarding.badge import (
    AchievementFacts,
    Alignment,
    BadgeFacts,
    EvidenceFacts,
    IssuerFacts,
    Recipient,
    badge_credential,
)
from lti_mentoring.awarding.certificate import CertificateText, Knot, Signer
from lti_mentoring.awarding.signing import SigningKey, did_key, new_private_pem, private_key_from_pem, sign
from lti_mentoring.awarding.status_list import StatusEntry

PUBLIC_URL = "http://localhost:8080"
NOW = datetime(2024, 11, 20, 9, 30, tzinfo=UTC)  # readers that others wrote judge by the real clock

KNOTS = (
    Knot("Agreement", "2 October 2026"),
    Knot("First meeting", "9 October 2026"),
    Knot("Goals", "21 October 2026"),
    Knot("Shadowing", "6 November 2026"),
    Knot("Ward history", "27 November 2026"),
    Knot("Observed exam", "11 December 2026"),
    Knot("Closing talk", "18 December 2026"),
)


@pytest.fixture
def key():
    """A new issuer's key, its DID being the key itself, as in the demo."""
    private = private_key_from_pem(new_private_pem())
    return SigningKey(private, did_key(private.public_key()))


@pytest.fixture
def facts(key):
    """An award of which the holder released the name and two milestones."""
    return BadgeFacts(
        public_url=PUBLIC_URL,
        award_id="3q2-7wAAAAAAAAAAAAAAAA",
        issuer=IssuerFacts("westbridge", key.did, "Westbridge School of Medicine", email="registry@westbridge.example"),
        achievement=AchievementFacts(
            "clinical-1",
            "Clinical mentorship, one semester",
            "A semester with a mentor on the ward.",
            "Seven milestones, each signed by the mentor.",
            alignments=(
                Alignment("Gather a history", "https://epa.example/1", code="EPA 1", framework="Core EPAs"),
                Alignment("Oral presentation", "https://epa.example/6"),
            ),
        ),
        recipient=Recipient("emailAddress", "layla@westbridge.example", "c2FsdHNhbHRzYWx0c2E", "Layla Haddad"),
        issued_on=NOW,
        status=StatusEntry("1", 1207),
        evidence=(
            EvidenceFacts("Ward history", "Taken and presented, signed on 27 November 2026."),
            EvidenceFacts("Observed exam", "Observed by two assessors."),
        ),
    )


@pytest.fixture
def signed(facts, key):
    """The award's credential, signed."""
    return sign(badge_credential(facts), key, now=NOW)


@pytest.fixture
def text():
    """The certificate of the design's drawing."""
    return CertificateText(
        language="en",
        direction="ltr",
        title="Certificate of mentorship, Layla Haddad",
        institution="Westbridge School of Medicine",
        course="Department of Medical Education",
        kind="Certificate of mentorship",
        name="Layla Haddad",
        name_own_script="ليلى حدّاد",
        achievement="Clinical mentorship, one semester",
        sentence="has completed Clinical mentorship, one semester: seven milestones signed by the mentor, three "
        "histories taken under observation, and 14 hours with a mentor whose licence was checked.",
        knots=KNOTS,
        signers=(Signer("Prof Hanna Lindqvist", "Programme lead"), Signer("Dr Priya Raman", "Mentor")),
        issued_on=date(2026, 12, 18),
        issued_words="18 December 2026",
        number="WB-7F3K-92QD",
        check_line="Anyone can check it: mentoring.westbridge.example/verify",
        verify_url="https://mentoring.westbridge.example/verify/3q2-7wAAAAAAAAAAAAAAAA",
        qr_alt="QR code: opens the page that checks this certificate",
    )


@dataclass
class Desk:
    """The verifying desk of an installation: its keys, and which places are withdrawn."""

    keys: dict
    withdrawn: set

    def public_key_of(self, method):
        return self.keys.get(method)

    def is_withdrawn(self, status):
        return (status.list_url, status.index) in self.withdrawn


@pytest.fixture
def desk(key):
    """A desk that knows the issuer's key and has withdrawn nothing."""
    return Desk({key.verification_method: key.private.public_key()}, set())


@pytest.fixture
def now():
    """The moment of issuing."""
    return NOW
