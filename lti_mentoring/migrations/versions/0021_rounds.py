"""Matching rounds, what each says of its students, and what people changed in it.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('roster', 'certificates')"
KINDS = "kind IN ('roster', 'certificates', 'round')"
STATES = "'draft', 'published', 'undone', 'discarded'"
# In the order in which they can be dropped again.
TABLES = ("round_change", "match", "round")


def upgrade() -> None:
    """Make the tables; a job may draw a round up."""
    _allow(KINDS_BEFORE, KINDS)
    _rounds()
    _matches()
    _changes()


def downgrade() -> None:
    """Drop them, and the jobs that drew rounds up."""
    for name in TABLES:
        op.drop_table(name)
    op.execute("DELETE FROM job WHERE kind = 'round'")
    _allow(KINDS, KINDS_BEFORE)


def _allow(before: str, after: str) -> None:
    """Change the check in place, as 0015 does: nothing is copied, and every row that is there satisfies it."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_job_kind"), "job", type_="check")
        op.create_check_constraint(op.f("ck_job_kind"), "job", after)
        return
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": "job"},
    )
    op.execute("PRAGMA writable_schema = RESET")


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    """Make a table with what all of them have."""
    op.create_table(
        name,
        *columns,
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _refers(name, "institution_id", "institution"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_institution_id"), name, ["institution_id"])


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"))


def _rounds() -> None:
    _table(
        "round",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("mentor_role", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("strategy", sa.String(length=40), nullable=False),
        sa.Column("strategy_version", sa.String(length=20), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("snapshot_digest", sa.String(length=64), nullable=False),
        sa.Column("result_digest", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undo_hours", sa.Integer(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undo_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        _refers("round", "track_id", "track"),
        _refers("round", "made_by_id", "person"),
        _refers("round", "published_by_id", "person"),
        _refers("round", "undone_by_id", "person"),
        sa.UniqueConstraint("track_id", "number", name=op.f("uq_round_track_id_number")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_round_state")),
        sa.CheckConstraint("undo_hours >= 0", name=op.f("ck_round_undo_hours")),
    )
    where = "state = 'draft'"
    op.create_index(
        "uq_round_draft", "round", ["track_id", "mentor_role"], unique=True,
        sqlite_where=sa.text(where), postgresql_where=sa.text(where),
    )  # fmt: skip


def _matches() -> None:
    _table(
        "match",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("computed_mentor_id", sa.Integer(), nullable=True),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.Integer(), nullable=True),
        sa.Column("computed_wish", sa.Integer(), nullable=True),
        sa.Column("wished", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("why_facts", sa.JSON(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=True),
        _refers("match", "round_id", "round"),
        _refers("match", "student_id", "person"),
        _refers("match", "mentor_id", "mentor"),
        _refers("match", "computed_mentor_id", "mentor"),
        _refers("match", "mentorship_id", "mentorship"),
        sa.CheckConstraint("origin IN ('algorithm', 'by_hand')", name=op.f("ck_match_origin")),
        sa.UniqueConstraint("round_id", "student_id", name=op.f("uq_match_round_id_student_id")),
    )
    op.create_index("ix_match_round_mentor", "match", ["round_id", "mentor_id"])
    for column in ("student_id", "mentor_id", "mentorship_id"):
        op.create_index(op.f(f"ix_match_{column}"), "match", [column])


def _changes() -> None:
    _table(
        "round_change",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("from_mentor_id", sa.Integer(), nullable=True),
        sa.Column("to_mentor_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("sets_aside", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        _refers("round_change", "round_id", "round"),
        _refers("round_change", "student_id", "person"),
        _refers("round_change", "from_mentor_id", "mentor"),
        _refers("round_change", "to_mentor_id", "mentor"),
        _refers("round_change", "by_id", "person"),
        _refers("round_change", "undone_by_id", "person"),
    )
    op.create_index("ix_round_change_round_student", "round_change", ["round_id", "student_id"])
    op.create_index(op.f("ix_round_change_student_id"), "round_change", ["student_id"])
