"""Every button pressed twice at the same moment, on PostgreSQL: a page for both, and what counts is done once."""

import threading
from collections import Counter
from contextlib import ExitStack
from secrets import token_hex

import pytest
from factories.browser import sit
from factories.goals import goal
from factories.mentor_roles import RESEARCH, TwoRoles
from factories.world import World
from fixtures.applications import connected_app, settings_for
from sqlalchemy import func, select, update
from sweeps.furnished import Furnished
from sweeps.recipes import RECIPES, Scene

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import (
    Assessment,
    Award,
    Evidence,
    Institution,
    Mentorship,
    MilestoneProgress,
    MilestoneStep,
    Registration,
)
from lti_mentoring.queries.goals import my_goal, my_goals

PRESSED = {"verify.judge", "lti.login", "assigning.read_upload", "tickets.make"}
"""Nothing is kept, so two at once are two."""


@pytest.fixture(scope="module")
def house(postgresql_copies, tmp_path_factory):
    url = postgresql_copies.fresh()
    with connected_app(settings_for(url, tmp_path_factory.mktemp("at-once"))) as app:
        app.config.update(PREFERRED_URL_SCHEME="https")
        with app.app_context():
            yield app, app.extensions["sqlalchemy"].session()
    postgresql_copies.drop(url)


@pytest.fixture(autouse=True)
def room_for_the_next(house):
    """Let the fake platform of the next test be registered anew: every one has the same names."""
    yield
    app, session = house
    session.rollback()
    for table, name in ((Institution, Institution.slug), (Registration, Registration.client_id)):
        session.execute(update(table).where(name.in_(("u-client-1", "client-1"))).values({name.key: token_hex(8)}))
    session.commit()
    app.extensions["registration_memory"].forget()


