"""Which tables a request writes, transaction by transaction; heard from SQLite itself, so that nothing is missed."""

from collections import defaultdict
from contextlib import contextmanager
from functools import partial

from sqlalchemy import event

NOT_STATE = {
    "login_transaction", "platform_key_set", "access_token", "tool_key", "ticket", "passkey_challenge",
    "sign_in_request",
}  # fmt: skip
"""What is kept for a conversation under way, and is nobody's state: logins, challenges, keys, tokens, wishes
for a link; and tickets, which end after a minute."""
CHANGES = ("INSERT INTO", "UPDATE", "DELETE FROM")


class Transactions:
    """Hears every statement that a connection runs."""

    def __init__(self):
        self.open, self.committed, self.heard = defaultdict(set), [], []

    def listen(self, connection, _record, _proxy):
        connection.set_trace_callback(partial(self.note, id(connection)))
        self.heard.append(connection)

    def note(self, number, statement):
        if statement == "COMMIT":
            self.committed.append(self.open.pop(number, set()))
        elif statement == "ROLLBACK":
            self.open.pop(number, None)
        for verb in CHANGES:
            if statement.startswith(verb):
                self.open[number].add(statement[len(verb) :].split()[0].strip('"'))


@contextmanager
def watched(session):
    """Give the transactions (sets of table names) that are committed while the block runs."""
    session.rollback()  # its connection goes back, so that it is heard when it is taken again
    seen, engine = Transactions(), session.get_bind()
    event.listen(engine, "checkout", seen.listen)
    try:
        yield seen.committed
    finally:
        event.remove(engine, "checkout", seen.listen)
        for connection in seen.heard:
            connection.set_trace_callback(None)
