"""Wishes of students and mentors, pairs that are kept apart, and students who ask a mentor.

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

HOW_BEFORE = "assigned_by IN ('hand', 'csv', 'automatic')"
HOW = "assigned_by IN ('hand', 'csv', 'automatic', 'request', 'round')"
KINDS = "'declared_by_student', 'declared_by_mentor', 'declared_by_faculty', 'same_person', 'assessor', 'concern'"
STATES = "'asked', 'accepted', 'declined', 'expired', 'withdrawn', 'passed_on'"
# In the order in which they can be dropped again.
TABLES = (
    "mentor_request",
    "conflict",
    "mentor_limit",
    "ranked_student",
    "veto",
    "ranked_mentor",
    "rank_list",
    "matching_policy",
)


def upgrade() -> None:
    """Make the tables; a mentorship may come of a request or a round, too."""
    _allow(HOW_BEFORE, HOW)
    _wishes()
    _of_mentors()
    _conflicts()
    _requests()


def downgrade() -> None:
    """Drop them; who came by a request or a round was brought together automatically."""
    for name in TABLES:
        op.drop_table(name)
    op.execute("UPDATE mentorship SET assigned_by = 'automatic' WHERE assigned_by IN ('request', 'round')")
    _allow(HOW, HOW_BEFORE)


def _allow(before: str, after: str) -> None:
    """Change the check in place: copying the table, as SQLite needs it, would break what refers to its rows."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f("ck_mentorship_assigned_by"), "mentorship", type_="check")
        op.create_check_constraint(op.f("ck_mentorship_assigned_by"), "mentorship", after)
        return
    # https://sqlite.org/lang_altertable.html#otheralter: the way for a check that holds for every row that is there.
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": "mentorship"},
    )
    op.execute("PRAGMA writable_schema = RESET")


