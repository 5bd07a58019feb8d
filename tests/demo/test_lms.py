"""The demonstration LMS's pages, its faults, its activity log, and how a tool registers itself with one address."""

import sqlite3
import threading
from importlib import import_module

import pytest

from lti_mentoring.demo import lms as lms_module
from lti_mentoring.demo.activity import Fault, Service, Setting, fault, recent_calls, set_fault
from lti_mentoring.demo.config import LMS_PREFIX, DemoConfig
from lti_mentoring.demo.course import Status, links, member_status, members, seed_course
from lti_mentoring.demo.gradebook import add_line_item, record_score
from lti_mentoring.demo.lms import create_lms
from lti_mentoring.demo.people import PEOPLE, RESEARCH_ID, RESEARCH_LINK_ID, RESOURCE_LINK_ID, STUDENTS, Part
from lti_mentoring.demo.tools import all_tools, new_registration_token

PAGES = ["/", "/course/staff-lindqvist", "/course/student-15", f"/course/student-01/open/{RESOURCE_LINK_ID}",
         "/course/staff-lindqvist/choose/1", "/gradebook", "/participants", "/activity", "/faults",
         "/tools", "/gradebook?course=med402-2026-autumn"]  # fmt: skip
ROSTER = "/services/med402-2026-autumn/memberships?type_id=1"
CONFIGURATION = "https://purl.imsglobal.org/spec/lti-tool-configuration"


@pytest.mark.parametrize("page", PAGES)
def test_every_page_answers_with_its_own_heading_and_a_strict_policy(web, page):
    answer = web.get(page)
    assert answer.status_code == 200
    assert answer.text.count("<h1") == 1
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-src 'self' http://localhost:" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("page", ["/course/nobody", "/course/student-01/open/none", "/course/nobody/open/x",
                                  "/course/staff-lindqvist/choose/9"])  # fmt: skip
def test_what_is_not_there_is_not_found(web, page):
    assert web.get(page).status_code == 404


def test_the_cast_is_as_promised():
    parts = [person.part for person in PEOPLE]
    assert (parts.count(Part.FACULTY), parts.count(Part.MENTOR), parts.count(Part.STUDENT)) == (1, 4, 30)
    assert (parts.count(Part.ADMINISTRATOR), parts.count(Part.OBSERVER)) == (1, 1)
    assert len({person.sub for person in PEOPLE}) == len(PEOPLE)
    assert any(len(person.name) == 40 for person in STUDENTS)
    assert any(" " not in person.name for person in STUDENTS)
    assert len({person.lang for person in STUDENTS}) > 20


def test_the_start_page_names_everybody_in_their_own_script(web):
    page = web.get("/").text
    for person in PEOPLE:
        assert f'<bdi lang="{person.lang}">{person.name.replace(chr(39), "&#39;")}</bdi>' in page


def test_opened_under_another_name_the_lms_sends_one_home(web):
    answer = web.get("/gradebook?x=1", base_url="http://localhost:8080")
    assert (answer.status_code, answer.location) == (302, "http://127.0.0.1:8080/gradebook?x=1")


def test_starting_again_keeps_what_is_there(lms_config, lms, store):
    add_line_item(store, 1, {"label": "Kept", "scoreMaximum": 1})
    create_lms(lms_config)
    seed_course(store, lms_config)
    assert len(links(store)) == len(links(store, RESEARCH_ID)) == len(all_tools(store)) == 1
    assert len(members(store)) == 35
    assert store.number("SELECT count(*) FROM line_item") == 1


def test_a_file_of_before_there_were_copies_gets_what_it_lacks(lms_config, lms, store):
    store.run("DELETE FROM link WHERE id = ?", RESEARCH_LINK_ID)
    store.run("DROP TABLE course")
    store.run("ALTER TABLE link DROP COLUMN course_id")
    create_lms(lms_config)
    assert [(link.id, link.course_id) for link in links(store)] == [(RESOURCE_LINK_ID, "med402-2026-autumn")]
    assert [link.id for link in links(store, RESEARCH_ID)] == [RESEARCH_LINK_ID]


def test_starting_on_other_ports_takes_the_link_along(tmp_path, lms_config, lms, store):
    create_lms(DemoConfig.on_ports(lms_config.data_dir, 8081, "http://localhost:8001/"))
    assert links(store)[0].url == "http://localhost:8001/lti/launch"
    assert all_tools(store)[0].redirect_uris == ("http://localhost:8001/lti/launch",)


def test_only_the_owner_may_read_the_file_with_the_keys(lms_config, lms):
    assert lms_config.database.stat().st_mode & 0o077 == 0


