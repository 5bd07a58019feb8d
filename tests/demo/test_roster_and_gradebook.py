"""Names and roles, line items, scores and results of the demonstration LMS, by Moodle's rules."""

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from lti_mentoring.demo.course import Status, set_status
from lti_mentoring.demo.gradebook import line_items
from lti_mentoring.demo.people import MENTORS, PEOPLE, RESOURCE_LINK_ID, STUDENTS
from lti_mentoring.demo.tools import save_tool, seeded_tool, tool_by_id

COURSE = "/services/med402-2026-autumn"
ROSTER = f"{COURSE}/memberships?type_id=1"
COLUMNS = f"{COURSE}/lineitems?type_id=1"
COLUMN_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"
GOOD_SCORE = {"userId": "student-01", "timestamp": "2026-09-01T10:00:00Z", "activityProgress": "Completed",
              "gradingProgress": "FullyGraded", "scoreGiven": 45, "scoreMaximum": 50}  # fmt: skip


def link_of(answer):
    """Return the path and query of the next page, or None."""
    link = answer.headers.get("Link")
    if link is None:
        return None
    assert link.startswith("<http://127.0.0.1:8080/")
    assert link.endswith('>; rel="next"')
    url = urlsplit(link[1 : link.index(">")])
    return f"{url.path}?{url.query}"


@pytest.fixture
def column(web, bearer):
    """A column for at most 50 points; returns its path without the query."""
    answer = web.post(COLUMNS, json={"label": "Mentoring", "scoreMaximum": 50, "tag": "track"}, headers=bearer(),
                      content_type=COLUMN_TYPE)  # fmt: skip
    assert answer.status_code == 201
    return urlsplit(answer.json["id"]).path


@pytest.fixture
def send(web, bearer, column):
    """Send a score, with these changes to a good one."""
    header = bearer()

    def sent(**change):
        score = {name: value for name, value in {**GOOD_SCORE, **change}.items() if value is not ...}
        return web.post(f"{column}/scores?type_id=1", json=score, headers=header, content_type=SCORE_TYPE)

    return sent


@pytest.fixture
def results(web, bearer, column):
    header = bearer()
    return lambda query="": web.get(f"{column}/results?type_id=1{query}", headers=header)


def test_the_roster_comes_in_pages_linked_by_a_header(web, bearer):
    header, address, found, pages = bearer(), ROSTER, [], 0
    while address:
        answer = web.get(address, headers=header)
        assert answer.mimetype == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"
        assert "next" not in answer.json
        found += answer.json["members"]
        address, pages = link_of(answer), pages + 1
    assert pages == 2
    assert [one["user_id"] for one in found] == [person.sub for person in PEOPLE if person.enrolled]
    assert found[0]["status"] == "Active"
    assert found[0]["name"] == "Prof Hanna Lindqvist"


def test_a_smaller_page_may_be_asked_for_and_keeps_the_role(web, bearer):
    header = bearer()
    answer = web.get(f"{ROSTER}&limit=7&role=Learner", headers=header)
    assert len(answer.json["members"]) == 7
    following = web.get(link_of(answer), headers=header)
    assert following.json["members"][0]["user_id"] == "student-08"
    assert "role=Learner" in link_of(following)


@pytest.mark.parametrize("query", ["limit=x", "limit=0", "page=-1", "limit=1.5"])
def test_paging_takes_whole_numbers_only(web, bearer, query):
    assert web.get(f"{ROSTER}&{query}", headers=bearer()).status_code == 400
    assert web.get(f"{COLUMNS}&{query}", headers=bearer()).status_code == 400


def test_a_page_past_the_end_is_empty(web, bearer):
    answer = web.get(f"{ROSTER}&page=9", headers=bearer())
    assert (answer.json["members"], link_of(answer)) == ([], None)


def test_inactive_people_are_marked_and_those_who_left_are_gone(web, bearer, store):
    set_status(store, "student-01", Status.INACTIVE)
    set_status(store, "student-02", Status.LEFT)
    found = {one["user_id"]: one for one in web.get(ROSTER, headers=bearer()).json["members"]}
    assert found["student-01"]["status"] == "Inactive"
    assert "student-02" not in found


def test_the_roster_tells_only_what_the_tool_may_know(web, bearer, store):
    save_tool(store, replace(tool_by_id(store, 1), claims=()))
    told = set(web.get(ROSTER, headers=bearer()).json["members"][0])
    assert told == {"user_id", "status", "roles", "group_enrollments"}


