"""The course that a whole round is measured with."""

import pytest
from factories.world import NOON
from fixtures.applications import connected_app, settings_for
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bench.matching_rounds import make_round
from bench.round_course import fill
from lti_mentoring.domain.fitting import Trait
from lti_mentoring.models import Context, Deployment, DeploymentApproval, Institution, Registration, Track
from lti_mentoring.queries.round_problem import read_problem


@pytest.fixture
def course(postgresql_url):
    engine = create_engine(postgresql_url)
    with Session(engine) as session:
        house = Institution(name="Bench", slug="bench", created_at=NOON)
        session.add(house)
        session.flush()
        known = Registration(
            institution_id=house.id, name="Bench", issuer="https://lms.example", client_id="bench",
            auth_url="https://lms.example/auth", token_url="https://lms.example/token",
            jwks_url="https://lms.example/jwks", created_at=NOON,
        )  # fmt: skip
        session.add(known)
        session.flush()
        place = Deployment(
            institution_id=house.id, registration_id=known.id, deployment_id="1",
            state=DeploymentApproval.APPROVED, first_seen_at=NOON,
        )  # fmt: skip
        session.add(place)
        session.flush()
        session.add(
            Context(
                institution_id=house.id, registration_id=known.id, deployment_id=place.id, context_id="course-1",
                created_at=NOON,
            )
        )  # fmt: skip
        session.commit()
    engine.dispose()
    return postgresql_url


def test_the_rows_of_a_course_give_the_very_problem_that_was_written(course, tmp_path):
    wanted = make_round(40, 30)
    fill(course.replace("postgresql+psycopg://", "postgresql://"), wanted)
    with connected_app(settings_for(course, tmp_path)) as app, app.app_context():
        session = app.extensions["sqlalchemy"].session()
        track = session.scalars(select(Track)).one()
        found = read_problem(session, track, dict.fromkeys(Trait, 0)).problem
    first = found.mentors[0].mentor_id - 1
    assert [one.places for one in found.mentors] == [one.places for one in wanted.mentors]
    assert [one.tiers for one in found.mentees] == [
        tuple((first + mentor,) for (mentor,) in one.tiers) for one in wanted.mentees
    ]
