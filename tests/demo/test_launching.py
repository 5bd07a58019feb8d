"""Opening the tool from the demonstration LMS, and placing what was chosen: the whole exchange, and each refusal."""

import time
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from fakes.demo_launch import Form
from fakes.signing_tool import DL, LTI, MISSING, rsa_key

from lti_mentoring.demo.course import Kind, Launch, begin_launch, begin_picking, links, take_launch
from lti_mentoring.demo.gradebook import add_line_item, line_items, record_score
from lti_mentoring.demo.messages import GROUPS_CLAIM, NOTICES_CLAIM
from lti_mentoring.demo.people import FACULTY, PEOPLE, RESOURCE_LINK_ID
from lti_mentoring.demo.tools import save_tool, tool_by_id

STRANGER_LAUNCH = "launch-of-nobody"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"


def test_the_login_is_a_form_that_sends_itself(web, lms_config):
    answer = web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")
    form = Form(answer)
    assert form.action == lms_config.login_url
    assert "data-autosubmit" in answer.text
    hint = form.fields.pop("lti_message_hint")
    assert len(hint) >= 32
    assert form.fields == {
        "iss": "http://127.0.0.1:8080", "target_link_uri": lms_config.launch_url, "login_hint": "student-01",
        "client_id": "demo-mentoring", "lti_deployment_id": "1"}  # fmt: skip


def test_the_login_may_be_a_redirect(web, lms_config):
    answer = web.get(f"/launch/student-01/{RESOURCE_LINK_ID}?by=get")
    assert answer.status_code == 302
    assert answer.location.startswith(lms_config.login_url + "?iss=")


@pytest.mark.parametrize("by", ["", "?by=get"])
def test_a_login_address_with_a_query_keeps_it(web, store, lms_config, by):
    save_tool(store, replace(tool_by_id(store, 1), login_url=f"{lms_config.login_url}?school=7"))
    answer = web.get(f"/launch/student-01/{RESOURCE_LINK_ID}{by}")
    if by:
        fields = dict(parse_qsl(urlsplit(answer.location).query))
        assert fields.pop("school") == "7"
    else:
        assert Form(answer).action == f"{lms_config.login_url}?school=7"
        fields = Form(answer).fields
    assert (fields["iss"], fields["login_hint"]) == ("http://127.0.0.1:8080", "student-01")


def test_the_message_says_all_that_a_course_knows(launched, lms_config):
    claims = launched("student-04")
    assert (claims["sub"], claims["name"], claims["nonce"]) == ("student-04", "فاطمة الزهراني", "n-1")
    assert (claims["given_name"], claims["family_name"]) == ("فاطمة", "الزهراني")
    assert claims["email"] == "s04@students.example.edu"
    assert claims["exp"] - claims["iat"] == 60
    assert claims["iss"] == lms_config.issuer
    assert claims[f"{LTI}/message_type"] == "LtiResourceLinkRequest"
    assert claims[f"{LTI}/target_link_uri"] == lms_config.launch_url
    assert claims[f"{LTI}/resource_link"] == {"id": RESOURCE_LINK_ID, "title": "Mentoring"}
    assert claims[f"{LTI}/context"]["id"] == "med402-2026-autumn"
    assert claims[f"{LTI}/custom"] == {"section_names": '["Ward 3"]', "context_history": "", "link_history": ""}
    assert claims[f"{LTI}/launch_presentation"] == {
        "document_target": "iframe", "return_url": "http://127.0.0.1:8080/course/student-04?course=med402-2026-autumn",
        "locale": "en"}  # fmt: skip
    assert claims[f"{LTI}/tool_platform"]["guid"]
    assert claims[AGS]["lineitems"] == "http://127.0.0.1:8080/services/med402-2026-autumn/lineitems?type_id=1"
    assert "lineitem" not in claims[AGS]
    assert len(claims[AGS]["scope"]) == 4
    assert claims[NRPS]["context_memberships_url"].endswith("/memberships?type_id=1")


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.sub)
def test_each_of_the_cast_can_open_the_tool(launched, person):
    claims = launched(person.sub)
    assert claims["name"] == person.name
    assert claims[f"{LTI}/roles"] == list(person.roles)
    assert claims.get(f"{LTI}/role_scope_mentor", []) == list(person.observes)


