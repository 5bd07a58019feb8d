"""What those who look after an installation ask: alive, able to serve, and numbers for Prometheus."""

from __future__ import annotations

import hmac
import logging
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, jsonify, request
from kombu.exceptions import OperationalError
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sqlalchemy.exc import SQLAlchemyError

from lti_mentoring.blueprints._access import PUBLIC, requires
from lti_mentoring.blueprints._measures import measures
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.errors import NotFound
from lti_mentoring.on_duty import is_anybody_on_duty
from lti_mentoring.queries.health import is_at_head, waiting_work
from lti_mentoring.queries.lanes import troubled_lanes
from lti_mentoring.settings import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from celery import Celery
    from flask.typing import ResponseReturnValue

    from lti_mentoring.queries.lanes import LaneView
    from lti_mentoring.settings import Settings

bp = Blueprint("health", __name__)
log = logging.getLogger("lti_mentoring.health")

BROKER_SECONDS = 2


@bp.get("/healthz")
@requires(PUBLIC)
def alive() -> ResponseReturnValue:
    """Say that the process answers."""
    return jsonify(status="alive")


@bp.get("/readyz")
@requires(PUBLIC)
def ready() -> ResponseReturnValue:
    """Say whether everything is there that the tool needs; 503 names the part that is not."""
    parts = {"database": database_state(), "broker": broker_state()}
    settings: Settings = current_app.extensions["settings"]
    if settings.has_file_broker:  # workers elsewhere come and go, and no page is to be closed for that
        parts["worker"] = worker_state(settings)
    good = all(state == "ok" for state in parts.values())
    return jsonify(status="ready" if good else "not ready", **parts), 200 if good else 503


@bp.get("/metrics")
@requires(PUBLIC)
def metrics() -> ResponseReturnValue:
    """Give Prometheus its numbers, to this machine or to who holds the token."""
    if not _may_read_metrics():
        raise NotFound
    found, now = measures().registry, utcnow()
    waiting = b"".join(
        generate_latest(_Waiting(name, count)) for name, count in waiting_work(db.session(), now=now).items()
    )
    troubled = generate_latest(_Troubled(troubled_lanes(db.session(), now=now)))
    return Response(generate_latest(found) + waiting + troubled, content_type=CONTENT_TYPE_LATEST)


def database_state() -> str:
    """Return "ok", or what is wrong with the database."""
    try:
        at_head = is_at_head(db.session(), current_app.config["MIGRATIONS_DIR"])
    except SQLAlchemyError:
        log.warning("database away", exc_info=True)
        db.session.rollback()
        return "away"
    return "ok" if at_head else "needs upgrade"


def broker_state() -> str:
    """Return "ok", or "away" when no wake-up can be sent to the workers."""
    celery: Celery = current_app.extensions["celery"]
    try:
        with celery.connection_for_write(connect_timeout=BROKER_SECONDS) as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError) as down:
        log.warning("broker away", extra={"error": type(down).__name__})
        return "away"
    return "ok"


def worker_state(settings: Settings) -> str:
    """Return "ok", or "away" when nobody on this machine takes messages."""
    return "ok" if is_anybody_on_duty(settings.duty_folder) else "away"


class _Waiting:
    """One gauge made for one answer."""

    def __init__(self, name: str, count: int) -> None:
        self._name, self._count = name, count

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauge."""
        yield GaugeMetricFamily(f"mentoring_waiting_{self._name}", "Rows that wait for a worker.", value=self._count)


class _Troubled:
    """The platforms that are not called freely at present; one that is well has no line."""

    def __init__(self, lanes: Mapping[int, LaneView]) -> None:
        self._lanes = lanes

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the failures in a row of each, by registration and state."""
        gauge = GaugeMetricFamily(
            "mentoring_platform_failures",
            "Calls in a row that came to nothing, of platforms that rest or asked us to wait.",
            labels=["registration", "state"],
        )
        for registration_id, lane in self._lanes.items():
            gauge.add_metric([str(registration_id), lane.state.value], lane.failures)
        yield gauge


def _may_read_metrics() -> bool:
    settings: Settings = current_app.extensions["settings"]
    sent = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if settings.metrics_token and hmac.compare_digest(sent.encode(), settings.metrics_token.encode()):
        return True
    # A proxy on this machine speaks for the whole world.
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return request.remote_addr in LOOPBACK and not forwarded