def test_the_templates_are_found_in_the_wheel_first(tmp_path, monkeypatch):
    inside = tmp_path / "templates"
    monkeypatch.setattr(lms_module, "PACKAGE", tmp_path / "demo")
    assert lms_module.template_folder() == tmp_path.parent / "templates"
    inside.mkdir()
    assert lms_module.template_folder() == inside


def test_the_gradebook_shows_grades_comments_and_emptied_cells(web, store):
    assert "No tool has made a column yet" in web.get("/gradebook").text
    item = add_line_item(store, 1, {"label": "Mentoring", "scoreMaximum": 50})
    assert "No grade has arrived yet" in web.get("/gradebook").text
    score = {"userId": "student-01", "timestamp": "2026-09-01T10:00:00Z", "gradingProgress": "FullyGraded"}
    record_score(store, item, {**score, "scoreGiven": 9, "scoreMaximum": 10, "comment": "Well <done>"})
    record_score(store, item, {**score, "userId": "student-02", "gradingProgress": "Pending", "scoreGiven": 5})
    page = web.get("/gradebook").text
    assert "45<span" in page
    assert "Well &lt;done&gt;" in page
    assert "emptied" in page


def test_the_guide_ticks_what_has_been_done(web, store):
    assert "done</span>" not in web.get("/").text
    for sub in ("staff-lindqvist", "student-01", "staff-raman"):
        web.get(f"/launch/{sub}/{RESOURCE_LINK_ID}")
    store.run("UPDATE launch SET used_at = made_at")
    assert web.get("/").text.count("done</span>") == 3
    item = add_line_item(store, 1, {"label": "Mentoring", "scoreMaximum": 50})
    record_score(store, item, {"userId": "student-01", "timestamp": "2026-09-01T10:00:00Z",
                               "gradingProgress": "FullyGraded", "scoreGiven": 9})  # fmt: skip
    web.post("/tools/1/place")
    web.post("/courses/med402-2026-autumn/copy")
    assert web.get("/").text.count("done</span>") == 6
    web.get(f"/launch/staff-lindqvist/{RESEARCH_LINK_ID}")
    store.run("UPDATE launch SET used_at = made_at")
    assert web.get("/").text.count("done</span>") == 7


def test_mails_are_linked_where_the_tool_shows_them(tmp_path, web):
    assert ">Mails<" not in web.get("/").text
    config = DemoConfig.on_ports(tmp_path, 8080, "http://localhost:8000", "http://localhost:8000/demo/mails")
    page = create_lms(config).test_client().get("/", base_url=config.lms_url).text
    assert 'href="http://localhost:8000/demo/mails"' in page


def test_a_server_finds_it_ready_where_the_environment_says(tmp_path, monkeypatch):
    told = {"FOLDER": tmp_path / "new" / "lms", "PORT": 8080, "TOOL_URL": "http://localhost:8000", "MAILS_URL": ""}
    for name, value in told.items():
        monkeypatch.setenv(LMS_PREFIX + name, str(value))
    app = import_module("lti_mentoring.demo.serving").app
    assert app.test_client().get("/healthz", base_url="http://127.0.0.1:8080").status_code == 200
    assert (tmp_path / "new" / "lms" / "lms.db").exists()


def test_somebody_can_leave_the_course_and_come_back(web, store):
    for status in ("Left", "Inactive", "Active"):
        answer = web.post("/participants/student-01", data={"status": status})
        assert answer.status_code == 303
        assert member_status(store, "student-01") is Status(status)


@pytest.mark.parametrize(("sub", "status"), [("student-01", "Gone"), ("nobody", "Left"), ("student-01", "")])
def test_a_status_or_a_person_that_does_not_exist_changes_nothing(web, store, sub, status):
    assert web.post(f"/participants/{sub}", data={"status": status}).status_code == 404
    assert member_status(store, "student-01") is Status.ACTIVE
    assert member_status(store, "staff-whitfield") is None


