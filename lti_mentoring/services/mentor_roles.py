"""Say which roles a track's mentors serve in, and which mentor serves in which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from lti_mentoring.domain.mentor_roles import MentorRole, RoleInUse, as_stored, checked, every_role
from lti_mentoring.domain.tracks import check_version
from lti_mentoring.errors import Conflict, NotFound, Refused
from lti_mentoring.models import Mentor, Mentorship, ServedRole, Track
from lti_mentoring.models.base import new_key
from lti_mentoring.queries.mentor_roles import served, use_of
from lti_mentoring.services.auditing import record
from lti_mentoring.services.mentors import find_mentor, name_of, serve
from lti_mentoring.services.tracks import hold_roles, locked_track, note

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


class RoleNeeded(Refused):
    """A mentor serves in one role at least."""

    code = "mentor_role_needed"


class StillServing(Conflict):
    """A mentor has students in a role that was taken away. Facts: ``mentor``, ``role``."""

    code = "mentor_role_served"


def edit_roles(
    session: Session, by: Sitter, wanted: Sequence[tuple[str | None, str]], *, version: int | None, now: datetime
) -> Track:
    """Give a track these roles in this order: each its key (None: it is new) and its name.

    Raises RolesFlawed, RoleInUse for one that is to go while somebody serves in it, NotFound for a key of nowhere. As
    soon as there is a second role, those who are mentors already serve in the one that was there.
    """
    track = locked_track(session, by)
    before = track.roles
    kept = [key for key, _name in wanted if key is not None]
    if len(set(kept)) < len(kept) or not set(kept) <= {one.key for one in before}:
        raise NotFound
    roles = checked([MentorRole(new_key() if key is None else key, name) for key, name in wanted])
    if roles == before:
        return track
    check_version(track.version, version)
    going = [one for one in before if one.key not in kept]
    for one in going:
        _check_use(session, track, one)
    past = [one for one in every_role(track.mentor_roles) if one.gone]
    past += [MentorRole(one.key, one.name, gone=True) for one in going]
    track.mentor_roles = as_stored([*roles, *past])
    if len(before) == 1 and len(roles) > 1:
        _serve_all(session, track, before[0].key if before[0].key in kept else roles[0].key)
    note(
        session, by, track, "track.mentor_roles_edited", "track", track.id, now=now,
        roles=[one.name for one in roles], gone=[one.name for one in going],
    )  # fmt: skip
    return track


def set_served(
    session: Session, by: Sitter, track: Track, mentor_id: int, roles: Collection[str], *, now: datetime
) -> Mentor:
    """Say in which of the track's roles a mentor serves; raise StillServing for one in which they have students."""
    wanted = set(roles)
    hold_roles(session, track, wanted)
    mentor = find_mentor(session, by, mentor_id)
    known = {one.key: one.name for one in track.roles}
    if not wanted:
        raise RoleNeeded
    session.refresh(mentor, with_for_update=True)  # who is being given to them in a role counts
    before = (served(session, track) or {}).get(mentor.id, frozenset()) & set(known)
    if wanted == before or len(known) == 1:
        return mentor
    running = select(Mentorship.role).where(Mentorship.mentor_id == mentor.id, Mentorship.ended_at.is_(None))
    still = sorted(set(session.scalars(running)) - wanted)
    if still:
        raise StillServing(mentor=name_of(session, mentor), role=known.get(still[0], ""))
    serve(session, track, mentor, wanted)
    record(
        session, by, "mentor.roles_changed", "mentor", mentor.id, now=now,
        roles=[name for key, name in known.items() if key in wanted],
    )  # fmt: skip
    return mentor


def _check_use(session: Session, track: Track, role: MentorRole) -> None:
    use = use_of(session, track, role.key)
    if use:
        raise RoleInUse(
            role=role.name, pairs=use.pairs, drafts=use.drafts, asked=use.asked, milestones=use.milestones
        )  # fmt: skip


def _serve_all(session: Session, track: Track, role: str) -> None:
    """Let every mentor of the track serve in one role, and no other."""
    mentors = session.scalars(select(Mentor.id).where(Mentor.track_id == track.id)).all()
    session.execute(delete(ServedRole).where(ServedRole.mentor_id.in_(mentors)))
    rows: list[dict[str, Any]] = [
        {"institution_id": track.institution_id, "mentor_id": number, "role": role} for number in mentors
    ]
    if rows:
        session.execute(insert(ServedRole), rows)
