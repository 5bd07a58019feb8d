"""The demonstration's second course: two mentors for each student but one, who has a test to pass before."""

import pytest
from fixtures.applications import connected_app, settings_for
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_roles import LACKS_ONE, tell_of_two_roles
from lti_mentoring.commands.demo_story import tell_story
from lti_mentoring.demo.people import RESEARCH_ID, RESEARCHERS
from lti_mentoring.domain.directory import Wish
from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.milestones import EvidenceKind, ProgressState, Proof
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.models import (
    Context,
    Evidence,
    Membership,
    MentorPage,
    Milestone,
    MilestoneProgress,
    MilestoneStep,
    Person,
    Track,
)
from lti_mentoring.queries.board import read_board
from lti_mentoring.queries.directory import directory_page
from lti_mentoring.queries.mentor_pages import mentor_behind
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.queries.public_awards import public_record
from lti_mentoring.queries.trained import to_pass_first


@pytest.fixture(scope="module")
def session(sqlite_copies, tmp_path_factory):
    """The session of a demonstration whose story was told, which takes seconds."""
    url = sqlite_copies.fresh()
    with connected_app(settings_for(url, tmp_path_factory.mktemp("told"))) as app, app.app_context():
        tell_story("http://127.0.0.1:8080", tell_of_two_roles)
        yield app.extensions["sqlalchemy"].session()
    sqlite_copies.drop(url)


@pytest.fixture
def track(session):
    return session.scalars(select(Track).join(Context).where(Context.context_id == RESEARCH_ID)).one()


@pytest.fixture
def faculty(session, track):
    teaches = (Membership.context_ref == track.context_ref, Membership.is_faculty)
    who = session.scalars(select(Person).join(Membership, Membership.person_id == Person.id).where(*teaches)).first()
    return Sitter(
        seat_id=0, institution_id=track.institution_id, person_id=who.id, person_name=who.shown_name,
        role=SeatRole.FACULTY, roles=(SeatRole.FACULTY,), registration_id=track.context.registration_id,
        context_id=track.context_ref, context_title=track.context.shown_title, track_id=track.id,
        track_title=track.title, track_published=True, resource_link_id=0,
    )  # fmt: skip


def number(session, sub):
    return session.scalars(select(Person.id).where(Person.subject == sub)).one()


def steps(session, track, sub):
    """Return who accepted what by the student's subject, milestone by milestone."""
    rows = session.execute(
        select(MilestoneStep.by_id, MilestoneProgress.state)
        .join(MilestoneProgress, MilestoneProgress.id == MilestoneStep.progress_id)
        .join(Person, Person.id == MilestoneProgress.student_id)
        .where(MilestoneProgress.track_id == track.id, Person.subject == sub, MilestoneStep.kind == "accepted")
        .order_by(MilestoneStep.at)
    )
    return [session.get_one(Person, number).subject for number, _state in rows]


def test_everybody_has_a_mentor_in_both_roles_but_one_and_each_signs_what_is_theirs(session, track, faculty):
    rows = read_board(session, faculty, today=utcnow().date()).rows
    assert len(rows) == len(RESEARCHERS)
    assert [one.lacking for one in rows if one.lacking] == [("Research mentor",)]
    assert {len(one.mentors) for one in rows} == {1, 2}
    assert steps(session, track, "student-02") == ["staff-raman", "staff-ibanez", "staff-raman"]
    states = session.scalars(select(MilestoneProgress.state).where(MilestoneProgress.track_id == track.id)).all()
    assert (states.count(ProgressState.SUBMITTED), states.count(ProgressState.RETURNED)) == (4, 1)


def test_somebody_has_done_an_activity_of_the_course_and_another_finds_the_way_to_it(session, track):
    one = session.scalars(select(Milestone).where(Milestone.proof == Proof.ACTIVITY)).one()
    assert one.activity_url == f"http://127.0.0.1:8080/modules/{RESEARCH_ID}"
    waits = select(MilestoneProgress.state).where(MilestoneProgress.milestone_id == one.id)
    assert session.scalars(waits).one() is ProgressState.SUBMITTED
    assert session.scalars(select(Evidence.kind).where(Evidence.kind == EvidenceKind.WORD)).one()


def test_the_one_without_a_research_mentor_is_held_back_by_a_test_that_all_others_passed(session, track):
    there = pairing(session, track)
    without, research = LACKS_ONE, track.roles[1].key
    held = [session.get_one(Person, one.person_id).subject for one in there.held_back(research)]
    assert (held, there.waiting(research)) == ([without], [])
    passed = [one for one in RESEARCHERS if to_pass_first(session, track, number(session, one)) is None]
    assert passed == [one for one in RESEARCHERS if one != without]


def test_the_first_mentor_s_public_page_leads_to_the_badge_of_the_level(session):
    address = session.scalars(select(MentorPage.address).where(MentorPage.address.is_not(None))).one()
    page = mentor_behind(session, address, now=utcnow())
    badge = public_record(session, page.badge)
    assert (page.level, badge.name, badge.is_badge) == (Level.TRAINED, page.name, True)


def test_the_directory_finds_mentors_by_role_and_one_serves_in_both(session, track, faculty):
    def found(role):
        page = directory_page(session, faculty, track, Wish(role=role), now=utcnow())
        return {row.name for row in page.rows}

    clinical, research = (found(one.key) for one in track.roles)
    assert (len(clinical), len(research), len(clinical & research)) == (2, 3, 1)
