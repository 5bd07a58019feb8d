from dataclasses import replace
from datetime import date

import pytest
from factories.meetings import proposed
from factories.world import NOON, World, add, instrument, link, milestone
from sqlalchemy import func, select

from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.milestones import ProgressState, Proof
from lti_mentoring.domain.track_templates import CAREER, CLINICAL, EMPTY
from lti_mentoring.domain.tracks import (
    CertificateFacts,
    Grading,
    LastMilestone,
    LinkChosen,
    LinkNeeded,
    NothingCounts,
    NotPublishable,
    Spot,
    TooMany,
    TrackChanged,
    TrackFacts,
)
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    AuditEntry,
    LineItem,
    Milestone,
    MilestoneProgress,
    Score,
    Stage,
    Track,
    TrackState,
)
from lti_mentoring.queries.seats import NoTrack
from lti_mentoring.services.track_milestones import (
    AddressRefused,
    FormMissing,
    add_milestone,
    edit_milestone,
    move_milestone,
    remove_milestone,
)
from lti_mentoring.services.track_stages import add_stage, move_stage, remove_stage, rename_stage
from lti_mentoring.services.tracks import (
    close,
    create_track,
    edit_certificate,
    edit_facts,
    edit_grading,
    milestone_facts,
    open_track,
    publish,
)

FACTS = TrackFacts("Ours", "To learn.", date(2026, 10, 1))


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def by(world):
    return world.sitter()


def at_new_page(session, world):
    """A faculty member at a page of the course that opens no track yet."""
    return world.sitter(resource_link_id=link(session, world.context).id, track_id=None)


def actions(session):
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def titles(session, track):
    session.expire_all()
    return [one.title for one in track.open_milestones]


def accept(session, world, one, who=None):
    return add(
        session,
        MilestoneProgress(
            institution_id=world.institution.id, track_id=world.track.id, milestone_id=one.id,
            student_id=(who or world.student).id, state=ProgressState.ACCEPTED,
        ),
    )  # fmt: skip


def grade_of(session, world):
    return session.scalars(
        select(Score.wanted).join(LineItem).where(Score.person_id == world.student.id, LineItem.closed_at.is_(None))
    ).all()


# ------------------------------------------------------------------ which track


@pytest.mark.both_databases
def test_a_track_is_made_from_a_template_with_its_forms(session, world):
    sitter = at_new_page(session, world)
    made = create_track(session, sitter, CLINICAL, FACTS, opened_on=None, now=NOON)
    session.refresh(made)
    assert made.state is TrackState.DRAFT
    assert [one.title for one in made.milestones] == [one.title for one in CLINICAL.milestones]
    assert [one.position for one in made.milestones] == [1, 2, 3, 4, 5, 6, 7]
    assert made.milestones[4].instrument.key == "entrustment"
    assert {one.stage.title for one in made.milestones} == {one.title for one in CLINICAL.stages}
    assert actions(session) == ["track.created"]
    again = create_track(session, sitter, CLINICAL, FACTS, opened_on=None, now=NOON)
    assert again.id == made.id
    with pytest.raises(LinkChosen) as caught:
        create_track(session, sitter, CAREER, FACTS, opened_on=None, now=NOON)
    assert caught.value.facts == {"theirs": "Ours", "mine": "Ours"}


def test_a_page_can_open_another_track_when_asked_again(session, world, by):
    made = create_track(session, by, EMPTY, FACTS, opened_on=world.track.id, now=NOON)
    session.refresh(world.link)
    assert world.link.track_id == made.id
    assert open_track(session, by, world.track.id, opened_on=made.id, now=NOON) is world.track
    assert open_track(session, by, world.track.id, opened_on=made.id, now=NOON) is world.track
    with pytest.raises(LinkChosen):
        open_track(session, by, made.id, opened_on=made.id, now=NOON)
    assert actions(session) == ["track.created", "track.chosen"]


