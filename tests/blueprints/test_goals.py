"""A student writes a plan, gets on with it, shares a part of it; two windows lose nothing; nobody else finds it."""

import re
from datetime import timedelta

import pytest
from factories.browser import said, sit, text_of
from factories.goals import STEPS, facts, goal
from factories.profiles import profile
from factories.world import World

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.goals import MOST_OPEN, GoalState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import TrackState
from lti_mentoring.queries.goals import my_goal, my_goals
from lti_mentoring.services.goals import settle

HTMX = {"HX-Request": "true"}


def on(days):
    return (utcnow().date() + timedelta(days=days)).isoformat()


def sent(**changes):
    usual = {"title": "Read trials critically", "domain": "research", "due_on": on(10), "success": "I see the bias.",
             "step_1": "Read one", "step_2": "", "step_3": "Discuss it"}  # fmt: skip
    return {**usual, **changes}


@pytest.fixture
def world(session):
    made = World(session)
    made.track.template = "clinical"
    made.by = made.sitter(role=SeatRole.STUDENT)
    profile(session, made)
    return made


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, SeatRole.STUDENT)


@pytest.fixture
def mentor(app, session, world):
    return sit(app, session, world, SeatRole.MENTOR)


def kept(world):
    world.session.rollback()
    return my_goals(world.session, world.by, world.track)


def a_goal(world, **changes):
    made = goal(world.session, world, now=utcnow(), **changes)
    world.session.commit()
    return made


def fields_of(page):
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page.text))
    return {name: value for name, value in found.items() if name not in {"csrf_token", "shared", "domain"}}


def test_the_first_goal_begins_with_an_empty_page_and_stands_on_the_list_with_its_next_step(world, student):
    assert "What do you want to reach?" in said(student.get("/goals"))
    answer = student.post("/goals/new", sent())
    assert answer.status_code == 303
    (made,) = kept(world)
    assert answer.location.startswith(f"/goals/{made.goal_id}?")
    assert [one.text for one in made.steps] == ["Read one", "Discuss it"]
    page = said(student.get("/goals"))
    for words in ("Your next step", "For your goal: Read trials critically", "Research", "0 of 2 steps", "only you"):
        assert words in page


