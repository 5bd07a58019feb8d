import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from factories.browser import sit, text_of
from factories.statements import counting
from factories.world import World, add, link, milestone, track
from sqlalchemy import func, select

from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Milestone, MilestoneProgress, ResourceLink, Stage, Track, TrackState


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def faculty(app, session, world):
    return sit(app, session, world, SeatRole.FACULTY)


@pytest.fixture
def newcomer(app, session, world):
    """A faculty member at a page of the course that opens no track yet."""
    return sit(app, session, world, SeatRole.FACULTY, link=link(session, world.context))


def count(session, model, *where):
    return session.scalar(select(func.count()).select_from(model).where(*where))


def milestone_fields(world, **changes):
    values = {
        "version": world.track.version, "title": "Ward history", "asked": "Write it up.", "proof": "evidence",
        "stage": world.track.stages[0].id, "instrument": "0", "due_after_days": "14", "weight": "10",
        "signer": "mentor", "needed_for_certificate": "y",
    }  # fmt: skip
    return {**values, **changes}


# ------------------------------------------------------------------ which track


def test_faculty_are_asked_once_which_track_the_page_opens(newcomer):
    answer = newcomer.get("/track")
    assert answer.status_code == 200
    text = text_of(answer)
    assert "Which track does this page of your course open?" in text
    for title in ("Clinical mentorship, one semester", "Research mentorship", "Career mentorship", "Start empty"):
        assert title in text


@pytest.mark.parametrize("key", ["clinical", "research", "career", ""])
def test_a_template_is_looked_at_and_made(newcomer, session, world, key):
    look = newcomer.get(f"/track/new?template={key}")
    assert look.status_code == 200
    title = re.search(r'name="title"[^>]*value="([^"]+)"', look.text).group(1)
    fields = {"title": title, "purpose": "To learn.", "starts_on": "2026-10-01", "opens": ""}
    answer = newcomer.post(f"/track/new?template={key}", fields)
    assert answer.status_code == 303
    made = session.scalars(select(Track).order_by(Track.id.desc())).first()
    assert (made.template, made.title, made.state) == (key, title, TrackState.DRAFT)
    assert len(made.milestones) == (0 if key == "" else len(made.milestones))
    designer = newcomer.get("/track")
    assert designer.status_code == 200
    assert title in text_of(designer)
    assert count(session, AuditEntry, AuditEntry.action == "track.created") == 1


def test_the_form_for_a_new_track_posted_twice_makes_one(newcomer, session):
    before = count(session, Track)
    fields = {"title": "Ours", "purpose": "", "starts_on": "2026-10-01", "opens": ""}
    for _ in range(2):
        assert newcomer.post("/track/new?template=career", fields).status_code == 303
    assert count(session, Track) == before + 1


def test_two_who_choose_at_once_are_told_what_the_page_opens_now(newcomer, world):
    fields = {"title": "Ours", "purpose": "", "starts_on": "2026-10-01", "opens": ""}
    newcomer.post("/track/new?template=career", fields)
    late = newcomer.post("/track/choose", {"track_id": world.track.id, "opens": ""})
    assert late.status_code == 409
    assert "Ours" in text_of(late)
    assert newcomer.post("/track/new?template=research", {**fields, "title": "Mine"}).status_code == 409


def test_a_track_of_the_course_can_be_opened_and_another_one_later(newcomer, session, world):
    opened = newcomer.post("/track/choose", {"track_id": world.track.id, "opens": ""})
    assert opened.status_code == 303
    again = newcomer.post("/track/choose", {"track_id": world.track.id, "opens": ""})
    assert again.status_code == 303
    other = track(session, world.context, title="Research")
    session.commit()
    assert "Opens here now" in newcomer.get("/track/choose").text
    newcomer.post("/track/choose", {"track_id": other.id, "opens": world.track.id})
    assert "Research" in text_of(newcomer.get("/track"))


def test_a_track_of_another_course_is_not_there(newcomer, session):
    strange = World(session)
    session.commit()
    assert newcomer.post("/track/choose", {"track_id": strange.track.id, "opens": ""}).status_code == 404
    assert newcomer.post("/track/choose", {"opens": ""}).status_code == 404
    assert newcomer.post("/track/choose", {"opens": "", "track_id": 10**30}).status_code == 404
    assert newcomer.get("/track/new?template=cooking").status_code == 404


