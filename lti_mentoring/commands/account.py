"""``lti-mentoring account``: who signs in without an LMS; the first one by a one-time link from here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import func, select

from lti_mentoring.clock import utcnow
from lti_mentoring.commands._institutions import institution_named
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.models import Account, Institution, Passkey
from lti_mentoring.services.accounts import add_account, link_url, make_link, switch_account

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.settings import Settings

LONGEST_NAME = 120
account = AppGroup("account", help="Operators and administrators who sign in by passkey, without an LMS.")


@account.command("invite-operator")
@click.argument("name")
def invite_operator(name: str) -> None:
    """Print a one-time link with which NAME makes a passkey and operates this installation; it is good for a day."""
    with unit_of_work() as session:
        click.echo(_invite(session, AccountKind.OPERATOR, None, name, now=utcnow()))


@account.command("invite-administrator")
@click.argument("institution")
@click.argument("name")
def invite_administrator(institution: str, name: str) -> None:
    """Print a one-time link with which NAME makes a passkey and administers INSTITUTION; it is good for a day."""
    with unit_of_work() as session:
        owner = institution_named(session, institution, now=utcnow())
        click.echo(_invite(session, AccountKind.ADMINISTRATOR, owner.id, name, now=utcnow()))


@account.command("link")
@click.argument("number", type=int)
def new_link(number: int) -> None:
    """Print a new one-time link for account NUMBER of the list: its passkeys were lost, or the link ran out."""
    with unit_of_work() as session:
        found = _find(session, number)
        if found.disabled_at is not None:
            raise click.ClickException(f"Account {number} is switched off: lti-mentoring account switch {number} on")
        click.echo(link_url(_public_url(), make_link(session, found, by=None, now=utcnow())))


@account.command("list")
def list_accounts() -> None:
    """List all accounts."""
    passkeys = select(func.count()).where(Passkey.account_id == Account.id).correlate(Account).scalar_subquery()
    rows = db.session().execute(
        select(Account, Institution.slug, passkeys)
        .outerjoin(Institution, Institution.id == Account.institution_id)
        .order_by(Account.kind.desc(), Institution.slug, Account.id)
    )
    for found, slug, count in rows:
        state = "off" if found.disabled_at else "on" if count else "waits"
        click.echo(f"{found.id}  {found.kind.value}  {slug or '-'}  {found.name}  {state}")


@account.command("switch")
@click.argument("number", type=int)
@click.argument("state", type=click.Choice(["on", "off"]))
def switch(number: int, state: str) -> None:
    """Let account NUMBER of the list sign in, or keep it out; off ends its sessions at once."""
    with unit_of_work() as session:
        found = _find(session, number)
        switch_account(session, found, on=state == "on", by=None, now=utcnow())
        name = found.name
    click.echo(f"{name}: {state}")


def _invite(session: Session, kind: AccountKind, institution_id: int | None, name: str, *, now: datetime) -> str:
    called = name.strip()
    if not 0 < len(called) <= LONGEST_NAME:
        raise click.ClickException(f"A name has between one and {LONGEST_NAME} letters.")
    made = add_account(session, kind, institution_id, called, by=None, now=now)
    return link_url(_public_url(), make_link(session, made, by=None, now=now))


def _find(session: Session, number: int) -> Account:
    found = session.get(Account, number)
    if found is None:
        raise click.ClickException(f"There is no account {number}; see: lti-mentoring account list")
    return found


def _public_url() -> str:
    settings: Settings = current_app.extensions["settings"]
    return settings.public_url
