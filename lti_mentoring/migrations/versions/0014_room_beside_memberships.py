"""Room in each page of memberships: every launch writes one anew.

Where the new version finds room beside the old one, PostgreSQL leaves the table's five indexes alone
(https://www.postgresql.org/docs/current/storage-hot.html); a page that was filled to the brim has none.
"""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Leave room."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE membership SET (fillfactor = 85)")


def downgrade() -> None:
    """Fill pages to the brim."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE membership RESET (fillfactor)")
