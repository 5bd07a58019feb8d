"""The Open Badges 3.0 credential of an award, holding only what the holder released, and its issuer's documents."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lti_mentoring.awarding.contexts import CREDENTIALS_V2, DID_V1, MULTIKEY_V1, OPEN_BADGES_3
from lti_mentoring.awarding.signing import instant, multikey
from lti_mentoring.awarding.status_list import StatusEntry, list_url

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Document = dict[str, Any]

BADGE_CONTEXTS = [CREDENTIALS_V2, OPEN_BADGES_3]


@dataclass(frozen=True)
class IssuerFacts:
    """The institution as the outside sees it; ``did`` comes from ``signing.issuer_did``."""

    public_id: str
    did: str
    name: str
    website: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Alignment:
    """A competency of a published framework that the achievement belongs to."""

    name: str
    url: str
    code: str | None = None
    framework: str | None = None


@dataclass(frozen=True)
class AchievementFacts:
    """What was achieved; ``public_id`` is unique and unchanging within the issuer."""

    public_id: str
    name: str
    description: str
    criteria: str
    achievement_type: str = "Certificate"
    alignments: tuple[Alignment, ...] = ()


@dataclass(frozen=True)
class Recipient:
    """Who holds the award. The identity is published only as a salted hash, the name only when released.

    ``identity_type`` is a word of Open Badges 3.0 (``emailAddress``, ``ltiUserId``, ...); ``salt`` has at least
    128 random bits and belongs to this award alone, so that two awards of a person cannot be joined by the hash.
    """

    identity_type: str
    identity: str = field(repr=False)
    salt: str = field(repr=False)
    released_name: str | None = None


@dataclass(frozen=True)
class EvidenceFacts:
    """One thing that was shown and that the holder released, in words."""

    name: str
    narrative: str


@dataclass(frozen=True)
class BadgeFacts:
    """Everything that the public document of one award says."""

    public_url: str
    award_id: str
    issuer: IssuerFacts
    achievement: AchievementFacts
    recipient: Recipient
    issued_on: datetime
    status: StatusEntry
    expires_on: datetime | None = None
    evidence: tuple[EvidenceFacts, ...] = ()


def badge_credential(facts: BadgeFacts) -> Document:
    """Write the unsigned OpenBadgeCredential."""
    document: Document = {
        "@context": list(BADGE_CONTEXTS),
        "id": award_url(facts.public_url, facts.award_id),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": facts.achievement.name,
        "issuer": _issuer(facts.public_url, facts.issuer),
        "validFrom": instant(facts.issued_on),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": _identifiers(facts.recipient),
            "achievement": _achievement(facts),
        },
        "credentialStatus": _status(facts.public_url, facts.status),
    }
    if facts.expires_on is not None:
        document["validUntil"] = instant(facts.expires_on)
    if facts.evidence:
        document["evidence"] = _evidence(facts)
    return document


def award_url(public_url: str, award_id: str) -> str:
    """Name the address of the credential itself."""
    return f"{public_url}/awards/{award_id}"


def issuer_url(public_url: str, issuer_id: str) -> str:
    """Name the address of the issuer's profile."""
    return f"{public_url}/issuers/{issuer_id}"


def issuer_profile(public_url: str, issuer: IssuerFacts) -> Document:
    """Write the profile that is served at the issuer's address."""
    return {"@context": list(BADGE_CONTEXTS), **_issuer(public_url, issuer)}


def did_document(did: str, keys: Sequence[Ed25519PublicKey]) -> Document:
    """Write the DID document: the present key first, then former ones, whose certificates stay verifiable."""
    methods = [
        {
            "id": f"{did}#{multikey(key)}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": multikey(key),
        }
        for key in keys
    ]
    return {
        "@context": [DID_V1, MULTIKEY_V1],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def identity_hash(identity: str, salt: str) -> str:
    """Hash an identity as Open Badges 3.0 asks (IdentityObject): SHA-256 over the identity followed by the salt."""
    return "sha256$" + hashlib.sha256((identity + salt).encode("utf-8")).hexdigest()


def _issuer(public_url: str, issuer: IssuerFacts) -> Document:
    profile: Document = {
        # The DID and not the address: verifiers take a key only from the one who controls it.
        "id": issuer.did,
        "type": ["Profile"],
        "name": issuer.name,
        "url": issuer.website or issuer_url(public_url, issuer.public_id),
    }
    if issuer.email:
        profile["email"] = issuer.email
    return profile


def _identifiers(recipient: Recipient) -> list[Document]:
    identifiers: list[Document] = [
        {
            "type": "IdentityObject",
            "hashed": True,
            "identityHash": identity_hash(recipient.identity, recipient.salt),
            "identityType": recipient.identity_type,
            "salt": recipient.salt,
        }
    ]
    if recipient.released_name:
        identifiers.append(
            {
                "type": "IdentityObject",
                "hashed": False,
                "identityHash": recipient.released_name,
                "identityType": "name",
            }
        )
    return identifiers


def _achievement(facts: BadgeFacts) -> Document:
    achievement = facts.achievement
    document: Document = {
        "id": f"{issuer_url(facts.public_url, facts.issuer.public_id)}#achievement-{achievement.public_id}",
        "type": ["Achievement"],
        "achievementType": achievement.achievement_type,
        "name": achievement.name,
        "description": achievement.description,
        "criteria": {"narrative": achievement.criteria},
    }
    if achievement.alignments:
        document["alignment"] = [_alignment(a) for a in dict.fromkeys(achievement.alignments)]
    return document


def _alignment(alignment: Alignment) -> Document:
    document = {
        "type": ["Alignment"],
        "targetName": alignment.name,
        "targetUrl": alignment.url,
    }
    if alignment.code:
        document["targetCode"] = alignment.code
    if alignment.framework:
        document["targetFramework"] = alignment.framework
    return document


def _status(public_url: str, status: StatusEntry) -> Document:
    url = list_url(public_url, status.list_id)
    return {
        "id": f"{url}#{status.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(status.index),
        "statusListCredential": url,
    }


def _evidence(facts: BadgeFacts) -> list[Document]:
    page = f"{facts.public_url}/verify/{facts.award_id}"
    return [
        {
            "id": f"{page}#shown-{number}",
            "type": ["Evidence"],
            "name": shown.name,
            "narrative": shown.narrative,
        }
        for number, shown in enumerate(facts.evidence, start=1)
    ]
