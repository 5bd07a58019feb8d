"""Access tokens and keys of the demonstration LMS: good requests, and every bad one by its own reason."""

from dataclasses import replace

import jwt
import pytest
from fakes.signing_tool import MISSING, rsa_key

from lti_mentoring.demo import keys
from lti_mentoring.demo.tools import LINE_ITEM, ROSTER_READ, SCORE, save_tool, seeded_tool


def refusal(answer):
    assert answer.status_code == 400, answer.text
    return answer.json["error"]


def test_a_signed_assertion_gets_a_token_for_an_hour(web, tool):
    answer = web.post("/token", data=tool.token_form())
    assert answer.status_code == 200
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("bearer", 3600)
    assert answer.headers["Cache-Control"] == "no-store"


def test_only_known_scopes_are_granted(web, tool):
    answer = web.post("/token", data=tool.token_form(scope=f"{SCORE} https://example.org/scope/everything"))
    assert answer.json["scope"] == SCORE


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"aud": "https://elsewhere.example"}, "invalid_client"),
        ({"aud": MISSING}, "invalid_client"),
        ({"sub": "somebody"}, "invalid_client"),
        ({"jti": MISSING}, "invalid_client"),
        ({"jti": ""}, "invalid_client"),
        ({"exp": MISSING}, "invalid_client"),
        ({"exp": 1}, "invalid_client"),
        ({"iat": MISSING}, "invalid_client"),
        ({"iat": 4102444800}, "invalid_client"),
        ({"iss": "stranger"}, "invalid_client"),
    ],
)
def test_a_bad_assertion_is_refused(web, tool, change, reason):
    assert refusal(web.post("/token", data=tool.token_form(change))) == reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": MISSING}, "invalid_request"),
        ({"client_assertion_type": "something"}, "invalid_request"),
        ({"client_assertion": "not a token"}, "invalid_request"),
        ({"client_assertion": MISSING}, "invalid_request"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "https://example.org/scope/everything"}, "invalid_scope"),
    ],
)
def test_a_bad_request_is_refused(web, tool, fields, reason):
    assert refusal(web.post("/token", data=tool.token_form(**fields))) == reason


def test_an_assertion_works_once(web, tool):
    form = tool.token_form()
    assert web.post("/token", data=form).status_code == 200
    assert refusal(web.post("/token", data=form)) == "invalid_client"


def test_a_request_that_is_no_form_is_refused(web, tool):
    assert refusal(web.post("/token", json=tool.token_form())) == "invalid_request"


def test_another_key_under_the_same_id_is_refused(web, tool):
    forged = tool.assertion(key=rsa_key(2), kid="first")
    assert refusal(web.post("/token", data=tool.token_form(client_assertion=forged))) == "invalid_client"


def test_an_assertion_without_a_key_id_is_refused_without_asking_the_tool_again(web, tool):
    web.post("/token", data=tool.token_form())
    nameless = jwt.encode({"iss": tool.client_id}, rsa_key(1), algorithm="RS256")
    assert refusal(web.post("/token", data=tool.token_form(client_assertion=nameless))) == "invalid_client"
    assert tool.fetched == 1


def test_the_tools_keys_are_fetched_once_and_again_after_a_rotation(web, tool):
    for _ in range(3):
        assert web.post("/token", data=tool.token_form()).status_code == 200
    assert tool.fetched == 1
    tool.rotate("second", 2)
    assert web.post("/token", data=tool.token_form()).status_code == 200
    assert tool.fetched == 2


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "{}"), (200, "<h1>no</h1>"), (200, '{"keys": 7}'), (200, "[]"), (200, '{"keys": ["x", {"kid": "first"}]}')],
)
def test_a_tool_without_keys_gets_no_token(web, tool, httpserver, status, body):
    httpserver.clear()
    httpserver.expect_request("/lti/jwks.json").respond_with_data(body, status=status)
    assert refusal(web.post("/token", data=tool.token_form())) == "invalid_client"


def test_after_a_rotation_both_keys_are_published_and_the_new_one_signs(web, store):
    before = web.get("/jwks.json").json["keys"]
    keys.rotate(store)
    after = web.get("/jwks.json").json["keys"]
    assert len(before) == 1
    assert len(after) == 2
    assert after[1]["kid"] == before[0]["kid"]
    assert all(key["use"] == "sig" and key["alg"] == "RS256" for key in after)


def test_a_first_key_is_made_where_there_is_none(store):
    store.run("DELETE FROM signing_key")
    assert keys.signing_keys(store) == keys.signing_keys(store)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer no.token.atall"}])
def test_a_service_wants_a_token(web, header):
    assert web.get("/services/med402-2026-autumn/memberships?type_id=1", headers=header).status_code == 401


def test_a_token_opens_only_what_its_scopes_cover(web, bearer):
    roster = "/services/med402-2026-autumn/memberships?type_id=1"
    columns = "/services/med402-2026-autumn/lineitems?type_id=1"
    assert web.get(roster, headers=bearer(LINE_ITEM)).status_code == 403
    assert web.get(columns, headers=bearer(ROSTER_READ)).status_code == 403
    assert web.get(columns, headers=bearer(SCORE)).status_code == 403
    assert web.get(roster, headers=bearer(ROSTER_READ)).status_code == 200


def test_a_token_of_before_a_rotation_is_refused_so_that_the_tool_asks_again(web, bearer, store):
    header = bearer()
    keys.rotate(store)
    assert web.get("/services/med402-2026-autumn/memberships?type_id=1", headers=header).status_code == 401
    assert web.get("/services/med402-2026-autumn/memberships?type_id=1", headers=bearer()).status_code == 200


def test_a_token_of_one_tool_opens_nothing_of_anothers(web, bearer, store, lms_config):
    other = save_tool(store, replace(seeded_tool(lms_config), client_id="other"))
    header = bearer()
    assert web.get(f"/services/med402-2026-autumn/memberships?type_id={other.id}", headers=header).status_code == 401