def test_without_a_place_in_the_course_nothing_can_be_chosen(app, session, world):
    picking = sit(app, session, world, SeatRole.FACULTY, resource_link_ref=None)
    fields = {"title": "Ours", "purpose": "", "starts_on": "2026-10-01", "opens": ""}
    assert picking.post("/track/new?template=career", fields).status_code == 409


def test_a_new_track_says_what_is_wrong_and_keeps_what_was_typed(newcomer, session):
    before = count(session, Track)
    answer = newcomer.post(
        "/track/new?template=career", {"title": "x" * 300, "purpose": "Keep me", "starts_on": "soon", "opens": ""}
    )
    assert answer.status_code == 422
    assert "This is too long: 200 characters at most." in answer.text
    assert "Write a date as year-month-day" in answer.text
    assert "Keep me" in answer.text
    assert "x" * 300 in answer.text
    assert count(session, Track) == before


# ------------------------------------------------------------------ the designer


def test_the_designer_shows_the_order_and_who_follows(faculty):
    text = text_of(faculty.get("/track"))
    assert "3 milestones · weights add up to 30" in text
    assert "1 student follows this track" in text
    assert "week 2 · counts 10" in text
    assert "With the first 2 of 3 milestones done the gradebook shows 66.67 of 100" in text


def test_the_designer_needs_as_many_statements_for_forty_milestones_as_for_three(faculty, session, world):
    with counting(session) as few:
        faculty.get("/track")
    for position in range(4, 41):
        milestone(session, world.track, stage=world.track.stages[0], position=position)
    for number in range(30):
        who = world.another_student(name=f"Student {number}")
        add(
            session,
            MilestoneProgress(
                institution_id=world.institution.id, track_id=world.track.id,
                milestone_id=world.track.milestones[0].id, student_id=who.id, state=ProgressState.SUBMITTED,
            ),
        )  # fmt: skip
    session.commit()
    with counting(session) as many:
        faculty.get("/track")
    assert len(few) == len(many)


def test_an_empty_draft_says_what_to_do_first(newcomer):
    newcomer.post("/track/new?template=", {"title": "Ours", "purpose": "", "starts_on": "2026-10-01", "opens": ""})
    text = text_of(newcomer.get("/track"))
    assert "The first milestone is yours to write" in text
    assert "There is nothing to see yet" in text_of(newcomer.get("/track/preview"))


def test_a_student_sees_no_designer(app, session, world):
    assert sit(app, session, world, SeatRole.STUDENT).get("/track").status_code == 403
    assert sit(app, session, world, SeatRole.MENTOR).post("/track/publish").status_code == 403


def test_the_preview_reads_as_a_student_reads_it(faculty):
    text = text_of(faculty.get("/track/preview"))
    assert "Your mentor signs it off. It counts 33.3 of 100." in text


# ------------------------------------------------------------------ milestones


def test_a_milestone_is_added_once_however_often_it_is_posted(faculty, session, world):
    assert faculty.get("/track/milestones/new").status_code == 200
    fields = milestone_fields(world)
    for _ in range(2):
        assert faculty.post("/track/milestones/new", fields).status_code == 303
    assert count(session, Milestone, Milestone.title == "Ward history") == 1
    assert "Ward history" in text_of(faculty.get("/track"))


def test_a_milestone_is_changed(faculty, session, world):
    one = world.track.milestones[1]
    url = f"/track/milestones/{one.id}"
    page = faculty.get(url).text
    assert "Nobody has begun this." in page
    for shown in ('value="28"', 'value="10"', "checked", "Write one page."):
        assert shown in page
    answer = faculty.post(url, milestone_fields(world, due_after_days="", weight="25", needed_for_certificate=""))
    assert answer.status_code == 303
    session.refresh(one)
    assert (one.title, one.weight, one.due_after_days) == ("Ward history", 25, None)


def test_an_activity_of_the_course_proves_it_by_its_address(faculty, session, world):
    one = world.track.milestones[1]
    url = f"/track/milestones/{one.id}"
    wrong = faculty.post(url, milestone_fields(world, proof="activity", activity_url="lms.example.edu"))
    assert wrong.status_code == 422
    assert "Write the whole address, as the browser shows it." in wrong.text
    assert 'value="lms.example.edu"' in wrong.text
    address = "https://lms.example.edu/mod/quiz/view.php?id=7"
    assert faculty.post(url, milestone_fields(world, proof="activity", activity_url=address)).status_code == 303
    session.refresh(one)
    assert (one.proof, one.activity_url) == (Proof.ACTIVITY, address)
    page = faculty.get(url).text
    assert f'value="{address}"' in page
    assert "You do it in the course, and say so here." in page


