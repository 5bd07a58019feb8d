import copy
import dataclasses
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lti_mentoring.awarding.badge import badge_credential
from lti_mentoring.awarding.failures import UnreadableFile
from lti_mentoring.awarding.signing import SigningKey, did_key, new_private_pem, private_key_from_pem, sign
from lti_mentoring.awarding.status_list import StatusListFacts, status_list_credential
from lti_mentoring.awarding.verification import Outcome, Verdict, verify_document


def verdict_on(document, desk, now):
    return verify_document(document, public_key_of=desk.public_key_of, is_withdrawn=desk.is_withdrawn, now=now)


def test_a_whole_and_standing_credential_of_ours_is_valid(signed, desk, now):
    expected = Verdict(Outcome.VALID, "signed", "http://localhost:8080/awards/3q2-7wAAAAAAAAAAAAAAAA")
    assert verdict_on(signed, desk, now) == expected


def test_a_withdrawn_credential_says_so_although_its_signature_holds(signed, desk, now):
    desk.withdrawn.add(("http://localhost:8080/status/1", 1207))
    assert verdict_on(signed, desk, now).outcome is Outcome.WITHDRAWN


def test_withdrawal_comes_before_expiry(facts, key, desk, now):
    desk.withdrawn.add(("http://localhost:8080/status/1", 1207))
    ending = sign(badge_credential(dataclasses.replace(facts, expires_on=now)), key, now=now)
    assert verdict_on(ending, desk, now).outcome is Outcome.WITHDRAWN


@pytest.mark.parametrize(
    ("moment", "outcome", "reason"),
    [
        (timedelta(days=-1), Outcome.EXPIRED, "not_yet"),
        (timedelta(days=364), Outcome.VALID, "signed"),
        (timedelta(days=365), Outcome.EXPIRED, "expired"),
    ],
)
def test_a_credential_stands_from_its_first_moment_until_its_end(facts, key, desk, now, moment, outcome, reason):
    year = dataclasses.replace(facts, expires_on=now + timedelta(days=365))
    verdict = verdict_on(sign(badge_credential(year), key, now=now), desk, now + moment)
    assert (verdict.outcome, verdict.reason) == (outcome, reason)


def test_an_altered_credential_is_altered_and_names_no_award(signed, desk, now):
    signed["credentialSubject"]["identifier"][1]["identityHash"] = "Somebody Else"
    assert verdict_on(signed, desk, now) == Verdict(Outcome.ALTERED, "signature")


def test_a_credential_under_somebody_elses_key_is_not_ours(facts, desk, now):
    stranger = private_key_from_pem(new_private_pem())
    did = did_key(stranger.public_key())
    forged = dataclasses.replace(facts, issuer=dataclasses.replace(facts.issuer, did=did))
    document = sign(badge_credential(forged), SigningKey(stranger, did), now=now)
    assert verdict_on(document, desk, now) == Verdict(Outcome.NOT_OURS, "unknown_key")


def test_our_words_signed_by_somebody_else_are_not_ours(facts, desk, now):
    stranger = private_key_from_pem(new_private_pem())
    document = sign(badge_credential(facts), SigningKey(stranger, did_key(stranger.public_key())), now=now)
    assert verdict_on(document, desk, now).outcome is Outcome.NOT_OURS


def test_a_forger_who_names_our_key_is_found_out(facts, key, desk, now):
    stranger = SigningKey(private_key_from_pem(new_private_pem()), key.did)
    document = sign(badge_credential(facts), stranger, now=now)
    document["proof"]["verificationMethod"] = key.verification_method
    assert verdict_on(document, desk, now).outcome is Outcome.ALTERED


def test_one_institutions_key_cannot_sign_for_another(facts, key, desk, now):
    other = dataclasses.replace(facts, issuer=dataclasses.replace(facts.issuer, did="did:web:x.example:issuers:other"))
    assert verdict_on(sign(badge_credential(other), key, now=now), desk, now) == Verdict(Outcome.ALTERED, "issuer")


