"""The reference verifier in JavaScript (@digitalbazaar/vc) agrees: valid, altered, withdrawn."""

import fcntl
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from lti_mentoring.awarding.signing import sign
from lti_mentoring.awarding.status_list import StatusListFacts, status_list_credential

SOURCES = Path(__file__).parent / "node"
INSTALLED = Path(__file__).parents[2] / "build" / "award-readers"

pytestmark = pytest.mark.node


def install():
    """Install the packages of the lock file, once for all workers and runs until the lock file changes."""
    INSTALLED.mkdir(parents=True, exist_ok=True)
    with (INSTALLED / ".lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        wanted = (SOURCES / "package-lock.json").read_text()
        stamp = INSTALLED / ".installed"
        if not stamp.exists() or stamp.read_text() != wanted:
            for name in ("package.json", "package-lock.json"):
                shutil.copy(SOURCES / name, INSTALLED)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr
            stamp.write_text(wanted)
        shutil.copy(SOURCES / "verify.mjs", INSTALLED)


@pytest.fixture(scope="module")
def reader():
    install()

    def read(credential, documents):
        done = subprocess.run(
            ["node", "verify.mjs"],
            cwd=INSTALLED,
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