def test_a_meeting_proves_it(faculty, session, world):
    one = world.track.milestones[1]
    url = f"/track/milestones/{one.id}"
    assert faculty.post(url, milestone_fields(world, proof="meeting", activity_url="not looked at")).status_code == 303
    session.refresh(one)
    assert (one.proof, one.activity_url) == (Proof.MEETING, "")
    assert "You meet, and one of you notes it here." in faculty.get(url).text


def test_a_form_that_proves_it_can_be_chosen(faculty, session, world):
    one = world.track.milestones[1]
    url = f"/track/milestones/{one.id}"
    missing = faculty.post(url, milestone_fields(world, proof="assessment"))
    assert missing.status_code == 422
    assert "Choose the form that the mentor fills." in missing.text
    number = re.search(r'<option value="(\d+)">How much help', missing.text).group(1)
    assert faculty.post(url, milestone_fields(world, proof="assessment", instrument=number)).status_code == 303
    session.refresh(one)
    assert one.proof is Proof.ASSESSMENT
    assert one.instrument_id == int(number)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": "   "}, "Give the milestone a name."),
        ({"title": "x" * 300}, "This is too long: 120 characters at most."),
        ({"asked": "x" * 4001}, "This is too long: 4000 characters at most."),
        ({"weight": "-5"}, "Write a number between 0 and 1000."),
        ({"weight": ""}, "Say how much it counts; 0 if it does not."),
        ({"weight": "ten"}, "Write a whole number, for example 14."),
        ({"due_after_days": "soon"}, "Write a whole number, for example 14."),
        ({"due_after_days": "99999"}, "Write a number of days between 0 and 1830."),
        ({"proof": "magic"}, "Choose one of these."),
        ({"stage": "999999"}, "Choose one of these."),
    ],
)
def test_bad_input_is_named_at_its_field_and_everything_typed_stays(faculty, session, world, wrong, words):
    fields = milestone_fields(world, asked="Keep what I typed.") | wrong
    answer = faculty.post(f"/track/milestones/{world.track.milestones[0].id}", fields)
    assert answer.status_code == 422
    assert words in answer.text
    if "asked" not in wrong:
        assert "Keep what I typed." in answer.text
    for name, typed in wrong.items():
        if name in {"weight", "due_after_days"}:
            assert f'value="{typed}"' in answer.text
    session.expire_all()
    assert world.track.milestones[0].title == "Milestone 1"


def test_a_running_track_whose_milestones_count_nothing_is_refused_at_the_weight(faculty, session, world):
    for one in world.track.milestones[1:]:
        one.weight = 0
    session.commit()
    answer = faculty.post(f"/track/milestones/{world.track.milestones[0].id}", milestone_fields(world, weight="0"))
    assert answer.status_code == 422
    assert "Something has to count" in answer.text
    assert 'id="weight-e"' in answer.text


def test_more_than_forty_milestones_are_refused(faculty, session, world):
    for position in range(4, 41):
        milestone(session, world.track, stage=world.track.stages[0], position=position)
    session.commit()
    answer = faculty.post("/track/milestones/new", milestone_fields(world))
    assert answer.status_code == 422
    assert "There can be 40 at most." in answer.text
    assert "Write it up." in answer.text


def test_two_who_edit_at_once_lose_nothing(faculty, session, world):
    one = world.track.milestones[0]
    url = f"/track/milestones/{one.id}"
    fields = milestone_fields(world)
    assert faculty.post(url, {**fields, "title": "Theirs", "weight": "40"}).status_code == 303
    late = faculty.post(url, {**fields, "title": "Mine"})
    assert late.status_code == 409
    text = text_of(late)
    assert "Somebody else changed this track while you had it open" in text
    assert "Prof Hanna Lindqvist" in text
    assert "Theirs: Theirs" in text
    assert "Yours: Mine" in text
    assert 'value="Mine"' in late.text
    version = re.search(r'name="version"[^>]*value="(\d+)"', late.text[late.text.index('id="edit"') :]).group(1)
    assert faculty.post(url, {**fields, "title": "Mine", "version": version}).status_code == 303
    session.refresh(one)
    assert (one.title, one.weight) == ("Mine", 10)


