"""Count the SQL statements that a piece of work sends."""

from contextlib import contextmanager

from sqlalchemy import event

from lti_mentoring.db import db


@contextmanager
def counting(session=None):
    """Collect the statements of this application's database while the block runs; begin and commit do not count."""
    engine = session.get_bind() if session is not None else db.engine
    seen = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
