"""Faculty give students a mentor, by hand, from a list and automatically, as a browser sees it."""

import io
import re

import pytest
from factories.browser import sit, text_of
from factories.rounds import new_mentor
from factories.world import World, mentorship
from sqlalchemy import select

from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Mail, Mentorship


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


def upload(faculty, raw):
    return faculty.post("/mentors/upload", {"file": (io.BytesIO(raw), "list.csv")}, content_type="multipart/form-data")


def test_a_student_is_placed_and_both_get_a_mail(session, world, faculty, ring):
    student = world.another_student(name="Tomás Ferreira")
    session.commit()
    assert faculty.post(f"/students/{student.id}/mentor", {"mentor": ring.id}).status_code == 303
    session.rollback()
    made = session.scalars(select(Mentorship).where(Mentorship.student_id == student.id)).one()
    assert made.mentor_id == ring.id
    told = session.scalars(select(Mail.person_id).where(Mail.kind == "mentor_assigned").order_by(Mail.person_id))
    assert set(told) == {student.id, ring.person_id}


def test_the_last_place_taken_by_somebody_else_is_said_calmly(session, world, faculty, ring):
    first, second = world.another_student(), world.another_student()
    session.commit()
    faculty.post(f"/students/{first.id}/mentor", {"mentor": ring.id})
    refused = faculty.post(f"/students/{second.id}/mentor", {"mentor": ring.id})
    assert refused.status_code == 409
    assert "Δρ Ελένη Παππά has no free place any more" in text_of(refused)
    assert fresh(session, ring).taken == 1


def test_a_form_posted_twice_places_once(session, world, faculty, ring):
    student = world.another_student(name="Tomás Ferreira")
    session.commit()
    faculty.post(f"/students/{student.id}/mentor", {"mentor": world.mentor.id})
    again = faculty.post(f"/students/{student.id}/mentor", {"mentor": world.mentor.id})
    assert (again.status_code, "with this mentor already" in text_of(again)) == (409, True)
    other = faculty.post(f"/students/{student.id}/mentor", {"mentor": ring.id})
    assert (other.status_code, "Tomás Ferreira is with Dr Priya Raman now" in text_of(other)) == (409, True)
    assert fresh(session, world.mentor).taken == 2


def test_a_student_moves_and_a_mentorship_ends(session, world, faculty, ring):
    url = f"/mentorships/{world.mentorship.id}"
    data = {"from": world.mentor.id, "mentor": ring.id}
    for blank in ({}, {"reason": " "}):
        wrong = faculty.post(f"{url}/move", data | blank)
        assert (wrong.status_code, "Say in a few words why" in text_of(wrong)) == (422, True)
    assert faculty.post(f"{url}/move", data | {"reason": "Both asked."}).status_code == 303
    assert fresh(session, world.mentorship).end_reason == "Both asked."
    assert (fresh(session, world.mentor).taken, fresh(session, ring).taken) == (0, 1)
    moved = session.scalars(select(Mentorship).where(Mentorship.ended_at.is_(None))).one()
    assert "Amina Yusuf" in text_of(faculty.get(f"/mentors/{ring.id}"))
    assert faculty.post(f"/mentorships/{moved.id}/end", {"from": ring.id}).status_code == 422
    assert faculty.post(f"/mentorships/{moved.id}/end", {"from": ring.id, "reason": "Illness"}).status_code == 303
    assert fresh(session, ring).taken == 0
    assert faculty.post(f"{url}/end", {"from": ring.id, "reason": "Again"}).status_code == 404


