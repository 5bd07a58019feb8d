"""A course team keeps groups together in a round: what that means is said before, and what is in the way of it."""

import re

import pytest
from factories.browser import said, sit
from factories.round_groups import TEAMS, Teams, team
from factories.wishes import rank_list, veto
from factories.world import World, group
from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.matching.stable import StableMatcher
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Group, GroupMembership, Job, JobState, Person, Round, RoundChange
from lti_mentoring.tasks.jobs import run

WANTED = {"strategy": "balanced", "undo_hours": "24", "together": TEAMS}


@pytest.fixture
def teams(session):
    made = Teams(session)
    made.wish()
    session.commit()
    return made


def faculty(app, world):
    return sit(app, world.session, world, SeatRole.FACULTY)


def ask(browser, **changes):
    wanted = "&".join(f"{name}={value}" for name, value in {**WANTED, **changes}.items())
    return browser.get(f"/rounds/new?{wanted}", headers={"HX-Request": "true"})


def test_the_form_offers_the_sets_and_the_preview_says_what_keeping_them_together_means(app, session, teams):
    team(teams, "Team C")
    group(session, teams.context, "B1", teams.alone)
    group(session, teams.context, "Loose", teams.alone, kind=GroupKind.GROUP)
    session.commit()
    browser = faculty(app, teams)
    page = said(browser.get("/rounds/new"))
    assert "Who stays together" in page
    for words in ("Nobody: everybody is matched alone", "Teams (3)", "Sections (1)", "Groups in no set (1)"):
        assert words in page
    assert "Places are counted in whole groups" not in page
    preview = said(ask(browser))
    assert "2 groups stay together." in preview
    assert "in whole groups of the largest, 2: a mentor with 3 free places gets one group" in preview
    assert "So there is room for 4; 3 are wanted." in preview
    assert "1 student is in no group, and takes as much room as a group does." in preview
    assert "Nobody is in Team C: left out." in preview


def test_of_many_only_a_sample_is_looked_at_and_nothing_is_said_of_its_room(app, session, teams, monkeypatch):
    monkeypatch.setattr("lti_mentoring.blueprints._round_page.MOST", 3)
    preview = said(ask(faculty(app, teams)))
    assert "2 groups stay together." in preview
    assert "So there is room for" not in preview


def test_where_all_are_in_groups_nothing_is_said_of_anybody_alone(app, session, teams):
    team(teams, "Team C", teams.alone, teams.another_student())
    session.commit()
    assert "is in no group" not in said(ask(faculty(app, teams)))


def test_what_is_in_the_way_is_said_before_anything_is_drawn_up(app, session, teams):
    team(teams, "Team C", teams.a[0], teams.student)
    session.commit()
    browser = faculty(app, teams)
    for answer in (ask(browser), browser.post("/rounds", WANTED)):
        page = said(answer, 422)
        assert "Layla is in several of these groups (Team A, Team C). Take them out of all but one." in page
        assert f"Team C: {teams.student.shown_name} already has a mentor, and others of the group wait." in page
    assert session.scalars(select(Job)).all() == []


def test_a_group_that_is_too_large_is_said_with_its_size(app, session, teams):
    team(teams, "Crowd", *(teams.another_student() for _ in range(7)))
    session.commit()
    page = said(ask(faculty(app, teams)), 422)
    assert "Crowd: 7 students wait, and no mentor has so many free places; the most is 6." in page


def test_of_very_much_that_is_in_the_way_only_the_first_is_said(app, session, teams):
    for number in range(15):
        team(teams, f"Crowd {number:02}", *(teams.another_student() for _ in range(7)))
    team(teams, "Twice", *(teams.another_student() for _ in range(2)), *teams.a, *teams.b)
    session.commit()
    assert "and 7 more" in said(ask(faculty(app, teams)), 422)


def test_a_set_that_the_course_does_not_have_is_none_to_choose(app, session, teams):
    browser = faculty(app, teams)
    assert "Choose one of these." in said(browser.post("/rounds", {**WANTED, "together": "group:Others"}), 422)
    assert "Choose one of these." in said(browser.get("/rounds/new?together=group:Others"), 422)


