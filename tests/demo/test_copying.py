"""A course of the demonstration LMS copied for the next term: what comes along, and what a launch says of it."""

import pytest
from fakes.signing_tool import LTI

from lti_mentoring.demo.course import add_link, courses, links
from lti_mentoring.demo.gradebook import add_line_item, line_items, record_score, scores
from lti_mentoring.demo.people import CONTEXT_ID, FACULTY, RESOURCE_LINK_ID
from lti_mentoring.demo.tools import tool_by_id

AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
SCORE = {"userId": "student-01", "timestamp": "2026-09-01T10:00:00Z", "activityProgress": "Completed",
         "gradingProgress": "FullyGraded", "scoreGiven": 9, "scoreMaximum": 10}  # fmt: skip


@pytest.fixture
def copy(web, store):
    """Copy a course as faculty do, by a click; return the copy."""

    def copied(course_id=CONTEXT_ID):
        answer = web.post(f"/courses/{course_id}/copy")
        made = courses(store)[-1]
        assert (answer.status_code, answer.location) == (303, f"/course/{FACULTY.sub}?course={made.id}")
        return made

    return copied


def test_links_come_along_in_order_with_their_custom_values_and_ids_of_their_own(copy, store, lms_config):
    add_link(store, tool_by_id(store, 1), "Histories", lms_config.launch_url, {"milestone": "4"})
    before, after = links(store), links(store, copy().id)
    assert [(one.title, one.url, one.custom) for one in after] == [(one.title, one.url, one.custom) for one in before]
    assert [one.origins for one in after] == [(one.id,) for one in before]
    assert not {one.id for one in before} & {one.id for one in after}


def test_columns_come_along_with_their_links_and_without_grades(copy, store):
    shared = {"label": "Mentoring", "scoreMaximum": 50, "resourceId": "r1"}
    item = add_line_item(store, 1, {**shared, "resourceLinkId": RESOURCE_LINK_ID})
    add_line_item(store, 1, shared)
    record_score(store, item, SCORE)
    made = copy()
    tied, free = line_items(store, course_id=made.id)
    assert (tied.label, tied.score_maximum, tied.body) == ("Mentoring", 50, {"resourceId": "r1"})
    assert (tied.resource_link_id, free.resource_link_id) == (links(store, made.id)[0].id, "")
    assert scores(store, tied.id) == []
    assert len(scores(store)) == 1


def test_a_launch_in_the_copy_says_where_the_course_and_the_link_come_from(copy, store, launched):
    first = copy()
    made = copy(first.id)
    link = links(store, made.id)[0]
    claims = launched(FACULTY.sub, address=f"/launch/{FACULTY.sub}/{link.id}")
    assert claims[f"{LTI}/context"]["id"] == made.id
    assert claims[f"{LTI}/context"]["title"] == made.title
    custom = claims[f"{LTI}/custom"]
    assert custom["context_history"] == ",".join([first.id, CONTEXT_ID])
    assert custom["link_history"].split(",")[-1] == RESOURCE_LINK_ID
    assert f"/services/{made.id}/memberships" in claims[NRPS]["context_memberships_url"]
    assert f"/services/{made.id}/lineitems" in claims[AGS]["lineitems"]
    assert claims[f"{LTI}/launch_presentation"]["return_url"].endswith(f"?course={made.id}")


def test_what_is_chosen_for_the_copy_stands_in_the_copy(copy, web, tool, store, launched):
    made = copy()
    claims = launched(address=f"/choose/{FACULTY.sub}/1?course={made.id}")
    data = claims["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"]["data"]
    item = {"type": "ltiResourceLink", "title": "Research", "lineItem": {"scoreMaximum": 5}}
    answer = web.post("/deep-linking/1", data={"JWT": tool.choice(data, [item])})
    assert f"/course/{FACULTY.sub}?course={made.id}" in answer.text
    assert [len(links(store)), len(links(store, made.id))] == [1, 2]
    assert [one.label for one in line_items(store, course_id=made.id)] == ["Research"]


def test_a_column_is_found_in_its_own_course_only(copy, web, store, bearer):
    item, made = add_line_item(store, 1, {"label": "L", "scoreMaximum": 1}), copy()
    header = bearer()
    there = f"/services/{made.id}/lineitems"
    assert web.get(f"{there}/{item.id}/lineitem?type_id=1", headers=header).status_code == 404
    assert [one["label"] for one in web.get(f"{there}?type_id=1", headers=header).json] == ["L"]
    wrong = {"label": "L", "scoreMaximum": 1, "resourceLinkId": RESOURCE_LINK_ID}
    kind = "application/vnd.ims.lis.v2.lineitem+json"
    assert web.post(f"{there}?type_id=1", json=wrong, headers=header, content_type=kind).status_code == 404


def test_the_pages_of_both_courses_lead_to_each_other(copy, web, store):
    assert "(copy" not in web.get(f"/course/{FACULTY.sub}").text
    made = copy()
    assert made.title == "MED 402 Clinical placement, Autumn 2026 (copy 1)"
    for page in (f"/course/{FACULTY.sub}", "/gradebook"):
        assert f"{page}?course={made.id}" in web.get(page).text
        assert f"{page}?course={CONTEXT_ID}" in web.get(f"{page}?course={made.id}").text
    inside = web.get(f"/course/{FACULTY.sub}/open/{links(store, made.id)[0].id}").text
    assert f"/course/{FACULTY.sub}?course={made.id}" in inside
    assert web.get(f"/course/{FACULTY.sub}/choose/1?course={made.id}").status_code == 200


def test_the_gradebook_of_a_course_shows_its_own_columns_only(copy, web, store):
    made = copy()
    record_score(store, add_line_item(store, 1, {"label": "Later", "scoreMaximum": 50}), SCORE)
    assert "Later" in web.get("/gradebook").text
    assert "No tool has made a column yet" in web.get(f"/gradebook?course={made.id}").text


def test_only_faculty_are_offered_to_copy_and_only_what_there_is(web, store):
    assert "Copy this course" in web.get(f"/course/{FACULTY.sub}").text
    assert "Copy this course" not in web.get("/course/student-01").text
    assert web.post("/courses/none/copy").status_code == 404
    for page in (f"/course/{FACULTY.sub}?course=none", "/gradebook?course=none", "/gradebook/1/99/student-01"):
        assert web.get(page).status_code == 404
    assert not any(one.origins for one in courses(store))
