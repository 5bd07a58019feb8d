"""The commands of ``lti-mentoring``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_migrate.cli import db

from lti_mentoring.commands.account import account
from lti_mentoring.commands.demo import demo
from lti_mentoring.commands.doctor import doctor
from lti_mentoring.commands.institution import administrator, institution
from lti_mentoring.commands.keys import keys
from lti_mentoring.commands.platform import deployment, platform
from lti_mentoring.commands.serving import run, worker

if TYPE_CHECKING:
    import click

COMMANDS: tuple[click.Command, ...] = (
    account,
    administrator,
    db,
    demo,
    deployment,
    doctor,
    institution,
    keys,
    platform,
    run,
    worker,
)
