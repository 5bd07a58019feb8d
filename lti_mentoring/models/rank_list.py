"""What people wish of each other before they are matched. Nobody but the one who wishes, and the matching, reads it."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.rank_lists import (
    TRUTHFUL,
    USUAL_FACULTY_AS_MENTOR,
    USUAL_REPLY_DAYS,
    FacultyAsMentor,
    LimitKind,
    MatchingWay,
)
from lti_mentoring.models.base import Model, OfInstitution, UTCDateTime, check_enum, enum_column


class MatchingPolicy(OfInstitution, Model):
    """How a track brings students and mentors together; a track without a row goes by the defaults."""

    __tablename__ = "matching_policy"
    __table_args__ = (
        UniqueConstraint("track_id"),
        check_enum("way", MatchingWay),
        check_enum("faculty_as_mentor", FacultyAsMentor),
        CheckConstraint("reply_days > 0", name="reply_days"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    way: Mapped[MatchingWay] = enum_column(MatchingWay, default=MatchingWay.BY_HAND)
    wishes_from: Mapped[date | None]
    wishes_until: Mapped[date | None]
    """The last day; None: no end."""
    reply_days: Mapped[int] = mapped_column(default=USUAL_REPLY_DAYS)
    """Days that a mentor has to answer a student who asks."""
    mentors_rank: Mapped[bool] = mapped_column(default=False)
    strategy: Mapped[str] = mapped_column(String(60), default=TRUTHFUL, server_default=TRUTHFUL)
    """By which rule the next round is to be answered, as students are told."""
    faculty_as_mentor: Mapped[FacultyAsMentor] = enum_column(FacultyAsMentor, default=USUAL_FACULTY_AS_MENTOR)


class RankList(OfInstitution, Model):
    """One student's wishes in a track, for mentors of one role."""

    __tablename__ = "rank_list"
    __table_args__ = (UniqueConstraint("track_id", "person_id", "mentor_role"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor_role: Mapped[str] = mapped_column(String(40), default="", server_default="")
    any_other: Mapped[bool] = mapped_column(default=False)
    """Any of the mentors who are not on the list is fine, too."""
    version: Mapped[int] = mapped_column(default=1)
    """Raised by each change; a page that was opened on an older one is a conflict."""
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RankedMentor(OfInstitution, Model):
    """A mentor on a list; equal tiers are equally welcome."""

    __tablename__ = "ranked_mentor"
    __table_args__ = (UniqueConstraint("rank_list_id", "mentor_id"), CheckConstraint("tier >= 1", name="tier"))

    rank_list_id: Mapped[int] = mapped_column(ForeignKey("rank_list.id", ondelete="CASCADE"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"), index=True)
    tier: Mapped[int]


class Veto(OfInstitution, Model):
    """A mentor whom a student will not be given. Only the student ever sees that there is one."""

    __tablename__ = "veto"
    __table_args__ = (UniqueConstraint("track_id", "person_id", "mentor_id"),)

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RankedStudent(OfInstitution, Model):
    """A student on a mentor's own list, where the track lets mentors rank."""

    __tablename__ = "ranked_student"
    __table_args__ = (
        UniqueConstraint("mentor_id", "person_id"),
        Index("ix_ranked_student_track", "track_id"),
        CheckConstraint("tier >= 1", name="tier"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    tier: Mapped[int]


class MentorLimit(OfInstitution, Model):
    """What a mentor will not go beyond, whoever wishes for them; one row for each kind."""

    __tablename__ = "mentor_limit"
    __table_args__ = (
        UniqueConstraint("mentor_id", "kind"),
        Index("ix_mentor_limit_track", "track_id"),
        check_enum("kind", LimitKind),
        CheckConstraint("number >= 0", name="number"),
    )

    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"))
    mentor_id: Mapped[int] = mapped_column(ForeignKey("mentor.id"))
    kind: Mapped[LimitKind] = enum_column(LimitKind)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("course_group.id", ondelete="SET NULL"))
    """Of ``only_group``; None: that section is gone, and nobody is in it."""
    number: Mapped[int | None]
    """Of ``most_new``."""
