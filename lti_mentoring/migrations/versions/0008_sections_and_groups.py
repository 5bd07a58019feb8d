"""Sections and groups of courses, and who is in them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# In place: a batch would copy the table.
ADDED = (
    ("context", "groups_url", sa.Text()),
    ("context", "group_sets_url", sa.Text()),
    ("membership", "groups_digest", sa.String(length=64)),
)


def upgrade() -> None:
    op.create_table(
        "course_group",
        sa.Column("context_ref", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.String(length=255), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("set_name", sa.String(length=255), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('section', 'group')", name=op.f("ck_course_group_kind")),
        sa.ForeignKeyConstraint(["context_ref"], ["context.id"], name=op.f("fk_course_group_context_ref")),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_course_group_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_group")),
        sa.UniqueConstraint(
            "context_ref", "kind", "external_id", name=op.f("uq_course_group_context_ref_kind_external_id")
        ),
    )
    with op.batch_alter_table("course_group", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_group_institution_id"), ["institution_id"], unique=False)

    op.create_table(
        "course_group_membership",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["course_group.id"], name=op.f("fk_course_group_membership_group_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["institution_id"], ["institution.id"], name=op.f("fk_course_group_membership_institution_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_course_group_membership_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_group_membership")),
        sa.UniqueConstraint("group_id", "person_id", name=op.f("uq_course_group_membership_group_id_person_id")),
    )
    with op.batch_alter_table("course_group_membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_group_membership_institution_id"), ["institution_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_course_group_membership_person_id"), ["person_id"], unique=False)

    for table, column, kind in ADDED:
        op.add_column(table, sa.Column(column, kind, nullable=True))


def downgrade() -> None:
    for table, column, _kind in ADDED:
        op.drop_column(table, column)
    with op.batch_alter_table("course_group_membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_group_membership_person_id"))
        batch_op.drop_index(batch_op.f("ix_course_group_membership_institution_id"))

    op.drop_table("course_group_membership")
    with op.batch_alter_table("course_group", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_group_institution_id"))

    op.drop_table("course_group")
