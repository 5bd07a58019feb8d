"""A library that others wrote (openbadgeslib, PyPI) accepts our credential, and refuses an altered and a withdrawn one.

The status list is fetched over HTTP from this machine, as Data Integrity document and as JWT.
"""

import dataclasses
import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from openbadgeslib.ob3.ldp import OB3LdpVerifier, verify_data_integrity_proof
from openbadgeslib.ob3.verifier import OB3VerificationError

from lti_mentoring.awarding.badge import badge_credential, did_document
from lti_mentoring.awarding.baking import bake_png, credential_in
from lti_mentoring.awarding.certificate import render_certificate
from lti_mentoring.awarding.picture import badge_png
from lti_mentoring.awarding.signing import SigningKey, did_web, new_private_pem, private_key_from_pem, sign, sign_jwt
from lti_mentoring.awarding.status_list import StatusListFacts, status_list_credential


class Service:
    """What an installation serves: status lists and DID documents, on loopback."""

    def __init__(self, server, key):
        self.url = server.url_for("").rstrip("/")
        self._server = server
        self._key = key

    def publish(self, withdrawn, *, age=timedelta()):
        at = datetime.now(UTC) - age
        facts = StatusListFacts(self.url, "1", self._key.did, frozenset(withdrawn), at)
        document = sign(status_list_credential(facts), self._key, now=at)
        self._server.clear()
        self._server.expect_request("/status/1", headers={"Accept": "application/vc+jwt"}).respond_with_data(
            sign_jwt(document, self._key, now=at), content_type="application/vc+jwt"
        )
        self._server.expect_request("/status/1").respond_with_json(document)

    @staticmethod
    def fetch(url):
        """Download as openbadgeslib does, but over plain HTTP, asking for the form whose proof it can check."""
        answer = requests.get(url, headers={"Accept": "application/vc+jwt"}, timeout=5)
        answer.raise_for_status()
        return answer.content

    @staticmethod
    def fetch_json(url):
        answer = requests.get(url, headers={"Accept": "application/vc+ld+json"}, timeout=5)
        answer.raise_for_status()
        return answer.content


@pytest.fixture
def service(httpserver, key):
    return Service(httpserver, key)


@pytest.fixture
def document(facts, key, service, now):
    return sign(badge_credential(dataclasses.replace(facts, public_url=service.url)), key, now=now)


def test_ours_is_verified_and_read_as_it_was_meant(document, key, facts):
    credential = OB3LdpVerifier.for_issuer_did(key.did).verify(document)
    assert credential.issuer.name == facts.issuer.name
    assert credential.achievement.name == facts.achievement.name
    assert [evidence.name for evidence in credential.evidence] == ["Ward history", "Observed exam"]
    assert [alignment.target_code for alignment in credential.achievement.alignments] == ["EPA 1", None]
    assert [identity.identity_type for identity in credential.identifiers] == ["emailAddress", "name"]


@pytest.mark.parametrize("bake", ["png", "pdf"])
def test_what_was_baked_or_attached_is_verified_too(document, key, text, bake):
    content = bake_png(badge_png(), document) if bake == "png" else render_certificate(text, document).pdf
    assert OB3LdpVerifier.for_issuer_did(key.did).verify(credential_in(content)).id == document["id"]


@pytest.mark.parametrize(
    "path",
    [
        ("name",),
        ("validFrom",),
        ("credentialSubject", "achievement", "criteria", "narrative"),
        ("credentialSubject", "identifier", 1, "identityHash"),
        ("credentialStatus", "statusListIndex"),
        ("evidence", 0, "narrative"),
    ],
)
def test_an_altered_one_is_refused(document, key, path):
    place = document
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = place[path[-1]].replace("2", "3") + ("" if path == ("validFrom",) else "1")
    with pytest.raises(OB3VerificationError, match="signature"):
        OB3LdpVerifier.for_issuer_did(key.did).verify(document)


def test_one_of_another_issuer_is_refused(document):
    stranger = private_key_from_pem(new_private_pem())
    with pytest.raises(OB3VerificationError, match="does not match"):
        OB3LdpVerifier.for_issuer_did(SigningKey(stranger, "did:key:z6MkOther").did).verify(document)


@pytest.mark.parametrize("withdrawn", [{1206, 1208}, set()])
def test_one_that_stands_passes_the_check_of_its_status(document, key, service, withdrawn):
    service.publish(withdrawn)
    verifier = OB3LdpVerifier.for_issuer_did(key.did)
    assert verifier.verify(document, check_status=True, download=service.fetch).id == document["id"]


def test_a_withdrawn_one_is_refused(document, key, service):
    service.publish({1207})
    with pytest.raises(OB3VerificationError, match="'revocation' is set at index 1207"):
        OB3LdpVerifier.for_issuer_did(key.did).verify(document, check_status=True, download=service.fetch)


def test_a_withdrawn_one_is_refused_by_the_list_with_a_data_integrity_proof_as_well(document, key, service):
    service.publish({1207})
    verifier = OB3LdpVerifier.for_issuer_did(key.did)
    with pytest.raises(OB3VerificationError, match="'revocation' is set at index 1207"):
        verifier.verify(document, check_status=True, download=service.fetch_json, verify_status_list=False)


def test_an_old_copy_of_the_list_cannot_bring_a_withdrawn_one_back(document, key, service):
    service.publish(set(), age=timedelta(days=8))
    with pytest.raises(OB3VerificationError, match="expired"):
        OB3LdpVerifier.for_issuer_did(key.did).verify(document, check_status=True, download=service.fetch)


def test_a_list_under_another_key_is_refused(document, key, httpserver):
    stranger = SigningKey(private_key_from_pem(new_private_pem()), key.did)
    service = Service(httpserver, stranger)
    service.publish(set())
    with pytest.raises(OB3VerificationError, match="proof is invalid"):
        OB3LdpVerifier.for_issuer_did(key.did).verify(document, check_status=True, download=service.fetch)


def test_the_lists_own_data_integrity_proof_is_verified(key, service):
    service.publish({1207})
    document = requests.get(f"{service.url}/status/1", timeout=5).json()
    pem = public_pem(key)
    verify_data_integrity_proof(document, pem)
    document["validUntil"] = "2099-01-01T00:00:00Z"
    with pytest.raises(OB3VerificationError, match="signature"):
        verify_data_integrity_proof(document, pem)


def test_over_https_the_key_is_found_through_did_web(facts, key, now):
    did = did_web("https://mentoring.example", "westbridge")
    web_key = SigningKey(key.private, did)
    issuer = dataclasses.replace(facts.issuer, did=did)
    award = dataclasses.replace(facts, public_url="https://mentoring.example", issuer=issuer)
    served = {
        "https://mentoring.example/issuers/westbridge/did.json": did_document(did, [key.private.public_key()]),
    }
    document = sign(badge_credential(award), web_key, now=now)
    credential = OB3LdpVerifier.for_issuer_did(did).verify(document, download=lambda url: json_bytes(served[url]))
    assert credential.issuer.id == did


def json_bytes(value):
    return json.dumps(value).encode()


def public_pem(key):
    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