def test_the_roster_of_a_link_is_told_only_for_the_tools_own(web, bearer):
    header = bearer()
    assert web.get(f"{ROSTER}&rlid={RESOURCE_LINK_ID}", headers=header).status_code == 200
    assert web.get(f"{ROSTER}&rlid=foreign", headers=header).status_code == 403


def test_an_unknown_tool_or_course_is_not_found(web, bearer):
    header = bearer()
    for address in (f"{COURSE}/memberships", f"{COURSE}/memberships?type_id=9", "/services/other/memberships?type_id=1",
                    f"{COURSE}/lineitems", f"{COURSE}/lineitems/77/lineitem?type_id=1"):  # fmt: skip
        assert web.get(address, headers=header).status_code == 404, address


def test_a_column_can_be_made_found_changed_and_removed(web, bearer, column):
    header = bearer()
    one = f"{column}?type_id=1"
    assert web.get(one, headers=header).json == {
        "id": f"http://127.0.0.1:8080{one}", "label": "Mentoring", "scoreMaximum": 50, "tag": "track"}  # fmt: skip
    changed = web.put(one, json={"label": "New", "scoreMaximum": 10, "resourceId": "r1", "resourceLinkId": "ignored"},
                      headers=header, content_type=COLUMN_TYPE)  # fmt: skip
    assert changed.status_code == 200
    assert "resourceLinkId" not in changed.json
    assert "tag" not in changed.json
    assert [item["label"] for item in web.get(f"{COLUMNS}&resource_id=r1", headers=header).json] == ["New"]
    assert web.delete(one, headers=header).status_code == 204
    assert web.get(one, headers=header).status_code == 404
    assert web.delete(one, headers=header).status_code == 404


def test_columns_are_filtered_and_paged(web, bearer):
    header = bearer()
    for number in range(5):
        sent = {"label": f"C{number}", "scoreMaximum": 1, "tag": "odd" if number % 2 else "even",
                **({"resourceLinkId": RESOURCE_LINK_ID} if number == 4 else {})}  # fmt: skip
        assert web.post(COLUMNS, json=sent, headers=header, content_type=COLUMN_TYPE).status_code == 201
    first = web.get(f"{COLUMNS}&tag=even&limit=2", headers=header)
    assert first.mimetype == "application/vnd.ims.lis.v2.lineitemcontainer+json"
    assert [item["label"] for item in first.json] == ["C0", "C2"]
    second = web.get(link_of(first), headers=header)
    assert [item["label"] for item in second.json] == ["C4"]
    assert link_of(second) is None
    by_link = web.get(f"{COLUMNS}&resource_link_id={RESOURCE_LINK_ID}", headers=header)
    assert [item["label"] for item in by_link.json] == ["C4"]
    assert len(web.get(COLUMNS, headers=header).json) == 5


@pytest.mark.parametrize(
    "change",
    [{"label": " "}, {"label": None}, {"label": 7}, {"scoreMaximum": 0}, {"scoreMaximum": True}, {"scoreMaximum": "9"},
     {"scoreMaximum": None}, {"tag": "x" * 257}, {"tag": 5}, {"endDateTime": "tomorrow"},
     {"startDateTime": "2026-09-01T10:00:00"}],
    ids=str,
)  # fmt: skip
def test_a_bad_column_is_refused(web, bearer, column, store, change):
    sent, header = {"label": "L", "scoreMaximum": 10, **change}, bearer()
    assert web.post(COLUMNS, json=sent, headers=header, content_type=COLUMN_TYPE).status_code == 400
    assert web.put(f"{column}?type_id=1", json=sent, headers=header, content_type=COLUMN_TYPE).status_code == 400
    assert [item.label for item in line_items(store)] == ["Mentoring"]


@pytest.mark.parametrize("body", ["[]", "nonsense", "null"])
def test_a_body_that_is_no_object_is_refused(web, bearer, column, body):
    header = bearer()
    assert web.post(COLUMNS, data=body, headers=header, content_type=COLUMN_TYPE).status_code == 400
    assert web.put(f"{column}?type_id=1", data=body, headers=header, content_type=COLUMN_TYPE).status_code == 400
    assert web.post(f"{column}/scores?type_id=1", data=body, headers=header, content_type=SCORE_TYPE).status_code == 400


def test_a_column_for_a_foreign_link_is_refused(web, bearer):
    sent = {"label": "L", "scoreMaximum": 1, "resourceLinkId": "foreign"}
    assert web.post(COLUMNS, json=sent, headers=bearer(), content_type=COLUMN_TYPE).status_code == 404


