"""The courses: who is in them, which links stand in each, and the launches that are under way."""

from __future__ import annotations

import json
import secrets
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from lti_mentoring.demo.people import (
    BY_SUB,
    CONTEXT_ID,
    CONTEXT_LABEL,
    CONTEXT_TITLE,
    PEOPLE,
    RESEARCH_ID,
    RESEARCH_LABEL,
    RESEARCH_LINK_ID,
    RESEARCH_TITLE,
    RESEARCHERS,
    RESOURCE_LINK_ID,
    RESOURCE_LINK_TITLE,
    Part,
    Person,
)
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
class Course:
    """A course. ``origins`` are the ids of the courses that it was copied from, the nearest first."""

    id: str
    label: str
    title: str
    origins: tuple[str, ...] = ()

    def has(self, person: Person) -> bool:
        """Whether somebody is in the course: of the students not all are in the second one, or in a copy of it."""
        is_second = RESEARCH_ID in (self.id, *self.origins)
        return person.part is not Part.STUDENT or not is_second or person.sub in RESEARCHERS


@dataclass(frozen=True, slots=True)
class Member:
    """A person who is known to the LMS."""

    person: Person
    status: Status


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a tool on a course page. ``url`` is the launch's target; ``custom`` goes with each launch.

    ``origins`` are the ids of the links that it was copied from, the nearest first.
    """

    id: str
    tool_id: int
    title: str
    url: str
    custom: dict[str, str]
    course_id: str = CONTEXT_ID
    origins: tuple[str, ...] = ()


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
    course_id: str = CONTEXT_ID


def seed_course(store: Store, config: DemoConfig) -> Tool:
    """Fill an empty LMS: the people, the registered tool, two courses and a link to the tool in each.

    Running it again changes nothing.
    """
    tool = save_tool(store, seeded_tool(config))
    with store.writing() as connection:
        connection.executemany(
            "INSERT OR IGNORE INTO member VALUES (?, ?, ?)",
            [(person.sub, place, Status.ACTIVE) for place, person in enumerate(PEOPLE) if person.enrolled],
        )
        began = time.time()
        connection.executemany(
            "INSERT OR IGNORE INTO course VALUES (?, ?, ?, '[]', ?)",
            [
                (CONTEXT_ID, CONTEXT_LABEL, CONTEXT_TITLE, began),
                (RESEARCH_ID, RESEARCH_LABEL, RESEARCH_TITLE, began + 0.001),  # the first one is shown first
            ],
        )
        connection.executemany(
            "INSERT OR IGNORE INTO link (id, tool_id, title, url, custom, course_id, added_at)"
            " VALUES (?, ?, ?, ?, '{}', ?, ?)",
            [
                (number, tool.id, RESOURCE_LINK_TITLE, config.launch_url, course, began)
                for number, course in ((RESOURCE_LINK_ID, CONTEXT_ID), (RESEARCH_LINK_ID, RESEARCH_ID))
            ],
        )
        # A demonstration that moved to another port takes its links along.
        connection.execute("UPDATE link SET url = ? WHERE tool_id = ?", (config.launch_url, tool.id))
    return tool


def courses(store: Store) -> list[Course]:
    """Return all courses, the first one first."""
    return [_course(row) for row in store.rows("SELECT * FROM course ORDER BY added_at, id")]


def course_by_id(store: Store, course_id: str) -> Course | None:
    """Return one course."""
    row = store.row("SELECT * FROM course WHERE id = ?", course_id)
    return _course(row) if row else None


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


def links(store: Store, course_id: str = CONTEXT_ID) -> list[Link]:
    """Return the links of a course page, in the order in which they were placed."""
    found = store.rows("SELECT * FROM link WHERE course_id = ? ORDER BY added_at, id", course_id)
    return [_link(row) for row in found]


def link_by_id(store: Store, link_id: str) -> Link | None:
    """Return one link."""
    row = store.row("SELECT * FROM link WHERE id = ?", link_id)
    return _link(row) if row else None


def add_link(
    store: Store, tool: Tool, title: str, url: str, custom: dict[str, str], course_id: str = CONTEXT_ID
) -> Link:
    """Place a link on a course page."""
    link = Link(f"link-{secrets.token_hex(6)}", tool.id, title, url, custom, course_id)
    store.run(
        "INSERT INTO link (id, tool_id, title, url, custom, course_id, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
        link.id, tool.id, title, url, json.dumps(custom), course_id, time.time(),
    )  # fmt: skip
    return link


def begin_launch(store: Store, launch: Launch) -> Launch:
    """Remember a launch until the tool asks for its message; the hint names it."""
    store.run(
        "INSERT INTO launch (hint, sub, link_id, tool_id, kind, target, document_target, locale, course_id, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        launch.hint, launch.sub, launch.link_id, launch.tool_id, launch.kind, launch.target, launch.document_target,
        launch.locale, launch.course_id, time.time(),
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


def begin_picking(store: Store, tool_id: int, sub: str, course_id: str = CONTEXT_ID) -> str:
    """Remember that somebody goes to choose content for a course; return the data that must come back."""
    data = secrets.token_urlsafe(24)
    store.run("INSERT INTO picking (data, tool_id, sub, course_id) VALUES (?, ?, ?, ?)", data, tool_id, sub, course_id)
    return data


def finish_picking(store: Store, data: str, tool_id: int) -> tuple[str, str] | None:
    """Use up the data of a choice; return who chose for which course, None when it was not asked for or came twice."""
    with store.writing() as connection:
        row = connection.execute(
            "UPDATE picking SET used = 1 WHERE data = ? AND tool_id = ? AND used = 0 RETURNING sub, course_id",
            (data, tool_id),
        ).fetchone()
    return (row["sub"], row["course_id"]) if row else None


def _course(row: sqlite3.Row) -> Course:
    return Course(row["id"], row["label"], row["title"], tuple(json.loads(row["origins"])))


def _link(row: sqlite3.Row) -> Link:
    value = {name: row[name] for name in Link.__slots__}
    return Link(**{**value, "custom": json.loads(row["custom"]), "origins": tuple(json.loads(row["origins"]))})