@pytest.mark.both_databases
def test_of_two_saves_in_the_same_moment_one_wins_and_the_other_is_told(app, session, world):
    url = f"/track/milestones/{world.track.milestones[0].id}"
    fields = milestone_fields(world)
    sides = [sit(app, session, world, SeatRole.FACULTY) for _ in range(2)]
    start = Barrier(2)

    def save(side, title):
        start.wait()
        return side.post(url, {**fields, "title": title}).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(save, sides, ("One", "Two"))
        assert sorted(answers) == [303, 409]


def test_the_same_edit_posted_twice_is_one(faculty, session, world):
    url = f"/track/milestones/{world.track.milestones[0].id}"
    fields = milestone_fields(world)
    for _ in range(2):
        assert faculty.post(url, fields).status_code == 303
    assert count(session, AuditEntry, AuditEntry.action == "milestone.edited") == 1


def test_what_was_typed_for_a_milestone_taken_out_meanwhile_becomes_a_new_one(faculty, session, world):
    one = world.track.milestones[1]
    fields = milestone_fields(world)
    faculty.post(f"/track/milestones/{one.id}/remove", {"version": world.track.version})
    late = faculty.post(f"/track/milestones/{one.id}", fields)
    assert late.status_code == 409
    assert "This milestone was taken out meanwhile." in late.text
    assert 'action="/track/milestones/new"' in late.text
    assert "Write it up." in late.text


def test_a_stale_new_milestone_is_shown_again(faculty, world):
    fields = milestone_fields(world)
    faculty.post("/track/settings", {"version": 1, "title": "Other", "purpose": "", "starts_on": "2026-10-01"})
    assert faculty.post("/track/milestones/new", fields).status_code == 409


def test_a_begun_milestone_is_retired_and_the_page_says_for_whom(faculty, session, world):
    one = world.track.milestones[0]
    add(
        session,
        MilestoneProgress(
            institution_id=world.institution.id, track_id=world.track.id, milestone_id=one.id,
            student_id=world.student.id, state=ProgressState.ACCEPTED,
        ),
    )  # fmt: skip
    session.commit()
    url = f"/track/milestones/{one.id}/remove"
    question = text_of(faculty.get(url))
    assert "1 student has begun it: Amina Yusuf ." in question
    assert "stays readable" in question
    for _ in range(2):
        assert faculty.post(url, {"version": 1}).status_code == 303
    session.refresh(one)
    assert one.retired_at is not None
    text = text_of(faculty.get("/track"))
    assert "1 milestone taken out" in text
    assert "1 student has records there" in text
    assert count(session, AuditEntry, AuditEntry.action == "milestone.retired") == 1


def test_the_last_milestone_of_a_running_track_stays(faculty, session, world):
    first, *others = world.track.milestones
    version = 1
    for one in others:
        faculty.post(f"/track/milestones/{one.id}/remove", {"version": version})
        version += 1
    answer = faculty.post(f"/track/milestones/{first.id}/remove", {"version": version})
    assert answer.status_code == 422
    assert "This is the last milestone" in answer.text


def test_a_milestone_moves_by_its_buttons(faculty, session, world):
    page = faculty.get("/track").text
    one = world.track.milestones[0]
    block = page[page.index("Move Milestone 1 up") : page.index("Move Milestone 1 down")]
    fields = dict(re.findall(r'name="(version|index|stage)" value="(\d*)"', block))
    for _ in range(2):
        assert faculty.post(f"/track/milestones/{one.id}/move", fields).status_code == 303
    session.expire_all()
    assert [row.title for row in world.track.milestones] == ["Milestone 2", "Milestone 1", "Milestone 3"]
    late = faculty.post(f"/track/milestones/{one.id}/move", {**fields, "index": "2"})
    assert late.status_code == 409
    assert "Look at it as it is now" in late.text


def test_a_milestone_of_another_course_is_not_there(faculty, session):
    strange = World(session)
    session.commit()
    number = strange.track.milestones[0].id
    assert faculty.get(f"/track/milestones/{number}").status_code == 404
    for path in (f"milestones/{number}", f"milestones/{number}/move", f"milestones/{number}/remove"):
        assert faculty.post(f"/track/{path}", {"version": 1}).status_code == 404
    stage = strange.track.stages[0].id
    for path in (f"stages/{stage}", f"stages/{stage}/move", f"stages/{stage}/remove"):
        assert faculty.post(f"/track/{path}", {"version": 1, "title": "x"}).status_code == 404


