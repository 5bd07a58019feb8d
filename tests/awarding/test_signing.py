import copy
from datetime import timedelta, timezone

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from lti_mentoring.awarding.badge import badge_credential, did_document
from lti_mentoring.awarding.contexts import load_context
from lti_mentoring.awarding.failures import UnsignableDocumentError
from lti_mentoring.awarding.signing import (
    did_key,
    did_web,
    instant,
    issuer_did,
    multikey,
    new_private_pem,
    private_key_from_pem,
    public_key_from_multikey,
    sign,
    sign_jwt,
    signature_holds,
)


def test_a_signed_credential_holds_under_its_key_and_no_other(signed, key):
    assert signature_holds(signed, key.private.public_key())
    assert not signature_holds(signed, private_key_from_pem(new_private_pem()).public_key())


def changes(document):
    """Every way of changing one value, adding or removing one member, at every place of the credential."""
    paths = []

    def walk(value, path):
        if path:
            paths.append(path)
        for name, child in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(child, dict | list):
                walk(child, (*path, name))
            else:
                paths.append((*path, name))

    walk({k: v for k, v in document.items() if k != "@context"}, ())
    return paths


def changed_at(document, path, change):
    altered = copy.deepcopy(document)
    place = altered
    for name in path[:-1]:
        place = place[name]
    change(place, path[-1])
    return altered


def reword(place, name):
    old = place[name]
    if isinstance(old, bool):
        place[name] = not old
    elif isinstance(old, str):
        place[name] = old + "0"
    else:
        place[name] = {"id": "https://elsewhere.example/"}


def remove(place, name):
    del place[name]


def test_no_value_can_be_changed_or_removed_unnoticed(signed, key):
    public = key.private.public_key()
    for path in changes(signed):
        for change in (reword, remove):
            assert not signature_holds(changed_at(signed, path, change), public), (path, change)


@pytest.mark.parametrize(
    "addition",
    [
        {"grade": "distinction"},
        {"https://grades.example/grade": "distinction"},
        {"@included": [{"id": "https://x.example/", "name": "more"}]},
        {"image": {"id": "picture.png", "type": "Image"}},
        {"name": {"@value": "Other", "@language": "nonsense tag"}},
    ],
)
def test_nothing_can_be_added_that_the_signature_would_not_cover(signed, key, addition):
    assert not signature_holds({**signed, **addition}, key.private.public_key())


def test_nothing_can_be_added_under_a_relative_name_which_rdf_drops_in_silence(signed, key):
    unsigned_evidence = {"id": "relative", "type": "Evidence", "narrative": "never shown"}
    for more in (
        {"evidence": [*signed["evidence"], unsigned_evidence]},
        {"type": [*signed["type"], "Distinction"]},
    ):
        assert not signature_holds({**signed, **more}, key.private.public_key())


def test_nothing_relative_hides_in_a_graph_inside(signed, key):
    inside = {**signed, "id": "relative"}
    del inside["@context"]
    assert not signature_holds({**signed, "verifiableCredential": [inside]}, key.private.public_key())


def test_a_document_with_a_word_that_no_context_defines_is_not_signed(facts, key, now):
    document = badge_credential(facts)
    document["credentialSubject"]["grade"] = "distinction"
    with pytest.raises(UnsignableDocumentError) as refused:
        sign(document, key, now=now)
    assert refused.value.facts["dropped"] == ["grade"]


@pytest.mark.parametrize(
    "context",
    [
        "https://www.w3.org/ns/credentials/v2",
        [{"@vocab": "https://x.example/"}],
        ["https://elsewhere.example/context.json"],
        ["https://www.w3.org/ns/credentials/undefined-terms/v2"],
        None,
    ],
)
def test_only_shipped_contexts_by_address_are_signed(facts, key, now, context):
    with pytest.raises(UnsignableDocumentError):
        sign({**badge_credential(facts), "@context": context}, key, now=now)


def test_no_context_is_ever_fetched():
    with pytest.raises(UnsignableDocumentError, match="not shipped"):
        load_context("https://www.w3.org/2018/credentials/v1", {})


