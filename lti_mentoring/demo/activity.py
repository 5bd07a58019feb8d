"""What the tools asked of the LMS lately and what it told them, and the faults that a person may switch on."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lti_mentoring.demo.store import Store

KEPT = 500
SHOWN = 100


class Fault(StrEnum):
    """How a service behaves. LOST does what it is asked and then answers with an error."""

    OK = "ok"
    DOWN = "down"
    SLOW = "slow"
    HTML = "html"
    LOST = "lost"


class Service(StrEnum):
    """The services that can be given a fault, one by one."""

    TOKEN = "token"  # noqa: S105 -- a service's name
    ROSTER = "roster"
    GRADES = "grades"
    GROUPS = "groups"
    NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a tool, or one notice to it: ``at`` in seconds since 1970, ``what`` a word for the page.

    ``status`` is 0 for a notice that nobody answered.
    """

    at: float
    what: str
    detail: str
    status: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Setting:
    """A service's fault; ``seconds`` is how long a slow one waits."""

    kind: Fault = Fault.OK
    seconds: float = 0.0


def record_call(store: Store, call: Call) -> None:
    """Write down one request, and forget the oldest."""
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO activity (at, what, detail, status, seconds) VALUES (?, ?, ?, ?, ?)",
            (call.at, call.what, call.detail, call.status, call.seconds),
        )
        connection.execute("DELETE FROM activity WHERE id <= (SELECT max(id) FROM activity) - ?", (KEPT,))


def recent_calls(store: Store) -> list[Call]:
    """Return the last requests, the newest first."""
    found = store.rows("SELECT at, what, detail, status, seconds FROM activity ORDER BY id DESC LIMIT ?", SHOWN)
    return [Call(**row) for row in found]


def fault(store: Store, service: Service) -> Setting:
    """Return how a service behaves now."""
    row = store.row("SELECT kind, seconds FROM fault WHERE service = ?", service)
    return Setting(Fault(row["kind"]), row["seconds"]) if row else Setting()


def set_fault(store: Store, service: Service, setting: Setting) -> None:
    """Give a service a fault, or take it away."""
    store.run("INSERT OR REPLACE INTO fault VALUES (?, ?, ?)", service, setting.kind, setting.seconds)


def first_opened(store: Store, subs: tuple[str, ...]) -> float | None:
    """Return when the first of these people opened the tool (seconds since 1970), None when none has."""
    rows = store.rows("SELECT sub, min(used_at) AS at FROM launch WHERE used_at IS NOT NULL GROUP BY sub")
    return min((row["at"] for row in rows if row["sub"] in subs), default=None)


def was_opened(store: Store, link_id: str) -> bool:
    """Tell whether anybody has opened a link."""
    return store.number("SELECT count(*) FROM launch WHERE used_at IS NOT NULL AND link_id = ?", link_id) > 0


def now() -> float:
    """Return the LMS's clock, in seconds since 1970."""
    return time.time()