@pytest.mark.parametrize("proof", [None, "x", [], {}, {"verificationMethod": 7}])
def test_an_unsigned_credential_is_not_ours(signed, desk, now, proof):
    assert verdict_on({**signed, "proof": proof}, desk, now) == Verdict(Outcome.NOT_OURS, "unsigned")


@pytest.mark.parametrize("kind", [None, "OpenBadgeCredential", [], ["VerifiableCredential"], 5])
def test_what_is_no_badge_is_unreadable_rather_than_judged(signed, desk, now, kind):
    with pytest.raises(UnreadableFile) as refused:
        verdict_on({**signed, "type": kind}, desk, now)
    assert refused.value.facts["reason"] == "no_credential"


def test_our_own_status_list_is_no_certificate(key, desk, now):
    document = status_list_credential(StatusListFacts("http://localhost:8080", "1", key.did, frozenset(), now))
    with pytest.raises(UnreadableFile):
        verdict_on(sign(document, key, now=now), desk, now)


@pytest.mark.parametrize(
    "status",
    [
        None,
        "https://x.example/",
        [],
        {"statusPurpose": "suspension"},
        {"statusListIndex": "131072"},
        {"statusListIndex": "-1"},
        {"statusListIndex": "٣"},
        {"statusListIndex": 7},
        {"statusListIndex": None},
        {"statusListCredential": None},
    ],
)
def test_a_signed_badge_whose_status_cannot_be_read_is_never_called_valid(facts, key, desk, now, status):
    document = badge_credential(facts)
    document["credentialStatus"] = {**document["credentialStatus"], **status} if isinstance(status, dict) else status
    verdict = verdict_on(sign(document, key, now=now), desk, now)
    assert verdict == Verdict(Outcome.ALTERED, "status")


@pytest.mark.parametrize("moment", ["yesterday", "2024-11-20", 20241120])
def test_a_signed_badge_whose_time_cannot_be_read_is_never_called_valid(facts, key, desk, now, moment):
    document = {**badge_credential(facts), "validFrom": moment}
    assert verdict_on(sign(document, key, now=now), desk, now) == Verdict(Outcome.ALTERED, "status")


def test_a_document_made_to_take_for_ever_is_refused_at_once(signed, desk, now):
    signed["evidence"] = [{"type": "Evidence"}] * 300
    begun = time.process_time()
    assert verdict_on(signed, desk, now).outcome is Outcome.ALTERED
    signed["evidence"] = [{"name": {"name": {"name": {}}}}] * 60
    assert verdict_on(signed, desk, now).outcome is Outcome.ALTERED
    assert time.process_time() - begun < 2


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["@id", "_:b", "@json"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "type", "@id", "name", "proof", "identifier", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(odd=ODD, pick=st.randoms(use_true_random=False))
def test_no_value_anywhere_brings_the_desk_down_or_passes_for_ours(signed, desk, now, odd, pick):
    document = copy.deepcopy(signed)
    place, name = document, pick.choice(list(document))
    while isinstance(place[name], dict | list) and pick.random() < 0.8:
        place = place[name]
        name = pick.choice(list(place) if isinstance(place, dict) else range(len(place)))
    place[name] = odd
    try:
        verdict = verdict_on(document, desk, now)
    except UnreadableFile:
        return
    assert verdict.outcome is not Outcome.VALID or document == signed


@pytest.mark.parametrize("method", ["did:key:z6Mk\0#z6Mk", "did:key:z6Mk#\ud800", "did:web:é.example#z6Mk", "a\nb#c"])
def test_a_key_that_no_database_could_look_for_is_not_ours(signed, desk, now, method):
    def never(_method):
        raise AssertionError("looked for")

    signed["proof"]["verificationMethod"] = method
    verdict = verify_document(signed, public_key_of=never, is_withdrawn=desk.is_withdrawn, now=now)
    assert verdict == Verdict(Outcome.NOT_OURS, "unsigned")
