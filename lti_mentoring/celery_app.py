"""Celery as this tool uses it: a wake-up. The truth is in rows; tasks may run twice or never."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from celery import Celery, Task
from celery.signals import setup_logging

from lti_mentoring.tasks.schedule import BEAT

if TYPE_CHECKING:
    from flask import Flask

    from lti_mentoring.settings import Settings

TASK_MODULES = (
    "lti_mentoring.tasks.grades",
    "lti_mentoring.tasks.mail",
    "lti_mentoring.tasks.mailed_links",
    "lti_mentoring.tasks.jobs",
    "lti_mentoring.tasks.keys",
    "lti_mentoring.tasks.notices",
    "lti_mentoring.tasks.requests",
    "lti_mentoring.tasks.upkeep",
)


def make_celery(app: Flask, settings: Settings) -> Celery[Any]:
    """Return the Celery application bound to ``app``: each task runs inside its context."""

    class ContextTask(Task):  # type: ignore[type-arg]  # celery-types: Task takes no parameters at run time
        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            with app.app_context():
                return self.run(*args, **kwargs)

    celery: Celery[Any] = Celery(app.name, task_cls=ContextTask, include=TASK_MODULES)
    celery.config_from_object(configuration(settings))
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


@setup_logging.connect
def keep_logging(**_: object) -> None:
    """Keep Celery from adding its own handlers: our lines are JSON already, and would come out twice."""


def configuration(settings: Settings) -> dict[str, Any]:
    """Return Celery's options; each says why."""
    options: dict[str, Any] = {
        "broker_url": settings.broker_url,
        "task_default_queue": settings.queue,
        "task_ignore_result": True,  # results are rows of ours
        "task_acks_late": True,  # a killed worker's message comes back where the broker can do so
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,  # a long job must not hold short ones back
        "broker_connection_retry_on_startup": True,
        "broker_connection_timeout": 1,  # a web page waits at most this long for a broker that is down
        "task_publish_retry": False,
        "task_soft_time_limit": 120,
        "task_time_limit": 240,
        "timezone": "UTC",
        "beat_schedule": BEAT,
        "beat_schedule_filename": str(settings.data_dir / "beat"),
    }
    if settings.has_file_broker:
        queue = settings.data_dir / "queue"
        for folder in ("messages", "control"):
            (queue / folder).mkdir(parents=True, exist_ok=True, mode=0o700)
        options["broker_transport"] = "lti_mentoring.file_broker:Transport"
        options["broker_transport_options"] = {
            "data_folder_in": str(queue / "messages"),
            "data_folder_out": str(queue / "messages"),
            "control_folder": str(queue / "control"),
            "polling_interval": 0.02,  # kombu waits as long for each task that is done, and by default a second
        }
    return options
