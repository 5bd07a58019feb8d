"""Concerns: who handles them, what was written, sealed, and who opened it.

Revision ID: 0045
Revises: 0042
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; nobody is named yet, and nobody has written."""
    _table(
        "concern_handler",
        {"person_id": "person", "institution_id": "institution"},
        _moment("named_at"),
        sa.UniqueConstraint("institution_id", "person_id", name=op.f("uq_concern_handler_institution_id_person_id")),
    )
    _table(
        "concern",
        {
            "context_ref": "context", "track_id": "track", "raised_by_id": "person", "about_id": "person",
            "mentor_id": "mentor", "institution_id": "institution",
        },
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _moment("raised_at"),
        _moment("closed_at", nullable=True),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_concern_state")),
        sa.UniqueConstraint("key", name=op.f("uq_concern_key")),
        nullable=("mentor_id",),
    )  # fmt: skip
    _table(
        "concern_entry",
        {"concern_id": "concern", "by_id": "person", "institution_id": "institution"},
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("sealed_text", sa.Text(), nullable=False),
        _moment("at"),
        sa.UniqueConstraint("key", name=op.f("uq_concern_entry_key")),
    )
    _table(
        "concern_reading",
        {"concern_id": "concern", "person_id": "person", "upto_id": "concern_entry", "institution_id": "institution"},
        _moment("at"),
    )
    op.create_index("ix_concern_raised_by", "concern", ["institution_id", "raised_by_id"])
    op.create_index("ix_concern_state", "concern", ["institution_id", "state", "raised_at"])
    op.create_index(op.f("ix_concern_handler_person_id"), "concern_handler", ["person_id"])
    for table in ("concern_entry", "concern_reading"):
        op.create_index(op.f(f"ix_{table}_concern_id"), table, ["concern_id"])


def downgrade() -> None:
    """Forget them."""
    for table in ("concern_reading", "concern_entry", "concern", "concern_handler"):
        op.drop_table(table)


def _table(name: str, refers: dict[str, str], *more: sa.schema.SchemaItem, nullable: tuple[str, ...] = ()) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(column, sa.Integer(), nullable=column in nullable) for column in refers),
        *more,
        *(
            sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{name}_{column}"))
            for column, to in refers.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_institution_id"), name, ["institution_id"])


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
