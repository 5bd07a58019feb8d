"""A mentor's profile as pages and services read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import selectinload

from lti_mentoring.domain.profiles import TermKind, parts_missing
from lti_mentoring.models import Mentor, MentorProfile, Track

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.profiles import CareerStage, Part, Works
    from lti_mentoring.domain.seats import Sitter

COLUMNS = ("profession", "career", "years", "timezone", "works", "style", "about", "paused_until")


@dataclass(frozen=True, slots=True)
class ProfileView:
    """What somebody says of themselves; an empty one says nothing yet."""

    profession: str = ""
    career: CareerStage | None = None
    years: int | None = None
    timezone: str = ""
    works: Works | None = None
    style: tuple[tuple[str, str], ...] = ()
    about: str = ""
    paused_until: date | None = None
    terms: tuple[tuple[TermKind, str], ...] = ()

    def of(self, kind: TermKind) -> tuple[str, ...]:
        """Return the keys of one kind, in the order in which they were chosen."""
        return tuple(key for one, key in self.terms if one is kind)

    @property
    def missing(self) -> tuple[Part, ...]:
        """The parts that are still to be filled."""
        values = {name: getattr(self, name) for name in COLUMNS}
        return parts_missing(values, {kind for kind, _key in self.terms})


def may_have_profile(session: Session, by: Sitter) -> bool:
    """Tell whether the sitter is a mentor of the track, or may apply to be one there."""
    is_mentor = exists().where(Mentor.track_id == Track.id, Mentor.person_id == by.person_id, Mentor.active.is_(True))
    row = session.execute(
        select(Track.applications_open, is_mentor).where(
            Track.id == by.track_id, Track.institution_id == by.institution_id
        )
    ).one_or_none()
    return row is not None and (row[1] or (row[0] and not by.is_test))


def find_profile(session: Session, institution_id: int, person_id: int, *, lock: bool = False) -> MentorProfile | None:
    """Return a person's profile with its terms, or None; ``lock``: to be written."""
    wanted = (
        select(MentorProfile)
        .where(MentorProfile.institution_id == institution_id, MentorProfile.person_id == person_id)
        .options(selectinload(MentorProfile.terms))
        .execution_options(populate_existing=True)
    )
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def profile_of(session: Session, institution_id: int, person_id: int) -> ProfileView:
    """Return what a person says of themselves."""
    return view_of(find_profile(session, institution_id, person_id))


def view_of(profile: MentorProfile | None) -> ProfileView:
    """Return a profile as pages show it."""
    if profile is None:
        return ProfileView()
    values = {name: getattr(profile, name) for name in COLUMNS}
    terms = tuple((one.kind, one.key) for one in profile.terms)
    return ProfileView(**{**values, "style": tuple(profile.style.items())}, terms=terms)
