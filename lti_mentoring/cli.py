"""The command line: Flask's own group with our commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from flask.cli import FlaskGroup
from sqlalchemy.exc import OperationalError, ProgrammingError

from lti_mentoring.app import create_app
from lti_mentoring.commands import COMMANDS
from lti_mentoring.plugins import PluginBroken
from lti_mentoring.sealing import KeyFileUnreadable
from lti_mentoring.settings import SettingsError

if TYPE_CHECKING:
    from flask import Flask


def load_app() -> Flask:
    """Build the application; say in plain words why it may not start."""
    try:
        return create_app()
    except (SettingsError, PluginBroken, KeyFileUnreadable) as broken:
        raise click.ClickException(str(broken)) from broken


class MentoringGroup(FlaskGroup):
    """Flask's group, with plain words for a database that is away or too old."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (OperationalError, ProgrammingError) as broken:
            raise click.ClickException(
                "The database does not answer, or is not at this version. "
                "See lti-mentoring doctor; lti-mentoring db upgrade brings it there."
            ) from broken


@click.group(cls=MentoringGroup, create_app=load_app, add_default_commands=False, name="lti-mentoring")
def main() -> None:
    """Run and look after an installation of lti_mentoring."""


for command in COMMANDS:
    main.add_command(command)
