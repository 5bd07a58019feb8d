"""Sections and groups of a course, as the platform tells them; faculty look at one of them, learners see none."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.models.base import Model, OfInstitution, check_enum, enum_column


class Group(OfInstitution, Model):
    """A section or a group, known in its course by the platform's own id."""

    __tablename__ = "course_group"
    __table_args__ = (UniqueConstraint("context_ref", "kind", "external_id"), check_enum("kind", GroupKind))

    context_ref: Mapped[int] = mapped_column(ForeignKey("context.id"))
    kind: Mapped[GroupKind] = enum_column(GroupKind)
    external_id: Mapped[str] = mapped_column(String(255))
    name: Mapped[str] = mapped_column(String(255), default="")
    """Blank where the platform tells only an id."""
    set_name: Mapped[str] = mapped_column(String(255), default="")
    """The set that a group is one of ("Project teams"); blank outside of any."""


class GroupMembership(OfInstitution, Model):
    """A person in a section or group; several are possible."""

    __tablename__ = "course_group_membership"
    __table_args__ = (UniqueConstraint("group_id", "person_id"),)

    group_id: Mapped[int] = mapped_column(ForeignKey("course_group.id", ondelete="CASCADE"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
