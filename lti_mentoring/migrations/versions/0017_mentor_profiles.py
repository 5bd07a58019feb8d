"""What mentors say of themselves, and applications to become one.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

CAREERS = "'studying', 'training', 'early', 'established', 'retired'"
KINDS = "'specialty', 'skill', 'domain', 'language', 'hours'"
STATES = "'draft', 'sent', 'accepted', 'declined', 'withdrawn'"


def upgrade() -> None:
    """Make the tables; nobody applies before faculty open it."""
    # A column with a constant's default needs no copy of the table, which SQLite would refuse for the rows below.
    op.add_column("track", sa.Column("applications_open", sa.Boolean(), nullable=False, server_default=sa.false()))
    _table(
        "mentor_profile",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("profession", sa.String(length=40), nullable=False),
        sa.Column("career", sa.String(length=32), nullable=True),
        sa.Column("years", sa.Integer(), nullable=True),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("works", sa.String(length=32), nullable=True),
        sa.Column("style", sa.JSON(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _refers("mentor_profile", "person_id", "person"),
        sa.CheckConstraint(f"career IN ({CAREERS})", name=op.f("ck_mentor_profile_career")),
        sa.CheckConstraint("works IN ('remote', 'on_site', 'both')", name=op.f("ck_mentor_profile_works")),
        sa.CheckConstraint("years >= 0", name=op.f("ck_mentor_profile_years")),
        sa.UniqueConstraint("institution_id", "person_id", name=op.f("uq_mentor_profile_institution_id_person_id")),
    )
    op.create_index(op.f("ix_mentor_profile_person_id"), "mentor_profile", ["person_id"])
    _table(
        "profile_term",
        sa.Column("profile_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        _refers("profile_term", "profile_id", "mentor_profile"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_profile_term_kind")),
        sa.UniqueConstraint("profile_id", "kind", "key", name=op.f("uq_profile_term_profile_id_kind_key")),
    )
    op.create_index("ix_profile_term_kind_key", "profile_term", ["kind", "key", "profile_id"])
    _table(
        "mentor_application",
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        _refers("mentor_application", "track_id", "track"),
        _refers("mentor_application", "person_id", "person"),
        _refers("mentor_application", "decided_by_id", "person"),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_mentor_application_state")),
        sa.UniqueConstraint("track_id", "person_id", name=op.f("uq_mentor_application_track_id_person_id")),
    )
    op.create_index(op.f("ix_mentor_application_person_id"), "mentor_application", ["person_id"])
    op.create_index("ix_mentor_application_track_state", "mentor_application", ["track_id", "state", "sent_at"])


def downgrade() -> None:
    """Forget them."""
    for name in ("mentor_application", "profile_term", "mentor_profile"):
        op.drop_table(name)
    op.drop_column("track", "applications_open")


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
