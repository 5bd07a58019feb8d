import dataclasses
import hashlib
import json
from datetime import timedelta

import pytest

from lti_mentoring.awarding.badge import badge_credential, issuer_profile
from lti_mentoring.awarding.status_list import LIST_BITS, StatusEntry


def test_the_credential_is_named_by_the_address_that_serves_it(facts):
    assert badge_credential(facts)["id"] == "http://localhost:8080/awards/3q2-7wAAAAAAAAAAAAAAAA"


def test_the_holders_identity_appears_only_as_a_salted_hash(facts):
    document = badge_credential(facts)
    assert "layla@westbridge.example" not in json.dumps(document)
    expected = hashlib.sha256(b"layla@westbridge.example" + facts.recipient.salt.encode()).hexdigest()
    assert document["credentialSubject"]["identifier"][0]["identityHash"] == "sha256$" + expected


def test_a_name_that_was_not_released_is_not_in_it(facts):
    silent = dataclasses.replace(facts, recipient=dataclasses.replace(facts.recipient, released_name=None))
    assert "Layla" in json.dumps(badge_credential(facts))
    assert "Layla" not in json.dumps(badge_credential(silent))


def test_milestones_that_were_not_released_are_not_in_it(facts):
    assert "evidence" not in badge_credential(dataclasses.replace(facts, evidence=()))


def test_the_facts_hide_identity_and_salt_when_printed_in_a_log(facts):
    assert "layla" not in repr(facts)
    assert facts.recipient.salt not in repr(facts)


def test_an_end_of_validity_is_written_when_there_is_one(facts, now):
    assert "validUntil" not in badge_credential(facts)
    ending = dataclasses.replace(facts, expires_on=now + timedelta(days=365))
    assert badge_credential(ending)["validUntil"] == "2025-11-20T09:30:00Z"


def test_the_status_entry_points_at_its_place_in_the_list(facts):
    status = badge_credential(facts)["credentialStatus"]
    assert status["statusListCredential"] == "http://localhost:8080/status/1"
    assert status["statusListIndex"] == "1207"


def test_a_competency_that_is_named_twice_is_written_once(facts):
    twice = dataclasses.replace(facts.achievement, alignments=facts.achievement.alignments * 2)
    subject = badge_credential(dataclasses.replace(facts, achievement=twice))["credentialSubject"]
    assert len(subject["achievement"]["alignment"]) == 2


def test_a_competency_has_a_code_and_a_framework_only_where_they_are_known(facts):
    known, unknown = badge_credential(facts)["credentialSubject"]["achievement"]["alignment"]
    assert (known["targetCode"], known["targetFramework"]) == ("EPA 1", "Core EPAs")
    assert not {"targetCode", "targetFramework"} & unknown.keys()


def test_an_achievement_need_not_belong_to_a_framework(facts):
    free = dataclasses.replace(facts.achievement, alignments=())
    document = badge_credential(dataclasses.replace(facts, achievement=free))
    assert "alignment" not in document["credentialSubject"]["achievement"]


def test_the_profile_at_the_issuers_address_is_the_issuer_of_the_credential(facts):
    profile = issuer_profile(facts.public_url, facts.issuer)
    assert {k: v for k, v in profile.items() if k != "@context"} == badge_credential(facts)["issuer"]
    assert profile["url"] == "http://localhost:8080/issuers/westbridge"


def test_an_issuer_without_an_address_for_mail_has_none_in_its_profile(facts):
    assert "email" not in issuer_profile(facts.public_url, dataclasses.replace(facts.issuer, email=None))


@pytest.mark.parametrize("index", [-1, LIST_BITS])
def test_a_place_outside_the_list_is_refused(index):
    with pytest.raises(ValueError, match="places"):
        StatusEntry("1", index)
