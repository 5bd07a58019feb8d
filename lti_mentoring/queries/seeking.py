"""What students look for and mentors offer, as one's own page, a mentor's page and the matching read it.

Hours are compared by the clocks of the day on which the track starts: a round that is drawn up again is the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.seeking import Shared, Side, shared, side_of
from lti_mentoring.models import Mentor, MentorProfile, ProfileTerm, Seeking
from lti_mentoring.queries.profiles import ProfileView

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track

STREAM = {"yield_per": 10_000}


def seeking_of(session: Session, track: Track, person_id: int) -> ProfileView:
    """Return what a student of a track has said that they look for, in the form of a profile; empty: nothing."""
    row = session.scalars(
        select(Seeking).where(Seeking.track_id == track.id, Seeking.person_id == person_id)
    ).one_or_none()
    if row is None:
        return ProfileView()
    terms = tuple((TermKind(kind), key) for kind, keys in row.terms.items() for key in keys)
    return ProfileView(career=row.career, timezone=row.timezone, style=tuple(row.style.items()), terms=terms)


def sought(session: Session, track: Track, people: Collection[int] | None = None) -> dict[int, Side]:
    """Return by person what students of a track look for; whoever has said nothing is not in it. One statement.

    ``people``: of these only.
    """
    wanted = select(Seeking.person_id, Seeking.terms, Seeking.style, Seeking.career, Seeking.timezone).where(
        Seeking.track_id == track.id, *([] if people is None else [Seeking.person_id.in_(people)])
    )
    rows = session.execute(wanted, execution_options=STREAM)
    return {
        person: side_of({TermKind(kind): keys for kind, keys in terms.items()}, style, career, zone, on=track.starts_on)
        for person, terms, style, career, zone in rows
    }


def offered(session: Session, track: Track, mentor_id: int | None = None) -> dict[int, Side]:
    """Return by mentor of a track what each says of themselves: two statements. ``mentor_id``: of this one only."""
    one = [Mentor.track_id == track.id, Mentor.active.is_(True)]
    one += [] if mentor_id is None else [Mentor.id == mentor_id]
    own = (
        (MentorProfile.person_id == Mentor.person_id) & (MentorProfile.institution_id == Mentor.institution_id)
    )  # fmt: skip
    terms: dict[int, dict[TermKind, set[str]]] = {}
    for number, kind, key in session.execute(
        select(Mentor.id, ProfileTerm.kind, ProfileTerm.key)
        .join(MentorProfile, own)
        .join(ProfileTerm, ProfileTerm.profile_id == MentorProfile.id)
        .where(*one),
        execution_options=STREAM,
    ):
        terms.setdefault(number, {}).setdefault(kind, set()).add(key)
    rows = session.execute(
        select(Mentor.id, MentorProfile.style, MentorProfile.career, MentorProfile.timezone)
        .join(MentorProfile, own)
        .where(*one),
        execution_options=STREAM,
    )
    return {
        number: side_of(terms.get(number, {}), style, career, zone, on=track.starts_on)
        for number, style, career, zone in rows
    }


def in_common(session: Session, track: Track, person_id: int, mentor_id: int) -> Shared | None:
    """Return what a student looks for and a mentor offers; None for who has said nothing, or a mentor who has not."""
    student = sought(session, track, [person_id]).get(person_id)
    mentor = offered(session, track, mentor_id).get(mentor_id) if student else None
    return shared(student, mentor) if student and mentor else None
