"""Tests of a track: their items, and who answered what in which attempt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.items import Asked, ItemKind, read_asked
from lti_mentoring.domain.tests import AnswersShown, Audience, StateOfTest
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column, new_key
from lti_mentoring.models.context import Person


class Test(OfInstitution, Model):
    """A test that students or mentors of a track take."""

    __test__ = False  # pytest takes every class called so for one of its own
    __tablename__ = "test"
    __table_args__ = (
        UniqueConstraint("track_id", "key"),
        check_enum("audience", Audience),
        check_enum("state", StateOfTest),
        check_enum("answers", AnswersShown),
        CheckConstraint("pass_percent BETWEEN 0 AND 100", name="pass_percent"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    key: Mapped[str] = mapped_column(String(32), default=new_key)
    """As a track's key."""
    title: Mapped[str] = mapped_column(String(120))
    about: Mapped[str] = mapped_column(Text, default="")
    reading: Mapped[str] = mapped_column(Text, default="", server_default="")
    """What whoever takes it reads first; with the test it is a short training. "": nothing."""
    audience: Mapped[Audience] = enum_column(Audience, default=Audience.STUDENTS)
    state: Mapped[StateOfTest] = enum_column(StateOfTest, default=StateOfTest.DRAFT)
    pass_percent: Mapped[int] = mapped_column(default=60)
    attempts: Mapped[int | None]
    """How many somebody may make; None: as many as they like."""
    minutes: Mapped[int | None]
    """How long an attempt may take; None: as long as it takes."""
    drawn: Mapped[int | None]
    """How many of the items an attempt has; None: all."""
    shuffled: Mapped[bool] = mapped_column(default=False)
    answers: Mapped[AnswersShown] = enum_column(AnswersShown, default=AnswersShown.EACH)
    column_points: Mapped[int | None]
    """Maximum of its own column in the gradebook; None: it has none."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each edit, also of its items; a form that was opened on an older one is a conflict."""
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)


class Item(OfInstitution, Model):
    """One question. Once it stands in an attempt it never changes: an edit retires it and makes its next version."""

    __tablename__ = "item"
    __table_args__ = (
        UniqueConstraint("test_id", "key", "version"),
        Index("ix_item_test_position", "test_id", "position"),
        check_enum("kind", ItemKind),
        CheckConstraint("points > 0", name="points"),
    )

    test_id: Mapped[int] = mapped_column(ForeignKey("test.id"))
    key: Mapped[str] = mapped_column(String(32), default=new_key)
    """The same for all versions of one question."""
    version: Mapped[int] = mapped_column(default=1)
    position: Mapped[int]
    kind: Mapped[ItemKind] = enum_column(ItemKind)
    points: Mapped[int] = mapped_column(default=1)
    stem: Mapped[str] = mapped_column(Text)
    right: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What is right, as ``domain.items.read_asked`` reads it."""
    explanation: Mapped[str] = mapped_column(Text, default="")
    retired_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    @property
    def asked(self) -> Asked:
        """What it asks and what is right."""
        return read_asked(self.kind, self.stem, self.points, self.explanation, self.right)


class Attempt(OfInstitution, Model):
    """One person's try at a test. It keeps the rules that it began with."""

    __tablename__ = "attempt"
    __table_args__ = (
        UniqueConstraint("test_id", "person_id", "number"),
        Index(
            "uq_attempt_open",
            "test_id",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_attempt_due", "ended_at", "deadline_at"),
        Index("ix_attempt_track_person", "track_id", "person_id"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    test_id: Mapped[int] = mapped_column(ForeignKey("test.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    number: Mapped[int]
    seed: Mapped[str] = mapped_column(String(32))
    """By it the items were drawn and put in their order."""
    pass_percent: Mapped[int]
    began_at: Mapped[datetime] = mapped_column(UTCDateTime)
    deadline_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    saved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    maximum: Mapped[int]
    points: Mapped[float | None]
    """None until it has ended."""
    passed: Mapped[bool] = mapped_column(default=False)

    test: Mapped[Test] = relationship()
    person: Mapped[Person] = relationship()
    answers: Mapped[list[Answer]] = relationship(back_populates="attempt", order_by="Answer.position")


class Answer(OfInstitution, Model):
    """One item of an attempt, and what was given there so far; nobody else reads it."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("attempt_id", "item_id"),)

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    position: Mapped[int]
    given: Mapped[list[str]] = mapped_column(JSON, default=list)
    points: Mapped[float | None]
    """None until the attempt has ended."""

    attempt: Mapped[Attempt] = relationship(back_populates="answers")
    item: Mapped[Item] = relationship()