def _table(name: str, *columns: sa.schema.SchemaItem, whose: str = "track_id") -> None:
    """Make a table with what all of them have."""
    op.create_table(
        name,
        sa.Column(whose, sa.Integer(), nullable=False),
        *columns,
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name=op.f(f"fk_{name}_institution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    )
    op.create_index(op.f(f"ix_{name}_institution_id"), name, ["institution_id"])


def _refers(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _wishes() -> None:
    _table(
        "matching_policy",
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("wishes_from", sa.Date(), nullable=True),
        sa.Column("wishes_until", sa.Date(), nullable=True),
        sa.Column("reply_days", sa.Integer(), nullable=False),
        sa.Column("mentors_rank", sa.Boolean(), nullable=False),
        sa.Column("faculty_as_mentor", sa.String(length=32), nullable=False),
        _refers("matching_policy", "track_id", "track"),
        sa.CheckConstraint("way IN ('by_hand', 'requests', 'rounds')", name=op.f("ck_matching_policy_way")),
        sa.CheckConstraint(
            "faculty_as_mentor IN ('allow', 'warn', 'refuse')", name=op.f("ck_matching_policy_faculty_as_mentor")
        ),
        sa.CheckConstraint("reply_days > 0", name=op.f("ck_matching_policy_reply_days")),
        sa.UniqueConstraint("track_id", name=op.f("uq_matching_policy_track_id")),
    )
    _table(
        "rank_list",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("any_other", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        _refers("rank_list", "track_id", "track"),
        _refers("rank_list", "person_id", "person"),
        sa.UniqueConstraint("track_id", "person_id", name=op.f("uq_rank_list_track_id_person_id")),
    )
    op.create_index(op.f("ix_rank_list_person_id"), "rank_list", ["person_id"])
    _table(
        "ranked_mentor",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        _refers("ranked_mentor", "rank_list_id", "rank_list", ondelete="CASCADE"),
        _refers("ranked_mentor", "mentor_id", "mentor"),
        sa.CheckConstraint("tier >= 1", name=op.f("ck_ranked_mentor_tier")),
        sa.UniqueConstraint("rank_list_id", "mentor_id", name=op.f("uq_ranked_mentor_rank_list_id_mentor_id")),
        whose="rank_list_id",
    )
    op.create_index(op.f("ix_ranked_mentor_mentor_id"), "ranked_mentor", ["mentor_id"])
    _table(
        "veto",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        _refers("veto", "track_id", "track"),
        _refers("veto", "person_id", "person"),
        _refers("veto", "mentor_id", "mentor"),
        sa.UniqueConstraint("track_id", "person_id", "mentor_id", name=op.f("uq_veto_track_id_person_id_mentor_id")),
    )
    op.create_index(op.f("ix_veto_person_id"), "veto", ["person_id"])
    op.create_index(op.f("ix_veto_mentor_id"), "veto", ["mentor_id"])


def _of_mentors() -> None:
    _table(
        "ranked_student",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        _refers("ranked_student", "track_id", "track"),
        _refers("ranked_student", "mentor_id", "mentor"),
        _refers("ranked_student", "person_id", "person"),
        sa.CheckConstraint("tier >= 1", name=op.f("ck_ranked_student_tier")),
        sa.UniqueConstraint("mentor_id", "person_id", name=op.f("uq_ranked_student_mentor_id_person_id")),
    )
    op.create_index("ix_ranked_student_track", "ranked_student", ["track_id"])
    op.create_index(op.f("ix_ranked_student_person_id"), "ranked_student", ["person_id"])
    _table(
        "mentor_limit",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        _refers("mentor_limit", "track_id", "track"),
        _refers("mentor_limit", "mentor_id", "mentor"),
        _refers("mentor_limit", "group_id", "course_group", ondelete="SET NULL"),
        sa.CheckConstraint("kind IN ('only_group', 'most_new')", name=op.f("ck_mentor_limit_kind")),
        sa.CheckConstraint("number >= 0", name=op.f("ck_mentor_limit_number")),
        sa.UniqueConstraint("mentor_id", "kind", name=op.f("uq_mentor_limit_mentor_id_kind")),
    )
    op.create_index("ix_mentor_limit_track", "mentor_limit", ["track_id"])


def _conflicts() -> None:
    _table(
        "conflict",
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        _refers("conflict", "track_id", "track"),
        _refers("conflict", "mentor_id", "mentor"),
        _refers("conflict", "person_id", "person"),
        _refers("conflict", "made_by_id", "person"),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_conflict_kind")),
    )
    op.create_index("ix_conflict_track", "conflict", ["track_id", "ended_at"])
    op.create_index(op.f("ix_conflict_person_id"), "conflict", ["person_id"])
    _open_only("uq_conflict_open", "conflict", ["mentor_id", "person_id", "kind"], "ended_at IS NULL")


def _requests() -> None:
    _table(
        "mentor_request",
        sa.Column("student_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("message", sa.String(length=600), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reply_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        _refers("mentor_request", "track_id", "track"),
        _refers("mentor_request", "student_id", "person"),
        _refers("mentor_request", "mentor_id", "mentor"),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_mentor_request_state")),
        sa.CheckConstraint("position >= 1", name=op.f("ck_mentor_request_position")),
    )
    op.create_index("ix_mentor_request_mentor", "mentor_request", ["mentor_id", "state"])
    op.create_index("ix_mentor_request_due", "mentor_request", ["state", "reply_by"])
    op.create_index(op.f("ix_mentor_request_student_id"), "mentor_request", ["student_id"])
    _open_only("uq_mentor_request_open_student", "mentor_request", ["track_id", "student_id"], "state = 'asked'")


def _open_only(name: str, table: str, columns: list[str], where: str) -> None:
    """At most one such row that is open."""
    op.create_index(
        name, table, columns, unique=True, sqlite_where=sa.text(where), postgresql_where=sa.text(where)
    )  # fmt: skip