def test_only_tracks_of_the_own_course_can_be_opened(session, by):
    with pytest.raises(NotFound):
        open_track(session, by, World(session).track.id, opened_on=None, now=NOON)


def test_without_a_link_nothing_is_chosen(session, world):
    with pytest.raises(LinkNeeded):
        open_track(session, world.sitter(resource_link_id=None), world.track.id, opened_on=None, now=NOON)


def test_a_seat_without_a_track_or_with_a_strange_one_changes_nothing(session, world):
    with pytest.raises(NoTrack):
        publish(session, world.sitter(track_id=None), version=None, now=NOON)
    with pytest.raises(NotFound):
        publish(session, world.sitter(track_id=World(session).track.id), version=None, now=NOON)


# ------------------------------------------------------------------ the track itself


def test_a_stale_change_is_refused_and_the_same_change_is_none(session, world, by):
    edit_facts(session, by, FACTS, version=1, now=NOON)
    edit_facts(session, by, FACTS, version=1, now=NOON)
    edit_facts(session, by, replace(FACTS, purpose="More."), version=2, now=NOON)
    with pytest.raises(TrackChanged):
        edit_facts(session, by, replace(FACTS, title="Mine"), version=1, now=NOON)
    assert world.track.version == 3
    assert actions(session) == ["track.edited", "track.edited"]


def test_a_new_title_names_the_column_anew(session, world, by):
    accept(session, world, world.track.milestones[0])
    edit_facts(session, by, FACTS, version=1, now=NOON)
    assert session.scalars(select(LineItem.label)).all() == ["Ours"]


def test_a_new_rule_forms_grades_anew_and_old_columns_stay_closed(session, world, by):
    accept(session, world, world.track.milestones[0])
    edit_grading(session, by, Grading(GradeRule.WEIGHTED, ColumnMode.ONE, 60), version=1, now=NOON)
    assert grade_of(session, world) == [20.0]
    per_milestone = Grading(GradeRule.WEIGHTED, ColumnMode.PER_MILESTONE, 60)
    edit_grading(session, by, per_milestone, version=2, now=NOON)
    edit_grading(session, by, per_milestone, version=2, now=NOON)
    assert grade_of(session, world) == [10.0]
    assert session.scalar(select(func.count()).select_from(LineItem).where(LineItem.closed_at.is_not(None))) == 1
    with pytest.raises(TrackChanged):
        edit_grading(session, by, Grading(GradeRule.AT_END, ColumnMode.ONE, 60), version=2, now=NOON)


def test_a_rule_of_weights_needs_one_weight(session, world, by):
    for one in world.track.milestones:
        one.weight = 0
    world.track.grade_rule = GradeRule.COMPLETION
    with pytest.raises(NothingCounts):
        edit_grading(session, by, Grading(GradeRule.WEIGHTED, ColumnMode.ONE, 100), version=1, now=NOON)


def test_a_track_without_milestones_may_have_any_rule(session, world):
    sitter = at_new_page(session, world)
    made = create_track(session, sitter, EMPTY, FACTS, opened_on=None, now=NOON)
    there = replace(sitter, track_id=made.id)
    edit_grading(session, there, Grading(GradeRule.AT_END, ColumnMode.ONE, 10), version=1, now=NOON)
    assert made.points == 10
    with pytest.raises(NotPublishable) as caught:
        publish(session, there, version=2, now=NOON)
    assert caught.value.facts["problems"] == ("no_milestones",)


def test_what_earns_the_certificate_is_kept(session, world, by):
    first = world.track.milestones[0]
    earned = CertificateFacts("Ours", "has done it.", frozenset({first.id}))
    for _ in range(2):
        edit_certificate(session, by, earned, version=1, now=NOON)
    assert [one.needed_for_certificate for one in world.track.milestones] == [True, False, False]
    with pytest.raises(TrackChanged):
        edit_certificate(session, by, replace(earned, title="Mine"), version=1, now=NOON)


