"""Tests of a track, their items, and who answered what in which attempt.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

CHECKS = (
    ("milestone", "proof", "proof IN ('evidence', 'assessment', 'word'", ", 'test')"),
    (
        "milestone_step",
        "kind",
        "kind IN ('submitted', 'withdrawn', 'returned', 'accepted', 'reopened', 'excused', 'excuse_lifted', "
        "'extended', 'appealed', 'appeal_granted', 'appeal_declined'",
        ", 'passed')",
    ),
)
"""Table, column, what may stand there already, and what comes to it."""
NAMING_A_TEST = ("milestone", "line_item")


def upgrade() -> None:
    """Make the tables; a test may prove a milestone, have a column, and be asked of mentors."""
    _tests()
    _attempts()
    op.add_column("track", sa.Column("mentor_test", sa.String(length=32), nullable=True))
    for table in NAMING_A_TEST:
        # In place, as both databases understand it: a batch would copy the table, and break what refers to its rows.
        op.execute(f"ALTER TABLE {table} ADD COLUMN test_id INTEGER CONSTRAINT fk_{table}_test_id REFERENCES test (id)")
    op.create_index(op.f("ix_milestone_test_id"), "milestone", ["test_id"])
    op.create_index("uq_line_item_test", "line_item", ["test_id"], unique=True)
    for table, column, before, more in CHECKS:
        _allow(table, column, before + ")", before + more)


def downgrade() -> None:
    """Drop them; a milestone that a test proved is proved by a word, and what was passed was accepted."""
    op.execute("UPDATE milestone SET proof = 'word' WHERE proof = 'test'")
    op.execute("UPDATE milestone_step SET kind = 'accepted' WHERE kind = 'passed'")
    op.execute("DELETE FROM score WHERE line_item_id IN (SELECT id FROM line_item WHERE test_id IS NOT NULL)")
    op.execute("DELETE FROM line_item WHERE test_id IS NOT NULL")
    for table, column, before, more in CHECKS:
        _allow(table, column, before + more, before + ")")
    op.drop_index("uq_line_item_test", "line_item")
    op.drop_index(op.f("ix_milestone_test_id"), "milestone")
    for table in NAMING_A_TEST:
        op.drop_column(table, "test_id")
    op.drop_column("track", "mentor_test")
    for table in ("answer", "attempt", "item", "test"):
        op.drop_table(table)


def _allow(table: str, column: str, before: str, after: str) -> None:
    """Change a check in place, for the same reason."""
    name = op.f(f"ck_{table}_{column}")
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, after)
        return
    # https://sqlite.org/lang_altertable.html#otheralter: the way for a check that holds for every row that is there.
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": table},
    )
    op.execute("PRAGMA writable_schema = RESET")


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    """Make a table with what all of them have."""
    op.create_table(
        name,
        *columns,
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f(f"fk_{name}_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_institution_id"), name, ["institution_id"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _tests() -> None:
    _table(
        "test",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("drawn", sa.Integer(), nullable=True),
        sa.Column("shuffled", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.String(length=32), nullable=False),
        sa.Column("column_points", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        _refers("test", "track_id", "track"),
        sa.UniqueConstraint("track_id", "key", name=op.f("uq_test_track_id_key")),
        sa.CheckConstraint("audience IN ('students', 'mentors')", name=op.f("ck_test_audience")),
        sa.CheckConstraint("state IN ('draft', 'published', 'closed')", name=op.f("ck_test_state")),
        sa.CheckConstraint("answers IN ('each', 'passed', 'never')", name=op.f("ck_test_answers")),
        sa.CheckConstraint("pass_percent BETWEEN 0 AND 100", name=op.f("ck_test_pass_percent")),
    )
    _table(
        "item",
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("right", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        _refers("item", "test_id", "test"),
        sa.UniqueConstraint("test_id", "key", "version", name=op.f("uq_item_test_id_key_version")),
        sa.CheckConstraint("kind IN ('one', 'several', 'truth', 'text', 'number')", name=op.f("ck_item_kind")),
        sa.CheckConstraint("points > 0", name=op.f("ck_item_points")),
    )
    op.create_index("ix_item_test_position", "item", ["test_id", "position"])


def _attempts() -> None:
    _table(
        "attempt",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("maximum", sa.Integer(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        sa.Column("passed", sa.Boolean(), nullable=False),
        _refers("attempt", "track_id", "track"),
        _refers("attempt", "test_id", "test"),
        _refers("attempt", "person_id", "person"),
        sa.UniqueConstraint("test_id", "person_id", "number", name=op.f("uq_attempt_test_id_person_id_number")),
    )
    op.create_index(
        "uq_attempt_open",
        "attempt",
        ["test_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_attempt_due", "attempt", ["ended_at", "deadline_at"])
    op.create_index("ix_attempt_track_person", "attempt", ["track_id", "person_id"])
    op.create_index(op.f("ix_attempt_person_id"), "attempt", ["person_id"])
    _table(
        "answer",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("given", sa.JSON(), nullable=False),
        sa.Column("points", sa.Double(), nullable=True),
        _refers("answer", "attempt_id", "attempt"),
        _refers("answer", "item_id", "item"),
        sa.UniqueConstraint("attempt_id", "item_id", name=op.f("uq_answer_attempt_id_item_id")),
    )
    op.create_index(op.f("ix_answer_item_id"), "answer", ["item_id"])
