"""The pages on which conflicts are declared, and the one on which faculty overrule one."""

import re

import pytest
from factories.browser import said, sit, text_of
from factories.statements import counting
from factories.wishes import conflict, veto
from factories.world import World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import ConflictOfInterest, Membership, Mentorship, TrackState

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY


@pytest.fixture
def world(session):
    return World(session)


def test_a_student_declares_a_conflict_and_takes_it_back(app, session, world):
    student = sit(app, session, world, STUDENT)
    assert "You and the course team read this; the other person does not." in text_of(student.get("/conflicts"))
    sent = {"student": world.student.id, "mentor": world.mentor.id, "reason": "relative", "note": "She is my aunt."}
    assert student.post("/conflicts", sent).status_code == 303
    [made] = session.scalars(select(ConflictOfInterest))
    assert "Relatives, or close in private life: “ She is my aunt. ”" in text_of(student.get("/conflicts"))
    assert "aunt" not in text_of(sit(app, session, world, MENTOR).get("/conflicts"))
    assert "declared by the student" in text_of(sit(app, session, world, FACULTY).get("/conflicts"))
    assert student.post(f"/conflicts/{made.id}/end").status_code == 303
    assert "No conflict is declared." in text_of(student.get("/conflicts"))


@pytest.mark.parametrize("role", [MENTOR, FACULTY])
def test_mentors_and_faculty_find_the_student_first(app, session, world, role):
    browser = sit(app, session, world, role)
    assert "Keep them apart" not in text_of(browser.get("/conflicts"))
    assert "Nobody is called so." in text_of(browser.get("/conflicts?q=zzz"))
    assert "Keep them apart" in text_of(browser.get("/conflicts?q=amina"))


def test_faculty_who_give_no_reason_keep_what_they_chose(app, session, world):
    sent = {"student": world.student.id, "mentor": world.mentor.id, "reason": "manager", "note": " "}
    answer = sit(app, session, world, FACULTY).post("/conflicts?q=amina", sent)
    assert answer.status_code == 422
    assert "Say in a few words why" in text_of(answer)
    assert 'value="manager" checked' in answer.text


def test_a_student_declares_a_complaint_and_nobody_else_is_shown_anything(app, session, world):
    others = [
        (sit(app, session, world, MENTOR), ["/conflicts?q=a", "/privacy"]),
        (sit(app, session, world, FACULTY), ["/conflicts?q=a", "/mentors", f"/students/{world.student.id}"]),
    ]

    def seen():
        return [re.sub(r'name="csrf_token" value="\w+"', "", browser.get(path).text)
                for browser, paths in others for path in paths]  # fmt: skip

    before, student = seen(), sit(app, session, world, STUDENT)
    sent = {"student": world.student.id, "mentor": world.mentor.id, "reason": "complaint"}
    refused = student.post("/conflicts", {**sent, "note": "He shouted at me."})
    assert (refused.status_code, "of a complaint no words are kept" in refused.text) == (422, True)
    assert "He shouted at me." in refused.text
    assert student.post("/conflicts", sent).status_code == 303
    assert "nobody but you reads this" in text_of(student.get("/conflicts"))
    assert "1 complaint that keeps" in text_of(student.get("/privacy"))
    assert seen() == before


def test_a_mentor_is_not_offered_a_complaint_and_is_told_where_it_belongs(app, session, world):
    mentors = sit(app, session, world, MENTOR)
    page = mentors.get("/conflicts?q=amina")
    assert 'value="complaint"' not in page.text
    assert "A complaint in the past belongs here, too." in page.text
    sent = {"student": world.student.id, "mentor": world.mentor.id, "reason": "complaint"}
    answer = mentors.post("/conflicts?q=amina", sent)
    assert (answer.status_code, "Choose one of these." in answer.text) == (422, True)