def test_a_goal_says_what_it_is_about_in_the_words_of_the_track(student):
    page = said(student.get("/goals/new"))
    assert all(words in page for words in ("Studies", "Clinical practice", "Research", "Career"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": "  "}, "Write in one line what you want to reach"),
        ({"title": "x" * 121}, "This is too long: 120 characters at most."),
        ({"success": "x" * 501}, "This is too long: 500 characters at most."),
        ({"step_2": "x" * 161}, "This is too long: 160 characters at most."),
        ({"step_7": "One too many"}, "A goal has 6 steps at most"),
        ({"due_on": on(-1)}, "Choose today or a later day"),
        ({"due_on": ""}, "Say by which day"),
        ({"due_on": "soon"}, "Write a date as year-month-day"),
        ({"domain": "cooking"}, "Choose one of these."),
        ({"domain": ""}, "Choose what it is about"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(world, student, wrong, words):
    answer = student.post("/goals/new", sent(**wrong))
    page = said(answer, 422)
    assert words in page
    assert "Discuss it" in answer.text
    assert kept(world) == ()


def test_a_plan_that_is_full_says_so_and_keeps_what_was_typed(world, student):
    for number in range(MOST_OPEN):
        goal(world.session, world, now=utcnow(), title=f"Goal {number}")
    world.session.commit()
    answer = student.post("/goals/new", sent())
    assert "You have 12 open goals" in said(answer, 409)
    assert "Read trials critically" in answer.text
    assert "Write down another goal" not in student.get("/goals").text


def test_steps_are_ticked_one_by_one_and_the_next_one_leads(world, student):
    made = a_goal(world)
    page = student.get(f"/goals/{made.goal_id}").text
    assert page.count("btn-primary btn-sm") == 1
    url = f"/goals/{made.goal_id}/steps/{made.steps[0].action_id}"
    assert student.post(f"{url}/done").status_code == 303
    assert "1 of 3 steps" in said(student.get(f"/goals/{made.goal_id}"))
    assert STEPS[1] in said(student.get("/goals"))
    assert student.post(f"{url}/undone").status_code == 303
    assert "0 of 3 steps" in said(student.get(f"/goals/{made.goal_id}"))


def test_with_a_script_the_goal_alone_comes_back(world, student):
    made = a_goal(world)
    answer = student.post(f"/goals/{made.goal_id}/steps/{made.steps[0].action_id}/done", headers=HTMX)
    assert (answer.status_code, answer.text.lstrip()[:15]) == (200, '<div id="goal">')
    assert "Noted: done." in answer.text


def test_when_all_steps_are_done_the_list_asks_whether_it_is_reached(world, student):
    made = a_goal(world, steps=STEPS[:1])
    student.post(f"/goals/{made.goal_id}/steps/{made.steps[0].action_id}/done")
    assert "Is it reached?" in said(student.get("/goals"))
    assert student.post(f"/goals/{made.goal_id}/met").status_code == 303
    page = said(student.get("/goals"))
    assert "No goal is open" in page
    assert "Met and dropped" in page
    assert student.post(f"/goals/{made.goal_id}/open").status_code == 303
    assert kept(world)[0].is_open


def test_a_goal_without_steps_asks_for_the_first_one(world, student):
    made = a_goal(world, steps=())
    assert "It has no steps yet." in said(student.get("/goals"))
    assert "Write down a step" in said(student.get(f"/goals/{made.goal_id}"))


def test_a_late_goal_says_so_and_may_keep_its_day(world, student):
    made = goal(world.session, world, now=utcnow() - timedelta(days=12))
    world.session.commit()
    assert "due 2 days ago" in said(student.get("/goals"))
    form = student.get(f"/goals/{made.goal_id}/edit")
    assert made.due_on.isoformat() in form.text
    values = {**fields_of(form), "domain": "practice", "title": "Still to do", "success": made.success}
    assert student.post(f"/goals/{made.goal_id}/edit", values).status_code == 303
    assert kept(world)[0].title == "Still to do"


def test_what_is_dropped_stays_and_is_opened_again(world, student):
    made = a_goal(world, shared=True)
    assert student.post(f"/goals/{made.goal_id}/dropped").status_code == 303
    page = said(student.get(f"/goals/{made.goal_id}"))
    assert "Dropped" in page
    assert "not shown to your mentors as long as it is dropped" in page
    assert "Change it" not in page


def test_two_windows_keep_both_and_the_student_chooses(world, student):
    made = a_goal(world)
    opened = fields_of(student.get(f"/goals/{made.goal_id}/edit"))
    url, both = f"/goals/{made.goal_id}/edit", {**opened, "domain": "practice", "success": ""}
    assert student.post(url, {**both, "title": "First window"}).status_code == 303
    late = student.post(
        url, {**both, "title": "Second window", "step_1": "Another step", "step_2": "", "step_3": "", "shared": "y"}
    )
    page = said(late, 409)
    assert page.index("Saved in the other window") < page.index("First window") < page.index("In this window")
    assert page.index("In this window") < page.index("Second window") < page.index("Another step")
    assert kept(world)[0].title == "First window"
    second = late.text.split("<form")[-1]
    chosen = dict(re.findall(r'name="([\w-]+)" value="([^"]*)"', second))
    assert student.post(url, chosen).status_code == 303
    (now,) = kept(world)
    assert (now.title, [one.text for one in now.steps], now.shared) == ("Second window", ["Another step"], True)
    with_script = student.post(url, {**both, "title": "Third"}, headers=HTMX)
    assert (with_script.status_code, "<html" in with_script.text) == (409, False)


def test_what_was_typed_stays_when_the_goal_was_ended_in_another_window(world, student):
    made = a_goal(world)
    opened = {**fields_of(student.get(f"/goals/{made.goal_id}/edit")), "domain": "practice"}
    student.post(f"/goals/{made.goal_id}/met")
    answer = student.post(f"/goals/{made.goal_id}/edit", {**opened, "title": "Typed for nothing?"})
    assert "You ended this goal, or opened it again, in another window" in said(answer, 409)
    assert "Typed for nothing?" in answer.text


def test_a_change_with_a_blank_title_is_said_and_changes_nothing(world, student):
    made = a_goal(world)
    assert "Error:" in said(student.post(f"/goals/{made.goal_id}/edit", sent(title=" ")), 422)
    assert kept(world) == (made,)


def test_a_step_that_was_taken_out_in_another_window_is_said_to_be_gone(world, student):
    made = a_goal(world)
    student.post(f"/goals/{made.goal_id}/edit", sent(version=str(made.version), step_1=STEPS[0], step_3=""))
    answer = student.post(f"/goals/{made.goal_id}/steps/{made.steps[2].action_id}/done")
    assert "This step is not there any more" in said(answer, 404)


def test_what_does_not_fit_any_more_is_said_calmly(world, student):
    made = a_goal(world)
    settle(world.session, world.by, world.track, made.goal_id, GoalState.MET, now=utcnow())
    world.session.commit()
    assert "in another window" in said(student.post(f"/goals/{made.goal_id}/dropped"), 409)
    step = f"/goals/{made.goal_id}/steps/{made.steps[0].action_id}/done"
    assert "in another window" in said(student.post(step), 409)


@pytest.mark.parametrize(
    ("method", "tail"),
    [("get", ""), ("get", "/edit"), ("post", "/edit"), ("post", "/met"), ("post", "/dropped"), ("post", "/open"),
     ("post", "/shared"), ("post", "/private"), ("post", "/steps/{step}/done")],
)  # fmt: skip
def test_another_student_s_goal_is_not_found_in_the_course_and_in_none_other(app, session, world, method, tail):
    made = a_goal(world, shared=True)
    neighbour, elsewhere = World(session, inside=world.deployment), World(session)
    readers = [
        sit(app, session, world, SeatRole.STUDENT, world.another_student()),
        sit(app, session, neighbour, SeatRole.STUDENT),
        sit(app, session, elsewhere, SeatRole.STUDENT),
    ]
    path = f"/goals/{made.goal_id}{tail.format(step=made.steps[0].action_id)}"
    for reader in readers:
        answer = reader.get(path) if method == "get" else reader.post(path, sent())
        assert answer.status_code == 404
        assert made.title not in answer.text
    assert kept(world) == (made,)


@pytest.mark.parametrize("role", [SeatRole.MENTOR, SeatRole.FACULTY])
def test_staff_have_no_pages_of_goals(app, session, world, role):
    made = a_goal(world, shared=True)
    browser = sit(app, session, world, role)
    for path in ("/goals", "/goals/new", f"/goals/{made.goal_id}", f"/goals/{made.goal_id}/edit"):
        assert browser.get(path).status_code == 403


def test_a_mentor_reads_what_is_shared_with_steps_day_and_domain(world, student, mentor):
    private = a_goal(world, title="Sleep enough")
    assert "Goals shared with you" not in said(mentor.get(f"/students/{world.student.id}"))
    assert student.post(f"/goals/{private.goal_id}/shared").status_code == 303
    a_goal(world, title="Decide alone")
    page = said(mentor.get(f"/students/{world.student.id}"))
    for words in ("Sleep enough", "Clinical practice", "0 of 3 steps", *STEPS, private.success):
        assert words in page
    assert "Decide alone" not in page
    assert student.post(f"/goals/{private.goal_id}/private").status_code == 303
    assert "Sleep enough" not in mentor.get(f"/students/{world.student.id}").text


def test_the_page_of_a_mentor_is_the_same_with_and_without_private_goals(world, mentor):
    path = f"/students/{world.student.id}"
    before = text_of(mentor.get(path))
    a_goal(world, title="Sleep enough")
    assert text_of(mentor.get(path)) == before


def test_faculty_read_no_goal_on_a_student_s_page(app, session, world):
    a_goal(world, title="Sleep enough", shared=True)
    page = said(sit(app, session, world, SeatRole.FACULTY).get(f"/students/{world.student.id}"))
    assert "Sleep enough" not in page
    assert "own plan" not in page


def test_the_first_page_names_the_next_goal_and_leads_to_all(world, student):
    assert "Nobody reads it but you, unless you share it." in said(student.get("/"))
    made = a_goal(world)
    answer = student.get("/")
    assert made.title in said(answer)
    assert f'href="/goals/{made.goal_id}"' in answer.text
    assert 'href="/goals"' in answer.text


def test_in_a_closed_track_goals_are_read_and_only_taken_back(world, student):
    made = a_goal(world, shared=True)
    world.track.state = TrackState.CLOSED
    world.session.commit()
    assert "Write down another goal" not in said(student.get("/goals"))
    page = said(student.get(f"/goals/{made.goal_id}"))
    assert "This track is closed." in page
    assert "I have reached it" not in page
    assert student.post("/goals/new", sent()).status_code == 409
    assert student.post(f"/goals/{made.goal_id}/met").status_code == 409
    assert student.post(f"/goals/{made.goal_id}/private").status_code == 303
    assert "Only you can read this goal." not in said(student.get(f"/goals/{made.goal_id}"))
    assert kept(world)[0].shared is False


def test_a_closed_track_without_goals_says_that_none_is_open(world, student):
    world.track.state = TrackState.CLOSED
    world.session.commit()
    assert "No goal is open." in said(student.get("/goals"))


def test_in_a_track_that_is_not_open_yet_there_is_nothing_to_write(app, session, world):
    world.track.state = TrackState.DRAFT
    browser = sit(app, session, world, SeatRole.STUDENT)
    for path in ("/goals", "/goals/new"):
        assert "still setting this up" in said(browser.get(path))


def test_a_goal_far_away_says_its_year_and_one_of_today_says_today(world, student):
    far = utcnow().date().replace(year=utcnow().year + 2, day=1)
    a_goal(world, title="Far", due_on=far)
    a_goal(world, title="Today", due_on=utcnow().date())
    page = said(student.get("/goals"))
    assert str(far.year) in page
    assert "due today" in page


def test_the_form_shows_what_is_kept(world, student):
    made = a_goal(world, steps=tuple(f"Step number {number}" for number in range(5)), shared=True)
    page = student.get(f"/goals/{made.goal_id}/edit").text
    for words in (
        *facts().title.split(),
        "Step number 4",
        'value="practice" checked',
        '<details class="m-details" open',
    ):
        assert words in page
    assert my_goal(world.session, world.by, world.track, made.goal_id) == made
