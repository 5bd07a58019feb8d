"""What Prometheus may ask: launches by outcome, requests by endpoint; this process only, and no person in any."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from flask import current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram

if TYPE_CHECKING:
    from flask import Flask, Request
    from werkzeug.wrappers import Response

EXTENSION = "measures"


@dataclass(frozen=True, slots=True)
class Measures:
    """The counters of one application."""

    registry: CollectorRegistry
    launches: Counter
    requests: Histogram
    children: dict[tuple[str, str, int], Histogram]
    """By endpoint, method and status: looked up once, not at each request."""

    @classmethod
    def fresh(cls) -> Measures:
        """Make counters at zero."""
        registry = CollectorRegistry(auto_describe=True)
        return cls(
            registry,
            Counter("mentoring_launches", "Logins and launches by outcome.", ["outcome"], registry=registry),
            Histogram(
                "mentoring_request_seconds", "Time to answer.", ["endpoint", "method", "status"], registry=registry
            ),
            {},
        )

    def timing(self, endpoint: str, method: str, status: int) -> Histogram:
        """Return what the answers of this kind are counted in."""
        child = self.children.get((endpoint, method, status))
        if child is None:
            child = self.requests.labels(endpoint, method, str(status))
            self.children[endpoint, method, status] = child
        return child


def measures() -> Measures:
    """Return this application's counters."""
    found: Measures = current_app.extensions[EXTENSION]
    return found


def count_launch(outcome: str) -> None:
    """Count one login or launch; ``outcome`` is ``seated`` or the code of the refusal."""
    measures().launches.labels(outcome).inc()


def init_app(app: Flask) -> None:
    """Count and time every request."""
    app.extensions[EXTENSION] = Measures.fresh()
    app.before_request(_start)
    app.after_request(_finish)


def _start() -> None:
    g.started_at = perf_counter()


def _finish(response: Response) -> Response:
    started_at = g.get("started_at")
    if started_at is not None:  # a request that failed before the first hook has no start
        asked: Request = request._get_current_object()  # type: ignore[attr-defined]  # one look instead of two
        timing = measures().timing(asked.endpoint or "", asked.method, response.status_code)
        timing.observe(perf_counter() - started_at)
    return response
