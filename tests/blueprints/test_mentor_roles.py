"""Roles of mentors, as a browser sees them: named by faculty, then chosen wherever somebody is given a mentor."""

import csv
import io
import re
from dataclasses import replace

import pytest
from factories.browser import sit, text_of
from factories.mentor_roles import CLINICAL, RESEARCH, TwoRoles, name_roles, serves
from factories.rounds import drawn, new_mentor
from factories.ways import progress
from factories.wishes import asked, policy, rank_list
from factories.world import World
from sqlalchemy import select

from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Job, MentorRequest, Mentorship, RankList
from lti_mentoring.queries.mentor_roles import served
from lti_mentoring.services.publishing import publish

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY
ROLES = {"key-0": "", "name-0": "Clinical mentor", "key-1": "research", "name-1": "Research mentor"}
ROLE_WORDS = re.compile(r"[Rr]oles?\b")


@pytest.fixture
def two(session):
    made = TwoRoles(session)
    session.commit()
    return made


@pytest.fixture
def faculty(app, session, two):
    return sit(app, session, two, FACULTY)


def mentorships(session, role="research"):
    session.rollback()
    return session.scalars(select(Mentorship).where(Mentorship.role == role, Mentorship.ended_at.is_(None))).all()


class TestTheTracksPage:
    def save(self, client, world, **fields):
        return client.post("/track/roles", {"version": world.track.version, **fields})

    def test_a_second_role_asks_for_a_name_of_the_first(self, app, session):
        world = World(session)
        client = sit(app, session, world, FACULTY)
        assert "The role that there is" in text_of(client.get("/track/roles"))
        answer = self.save(client, world, **{"key-0": "", "name-0": "", "new": "Research mentor"})
        assert answer.status_code == 422
        assert "Give each role a name" in text_of(answer)
        assert 'value="Research mentor"' in answer.text
        answer = self.save(client, world, **{"key-0": "", "name-0": "Clinical mentor", "new": "Research mentor"})
        assert answer.status_code == 303
        session.rollback()
        session.refresh(world.track)
        assert [one.name for one in world.track.roles] == ["Clinical mentor", "Research mentor"]
        assert "Clinical mentor, Research mentor" in text_of(client.get("/track"))

    def test_a_role_in_use_is_kept_and_the_page_says_for_what(self, faculty, two):
        answer = self.save(faculty, two, **ROLES, do="off-0")
        assert answer.status_code == 409
        assert "“Clinical mentor” is in use, so it stays" in text_of(answer)

    def test_a_role_in_no_use_goes(self, session, faculty, two):
        assert self.save(faculty, two, **ROLES, do="off-1").status_code == 303
        session.rollback()
        session.refresh(two.track)
        assert [one.name for one in two.track.roles] == ["Clinical mentor"]

    def test_another_window_that_saved_meanwhile_is_shown(self, faculty, two):
        answer = faculty.post("/track/roles", {"version": two.track.version - 1, **ROLES, "do": "up-1"})
        assert answer.status_code == 409
        assert "Somebody else changed this track" in text_of(answer)

    def test_a_milestone_names_who_signs_it(self, session, faculty, two):
        one = two.track.milestones[0]
        page = faculty.get(f"/track/milestones/{one.id}")
        assert "Any of the student’s mentors" in text_of(page)
        fields = {
            "version": two.track.version, "title": one.title, "asked": one.asked, "stage": one.stage_id, "test": 0,
            "proof": "evidence", "instrument": 0, "signer": "mentor", "signer_role": "role:research", "weight": 10,
        }  # fmt: skip
        assert faculty.post(f"/track/milestones/{one.id}", fields).status_code == 303
        session.rollback()
        session.refresh(one)
        assert one.signer_role == "research"
        assert "Signed off by: Research mentor." in text_of(faculty.get("/track/preview"))