def test_a_draft_is_published_closed_and_opened_again(session, world, by):
    world.track.state, world.track.published_at = TrackState.DRAFT, None
    close(session, by, version=1, now=NOON)
    for _ in range(2):
        publish(session, by, version=1, now=NOON)
    assert world.track.published_at == NOON
    for _ in range(2):
        close(session, by, version=2, now=NOON)
    publish(session, by, version=3, now=NOON)
    assert world.track.state is TrackState.PUBLISHED
    assert actions(session) == ["track.published", "track.closed", "track.reopened"]


# ------------------------------------------------------------------ milestones


def test_a_new_milestone_lowers_what_the_others_are_worth(session, world, by):
    first = world.track.milestones[0]
    accept(session, world, first)
    facts = replace(milestone_facts(first), title="New", weight=70)
    made = add_milestone(session, by, facts, version=1, now=NOON)
    assert add_milestone(session, by, facts, version=1, now=NOON) is made
    assert grade_of(session, world) == [10.0]
    assert titles(session, world.track)[-1] == "New"
    with pytest.raises(TrackChanged):
        add_milestone(session, by, replace(facts, title="Other"), version=1, now=NOON)


def test_a_milestone_is_added_at_the_end_of_its_stage(session, world, by):
    first = world.track.stages[0]
    last = add_stage(session, by, "The end", version=1, now=NOON)
    facts = milestone_facts(world.track.milestones[0])
    add_milestone(session, by, replace(facts, title="Last", stage_id=last.id), version=2, now=NOON)
    add_milestone(session, by, replace(facts, title="Before", stage_id=first.id), version=3, now=NOON)
    assert titles(session, world.track) == ["Milestone 1", "Milestone 2", "Milestone 3", "Before", "Last"]


def test_forty_milestones_are_enough(session, world, by):
    for position in range(4, 41):
        milestone(session, world.track, position=position)
    with pytest.raises(TooMany):
        add_milestone(session, by, milestone_facts(world.track.milestones[0]), version=1, now=NOON)


def test_a_stage_or_a_form_of_somebody_else_is_not_taken(session, world, by):
    strange = World(session)
    facts = milestone_facts(world.track.milestones[0])
    with pytest.raises(NotFound):
        add_milestone(session, by, replace(facts, stage_id=strange.track.stages[0].id), version=1, now=NOON)
    theirs = instrument(session, strange.institution, {})
    for number in (theirs.id, None):
        wanted = replace(facts, proof=Proof.ASSESSMENT, instrument_id=number)
        with pytest.raises(FormMissing):
            add_milestone(session, by, wanted, version=1, now=NOON)


def test_a_form_is_kept_only_where_it_proves_something(session, world, by):
    first = world.track.milestones[0]
    ours = instrument(session, world.institution, {})
    with_form = replace(milestone_facts(first), proof=Proof.ASSESSMENT, instrument_id=ours.id)
    edit_milestone(session, by, first.id, with_form, version=1, now=NOON)
    assert first.instrument_id == ours.id
    edit_milestone(session, by, first.id, replace(with_form, proof=Proof.WORD), version=2, now=NOON)
    assert first.instrument_id is None


def test_a_new_weight_forms_everybodys_grade_anew_and_what_is_done_stays_done(session, world, by):
    first = world.track.milestones[0]
    progress = accept(session, world, first)
    facts = milestone_facts(first)
    edit_milestone(session, by, first.id, replace(facts, weight=80), version=1, now=NOON)
    assert grade_of(session, world) == [80.0]
    assert progress.state is ProgressState.ACCEPTED
    with pytest.raises(TrackChanged):
        edit_milestone(session, by, first.id, replace(facts, weight=5), version=1, now=NOON)


def test_editing_changes_only_what_was_changed(session, world, by):
    first = world.track.milestones[0]
    for _ in range(2):
        facts = replace(milestone_facts(first), asked="Write two pages.")
        edit_milestone(session, by, first.id, facts, version=1, now=NOON)
    assert (first.asked, world.track.version) == ("Write two pages.", 2)
    assert session.scalars(select(LineItem)).all() == []  # nothing that a grade depends on


