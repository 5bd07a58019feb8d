"""The crowd that a benchmark launches among."""

import pytest
from factories.world import NOON
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import sessionmaker

from bench.crowd import fill
from lti_mentoring.models import Context, Deployment, DeploymentApproval, Institution, Membership, Person, Registration


@pytest.fixture
def url(postgresql_copies):
    made = postgresql_copies.fresh()
    yield made
    postgresql_copies.drop(made)


@pytest.fixture
def session_on(url):
    engine = create_engine(url)
    with sessionmaker(engine)() as session:
        yield session
    engine.dispose()


@pytest.fixture
def one_registration(session_on):
    house = Institution(name="Bench", slug="bench", created_at=NOON)
    session_on.add(house)
    session_on.flush()
    known = Registration(
        institution_id=house.id, name="Bench", issuer="https://lms.example", client_id="bench",
        auth_url="https://lms.example/auth", token_url="https://lms.example/token",
        jwks_url="https://lms.example/jwks", created_at=NOON,
    )  # fmt: skip
    session_on.add(known)
    session_on.flush()
    session_on.add(
        Deployment(
            institution_id=house.id, registration_id=known.id, deployment_id="1",
            state=DeploymentApproval.APPROVED, first_seen_at=NOON,
        )
    )  # fmt: skip
    session_on.commit()


def test_each_registration_has_a_course_with_its_own_people(session_on, url, one_registration):
    fill(url, registrations=3, people=4)
    crowded = select(Membership.context_ref, func.count()).group_by(Membership.context_ref)
    assert sorted(number for _course, number in session_on.execute(crowded)) == [1, 4, 4, 4]
    rows = session_on.execute(
        select(Registration.client_id, Person.subject, Person.institution_id == Registration.institution_id)
        .join(Context, Context.registration_id == Registration.id)
        .join(Membership, Membership.context_ref == Context.id)
        .join(Person, Person.id == Membership.person_id)
        .where(Registration.client_id == "bench-2")
        .order_by(Person.subject)
    ).all()
    assert rows == [("bench-2", f"person-{number}", True) for number in range(4)]


def test_what_is_made_afterwards_gets_numbers_that_are_free(session_on, url, one_registration):
    fill(url, registrations=2, people=1)
    session_on.add(Institution(name="Next", slug="next", created_at=NOON))
    session_on.commit()
