"""Insert or update in one statement, on both databases: two who come at once make one row."""

from __future__ import annotations

import json
from contextlib import closing
from functools import cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import JSON, Text, column, func, literal, or_, select
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from sqlalchemy import Table
    from sqlalchemy.orm import Session
    from sqlalchemy.sql.base import ReadOnlyColumnCollection
    from sqlalchemy.sql.elements import KeyedColumnElement

    from lti_mentoring.db import Base


PORTION = 5_000
"""Rows that SQLite is given at once."""


def upsert(
    session: Session,
    model: type[Base],
    values: Mapping[str, Any],
    *,
    by: Sequence[str],
    first: Mapping[str, Any] | None = None,
) -> int:
    """Write one row, known by the unique columns ``by``, and return its number.

    ``first`` is written only when the row is new; all other ``values`` also replace what stood there.
    """
    table = cast("Table", model.__table__)
    made = _insert(session, table).values({**values, **(first or {})})
    given = _given(table)
    changed = {name: given[name] for name in values if name not in by}
    # With nothing to replace the row is still to be named: DO NOTHING would return no number.
    changed = changed or {by[0]: given[by[0]]}
    saved = made.on_conflict_do_update(index_elements=list(by), set_=changed).returning(table.c.id)
    number: int = session.scalars(saved).one()
    return number


def take_turn(
    session: Session, model: type[Base], known_by: Mapping[str, Any], *, clock: datetime, lease: timedelta, **first: Any
) -> bool:
    """Lease a row's ``asking_until`` where nobody holds it; a row not there is made with ``first``. One statement."""
    table = cast("Table", model.__table__)
    until = {"asking_until": clock + lease}
    made = _insert(session, table).values({**known_by, **first, **until})
    held_until = table.c.asking_until
    taken = made.on_conflict_do_update(
        index_elements=list(known_by), set_=until, where=or_(held_until.is_(None), held_until < clock)
    ).returning(table.c.id)
    return session.scalars(taken).one_or_none() is not None


def insert_many(
    session: Session,
    model: type[Base],
    rows: Sequence[Mapping[str, Any]],
    *,
    common: Mapping[str, Any] | None = None,
    by: Sequence[str] = (),
) -> None:
    """Write rows that all have the same columns; with ``by`` one that is known by these columns already stays as it is.

    They go to PostgreSQL as one JSON text: as parameters, a hundred thousand rows take both sides twice as long.
    ``common`` values are the same in each row, and told once: of mails that saves half of the text.
    """
    same = common or {}
    table = cast("Table", model.__table__)
    made = _insert(session, table)
    if by:
        made = made.on_conflict_do_nothing(index_elements=list(by))
    if session.get_bind().dialect.name == "sqlite":
        session.execute(made, [{**same, **row} for row in rows])
        return
    shape = [column(name, table.c[name].type) for name in rows[0]]
    text = literal(json.dumps(rows, default=str), Text)
    given = func.json_to_recordset(text.cast(JSON)).table_valued(*shape, name="given")
    given = given.render_derived(with_types=True)
    told = [literal(value, table.c[name].type) for name, value in same.items()]
    session.execute(made.from_select([*same, *(one.name for one in shape)], select(*told, *given.c)))


def insert_stream(session: Session, model: type[Base], rows: Iterator[Mapping[str, Any]]) -> None:
    """Write rows as they come, at least one, all with the same columns; none of them may be there already.

    They go to PostgreSQL by one COPY, whatever their number: it takes half the time of an INSERT, and holds none
    of them in memory (https://www.postgresql.org/docs/current/populate.html#POPULATE-COPY-FROM).
    """
    table = cast("Table", model.__table__)
    first = next(rows)
    everything = chain((first,), rows)
    dialect = session.get_bind().dialect
    if dialect.name == "sqlite":
        while portion := list(islice(everything, PORTION)):
            session.execute(_insert(session, table), portion)
        return
    quoted, columns = dialect.identifier_preparer, [table.c[name] for name in first]
    as_sent = [column.type.dialect_impl(dialect).bind_processor(dialect) or _as_it_is for column in columns]
    names = ", ".join(quoted.format_column(column) for column in columns)
    cursor: Any = session.connection().connection.cursor()  # psycopg's own: SQLAlchemy knows no COPY
    with (
        closing(cursor),
        cursor.copy(f"COPY {quoted.format_table(table)} ({names}) FROM STDIN") as copy,
    ):
        for row in everything:
            copy.write_row([sent(value) for sent, value in zip(as_sent, row.values(), strict=True)])


def _as_it_is(value: Any) -> Any:
    return value


@cache
def _given(table: Table) -> ReadOnlyColumnCollection[str, KeyedColumnElement[Any]]:
    """Return what a statement's own ``excluded`` is: that is made anew for each statement, column by column."""
    return table.alias("excluded").c


def _insert(session: Session, table: Table) -> postgresql.Insert | sqlite.Insert:
    return (postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert)(table)