def test_a_window_of_its_own_and_another_language_are_said(launched):
    presentation = launched(query="?window=1&locale=ar")[f"{LTI}/launch_presentation"]
    assert (presentation["document_target"], presentation["locale"]) == ("window", "ar")


def test_a_tool_that_may_know_nothing_is_told_nothing(launched, store):
    save_tool(store, replace(tool_by_id(store, 1), claims=(), scopes=()))
    claims = launched()
    assert not {"name", "given_name", "family_name", "email", AGS, NRPS, GROUPS_CLAIM, NOTICES_CLAIM} & set(claims)


def test_only_variables_that_the_lms_knows_are_filled_in(launched, store):
    custom = {"before": "$Context.id.history", "canvas": "$Canvas.course.sectionIds", "plain": "blue"}
    save_tool(store, replace(tool_by_id(store, 1), custom=custom))
    assert launched("staff-lindqvist")[f"{LTI}/custom"] == {**custom, "before": ""}
    save_tool(store, replace(tool_by_id(store, 1), custom={}))
    assert f"{LTI}/custom" not in launched("staff-lindqvist")


def test_the_one_column_of_a_link_is_named_two_are_not(launched, store):
    column = {"label": "Mentoring", "scoreMaximum": 10, "resourceLinkId": RESOURCE_LINK_ID}
    item = add_line_item(store, 1, column)
    assert f"/lineitems/{item.id}/lineitem?" in launched()[AGS]["lineitem"]
    add_line_item(store, 1, column)
    assert "lineitem" not in launched()[AGS]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"response_type": "code"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": ...}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"nonce": ...}, "invalid_request"),
        ({"login_hint": ...}, "invalid_request"),
        ({"login_hint": "student-02"}, "access_denied"),
        ({"lti_message_hint": ...}, "invalid_request"),
        ({"lti_message_hint": STRANGER_LAUNCH}, "login_required"),
    ],
    ids=str,
)
def test_a_bad_authentication_request_is_answered_with_an_error(web, asked, lms_config, change, error):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    answer = Form(web.get("/auth", query_string=asked(login, **change)))
    assert answer.action == lms_config.launch_url
    assert answer.fields["error"] == error
    assert answer.fields["state"] == "s-1"
    assert "id_token" not in answer.fields


def test_a_request_without_a_state_is_answered_with_an_error(web, asked):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    assert Form(web.get("/auth", query_string=asked(login, state=...))).fields["error"] == "invalid_request"


@pytest.mark.parametrize(
    "change",
    [{"redirect_uri": "http://localhost:1/evil"}, {"redirect_uri": ...}, {"client_id": "x"}, {"client_id": ...}],
)
def test_nothing_is_sent_to_an_address_or_a_client_that_is_not_registered(web, asked, change):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    answer = web.get("/auth", query_string=asked(login, **change))
    assert answer.status_code == 400
    assert "<form" not in answer.text


def test_a_launch_is_used_up_by_its_first_request(web, asked):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    assert "id_token" in Form(web.get("/auth", query_string=asked(login))).fields
    assert Form(web.get("/auth", query_string=asked(login))).fields["error"] == "login_required"


def test_the_request_may_come_by_post(web, asked):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    assert "id_token" in Form(web.post("/auth", data=asked(login))).fields


def test_a_launch_of_ten_minutes_ago_is_over(store):
    launch = Launch("old", "student-01", RESOURCE_LINK_ID, 1, Kind.RESOURCE, "http://t", "iframe", "en")
    begin_launch(store, launch)
    store.run("UPDATE launch SET made_at = ?", time.time() - 601)
    assert take_launch(store, "old") is None