def test_a_milestone_changes_its_stage(session, world, by):
    last = add_stage(session, by, "The end", version=1, now=NOON)
    first = world.track.milestones[0]
    edit_milestone(session, by, first.id, replace(milestone_facts(first), stage_id=last.id), version=2, now=NOON)
    assert titles(session, world.track) == ["Milestone 2", "Milestone 3", "Milestone 1"]
    entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (entry.action, entry.facts["changed"]) == ("milestone.edited", ["stage_id"])


def test_a_draft_may_count_nothing_yet(session, world, by):
    world.track.state = TrackState.DRAFT
    for one in world.track.milestones:
        edit_milestone(session, by, one.id, replace(milestone_facts(one), weight=0), version=None, now=NOON)
    assert session.scalars(select(LineItem)).all() == []


def test_the_last_weight_of_a_running_track_stays(session, world, by):
    first, *others = world.track.milestones
    for one in others:
        edit_milestone(session, by, one.id, replace(milestone_facts(one), weight=0), version=None, now=NOON)
    with pytest.raises(NothingCounts):
        edit_milestone(session, by, first.id, replace(milestone_facts(first), weight=0), version=None, now=NOON)


def test_a_milestone_moves_one_step_and_no_further(session, world, by):
    first = world.track.milestones[0]
    stage = world.track.stages[0].id
    for _ in range(2):
        move_milestone(session, by, first.id, Spot(1, stage), version=1, now=NOON)
    assert titles(session, world.track) == ["Milestone 2", "Milestone 1", "Milestone 3"]
    with pytest.raises(TrackChanged):
        move_milestone(session, by, first.id, Spot(2, stage), version=1, now=NOON)
    with pytest.raises(NotFound):
        move_milestone(session, by, first.id, Spot(7, stage), version=2, now=NOON)


def test_a_milestone_that_nobody_has_touched_is_deleted_once(session, world, by):
    one = world.track.milestones[1]
    number = one.id
    for _ in range(2):
        remove_milestone(session, by, number, version=1, now=NOON)
    assert session.get(Milestone, number) is None
    assert titles(session, world.track) == ["Milestone 1", "Milestone 3"]
    assert [one.position for one in world.track.open_milestones] == [1, 2]
    assert actions(session).count("milestone.removed") == 1
    with pytest.raises(NotFound):
        remove_milestone(session, by, number, version=2, now=NOON)


def test_a_begun_milestone_is_retired_leaves_the_grade_and_keeps_its_records(session, world, by):
    first, second, _third = world.track.milestones
    accept(session, world, first)
    progress = accept(session, world, second)
    for _ in range(2):
        remove_milestone(session, by, first.id, version=1, now=NOON)
    assert first.retired_at == NOON
    assert grade_of(session, world) == [50.0]
    assert session.get(MilestoneProgress, progress.id) is progress
    assert actions(session).count("milestone.retired") == 1
    with pytest.raises(NotFound):
        edit_milestone(session, by, first.id, milestone_facts(first), version=2, now=NOON)


def test_the_last_milestone_of_a_running_track_stays(session, world, by):
    first, *others = world.track.milestones
    for one in others:
        remove_milestone(session, by, one.id, version=None, now=NOON)
    with pytest.raises(LastMilestone):
        remove_milestone(session, by, first.id, version=None, now=NOON)


def test_a_draft_can_be_emptied(session, world, by):
    world.track.state = TrackState.DRAFT
    for one in list(world.track.milestones):
        remove_milestone(session, by, one.id, version=None, now=NOON)
    assert titles(session, world.track) == []


# ------------------------------------------------------------------ stages


