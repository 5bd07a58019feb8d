"""The faculty's pages of mentors, as a browser sees them."""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from factories.browser import said, sit, text_of
from factories.credentials import verified
from factories.profiles import profile
from factories.rounds import new_mentor
from factories.statements import counting
from factories.ways import progress
from factories.wishes import asked
from factories.world import World, context, group, membership, mentor, mentorship, person, seat, track
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    Job,
    JobState,
    Membership,
    MembershipStatus,
    Mentor,
    Mentorship,
    Seat,
)


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


@pytest.fixture
def ring(session, world):
    """A second mentor, with one place."""
    made = new_mentor(world, 1, name="Δρ Ελένη Παππά")
    session.commit()
    return made


def fresh(session, row):
    session.rollback()
    session.refresh(row)
    return row


def test_the_heading_says_how_many_students_have_a_mentor(session, world, faculty):
    world.another_student(name="李小龙")
    session.commit()
    answer = faculty.get("/mentors")
    said = text_of(answer)
    assert answer.status_code == 200
    assert "1 of 2 students have a mentor." in said
    assert "4 places are free." in said
    assert '<bdi lang="zh">李小龙</bdi>' in answer.text
    assert "1 of 5 taken" in said


def test_when_all_have_a_mentor_the_heading_says_so(faculty):
    assert "Every student has a mentor." in text_of(faculty.get("/mentors"))


def test_an_empty_course_is_told_its_first_step(app, session):
    empty = World(session)
    session.delete(empty.mentorship)
    session.delete(empty.mentor)
    for member in session.scalars(select(Membership)):
        session.delete(member)
    said = text_of(sit(app, session, empty, SeatRole.FACULTY).get("/mentors"))
    assert "First, bring your course in" in said
    assert "Not read yet." in said


def test_a_course_without_a_list_says_who_can_help(session, world, faculty):
    world.context.memberships_url = None
    session.commit()
    assert "The course does not offer its list to this tool." in text_of(faculty.get("/mentors"))
    refused = faculty.post("/mentors/roster")
    assert refused.status_code == 409
    assert "This course does not offer its list" in text_of(refused)


@pytest.mark.parametrize("role", [SeatRole.STUDENT, SeatRole.MENTOR])
def test_only_faculty_come_here(app, session, world, role):
    browser = sit(app, session, world, role)
    assert browser.get("/mentors").status_code == 403
    assert browser.post("/mentors/people", {"people": world.guide.id, "places": 3}).status_code == 403


def test_the_page_needs_not_one_statement_more_for_a_thousand_than_for_ten(session, world, faculty):
    def statements():
        with counting(session) as sent:
            assert faculty.get("/mentors").status_code == 200
        return len(sent)

    few = statements()
    for number in range(60):
        world.another_student(name=f"Student {number}")
        mentor(session, world.track, person(session, world.institution))
    session.commit()
    assert statements() <= few


def test_reading_the_list_shows_a_bar_that_survives_a_reload(session, world, faculty):
    assert faculty.post("/mentors/roster").status_code == 303
    faculty.post("/mentors/roster")
    session.rollback()
    [job] = session.scalars(select(Job))
    for _ in range(2):
        page = faculty.get("/mentors").text
        assert f'hx-get="/jobs/{job.id}"' in page
    job.done = 12
    session.commit()
    asked = faculty.get(f"/jobs/{job.id}", headers={"HX-Request": "true"})
    assert (asked.status_code, "12 people so far" in asked.text, "<html" in asked.text) == (200, True, False)
    job.state, job.total, job.detail = JobState.DONE, 30, {"new": 2, "maybe_left": 1, "back": 0, "left": 0}
    session.commit()
    ended = faculty.get(f"/jobs/{job.id}", headers={"HX-Request": "true"})
    assert ended.status_code == 286
    assert "30 people are on the course list. 2 are new. 1 may have left." in text_of(ended)
    assert faculty.get(f"/jobs/{job.id}").status_code == 200


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("platform_unavailable", "The course did not answer."),
        ("platform_answer_unreadable", "something that is no list"),
        ("platform_refused", "The course said no."),
        ("gave_up", "never came to its end"),
    ],
)
def test_a_list_that_could_not_be_read_says_why(session, world, faculty, code, said):
    faculty.post("/mentors/roster")
    session.rollback()
    job = session.scalars(select(Job)).one()
    job.state, job.error = JobState.FAILED, code
    session.commit()
    assert said in text_of(faculty.get("/mentors"))
    assert "Read the course list" in text_of(faculty.get("/mentors"))


