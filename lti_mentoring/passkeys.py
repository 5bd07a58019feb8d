"""The border to WebAuthn: what a browser is asked, and whether its answer holds (WebAuthn Level 3 §7.1 and §7.2).

The library checks everything; each thing that it would refuse for is looked at here first, so that it has a code.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.exceptions import UnsupportedAlgorithm
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    bytes_to_base64url,
    options_to_json_dict,
    parse_attestation_object,
    parse_authentication_credential_json,
    parse_authenticator_data,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorData,
    AuthenticatorSelectionCriteria,
    ClientDataType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from lti_mentoring.errors import Refused

LONGEST_ANSWER = 20_000
LONGEST_ID = 1023
"""Bytes of a credential id (WebAuthn Level 3 §4)."""
TRANSPORTS = frozenset({"usb", "nfc", "ble", "smart-card", "hybrid", "internal"})
# What the library's readers let through of a hostile answer: no base64, no text, a number where a text belongs.
UNREADABLE = (WebAuthnException, UnsupportedAlgorithm, ValueError, TypeError, AttributeError, LookupError)


class PasskeyNotRead(Refused):
    """What came is no answer of a passkey."""

    code = "passkey_not_read"


class PasskeyOtherSite(Refused):
    """The answer was made at another site's address."""

    code = "passkey_other_site"


class PasskeyOtherHost(Refused):
    """The passkey belongs to another host."""

    code = "passkey_other_host"


class PasskeyPersonNotChecked(Refused):
    """The device did not check who holds it (PIN, finger, face)."""

    code = "passkey_person_not_checked"


class PasskeyNotProved(Refused):
    """The signature does not belong to the passkey."""

    code = "passkey_not_proved"


@dataclass(frozen=True, slots=True)
class Site:
    """Who we are to passkeys: the host of our public address, and the address itself."""

    host: str
    origin: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What a browser sent, read but not believed."""

    text: str = field(repr=False)
    credential_id: str
    challenge: bytes = field(repr=False)
    sign_count: int
    user_handle: str | None = None
    transports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey that proved good."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]


def site_of(public_url: str) -> Site:
    """Return what passkeys are bound to; they refuse a host that is a number (an IP address)."""
    parts = urlsplit(public_url)
    return Site(parts.hostname or "", f"{parts.scheme}://{parts.netloc}")


def ask_to_sign_in(site: Site, challenge: bytes) -> dict[str, Any]:
    """Return what ``navigator.credentials.get`` is asked: any passkey of ours, and the person checked."""
    asked: dict[str, Any] = options_to_json_dict(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=300_000,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )
    return asked


def ask_to_enrol(
    site: Site, challenge: bytes, *, tool: str, name: str, user_handle: str, known: list[str]
) -> dict[str, Any]:
    """Return what ``navigator.credentials.create`` is asked: a passkey that lives on the device, none of ``known``."""
    asked: dict[str, Any] = options_to_json_dict(
        generate_registration_options(
            rp_id=site.host,
            rp_name=tool,
            user_name=name,
            user_id=base64url_to_bytes(user_handle),
            challenge=challenge,
            timeout=300_000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                require_resident_key=True,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known],
        )
    )
    return asked


def read_sign_in(text: str, site: Site) -> Answer:
    """Read an answer of ``get``; raise unless it was made here, for us, by somebody whom the device checked."""
    _refuse_long(text)
    try:
        read = parse_authentication_credential_json(text)
        said = parse_client_data_json(read.response.client_data_json)
        data = parse_authenticator_data(read.response.authenticator_data)
        handle = bytes_to_base64url(read.response.user_handle) if read.response.user_handle else None
    except UNREADABLE as unreadable:
        raise PasskeyNotRead from unreadable
    _check(said.type, ClientDataType.WEBAUTHN_GET, said.origin, data, site)
    return Answer(text, bytes_to_base64url(read.raw_id), said.challenge, data.sign_count, handle)


def read_enrolment(text: str, site: Site) -> Answer:
    """Read an answer of ``create``; raise unless it was made here, for us, by somebody whom the device checked."""
    _refuse_long(text)
    try:
        read = parse_registration_credential_json(text)
        said = parse_client_data_json(read.response.client_data_json)
        made = parse_attestation_object(read.response.attestation_object)
    except UNREADABLE as unreadable:
        raise PasskeyNotRead from unreadable
    _check(said.type, ClientDataType.WEBAUTHN_CREATE, said.origin, made.auth_data, site)
    # We ask for no attestation; what is left of one then is the passkey's own signature (WebAuthn Level 3 §5.1.3).
    if made.fmt not in {AttestationFormat.NONE, AttestationFormat.PACKED} or made.att_stmt.x5c:
        raise PasskeyNotRead
    if len(read.raw_id) > LONGEST_ID:
        raise PasskeyNotRead
    transports = tuple(sorted(one.value for one in read.response.transports or () if one.value in TRANSPORTS))
    return Answer(
        text, bytes_to_base64url(read.raw_id), said.challenge, made.auth_data.sign_count, transports=transports
    )


def prove_sign_in(answer: Answer, site: Site, *, public_key: bytes, sign_count: int) -> None:
    """Raise PasskeyNotProved unless the stored passkey signed the answer."""
    try:
        verify_authentication_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except UNREADABLE as unproved:
        raise PasskeyNotProved from unproved


def prove_enrolment(answer: Answer, site: Site) -> NewPasskey:
    """Return the new passkey; raise PasskeyNotProved unless it holds together."""
    try:
        made = verify_registration_response(
            credential=answer.text,
            expected_challenge=answer.challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except UNREADABLE as unproved:
        raise PasskeyNotProved from unproved
    if bytes_to_base64url(made.credential_id) != answer.credential_id:
        raise PasskeyNotProved
    return NewPasskey(answer.credential_id, made.credential_public_key, made.sign_count, answer.transports)


def _refuse_long(text: str) -> None:
    if len(text) > LONGEST_ANSWER:
        raise PasskeyNotRead


def _check(made_by: str, wanted: ClientDataType, origin: str, data: AuthenticatorData, site: Site) -> None:
    if made_by != wanted.value:
        raise PasskeyNotRead
    if origin != site.origin:
        raise PasskeyOtherSite
    if data.rp_id_hash != hashlib.sha256(site.host.encode()).digest():
        raise PasskeyOtherHost
    if not (data.flags.up and data.flags.uv):
        raise PasskeyPersonNotChecked
