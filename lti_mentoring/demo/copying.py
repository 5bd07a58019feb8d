"""Copy a course as an LMS does for the next term: its links and columns come along, under ids of their own.

A link keeps its custom values, a column its fields; grades stay behind, and so do the groups (Moodle's backup without
users, Canvas's course copy). Each copy remembers what it is a copy of: tools may ask for that history.
"""

from __future__ import annotations

import json
import secrets
import time
from typing import TYPE_CHECKING

from lti_mentoring.demo.course import Course

if TYPE_CHECKING:
    import sqlite3

    from lti_mentoring.demo.store import Store


def copy_course(store: Store, source: Course, title: str) -> Course:
    """Copy a course whole, or not at all; return the copy."""
    copy = Course(f"course-{secrets.token_hex(4)}", source.label, title, (source.id, *source.origins))
    with store.writing() as connection:
        connection.execute(
            "INSERT INTO course VALUES (?, ?, ?, ?, ?)",
            (copy.id, copy.label, copy.title, json.dumps(copy.origins), time.time()),
        )
        new_ids = _copy_links(connection, source, copy)
        for column in _rows(connection, "SELECT * FROM line_item WHERE course_id = ? ORDER BY id", source):
            connection.execute(
                "INSERT INTO line_item (tool_id, label, score_maximum, resource_link_id, body, course_id)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (column["tool_id"], column["label"], column["score_maximum"],
                 new_ids.get(column["resource_link_id"], ""), column["body"], copy.id),
            )  # fmt: skip
    return copy


def _copy_links(connection: sqlite3.Connection, source: Course, copy: Course) -> dict[str, str]:
    """Copy the links of a course in their order; return the new id of each."""
    new_ids = {}
    for link in _rows(connection, "SELECT * FROM link WHERE course_id = ?", source):
        new_ids[link["id"]] = f"link-{secrets.token_hex(6)}"
        connection.execute(
            "INSERT INTO link (id, tool_id, title, url, custom, added_at, course_id, origins)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (new_ids[link["id"]], link["tool_id"], link["title"], link["url"], link["custom"], link["added_at"],
             copy.id, json.dumps([link["id"], *json.loads(link["origins"])])),
        )  # fmt: skip
    return new_ids


def _rows(connection: sqlite3.Connection, sql: str, course: Course) -> list[sqlite3.Row]:
    return connection.execute(sql, (course.id,)).fetchall()
