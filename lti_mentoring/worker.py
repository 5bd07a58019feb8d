"""The Celery application: ``celery -A lti_mentoring.worker worker``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from celery.signals import worker_ready

from lti_mentoring.app import create_app
from lti_mentoring.on_duty import go_on_duty

if TYPE_CHECKING:
    from celery import Celery

    from lti_mentoring.settings import Settings

tool = create_app()
celery: Celery = tool.extensions["celery"]


@worker_ready.connect
def say_so(**_: object) -> None:
    """Let the web process of this machine see that messages are taken from now on."""
    settings: Settings = tool.extensions["settings"]
    if settings.has_file_broker:
        tool.extensions["on_duty"] = go_on_duty(settings.duty_folder)  # held open until the process ends
