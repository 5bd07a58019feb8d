"""The gradebook: columns (line items) and the last score of each student, kept by Moodle's rules.

Moodle compares timestamps by whole seconds and refuses an equal or earlier one with 409, and it empties the grade
for any grading progress but FullyGraded (mod/lti/service/gradebookservices/classes/local/resources/scores.php).
A demonstration that is kinder than that would hide a tool's faults.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lti_mentoring.demo.people import CONTEXT_ID

if TYPE_CHECKING:
    import sqlite3

    from lti_mentoring.demo.store import Store

FULLY_GRADED = "FullyGraded"
# What a tool may set besides label, maximum and resource link, which have columns of their own.
OPTIONAL = ("resourceId", "tag", "startDateTime", "endDateTime", "gradesReleased", "submissionReview")


class ScoreIsOld(Exception):
    """A score with the same or a later second was taken before."""


@dataclass(frozen=True, slots=True)
class LineItem:
    """A column. ``body`` holds the optional fields as the tool sent them."""

    id: int
    tool_id: int
    label: str
    score_maximum: float
    resource_link_id: str
    body: dict[str, Any]
    course_id: str = CONTEXT_ID

    def message(self, address: str) -> dict[str, Any]:
        """Return the line item as the service sends it; ``address`` is its URL."""
        shown = {"id": address, "label": self.label, "scoreMaximum": self.score_maximum, **self.body}
        return shown | ({"resourceLinkId": self.resource_link_id} if self.resource_link_id else {})


@dataclass(frozen=True, slots=True)
class Score:
    """The last score of one student in one column. ``given`` is None when the grade is empty.

    ``given`` and ``maximum`` are as the tool sent them; ``changed_at`` is seconds since 1970, by the LMS's clock.
    """

    line_item_id: int
    sub: str
    given: float | None
    maximum: float
    comment: str
    sent_at: str
    changed_at: float


@dataclass(frozen=True, slots=True)
class Filters:
    """Which line items are asked for; an empty text asks for all."""

    resource_link_id: str = ""
    resource_id: str = ""
    tag: str = ""

    def match(self, item: LineItem) -> bool:
        """Say whether ``item`` is asked for."""
        wanted = (
            (self.resource_link_id, item.resource_link_id),
            (self.resource_id, item.body.get("resourceId", "")),
            (self.tag, item.body.get("tag", "")),
        )
        return all(not asked or asked == has for asked, has in wanted)


def line_items(
    store: Store, tool_id: int | None = None, filters: Filters | None = None, course_id: str = CONTEXT_ID
) -> list[LineItem]:
    """Return the columns of a course, the oldest first: all, or one tool's."""
    rows = store.rows("SELECT * FROM line_item WHERE course_id = ? ORDER BY id", course_id)
    found = [_line_item(row) for row in rows]
    return [item for item in found if tool_id in {None, item.tool_id} and (filters is None or filters.match(item))]


def line_item(store: Store, number: int, tool_id: int) -> LineItem | None:
    """Return one column of a tool; another tool's is not there for it."""
    row = store.row("SELECT * FROM line_item WHERE id = ? AND tool_id = ?", number, tool_id)
    return _line_item(row) if row else None


def add_line_item(store: Store, tool_id: int, sent: dict[str, Any], course_id: str = CONTEXT_ID) -> LineItem:
    """Make a column from what a tool sent, checked before."""
    with store.writing() as connection:
        row = connection.execute(
            "INSERT INTO line_item (tool_id, label, score_maximum, resource_link_id, body, course_id)"
            " VALUES (?, ?, ?, ?, ?, ?) RETURNING *",
            (tool_id, sent["label"], sent["scoreMaximum"], sent.get("resourceLinkId") or "", _body(sent), course_id),
        ).fetchone()
    return _line_item(row)


def change_line_item(store: Store, item: LineItem, sent: dict[str, Any]) -> LineItem:
    """Replace a column's fields by what was sent (a PUT sends all of them); its link never changes."""
    with store.writing() as connection:
        row = connection.execute(
            "UPDATE line_item SET label = ?, score_maximum = ?, body = ? WHERE id = ? RETURNING *",
            (sent["label"], sent["scoreMaximum"], _body(sent), item.id),
        ).fetchone()
    return _line_item(row)


def remove_line_item(store: Store, item: LineItem) -> None:
    """Remove a column with its grades."""
    store.run("DELETE FROM line_item WHERE id = ?", item.id)


def record_score(store: Store, item: LineItem, sent: dict[str, Any]) -> None:
    """Take a score, checked before; raise ScoreIsOld where its second is not later than the last one's."""
    second = int(datetime.fromisoformat(sent["timestamp"]).timestamp())
    given = sent.get("scoreGiven") if sent["gradingProgress"] == FULLY_GRADED else None
    with store.writing() as connection:
        taken = connection.execute(
            "INSERT INTO score VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (line_item_id, sub) DO UPDATE SET"
            " given = excluded.given, maximum = excluded.maximum, comment = excluded.comment,"
            " sent_at = excluded.sent_at, sent_second = excluded.sent_second, changed_at = excluded.changed_at"
            " WHERE score.sent_second < excluded.sent_second",
            (item.id, sent["userId"], given, sent.get("scoreMaximum", 1), sent.get("comment") or "",
             sent["timestamp"], second, time.time()),
        )  # fmt: skip
        if taken.rowcount != 1:
            raise ScoreIsOld


def scores(store: Store, item_id: int | None = None) -> list[Score]:
    """Return the scores of one column, or of all, in the order of the students' ids."""
    found = store.rows("SELECT * FROM score WHERE line_item_id = coalesce(?, line_item_id) ORDER BY sub", item_id)
    return [Score(**{name: row[name] for name in Score.__slots__}) for row in found]


def _line_item(row: sqlite3.Row) -> LineItem:
    value = {name: row[name] for name in LineItem.__slots__}
    return LineItem(**{**value, "body": json.loads(row["body"])})


def _body(sent: dict[str, Any]) -> str:
    return json.dumps({name: sent[name] for name in OPTIONAL if sent.get(name) is not None})
