"""Copying a track's setup into another course."""

from datetime import date, timedelta

import pytest
from factories.statements import counting
from factories.wishes import policy
from factories.world import NOON, World, context, deployment, link, membership, milestone
from sqlalchemy import func, select
from sweeps.furnished import Furnished

from lti_mentoring.db import db
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.rank_lists import MatchingRules, MatchingWay
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Context, Milestone, ResourceLink, Track, TrackCopy, TrackState
from lti_mentoring.queries.copying import Origin, copies_offered
from lti_mentoring.queries.rank_lists import rules_of
from lti_mentoring.services.copying import CourseAt, copy_setup, decline_copies, offer_copy
from lti_mentoring.services.grading import ensure_columns

SPRING = date(2027, 3, 1)
SETUP = {"track", "stage", "milestone", "test", "item", "matching_policy", "track_copy", "audit_entry"}
"""The only tables that a copy may grow; people, mentorships, evidence, forms, grades and awards are not among them."""


@pytest.fixture
def world(session):
    return World(session)


def copied_course(world, **columns):
    values = {"history": [world.context.context_id], "title": "Clinical placement, spring", **columns}
    return context(world.session, world.deployment, **values)


def at(world, course, page=None, who=None):
    """Sit as faculty in a course, at a page of it that opens nothing yet."""
    who = who or world.faculty
    page = page or link(world.session, course)
    return world.sitter(who, context_id=course.id, track_id=None, resource_link_id=page.id)


def titles(session, by):
    return [one.title for one in copies_offered(session, by)]


def rows(session):
    return {name: session.scalar(select(func.count()).select_from(one)) for name, one in db.metadata.tables.items()}


def test_a_copy_has_the_setup_and_nothing_that_anybody_did(app, session):
    here = Furnished(app, session)
    by = at(here, copied_course(here))
    before = rows(session)
    copy = copy_setup(session, by, here.track.id, starts_on=SPRING, now=NOON)
    after = rows(session)
    assert {name for name in after if after[name] != before[name]} == SETUP
    assert (copy.context_ref, copy.state, copy.starts_on) == (by.context_id, TrackState.DRAFT, SPRING)
    assert copy.published_at is None


def test_stages_milestones_forms_rules_and_the_certificate_come_along(app, session):
    here = Furnished(app, session)
    milestone(session, here.track, position=9, retired_at=NOON)
    copy = copy_setup(session, at(here, copied_course(here)), here.track.id, starts_on=SPRING, now=NOON)
    session.refresh(copy)
    session.refresh(here.track)
    same = ("title", "purpose", "column_mode", "grade_rule", "points", "certificate_title", "certificate_sentence")
    assert [getattr(copy, name) for name in same] == [getattr(here.track, name) for name in same]
    assert [stage.title for stage in copy.stages] == [stage.title for stage in here.track.stages]
    facts = ("key", "title", "asked", "proof", "signer", "due_after_days", "weight", "instrument_id", "position")

    def told(track):
        return [[getattr(one, name) for name in facts] for one in track.open_milestones]

    assert told(copy) == told(here.track)
    assert {one.stage_id for one in copy.milestones} == {one.id for one in copy.stages}


def test_the_way_in_which_people_come_together_comes_along_without_its_days(session, world):
    policy(session, world.track, reply_days=5, wishes_until=SPRING)
    copy = copy_setup(session, at(world, copied_course(world)), world.track.id, starts_on=SPRING, now=NOON)
    assert rules_of(session, copy) == MatchingRules(MatchingWay.REQUESTS, reply_days=5)


def test_a_milestone_outside_of_all_stages_stays_outside(session, world):
    milestone(session, world.track, position=4)
    copy = copy_setup(session, at(world, copied_course(world)), world.track.id, starts_on=SPRING, now=NOON)
    assert [one.stage_id is None for one in session.get_one(Track, copy.id).milestones].count(True) == 1


def test_links_of_the_copied_course_open_the_copy_and_its_milestones(session, world):
    course = copied_course(world)
    page = link(session, course)
    third = world.track.milestones[2]
    along = link(session, course, opens="milestone", opens_track=world.track.key, opens_item=third.key)
    stranger = link(session, course, opens_track="another")
    copy = copy_setup(session, at(world, course, page), world.track.id, starts_on=SPRING, now=NOON)
    session.expire_all()
    assert [page.track_id, along.track_id, stranger.track_id] == [copy.id, copy.id, None]
    found = session.scalars(select(Milestone).where(Milestone.track_id == copy.id, Milestone.key == along.opens_item))
    assert found.one().title == third.title


def test_gradebook_columns_of_the_copy_are_looked_for_by_the_names_of_the_original(session, world):
    copy = copy_setup(session, at(world, copied_course(world)), world.track.id, starts_on=SPRING, now=NOON)
    assert copy.key == world.track.key
    (column,) = ensure_columns(session, copy, now=NOON)
    assert (column.url, column.label) == (None, world.track.title)  # found or made when the first score goes out


def test_copying_twice_gives_one_copy(session, world):
    course = copied_course(world)
    first = copy_setup(session, at(world, course), world.track.id, starts_on=SPRING, now=NOON)
    again = copy_setup(session, at(world, course), world.track.id, starts_on=SPRING + timedelta(days=1), now=NOON)
    assert (again.id, again.starts_on) == (first.id, SPRING)
    assert session.scalars(
        select(AuditEntry.action).where(AuditEntry.action == "track.copied").order_by(AuditEntry.id)
    ).all() == ["track.copied"]


