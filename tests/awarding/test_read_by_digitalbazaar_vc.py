"""The reference verifier in JavaScript (@digitalbazaar/vc) agrees: valid, altered, withdrawn."""

import json
import subprocess
from pathlib import Path

import pytest
from fixtures.left_out import VERIFIER

from lti_mentoring.awarding.signing import sign
from lti_mentoring.awarding.status_list import StatusListFacts, status_list_credential

SCRIPT = Path(__file__).parent / "node" / "verify.mjs"

pytestmark = pytest.mark.verifier


@pytest.fixture(scope="module")
def reader():
    # Given as words, a script finds the packages of the folder that it runs in, and not those beside its file.
    command = ["node", "--input-type=module", "--eval", SCRIPT.read_text(encoding="utf-8")]

    def read(credential, documents):
        done = subprocess.run(
            command,
            cwd=VERIFIER,
            input=json.dumps({"credential": credential, "documents": documents}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return read


def status_list(key, now, withdrawn):
    facts = StatusListFacts("http://localhost:8080", "1", key.did, frozenset(withdrawn), now)
    document = status_list_credential(facts)
    del document["validUntil"]  # the fixture's moment lies in the past, and this reader looks at the real clock
    return {document["id"]: sign(document, key, now=now)}


def test_ours_is_verified_and_stands(reader, signed, key, now):
    verdict = reader(signed, status_list(key, now, {1206, 1208}))
    assert verdict == {"signature": True, "withdrawn": False, "error": None}


def test_a_withdrawn_one_is_found_withdrawn(reader, signed, key, now):
    verdict = reader(signed, status_list(key, now, {1207}))
    assert verdict == {"signature": True, "withdrawn": True, "error": None}


def test_an_altered_one_is_refused(reader, signed, key, now):
    signed["credentialSubject"]["achievement"]["name"] = "Surgery"
    verdict = reader(signed, status_list(key, now, set()))
    assert verdict["signature"] is False
    assert "Invalid signature" in verdict["error"]
