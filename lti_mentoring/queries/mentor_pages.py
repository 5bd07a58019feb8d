"""A mentor's public page, as strangers read it and as its mentor sees it beforehand: one and the same view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, exists, select

from lti_mentoring.domain.mentor_pages import OF_PROFILE, PublicPart, is_told_to_strangers, public_title
from lti_mentoring.models import (
    Account,
    Institution,
    Membership,
    MembershipStatus,
    Mentor,
    MentorPage,
    Person,
    Track,
)
from lti_mentoring.queries.credentials import CheckedLine, checked_lines
from lti_mentoring.queries.levels import highest_level
from lti_mentoring.queries.mentor_badges import released_badge
from lti_mentoring.queries.mentor_roles import roles_anywhere
from lti_mentoring.queries.profiles import ProfileView, profile_of
from lti_mentoring.queries.recommendations import told_of_person

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.levels import Level
    from lti_mentoring.domain.profiles import Part
    from lti_mentoring.domain.recommendations import Told
    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class PublicMentor:
    """All that strangers may know of a mentor. ``parts``: those of the profile that are shown."""

    name: str
    institution: str
    profile: ProfileView
    parts: tuple[Part, ...]
    checked: tuple[CheckedLine, ...]
    level: Level | None
    roles: tuple[str, ...]
    again: Told | None
    badge: str | None
    """The public name of their badge of this level, where they took one and let strangers read whose it is."""


def own_page(session: Session, institution_id: int, person_id: int, *, lock: bool = False) -> MentorPage | None:
    """Return a mentor's page, on or off; None: they never chose anything. ``lock``: to be written."""
    wanted = (
        select(MentorPage)
        .where(MentorPage.institution_id == institution_id, MentorPage.person_id == person_id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def mentors_somewhere(session: Session, institution_id: int, person_id: int) -> bool:
    """Tell whether a person mentors in any track of the institution and may have a public page."""
    wanted = select(Person.id).where(
        Person.id == person_id, Person.institution_id == institution_id, *_may_have_a_page()
    )
    return session.scalar(wanted) is not None


def mentor_behind(session: Session, address: str, *, now: datetime) -> PublicMentor | None:
    """Return whose page has this address; None: nobody's, or nobody's any more."""
    row = session.execute(
        select(Person, Institution, MentorPage.shows)
        .select_from(MentorPage)
        .join(Person, Person.id == MentorPage.person_id)
        .join(Institution, Institution.id == MentorPage.institution_id)
        .where(MentorPage.address == address, *_may_have_a_page())
    ).one_or_none()
    return None if row is None else _public(session, *row, now=now)


def page_beforehand(session: Session, by: Sitter, *, now: datetime) -> PublicMentor:
    """Return what strangers read of the sitter, or would read: for the preview."""
    page = own_page(session, by.institution_id, by.person_id)
    person, institution = session.get_one(Person, by.person_id), session.get_one(Institution, by.institution_id)
    return _public(session, person, institution, page.shows if page else [], now=now)


def _may_have_a_page() -> tuple[ColumnElement[bool], ...]:
    """Say of a person's row that they mentor in a track whose course they have not left, and were not kept out."""
    here = exists().where(
        Membership.person_id == Mentor.person_id,
        Membership.context_ref == Track.context_ref,
        Membership.status == MembershipStatus.LEFT,
    )
    mentors = exists().where(
        Mentor.person_id == Person.id,
        Mentor.institution_id == Person.institution_id,
        Mentor.active.is_(True),
        Track.id == Mentor.track_id,
        ~here,
    )
    kept_out = exists().where(Account.person_id == Person.id, Account.disabled_at.is_not(None))
    return mentors, ~kept_out


def _public(
    session: Session, person: Person, institution: Institution, shows: list[str], *, now: datetime
) -> PublicMentor:
    """Leave out here what is not shown, so that no page can show it."""
    lines = checked_lines(session, institution.id, [person.id]).get(person.id, ())
    told = [replace(one, title=public_title(one.title)) for one in lines if is_told_to_strangers(one.state)]
    level = highest_level(session, institution.id, person.id, now=now)
    return PublicMentor(
        name=person.shown_name,
        institution=institution.name,
        # A pause is for the course's students; strangers would wonder at it.
        profile=replace(profile_of(session, institution.id, person.id), paused_until=None),
        parts=tuple(part for shown, part in OF_PROFILE.items() if shown in shows),
        checked=tuple(told) if PublicPart.CHECKED in shows else (),
        level=level if PublicPart.LEVEL in shows else None,
        roles=roles_anywhere(session, institution.id, person.id) if PublicPart.ROLES in shows else (),
        badge=released_badge(session, institution.id, person.id, level)
        if level and PublicPart.LEVEL in shows
        else None,
        again=told_of_person(session, institution.id, person.id) if PublicPart.AGAIN in shows else None,
    )