def test_a_link_that_was_removed_meanwhile_ends_the_launch(web, asked, store):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    store.run("DELETE FROM link")
    assert Form(web.get("/auth", query_string=asked(login))).fields["error"] == "invalid_request"


def test_a_course_that_was_removed_meanwhile_ends_the_launch(web, asked, store):
    login = Form(web.get(f"/launch/student-01/{RESOURCE_LINK_ID}")).fields
    store.run("DELETE FROM course")
    assert Form(web.get("/auth", query_string=asked(login))).fields["error"] == "invalid_request"


@pytest.mark.parametrize("address", ["/launch/nobody/med402-mentoring", "/launch/student-01/none", "/choose/nobody/1",
                                     "/choose/staff-lindqvist/9", "/choose/staff-lindqvist/1?course=none"])  # fmt: skip
def test_what_is_not_there_cannot_be_opened(web, address):
    assert web.get(address).status_code == 404


def test_a_tool_without_content_to_choose_cannot_be_asked_for_it(web, store):
    save_tool(store, replace(tool_by_id(store, 1), deep_linking_url=""))
    assert web.get("/choose/staff-lindqvist/1").status_code == 404


ITEM = {"type": "ltiResourceLink", "title": "Research track", "custom": {"track": "research"}}


@pytest.fixture
def place(web, tool, store):
    """Send a choice back to the LMS."""

    def placed(*items, data=None, change=None, **how):
        secret = begin_picking(store, 1, "staff-lindqvist") if data is None else data
        return web.post("/deep-linking/1", data={"JWT": tool.choice(secret, list(items), change, **how)})

    return placed


def test_choosing_content_is_its_own_message(launched, web, tool):
    claims = launched(address="/choose/staff-lindqvist/1")
    settings = claims[f"{DL}/deep_linking_settings"]
    assert claims[f"{LTI}/message_type"] == "LtiDeepLinkingRequest"
    assert f"{LTI}/resource_link" not in claims
    assert settings["deep_link_return_url"] == "http://127.0.0.1:8080/deep-linking/1"
    assert settings["accept_types"] == ["ltiResourceLink"]
    answer = web.post("/deep-linking/1", data={"JWT": tool.choice(settings["data"], [ITEM])})
    assert answer.status_code == 200
    assert "1 link was added" in answer.text


def test_what_was_chosen_stands_in_the_course_and_opens_with_its_custom_values(place, store, launched, lms_config):
    column = {"label": "Research", "scoreMaximum": 20, "resourceId": "r"}
    assert place({**ITEM, "url": f"{lms_config.tool_url}/lti/launch", "lineItem": column}).status_code == 200
    link = links(store)[-1]
    assert (link.title, link.custom) == ("Research track", {"track": "research"})
    claims = launched(address=f"/launch/staff-lindqvist/{link.id}")
    assert claims[f"{LTI}/custom"]["track"] == "research"
    assert claims[AGS]["lineitem"]
    assert [item.label for item in line_items(store)] == ["Research"]


def test_choosing_nothing_places_nothing(place, store):
    answer = place()
    assert (answer.status_code, len(links(store))) == (200, 1)
    assert "Nothing was added" in answer.text


def test_an_item_needs_no_title_no_address_and_no_custom_values(place, store, lms_config):
    place({"type": "ltiResourceLink"})
    assert (links(store)[-1].title, links(store)[-1].url) == ("Mentoring", lms_config.launch_url)


@pytest.mark.parametrize(
    "item",
    [{"type": "link", "url": "http://x"}, {}, {**ITEM, "url": "https://evil.example/launch"}, {**ITEM, "url": 7},
     {**ITEM, "custom": {"a": 1}}, {**ITEM, "custom": ["a"]}, {**ITEM, "lineItem": {"scoreMaximum": 0}},
     {**ITEM, "lineItem": "yes"}, "text"],
    ids=str,
)  # fmt: skip
def test_a_bad_item_places_none_of_the_choice(place, store, item):
    assert place(ITEM, item).status_code == 400
    assert len(links(store)) == 1


