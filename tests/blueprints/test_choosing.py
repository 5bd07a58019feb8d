"""Where many mentors have room, faculty look for one on a page of its own: to place, to move, to change a round."""

import re

import pytest
from factories.browser import said, sit
from factories.choosing import many_mentors
from factories.mentor_roles import TwoRoles
from factories.profiles import profile
from factories.rounds import Draft
from factories.tests import exam
from factories.wishes import conflict
from factories.world import World, mentorship
from sqlalchemy import select

from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Membership, MembershipStatus, Mentorship, RoundChange, ServedRole

PART = {"headers": {"HX-Request": "true"}}
BOUND = 64 * 1024
"""Bytes: no page grows with the number of mentors."""


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


def crowd(world, number=60):
    guides = many_mentors(world, number)
    student = world.another_student(name="Tomás Ferreira")
    world.session.commit()
    return guides, student


def with_whom(session, student):
    session.rollback()
    open_one = select(Mentorship.mentor_id).where(Mentorship.student_id == student.id, Mentorship.ended_at.is_(None))
    return session.scalars(open_one).one()


def test_up_to_fifty_mentors_are_listed_with_each_student(session, world, faculty):
    _guides, student = crowd(world, 49)
    for url in ("/mentors", "/waiting"):
        page = faculty.get(url).text
        assert page.count("<option") == 50
        assert f"/students/{student.id}/mentor?" not in page
    page = faculty.get(f"/mentors/{world.mentor.id}").text
    assert page.count("<option") == 49


@pytest.mark.parametrize("number", [60, 1000])
def test_with_more_of_them_no_page_grows(app, session, number):
    draft = Draft(session)
    draft.mentor.places += 1
    _guides, student = crowd(draft, number)
    browser = sit(app, session, draft, SeatRole.FACULTY)
    for url in (
        "/mentors", "/waiting", f"/mentors/{draft.mentor.id}", "/mentors/automatic", f"/students/{student.id}/mentor",
        f"/mentorships/{draft.mentorship.id}/move", f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}",
        f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}/mentors",
    ):  # fmt: skip
        answer = browser.get(url)
        assert answer.status_code == 200, url
        assert len(answer.data) < BOUND, url


def test_a_student_is_placed_from_the_page_of_mentors(session, world, faculty):
    guides, student = crowd(world)
    page = faculty.get("/mentors")
    assert "<select" not in page.text
    assert "244 places are free." in said(page)
    assert "Choose a mentor for Tomás Ferreira" in said(page)
    assert f'href="/students/{student.id}/mentor"' in page.text
    page = faculty.get(f"/students/{student.id}/mentor")
    assert "A mentor for Tomás Ferreira" in said(page)
    assert "Showing 25 of 61" in said(page)
    assert "Guide 0000" in said(page)
    assert "4 of 4" in said(page)
    answer = faculty.post(f"/students/{student.id}/mentor", {"mentor": guides[0].id})
    assert answer.location.startswith("/mentors?")
    assert with_whom(session, student) == guides[0].id


def test_a_student_is_placed_from_the_waiting_list_and_one_comes_back_to_it(session, world, faculty):
    guides, student = crowd(world)
    page = faculty.get("/waiting")
    assert f'href="/students/{student.id}/mentor?back=waiting"' in page.text
    assert "<select" not in page.text
    page = faculty.get(f"/students/{student.id}/mentor?back=waiting").text
    assert 'href="/waiting"' in page
    assert page.count('<input type="hidden" name="back" value="waiting">') == 26  # the filter's, and each button's
    answer = faculty.post(f"/students/{student.id}/mentor", {"mentor": guides[0].id, "back": "waiting"})
    assert answer.location.startswith("/waiting?")


def test_a_conflict_is_asked_about_and_one_still_comes_back_to_the_waiting_list(session, world, faculty):
    guides, student = crowd(world)
    conflict(session, guides[3], student, ConflictKind.DECLARED_BY_FACULTY)
    session.commit()
    url = f"/students/{student.id}/mentor"
    asked = faculty.post(url, {"mentor": guides[3].id, "back": "waiting"})
    assert "A conflict is declared between" in said(asked, 409)
    assert '<input type="hidden" name="back" value="waiting">' in asked.text
    sent = {"mentor": guides[3].id, "back": "waiting", "role": "", "despite": "Both agree."}
    assert faculty.post(url, sent).location.startswith("/waiting?")
    assert with_whom(session, student) == guides[3].id