def test_a_job_of_another_course_is_not_found(session, world, faculty):
    other = context(session, world.deployment)
    job = Job(
        institution_id=world.institution.id, context_ref=other.id, kind="roster", created_at=world.track.created_at
    )
    session.add(job)
    session.commit()
    assert faculty.get(f"/jobs/{job.id}").status_code == 404
    assert faculty.post(f"/jobs/{job.id}/confirm").status_code == 404


@pytest.fixture
def held(session, world, faculty):
    faculty.post("/mentors/roster")
    session.rollback()
    job = session.scalars(select(Job)).one()
    job.state, job.detail = JobState.HELD, {"gone": [world.student.id], "known": 2, "listed": 1}
    session.commit()
    return job


def test_a_held_list_is_asked_about_and_can_be_dismissed(session, world, faculty, held):
    said = text_of(faculty.get("/mentors"))
    assert "1 of 2 people would be marked as gone." in said
    assert "Amina Yusuf" in said
    assert "Keep everybody" in said
    assert faculty.post(f"/jobs/{held.id}/dismiss").status_code == 303
    assert fresh(session, held).state is JobState.DONE
    assert "Everybody was kept" in text_of(faculty.get(f"/jobs/{held.id}"))
    again = faculty.post(f"/jobs/{held.id}/confirm")
    assert (again.status_code, "answered this already" in text_of(again)) == (409, True)


def test_a_held_list_can_be_confirmed_and_is_read_once_more(session, faculty, held):
    assert faculty.post(f"/jobs/{held.id}/confirm").status_code == 303
    job = fresh(session, held)
    assert (job.state, job.detail["believed"]) == (JobState.QUEUED, job.detail["gone"])


def test_people_are_found_and_ticked_as_mentors(session, world, faculty):
    helper = person(session, world.institution, name="Kofi Mensah")
    assistant = "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant"
    membership(world.session, world.context, helper, is_student=False, role_uris=[assistant])
    session.commit()
    everybody = text_of(faculty.get("/mentors/people"))
    assert "Kofi Mensah teaching assistant: often a mentor" in everybody
    assert "Priya" not in everybody
    assert "Amina" not in text_of(faculty.get("/mentors/people?q=kofi"))
    assert "Nobody is called so" in text_of(faculty.get("/mentors/people?q=%25"))
    nobody = faculty.post("/mentors/people", {"places": 4})
    assert (nobody.status_code, "Tick at least one person" in text_of(nobody)) == (422, True)
    assert "from 0 to 200" in text_of(faculty.post("/mentors/people", {"people": helper.id, "places": "many"}))
    assert faculty.post("/mentors/people", {"people": helper.id, "places": 4}).status_code == 303
    session.rollback()
    made = session.scalars(select(Mentor).where(Mentor.person_id == helper.id)).one()
    assert (made.places, made.active, made.made_by_id) == (4, True, world.faculty.id)


def test_somebody_of_another_course_cannot_be_ticked(session, world, faculty):
    stranger = person(session, world.institution)
    session.commit()
    assert faculty.post("/mentors/people", {"people": stranger.id, "places": 4}).status_code == 404


