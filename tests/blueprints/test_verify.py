"""What strangers and other people's software are told about certificates."""

import copy
import dataclasses
import json
import threading

import pytest
import requests
from factories.awards import desk, issued
from factories.world import NOON, World
from openbadgeslib.ob3.ldp import OB3LdpVerifier
from openbadgeslib.ob3.verifier import OB3VerificationError
from sqlalchemy import delete, select
from werkzeug.serving import make_server

from lti_mentoring.awarding.badge import badge_credential
from lti_mentoring.awarding.baking import bake_png, bake_svg
from lti_mentoring.awarding.picture import badge_png, badge_svg
from lti_mentoring.awarding.signing import did_web, public_key_from_multikey, sign, signature_holds
from lti_mentoring.awarding.status_list import StatusEntry
from lti_mentoring.models import Award, IssuerKey, StatusList
from lti_mentoring.services.awarding import revoke
from lti_mentoring.services.certificates import badge_facts, printed
from lti_mentoring.services.issuers import ensure_issuer

LAST_YEAR = NOON.replace(year=2025)  # the pages judge by the real clock
REASON = "Issued before the third history was complete."


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def award(session, world, settings):
    made = issued(world, desk(settings), now=LAST_YEAR)
    session.commit()
    return made


def send(client, content, name="certificate.json"):
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    # Written by hand: the test client would leave a temporary file open for the large ones.
    head = f'--edge\r\nContent-Disposition: form-data; name="certificate"; filename="{name}"\r\n\r\n'
    body = head.encode() + data + b"\r\n--edge--\r\n"
    return client.post("/verify", data=body, content_type="multipart/form-data; boundary=edge")


def withdraw(session, world, award):
    revoke(session, world.sitter(), award.id, REASON, now=NOON)
    session.commit()


def test_the_public_page_says_valid_and_nothing_that_was_not_released(award, client):
    answer = client.get(f"/verify/{award.public_id}")
    assert answer.status_code == 200
    assert "This certificate is valid" in answer.text
    assert award.facts["number"] in answer.text
    assert all(word not in answer.text for word in ("Amina", "Clinical", "Milestone 1", "Lindqvist"))


def test_the_public_page_sets_no_cookie_has_no_menu_and_is_framed_by_nobody(award, client):
    answer = client.get(f"/verify/{award.public_id}")
    assert "Set-Cookie" not in answer.headers
    assert "<nav" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_a_withdrawn_one_says_when_but_not_why(session, world, award, client):
    withdraw(session, world, award)
    page = client.get(f"/verify/{award.public_id}").text
    assert "This certificate was withdrawn" in page
    assert "23 November 2026" in page
    assert REASON not in page


@pytest.mark.parametrize("public_id", ["0" * 32, "x", "%00", "..", "a" * 500])
def test_an_address_that_we_never_gave_is_calmly_not_ours(client, public_id):
    answer = client.get(f"/verify/{public_id}")
    assert answer.status_code == 404
    assert "This certificate is not one of ours" in answer.text or "This page is not here" in answer.text


def test_every_kind_of_file_is_judged(award, client):
    files = [
        json.dumps(award.document).encode(),
        bake_png(badge_png(), award.document),
        bake_svg(badge_svg(), award.document),
        printed(award, "https://localhost").pdf,
    ]
    for file in files:
        answer = send(client, file)
        assert answer.status_code == 200
        assert "This certificate is valid" in answer.text
        assert "Compare this with what the file shows" in answer.text


def test_an_altered_file_is_called_altered_and_no_record_is_shown_for_it(award, client):
    altered = copy.deepcopy(award.document)
    altered["validFrom"] = "2020-01-01T00:00:00Z"
    page = send(client, altered).text
    assert "This certificate was altered" in page
    assert award.facts["number"] not in page


def test_a_withdrawn_file_is_called_withdrawn(session, world, award, client):
    withdraw(session, world, award)
    assert "This certificate was withdrawn" in send(client, award.document).text


def test_a_file_of_another_issuer_is_not_ours(award, client):
    stranger = copy.deepcopy(award.document)
    stranger["proof"]["verificationMethod"] = "did:web:other.example#z6MkOther"
    assert "This certificate is not one of ours" in send(client, stranger).text


def test_a_file_whose_time_is_over_says_so(session, world, award, settings, client):
    at = desk(settings)
    issuer = ensure_issuer(session, at, world.institution.id, now=NOON)
    place = session.get_one(StatusList, award.status_list_id)
    facts = badge_facts(award, issuer.facts, StatusEntry(place.public_id, award.status_index), at.public_url)
    over = badge_credential(dataclasses.replace(facts, expires_on=NOON.replace(year=2020)))
    session.commit()
    assert "not valid at this time" in send(client, sign(over, issuer.key, now=NOON)).text


