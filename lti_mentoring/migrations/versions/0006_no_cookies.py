"""Logins that a page keeps without a cookie, and tickets that open one address once.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a login be bound by what a page keeps; make the tickets."""
    op.add_column("login_transaction", sa.Column("kept_secret_hash", sa.String(64), nullable=True))
    op.add_column("login_transaction", sa.Column("storage_target", sa.String(), nullable=True))
    op.create_table(
        "ticket",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("seat_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("for_window", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_ticket_institution_id")),
        sa.ForeignKeyConstraint(["seat_id"], ["seat.id"], name=op.f("fk_ticket_seat_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_ticket_secret_hash")),
    )
    op.create_index(op.f("ix_ticket_expires_at"), "ticket", ["expires_at"])
    op.create_index(op.f("ix_ticket_institution_id"), "ticket", ["institution_id"])
    op.create_index(op.f("ix_ticket_seat_id"), "ticket", ["seat_id"])


def downgrade() -> None:
    """Forget both."""
    op.drop_table("ticket")
    op.drop_column("login_transaction", "storage_target")
    op.drop_column("login_transaction", "kept_secret_hash")