def test_the_draft_tells_the_groups_and_is_drawn_up_again_with_them(app, session, teams):
    browser = faculty(app, teams)
    assert browser.post("/rounds", WANTED).status_code == 303
    run.run(session.scalars(select(Job.id)).one())
    session.rollback()
    made = session.scalars(select(Round)).one()
    page = said(browser.get(f"/rounds/{made.id}"))
    assert "Teams stay together. Each took 2 places, as the largest needs." in page
    assert page.count("Group: Team A") == 2
    sheet = browser.get(f"/rounds/{made.id}/pairs.csv").get_data(as_text=True)
    assert "Layla,Team A," in sheet
    assert "Ada,," in sheet
    assert browser.post(f"/rounds/{made.id}/again", {"lots": "same"}).status_code == 303
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert job.detail["together"] == TEAMS
    team(teams, "Team C", teams.a[0])
    session.commit()
    page = said(browser.post(f"/rounds/{made.id}/again", {"lots": "same"}), 422)
    assert "Nothing was drawn up. Choose the groups once more: the page says what is in the way." in page


def test_groups_that_changed_meanwhile_stop_the_work_in_words(app, session, teams):
    browser = faculty(app, teams)
    browser.post("/rounds", WANTED)
    team(teams, "Team C", teams.a[0])
    session.commit()
    job_id = session.scalars(select(Job.id)).one()
    run.run(job_id)
    session.rollback()
    assert session.get(Job, job_id).state is JobState.FAILED
    assert "These groups cannot be kept together as they are" in said(browser.get("/rounds"))
    assert session.scalars(select(Round)).all() == []


class TestChanging:
    @pytest.fixture
    def drawn_up(self, session, teams):
        teams.draw(StableMatcher())
        session.commit()
        return teams

    def page(self, teams, student, query=""):
        return f"/rounds/{teams.round.id}/students/{student.id}{query}"

    def test_the_page_says_of_each_of_the_group_what_it_would_do(self, app, drawn_up):
        page = said(faculty(app, drawn_up).get(self.page(drawn_up, drawn_up.a[0], "?mentor=0")))
        assert "Group: Team A ( Layla, Tomás )" in page.replace("Layla ,", "Layla,")
        assert "The whole group" in page
        assert re.search(r"Layla: from (1st|2nd) wish to no wish\.", page)
        assert re.search(r"Tomás: from (1st|2nd) wish to no wish\.", page)
        assert "The student is left without a mentor." in page

    def test_one_alone_is_said_to_leave_the_group(self, app, drawn_up):
        page = said(faculty(app, drawn_up).get(self.page(drawn_up, drawn_up.a[0], "?mentor=0&who=one")))
        assert "The student’s group stays together, and they leave it." in page
        assert "Tomás: from" not in page
        again = said(faculty(app, drawn_up).get(self.page(drawn_up, drawn_up.a[0], "?mentor=0&who=nonsense")))
        assert "Tomás: from" in again

    def test_somebody_alone_is_not_asked_for_a_group(self, app, drawn_up):
        assert "The whole group" not in said(faculty(app, drawn_up).get(self.page(drawn_up, drawn_up.alone)))

    def test_a_mentor_without_room_for_all_is_refused_for_the_group(self, app, session, drawn_up):
        full = drawn_up.wanted if drawn_up.got(drawn_up.a[0]) != [drawn_up.wanted.id] else drawn_up.second
        full.places = (
            full.taken + sum(one == full.id for one in drawn_up.got(*drawn_up.a, *drawn_up.b, drawn_up.alone)) + 1
        )
        session.commit()
        page = said(faculty(app, drawn_up).get(self.page(drawn_up, drawn_up.a[0], f"?mentor={full.id}")))
        assert "This mentor has no place left in this round" in page

    def test_a_group_is_moved_and_moved_back_by_one_press_each(self, app, session, drawn_up):
        browser = faculty(app, drawn_up)
        sent = {"mentor": "0", "who": "group", "reason": "They wait for Dr Mensah."}
        assert browser.post(self.page(drawn_up, drawn_up.a[0]), sent).status_code == 303
        session.expire_all()
        assert drawn_up.got(*drawn_up.a) == [None, None]
        page = said(browser.get(f"/rounds/{drawn_up.round.id}?show=by_hand"))
        assert page.count("“They wait for Dr Mensah.”") == 2
        assert "the change for the whole group of Layla" in page
        one = session.scalars(select(RoundChange.id).order_by(RoundChange.id)).first()
        assert browser.post(f"/rounds/{drawn_up.round.id}/changes/{one}/undo").status_code == 303
        session.expire_all()
        assert None not in drawn_up.got(*drawn_up.a)

    def test_one_is_taken_out_of_the_group(self, app, session, drawn_up):
        sent = {"mentor": "0", "who": "one", "reason": "She left."}
        assert faculty(app, drawn_up).post(self.page(drawn_up, drawn_up.a[0]), sent).status_code == 303
        session.expire_all()
        assert [got is None for got in drawn_up.got(*drawn_up.a)] == [True, False]


