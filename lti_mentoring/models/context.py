"""Courses and the people in them: Person, Context, ResourceLink, Membership, Seat."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lti_mentoring.domain.names import shown_name, told_name
from lti_mentoring.domain.placing import Placed
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models.base import JSON, Model, OfInstitution, UTCDateTime, check_enum, enum_column
from lti_mentoring.models.registration import Deployment, Registration


class MembershipStatus(StrEnum):
    """What the course's roster says; ``maybe_left`` is missing from one complete roster, ``left`` from two."""

    ACTIVE = "active"
    MAYBE_LEFT = "maybe_left"
    LEFT = "left"


class Person(OfInstitution, Model):
    """Somebody known by (institution, issuer, sub); never joined with another by e-mail."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("institution_id", "issuer", "subject"),)

    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    name: Mapped[str | None]
    given_name: Mapped[str | None]
    family_name: Mapped[str | None]
    email: Mapped[str | None]
    legacy_user_id: Mapped[str | None] = mapped_column(String(255))
    """The platform's LTI 1.1 id of the person: Canvas may name observed people by it."""
    locale: Mapped[str | None] = mapped_column(String(35))
    is_test_user: Mapped[bool] = mapped_column(default=False)
    """Canvas's student view: never a grade."""
    first_seen_at: Mapped[datetime] = mapped_column(UTCDateTime)

    @property
    def shown_name(self) -> str:
        """A name to show."""
        return shown_name(self.name, self.given_name, self.family_name, self.subject)

    @property
    def told_name(self) -> str:
        """The name that the platform told, or ""."""
        return told_name(self.name, self.given_name, self.family_name)


class Context(OfInstitution, Model):
    """A course, known by (registration, deployment, context id)."""

    __tablename__ = "context"
    __table_args__ = (
        UniqueConstraint("registration_id", "deployment_id", "context_id"),
        UniqueConstraint("id", "institution_id"),
        # A course is of its deployment's institution, and keeps the deployment there (docs/adr/0013-tenants.md).
        ForeignKeyConstraint(["deployment_id", "institution_id"], ["deployment.id", "deployment.institution_id"]),
    )

    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    deployment_id: Mapped[int]
    context_id: Mapped[str] = mapped_column(String(255))
    label: Mapped[str | None]
    title: Mapped[str | None]
    memberships_url: Mapped[str | None] = mapped_column(Text)
    lineitems_url: Mapped[str | None] = mapped_column(Text)
    groups_url: Mapped[str | None] = mapped_column(Text)
    group_sets_url: Mapped[str | None] = mapped_column(Text)
    history: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The platform's identifiers of the courses that this one was copied from, the most recent first."""
    roster_synced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    roster_started_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    registration: Mapped[Registration] = relationship()
    deployment: Mapped[Deployment] = relationship()

    @property
    def shown_title(self) -> str:
        """The course's title, or its label, or its number."""
        return self.title or self.label or self.context_id


class ResourceLink(OfInstitution, Model):
    """One placement of the tool in a course; opens one track once faculty have said which."""

    __tablename__ = "resource_link"
    __table_args__ = (
        UniqueConstraint("context_ref", "resource_link_id"),
        ForeignKeyConstraint(["context_ref", "institution_id"], ["context.id", "context.institution_id"]),
    )

    context_ref: Mapped[int]
    resource_link_id: Mapped[str] = mapped_column(String(255))
    title: Mapped[str | None]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    lineitem_url: Mapped[str | None] = mapped_column(Text)
    opens: Mapped[str] = mapped_column(String(20), default=Placed.TRACK.value)
    """A ``Placed`` kind; kept as text, so that a new kind needs no change of the table."""
    opens_track: Mapped[str | None] = mapped_column(String(32))
    """Key of the track that the link was made for; in a copied course the track may not be there yet."""
    opens_item: Mapped[str | None] = mapped_column(String(32))
    """Key of the one thing of the track that it opens."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)

    context: Mapped[Context] = relationship()


class Membership(OfInstitution, Model):
    """A person in a course, as the platform says; our own roles (mentor) live elsewhere."""

    __tablename__ = "membership"
    __table_args__ = (
        UniqueConstraint("context_ref", "person_id"),
        Index("ix_membership_context_student", "context_ref", "is_student", "status"),
        check_enum("status", MembershipStatus),
        check_enum("chosen_role", SeatRole),
        ForeignKeyConstraint(["context_ref", "institution_id"], ["context.id", "context.institution_id"]),
        # Each launch writes one anew: with room beside it the indexes stay as they are (PostgreSQL's HOT updates).
        {"postgresql_with": {"fillfactor": 85}},
    )

    context_ref: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role_uris: Mapped[list[str]] = mapped_column(JSON, default=list)
    is_student: Mapped[bool] = mapped_column(default=False)
    is_faculty: Mapped[bool] = mapped_column(default=False)
    status: Mapped[MembershipStatus] = enum_column(MembershipStatus, default=MembershipStatus.ACTIVE)
    missed_rosters: Mapped[int] = mapped_column(default=0)
    """Complete rosters in a row that did not name the person."""
    groups_digest: Mapped[str | None] = mapped_column(String(64))
    """Of the sections and groups that the person's last launch told; the same ones are not written again."""
    joined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    """When the person first came into the course, by a launch or by its list; None: before this was kept."""
    launched_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    on_roster_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    observed: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Whom the person may see as the platform's Mentor, by the platform's ids; of the last launch alone."""
    chosen_role: Mapped[SeatRole | None] = enum_column(SeatRole)
    """Where somebody who may sit in several places here last chose to sit."""

    context: Mapped[Context] = relationship()
    person: Mapped[Person] = relationship()


class Seat(OfInstitution, Model):
    """The signed-in person + role + course after one launch; found by the hash of the browser's secret."""

    __tablename__ = "seat"
    __table_args__ = (check_enum("role", SeatRole),)

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    context_ref: Mapped[int | None] = mapped_column(ForeignKey("context.id"))
    resource_link_ref: Mapped[int | None] = mapped_column(ForeignKey("resource_link.id"))
    track_ref: Mapped[int | None] = mapped_column(ForeignKey("track.id"))
    """The track itself, where no link of the course led here: an outside mentor's seat."""
    role: Mapped[SeatRole] = enum_column(SeatRole)
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)
    """All seat roles that this person may choose between."""
    locale: Mapped[str | None] = mapped_column(String(35))
    return_url: Mapped[str | None] = mapped_column(Text)
    deep_linking: Mapped[dict[str, object] | None] = mapped_column(JSON)
    """The platform's wishes while something is being picked for the course (a deep-linking launch); else None."""
    about_subject: Mapped[str | None] = mapped_column(String(255))
    """Whose data the seat was opened to look at (a data-privacy launch), as the platform names them; else None."""
    created_at: Mapped[datetime] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    person: Mapped[Person] = relationship()
    context: Mapped[Context | None] = relationship()
    resource_link: Mapped[ResourceLink | None] = relationship()


class Ticket(OfInstitution, Model):
    """What opens one address once, in a seat that no cookie carries there: a download or a new window."""

    __tablename__ = "ticket"

    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id", ondelete="CASCADE"), index=True)
    address: Mapped[str] = mapped_column(Text)
    """The path with its query; the ticket opens nothing else."""
    for_window: Mapped[bool]
    """The page that it opens gets a seat of its own."""
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
