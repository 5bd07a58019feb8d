"""``lti-mentoring institution`` and ``administrator``: tenants, and who looks after each."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.institutions import slug_of
from lti_mentoring.errors import MentoringError
from lti_mentoring.models import Administrator, Institution, Person
from lti_mentoring.services.administering import (
    NameTaken,
    add_institution,
    confirm_administrator,
    withdraw_administrator,
)

institution = AppGroup("institution", help="Universities, hospitals, schools: each sees only its own.")
administrator = AppGroup("administrator", help="Who may administer an institution.")


@institution.command("add")
@click.argument("name")
@click.option("--slug", default="", help="Short name for commands; made from NAME otherwise.")
def add(name: str, slug: str) -> None:
    """Make a new institution called NAME."""
    try:
        with unit_of_work() as session:
            made = add_institution(session, name.strip(), slug or slug_of(name), now=utcnow())
    except NameTaken as taken:
        raise click.ClickException(f"There is an institution {taken.facts['slug']!r} already; use --slug.") from taken
    click.echo(f"{made.slug}  {made.name}")


@institution.command("list")
def list_institutions() -> None:
    """List all institutions."""
    for found in db.session().scalars(select(Institution).order_by(Institution.slug)):
        click.echo(f"{found.slug}  {found.name}")


@administrator.command("list")
def list_administrators() -> None:
    """List who administers and who asks to."""
    rows = db.session().execute(
        select(Administrator, Person, Institution)
        .join(Person, Person.id == Administrator.person_id)
        .join(Institution, Institution.id == Administrator.institution_id)
        .order_by(Institution.slug, Administrator.id)
    )
    for found, person, owner in rows:
        state = "confirmed" if found.confirmed_at else "asks"
        click.echo(f"{found.id}  {owner.slug}  {person.shown_name}  {person.email or person.subject}  {state}")


@administrator.command("confirm")
@click.argument("number", type=int)
def confirm(number: int) -> None:
    """Confirm administrator NUMBER of the list; it opens Mentoring again from the LMS."""
    _decide(number, confirmed=True)


@administrator.command("withdraw")
@click.argument("number", type=int)
def withdraw(number: int) -> None:
    """Take the confirmation of administrator NUMBER back."""
    _decide(number, confirmed=False)


def _decide(number: int, *, confirmed: bool) -> None:
    act = confirm_administrator if confirmed else withdraw_administrator
    try:
        with unit_of_work() as session:
            found = session.get(Administrator, number)
            act(session, found.institution_id if found else 0, number, by=None, now=utcnow())
    except MentoringError as failure:
        raise click.ClickException(f"There is no administrator {number}.") from failure
    click.echo("confirmed" if confirmed else "withdrawn")