def test_what_we_signed_but_have_no_record_of_is_not_vouched_for(session, award, client):
    document = award.document
    session.execute(delete(Award))
    session.commit()
    answer = send(client, document)
    assert "This certificate is not one of ours" in answer.text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "Choose a file first"),
        (b"hello", "neither a PDF, PNG, SVG nor JSON"),
        (b"{broken", "damaged"),
        (b"{}", "no certificate in this file"),
        (b"%PDF-1.7\n%%EOF", "no certificate in this file"),
        (b"{" + b" " * (4 * 1024 * 1024), "larger than 4 MB"),
        (b"{" + b" " * (5 * 1024 * 1024), "larger than 4 MB"),
    ],
)
def test_a_file_that_cannot_be_judged_gets_words_that_help(client, content, words):
    answer = send(client, content, "certificate.pdf")
    assert answer.status_code == 422
    assert words in answer.text


def test_without_a_file_the_form_comes_back(client):
    assert client.get("/verify").status_code == 200
    assert client.post("/verify", data={}).status_code == 422


def test_software_gets_the_document_and_people_the_page(award, client):
    answer = client.get(f"/awards/{award.public_id}")
    assert answer.json == award.document
    assert answer.headers["Content-Type"] == "application/ld+json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    browser = client.get(f"/awards/{award.public_id}", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (browser.status_code, browser.headers["Location"]) == (303, f"/verify/{award.public_id}")


@pytest.mark.parametrize("path", ["/awards/x", "/issuers/x", "/issuers/x/did.json", "/status/x"])
def test_unknown_addresses_are_not_found(client, path):
    assert client.get(path).status_code == 404


def test_over_https_the_issuer_publishes_its_key(session, award, client):
    key = session.scalars(select(IssuerKey)).one()
    profile = client.get(f"/issuers/{key.public_id}").json
    document = client.get(f"/issuers/{key.public_id}/did.json").json
    assert profile["id"] == document["id"] == did_web("https://localhost", key.public_id)
    assert document["verificationMethod"][0]["publicKeyMultibase"] == key.public_key


def test_a_key_that_names_itself_has_no_document(session, world, settings, client):
    issued(world, desk(settings, "http://localhost:8000"))
    session.commit()
    key = session.scalars(select(IssuerKey)).one()
    assert client.get(f"/issuers/{key.public_id}/did.json").status_code == 404


def test_the_list_is_signed_afresh_and_may_be_kept_a_few_minutes(session, award, client):
    place, key = session.scalars(select(StatusList)).one(), session.scalars(select(IssuerKey)).one()
    answer = client.get(f"/status/{place.public_id}")
    assert signature_holds(answer.json, public_key_from_multikey(key.public_key))
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Vary"] == "Accept"
    token = client.get(f"/status/{place.public_id}", headers={"Accept": "application/vc+jwt"})
    assert token.headers["Content-Type"] == "application/vc+jwt"
    assert token.text.count(".") == 2


class TestByOthersSoftware:
    """openbadgeslib, which others wrote, asks the running tool over HTTP."""

    @pytest.fixture
    def address(self, app):
        server = make_server("127.0.0.1", 0, app, threaded=True)
        url = f"http://127.0.0.1:{server.port}"
        app.extensions["settings"] = dataclasses.replace(app.extensions["settings"], public_url=url)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield url
        server.shutdown()
        thread.join()
        server.server_close()

    @pytest.fixture
    def award(self, session, world, settings, address):
        made = issued(world, desk(settings, address), now=LAST_YEAR)
        session.commit()
        return made

    @staticmethod
    def fetch(url):
        answer = requests.get(url, headers={"Accept": "application/vc+jwt, application/ld+json;q=0.5"}, timeout=5)
        answer.raise_for_status()
        return answer.content

    def verify(self, document):
        verifier = OB3LdpVerifier.for_issuer_did(document["issuer"]["id"])
        return verifier.verify(document, check_status=True, download=self.fetch)

    def test_ours_is_verified_with_its_status(self, award):
        document = requests.get(award.document["id"], timeout=5).json()
        assert self.verify(document).id == award.document["id"]

    def test_an_altered_one_is_refused(self, award):
        document = requests.get(award.document["id"], timeout=5).json()
        document["name"] += " with honours"
        with pytest.raises(OB3VerificationError, match="signature"):
            self.verify(document)

    def test_a_withdrawn_one_is_refused_as_soon_as_it_is_withdrawn(self, session, world, award):
        document = requests.get(award.document["id"], timeout=5).json()
        self.verify(document)
        withdraw(session, world, award)
        with pytest.raises(OB3VerificationError, match="'revocation' is set"):
            self.verify(document)
