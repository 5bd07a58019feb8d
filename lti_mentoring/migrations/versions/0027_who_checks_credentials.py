"""An institution says who checks mentors' credentials; where nobody does, nobody but their holders reads them.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

CHECKERS = "'nobody', 'office', 'tracks'"


def upgrade() -> None:
    """Let nobody check, but where something was handed in to be checked or is asked for.

    There the administrators go on, and course teams with them where a team has checked, or has to. What a team ticked
    and never used opens nothing any more before an administrator says so.
    """
    # In place: SQLite would copy the table, which nearly all others refer to, for a constraint of its own.
    op.execute(
        "ALTER TABLE institution ADD COLUMN credential_checkers VARCHAR(32) DEFAULT 'nobody' NOT NULL"
        f" CONSTRAINT ck_institution_credential_checkers CHECK (credential_checkers IN ({CHECKERS}))"
    )
    handed_in = "SELECT institution_id FROM credential WHERE removed_at IS NULL"
    asked_for = "SELECT institution_id FROM track WHERE credential_needed"
    op.execute(
        "UPDATE institution SET credential_checkers = 'office'"  # noqa: S608  # put together from what stands in this file alone
        f" WHERE id IN ({handed_in}) OR id IN ({asked_for})"
    )
    op.execute(
        "UPDATE institution SET credential_checkers = 'tracks'"  # noqa: S608  # as above
        " WHERE id IN (SELECT institution_id FROM credential_step"
        " WHERE by_role = 'faculty' AND kind IN ('looked_up', 'verified', 'revoked'))"
        f" OR id IN ({asked_for} AND faculty_verify)"
    )


def downgrade() -> None:
    """Leave it to the tracks again."""
    op.execute("ALTER TABLE institution DROP COLUMN credential_checkers")
