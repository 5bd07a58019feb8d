"""The course: who is in it, which links stand in it, and the launches that are under way."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.demo.people import BY_SUB, PEOPLE, RESOURCE_LINK_ID, RESOURCE_LINK_TITLE, Person
from lti_mentoring.demo.tools import Tool, save_tool, seeded_tool

if TYPE_CHECKING:
    import sqlite3

    from lti_mentoring.demo.config import DemoConfig
    from lti_mentoring.demo.store import Store

LAUNCH_SECONDS = 600


class Status(StrEnum):
    """Whether somebody is in the course; LEFT people are not in the roster at all."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
    LEFT = "Left"


class Kind(StrEnum):
    """What a launch asks for."""

    RESOURCE = "LtiResourceLinkRequest"
    PICKING = "LtiDeepLinkingRequest"
    REVIEW = "LtiSubmissionReviewRequest"


@dataclass(frozen=True, slots=True)
class Member:
    """A person in the course."""

    person: Person
    status: Status


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a tool on the course page. ``url`` is the launch's target; ``custom`` goes with each launch."""

    id: str
    tool_id: int
    title: str
    url: str
    custom: dict[str, str]


@dataclass(frozen=True, slots=True)
class Launch:
    """One launch under way: who, from where, how it is shown."""

    hint: str
    sub: str
    link_id: str
    tool_id: int
    kind: Kind
    target: str
    document_target: str
    locale: str


def seed_course(store: Store, config: DemoConfig) -> Tool:
    """Fill an empty course: its members, the registered tool and one link to it. Running it again changes nothing."""
    tool = save_tool(store, seeded_tool(config))
    with store.writing() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO member VALUES (?, ?, ?)",
            [(person.sub, place, Status.ACTIVE) for place, person in enumerate(PEOPLE) if person.enrolled],
        )
        connection.execute(
            "INSERT OR IGNORE INTO link VALUES (?, ?, ?, ?, '{}', ?)",
            (RESOURCE_LINK_ID, tool.id, RESOURCE_LINK_TITLE, config.launch_url, time.time()),
        )
        # A demonstration that moved to another port takes its link along.
        connection.execute("UPDATE link SET url = ? WHERE id = ?", (config.launch_url, RESOURCE_LINK_ID))
    return tool


def members(store: Store) -> list[Member]:
    """Return everybody who ever was in the course, whatever the status, in the order of the cast."""
    found = store.rows("SELECT sub, status FROM member ORDER BY position")
    return [Member(BY_SUB[row["sub"]], Status(row["status"])) for row in found]


def member_status(store: Store, sub: str) -> Status | None:
    """Return somebody's status in the course, None for one who never was in it."""
    row = store.row("SELECT status FROM member WHERE sub = ?", sub)
    return Status(row["status"]) if row else None


def set_status(store: Store, sub: str, status: Status) -> bool:
    """Change somebody's status; False for a stranger."""
    return store.run("UPDATE member SET status = ? WHERE sub = ?", status, sub) == 1


def links(store: Store) -> list[Link]:
    """Return the links of the course page, in the order in which they were placed."""
    return [_link(row) for row in store.rows("SELECT * FROM link ORDER BY added_at, id")]


def link_by_id(store: Store, link_id: str) -> Link | None:
    """Return one link."""
    row = store.row("SELECT * FROM link WHERE id = ?", link_id)
    return _link(row) if row else None


def add_link(store: Store, tool: Tool, title: str, url: str, custom: dict[str, str]) -> Link:
    """Place a link on the course page."""
    link = Link(f"link-{secrets.token_hex(6)}", tool.id, title, url, custom)
    store.run(
        "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?)", link.id, tool.id, title, url, json.dumps(custom), time.time()
    )
    return link


def begin_launch(store: Store, launch: Launch) -> Launch:
    """Remember a launch until the tool asks for its message; the hint names it."""
    store.run(
        "INSERT INTO launch VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        launch.hint, launch.sub, launch.link_id, launch.tool_id, launch.kind, launch.target, launch.document_target,
        launch.locale, time.time(),
    )  # fmt: skip
    return launch


def take_launch(store: Store, hint: str) -> Launch | None:
    """Use up a launch; None when it is unknown, too old or used (as Moodle's mod/lti/auth.php does)."""
    now = time.time()
    with store.writing() as connection:
        row = connection.execute(
            "UPDATE launch SET used_at = ? WHERE hint = ? AND used_at IS NULL AND made_at > ? RETURNING *",
            (now, hint, now - LAUNCH_SECONDS),
        ).fetchone()
    if row is None:
        return None
    value = {name: row[name] for name in Launch.__slots__}
    return Launch(**{**value, "kind": Kind(row["kind"])})


def begin_picking(store: Store, tool_id: int, sub: str) -> str:
    """Remember that somebody goes to choose content; return the data that must come back."""
    data = secrets.token_urlsafe(24)
    store.run("INSERT INTO picking VALUES (?, ?, ?, 0)", data, tool_id, sub)
    return data


def finish_picking(store: Store, data: str, tool_id: int) -> str | None:
    """Use up the data of a choice; return who chose, None when it was not asked for or came twice."""
    with store.writing() as connection:
        row = connection.execute(
            "UPDATE picking SET used = 1 WHERE data = ? AND tool_id = ? AND used = 0 RETURNING sub", (data, tool_id)
        ).fetchone()
    return str(row["sub"]) if row else None


def _link(row: sqlite3.Row) -> Link:
    return Link(row["id"], row["tool_id"], row["title"], row["url"], json.loads(row["custom"]))
