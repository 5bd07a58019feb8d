"""Matching rounds: what was computed from what, what people changed in it, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.rounds import UNDO_HOURS, MatchOrigin, RoundState
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column


class Round(OfInstitution, Model):
    """One matching of everybody who waits, made as a whole; a track has one draft at a time."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("track_id", "number"),
        Index(
            "uq_round_draft",
            "track_id",
            "mentor_role",
            unique=True,
            sqlite_where=text("state = 'draft'"),
            postgresql_where=text("state = 'draft'"),
        ),
        check_enum("state", RoundState),
        CheckConstraint("undo_hours >= 0", name="undo_hours"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    number: Mapped[int]
    mentor_role: Mapped[str] = mapped_column(String(40), default="")
    """Which mentors are given: "clinical", "research"; blank in a track that knows one kind."""
    state: Mapped[RoundState] = enum_column(RoundState, default=RoundState.DRAFT)
    strategy: Mapped[str] = mapped_column(String(40))
    strategy_version: Mapped[str] = mapped_column(String(20))
    weights: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    seed: Mapped[str] = mapped_column(String(64))
    kept_together: Mapped[str] = mapped_column(String(300), default="")
    """The set of groups that stay together, as ``GroupSet.key``; blank: everybody was matched alone."""
    group_size: Mapped[int] = mapped_column(default=1)
    """How many places of a mentor a group took: people of the round's largest."""
    snapshot: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """What was matched, as compressed canonical JSON: the round can be computed and checked again from it alone."""
    result: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """What the strategy answered, kept the same way; changes by hand let it be."""
    snapshot_digest: Mapped[str] = mapped_column(String(64))
    result_digest: Mapped[str] = mapped_column(String(64))
    findings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What was measured as it was computed: numbers only."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)
    undo_hours: Mapped[int] = mapped_column(default=UNDO_HOURS)
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undo_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)


class Match(OfInstitution, Model):
    """What a round says of one student. ``mentor_id`` None: nobody."""

    __tablename__ = "match"
    __table_args__ = (
        UniqueConstraint("round_id", "student_id"),
        Index("ix_match_round_mentor", "round_id", "mentor_id"),
        check_enum("origin", MatchOrigin),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"), index=True)
    computed_mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"))
    """As the strategy gave it; a change by hand lets it be."""
    origin: Mapped[MatchOrigin] = enum_column(MatchOrigin, default=MatchOrigin.ALGORITHM)
    wish: Mapped[int | None]
    """Which wish of the student the mentor is, counted from 1; None: nobody, or somebody not wished for."""
    computed_wish: Mapped[int | None]
    wished: Mapped[int] = mapped_column(default=0)
    """How many mentors the student wished for; 0: gave no list."""
    wishes: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    """The student's list as it was matched: tiers of mentors' numbers."""
    unit: Mapped[int | None]
    """Whoever has the same number was matched as one, as a group; None: alone. It is the number of one of them."""
    group_name: Mapped[str] = mapped_column(String(255), default="")
    """What that group was called; only faculty read it."""
    why: Mapped[str] = mapped_column(String(40), default="")
    why_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    mentorship_id: Mapped[int | None] = mapped_column(ForeignKey("mentorship.id"), index=True)
    """What publishing made of it."""


class RoundChange(OfInstitution, Model):
    """One change of a draft by hand, with its reason; undone, it stays on record."""

    __tablename__ = "round_change"
    __table_args__ = (Index("ix_round_change_round_student", "round_id", "student_id"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"))
    student_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"))
    to_mentor_id: Mapped[int | None] = mapped_column(ForeignKey("mentor.id"))
    reason: Mapped[str] = mapped_column(Text)
    sets_aside: Mapped[list[str]] = mapped_column(JSON, default=list)
    """``SetAside`` codes: the rules that gave way."""
    act: Mapped[str] = mapped_column(String(32), default="")
    """The same for all whom one press moved; blank: it moved one alone."""
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
