"""Hours in which a person is sent no mail, and mails that wait for their end.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column; nobody has named hours yet, and no mail waits for them."""
    op.create_table(
        "quiet_hours",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("(starts_at IS NULL) = (ends_at IS NULL)", name=op.f("ck_quiet_hours_whole")),
        sa.CheckConstraint("starts_at <> ends_at", name=op.f("ck_quiet_hours_hours_left")),
        sa.CheckConstraint("days >= 0 AND days < 127", name=op.f("ck_quiet_hours_day_left")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_quiet_hours_person_id")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_quiet_hours_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_hours")),
        sa.UniqueConstraint("person_id", name=op.f("uq_quiet_hours_person_id")),
    )
    op.create_index(op.f("ix_quiet_hours_institution_id"), "quiet_hours", ["institution_id"])
    op.add_column("mail", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    of_the_held = sa.text("held_at IS NOT NULL")
    op.create_index("ix_mail_held", "mail", ["person_id"], sqlite_where=of_the_held, postgresql_where=of_the_held)


def downgrade() -> None:
    """Let everybody be written to at any hour; what waits goes when it was put off to."""
    op.drop_index("ix_mail_held", "mail")
    op.drop_column("mail", "held_at")
    op.drop_table("quiet_hours")