def together(*presses):
    """Press all of them at one moment; return the statuses, lowest first."""
    start, answers = threading.Barrier(len(presses)), []

    def press(one):
        start.wait(timeout=10)
        answers.append(one())

    threads = [threading.Thread(target=press, args=(one,)) for one in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert len(answers) == len(presses), "somebody waits for ever, or broke down"
    return sorted(answer.status_code for answer in answers)


def presses():
    return [
        pytest.param(prepare, id=f"{endpoint}-{prepare.__name__}")
        for endpoint, recipes in sorted(RECIPES.items())
        for prepare in recipes
        if endpoint not in PRESSED
    ]


@pytest.mark.parametrize("prepare", presses())
def test_a_button_pressed_twice_at_once_gets_two_pages(house, prepare):
    app, session = house
    with ExitStack() as at_end:
        press = prepare(Scene(app, session, World(session), at_end))
        session.commit()
        statuses = together(press, press)
    session.rollback()
    assert statuses[0] in {200, 202, 302, 303}, statuses
    assert statuses[1] < 500, statuses


@pytest.fixture
def here(house):
    app, session = house
    found = Furnished(app, session)
    found.row = session.query(MilestoneProgress).filter_by(
        student_id=found.student.id, milestone_id=found.track.milestones[0].id
    )
    session.commit()
    yield found
    session.rollback()


def case(here, tail=""):
    return f"/students/{here.student.id}/milestones/{here.track.milestones[0].id}{tail}"


def steps(here):
    here.session.expire_all()
    progress = here.row.one()
    kinds = here.session.scalars(select(MilestoneStep.kind).where(MilestoneStep.progress_id == progress.id))
    return progress, Counter(kind.value for kind in kinds)


def answer(here, decision):
    browser = sit(here.app, here.session, here, SeatRole.MENTOR)
    form = {"decision": decision, "answer-version": here.row.one().version, "answer-words": "Say more about page two."}
    here.session.commit()
    return lambda: browser.post(case(here, "/answer"), form)


def test_of_signing_off_and_sending_back_at_once_one_counts(here):
    assert together(answer(here, "accept"), answer(here, "return")) == [303, 409]
    progress, kinds = steps(here)
    assert progress.state in {ProgressState.ACCEPTED, ProgressState.RETURNED}
    assert kinds["accepted"] + kinds["returned"] == 1


def test_evidence_sent_four_times_at_once_is_kept_once(here):
    version = here.row.one().version
    browser = sit(here.app, here.session, here, SeatRole.STUDENT)
    page = f"/milestones/{here.track.milestones[0].id}/evidence"

    def send():
        return browser.post(page, {"version": version, "text": "The very same page about the ward."})

    assert together(send, send, send, send) == [303] * 4
    here.session.rollback()
    same = select(func.count()).select_from(Evidence).where(Evidence.progress_id == here.row.one().id)
    assert here.session.scalar(same) == 2  # the one of the furnished course, and this


def test_taking_back_what_is_being_signed_off_leaves_one_of_the_two(here):
    browser = sit(here.app, here.session, here, SeatRole.STUDENT)
    path = f"/milestones/{here.track.milestones[0].id}/evidence/{here.sent.id}/withdraw"
    statuses = together(answer(here, "accept"), lambda: browser.post(path))
    assert statuses == [303, 409]
    progress, kinds = steps(here)
    withdrawn = here.session.get_one(Evidence, here.sent.id).withdrawn_at is not None
    assert withdrawn is (progress.state is ProgressState.OPEN)
    assert kinds["accepted"] + kinds["withdrawn"] == 1


def test_a_form_sent_twice_at_once_is_one_form(here):
    browser = sit(here.app, here.session, here, SeatRole.MENTOR)
    path = f"/students/{here.student.id}/milestones/{here.track.milestones[2].id}/assessment"
    form = {"item_entrustment": "3", "item_better": "Wash your hands first.", "reached": "yes", "version": "1"}
    assert together(lambda: browser.post(path, form), lambda: browser.post(path, form)) == [303, 409]
    here.session.rollback()
    rows = here.session.query(Assessment).filter_by(milestone_id=here.track.milestones[2].id).all()
    assert len(rows) == 1


def test_a_certificate_pressed_four_times_at_once_is_one(here):
    who = here.classmate
    for one in here.track.milestones:
        values = {"institution_id": here.institution.id, "track_id": here.track.id, "milestone_id": one.id}
        here.session.add(
            MilestoneProgress(**values, student_id=who.id, state=ProgressState.ACCEPTED, decided_at=here.sent.sent_at)
        )
    browser = sit(here.app, here.session, here, SeatRole.FACULTY)

    def give():
        return browser.post("/certificates", {"people": str(who.id)})

    assert set(together(give, give, give, give)) <= {303, 409}
    here.session.rollback()
    assert here.session.query(Award).filter_by(person_id=who.id).count() == 1


def test_of_two_who_confirm_one_invitation_one_registers(house):
    app, session = house
    before = session.query(Registration).count()
    with ExitStack() as at_end:
        scene = Scene(app, session, World(session), at_end)
        (prepare,) = RECIPES["registering.confirm"]
        press = prepare(scene)
        session.commit()
        assert together(press, press, press) == [200, 403, 403]
    session.rollback()
    assert session.query(Registration).count() == before + 2  # the world's own, and this one


def test_a_mentor_who_goes_while_somebody_is_placed_with_them_parts_nobody_unseen(house):
    app, session = house
    world = World(session)
    late, pair = world.another_student(), world.mentorship
    goes, places = (sit(app, session, world, SeatRole.FACULTY) for _ in range(2))
    reason = {"shown": pair.id, "reason": "She moves to another hospital."}
    together(
        lambda: goes.post(f"/mentors/{world.mentor.id}/leaving", reason),
        lambda: places.post(f"/students/{late.id}/mentor", {"mentor": world.mentor.id}),
    )
    session.rollback()
    open_ones = select(func.count()).where(Mentorship.mentor_id == world.mentor.id, Mentorship.ended_at.is_(None))
    session.refresh(world.mentor)
    assert session.scalar(open_ones) == world.mentor.taken
    kept = select(Mentorship.ended_at).where(Mentorship.student_id == late.id)
    assert session.scalars(kept).all() == [None]


def test_a_role_of_mentors_that_is_taken_away_while_somebody_is_placed_in_it_leaves_one_of_the_two(house):
    app, session = house
    two = TwoRoles(session)
    takes, places = (sit(app, session, two, SeatRole.FACULTY) for _ in range(2))
    roles = {"version": two.track.version, "key-0": "", "name-0": "Clinical mentor"}
    chosen = {"mentor": two.researcher.id, "role": RESEARCH.key}
    statuses = together(
        lambda: takes.post("/track/roles", roles),
        lambda: places.post(f"/students/{two.student.id}/mentor", chosen),
    )
    assert statuses == [303, 409]
    session.rollback()
    session.refresh(two.track)
    pairs = session.scalars(select(Mentorship.role).where(Mentorship.mentor_id == two.researcher.id)).all()
    assert pairs == [one.key for one in two.track.roles if one == RESEARCH]


def plan(house):
    """Return a student's goal in a course of its own, and who presses."""
    app, session = house
    world = World(session)
    known = goal(session, world, now=utcnow())
    return session, world, known, sit(app, session, world, SeatRole.STUDENT)


def test_of_one_goal_changed_in_two_windows_at_once_one_is_kept_and_the_other_is_asked_about(house):
    session, world, known, student = plan(house)
    form = {"domain": "career", "due_on": known.due_on.isoformat(), "version": known.version, "step_1": "Ask."}
    statuses = together(*(
        lambda title=title: student.post(f"/goals/{known.goal_id}/edit", {**form, "title": title})
        for title in ("First window", "Second window")
    ))  # fmt: skip
    assert statuses == [303, 409]
    session.rollback()
    after = my_goal(session, world.sitter(role=SeatRole.STUDENT), world.track, known.goal_id)
    assert (after.title in {"First window", "Second window"}, len(after.steps), after.version) == (True, 1, 2)


def test_steps_ticked_in_two_windows_at_once_are_both_done_and_a_goal_set_twice_is_one(house):
    session, world, known, student = plan(house)
    steps = [f"/goals/{known.goal_id}/steps/{one.action_id}/done" for one in known.steps[:2]]
    assert together(*(lambda url=url: student.post(url) for url in steps)) == [303, 303]
    form = {"title": "Another", "domain": "career", "due_on": known.due_on.isoformat()}
    assert together(*[lambda: student.post("/goals/new", form)] * 3) == [303] * 3
    session.rollback()
    goals = my_goals(session, world.sitter(role=SeatRole.STUDENT), world.track)
    assert sorted((one.title, one.done) for one in goals) == [("Another", 0), (known.title, 2)]
