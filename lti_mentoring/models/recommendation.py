"""Whether students would choose a mentor again. Nobody but who answered reads an answer; what is told is a count.

No row says when it was written: a moment would tell whose answer came last.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.recommendations import Again
from lti_mentoring.models.base import Model, OfInstitution, check_enum, enum_column


class Recommendation(OfInstitution, Model):
    """One student's answer about one mentor; it goes with either of the two."""

    __tablename__ = "recommendation"
    __table_args__ = (
        UniqueConstraint("mentor_id", "person_id"),
        check_enum("answer", Again),
        check_enum("told", Again),
    )

    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    answer: Mapped[Again | None] = enum_column(Again)
    """None: taken back; the row stays until what was told of it is not told any more."""
    told: Mapped[Again | None] = enum_column(Again)
    """As what the answer is in the count that is told; None: it is not in it."""


class RecommendationCount(OfInstitution, Model):
    """What is told of one mentor, as it was counted when the last batch was complete; zeros: nothing."""

    __tablename__ = "recommendation_count"
    __table_args__ = (
        UniqueConstraint("mentor_id"),
        CheckConstraint("yes >= 0 AND reserved >= 0 AND no >= 0", name="numbers"),
    )

    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id", ondelete="CASCADE"))
    yes: Mapped[int] = mapped_column(default=0)
    reserved: Mapped[int] = mapped_column(default=0)
    no: Mapped[int] = mapped_column(default=0)
