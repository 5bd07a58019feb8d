"""What a link opens, where a course was copied from, and which setups were copied."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYED = (("track", "context_ref", "context"), ("milestone", "track_id", "track"))


def upgrade() -> None:
    # Defaults of the server and unique indexes: SQLite adds them in place, where changing a column or a constraint
    # would copy the table and lose its checks.
    for table, owner, name in KEYED:
        op.add_column(table, sa.Column("key", sa.String(length=32), nullable=False, server_default=""))
        # Links and gradebook columns that exist were named by the row's number: it stays their key.
        rows = sa.table(table, sa.column("id"), sa.column("key"))
        op.execute(rows.update().values(key=sa.cast(rows.c.id, sa.String(32))))
        op.create_index(f"ix_{table}_{name}_key", table, [owner, "key"], unique=True)
    op.create_index("ix_track_key", "track", ["key"])
    op.add_column("context", sa.Column("history", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("resource_link", sa.Column("opens", sa.String(length=20), nullable=False, server_default="track"))
    op.add_column("resource_link", sa.Column("opens_track", sa.String(length=32), nullable=True))
    op.add_column("resource_link", sa.Column("opens_item", sa.String(length=32), nullable=True))
    op.create_table(
        "track_copy",
        sa.Column("context_ref", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["context_ref"], ["context.id"], name=op.f("fk_track_copy_context_ref")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_track_copy_institution_id")),
        sa.ForeignKeyConstraint(["source_id"], ["track.id"], name=op.f("fk_track_copy_source_id")),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name=op.f("fk_track_copy_track_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_track_copy")),
        sa.UniqueConstraint("context_ref", "source_id", name=op.f("uq_track_copy_context_ref_source_id")),
    )
    with op.batch_alter_table("track_copy") as batch_op:
        batch_op.create_index(batch_op.f("ix_track_copy_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_track_copy_source_id"), ["source_id"], unique=False)


def downgrade() -> None:
    op.drop_table("track_copy")
    for name in ("opens_item", "opens_track", "opens"):
        op.drop_column("resource_link", name)
    op.drop_column("context", "history")
    op.drop_index("ix_track_key", "track")
    for table, _owner, name in KEYED:
        op.drop_index(f"ix_{table}_{name}_key", table)
        op.drop_column(table, "key")