class TestGivingMentors:
    def test_the_page_of_mentors_is_about_one_role_at_a_time(self, faculty, two):
        first, second = text_of(faculty.get("/mentors")), text_of(faculty.get("/mentors?role=research"))
        assert "Every student has a mentor in the role “Clinical mentor”." in first
        assert "0 of 1 student has a mentor in the role “Research mentor”." in second
        assert "Prof Ilse Aalto, 5 free" in second
        assert "Dr Priya Raman, " not in second

    def test_a_student_is_given_a_mentor_in_a_role(self, session, faculty, two):
        answer = faculty.post(
            f"/students/{two.student.id}/mentor", {"mentor": two.researcher.id, "role": "research"}
        )  # fmt: skip
        assert "/mentors?role=research" in answer.headers["Location"]
        assert [one.mentor_id for one in mentorships(session)] == [two.researcher.id]

    def test_who_does_not_serve_in_the_role_is_not_given(self, session, faculty, two):
        answer = faculty.post(f"/students/{two.student.id}/mentor", {"mentor": two.mentor.id, "role": "research"})
        assert answer.status_code == 409
        assert "Dr Priya Raman does not serve in this role" in text_of(answer)

    def test_everybody_is_placed_automatically_in_one_role(self, session, faculty, two):
        page = faculty.get("/mentors/automatic?role=research")
        assert "In the role “Research mentor”." in text_of(page)
        [field] = re.findall(r'name="(student-[^"]+)"', page.text)
        assert field == f"student-{two.student.id}:research"
        answer = faculty.post("/mentors/place", {"how": "automatic", field: two.researcher.id})
        assert answer.status_code == 303
        assert len(mentorships(session)) == 1

    def test_a_preview_that_is_out_of_date_says_so_by_role(self, session, faculty, two):
        two.paired()
        session.commit()
        fields = {"how": "automatic", f"student-{two.student.id}:research": two.researcher.id}
        answer = faculty.post("/mentors/place", fields)
        assert answer.status_code == 409
        assert "is with Prof Ilse Aalto already" in text_of(answer)

    def test_a_list_says_in_which_role(self, session, faculty, two):
        raw = faculty.get("/mentors/template.csv").data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(raw)))
        assert rows == [["student", "mentor", "role"], [two.student.email, "", "Research mentor"]]
        assert "A third column, role," in text_of(faculty.get("/mentors/upload"))
        filled = f"student,mentor,role\n{two.student.email},Prof Ilse Aalto,research mentor\n".encode()
        page = faculty.post(
            "/mentors/upload", {"file": (io.BytesIO(filled), "list.csv")}, content_type="multipart/form-data"
        )
        assert f'name="student-{two.student.id}:research"' in page.text
        assert "Research mentor" in text_of(page)

    def test_faculty_say_on_a_mentors_page_in_which_roles_they_serve(self, session, faculty, two):
        url = f"/mentors/{two.mentor.id}"
        assert "Serves as" in text_of(faculty.get(url))
        answer = faculty.post(url, {"places": 5, "field": "", "roles": ["research"]})
        assert answer.status_code == 409
        assert "Dr Priya Raman still has students as Clinical mentor" in text_of(answer)
        assert faculty.post(url, {"places": 5, "field": ""}).status_code == 422
        assert faculty.post(url, {"places": 5, "field": "", "roles": ["", "research"]}).status_code == 303
        session.rollback()
        assert served(session, two.track)[two.mentor.id] == {"", "research"}


