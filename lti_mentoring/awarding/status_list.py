"""Withdrawn or not, as one bit in a list that everybody fetches alike (W3C Bitstring Status List 1.0).

A list is plain ``bytes``: bit ``i`` is the ``i``-th from the left, 1 for withdrawn.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from lti_mentoring.awarding.contexts import CREDENTIALS_V2
from lti_mentoring.awarding.signing import instant

if TYPE_CHECKING:
    from collections.abc import Iterable

# The least that section 6.1 allows, so that asking for a list does not tell which certificate is meant.
LIST_BITS = 131_072
LIST_BYTES = LIST_BITS // 8


@dataclass(frozen=True)
class StatusEntry:
    """The place of one award in a status list; ``list_id`` is the last part of the list's address."""

    list_id: str
    index: int

    def __post_init__(self) -> None:
        if not 0 <= self.index < LIST_BITS:
            raise ValueError(f"a status list has {LIST_BITS} places, not one at {self.index}")


@dataclass(frozen=True)
class StatusListFacts:
    """What a published status list says, and for how long a copy may be relied on."""

    public_url: str
    list_id: str
    issuer_did: str
    withdrawn: frozenset[int]
    valid_from: datetime
    lifetime: timedelta = timedelta(days=7)
    ttl: timedelta = timedelta(minutes=5)


def bits_of(withdrawn: Iterable[int]) -> bytes:
    """Write the list in which exactly these places are set."""
    bits = bytearray(LIST_BYTES)
    for index in withdrawn:
        if not 0 <= index < LIST_BITS:
            raise ValueError(f"no place {index} in a list of {LIST_BITS}")
        bits[index // 8] |= 0x80 >> (index % 8)
    return bytes(bits)


def is_set(bits: bytes, index: int) -> bool:
    """Tell whether a place is set; raise ValueError outside the list."""
    if not 0 <= index < len(bits) * 8:
        raise ValueError(f"no place {index} in a list of {len(bits) * 8}")
    return bool(bits[index // 8] & (0x80 >> (index % 8)))


def with_bit(bits: bytes, index: int, *, value: bool) -> bytes:
    """Return the list with one place set or cleared."""
    is_set(bits, index)
    changed = bytearray(bits)
    mask = 0x80 >> (index % 8)
    changed[index // 8] = changed[index // 8] | mask if value else changed[index // 8] & ~mask
    return bytes(changed)


def encode(bits: bytes) -> str:
    """Write a list as ``encodedList``: gzip, base64url without padding, multibase prefix ``u``."""
    packed = gzip.compress(bits, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode("ascii")


def decode(text: str) -> bytes:
    """Read ``encodedList``; raise ValueError for another form or another length than ours."""
    if not text.startswith("u"):
        raise ValueError("not multibase base64url")
    try:
        packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        with gzip.open(io.BytesIO(packed)) as opened:
            bits = opened.read(LIST_BYTES + 1)
    except (binascii.Error, OSError, EOFError, zlib.error) as error:
        raise ValueError("not a packed list") from error
    if len(bits) != LIST_BYTES:
        raise ValueError(f"a list of {LIST_BITS} places was expected")
    return bits


def list_url(public_url: str, list_id: str) -> str:
    """Name the address under which a list is published."""
    return f"{public_url}/status/{list_id}"


def status_list_credential(facts: StatusListFacts) -> dict[str, Any]:
    """Write the unsigned BitstringStatusListCredential; sign it as any other document."""
    url = list_url(facts.public_url, facts.list_id)
    return {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": facts.issuer_did,
        "validFrom": instant(facts.valid_from),
        "validUntil": instant(facts.valid_from + facts.lifetime),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            # Milliseconds; the term is defined on the subject, not on the credential (section 2.2).
            "ttl": int(facts.ttl.total_seconds() * 1000),
            "encodedList": encode(bits_of(facts.withdrawn)),
        },
    }