def test_stages_are_added_once_and_twelve_are_enough(session, world, by):
    made = add_stage(session, by, "Two", version=1, now=NOON)
    assert add_stage(session, by, "Two", version=1, now=NOON) is made
    with pytest.raises(TrackChanged):
        add_stage(session, by, "Three", version=1, now=NOON)
    for number in range(3, 13):
        add_stage(session, by, f"Stage {number}", version=None, now=NOON)
    with pytest.raises(TooMany):
        add_stage(session, by, "Thirteen", version=None, now=NOON)


def test_a_stage_is_renamed(session, world, by):
    stage = world.track.stages[0]
    for _ in range(2):
        rename_stage(session, by, stage.id, "The start", version=1, now=NOON)
    assert stage.title == "The start"
    with pytest.raises(TrackChanged):
        rename_stage(session, by, stage.id, "Mine", version=1, now=NOON)
    with pytest.raises(NotFound):
        rename_stage(session, by, World(session).track.stages[0].id, "Mine", version=2, now=NOON)


def test_a_stage_moves_with_its_milestones(session, world, by):
    start = world.track.stages[0]
    end = add_stage(session, by, "The end", version=1, now=NOON)
    facts = milestone_facts(world.track.milestones[0])
    add_milestone(session, by, replace(facts, title="Last", stage_id=end.id), version=2, now=NOON)
    for _ in range(2):
        move_stage(session, by, end.id, 0, version=3, now=NOON)
    assert titles(session, world.track) == ["Last", "Milestone 1", "Milestone 2", "Milestone 3"]
    with pytest.raises(TrackChanged):
        move_stage(session, by, start.id, 0, version=3, now=NOON)


def test_the_milestones_of_a_removed_stage_join_the_one_beside_it(session, world, by):
    start = world.track.stages[0]
    end = add_stage(session, by, "The end", version=1, now=NOON)
    facts = milestone_facts(world.track.milestones[0])
    add_milestone(session, by, replace(facts, title="Last", stage_id=end.id), version=2, now=NOON)
    number = start.id
    for _ in range(2):
        remove_stage(session, by, number, version=3, now=NOON)
    session.expire_all()
    assert {one.stage_id for one in world.track.milestones} == {end.id}
    other = add_stage(session, by, "After", version=4, now=NOON)
    remove_stage(session, by, other.id, version=5, now=NOON)
    remove_stage(session, by, end.id, version=6, now=NOON)
    session.expire_all()
    assert {one.stage_id for one in world.track.milestones} == {None}
    assert session.scalars(select(Stage).where(Stage.track_id == world.track.id)).all() == []
    assert session.get(Track, world.track.id).version == 7


HAND_HYGIENE = "https://lms.example.edu/mod/quiz/view.php?id=7"


def test_an_address_is_kept_only_where_an_activity_proves_something(session, world, by):
    first = world.track.milestones[0]
    wanted = replace(milestone_facts(first), proof=Proof.ACTIVITY, activity_url=HAND_HYGIENE)
    edit_milestone(session, by, first.id, wanted, version=1, now=NOON)
    assert first.activity_url == HAND_HYGIENE
    edit_milestone(session, by, first.id, replace(wanted, proof=Proof.WORD), version=2, now=NOON)
    assert first.activity_url == ""


def test_an_activity_needs_no_address_and_none_that_leads_nowhere_is_taken(session, world, by):
    facts = replace(milestone_facts(world.track.milestones[0]), title="Hand hygiene", proof=Proof.ACTIVITY)
    for wrong in ("javascript:alert(1)", "lms.example.edu", "https://user:pass@lms.example.edu/"):
        with pytest.raises(AddressRefused):
            add_milestone(session, by, replace(facts, activity_url=wrong), version=1, now=NOON)
    assert add_milestone(session, by, facts, version=1, now=NOON).activity_url == ""


def test_a_milestone_that_a_meeting_was_for_is_kept_when_it_is_taken_out(session, world, by):
    first = world.track.milestones[0]
    first.proof = Proof.MEETING
    session.flush()
    proposed(session, world, milestone_id=first.id)
    remove_milestone(session, by, first.id, version=1, now=NOON)
    assert first.retired_at == NOON
