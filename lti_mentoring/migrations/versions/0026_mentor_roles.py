"""A track tells several roles of mentors apart; what is there belongs to the one role that has no name.

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPEN = {"uq_mentorship_open_student": "mentorship", "uq_mentor_request_open_student": "mentor_request"}
WHERE = {"mentorship": "ended_at IS NULL", "mentor_request": "state = 'asked'"}
ROLE_OF = {"mentorship": "role", "mentor_request": "mentor_role", "rank_list": "mentor_role"}


def upgrade() -> None:
    """Add the roles; every row that is there stays in the role whose key is blank."""
    op.add_column("track", sa.Column("mentor_roles", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("milestone", sa.Column("signer_role", sa.String(length=40), nullable=True))
    for table, column in ROLE_OF.items():
        op.add_column(table, sa.Column(column, sa.String(length=40), nullable=False, server_default=""))
    for name, table in OPEN.items():
        _index_anew(name, table, ["track_id", "student_id", ROLE_OF[table]])
    _one_list_for(["track_id", "person_id"], ["track_id", "person_id", "mentor_role"])
    op.create_table(
        "served_role",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f("fk_served_role_institution_id")),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name=op.f("fk_served_role_mentor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_served_role")),
        sa.UniqueConstraint("mentor_id", "role", name=op.f("uq_served_role_mentor_id_role")),
    )
    op.create_index(op.f("ix_served_role_institution_id"), "served_role", ["institution_id"])


def downgrade() -> None:
    """Leave each student the first of several mentors: the others end, and their places are free again."""
    _end_all_but_the_first()
    op.drop_table("served_role")
    _one_list_for(["track_id", "person_id", "mentor_role"], ["track_id", "person_id"])
    for name, table in OPEN.items():
        _index_anew(name, table, ["track_id", "student_id"])
    for table, column in ROLE_OF.items():
        op.drop_column(table, column)
    op.drop_column("milestone", "signer_role")
    op.drop_column("track", "mentor_roles")


def _index_anew(name: str, table: str, columns: Sequence[str]) -> None:
    op.drop_index(name, table_name=table)
    where = sa.text(WHERE[table])
    op.create_index(name, table, list(columns), unique=True, sqlite_where=where, postgresql_where=where)


def _one_list_for(before: Sequence[str], after: Sequence[str]) -> None:
    """Say anew whose one list it is. SQLite copies the table for it, and what is on the lists would go with the old."""
    lite = op.get_bind().dialect.name == "sqlite"
    if lite:
        op.execute("CREATE TEMPORARY TABLE kept_wishes AS SELECT * FROM ranked_mentor")
    with op.batch_alter_table("rank_list") as batch_op:
        batch_op.drop_constraint(batch_op.f(f"uq_rank_list_{'_'.join(before)}"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f(f"uq_rank_list_{'_'.join(after)}"), list(after))
    if lite:
        op.execute("DELETE FROM ranked_mentor")
        op.execute("INSERT INTO ranked_mentor SELECT * FROM kept_wishes")
        op.execute("DROP TABLE kept_wishes")


def _end_all_but_the_first() -> None:
    others = (
        "ended_at IS NULL AND id NOT IN (SELECT min(id) FROM mentorship WHERE ended_at IS NULL"
        " GROUP BY track_id, student_id)"
    )
    op.execute(
        "UPDATE mentor SET taken = taken - (SELECT count(*) FROM mentorship"  # noqa: S608  # put together from what stands in this file alone
        f" WHERE mentorship.mentor_id = mentor.id AND {others})"
    )
    op.execute(
        "UPDATE mentorship SET state = 'ended', ended_at = CURRENT_TIMESTAMP, end_reason = 'roles', end_cause = 'other'"  # noqa: S608  # as above
        f" WHERE {others}"
    )
    op.execute(
        "UPDATE mentor_request SET state = 'withdrawn', answered_at = CURRENT_TIMESTAMP WHERE state = 'asked'"
        " AND id NOT IN (SELECT min(id) FROM mentor_request WHERE state = 'asked' GROUP BY track_id, student_id)"
    )
    first = "SELECT min(id) FROM rank_list GROUP BY track_id, person_id"
    op.execute(f"DELETE FROM ranked_mentor WHERE rank_list_id NOT IN ({first})")  # noqa: S608  # as above
    op.execute(f"DELETE FROM rank_list WHERE id NOT IN ({first})")  # noqa: S608  # as above
