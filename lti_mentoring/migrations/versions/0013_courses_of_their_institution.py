"""The database itself refuses a course, link or membership of another institution than its deployment's.

Revision ID: 0013
Revises: 0012
"""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BELONGS = (
    ("context", "deployment_id", "deployment"),
    ("resource_link", "context_ref", "context"),
    ("membership", "context_ref", "context"),
)


def upgrade() -> None:
    """Bind each row by its institution, too."""
    for parent in ("deployment", "context"):
        with op.batch_alter_table(parent) as batch_op:
            batch_op.create_unique_constraint(batch_op.f(f"uq_{parent}_id_institution_id"), ["id", "institution_id"])
    for table, column, parent in BELONGS:
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_{column}"), type_="foreignkey")
            batch_op.create_foreign_key(
                batch_op.f(f"fk_{table}_{column}_institution_id"),
                parent,
                [column, "institution_id"],
                ["id", "institution_id"],
            )


def downgrade() -> None:
    """Bind them by number alone."""
    for table, column, parent in reversed(BELONGS):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"fk_{table}_{column}_institution_id"), type_="foreignkey")
            batch_op.create_foreign_key(batch_op.f(f"fk_{table}_{column}"), parent, [column], ["id"])
    for parent in ("context", "deployment"):
        with op.batch_alter_table(parent) as batch_op:
            batch_op.drop_constraint(batch_op.f(f"uq_{parent}_id_institution_id"), type_="unique")