def test_parts_without_a_name_that_look_alike_are_refused_since_they_make_canonical_naming_slow(facts, key, now):
    document = badge_credential(facts)
    document["credentialSubject"]["achievement"]["alignment"] *= 8
    with pytest.raises(UnsignableDocumentError, match="alike"):
        sign(document, key, now=now)


@pytest.mark.parametrize("depth", [30, 5000])
def test_deep_nesting_is_refused_before_any_work(signed, key, depth):
    nested = "x"
    for _ in range(depth):
        nested = {"name": nested}
    assert not signature_holds({**signed, "credentialSubject": nested}, key.private.public_key())


@pytest.mark.parametrize(
    "proof",
    [
        None,
        "signed",
        [],
        {"type": "Ed25519Signature2020"},
        {"cryptosuite": "eddsa-jcs-2022"},
        {"proofPurpose": "authentication"},
        {"proofValue": None},
        {"proofValue": "uAAAA"},
        {"proofValue": "z"},
        {"proofValue": "z" + "1" * 64},
        {"proofValue": "z0OIl"},
        {"proofValue": "z" + "2" * 100_000},
        {"created": "2030-01-01T00:00:00Z"},
        {"nonce": "made up"},
    ],
)
def test_a_proof_of_another_form_does_not_hold(signed, key, proof):
    other = {**signed["proof"], **proof} if isinstance(proof, dict) else proof
    assert not signature_holds({**signed, "proof": other}, key.private.public_key())


def test_a_key_is_written_and_read_as_multikey(key):
    public = key.private.public_key()
    assert multikey(public).startswith("z6Mk")
    assert public_key_from_multikey(multikey(public)) == public
    assert key.verification_method == f"{did_key(public)}#{multikey(public)}"


@pytest.mark.parametrize("text", ["", "z", "6Mk", "zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme", "z" + "1" * 70])
def test_what_is_no_ed25519_multikey_is_refused(text):
    with pytest.raises(ValueError, match="Multikey"):
        public_key_from_multikey(text)


def test_a_key_of_another_kind_is_refused():
    pem = generate_private_key(SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ValueError, match="Ed25519"):
        private_key_from_pem(pem)


@pytest.mark.parametrize(
    ("address", "did"),
    [
        ("https://mentoring.example", "did:web:mentoring.example:issuers:wb"),
        ("https://mentoring.example:8443", "did:web:mentoring.example%3A8443:issuers:wb"),
        ("https://uni.example/mentoring", "did:web:uni.example:mentoring:issuers:wb"),
    ],
)
def test_over_https_the_issuer_is_named_by_the_address_of_its_did_document(address, did, key):
    assert issuer_did(address, "wb", key.private.public_key()) == did


def test_without_https_the_issuer_is_named_by_its_key(key):
    assert issuer_did("http://localhost:8080", "wb", key.private.public_key()) == key.did


@pytest.mark.parametrize("address", ["http://mentoring.example", "https://", "https://user:pw@mentoring.example"])
def test_an_address_that_did_web_cannot_name_is_refused(address):
    with pytest.raises(ValueError, match="https"):
        did_web(address, "wb")


def test_the_did_document_keeps_former_keys_so_that_old_certificates_stay_verifiable(key):
    former = private_key_from_pem(new_private_pem()).public_key()
    document = did_document("did:web:x.example:issuers:wb", [key.private.public_key(), former])
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    assert [method["publicKeyMultibase"] for method in document["verificationMethod"]] == [
        multikey(key.private.public_key()),
        multikey(former),
    ]


def test_the_same_document_can_be_secured_as_a_jwt(signed, key, now):
    token = sign_jwt(signed, key, now=now)
    claims = jwt.decode(token, key.private.public_key(), algorithms=["EdDSA"])
    assert claims["iss"] == key.did
    assert claims["jti"] == signed["id"]
    assert "proof" not in claims
    assert jwt.get_unverified_header(token)["kid"] == key.verification_method


def test_moments_are_written_in_utc_with_whole_seconds(now):
    assert instant(now.astimezone(timezone(timedelta(hours=5, minutes=30)))) == "2024-11-20T09:30:00Z"