class TestWhy:
    def why(self, app, teams, student):
        return said(sit(app, teams.session, teams, SeatRole.STUDENT, student).get("/my-mentor/why"))

    def test_a_member_reads_of_the_group_and_nothing_of_the_others(self, app, session, teams):
        teams.draw(StableMatcher())
        teams.publish()
        session.commit()
        for student, other in (teams.a, teams.a[::-1]):
            page = self.why(app, teams, student)
            assert "everybody of your group has this mentor" in page
            assert other.shown_name not in page
            assert "Team A" not in page
        assert "of your group" not in self.why(app, teams, teams.alone)

    def test_whoever_wished_for_another_reads_the_same_whatever_the_reason(self, app, session):
        pages = set()
        for reason in ("veto", "list"):
            teams = Teams(session)
            teams.second.places, teams.wanted.places = 6, 6
            teams.wish(teams.a[0])
            if reason == "veto":
                veto(session, teams.wanted, teams.a[1])
            else:
                rank_list(session, teams.track, teams.a[1], teams.second)
            teams.draw(StableMatcher())
            teams.publish()
            session.commit()
            page = self.why(app, teams, teams.a[0])
            assert "Dr Okafor could not be your group’s in this round." in page
            pages.add(page[page.index("Why Dr") :])
        assert len(pages) == 1

    def test_a_full_mentor_had_no_room_for_the_whole_group(self, app, session, teams):
        teams.draw(StableMatcher())
        teams.publish()
        session.commit()
        later = teams.a if teams.got(teams.a[0]) == [teams.second.id] else teams.b
        assert "Dr Okafor had no room left for your whole group." in self.why(app, teams, later[0])

    def test_a_group_without_a_mentor_and_one_who_gave_no_list_read_so(self, app, session):
        teams = Teams(session)
        teams.wanted.places, teams.second.places = 2, 0
        teams.wish(teams.a[0])
        veto(session, teams.wanted, teams.alone)
        teams.draw(StableMatcher())
        teams.publish()
        session.commit()
        told = [self.why(app, teams, one) for one in (*teams.a, *teams.b)]
        assert any("In this round there was no mentor for your whole group." in page for page in told)
        assert any("so you were given whoever suited your group" in page for page in told)

    def test_the_mentor_reads_that_a_group_stayed_together(self, app, session, teams):
        teams.draw(StableMatcher())
        teams.publish()
        session.commit()
        guide = session.get_one(Person, teams.second.person_id)
        page = said(sit(app, session, teams, SeatRole.MENTOR, guide).get("/my-students/why"))
        assert page.count("The group of this student stayed together.") in {2, 4}


class TestByHand:
    def test_groups_are_written_kept_and_then_chosen(self, app, session):
        world = World(session)
        one, two = world.another_student(name="Layla Haddad"), world.another_student(name="Tomás Ibáñez")
        session.commit()
        browser = faculty(app, world)
        assert "Groups by hand" in said(browser.get("/rounds/groups"))
        answer = browser.post("/rounds/groups", {"groups": "Reds: Layla Haddad; Tomás Ibáñez"})
        assert answer.status_code == 303
        page = said(browser.get(answer.headers["Location"]))
        assert "1 group stays together." in page
        assert "Groups by hand (1)" in page
        assert set(session.scalars(select(GroupMembership.person_id))) == {one.id, two.id}
        assert "Reds: Layla Haddad; Tomás Ibáñez" in said(browser.get("/rounds/groups"))
        assert browser.post("/rounds/groups", {"groups": ""}).headers["Location"].startswith("/rounds/new?told=")
        assert session.scalars(select(Group)).all() == []

    def test_a_line_that_cannot_be_used_is_named_and_nothing_is_kept_or_lost(self, app, session):
        world = World(session)
        world.another_student(name="Layla Haddad")
        session.commit()
        text = "Reds: Layla Haddad\nBlues: Nobody <b>Known</b>\nGreens:"
        page = said(faculty(app, world).post("/rounds/groups", {"groups": text}), 422)
        assert "Line 2: no student of the course is called so: Nobody" in page
        assert "Line 3: nobody is in this group: Greens" in page
        assert "Reds: Layla Haddad" in page
        assert session.scalars(select(Group)).all() == []

    def test_of_very_many_faults_only_the_first_are_said(self, app, session):
        text = "\n".join(f"Group {number}:" for number in range(20))
        page = said(faculty(app, World(session)).post("/rounds/groups", {"groups": text}), 422)
        assert "and 8 more" in page
        assert "too long" in said(faculty(app, World(session)).post("/rounds/groups", {"groups": "x" * 500_001}), 422)
