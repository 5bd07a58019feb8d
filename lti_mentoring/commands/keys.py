"""``lti-mentoring keys``: our signing keys, and those that open what is stored sealed."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.lti.keys import KeyTooNew
from lti_mentoring.sealing import KeyFile
from lti_mentoring.services.credential_documents import reseal_documents
from lti_mentoring.services.keys import ensure_keys
from lti_mentoring.services.keys import rotate as rotate_keys
from lti_mentoring.services.resealing import note_new_key, reseal_all

keys = AppGroup("keys", help="The keys that Mentoring signs with, and those that open what it stores sealed.")


@keys.command("rotate")
@click.option("--leaked", is_flag=True, help="The active key leaked: drop it now, wait for nobody.")
def rotate(*, leaked: bool) -> None:
    """Let the next key sign from now on and publish a new next one."""
    try:
        with unit_of_work() as session:
            ring = rotate_keys(session, current_app.extensions["sealer"], now=utcnow(), at_once=leaked)
    except KeyTooNew as too_new:
        raise click.ClickException(
            "Platforms may not have seen the next key yet: it was published less than a day ago. "
            f"It may sign from {too_new.facts['usable_at']:%Y-%m-%d %H:%M} UTC on; "
            "if the active key leaked, use --leaked."
        ) from too_new
    for key in ring.keys:
        click.echo(f"{key.state.value:8} {key.kid}")


@keys.command("list")
def list_keys() -> None:
    """List the keys; the first two are made when there are none."""
    with unit_of_work() as session:
        ring = ensure_keys(session, current_app.extensions["sealer"], now=utcnow())
    for key in ring.keys:
        click.echo(f"{key.state.value:8} {key.kid}  {key.created_at:%Y-%m-%d}")


@keys.command("rotate-fields")
@click.option("--added", is_flag=True, help="The new key is the file's last line already, on every machine.")
def rotate_fields(*, added: bool) -> None:
    """Seal stored fields with a new key from now on, and what is stored already anew; nothing has to stop."""
    file = KeyFile(current_app.extensions["settings"].key_file)
    if not added:
        try:
            file.add()
        except OSError as refused:
            raise click.ClickException(
                f"{file.path} cannot be written ({refused.strerror}). Add a line to it by hand, as "
                "docs/install/production.md says, and run this again with --added."
            ) from refused
    sealer = current_app.extensions["sealer"]
    with unit_of_work() as session:
        note_new_key(session, sealer.active, now=utcnow())
    fields = reseal_all(unit_of_work, sealer)
    documents = reseal_documents(unit_of_work, sealer, current_app.extensions["files"])
    click.echo(f"{fields.done + documents.done} sealed anew with the key {sealer.active}")
    if lost := fields.lost + documents.lost:
        raise click.ClickException(
            f"{lost} could not be opened: a line of {file.path} is missing, or they were altered."
        )
