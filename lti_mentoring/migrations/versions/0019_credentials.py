"""A mentor's licences and degrees, their documents, and who checked what.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = "'licence', 'degree', 'other'"
STATES = "'declared', 'document', 'looked_up', 'verified', 'expiring', 'lapsed', 'revoked'"
METHODS = "'register', 'document', 'original', 'issuer'"
SETTINGS = ("faculty_verify", "credential_needed")


def upgrade() -> None:
    """Make the tables; tracks ask for nothing before faculty say so."""
    for name in SETTINGS:
        op.add_column("track", sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false()))
    _table(
        "credential",
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("register", sa.String(length=20), nullable=False),
        sa.Column("sealed_number", sa.Text(), nullable=True),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("verified_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        _refers("credential", "person_id", "person"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_credential_kind")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_credential_state")),
        sa.UniqueConstraint("key", name=op.f("uq_credential_key")),
    )
    op.create_index("ix_credential_person", "credential", ["institution_id", "person_id", "state"])
    op.create_index("ix_credential_until", "credential", ["state", "verified_until"])
    _table(
        "credential_step",
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("account_ref", sa.Integer(), nullable=True),
        sa.Column("by_role", sa.String(length=20), nullable=False),
        sa.Column("method", sa.String(length=32), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers("credential_step", "credential_id", "credential"),
        _refers("credential_step", "by_id", "person"),
        _refers("credential_step", "account_ref", "account"),
        sa.CheckConstraint(f"kind IN ({STATES})", name=op.f("ck_credential_step_kind")),
        sa.CheckConstraint(f"method IN ({METHODS})", name=op.f("ck_credential_step_method")),
    )
    op.create_index(op.f("ix_credential_step_credential_id"), "credential_step", ["credential_id"])
    _table(
        "credential_document",
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("sealed_with", sa.String(length=16), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        _refers("credential_document", "credential_id", "credential"),
        _refers("credential_document", "file_id", "stored_file"),
        sa.UniqueConstraint("key", name=op.f("uq_credential_document_key")),
    )
    op.create_index(op.f("ix_credential_document_credential_id"), "credential_document", ["credential_id"])


def downgrade() -> None:
    """Forget them."""
    for name in ("credential_document", "credential_step", "credential"):
        op.drop_table(name)
    for name in reversed(SETTINGS):
        op.drop_column("track", name)


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
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
