"""What students of a track look for beside what its mentors offer: two statements, whatever the numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from lti_mentoring.domain.demand import Need, Supply, needs
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.seeking import HELP
from lti_mentoring.domain.vocabularies import vocabulary_of
from lti_mentoring.models import Membership, MembershipStatus, Mentor, MentorProfile, ProfileTerm, SeekingCount
from lti_mentoring.queries.room import in_track, of_course

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.models import Track


@dataclass(frozen=True, slots=True)
class Demand:
    """``counted_at``: when students were counted; None: not yet, since fewer than five have said anything."""

    needs: tuple[Need, ...]
    counted_at: datetime | None

    @property
    def short(self) -> tuple[Need, ...]:
        """Kinds of help that fewer places offer than students look for, the scarcest first."""
        lacking = [need for need in self.needs if need.is_short]
        return tuple(sorted(lacking, key=lambda need: need.supply.places - need.students))

    def of(self, kind: TermKind) -> tuple[Need, ...]:
        """Return what belongs to one kind of term."""
        return tuple(need for need in self.needs if need.kind is kind)


def demand_of(session: Session, track: Track) -> Demand:
    """Return what is looked for and offered in a track."""
    count = session.scalars(
        select(SeekingCount).where(
            SeekingCount.track_id == track.id, SeekingCount.institution_id == track.institution_id
        )
    ).one_or_none()
    students = {
        (TermKind(kind), key): number for kind, keys in (count.students if count else {}).items()
        for key, number in keys.items()
    }  # fmt: skip
    found = needs(vocabulary_of(track.template), students, _supplies(session, track))
    return Demand(found, count.counted_at if count else None)


def _supplies(session: Session, track: Track) -> dict[tuple[TermKind, str], Supply]:
    own = (
        (MentorProfile.person_id == Mentor.person_id) & (MentorProfile.institution_id == Mentor.institution_id)
    )  # fmt: skip
    rows = session.execute(
        select(ProfileTerm.kind, ProfileTerm.key, func.count(), func.sum(Mentor.places))
        .select_from(Mentor)
        .join(MentorProfile, own)
        .join(ProfileTerm, ProfileTerm.profile_id == MentorProfile.id)
        .outerjoin(Membership, of_course(track, Mentor.person_id))
        .where(
            *in_track(track),
            ProfileTerm.kind.in_(HELP),
            or_(Membership.status.is_(None), Membership.status != MembershipStatus.LEFT),
        )
        .group_by(ProfileTerm.kind, ProfileTerm.key)
    )
    return {(kind, key): Supply(mentors, places) for kind, key, mentors, places in rows}
