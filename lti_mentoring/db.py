"""The database: one declarative base, one unit of work, and what is told to the world after a commit.

On SQLite write units begin with BEGIN IMMEDIATE (SQLAlchemy's default deferred begin would fail with
SQLITE_BUSY_SNAPSHOT when a reader turns writer, which no busy timeout cures: https://sqlite.org/isolation.html).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from flask import current_app
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData, event, func, select
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.engine import Connection, CursorResult, Engine, Result
    from sqlalchemy.pool import ConnectionPoolEntry

    from lti_mentoring.domain.events import Event

BUSY_TIMEOUT_MS = 15_000
RESTED = 5.0
"""Seconds."""
RESTING_SINCE = "resting_since"
ANNOUNCED = "announced"


class Base(DeclarativeBase):
    """Every table; the naming convention lets migrations name constraints on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})
migrate = Migrate()


def init_app(app: Flask) -> None:
    """Bind the database and the migrations to ``app``."""
    db.init_app(app)
    migrate.init_app(app, db, directory=app.config["MIGRATIONS_DIR"], render_as_batch=True)
    with app.app_context():
        prepare_engine(db.engine)


def prepare_engine(engine: Engine) -> None:
    """Make connections honest: SQLite in its transactions, PostgreSQL about being still there."""
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine)
    else:
        _check_rested_connections(engine)


def _check_rested_connections(engine: Engine) -> None:
    """Ask a connection whether it lives, but only one that has rested: asking each time costs a tenth of a launch."""

    @event.listens_for(engine, "checkin")
    def rest(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[RESTING_SINCE] = monotonic()

    @event.listens_for(engine, "checkout")
    def wake(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
        if monotonic() - record.info.get(RESTING_SINCE, monotonic()) < RESTED:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as lost:
            raise DisconnectionError from lost


def _prepare_sqlite(engine: Engine) -> None:
    """Give SQLite write-ahead logging, foreign keys, patience, small letters, and transactions that begin by us."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, below
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
            connection.execute(f"PRAGMA {pragma}")
        # SQLite's own knows ASCII only (https://sqlite.org/lang_corefunc.html#lower), and names are of every script.
        connection.create_function("lower", 1, _lower, deterministic=True)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")


def _lower(text: str | None) -> str | None:
    return text and text.lower()


def rows_changed(result: Result[Any]) -> int:
    """Return how many rows an UPDATE or an INSERT changed: of its result SQLAlchemy's types say only that it is one."""
    return cast("CursorResult[Any]", result).rowcount


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Save everything or nothing, then tell the rest of the system. Only the edge opens one."""
    session = db.session()
    if session.in_transaction():  # a read before: its snapshot must not become a write transaction
        session.rollback()
    begin_writing(session)
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        session.info.pop(ANNOUNCED, None)
        raise
    react: Callable[[Event], None] = current_app.extensions["react"]
    for happened in session.info.pop(ANNOUNCED, []):
        react(happened)


def begin_writing(session: Session) -> None:
    """Begin the transaction now, on SQLite as its only writer."""
    if session.get_bind().dialect.name == "sqlite":
        session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
    else:
        session.connection()


def end_reading() -> None:
    """End the transaction of what this request only read, if it read at all: it must not be held any longer."""
    if db.session.registry.has() and db.session().in_transaction():
        db.session.rollback()


def announce(session: Session, happened: Event) -> None:
    """Remember an event; it is told only after the commit, in order, and forgotten on rollback."""
    session.info.setdefault(ANNOUNCED, []).append(happened)


def database_now(session: Session) -> datetime:
    """Return the database's clock (leases are measured by it, so that workers' clocks do not matter)."""
    # SQLite's now() knows whole seconds only: what became due in this second would look as if it were still to come.
    lite = session.get_bind().dialect.name == "sqlite"
    value: Any = session.scalar(select(func.strftime("%Y-%m-%d %H:%M:%f", "now") if lite else func.now()))
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