def test_somebody_is_looked_for_and_the_pages_keep_what_is_asked(session, world, faculty):
    guides, student = crowd(world)
    profile(session, world, guides[8].person)
    guides[8].field = "Oncology"
    session.commit()
    url = f"/students/{student.id}/mentor"
    part = faculty.get(f"{url}?q=guide&page=2&back=waiting", **PART)
    assert "<html" not in part.text
    assert "Showing 25 of 60" in said(part)
    assert f'hx-get="{url}?back=waiting&amp;q=guide&amp;page=3"' in part.text
    assert f'hx-get="{url}?back=waiting&amp;q=guide&amp;page=1"' in part.text
    assert "Guide 0008" in said(faculty.get(f"{url}?specialty=health.oncology"))
    assert "Showing 1 of 1" in said(faculty.get(f"{url}?specialty=health.oncology"))
    assert said(faculty.get(f"{url}?specialty=health.oncology", **PART)).count("Oncology") == 1
    page = faculty.get(f"{url}?q=%3Cb%3E")
    assert "Nobody with a free place is found" in said(page)
    assert 'value="&lt;b&gt;"' in page.text
    assert f'href="{url}?page=1"' in page.text
    for nonsense in ("specialty=nothing", "page=x", "page=-3", "page=99999", "role=nowhere", "back=https://x"):
        assert "of 61" in said(faculty.get(f"{url}?{nonsense}"))


def test_without_any_free_place_the_page_says_what_to_do(session, world, faculty):
    world.mentor.places = world.mentor.taken
    student = world.another_student()
    session.commit()
    assert "No mentor has a free place" in said(faculty.get(f"/students/{student.id}/mentor"))
    assert "Tick more mentors" in said(faculty.get(f"/mentorships/{world.mentorship.id}/move"))


def test_a_student_is_moved_with_a_reason(session, world, faculty):
    guides, _student = crowd(world)
    here = f"/mentorships/{world.mentorship.id}/move"
    page = faculty.get(f"/mentors/{world.mentor.id}")
    assert f'href="{here}"' in page.text
    assert "<select" not in page.text
    answer = faculty.get(f"/students/{world.student.id}/mentor")
    assert (answer.status_code, answer.location) == (303, here)
    page = faculty.get(here)
    assert "Another mentor for Amina Yusuf Now with Dr Priya Raman ." in said(page)
    assert "Showing 25 of 60" in said(page)
    assert f'href="{here}?mentor={guides[0].id}"' in page.text
    page = said(faculty.get(f"{here}?mentor={guides[0].id}"))
    assert "Move Amina Yusuf to Guide 0000 ?" in page
    assert "4 places are free." in page
    assert "Say in a few words why" in said(faculty.post(here, {"mentor": guides[0].id, "reason": ""}), 422)
    assert faculty.post(here, {"mentor": guides[0].id, "reason": "Both asked."}).status_code == 303
    assert with_whom(session, world.student) == guides[0].id
    assert faculty.get(here).status_code == 404


def test_the_reason_of_a_move_that_came_too_late_is_shown_and_nothing_changed(session, world, faculty):
    guides, _student = crowd(world)
    guides[0].taken = guides[0].places
    session.commit()
    here = f"/mentorships/{world.mentorship.id}/move"
    page = said(faculty.post(here, {"mentor": guides[0].id, "reason": "Both work on <ward> 4."}), 409)
    assert "Guide 0000 has no free place any more" in page
    assert "Yours, not sent yet Both work on &lt;ward&gt; 4." in page
    assert with_whom(session, world.student) == world.mentor.id


