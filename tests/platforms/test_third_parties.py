"""The two platforms that others wrote, alone: they launch, give tokens, tell the roster, and take grades.

What our tool makes of them is told by the journeys; here a few lines of a plain tool show that the platforms run.
"""

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from fakes.signing_tool import LTI, SigningTool
from platforms.drive import Browser
from platforms.fixtures import PATIENCE

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCORE = {"activityProgress": "Completed", "gradingProgress": "FullyGraded", "scoreGiven": 8, "scoreMaximum": 10}
FACULTY = {"xblock": 1, "lti1p3": "u1"}
STUDENT = {"xblock": 2, "lti1p3": "u2"}


@pytest.fixture(params=["xblock", "lti1p3"])
def name(request):
    return request.param


@pytest.fixture
def platform(name, request, httpserver):
    return request.getfixturevalue(f"{name}_platform")(httpserver.url_for("").rstrip("/"))


@pytest.fixture
def tool(platform, httpserver):
    config = platform.config
    return SigningTool(httpserver, config["client_id"], config["iss"], config["token_url"])


def launch(platform, httpserver, user, **asked):
    """Go through a launch as a plain tool would, and return the message's claims."""
    login = requests.get(platform.launch_url(user, **asked), allow_redirects=False, timeout=PATIENCE)
    given = {name: values[0] for name, values in parse_qs(urlsplit(login.headers["Location"]).query).items()}
    request = {"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none",
               "client_id": platform.config["client_id"], "redirect_uri": httpserver.url_for("/lti/launch"),
               "state": "s", "nonce": "n", "login_hint": given["login_hint"],
               "lti_message_hint": given["lti_message_hint"]}  # fmt: skip
    with Browser() as browser:
        page = browser.post(platform.config["auth_url"], data=request)
    assert page.sends_itself
    form = page.forms[0]
    assert form["state"] == "s"
    kid = jwt.get_unverified_header(form["id_token"])["kid"]
    keys = requests.get(platform.config["jwks_url"], timeout=PATIENCE).json()["keys"]
    key = next(key for key in keys if key["kid"] == kid)
    return jwt.decode(form["id_token"], jwt.PyJWK(key), algorithms=["RS256"], audience=platform.config["client_id"])


def test_a_roster_is_read_and_a_grade_arrives(platform, tool, httpserver, name):
    claims = launch(platform, httpserver, FACULTY[name], role="instructor")
    assert any(role.endswith("#Instructor") for role in claims[f"{LTI}/roles"])
    answer = requests.post(platform.config["token_url"], data=tool.token_form(), timeout=PATIENCE)
    header = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    address, people = claims[NRPS]["context_memberships_url"], []
    while address:
        accept = {"Accept": "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"}
        found = requests.get(address, headers={**header, **accept}, timeout=PATIENCE)
        people += found.json()["members"]
        address = found.links.get("next", {}).get("url")
    assert len(people) >= 7
    student = launch(platform, httpserver, STUDENT[name])["sub"]
    assert student in {person["user_id"] for person in people}

    column = {"label": "Mentoring", "scoreMaximum": 10, "tag": "t",
              "resourceLinkId": platform.config["resource_link_id"]}  # fmt: skip
    kind = {"Content-Type": "application/vnd.ims.lis.v2.lineitem+json"}
    made = requests.post(claims[AGS]["lineitems"], json=column, headers={**header, **kind}, timeout=PATIENCE)
    assert made.status_code == 201, made.text
    url = urlsplit(made.json()["id"])
    scores = url._replace(path=f"{url.path.rstrip('/')}/scores").geturl()
    kind = {"Content-Type": "application/vnd.ims.lis.v1.score+json"}
    sent = {**SCORE, "userId": student, "timestamp": "2026-09-01T10:00:00+00:00"}
    assert requests.post(scores, json=sent, headers={**header, **kind}, timeout=PATIENCE).ok
    again = requests.post(scores, json=sent, headers={**header, **kind}, timeout=PATIENCE)
    assert again.status_code in {400, 409}
    assert [(row["user"], row["score"]) for row in platform.state()["gradebook"]] in ([(student, 0.8)], [(student, 8)])


def test_a_new_key_signs_after_a_rotation(platform, httpserver, name):
    before = requests.get(platform.config["jwks_url"], timeout=PATIENCE).json()
    platform.rotate()
    assert launch(platform, httpserver, STUDENT[name])["nonce"] == "n"
    assert requests.get(platform.config["jwks_url"], timeout=PATIENCE).json() != before


def test_people_leave_and_join(platform, httpserver, name):
    left = platform.mutate(leave=[3, "u3"])["people"]
    assert len(left) == len(set(left)) >= 6


def test_a_message_can_be_bent(lti1p3_platform, httpserver):
    platform = lti1p3_platform(httpserver.url_for("").rstrip("/"))
    platform.mutate(set={f"{LTI}/version": "1.1"}, remove=["sub"], times={"exp": int(time.time()) + 5})
    claims = launch(platform, httpserver, "parent", observed="u2,u3")
    assert claims[f"{LTI}/version"] == "1.1"
    assert "sub" not in claims
    assert claims[f"{LTI}/role_scope_mentor"] == ["u2", "u3"]
    assert claims["exp"] - time.time() < 10
    platform.mutate(header={"kid": None}, other_key=True)
    with Browser() as browser:
        page = browser.post(platform.config["auth_url"], data={
            "client_id": platform.config["client_id"], "redirect_uri": httpserver.url_for("/lti/launch"), "state": "s",
            "nonce": "n", "login_hint": "u2", "lti_message_hint": "{}"})  # fmt: skip
    assert "kid" not in jwt.get_unverified_header(page.forms[0]["id_token"])


def test_a_login_can_begin_with_a_form(lti1p3_platform, httpserver):
    platform = lti1p3_platform(httpserver.url_for("").rstrip("/"))
    httpserver.expect_request("/lti/login", method="POST").respond_with_data("here")
    with Browser() as browser:
        assert browser.open(platform.launch_url("u2", by="post")).path == "/lti/login"
