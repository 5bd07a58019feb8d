"""Fill a database with institutions, registrations, courses and people: each row a copy of one that launches made."""

from datetime import UTC, datetime

from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from bench.roster_platform import LEARNER
from lti_mentoring.models import (
    Context,
    Deployment,
    Institution,
    Membership,
    Person,
    Registration,
    ResourceLink,
)

NOW = datetime(2026, 9, 1, tzinfo=UTC)
# In this order: each refers only to those before it.
TABLES = tuple(
    model.__table__ for model in (Institution, Registration, Deployment, Context, ResourceLink, Person, Membership)
)
OWN = {"institution": "institution_id", "registration": "registration_id", "deployment": "deployment_id",
       "context": "context_ref", "resource_link": "resource_link_ref", "person": "person_id"}  # fmt: skip


def fill(url, registrations, people):
    """Copy the one institution of a database and all below it until there are ``registrations``, each with ``people``.

    What has to be unique is numbered: client ids ``bench-0`` …, people ``person-0`` … of each registration.
    """
    engine = create_engine(url)
    with Session(engine) as session:
        _first_of_each(session)
        session.commit()
    with engine.begin() as connection:
        for table in TABLES:
            _multiply(connection, table, registrations, people)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _first_of_each(session):
    registration, deployment = session.scalars(select(Registration)).one(), session.scalars(select(Deployment)).one()
    owner = {"institution_id": registration.institution_id}
    course = Context(
        **owner, registration_id=registration.id, deployment_id=deployment.id, context_id="course-1", label="C1",
        title="Course", created_at=NOW,
    )  # fmt: skip
    somebody = Person(**owner, issuer=registration.issuer, subject="somebody", name="Somebody", first_seen_at=NOW)
    session.add_all([course, somebody])
    session.flush()
    session.add(
        ResourceLink(**owner, context_ref=course.id, resource_link_id="link-1", title="Mentoring", created_at=NOW)
    )
    session.add(Membership(**owner, context_ref=course.id, person_id=somebody.id, role_uris=[LEARNER], is_student=True))


def _multiply(connection, table, registrations, people):
    each = people if table.name in {"person", "membership"} else 1
    if not each:
        return
    model = connection.execute(select(table).order_by(table.c.id).limit(1)).one()
    values = {column.name: f"t.{column.name}" for column in table.columns}
    # Numbers follow from the position: the n-th registration, and its k-th person.
    row = f"({model.id} + 1 + n * {each} + k)"
    values["id"] = row
    for other, column in OWN.items():
        if column in values and table.foreign_keys and column != "deployment_id":
            values[column] = _number(connection, other, people)
    if table.name == "context":
        values["deployment_id"] = _number(connection, "deployment", people)
    values |= _UNIQUE.get(table.name, {})
    names, made = ", ".join(values), ", ".join(values.values())
    # Every name is one of our own columns and every value is made above.
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({names}) SELECT {made} FROM {table.name} t, "
            f"generate_series(0, {registrations - 1}) n, generate_series(0, {each - 1}) k WHERE t.id = {model.id}"
        )
    )
    connection.execute(select(func.setval(f"{table.name}_id_seq", select(func.max(table.c.id)).scalar_subquery())))


def _number(connection, name, people):
    table = next(one for one in TABLES if one.name == name)
    first = connection.execute(select(func.min(table.c.id))).scalar_one()
    return f"({first} + 1 + n * {people} + k)" if name == "person" else f"({first} + 1 + n)"


_UNIQUE = {
    "institution": {"slug": "'bench-' || n", "name": "'Bench ' || n"},
    "registration": {"client_id": "'bench-' || n"},
    "person": {"subject": "'person-' || k", "name": "'Person ' || k", "email": "'p' || k || '@example.org'"},
}
