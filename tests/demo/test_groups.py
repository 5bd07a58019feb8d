"""The course's groups and their sets, as the demonstration LMS tells them (LTI Course Groups Service 1.0)."""

import pytest

from lti_mentoring.demo.copying import copy_course
from lti_mentoring.demo.course import course_by_id
from lti_mentoring.demo.groups import GROUPS
from lti_mentoring.demo.people import CONTEXT_ID, FACULTY, STUDENTS
from lti_mentoring.demo.tools import GROUPS_READ, ROSTER_READ

CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
CONTAINER = "application/vnd.ims.lti-gs.v1.contextgroupcontainer+json"


def path(url):
    assert url.startswith("http://127.0.0.1:8080/")
    return url.removeprefix("http://127.0.0.1:8080")


def test_a_launch_says_where_the_groups_and_their_sets_are(launched, web, bearer):
    claim = launched()[CLAIM]
    header = bearer(GROUPS_READ)
    groups = web.get(path(claim["context_groups_url"]), headers=header)
    sets = web.get(path(claim["context_group_sets_url"]), headers=header)
    assert groups.status_code == 200, groups.text
    assert (groups.mimetype, sets.mimetype) == (CONTAINER, CONTAINER)
    assert groups.json["groups"] == [
        {"id": "seminar-tuesday", "name": "Tuesday seminar", "set_id": "seminars"},
        {"id": "seminar-friday", "name": "Friday seminar", "set_id": "seminars"},
        {"id": "nights", "name": "Night shifts"},
    ]
    assert sets.json["sets"] == [{"id": "seminars", "name": "Seminars"}]
    assert claim["scope"] == [GROUPS_READ]


def test_the_groups_of_one_person_may_be_asked_for_and_the_list_tells_them_of_all(web, bearer):
    groups = f"/services/{CONTEXT_ID}/groups?type_id=1"
    mine = web.get(f"{groups}&user_id=student-01", headers=bearer(GROUPS_READ)).json["groups"]
    assert [one["id"] for one in mine] == ["seminar-tuesday", "nights"]
    listed = web.get(f"/services/{CONTEXT_ID}/memberships?type_id=1", headers=bearer(ROSTER_READ)).json["members"]
    told = {one["user_id"]: [each["group_id"] for each in one["group_enrollments"]] for one in listed}
    assert (told["student-01"], told[FACULTY.sub]) == (["seminar-tuesday", "nights"], [])


def test_every_group_has_students_and_somebody_is_in_none():
    assert all(1 < len(one.subs) < len(STUDENTS) for one in GROUPS)
    assert {student.sub for student in STUDENTS} - frozenset().union(*(one.subs for one in GROUPS))


def test_a_copied_course_has_no_groups_yet(web, store, bearer):
    copy = copy_course(store, course_by_id(store, CONTEXT_ID), "Again")
    header = bearer(GROUPS_READ)
    assert web.get(f"/services/{copy.id}/groups?type_id=1", headers=header).json["groups"] == []
    assert web.get(f"/services/{copy.id}/groupsets?type_id=1", headers=header).json["sets"] == []


@pytest.mark.parametrize("service", ["groups", "groupsets"])
def test_groups_are_told_only_to_a_tool_that_may_know_them(web, bearer, service):
    address = f"/services/{CONTEXT_ID}/{service}"
    assert web.get(f"{address}?type_id=1").status_code == 401
    assert web.get(f"{address}?type_id=1", headers={"Authorization": "Bearer no.token"}).status_code == 401
    assert web.get(f"{address}?type_id=1", headers=bearer(ROSTER_READ)).status_code == 403
    assert web.get(f"{address}?type_id=9", headers=bearer(GROUPS_READ)).status_code == 404
    assert web.get(f"/services/none/{service}?type_id=1", headers=bearer(GROUPS_READ)).status_code == 404
