"""Lanes: how many workers call a platform at once, and when it is left in peace."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "platform_lane",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("rests", sa.Integer(), nullable=False),
        sa.Column("rests_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pauses", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("scores_in_a_row", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_platform_lane_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_platform_lane_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_lane")),
        sa.UniqueConstraint("registration_id", name=op.f("uq_platform_lane_registration_id")),
    )
    with op.batch_alter_table("platform_lane", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_platform_lane_institution_id"), ["institution_id"], unique=False)
    op.create_table(
        "lane_slot",
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_lane_slot_institution_id_institution")
        ),
        sa.ForeignKeyConstraint(
            ["lane_id"], ["platform_lane.id"], name=op.f("fk_lane_slot_lane_id_platform_lane"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane_slot")),
        sa.UniqueConstraint("token", name=op.f("uq_lane_slot_token")),
    )
    with op.batch_alter_table("lane_slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lane_slot_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lane_slot_lane_id"), ["lane_id"], unique=False)
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asking_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("access_token", schema=None) as batch_op:
        batch_op.drop_column("asking_until")
    op.drop_table("lane_slot")
    op.drop_table("platform_lane")