# ------------------------------------------------------------------ stages


def test_stages_are_added_renamed_moved_and_removed(faculty, session, world):
    first = world.track.stages[0]
    for _ in range(2):
        assert faculty.post("/track/stages", {"version": 1, "title": "The end"}).status_code == 303
    assert count(session, Stage, Stage.track_id == world.track.id) == 2
    assert faculty.get(f"/track/stages/{first.id}").status_code == 200
    assert faculty.post(f"/track/stages/{first.id}", {"version": 2, "title": "The start"}).status_code == 303
    assert faculty.post(f"/track/stages/{first.id}/move", {"version": 3, "index": 1}).status_code == 303
    text = text_of(faculty.get("/track/stages"))
    assert text.index("The end") < text.index("The start")
    assert faculty.post(f"/track/stages/{first.id}/remove", {"version": 4}).status_code == 303
    session.expire_all()
    assert {one.stage.title for one in world.track.milestones} == {"The end"}


def test_a_stage_without_a_name_is_refused(faculty, world):
    assert "Give the stage a name." in faculty.post("/track/stages", {"version": 1, "title": " "}).text
    answer = faculty.post(f"/track/stages/{world.track.stages[0].id}", {"version": 1, "title": ""})
    assert answer.status_code == 422


def test_more_than_twelve_stages_are_refused(faculty, session, world):
    for position in range(2, 13):
        add(
            session,
            Stage(institution_id=world.institution.id, track_id=world.track.id, position=position, title="More"),
        )
    session.commit()
    answer = faculty.post("/track/stages", {"version": 1, "title": "Thirteenth"})
    assert answer.status_code == 422
    assert "There can be 12 at most." in answer.text
    assert "Thirteenth" in answer.text


def test_a_stale_name_of_a_stage_is_shown_again(faculty, world):
    stage = world.track.stages[0]
    faculty.post(f"/track/stages/{stage.id}", {"version": 1, "title": "Theirs"})
    late = faculty.post(f"/track/stages/{stage.id}", {"version": 1, "title": "Mine"})
    assert late.status_code == 409
    assert "Theirs: Theirs" in text_of(late)
    assert faculty.post("/track/stages", {"version": 1, "title": "More"}).status_code == 409


# ------------------------------------------------------------------ the track itself


def test_what_the_track_is_for_is_changed_and_a_stale_form_keeps_its_words(faculty, session, world):
    assert 'value="Clinical mentorship"' in faculty.get("/track/settings").text
    fields = {"version": 1, "title": "Theirs", "purpose": "For them", "starts_on": "2026-10-01"}
    assert faculty.post("/track/settings", fields).status_code == 303
    late = faculty.post("/track/settings", {**fields, "title": "Mine", "purpose": "For me"})
    assert late.status_code == 409
    assert "For me" in late.text
    assert "For them" in late.text
    empty = faculty.post("/track/settings", {"version": 2, "title": "", "purpose": "x", "starts_on": ""})
    assert empty.status_code == 422
    assert "Give the track a name." in empty.text
    assert "Say on which day it begins." in empty.text
    assert "Look at the year again." in faculty.post("/track/settings", {**fields, "starts_on": "0026-10-01"}).text
    session.expire_all()
    assert world.track.title == "Theirs"


def test_a_form_without_its_version_counts_as_stale(faculty):
    fields = {"version": "one", "title": "Theirs", "purpose": "", "starts_on": "2026-10-01"}
    assert faculty.post("/track/settings", fields).status_code == 409


def test_how_the_grade_is_formed_is_changed(faculty, session, world):
    page = faculty.get("/track/grade")
    assert "With 2 of 3 milestones done nothing is sent yet; with all of them 100 of 100." in page.text
    fields = {"version": 1, "rule": "at_end", "mode": "per_milestone", "points": "40"}
    assert faculty.post("/track/grade", fields).status_code == 303
    session.expire_all()
    chosen = (world.track.grade_rule, world.track.column_mode, world.track.points)
    assert chosen == (GradeRule.AT_END, ColumnMode.PER_MILESTONE, 40)
    assert "Each milestone that counts has its own column" in faculty.get("/track").text
    assert "It brings 10 points." in faculty.get("/track/preview").text
    late = faculty.post("/track/grade", {**fields, "rule": "completion"})
    assert late.status_code == 409
    assert "Write a number between 1 and 10000." in faculty.post("/track/grade", {**fields, "points": "0"}).text
    all_or_nothing = {"version": 2, "rule": "completion", "mode": "one", "points": "40"}
    assert faculty.post("/track/grade", all_or_nothing).status_code == 303
    assert "All or nothing" in faculty.get("/track").text