@pytest.mark.parametrize(
    "change",
    [{"iss": "other"}, {"aud": "https://elsewhere.example"}, {"exp": MISSING}, {"exp": 1}, {"nonce": MISSING},
     {f"{LTI}/deployment_id": "2"}, {f"{LTI}/version": "1.1"}, {f"{LTI}/message_type": "LtiResourceLinkRequest"},
     {f"{DL}/content_items": {}}, {f"{DL}/data": "foreign"}, {f"{DL}/data": MISSING}],
    ids=str,
)  # fmt: skip
def test_a_bad_choice_is_refused(place, store, change):
    assert place(ITEM, change=change).status_code == 400
    assert len(links(store)) == 1


def test_a_choice_works_once(place, web, tool, store):
    data = begin_picking(store, 1, "staff-lindqvist")
    signed = tool.choice(data, [ITEM])
    assert web.post("/deep-linking/1", data={"JWT": signed}).status_code == 200
    assert web.post("/deep-linking/1", data={"JWT": signed}).status_code == 400
    assert place(ITEM, data=data).status_code == 400
    assert len(links(store)) == 2


def test_a_choice_signed_by_somebody_else_is_refused(place):
    assert place(ITEM, key=rsa_key(2)).status_code == 400


@pytest.mark.parametrize("token", ["", "a.b", "a.b.c", "W10.W10.W10"])
def test_a_choice_that_is_no_token_is_refused(web, token):
    assert web.post("/deep-linking/1", data={"JWT": token}).status_code == 400


def test_the_work_behind_a_grade_is_asked_for_with_the_student_the_column_and_its_link(launched, store, web):
    link = {"resourceLinkId": RESOURCE_LINK_ID, "submissionReview": {"reviewableStatus": ["Completed"]}}
    item = add_line_item(store, 1, {"label": "Mentoring", "scoreMaximum": 100, **link})
    claims = launched(FACULTY.sub, address=f"/review/{FACULTY.sub}/1/{item.id}/student-02")
    assert claims[f"{LTI}/message_type"] == "LtiSubmissionReviewRequest"
    assert claims[f"{LTI}/for_user"]["user_id"] == "student-02"
    assert claims[f"{LTI}/resource_link"]["id"] == RESOURCE_LINK_ID
    assert f"/lineitems/{item.id}/lineitem" in claims[AGS]["lineitem"]
    for wrong in ("nobody/1/1/student-02", f"{FACULTY.sub}/1/99/student-02", f"{FACULTY.sub}/1/{item.id}/nobody"):
        assert web.get(f"/review/{wrong}").status_code == 404


def test_a_column_without_a_link_is_reviewed_without_one(launched, store):
    item = add_line_item(store, 1, {"label": "Mentoring", "scoreMaximum": 100})
    claims = launched(FACULTY.sub, address=f"/review/{FACULTY.sub}/1/{item.id}/student-02")
    assert f"{LTI}/resource_link" not in claims


def test_the_gradebook_leads_to_the_work_where_a_column_says_that_it_may(store, web):
    shared = {"scoreMaximum": 100, "label": "Mentoring"}
    item = add_line_item(store, 1, {**shared, "submissionReview": {"reviewableStatus": ["Completed"]}})
    plain = add_line_item(store, 1, shared)
    score = {"userId": "student-02", "timestamp": "2026-11-27T10:00:00Z", "activityProgress": "Completed",
             "gradingProgress": "FullyGraded", "scoreGiven": 80, "scoreMaximum": 100}  # fmt: skip
    for one in (item, plain):
        record_score(store, one, score)
    page = web.get("/gradebook").text
    there = f"/gradebook/1/{item.id}/student-02"
    assert there in page
    assert f"/gradebook/1/{plain.id}/student-02" not in page
    assert f"/review/{FACULTY.sub}/1/{item.id}/student-02" in web.get(there).text
