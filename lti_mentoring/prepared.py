"""Statements that are made into text once, for the few that every launch runs (docs/adr/0012-prepared.md).

A statement is still written with SQLAlchemy, over our tables and with their types; only its way to the database is
shorter. It runs on the session's own connection, inside the session's transaction, and fails with the same errors.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from sqlalchemy import Delete, Insert, Select, Update
    from sqlalchemy.engine import Connection, Dialect, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
    from sqlalchemy.orm import SessionTransaction
    from sqlalchemy.pool import PoolProxiedConnection

    Statement = Delete | Insert | Select[Any] | Update

HELD = "prepared_connection"
CURSOR = "prepared_cursor"
Values = Mapping[str, Any]
Process = Callable[[Any], Any]


@event.listens_for(Session, "after_begin")
def _hold(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    session.info[HELD] = connection


@dataclass(frozen=True, slots=True)
class _Text:
    """A statement as one kind of database wants it. ``order`` is None where values are sent by name."""

    sql: str
    order: tuple[str, ...] | None
    writers: tuple[tuple[str, Process], ...]
    readers: tuple[tuple[int, Process], ...]
    shape: Callable[[list[Any]], Any]

    def values(self, given: Values) -> Values | list[Any]:
        """Return the values in the form and in the order that the driver takes."""
        sent = dict(given)
        for name, write in self.writers:
            sent[name] = write(sent[name])
        return sent if self.order is None else [sent[name] for name in self.order]

    def read(self, found: tuple[Any, ...]) -> Any:
        """Return a row with the types of its columns."""
        row = list(found)
        for place, read in self.readers:
            row[place] = read(row[place])
        return self.shape(row)


class Prepared:
    """One statement. Every value that it takes is a ``bindparam`` with a name, and is given each time."""

    def __init__(self, statement: Statement) -> None:
        self._statement = statement
        self._texts: dict[str, _Text] = {}

    def run(self, session: Session, values: Values) -> None:
        """Run it in the session's transaction."""
        self._send(*_cursor_of(session), values)

    def row(self, session: Session, values: Values) -> Any:
        """Run it in the session's transaction; return the first row, with its columns by name, or None."""
        cursor, engine = _cursor_of(session)
        text = self._send(cursor, engine, values)
        found = cursor.fetchall()  # also of one row: SQLite holds its place in an answer that was not read to the end
        return text.read(found[0]) if found else None

    def run_alone(self, engine: Engine, values: Values) -> None:
        """Run it as a transaction of its own: one way to the server instead of three."""
        pooled = engine.raw_connection()
        try:
            driver: Any = pooled.driver_connection
            if engine.dialect.name == "sqlite":  # `db` switched the driver's own transactions off
                self._send(_cursor(pooled), engine, values)
                return
            driver.autocommit = True
            try:
                self._send(_cursor(pooled), engine, values)
            finally:
                driver.autocommit = False
        finally:
            pooled.close()

    def _send(self, cursor: Any, engine: Engine, values: Values) -> _Text:
        dialect = engine.dialect
        text = self._text(dialect)
        for listen in engine.dispatch.before_cursor_execute:  # who counts or logs statements hears of these too
            listen(None, cursor, text.sql, values, None, False)
        try:
            cursor.execute(text.sql, text.values(values))
        except dialect.loaded_dbapi.Error as failure:
            wrapped = DBAPIError.instance(
                text.sql, None, failure, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
            )
            raise wrapped from failure
        return text

    def _text(self, dialect: Dialect) -> _Text:
        made = self._texts.get(dialect.name)
        if made is None:
            made = self._texts[dialect.name] = _written(self._statement, dialect)
        return made


def _cursor_of(session: Session) -> tuple[DBAPICursor, Engine]:
    held: Connection | None = session.info.get(HELD)
    connection = session.connection() if held is None or held.closed else held
    return _cursor(connection.connection), connection.engine


def _cursor(pooled: PoolProxiedConnection) -> DBAPICursor:
    """Return the one cursor that a connection keeps for us: it knows by then how to write each type of value."""
    kept: DBAPICursor | None = pooled.info.get(CURSOR)
    if kept is None:
        kept = pooled.info[CURSOR] = cast("DBAPIConnection", pooled.driver_connection).cursor()
    return kept


def _written(statement: Statement, dialect: Dialect) -> _Text:
    made = statement.compile(dialect=dialect)
    writers = ((name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in made.binds.items())
    columns = list(getattr(statement, "exported_columns", ()))
    readers = (column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns)
    row: Any = namedtuple("Row", [column.name for column in columns])  # type: ignore[misc]  # its columns are data
    return _Text(
        sql=str(made),
        order=tuple(made.positiontup) if made.positional and made.positiontup is not None else None,
        writers=tuple((name, write) for name, write in writers if write is not None),
        readers=tuple((place, read) for place, read in enumerate(readers) if read is not None),
        shape=row._make,
    )