def test_among_several_mentors_none_is_chosen_beforehand(app, session, world):
    who = person(session, world.institution, name="Dr Second")
    membership(session, world.context, who, is_student=False)
    mentor(session, world.track, who)
    student = sit(app, session, world, STUDENT)
    assert '<option value="">Choose</option>' in student.get("/conflicts").text
    answer = student.post("/conflicts", {"student": world.student.id, "mentor": "", "reason": "relative", "note": ""})
    assert "Choose the mentor" in said(answer, 422)
    assert session.scalars(select(ConflictOfInterest)).all() == []


def test_a_draft_has_nothing_to_declare(app, session, world):
    world.track.state, world.track.published_at = TrackState.DRAFT, None
    assert "still setting this up" in text_of(sit(app, session, world, STUDENT).get("/conflicts"))


def test_faculty_overrule_a_declared_conflict_with_a_reason(app, session, world):
    student = world.another_student(name="Tomás")
    conflict(session, world.mentor, student, ConflictKind.DECLARED_BY_MENTOR, note="My niece.")
    faculty, address = sit(app, session, world, FACULTY), f"/students/{student.id}/mentor"
    asked = faculty.post(address, {"mentor": world.mentor.id})
    assert asked.status_code == 409
    assert "Something else: “ My niece. ” declared by the mentor, 23 Nov" in text_of(asked)
    assert "There is a problem" not in asked.text
    assert faculty.post(address, {"mentor": world.mentor.id, "despite": " "}).status_code == 422
    sent = {"mentor": world.mentor.id, "despite": "Both agree."}
    assert faculty.post(address, sent).status_code == 303
    assert session.scalars(select(Mentorship.id).where(Mentorship.student_id == student.id)).all()


def test_whoever_teaches_the_course_mentors_only_in_spite_of_it_where_nothing_was_set(app, session, world):
    student = world.another_student(name="Tomás")
    session.scalars(select(Membership).where(Membership.person_id == world.guide.id)).one().is_faculty = True
    faculty, address = sit(app, session, world, FACULTY), f"/students/{student.id}/mentor"
    asked = faculty.post(address, {"mentor": world.mentor.id})
    assert asked.status_code == 409
    assert "the mentor teaches this course and may grade the student" in text_of(asked)
    sent = {"mentor": world.mentor.id, "despite": "Somebody else grades."}
    assert faculty.post(address, sent).status_code == 303


def test_moving_asks_in_the_same_way_and_loses_nothing(app, session, world):
    other = mentor(session, world.track, person(session, world.institution))
    conflict(session, other, world.student)
    faculty, address = sit(app, session, world, FACULTY), f"/mentorships/{world.mentorship.id}/move"
    sent = {"mentor": other.id, "reason": "Another ward."}
    asked = faculty.post(address, sent)
    assert (asked.status_code, 'value="Another ward."' in asked.text) == (409, True)
    assert faculty.post(address, {**sent, "despite": "Both agree."}).status_code == 303


@pytest.mark.parametrize("why", ["veto", "concern"])
def test_a_veto_and_a_concern_are_said_in_the_same_few_words_and_offer_no_way_round(app, session, world, why):
    student = world.another_student(name="Tomás")
    if why == "veto":
        veto(session, world.mentor, student)
    else:
        conflict(session, world.mentor, student, ConflictKind.CONCERN)
    faculty, address = sit(app, session, world, FACULTY), f"/students/{student.id}/mentor"
    said = text_of(faculty.post(address, {"mentor": world.mentor.id, "despite": "All the same."}))
    assert "Dr Priya Raman is not available for Tomás" in said
    assert not [word for word in ("veto", "concern", "conflict", "declared", "all the same") if word in said.lower()]


def test_the_page_takes_as_many_statements_for_many_as_for_one(app, session, world):
    faculty = sit(app, session, world, FACULTY)

    def statements():
        with counting(session) as sent:
            assert faculty.get("/conflicts?q=a").status_code == 200
        return len(sent)

    conflict(session, world.mentor, world.student)
    session.commit()
    few = statements()
    for _number in range(30):
        conflict(session, world.mentor, world.another_student())
    session.commit()
    assert statements() == few
