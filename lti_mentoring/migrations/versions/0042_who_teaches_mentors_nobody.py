"""A mentor who teaches the course mentors nobody in a new track; a track that is there keeps that it is only shown.

Revision ID: 0042
Revises: 0041
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Write down what a track without a row has meant, before that comes to mean something else."""
    _write_down("warn")


def downgrade() -> None:
    """Do the same the other way round."""
    _write_down("refuse")


def _write_down(faculty_as_mentor: str) -> None:
    silent = sa.text(
        "INSERT INTO matching_policy (institution_id, track_id, way, reply_days, mentors_rank, faculty_as_mentor)"
        " SELECT institution_id, id, 'by_hand', 3, false, :rule FROM track"
        " WHERE id NOT IN (SELECT track_id FROM matching_policy)"
    )
    op.execute(silent.bindparams(rule=faculty_as_mentor))
