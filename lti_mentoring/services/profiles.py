"""Write what a mentor says of themselves, a part at a time or all at once."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from lti_mentoring.domain.profiles import ProfileClosed
from lti_mentoring.models import MentorProfile, ProfileTerm
from lti_mentoring.queries.profiles import find_profile, may_have_profile
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.profiles import ProfileFacts
    from lti_mentoring.domain.seats import Sitter


def save_profile(session: Session, by: Sitter, facts: ProfileFacts, *, now: datetime) -> MentorProfile:
    """Write what these facts say into the sitter's own profile; all else in it stays.

    Raises ProfileClosed for who neither is a mentor nor may apply in this track.
    """
    if not may_have_profile(session, by):
        raise ProfileClosed
    known = {"institution_id": by.institution_id, "person_id": by.person_id}
    first = {"profession": "", "timezone": "", "style": {}, "about": ""}
    upsert(session, MentorProfile, {**known, "updated_at": now}, by=tuple(known), first=first)
    profile = find_profile(session, by.institution_id, by.person_id, lock=True)
    assert profile is not None  # noqa: S101  # made just above
    for name, value in facts.values.items():
        setattr(profile, name, value)
    others = [one for one in profile.terms if one.kind not in facts.terms]
    profile.terms = others + [_term(profile, kind, key) for kind, keys in facts.terms.items() for key in keys]
    session.flush()
    said = sorted({*facts.values, *(kind.value for kind in facts.terms)})
    record(session, by, "profile.saved", "mentor_profile", profile.id, now=now, said=said)
    return profile


def _term(profile: MentorProfile, kind: object, key: str) -> ProfileTerm:
    """Return the term that is there, or a new one."""
    there = next((one for one in profile.terms if (one.kind, one.key) == (kind, key)), None)
    return there or ProfileTerm(institution_id=profile.institution_id, kind=kind, key=key)