def test_a_course_that_has_the_very_track_gets_a_copy_with_names_of_its_own(session, world):
    course = copied_course(world)
    copy = copy_setup(session, at(world, course), world.track.id, starts_on=SPRING, now=NOON)
    membership(session, course, world.faculty, is_student=False, is_faculty=True)
    back = copy_setup(session, at(world, world.context), copy.id, starts_on=SPRING, now=NOON)
    assert back.context_ref == world.context.id
    assert back.key not in {copy.key, world.track.key}


def test_the_nearest_ancestor_is_offered_first_and_own_courses_after_it(session, world):
    older = World(session, inside=world.deployment)
    older.track.title = "Two years ago"
    own = World(session, inside=world.deployment)
    own.track.title = "Another course of mine"
    membership(session, own.context, world.faculty, is_student=False, is_faculty=True)
    newer = [world.context.context_id, "unknown", older.context.context_id]
    by = at(world, copied_course(world, history=newer))
    offers = copies_offered(session, by)
    assert [one.title for one in offers] == ["Clinical mentorship", "Two years ago", "Another course of mine"]
    assert [one.origin for one in offers] == [Origin.COPIED, Origin.COPIED, Origin.OWN]
    assert (offers[0].course, offers[0].year, offers[0].milestones) == ("Clinical placement", 2026, 3)


def test_what_a_link_was_made_for_is_offered_without_any_history(session, world):
    course = copied_course(world, history=[])
    page = link(session, course, opens_track=world.track.key)
    assert titles(session, at(world, course, page, world.guide)) == ["Clinical mentorship"]


@pytest.mark.parametrize("how", ["history", "link"])
def test_a_platforms_word_counts_in_its_own_installation_only(session, world, how):
    stranger = world.guide
    elsewhere = [
        deployment(session, world.registration, deployment_id="2"),  # another installation in the same platform
        World(session).deployment,  # another institution
    ]
    for one in elsewhere:
        history = [world.context.context_id] if how == "history" else []
        course = context(session, one, history=history)
        page = link(session, course, opens_track=world.track.key if how == "link" else None)
        by = at(world, course, page, stranger)
        assert copies_offered(session, by) == ()
        with pytest.raises(NotFound):
            copy_setup(session, by, world.track.id, starts_on=SPRING, now=NOON)


def test_who_is_a_student_or_mentor_elsewhere_is_offered_nothing_from_there(session, world):
    course = context(session, world.deployment)
    for who in (world.student, world.guide):
        assert copies_offered(session, at(world, course, who=who)) == ()


def test_without_a_course_nothing_is_offered(session, world):
    by = world.sitter(context_id=None)
    assert copies_offered(session, by) == ()
    with pytest.raises(NotFound):
        copy_setup(session, by, world.track.id, starts_on=SPRING, now=NOON)


def test_declined_is_remembered_and_may_be_thought_better_of(session, world):
    by = at(world, copied_course(world))
    decline_copies(session, by, now=NOON)
    decline_copies(session, by, now=NOON)
    (offer,) = copies_offered(session, by)
    assert offer.declined
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["track.copy_declined"]
    copy_setup(session, by, world.track.id, starts_on=SPRING, now=NOON)
    assert copies_offered(session, by) == ()
    assert session.scalars(select(TrackCopy)).one().track_id is not None


def test_offers_cost_two_statements_however_many_there_are(session, world):
    by = at(world, copied_course(world))
    with counting(session) as few:
        copies_offered(session, by)
    for _ in range(12):
        other = World(session, inside=world.deployment)
        membership(session, other.context, world.faculty, is_student=False, is_faculty=True)
    session.expire_all()
    with counting(session) as many:
        assert len(copies_offered(session, by)) == 13
    assert len(few) <= 2
    assert len(many) <= 2


# ------------------------------------------------------------------ what a platform tells by itself


def course_at(world, context_id, **values):
    return CourseAt(world.institution.id, world.registration.id, world.deployment.id, context_id, **values)


def test_a_course_not_known_yet_is_remembered_with_its_ancestors(session, world):
    number = offer_copy(session, course_at(world, "new", title="Spring"), [world.context.context_id], now=NOON)
    course = session.get_one(Context, number)
    assert (course.title, course.history) == ("Spring", [world.context.context_id])
    assert titles(session, at(world, course, who=world.guide)) == ["Clinical mentorship"]


def test_saying_it_twice_changes_nothing_and_news_go_first(session, world):
    first = offer_copy(session, course_at(world, "new"), ["a"], now=NOON)
    assert offer_copy(session, course_at(world, "new"), ["a"], now=NOON) == first
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == ["course.copied"]
    offer_copy(session, course_at(world, "new"), ["b"], now=NOON)
    assert session.get_one(Context, first).history == ["b", "a"]
    assert session.scalar(select(func.count()).select_from(ResourceLink)) == 1


def test_an_activity_comes_along_without_its_address_which_leads_into_the_course_from_before(session, world):
    first = world.track.milestones[0]
    first.proof, first.activity_url = Proof.ACTIVITY, "https://lms.example.edu/mod/quiz/view.php?id=7"
    copy = copy_setup(session, at(world, copied_course(world)), world.track.id, starts_on=SPRING, now=NOON)
    one = session.scalars(select(Milestone).where(Milestone.track_id == copy.id, Milestone.position == 1)).one()
    assert (one.proof, one.activity_url) == (Proof.ACTIVITY, "")
