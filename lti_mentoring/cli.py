"""The command line: Flask's own group with our commands."""

from __future__ import annotations

import click
from flask.cli import FlaskGroup

from lti_mentoring.app import create_app
from lti_mentoring.commands import COMMANDS


@click.group(cls=FlaskGroup, create_app=create_app, add_default_commands=False, name="lti-mentoring")
def main() -> None:
    """Run and look after an installation of lti_mentoring."""


for command in COMMANDS:
    main.add_command(command)
