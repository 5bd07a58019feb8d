import pytest
from factories.statements import counting
from factories.world import NOON, World, add, instrument, milestone, track
from sqlalchemy import select

from lti_mentoring.domain.milestones import EvidenceKind, ProgressState
from lti_mentoring.models import Assessment, Evidence, LineItem, MilestoneProgress, Stage, Track, TrackState
from lti_mentoring.queries.tracks import (
    begun_by,
    closed_columns,
    forms_to_choose,
    last_change,
    plan_of,
    touched,
    tracks_of_course,
)
from lti_mentoring.services.auditing import record


@pytest.fixture
def world(session):
    return World(session)


def progress(session, world, one, who, **columns):
    values = {
        "institution_id": world.institution.id, "track_id": world.track.id, "milestone_id": one.id,
        "student_id": who.id,
    }  # fmt: skip
    return add(session, MilestoneProgress(**{**values, **columns}))


def test_the_tracks_of_the_course_come_newest_first(session, world):
    newer = track(session, world.context, milestones=0, title="Newer", state=TrackState.DRAFT)
    World(session)
    world.track.milestones[0].retired_at = NOON
    session.flush()
    found = [(one.track_id, one.milestones) for one in tracks_of_course(session, world.sitter())]
    assert found == [(newer.id, 0), (world.track.id, 2)]


def test_a_plan_is_read_with_the_same_statements_however_long_it_is(session, world):
    with counting(session) as few:
        plan_of(session, world.track)
    for position in range(4, 41):
        milestone(session, world.track, stage=world.track.stages[0], position=position)
    session.expire_all()
    loaded = session.get(Track, world.track.id)
    assert loaded.title
    with counting(session) as many:
        plan = plan_of(session, loaded)
    assert len(few) == len(many)
    assert [one.number for one in plan.milestones] == list(range(1, 41))


def test_a_plan_groups_by_stage_sets_loose_ones_first_and_retired_ones_apart(session, world):
    add(session, Stage(institution_id=world.institution.id, track_id=world.track.id, position=2, title="Later"))
    first, second, third = world.track.milestones
    first.retired_at, third.stage_id = NOON, None
    session.flush()
    plan = plan_of(session, world.track)
    shown = [(stage.title, [one.milestone_id for one in stage.milestones]) for stage in plan.stages]
    assert shown == [("", [third.id]), ("Beginning", [second.id]), ("Later", [])]
    assert [one.milestone_id for one in plan.retired] == [first.id]
    assert plan.weights == (10, 10)
    assert plan.milestones[0].stage == ""


def test_begun_is_what_was_sent_drafted_decided_or_assessed_and_nothing_else(session, world):
    one = world.track.milestones[0]
    names = ("Accepted", "Drafted", "Extended", "Assessed", "Withdrawn")
    people = {name: world.another_student(name=name) for name in names}
    progress(session, world, one, people["Accepted"], state=ProgressState.ACCEPTED)
    progress(session, world, one, people["Drafted"], draft="a few words")
    progress(session, world, one, people["Extended"])
    sent = progress(session, world, one, people["Withdrawn"])
    add(
        session,
        Evidence(
            institution_id=world.institution.id, progress_id=sent.id, number=1, kind=EvidenceKind.TEXT, sent_at=NOON,
            withdrawn_at=NOON,
        ),
    )  # fmt: skip
    for who in (people["Assessed"], people["Accepted"]):
        add(
            session,
            Assessment(
                institution_id=world.institution.id, track_id=world.track.id, milestone_id=one.id, student_id=who.id,
                mentorship_id=world.mentorship.id, assessor_id=world.guide.id,
                instrument_id=instrument(session, world.institution, {}, key=f"form-{who.id}").id, saved_at=NOON,
            ),
        )  # fmt: skip
    begun = begun_by(session, one)
    assert begun.names == ("Accepted", "Assessed", "Drafted", "Withdrawn")
    assert (begun.count, begun.others) == (4, 0)
    assert plan_of(session, world.track).milestones[0].begun == 4
    people_now = touched(session, world.track)
    assert (people_now.students, people_now.mentors, people_now.pairs) == (6, 1, 1)
    assert (people_now.begun, people_now.graded) == (4, 0)


def test_only_the_first_five_names_are_listed(session, world):
    one = world.track.milestones[0]
    for number in range(7):
        progress(session, world, one, world.another_student(name=f"S{number}"), state=ProgressState.SUBMITTED)
    begun = begun_by(session, one)
    assert (begun.count, len(begun.names), begun.others) == (7, 5, 2)


def test_the_newest_version_of_each_form_is_offered(session, world):
    instrument(session, world.institution, {}, key="a", version=1)
    newer = instrument(session, world.institution, {}, key="a", version=2, title="Newer")
    assert forms_to_choose(session, world.institution.id) == ((newer.id, "Newer"),)


def test_closed_columns_are_named(session, world):
    add(
        session,
        LineItem(institution_id=world.institution.id, track_id=world.track.id, label="Old", maximum=10, closed_at=NOON),
    )
    assert closed_columns(session, world.track) == ("Old",)


def test_the_last_change_says_who_and_when(session, world):
    assert last_change(session, world.track) is None
    record(session, world.sitter(), "track.edited", "track", world.track.id, now=NOON)
    session.flush()
    assert last_change(session, world.track).name == "Prof Hanna Lindqvist"
    record(
        session, None, "stage.moved", "stage", 1, now=NOON, institution_id=world.institution.id,
        context_id=world.context.id,
    )  # fmt: skip
    session.flush()
    assert last_change(session, world.track).name is None
    assert session.scalar(select(Track.version).where(Track.id == world.track.id)) == 1