@pytest.mark.parametrize(
    "address", ["/participants/student-01", "/faults", "/keys/rotate", "/tools/add", "/courses/med402-2026-autumn/copy"]
)
def test_forms_of_other_sites_are_refused(web, address):
    assert web.post(address, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


def test_a_service_that_is_down_says_so_and_is_logged(web, store, bearer):
    header = bearer()
    set_fault(store, Service.ROSTER, Setting(Fault.DOWN))
    assert web.get(ROSTER, headers=header).status_code == 503
    assert web.get("/services/med402-2026-autumn/lineitems?type_id=1", headers=header).status_code == 200
    assert [(call.what, call.status) for call in recent_calls(store)][:2] == [("lineitems", 200), ("memberships", 503)]


def test_a_service_can_answer_with_a_web_page(web, store):
    set_fault(store, Service.TOKEN, Setting(Fault.HTML))
    answer = web.post("/token", data={})
    assert (answer.status_code, answer.mimetype) == (200, "text/html")


def test_a_slow_service_answers_late_but_rightly(web, store, bearer):
    header = bearer()
    set_fault(store, Service.ROSTER, Setting(Fault.SLOW, 0.05))
    assert web.get(ROSTER, headers=header).status_code == 200
    assert recent_calls(store)[0].seconds >= 0.05


def test_a_lost_answer_has_done_its_work(web, store, bearer):
    header = bearer()
    set_fault(store, Service.GRADES, Setting(Fault.LOST))
    answer = web.post("/services/med402-2026-autumn/lineitems?type_id=1", json={"label": "L", "scoreMaximum": 1},
                      headers=header, content_type="application/vnd.ims.lis.v2.lineitem+json")  # fmt: skip
    assert answer.status_code == 502
    assert store.number("SELECT count(*) FROM line_item") == 1


def test_faults_are_switched_on_a_page(web, store):
    answer = web.post("/faults", data={"token": "down", "roster": "slow", "seconds": "1.5"})
    assert answer.status_code == 303
    assert fault(store, Service.TOKEN).kind is Fault.DOWN
    assert fault(store, Service.ROSTER) == Setting(Fault.SLOW, 1.5)
    assert fault(store, Service.GRADES).kind is Fault.OK
    assert 'value="1.5"' in web.get("/faults").text


@pytest.mark.parametrize("form", [{"token": "odd"}, {"seconds": "-1"}, {"seconds": "9999"}, {"seconds": "nan"}])
def test_a_fault_that_does_not_exist_changes_nothing(web, store, form):
    assert web.post("/faults", data=form).status_code == 400
    assert fault(store, Service.TOKEN) == Setting()


def test_the_activity_page_tells_in_words_what_was_asked(web, store, bearer):
    assert "Nothing yet" in web.get("/activity").text
    header = bearer()
    web.get(ROSTER, headers=header)
    item = add_line_item(store, 1, {"label": "Mentoring", "scoreMaximum": 50})
    score = {"userId": "student-03", "timestamp": "2026-09-01T10:00:00Z", "activityProgress": "Completed",
             "gradingProgress": "FullyGraded", "scoreGiven": 9, "scoreMaximum": 10}  # fmt: skip
    web.post(f"/services/med402-2026-autumn/lineitems/{item.id}/lineitem/scores?type_id=1", json=score, headers=header,
             content_type="application/vnd.ims.lis.v1.score+json")  # fmt: skip
    page = web.get("/activity").text
    for words in ("Asked for an access token", "Read the participants", "Sent a grade", "आरव शर्मा", "9 / 10"):
        assert words in page


def test_ten_at_once_find_the_database_open(lms, store):
    problems = []

    def work(number):
        try:
            for _ in range(5):
                store.run("UPDATE member SET status = 'Active' WHERE sub = ?", f"student-{number:02d}")
                members(store)
        except sqlite3.Error as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(1, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_write_that_fails_half_way_leaves_nothing(store):
    def remove_then_fail():
        with store.writing() as connection:
            connection.execute("DELETE FROM member")
            connection.execute("DELETE FROM nothing")

    with pytest.raises(sqlite3.OperationalError):
        remove_then_fail()
    assert len(members(store)) == 35


def test_the_lms_says_that_it_is_up(web):
    assert web.get("/healthz").json == {"status": "ok"}


def test_a_new_key_can_be_asked_for(web):
    assert web.post("/keys/rotate").status_code == 303
    assert "2 keys are published" in web.get("/tools").text


# ---- registration by one address


def sent(tool_url, **change):
    own = {"domain": tool_url.partition("//")[2], "target_link_uri": f"{tool_url}/lti/launch",
           "claims": ["iss", "name"], "custom_parameters": {"before": "$Context.id.history", "odd": 7},
           "messages": [{"type": "LtiDeepLinkingRequest", "target_link_uri": f"{tool_url}/lti/pick"}]}  # fmt: skip
    good = {
        "application_type": "web", "grant_types": ["implicit", "client_credentials"], "response_types": ["id_token"],
        "redirect_uris": [f"{tool_url}/lti/launch"], "initiate_login_uri": f"{tool_url}/lti/login",
        "client_name": "Second", "jwks_uri": f"{tool_url}/lti/jwks.json",
        "token_endpoint_auth_method": "private_key_jwt",
        "scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score openid", CONFIGURATION: own}  # fmt: skip
    changed = {**good, **{name: value for name, value in change.items() if name != "own"}}
    if "own" in change:
        changed[CONFIGURATION] = {**own, **change["own"]}
    return changed


@pytest.fixture
def register(web, store, lms_config):
    def registered(token=None, **change):
        token = new_registration_token(store) if token is None else token
        header = {"Authorization": f"Bearer {token}"}
        return web.post("/register", json=sent(lms_config.tool_url, **change), headers=header)

    return registered


def test_the_configuration_names_every_address(web):
    found = web.get("/.well-known/openid-configuration").json
    assert found["issuer"] == "http://127.0.0.1:8080"
    assert found["registration_endpoint"] == "http://127.0.0.1:8080/register"
    assert found["authorization_endpoint"] == "http://127.0.0.1:8080/auth"
    assert found["token_endpoint"] == "http://127.0.0.1:8080/token"
    assert found["jwks_uri"] == "http://127.0.0.1:8080/jwks.json"
    own = found["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    assert own["variables"] == ["Context.id.history", "ResourceLink.id.history"]
    assert own["notice_types_supported"] == ["LtiHelloWorldNotice", "LtiContextCopyNotice"]


def test_a_pasted_address_is_opened_with_a_token_in_a_frame(web, store):
    page = web.post("/tools/add", data={"address": "https://tool.example/lti/register?invitation=abc"})
    assert page.status_code == 200
    assert (
        "https://tool.example/lti/register?invitation=abc&amp;openid_configuration=http%3A%2F%2F127.0.0.1" in page.text
    )
    assert "https://tool.example" in page.headers["Content-Security-Policy"]
    assert store.number("SELECT count(*) FROM registration_token") == 1


@pytest.mark.parametrize("address", ["", "nonsense", "javascript:alert(1)", "https://", "http://:80/x"])
def test_a_pasted_address_that_is_none_is_said_to_be_so(web, store, address):
    page = web.post("/tools/add", data={"address": address})
    assert page.status_code == 422
    assert "Error: Tools" in page.text
    assert store.number("SELECT count(*) FROM registration_token") == 0


def test_a_tool_registers_itself_and_can_be_opened(web, store, register):
    answer = register()
    assert answer.status_code == 200
    tool = all_tools(store)[-1]
    assert answer.json["client_id"] == tool.client_id
    assert answer.json["scope"] == "https://purl.imsglobal.org/spec/lti-ags/scope/score"
    assert answer.json[CONFIGURATION]["deployment_id"] == tool.deployment_id
    assert (tool.name, tool.claims, tool.custom) == ("Second", ("iss", "name"), {"before": "$Context.id.history"})
    assert tool.deep_linking_url.endswith("/lti/pick")
    assert web.post(f"/tools/{tool.id}/place").status_code == 303
    assert web.get(f"/launch/student-01/{links(store)[-1].id}").status_code == 200


def test_a_registration_token_works_once_and_an_hour(store, register):
    token = new_registration_token(store)
    assert register(token).status_code == 200
    assert register(token).status_code == 401
    late = new_registration_token(store)
    store.run("UPDATE registration_token SET expires_at = 1 WHERE token = ?", late)
    assert register(late).status_code == 401
    assert register("").status_code == 401
    assert len(all_tools(store)) == 2


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({CONFIGURATION: None}, "missing_tool_configuration"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"redirect_uris": "http://x"}, "invalid_redirect_uri"),
        ({"client_name": " "}, "invalid_client_metadata"),
        ({"initiate_login_uri": None}, "invalid_client_metadata"),
        ({"jwks_uri": "ftp://x/y"}, "invalid_client_metadata"),
        ({"own": {"target_link_uri": "nonsense"}}, "invalid_client_metadata"),
        ({"own": {"domain": "other.example"}}, "domain_targetlinkuri_mismatch"),
        ({"application_type": "native"}, "invalid_client_metadata"),
        ({"response_types": ["code"]}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "none"}, "invalid_client_metadata"),
    ],
    ids=str,
)
def test_a_bad_registration_is_refused_and_its_token_still_works(store, register, change, error):
    token = new_registration_token(store)
    answer = register(token, **change)
    assert (answer.status_code, answer.json["error"]) == (400, error)
    assert register(token).status_code == 200


@pytest.mark.parametrize(
    ("messages", "ending"),
    [
        (None, ""),
        ([], ""),
        (["text", {"type": "LtiResourceLinkRequest"}], ""),
        ([{"type": "LtiDeepLinkingRequest"}], "/lti/launch"),
        ([{"type": "LtiDeepLinkingRequest", "target_link_uri": 5}], "/lti/launch"),
    ],
)
def test_where_content_is_chosen_follows_the_messages(store, register, messages, ending):
    register(own={"messages": messages, "claims": None, "custom_parameters": "none"})
    assert all_tools(store)[-1].deep_linking_url.endswith(ending)
    assert bool(all_tools(store)[-1].deep_linking_url) == bool(ending)


def test_a_registration_that_is_no_object_is_refused(web):
    assert web.post("/register", data="[]").json == {"error": "missing_tool_configuration"}
