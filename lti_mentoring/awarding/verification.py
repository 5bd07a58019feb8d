"""The verdict on a credential that somebody shows us: ours or not, whole or altered, standing or withdrawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from lti_mentoring.awarding.badge import BADGE_CONTEXTS
from lti_mentoring.awarding.failures import UnreadableFile
from lti_mentoring.awarding.signing import signature_holds
from lti_mentoring.awarding.status_list import LIST_BITS


class Outcome(Enum):
    """The five verdicts of the public page."""

    VALID = "valid"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ALTERED = "altered"
    NOT_OURS = "not_ours"


@dataclass(frozen=True)
class StatusRef:
    """Where a credential says that its status stands."""

    list_url: str
    index: int


@dataclass(frozen=True)
class Verdict:
    """What was found. ``credential_id`` (the award's address) is set only when the signature is ours and holds.

    ``reason`` is a stable word for logs and for the page's sentence: ``signed``, ``withdrawn``, ``expired``,
    ``not_yet``, ``signature``, ``issuer``, ``status``, ``unsigned`` or ``unknown_key``.
    """

    outcome: Outcome
    reason: str
    credential_id: str | None = None


KeyLookup = Callable[[str], Ed25519PublicKey | None]
"""Gives the key behind a verification method (``did:...#z6Mk...``) of ours, ``None`` for everybody else's."""

StatusLookup = Callable[[StatusRef], bool]
"""Tells whether the place in the list is set, that is, whether the award was withdrawn."""


def verify_document(
    document: Mapping[str, Any], *, public_key_of: KeyLookup, is_withdrawn: StatusLookup, now: datetime
) -> Verdict:
    """Judge one credential; never raises for hostile content, except UnreadableFile for what is no badge at all."""
    _refuse_other_kinds(document)
    proof = document.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    if not isinstance(method, str) or not (method.isascii() and method.isprintable()):  # no name of a key of ours
        return Verdict(Outcome.NOT_OURS, "unsigned")
    key = public_key_of(method)
    if key is None:
        return Verdict(Outcome.NOT_OURS, "unknown_key")
    if document.get("@context") != BADGE_CONTEXTS or not signature_holds(document, key):
        return Verdict(Outcome.ALTERED, "signature")
    return _judge_signed(document, method, is_withdrawn, now)


def _judge_signed(document: Mapping[str, Any], method: str, is_withdrawn: StatusLookup, now: datetime) -> Verdict:
    """Judge what our key signed: the issuer must own that key, the status must be readable, the time right."""
    issuer = document.get("issuer")
    if not isinstance(issuer, dict) or issuer.get("id") != method.partition("#")[0]:
        return Verdict(Outcome.ALTERED, "issuer")
    status = _status_of(document.get("credentialStatus"))
    starts, ends = _moment(document.get("validFrom")), _moment(document.get("validUntil", "9999-12-31T23:59:59Z"))
    if status is None or starts is None or ends is None:
        return Verdict(Outcome.ALTERED, "status")
    credential_id = str(document["id"])
    if is_withdrawn(status):
        return Verdict(Outcome.WITHDRAWN, "withdrawn", credential_id)
    if now >= ends:
        return Verdict(Outcome.EXPIRED, "expired", credential_id)
    if now < starts:
        return Verdict(Outcome.EXPIRED, "not_yet", credential_id)
    return Verdict(Outcome.VALID, "signed", credential_id)


def _refuse_other_kinds(document: Mapping[str, Any]) -> None:
    types = document.get("type")
    if not isinstance(types, list) or "OpenBadgeCredential" not in types:
        raise UnreadableFile("not an Open Badge", reason="no_credential")


def _status_of(entry: object) -> StatusRef | None:
    if not isinstance(entry, dict) or entry.get("statusPurpose") != "revocation":
        return None
    url, index = entry.get("statusListCredential"), entry.get("statusListIndex")
    if not isinstance(url, str) or not isinstance(index, str):
        return None
    if not (index.isascii() and index.isdigit() and len(index) <= len(str(LIST_BITS)) and int(index) < LIST_BITS):
        return None
    return StatusRef(url, int(index))


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
