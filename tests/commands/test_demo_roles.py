"""The demonstration's second course: two mentors for each student but one, and each signs what is theirs."""

import pytest
from fixtures.applications import connected_app, settings_for
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.commands.demo_roles import tell_of_two_roles
from lti_mentoring.commands.demo_story import tell_story
from lti_mentoring.demo.people import RESEARCH_ID, RESEARCHERS
from lti_mentoring.domain.directory import Wish
from lti_mentoring.domain.milestones import ProgressState
from lti_mentoring.domain.seats import SeatRole, Sitter
from lti_mentoring.models import Context, Membership, MilestoneProgress, MilestoneStep, Person, Track
from lti_mentoring.queries.board import read_board
from lti_mentoring.queries.directory import directory_page


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
    assert (states.count(ProgressState.SUBMITTED), states.count(ProgressState.RETURNED)) == (3, 1)


def test_the_directory_finds_mentors_by_role_and_one_serves_in_both(session, track, faculty):
    def found(role):
        page = directory_page(session, faculty, track, Wish(role=role), now=utcnow())
        return {row.name for row in page.rows}

    clinical, research = (found(one.key) for one in track.roles)
    assert (len(clinical), len(research), len(clinical & research)) == (2, 3, 1)
