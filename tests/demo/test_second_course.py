"""The second course, in which a student has two mentors: only some of the students are in it."""

from html import unescape

from fakes.signing_tool import LTI

from lti_mentoring.demo.course import courses
from lti_mentoring.demo.gradebook import add_line_item
from lti_mentoring.demo.people import CONTEXT_ID, FACULTY, MENTORS, RESEARCH_ID, RESEARCH_LINK_ID, RESEARCHERS, STUDENTS

THERE, OUTSIDE = RESEARCHERS[0], "student-01"


def listed(web, bearer, course_id):
    return [one["user_id"] for one in web.get(
        f"/services/{course_id}/memberships?type_id=1&limit=100", headers=bearer()
    ).json["members"]]  # fmt: skip


def test_its_list_names_faculty_the_mentors_and_ten_students(web, bearer):
    staff = [FACULTY.sub, *(one.sub for one in MENTORS)]
    assert listed(web, bearer, RESEARCH_ID) == [*staff, *RESEARCHERS]


def test_who_is_in_it_finds_it_beside_the_first_and_nobody_else_does(web):
    other = f"?course={RESEARCH_ID}"
    page = web.get(f"/course/{THERE}").text
    assert page.index("Sixteen weeks") < page.index(other)
    assert "with two mentors" in web.get(f"/course/{THERE}{other}").text
    assert RESEARCH_ID not in web.get(f"/course/{OUTSIDE}").text
    assert web.get(f"/course/{OUTSIDE}{other}").status_code == 404


def test_its_gradebook_has_a_line_for_each_of_its_students_only(web, store):
    add_line_item(store, 1, {"label": "Mentoring", "scoreMaximum": 100}, RESEARCH_ID)
    page = unescape(web.get(f"/gradebook?course={RESEARCH_ID}").text)
    names = {one.name for one in STUDENTS if one.sub in RESEARCHERS}
    assert {one.name for one in STUDENTS if one.name in page} == names


def test_a_launch_from_it_names_it(launched):
    claims = launched(THERE, address=f"/launch/{THERE}/{RESEARCH_LINK_ID}")
    assert claims[f"{LTI}/context"]["id"] == RESEARCH_ID
    assert claims[f"{LTI}/resource_link"]["id"] == RESEARCH_LINK_ID


def test_its_copy_has_the_same_people_and_is_the_first_copy(web, store, bearer):
    web.post(f"/courses/{RESEARCH_ID}/copy")
    first, _second, copy = courses(store)
    assert (first.id, copy.origins) == (CONTEXT_ID, (RESEARCH_ID,))
    assert copy.title.endswith("(copy 1)")
    assert listed(web, bearer, copy.id) == listed(web, bearer, RESEARCH_ID)