class TestWhatPeopleSee:
    def test_the_board_and_its_spreadsheet_name_each_role(self, session, faculty, two):
        board = text_of(faculty.get("/?show=all"))
        assert "Clinical mentor: Dr Priya Raman · Research mentor: nobody yet" in board
        assert "One needs a mentor. A mentor in one of the roles is lacking: Amina Yusuf." in board.replace(" .", ".")
        two.paired()
        session.commit()
        rows = list(csv.reader(io.StringIO(faculty.get("/board.csv?show=all").data.decode("utf-8-sig"))))
        assert rows[0][:3] == ["Student", "Clinical mentor", "Research mentor"]
        assert [row[:3] for row in rows[1:]] == [["Amina Yusuf", "Dr Priya Raman", "Prof Ilse Aalto"]]

    def test_a_students_page_shows_the_mentors_of_now_and_before(self, session, faculty, two):
        earlier = two.paired()
        earlier.ended_at = earlier.started_at
        session.commit()
        page = text_of(faculty.get(f"/students/{two.student.id}"))
        assert "Research mentor: nobody yet" in page
        assert "Before: Prof Ilse Aalto (Research mentor)" in page

    def test_a_student_sees_all_mentors_and_how_to_come_to_the_one_who_is_lacking(self, app, session, two):
        policy(session, two.track, MatchingWay.REQUESTS)
        student = sit(app, session, two, STUDENT)
        page = student.get("/")
        assert "Research mentor: nobody yet." in text_of(page)
        assert "/wishes?role=research" in page.text
        rank_list(session, two.track, two.student, two.researcher, mentor_role="research")
        session.commit()
        assert "/asking?role=research" in student.get("/").text
        assert student.post("/asking?role=research", {"message": ""}).status_code == 303
        session.rollback()
        assert session.scalars(select(MentorRequest.mentor_role)).all() == ["research"]
        assert "See where it stands" in text_of(student.get("/"))
        assert "Prof Ilse Aalto has your question" in text_of(student.get("/asking?role=research"))
        assert "There is nobody to ask here now" in text_of(student.get("/asking"))

    def test_in_a_track_that_matches_by_rounds_the_way_leads_to_the_wishes(self, app, session, two):
        two.policy = policy(session, two.track, MatchingWay.ROUNDS)
        rank_list(session, two.track, two.student, two.researcher, mentor_role="research")
        student = sit(app, session, two, STUDENT)
        assert "My wishes Research mentor" in text_of(student.get("/"))
        two.policy.wishes_until = two.track.starts_on
        session.commit()
        assert "My wishes Research mentor" not in text_of(student.get("/"))

    def test_wishes_are_given_for_a_role(self, app, session, two):
        policy(session, two.track, MatchingWay.ROUNDS)
        student = sit(app, session, two, STUDENT)
        page = student.get("/wishes?role=research")
        assert "Whom would you like? Research mentor" in text_of(page)
        assert "Dr Priya Raman" not in text_of(page)
        answer = student.post("/wishes?role=research", {"version": 0, "do": f"add-{two.researcher.id}"})
        assert "/wishes?role=research" in answer.headers["Location"]
        session.rollback()
        assert session.scalars(select(RankList.mentor_role)).all() == ["research"]
        again = student.post("/wishes?role=research", {"version": 0, "any_other": "1"})
        assert again.status_code == 409
        assert 'action="/wishes?role=research"' in again.text

    def test_a_mentor_is_asked_for_a_role_and_sees_what_each_student_is_to_them(self, app, session, two):
        who = two.another_student(name="Tomás")
        question = asked(session, two.researcher, who, mentor_role="research")
        two.paired()
        two.track.milestones[0].signer_role = ""
        progress(two, two.student, 1, ProgressState.SUBMITTED)
        guide = sit(app, session, two, MENTOR, two.researcher.person)
        assert "Tomás asks you: Research mentor" in text_of(guide.get(f"/requests/{question.id}"))
        assert "Research mentor" in text_of(guide.get("/"))
        cards = text_of(guide.get("/my-students"))
        assert "Another mentor reads Milestone 1." in cards
        page = text_of(guide.get(f"/students/{two.student.id}/milestones/{two.track.milestones[0].id}"))
        assert "Dr Priya Raman , Clinical mentor" in page

    def test_what_waits_for_a_mentor_is_their_turn_on_the_students_page(self, app, session, two):
        progress(two, two.student, 1, ProgressState.SUBMITTED)
        two.paired()
        guide = sit(app, session, two, MENTOR)
        assert "Read what was sent: Milestone 1" in text_of(guide.get(f"/students/{two.student.id}"))


class TestRounds:
    def test_a_round_is_drawn_up_for_one_role(self, session, faculty, two):
        two.another_student()
        session.commit()
        page = faculty.get("/rounds")
        assert "Draw up a round: Research mentor (2)" in text_of(page)
        assert "Research mentor: 2 students wait." in text_of(faculty.get("/rounds/new?role=research"))
        form = {"strategy": "balanced", "undo_hours": 24, "role": "research"}
        assert faculty.get("/rounds/new", query_string=form).status_code == 200
        assert faculty.get("/rounds/new", query_string={**form, "role": "nowhere"}).status_code == 422
        assert faculty.post("/rounds", form).status_code == 303
        session.rollback()
        assert session.scalars(select(Job)).one().detail["role"] == "research"
        assert faculty.post("/rounds", {**form, "role": ""}).status_code == 409

    def test_a_student_reads_why_for_each_role(self, app, session, two):
        who = two.another_student(name="Tomás")
        for role in ("", "research"):
            publish(session, two.sitter(), drawn(two, role=role).id, now=two.track.created_at)
        student = sit(app, session, two, STUDENT, who)
        page = text_of(student.get("/my-mentor/why"))
        assert "Clinical mentor: Dr Priya Raman" in page
        assert "Research mentor: Prof Ilse Aalto" in page
        assert "Research mentor" in text_of(sit(app, session, two, FACULTY).get("/rounds"))


