"""The LMS's one SQLite file: its tables, and how to read and write them.

A connection lives for one call. That costs a fraction of a millisecond and lets any number of threads and
processes share the file (write-ahead log, writers queue by BEGIN IMMEDIATE).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

from lti_mentoring.demo.people import CONTEXT_ID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 15.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS signing_key (
    number INTEGER PRIMARY KEY, private_pem TEXT NOT NULL, public_pem TEXT NOT NULL, made_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS tool (
    id INTEGER PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, deployment_id TEXT NOT NULL, name TEXT NOT NULL,
    login_url TEXT NOT NULL, target_link_uri TEXT NOT NULL, jwks_url TEXT NOT NULL, redirect_uris TEXT NOT NULL,
    scopes TEXT NOT NULL, claims TEXT NOT NULL, deep_linking_url TEXT NOT NULL, added_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS registration_token (
    token TEXT PRIMARY KEY, expires_at REAL NOT NULL, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS course (
    id TEXT PRIMARY KEY, label TEXT NOT NULL, title TEXT NOT NULL, origins TEXT NOT NULL, added_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS member (
    sub TEXT PRIMARY KEY, position INTEGER NOT NULL, status TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS link (
    id TEXT PRIMARY KEY, tool_id INTEGER NOT NULL REFERENCES tool (id), title TEXT NOT NULL, url TEXT NOT NULL,
    custom TEXT NOT NULL, added_at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS launch (
    hint TEXT PRIMARY KEY, sub TEXT NOT NULL, link_id TEXT NOT NULL, tool_id INTEGER NOT NULL, kind TEXT NOT NULL,
    target TEXT NOT NULL, document_target TEXT NOT NULL, locale TEXT NOT NULL, made_at REAL NOT NULL,
    used_at REAL);
CREATE TABLE IF NOT EXISTS picking (
    data TEXT PRIMARY KEY, tool_id INTEGER NOT NULL, sub TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS seen_once (
    kind TEXT NOT NULL, value TEXT NOT NULL, expires_at REAL NOT NULL, PRIMARY KEY (kind, value));
CREATE TABLE IF NOT EXISTS line_item (
    id INTEGER PRIMARY KEY AUTOINCREMENT, tool_id INTEGER NOT NULL, label TEXT NOT NULL,
    score_maximum REAL NOT NULL, resource_link_id TEXT NOT NULL, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS score (
    line_item_id INTEGER NOT NULL REFERENCES line_item (id) ON DELETE CASCADE, sub TEXT NOT NULL,
    given REAL, maximum REAL NOT NULL, comment TEXT NOT NULL, sent_at TEXT NOT NULL, sent_second INTEGER NOT NULL,
    changed_at REAL NOT NULL, PRIMARY KEY (line_item_id, sub));
CREATE TABLE IF NOT EXISTS activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL,
    status INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS fault (
    service TEXT PRIMARY KEY, kind TEXT NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS notice_handler (
    tool_id INTEGER NOT NULL REFERENCES tool (id), kind TEXT NOT NULL, url TEXT NOT NULL,
    PRIMARY KEY (tool_id, kind));
"""
IN_A_COURSE = f"TEXT NOT NULL DEFAULT '{CONTEXT_ID}'"
# What tables got since the first file was made: a file of any age is given what it lacks.
LATER = (
    ("tool", "custom", "TEXT NOT NULL DEFAULT '{}'"),
    ("link", "course_id", IN_A_COURSE),
    ("link", "origins", "TEXT NOT NULL DEFAULT '[]'"),
    ("launch", "course_id", IN_A_COURSE),
    ("picking", "course_id", IN_A_COURSE),
    ("line_item", "course_id", IN_A_COURSE),
)


class Store:
    """Reads and writes one file. Make it once per application."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        with closing(self._connect()) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} COMMIT")
        with self.writing() as connection:
            for table, column, kind in LATER:
                if column not in {row["name"] for row in connection.execute(f"PRAGMA table_info ({table})")}:
                    connection.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with closing(self._connect()) as connection:
            return connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        found = self.rows(sql, *values)
        return found[0] if found else None

    def number(self, sql: str, *values: object) -> int:
        """Return the first column of the first row of a query that counts."""
        return int(self.rows(sql, *values)[0][0])

    def run(self, sql: str, *values: object) -> int:
        """Run one statement that writes; return how many rows it touched."""
        with self.writing() as connection:
            return connection.execute(sql, values).rowcount

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Open one write transaction: everything or nothing."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