def test_plain_json_is_not_taken(web, bearer, column):
    header = bearer()
    assert web.post(COLUMNS, json={"label": "L", "scoreMaximum": 1}, headers=header).status_code == 415
    assert web.post(f"{column}/scores?type_id=1", json=GOOD_SCORE, headers=header).status_code == 415


def test_another_tools_column_is_not_there(web, bearer, column, store, lms_config):
    other = save_tool(store, replace(seeded_tool(lms_config), client_id="other"))
    assert web.get(f"{column}?type_id={other.id}", headers=bearer()).status_code == 401


def test_a_score_arrives_as_a_result_scaled_to_the_column(send, results):
    assert send(scoreGiven=9, scoreMaximum=10, comment="Well done").status_code == 200
    answer = results()
    assert answer.mimetype == "application/vnd.ims.lis.v2.resultcontainer+json"
    (found,) = answer.json
    assert (found["userId"], found["resultScore"], found["resultMaximum"]) == ("student-01", 45, 50)
    assert found["comment"] == "Well done"


def test_the_same_second_or_an_earlier_one_is_a_conflict(send, results):
    assert send(timestamp="2026-09-01T10:00:00.100Z").status_code == 200
    assert send(timestamp="2026-09-01T10:00:00.900Z", scoreGiven=1).status_code == 409
    assert send(timestamp="2026-09-01T09:59:59Z", scoreGiven=1).status_code == 409
    assert results().json[0]["resultScore"] == 45
    assert send(timestamp="2026-09-01T12:00:01+02:00", scoreGiven=1).status_code == 200
    assert results().json[0]["resultScore"] == 1


@pytest.mark.parametrize("progress", ["Pending", "PendingManual", "Failed", "NotReady"])
def test_anything_but_fully_graded_empties_the_grade(send, results, progress):
    send()
    assert send(gradingProgress=progress, timestamp="2026-09-01T10:00:05Z").status_code == 200
    assert results().json[0]["resultScore"] is None


def test_a_score_of_nothing_clears_the_grade(send, results):
    assert send(scoreGiven=..., scoreMaximum=...).status_code == 200
    assert results().json[0]["resultScore"] is None


@pytest.mark.parametrize(
    "change",
    [{"userId": ...}, {"userId": 7}, {"userId": ""}, {"userId": "nobody"}, {"userId": "staff-lindqvist"},
     {"timestamp": ...}, {"timestamp": "yesterday"}, {"timestamp": "2026-09-01T10:00:00"}, {"timestamp": 5},
     {"activityProgress": "Done"}, {"activityProgress": ...}, {"gradingProgress": "Yes"}, {"gradingProgress": ...},
     {"scoreGiven": -1}, {"scoreGiven": "5"}, {"scoreGiven": True}, {"scoreMaximum": 0}, {"scoreMaximum": None}],
    ids=str,
)  # fmt: skip
def test_a_bad_score_is_refused(send, results, change):
    assert send(**change).status_code == 400
    assert results().json == []


def test_nobody_outside_the_course_gets_a_score(send, store):
    set_status(store, "student-01", Status.LEFT)
    assert send().status_code == 400


def test_a_score_for_a_column_that_is_gone_is_not_found(web, bearer):
    address = f"{COURSE}/lineitems/77/lineitem/scores?type_id=1"
    answer = web.post(address, json=GOOD_SCORE, headers=bearer(), content_type=SCORE_TYPE)
    assert answer.status_code == 404
    assert web.get(f"{COURSE}/lineitems/77/lineitem/results?type_id=1", headers=bearer()).status_code == 404


def test_results_are_filtered_and_paged(web, bearer, send, results):
    for student in STUDENTS[:3]:
        send(userId=student.sub)
    assert [one["userId"] for one in results("&user_id=student-02").json] == ["student-02"]
    first = results("&limit=2")
    assert len(first.json) == 2
    second = web.get(link_of(first), headers=bearer())
    assert [one["userId"] for one in second.json] == ["student-03"]


def test_removing_a_column_removes_its_grades(web, bearer, column, send, store):
    send()
    web.delete(f"{column}?type_id=1", headers=bearer())
    assert store.number("SELECT count(*) FROM score") == 0


def test_mentors_are_never_mentors_to_the_lms():
    assert not any("Mentor" in role for mentor in MENTORS for role in mentor.roles)