def test_everybody_is_placed_automatically_after_a_look(session, world, faculty, ring):
    students = [world.another_student(name=f"Student {number}") for number in range(6)]
    session.commit()
    page = faculty.get("/mentors/automatic")
    said = text_of(page)
    assert "5 students can be placed." in said
    assert "no place left" in said
    assert "has the most room: 0 of 1 taken" in said
    session.rollback()
    assert len(session.scalars(select(Mentorship)).all()) == 1
    data = dict(re.findall(r'name="(student-\d+)".*?<option value="(\d+)" selected', page.text))
    assert faculty.post("/mentors/place", data | {"how": "automatic"}).status_code == 303
    assert fresh(session, world.mentor).taken == 5
    assert len(session.scalars(select(Mentorship).where(Mentorship.assigned_by == "automatic")).all()) == 5
    assert len(students) == 6


def test_a_preview_out_of_date_places_nobody_and_says_what_changed(session, world, faculty, ring):
    first, second = world.another_student(name="Ana"), world.another_student(name="Bo")
    session.commit()
    data = {f"student-{first.id}": ring.id, f"student-{second.id}": world.mentor.id, "how": "csv"}
    third = world.another_student()
    mentorship(session, ring, third)
    session.commit()
    stale = faculty.post("/mentors/place", data)
    said = text_of(stale)
    assert stale.status_code == 409
    assert "Something has changed since you looked, so nobody was placed." in said
    assert "Δρ Ελένη Παππά has no free place left." in said
    assert "Place this student" in said
    session.rollback()
    assert len(session.scalars(select(Mentorship)).all()) == 2


def test_placing_nobody_changes_nothing(faculty):
    assert faculty.post("/mentors/place", {"how": "csv", "student-x": "1", "student-3": "0"}).status_code == 303


def test_a_list_is_shown_before_it_is_used_and_every_bad_line_is_named(session, world, faculty, ring):
    ana, bo = world.another_student(name="Ana Ruiz", email="ana@x.org"), world.another_student(name="Bo Li")
    session.commit()
    raw = (
        "student,mentor\n"
        f"ana@x.org,{world.guide.email}\n"
        "Bo Li,Nobody Known\n"
        "=1+1,Dr Priya Raman\n"
        "Amina Yusuf,Δρ Ελένη Παππά\n"
        f"{bo.subject},Δρ Ελένη Παππά\n"
    ).encode()
    said = text_of(upload(faculty, raw))
    assert "2 students can be placed." in said
    assert "3 lines cannot be used" in said
    assert "Line 3 Bo Li, Nobody Known No mentor is called so." in said
    assert "Line 4 =1+1, Dr Priya Raman A cell begins like a formula" in said
    assert "Line 5 Amina Yusuf, Δρ Ελένη Παππά Amina Yusuf has another mentor already: Dr Priya Raman." in said
    session.rollback()
    assert len(session.scalars(select(Mentorship)).all()) == 1
    data = {f"student-{ana.id}": world.mentor.id, f"student-{bo.id}": ring.id, "how": "csv"}
    assert faculty.post("/mentors/place", data).status_code == 303
    session.rollback()
    assert len(session.scalars(select(Mentorship).where(Mentorship.assigned_by == "csv")).all()) == 2


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "There are no lines in this file"),
        (b"name,teacher\na,b\n", "It says: name, teacher"),
        (b"student,mentor\nJos\xe9,x\n", "Save it in your spreadsheet as"),
    ],
)
def test_a_file_that_is_no_such_list_is_answered_on_the_form(faculty, raw, said):
    answer = upload(faculty, raw)
    assert answer.status_code == 422
    assert said in text_of(answer)


def test_a_form_without_a_file_is_answered_on_the_form(faculty):
    assert faculty.get("/mentors/upload").status_code == 200
    assert faculty.post("/mentors/upload").status_code == 422


def test_the_list_to_fill_in_holds_everybody_who_waits_and_no_formula(session, world, faculty):
    world.another_student(email="ana@x.org")
    world.another_student(email="", subject="=cmd()")
    session.commit()
    answer = faculty.get("/mentors/template.csv")
    assert answer.data.decode("utf-8-sig") == "student,mentor\r\nana@x.org,\r\n"
    assert "attachment" in answer.headers["Content-Disposition"]
