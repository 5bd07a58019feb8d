"""``lti-mentoring platform`` and ``deployment``: let an LMS in, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.commands._institutions import institution_named
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.models import Deployment, Institution, Registration
from lti_mentoring.services.administering import (
    DeploymentInUse,
    assign_deployment,
    decide_deployment,
    switch_registration,
)
from lti_mentoring.services.registering import (
    ManualRegistration,
    RegistrationTaken,
    invitation_url,
    invite,
    register_by_hand,
)

if TYPE_CHECKING:
    from lti_mentoring.settings import Settings

platform = AppGroup("platform", help="Register LMSs and look after them.")
deployment = AppGroup("deployment", help="Say where in an LMS Mentoring may be opened.")


@platform.command("invite")
@click.argument("institution")
def make_invitation(institution: str) -> None:
    """Print an address to paste into the LMS of INSTITUTION.

    Within a week it registers one LMS. That LMS may later renew by it what it registered, and nothing else.
    """
    settings: Settings = current_app.extensions["settings"]
    with unit_of_work() as session:
        owner = institution_named(session, institution, now=utcnow())
        token = invite(session, owner.id, by=None, now=utcnow())
    click.echo(invitation_url(settings.public_url, token))


@platform.command("add")
@click.argument("institution")
@click.option("--name", required=True, help="What people here call it.")
@click.option("--issuer", required=True, help="Its issuer (Moodle: platform ID).")
@click.option("--client-id", required=True, help="The client ID that it gave us.")
@click.option("--auth-url", required=True, help="Authentication request URL.")
@click.option("--token-url", required=True, help="Access token URL.")
@click.option("--jwks-url", required=True, help="Public keyset URL.")
@click.option("--token-audience", default=None, help="Only where it is not the access token URL (Brightspace).")
@click.option("--product", default="", help="moodle, canvas, desire2learn, ...")
@click.option("--deployment-id", "deployment_ids", multiple=True, help="Approved at once; may be repeated.")
def add_platform(
    institution: str,
    name: str,
    issuer: str,
    client_id: str,
    auth_url: str,
    token_url: str,
    jwks_url: str,
    token_audience: str | None,
    product: str,
    deployment_ids: tuple[str, ...],
) -> None:
    """Register an LMS of INSTITUTION by hand; doing it again mends what was typed."""
    wanted = ManualRegistration(
        name, issuer, client_id, auth_url, token_url, jwks_url, token_audience, product, deployment_ids
    )
    try:
        with unit_of_work() as session:
            owner = institution_named(session, institution, now=utcnow())
            made = register_by_hand(session, owner.id, wanted, by=None, now=utcnow()).registration
    except RegistrationTaken as failure:
        raise click.ClickException(f"{issuer} with this client ID belongs to another institution.") from failure
    click.echo(f"{made.id}  {made.name}  {made.issuer}")


@platform.command("list")
def list_platforms() -> None:
    """List all platforms with their deployments."""
    slugs = {one.id: one.slug for one in db.session().execute(select(Institution.id, Institution.slug))}
    rows = db.session().execute(
        select(Registration, Institution).join(Institution).order_by(Institution.name, Registration.id)
    )
    for found, owner in rows:
        click.echo(f"{found.id}  {owner.slug}  {found.name}  {found.issuer}  {found.client_id}  {found.state.value}")
        for one in found.deployments:
            whose = "" if one.institution_id == owner.id else f"  {slugs[one.institution_id]}"
            click.echo(f"    deployment {one.id}  {one.deployment_id}  {one.state.value}{whose}")


@platform.command("switch")
@click.argument("registration", type=int)
@click.argument("state", type=click.Choice(["on", "off"]))
def switch(registration: int, state: str) -> None:
    """Let the people of a platform (its number in the list) in, or keep them out."""
    with unit_of_work() as session:
        found = session.get(Registration, registration)
        if found is None:
            raise click.ClickException(f"There is no platform {registration}; see: lti-mentoring platform list")
        switch_registration(session, found.institution_id, found.id, on=state == "on", by=None, now=utcnow())
    click.echo(f"{found.name}: {state}")


@deployment.command("approve")
@click.argument("number", type=int)
def approve(number: int) -> None:
    """Let deployment NUMBER (as the platform list shows it) open Mentoring."""
    with unit_of_work() as session:
        found = session.get(Deployment, number)
        if found is None:
            raise click.ClickException(f"There is no deployment {number}; see: lti-mentoring platform list")
        decide_deployment(session, found.institution_id, found.id, approve=True, by=None, now=utcnow())
    click.echo(f"deployment {found.deployment_id}: approved")


@deployment.command("assign")
@click.argument("number", type=int)
@click.argument("institution")
def assign(number: int, institution: str) -> None:
    """Let deployment NUMBER open Mentoring for INSTITUTION, where several share one registration."""
    try:
        with unit_of_work() as session:
            if session.get(Deployment, number) is None:
                raise click.ClickException(f"There is no deployment {number}; see: lti-mentoring platform list")
            owner = institution_named(session, institution, now=utcnow())
            found = assign_deployment(session, number, owner.id, now=utcnow())
    except DeploymentInUse as failure:
        raise click.ClickException("Courses came in by it already; it stays where it is.") from failure
    click.echo(f"deployment {found.deployment_id}: approved for {owner.slug}")