def test_a_student_of_a_draft_is_changed_to_somebody_found(app, session):
    draft = Draft(session)
    guides, _student = crowd(draft)
    browser = sit(app, session, draft, SeatRole.FACULTY)
    ask = f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}"
    page = browser.get(ask)
    assert f'href="{ask}/mentors"' in page.text
    assert page.text.count("<option") == 2  # the one wished for, and nobody
    page = browser.get(f"{ask}/mentors")
    assert "Dr Ibáñez wish 2" in said(page)
    assert f'href="{ask}?mentor={guides[0].id}"' in page.text
    page = browser.get(f"{ask}?mentor={guides[0].id}")
    assert f'<option value="{guides[0].id}" selected>Guide 0000, 4 free' in page.text
    assert "Nobody else moves." in said(page)
    assert browser.post(ask, {"mentor": guides[0].id, "reason": "Saturdays."}).status_code == 303
    session.rollback()
    assert session.scalars(select(RoundChange.to_mentor_id)).one() == guides[0].id


def test_a_mentor_who_left_is_offered_to_nobody_of_a_draft(app, session):
    draft = Draft(session)
    guides, _student = crowd(draft, 1)
    browser = sit(app, session, draft, SeatRole.FACULTY)
    ask = f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}"
    assert f'<option value="{guides[0].id}"' in browser.get(ask).text
    here = session.scalars(select(Membership).where(Membership.person_id == guides[0].person_id)).one()
    here.status = MembershipStatus.LEFT
    session.commit()
    assert f'<option value="{guides[0].id}"' not in browser.get(ask).text


def test_a_long_preview_keeps_to_whom_it_proposes(session, world, faculty):
    _guides, student = crowd(world)
    page = faculty.get("/mentors/automatic").text
    proposed = dict(re.findall(r'name="(student-\d+)".*?<option value="(\d+)" selected', page))
    assert set(proposed) == {f"student-{student.id}"}
    assert page.count("<option") == 2
    assert faculty.post("/mentors/place", proposed | {"how": "automatic"}).status_code == 303
    assert with_whom(session, student) == int(proposed[f"student-{student.id}"])


def test_in_a_track_with_two_roles_the_role_is_kept(app, session):
    two = TwoRoles(session)
    guides, student = crowd(two)
    session.add_all(ServedRole(institution_id=two.institution.id, mentor_id=one.id, role="research") for one in guides)
    session.commit()
    browser = sit(app, session, two, SeatRole.FACULTY)
    url = f"/students/{student.id}/mentor?role=research"
    assert f'href="{url}"' in browser.get("/mentors?role=research").text
    page = browser.get(url)
    assert "In the role “Research mentor”." in said(page)
    assert page.text.count('<input type="hidden" name="role" value="research">') == 26
    assert "Showing 25 of 61" in said(page)
    sent = {"mentor": guides[4].id, "role": "research"}
    assert browser.post(f"/students/{student.id}/mentor", sent).status_code == 303
    assert with_whom(session, student) == guides[4].id
    assert "Showing 1 of 1" in said(browser.get(f"/students/{student.id}/mentor?role="))


def test_students_of_other_courses_and_other_readers_find_nothing(app, session, world, faculty):
    other = World(session, inside=world.deployment)
    elsewhere = other.another_student()
    session.commit()
    assert faculty.get(f"/students/{elsewhere.id}/mentor").status_code == 404
    assert faculty.get(f"/mentorships/{other.mentorship.id}/move").status_code == 404
    assert faculty.get(f"/mentorships/{world.mentorship.id}/move?mentor={other.mentor.id}").status_code == 404
    for role in (SeatRole.STUDENT, SeatRole.MENTOR):
        assert sit(app, session, world, role).get(f"/students/{world.student.id}/mentor").status_code == 403


def test_who_got_full_meanwhile_is_said_calmly(session, world, faculty):
    guides, student = crowd(world)
    guides[0].places = 1
    mentorship(session, guides[0], world.another_student())
    session.commit()
    page = said(faculty.post(f"/students/{student.id}/mentor", {"mentor": guides[0].id}), 409)
    assert "Guide 0000 has no free place any more" in page


def test_who_has_a_test_to_pass_first_is_offered_nobody_and_the_page_says_why(app, session, world, faculty):
    student = world.another_student(name="Tomás Ferreira")
    test = exam(session, world.track, key="entry", title="Before the ward")
    world.track.student_test = "entry"
    session.commit()
    page = faculty.get(f"/students/{student.id}/mentor")
    assert "First comes the test: Before the ward Tomás Ferreira has not passed it yet." in said(page)
    assert f'href="/track/tests/{test.id}/results"' in page.text
    assert "Dr Priya Raman" not in page.text