def test_who_is_ticked_is_mentor_at_once_in_open_seats(app, session, world):
    helper = person(session, world.institution)
    membership(world.session, world.context, helper, is_student=False)
    seat(session, world, SeatRole.GUEST, helper)
    sit(app, session, world, SeatRole.FACULTY).post("/mentors/people", {"people": helper.id, "places": 1})
    session.rollback()
    assert session.scalars(select(Seat.role).where(Seat.person_id == helper.id)).one() is SeatRole.MENTOR


def test_places_and_field_are_changed_but_never_below_the_students(session, world, faculty):
    url = f"/mentors/{world.mentor.id}"
    assert "1 of 5 taken" in text_of(faculty.get(url))
    assert faculty.post(url, {"places": 2, "field": "Surgery"}).status_code == 303
    assert (fresh(session, world.mentor).places, world.mentor.field) == (2, "Surgery")
    refused = faculty.post(url, {"places": 0, "field": ""})
    assert (refused.status_code, "Dr Priya Raman has 1 students already" in text_of(refused)) == (422, True)
    assert faculty.post(url, {"places": -1}).status_code == 422
    assert fresh(session, world.mentor).places == 2


def test_who_has_students_stays_a_mentor(session, world, faculty, ring):
    refused = faculty.post(f"/mentors/{world.mentor.id}/untick")
    assert (refused.status_code, "Dr Priya Raman still has students: 1" in text_of(refused)) == (409, True)
    assert faculty.post(f"/mentors/{ring.id}/untick").status_code == 303
    assert fresh(session, ring).active is False
    assert faculty.get(f"/mentors/{ring.id}").status_code == 404


def test_a_mentor_of_another_track_is_not_found(session, world, faculty):
    elsewhere = mentor(session, track(session, context(session, world.deployment)), world.guide)
    session.commit()
    assert faculty.get(f"/mentors/{elsewhere.id}").status_code == 404
    student = world.another_student()
    session.commit()
    assert faculty.post(f"/students/{student.id}/mentor", {"mentor": elsewhere.id}).status_code == 404


def test_who_may_have_left_or_has_left_is_marked(session, world, faculty, ring):
    for who, status in ((world.guide, MembershipStatus.LEFT), (world.student, MembershipStatus.MAYBE_LEFT)):
        session.scalars(select(Membership).where(Membership.person_id == who.id)).one().status = status
    session.commit()
    assert "Dr Priya Raman left the course" in text_of(faculty.get("/mentors"))
    assert "maybe left" in text_of(faculty.get(f"/mentors/{world.mentor.id}"))


@pytest.fixture
def sections(session, world):
    """Three who wait: two in section B, one of them also in C."""
    anna, ben, cho = (world.another_student(name=name) for name in ("Anna", "Ben", "Cho"))
    made = group(session, world.context, "Section B", anna, ben, world.student), group(session, world.context, "C", ben)
    session.commit()
    return SimpleNamespace(b=made[0], c=made[1], anna=anna, ben=ben, cho=cho)


def test_only_one_section_is_shown_and_counted(faculty, sections):
    text = text_of(faculty.get(f"/mentors?group={sections.b.id}"))
    assert "Section B (2)" in text
    assert "C (1)" in text
    assert "Showing 2 of 2" in text
    assert "Cho" not in text
    assert "3 students are without a mentor" in text
    assert "Showing 3 of 3" in text_of(faculty.get("/mentors"))


def test_only_one_section_is_placed_automatically(session, world, faculty, sections):
    page = faculty.get(f"/mentors?group={sections.b.id}").text
    assert f'href="/mentors/automatic?group={sections.b.id}"' in page
    preview = faculty.get(f"/mentors/automatic?group={sections.b.id}")
    assert "2 students can be placed. Only Section B" in text_of(preview)
    pairs = dict(re.findall(r'name="(student-\d+)".*?<option value="(\d+)" selected', preview.text))
    assert set(pairs) == {f"student-{sections.anna.id}", f"student-{sections.ben.id}"}
    assert faculty.post("/mentors/place", {"how": "automatic", **pairs}).status_code == 303
    session.rollback()
    placed = set(session.scalars(select(Mentorship.student_id)))
    assert placed == {world.student.id, sections.anna.id, sections.ben.id}
    assert "Nobody in it waits for a mentor" in text_of(faculty.get(f"/mentors?group={sections.c.id}"))


