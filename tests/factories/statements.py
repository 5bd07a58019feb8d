"""Count the statements that something sends to the database."""

from contextlib import contextmanager

from sqlalchemy import event


@contextmanager
def counting(session):
    """Give a list that fills with every statement sent while the block runs; PRAGMA and BEGIN are not among them."""
    sent = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        if not statement.startswith(("PRAGMA", "BEGIN")):
            sent.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