def test_one_role_is_spoken_of_nowhere(app, session):
    world = World(session)
    name_roles(world, CLINICAL)
    session.commit()
    faculty, student = sit(app, session, world, FACULTY), sit(app, session, world, STUDENT)
    for client, path in (
        (faculty, "/"), (faculty, "/mentors"), (faculty, f"/students/{world.student.id}"), (faculty, "/rounds"),
        (faculty, "/rounds/new"), (faculty, "/mentors/upload"), (faculty, f"/mentors/{world.mentor.id}"),
        (student, "/"), (student, "/wishes"),
    ):  # fmt: skip
        assert "Clinical mentor" not in client.get(path).text.replace("Clinical mentorship", ""), path


def test_a_person_who_is_both_stands_in_a_list_of_students_once(app, session, two):
    serves(two, two.mentor, RESEARCH)
    two.paired(guide=two.mentor)
    guide = sit(app, session, two, MENTOR)
    assert text_of(guide.get("/my-students")).count("Amina Yusuf") == 1


class TestWhereMentorsAreLookedFor:
    def test_a_student_looks_for_mentors_of_one_role(self, app, session, two):
        for number in range(25):
            serves(two, new_mentor(two, name=f"Dr Twin {number}"), RESEARCH)
        session.commit()
        client = sit(app, session, two, STUDENT)
        everybody = client.get("/directory").text
        assert 'id="f-role"' in everybody
        found = client.get("/directory?role=research")
        assert "Showing 20 of 26" in text_of(found)
        assert "role=research" in re.search(r'href="([^"]*page=2[^"]*)"', found.text).group(1)
        assert "Research mentor" in text_of(client.get("/directory?role=research&q=Aalto", headers={"HX-Request": "1"}))
        clinical = client.get("/directory?role=")
        assert '<option value="" selected>Clinical mentor' in clinical.text
        assert "Prof Ilse Aalto" not in text_of(clinical)
        for mistyped in ("any", "elsewhere"):
            assert "Showing 20 of 27" in text_of(client.get(f"/directory?role={mistyped}"))

    def test_a_mentor_s_page_says_what_they_mentor_as(self, app, session, two):
        client = sit(app, session, two, STUDENT)
        page = text_of(client.get(f"/directory/{two.researcher.id}"))
        assert "Mentors in this track as: Research mentor" in page
        assert "Not trained yet" not in page

    def test_a_mentor_reads_their_roles_on_their_profile_and_may_let_strangers_read_them(self, app, session, two):
        client = sit(app, session, two, MENTOR)
        assert "You mentor in this track as: Clinical mentor." in text_of(client.get("/profile"))
        page = client.get("/profile/public")
        assert "What I mentor as: Clinical mentor" in text_of(page)
        assert "Mentors there as" not in text_of(page)
        client.post("/profile/public", {"public": ["roles"]})
        assert "Mentors there as: Clinical mentor" in text_of(client.get("/profile/public"))

    def test_with_one_role_no_page_speaks_of_it(self, app, session):
        world = World(session)
        student, guide = sit(app, session, world, STUDENT), sit(app, session, world, MENTOR)
        for page in (
            student.get("/directory?role="), student.get(f"/directory/{world.mentor.id}"), guide.get("/profile"),
            guide.get("/profile/public"),
        ):  # fmt: skip
            assert " as: " not in text_of(page)
            assert "Mentors as" not in text_of(page)
        assert "Dr Priya Raman" in text_of(student.get("/directory?role="))


def test_a_role_that_was_taken_away_meanwhile_is_said_so(two, faculty):
    name_roles(two, CLINICAL, replace(RESEARCH, gone=True))
    two.session.commit()
    answer = faculty.post(f"/students/{two.student.id}/mentor", {"mentor": two.researcher.id, "role": "research"})
    assert answer.status_code == 409
    assert "This track has no “Research mentor” any more" in text_of(answer)
    assert "was taken away meanwhile. Nothing was changed." in text_of(answer)
