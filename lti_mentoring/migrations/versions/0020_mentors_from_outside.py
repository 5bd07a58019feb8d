"""Mentors from outside the course: invitations, accounts that stand for a person, links by mail, and their seats.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

KINDS_BEFORE = "kind IN ('operator', 'administrator')"
KINDS = "kind IN ('operator', 'administrator', 'mentor')"
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables; who has an account already is no person of a course."""
    _make_invitations()
    _make_requests()
    # Columns are added in place, with what they refer to: copying a table, as SQLite's batches do, would break or
    # even delete what refers to its rows.
    _replace_check("account", KINDS_BEFORE, KINDS)
    op.execute(
        "ALTER TABLE account ADD COLUMN person_id INTEGER CONSTRAINT fk_account_person_id REFERENCES person (id) "
        "CONSTRAINT ck_account_mentors_are_persons CHECK ((kind = 'mentor') = (person_id IS NOT NULL))"
    )
    op.create_index("uq_account_person", "account", ["person_id"], unique=True)
    op.execute(
        "ALTER TABLE sign_in_link ADD COLUMN use VARCHAR(32) DEFAULT 'passkey' NOT NULL "
        "CONSTRAINT ck_sign_in_link_use CHECK (use IN ('passkey', 'sign_in'))"
    )
    op.execute("ALTER TABLE sign_in_link ADD COLUMN browser_hash VARCHAR(64)")
    op.execute("ALTER TABLE sign_in_link ADD COLUMN back TEXT")
    op.execute("ALTER TABLE seat ADD COLUMN track_ref INTEGER CONSTRAINT fk_seat_track_ref REFERENCES track (id)")
    with op.batch_alter_table("sign_in_session") as batch_op:  # nothing refers to a session, nor to a mail below
        batch_op.add_column(sa.Column("seat_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_sign_in_session_seat_id"), "seat", ["seat_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index(batch_op.f("ix_sign_in_session_seat_id"), ["seat_id"])
    with op.batch_alter_table("mail") as batch_op:
        batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column("invitation_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("sealed_link", sa.Text(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_mail_invitation_id"), "mentor_invitation", ["invitation_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_mail_to_one"), "(person_id IS NULL) = (invitation_id IS NOT NULL)"
        )


def downgrade() -> None:
    """Forget outside mentors' ways in; as persons of their courses they stay."""
    op.execute("DELETE FROM mail WHERE person_id IS NULL")
    with op.batch_alter_table("mail") as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_mail_to_one"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_mail_invitation_id"), type_="foreignkey")
        batch_op.drop_column("sealed_link")
        batch_op.drop_column("invitation_id")
        batch_op.alter_column("person_id", existing_type=sa.Integer(), nullable=False)
    with op.batch_alter_table("sign_in_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_session_seat_id"))
        batch_op.drop_constraint(batch_op.f("fk_sign_in_session_seat_id"), type_="foreignkey")
        batch_op.drop_column("seat_id")
    op.execute("DELETE FROM sign_in_link WHERE use = 'sign_in'")
    _forget_accounts()
    op.drop_index("uq_account_person", "account")
    for table, column in (
        ("seat", "track_ref"),
        ("sign_in_link", "back"),
        ("sign_in_link", "browser_hash"),
        ("sign_in_link", "use"),
        ("account", "person_id"),
    ):
        op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    _replace_check("account", KINDS, KINDS_BEFORE)
    op.drop_table("sign_in_request")
    op.drop_table("mentor_invitation")


def _replace_check(table: str, before: str, after: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_constraint(op.f(f"ck_{table}_kind"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_kind"), table, after)
        return
    # https://sqlite.org/lang_altertable.html#otheralter: the way for a check that holds for every row that is there.
    op.execute("PRAGMA writable_schema = ON")
    op.get_bind().execute(
        sa.text("UPDATE sqlite_master SET sql = replace(sql, :before, :after) WHERE type = 'table' AND name = :name"),
        {"before": before, "after": after, "name": table},
    )
    op.execute("PRAGMA writable_schema = RESET")


def _make_invitations() -> None:
    op.create_table(
        "mentor_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("track_id", sa.Integer(), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("address", sa.String(254), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("locale", sa.String(35), nullable=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("mailed", sa.Boolean(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("sent_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("accepted_at", TIME, nullable=True),
        sa.Column("declined_at", TIME, nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=False),
        sa.Column("taken_back_at", TIME, nullable=True),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name="fk_mentor_invitation_institution_id"),
        sa.ForeignKeyConstraint(["track_id"], ["track.id"], name="fk_mentor_invitation_track_id"),
        sa.ForeignKeyConstraint(["invited_by_id"], ["person.id"], name="fk_mentor_invitation_invited_by_id"),
        sa.ForeignKeyConstraint(["mentor_id"], ["mentor.id"], name="fk_mentor_invitation_mentor_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mentor_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_mentor_invitation_token_hash"),
    )
    op.create_index("ix_mentor_invitation_institution_id", "mentor_invitation", ["institution_id"])
    op.create_index("ix_mentor_invitation_track", "mentor_invitation", ["track_id", "sent_at"])
    op.create_index("ix_mentor_invitation_expires_at", "mentor_invitation", ["expires_at"])


def _make_requests() -> None:
    op.create_table(
        "sign_in_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(254), nullable=True),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("source_hash", sa.String(64), nullable=False),
        sa.Column("browser_hash", sa.String(64), nullable=False),
        sa.Column("back", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("answered_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(["institution_id"], ["institution.id"], name="fk_sign_in_request_institution_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in_request"),
    )
    op.create_index("ix_sign_in_request_institution_id", "sign_in_request", ["institution_id"])
    op.create_index("ix_sign_in_request_address", "sign_in_request", ["address_hash", "created_at"])
    op.create_index("ix_sign_in_request_source", "sign_in_request", ["source_hash", "created_at"])


def _forget_accounts() -> None:
    account = sa.table("account", sa.column("id"), sa.column("kind"))
    entry = sa.table("audit_entry", sa.column("account_ref"))
    mentors = sa.select(account.c.id).where(account.c.kind == "mentor")
    op.execute(sa.update(entry).where(entry.c.account_ref.in_(mentors)).values(account_ref=None))
    for name in ("passkey_challenge", "sign_in_link", "sign_in_session", "passkey"):
        of_account = sa.table(name, sa.column("account_id"))
        op.execute(sa.delete(of_account).where(of_account.c.account_id.in_(mentors)))
    op.execute(sa.delete(account).where(account.c.kind == "mentor"))