def test_changing_columns_says_what_happens_to_the_old_ones(faculty, session, world):
    one = world.track.milestones[0]
    add(
        session,
        MilestoneProgress(
            institution_id=world.institution.id, track_id=world.track.id, milestone_id=one.id,
            student_id=world.student.id, state=ProgressState.ACCEPTED,
        ),
    )  # fmt: skip
    session.commit()
    faculty.post("/track/grade", {"version": 1, "rule": "weighted", "mode": "one", "points": "60"})
    page = text_of(faculty.get("/track/grade"))
    assert "1 student has a grade already." in page
    assert "nothing is deleted" in page
    faculty.post("/track/grade", {"version": 2, "rule": "weighted", "mode": "per_milestone", "points": "60"})
    assert "Closed columns: Clinical mentorship." in text_of(faculty.get("/track/grade"))


def test_weights_that_are_all_zero_are_refused_where_the_rule_needs_them(faculty, session, world):
    for one in world.track.milestones:
        one.weight = 0
    world.track.grade_rule = GradeRule.COMPLETION
    session.commit()
    answer = faculty.post("/track/grade", {"version": 1, "rule": "weighted", "mode": "one", "points": "100"})
    assert answer.status_code == 422
    assert "Something has to count" in answer.text


def test_what_earns_the_certificate_is_changed(faculty, session, world):
    assert faculty.get("/track/certificate").text.count(" checked") == 3
    first = world.track.milestones[0]
    fields = {"version": 1, "title": "Ours", "sentence": "has done it.", "needed": [first.id]}
    assert faculty.post("/track/certificate", fields).status_code == 303
    session.expire_all()
    assert [one.needed_for_certificate for one in world.track.milestones] == [True, False, False]
    assert "These have to be done: Milestone 1." in text_of(faculty.get("/track"))
    late = faculty.post("/track/certificate", {**fields, "title": "Mine"})
    assert late.status_code == 409
    wrong = faculty.post("/track/certificate", {"version": 2, "title": "", "sentence": ""})
    assert wrong.status_code == 422
    assert "Choose at least one milestone" in wrong.text


def test_publishing_says_how_many_people_it_touches_and_counts_once(app, session, world):
    world.track.state = TrackState.DRAFT
    faculty = sit(app, session, world, SeatRole.FACULTY)
    assert "1 student and 1 mentor see it from now on." in text_of(faculty.get("/track/publish"))
    for _ in range(2):
        assert faculty.post("/track/publish", {"version": 1}).status_code == 303
    session.expire_all()
    assert world.track.state is TrackState.PUBLISHED
    assert count(session, AuditEntry, AuditEntry.action == "track.published") == 1


def test_a_track_that_is_not_ready_says_what_is_missing(newcomer):
    newcomer.post("/track/new?template=", {"title": "Ours", "purpose": "", "starts_on": "2026-10-01", "opens": ""})
    assert "There is no milestone yet." in newcomer.get("/track/publish").text
    answer = newcomer.post("/track/publish", {"version": 1})
    assert answer.status_code == 422
    assert "There is no milestone yet." in answer.text


def test_a_track_is_closed_and_opened_again(faculty, session, world):
    assert "Everything stays readable" in faculty.get("/track/close").text
    assert faculty.post("/track/close", {"version": 1}).status_code == 303
    session.expire_all()
    assert world.track.state is TrackState.CLOSED
    assert "Open it again" in faculty.get("/track").text
    assert "Open “Clinical mentorship” again?" in faculty.get("/track/publish").text
    assert faculty.post("/track/publish", {"version": 2}).status_code == 303
    session.expire_all()
    assert world.track.state is TrackState.PUBLISHED


def test_publishing_over_an_older_version_asks_to_look_again(app, session, world):
    world.track.state = TrackState.DRAFT
    world.track.version = 7
    faculty = sit(app, session, world, SeatRole.FACULTY)
    assert faculty.post("/track/publish", {"version": 3}).status_code == 409


def test_a_link_without_a_track_has_nothing_to_configure(newcomer, session):
    assert newcomer.get("/track/settings").status_code == 409
    assert count(session, ResourceLink, ResourceLink.track_id.is_(None)) == 1