def test_another_courses_section_chooses_nobody(session, world, faculty, sections):
    other = World(session, inside=world.deployment)
    foreign = group(session, other.context, "Foreign", sections.anna)
    session.commit()
    assert "Nobody in it waits for a mentor" in text_of(faculty.get(f"/mentors?group={foreign.id}"))
    assert "Nobody can be placed." in text_of(faculty.get(f"/mentors/automatic?group={foreign.id}"))
    assert "3 students can be placed." in text_of(faculty.get("/mentors/automatic?group=x"))


def test_the_page_of_one_section_needs_as_many_statements_for_many_people_as_for_few(session, world, faculty, sections):
    def statements():
        with counting(session) as sent:
            for url in ("/mentors", "/mentors/automatic"):
                assert faculty.get(f"{url}?group={sections.b.id}").status_code == 200
        return len(sent)

    few = statements()
    more = [world.another_student(name=f"Student {number}") for number in range(60)]
    for number in range(20):
        group(session, world.context, f"Section {number}", *more)
    session.commit()
    assert statements() == few


def test_the_load_of_a_mentor_stands_beside_the_places_in_numbers_and_names_nobody(app, session):
    world = World(session)
    progress(world, world.student, 1, ProgressState.SUBMITTED)
    waiting = world.another_student(name="Nina Asks")
    asked(session, world.mentor, waiting)
    course = context(session, world.deployment, title="Another course")
    other = mentor(session, track(session, course), world.guide)
    mentorship(session, other, person(session, world.institution, name="Olga Elsewhere"))
    session.commit()
    faculty, guide = sit(app, session, world, SeatRole.FACULTY), sit(app, session, world, SeatRole.MENTOR)
    for client, page in ((faculty, "/mentors"), (faculty, f"/mentors/{world.mentor.id}"), (guide, "/")):
        text = client.get(page).text
        assert "Waits: 1 to sign off, 1 request to answer" in text
        assert "1 student in other courses" in text
        assert "Olga Elsewhere" not in text


def test_where_nothing_waits_the_load_says_so(app, session):
    world = World(session)
    session.commit()
    assert "Nothing waits" in sit(app, session, world, SeatRole.FACULTY).get("/mentors").text


def test_where_nobody_with_a_free_place_can_be_given_students_the_pages_say_what_each_lacks(
    app, session, world, faculty, ring
):
    world.track.credential_needed = True
    profile(session, world, ring.person, paused_until=utcnow().date() + timedelta(days=9))
    verified(app, session, world, ring.person, now=utcnow())
    world.another_student(name="Layla")
    session.commit()
    page = said(faculty.get("/mentors"))
    assert "No free place can be given now." in page
    assert "Nobody with a free place can be given students now. Why not stands beside each name below." in page
    assert "nobody to be given now" in page
    assert "Dr Priya Raman verified credential missing" in page
    assert "Δρ Ελένη Παππά takes nobody new now" in page
    assert "not trained yet" not in page
    lacking, pausing = (said(faculty.get(f"/mentors/{one.id}")) for one in (world.mentor, ring))
    assert "No student can be given to Dr Priya Raman yet." in lacking
    assert "No student can be given to Δρ Ελένη Παππά at present." in pausing
    assert "verified credential missing" not in pausing


def test_where_all_places_are_taken_the_page_says_that_and_nothing_else(session, world, faculty):
    world.mentor.places = world.mentor.taken
    world.another_student(name="Layla")
    session.commit()
    page = said(faculty.get("/mentors"))
    assert "No place is free." in page
    assert "No mentor has a free place. Tick another person as mentor, or give somebody more places." in page
    assert "no place free" in page
    assert "can be given" not in page
