"""Keep a student's wishes; only the student and the matching read them.

The audit trail says that wishes were saved, and nothing of what they are: a veto leaves no trace of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from lti_mentoring.domain.rank_lists import UnknownMentorWished, Window, Wishes, WishesChanged, WishesClosed
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Mentor, RankedMentor, RankList, Veto
from lti_mentoring.queries.mentor_roles import serves
from lti_mentoring.queries.rank_lists import my_wishes
from lti_mentoring.queries.waiting_list import rules_for
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.models import Track


def save_wishes(
    session: Session, by: Sitter, track: Track, wishes: Wishes, *, version: int, now: datetime, role: str = ""
) -> int:
    """Keep the sitter's own wishes for mentors of a role and return their version; saving them again changes nothing.

    Raises WishesClosed outside of the days for it, WishesChanged where another window saved meanwhile (``version`` is
    the one that was opened; 0: none was there), UnknownMentorWished for a mentor who is not in this track and role
    or is the sitter, NotFound for a role that the track does not have.
    """
    window = rules_for(session, track, by.person_id, today=now.date(), role=role).window(now.date())
    if window is not Window.OPEN:
        raise WishesClosed(window=window.value)
    if role not in {one.key for one in track.roles}:
        raise NotFound
    known = my_wishes(session, by, track, role)
    if known.wishes == wishes:
        return known.version
    row = _locked(session, by, track, role, now=now)
    if row.version != version:
        raise WishesChanged(known=row.version)
    _check(session, by, track, wishes, known.wishes, role)
    if known.wishes.vetoed != wishes.vetoed:
        _outdate_others(session, by, track, role, now=now)
    row.any_other, row.updated_at = wishes.any_other, now
    row.version += 1
    _write(session, by, track, row, wishes, now=now)
    record(session, by, "wishes.saved", "rank_list", row.id, now=now, version=row.version)
    session.flush()
    return row.version


def _locked(session: Session, by: Sitter, track: Track, role: str, *, now: datetime) -> RankList:
    """Return the sitter's list, made where there is none, held until the end of the transaction."""
    key = {"track_id": track.id, "person_id": by.person_id, "mentor_role": role}
    first = {"institution_id": track.institution_id, "any_other": False, "version": 0, "updated_at": now}
    number = upsert(session, RankList, key, by=tuple(key), first=first)
    return session.get_one(RankList, number, with_for_update=True, populate_existing=True)


def _outdate_others(session: Session, by: Sitter, track: Track, role: str, *, now: datetime) -> None:
    """Let a window with the wishes for another role know that somebody is not wanted, who is so in every role."""
    for one in track.roles:
        if one.key != role:
            _locked(session, by, track, one.key, now=now).version += 1


def _check(session: Session, by: Sitter, track: Track, wishes: Wishes, before: Wishes, role: str) -> None:
    """Let only mentors of the track be named; who has stopped mentoring stays where they were, and comes nowhere."""
    named = {*wishes.places(), *wishes.vetoed}
    had = {*before.places(), *before.vetoed}
    here = session.execute(
        select(Mentor.id, Mentor.active & serves(track, role)).where(
            Mentor.id.in_(named),
            Mentor.track_id == track.id,
            Mentor.institution_id == by.institution_id,
            Mentor.person_id != by.person_id,
        )
    )
    if {number for number, fits in here if fits or number in had} != named:
        raise UnknownMentorWished


def _write(session: Session, by: Sitter, track: Track, row: RankList, wishes: Wishes, *, now: datetime) -> None:
    own = {"institution_id": track.institution_id}
    session.execute(delete(RankedMentor).where(RankedMentor.rank_list_id == row.id))
    if ranked := [{**own, "rank_list_id": row.id, "mentor_id": m, "tier": t} for m, t in wishes.places().items()]:
        session.execute(insert(RankedMentor), ranked)
    mine = (Veto.track_id == track.id, Veto.person_id == by.person_id)
    session.execute(delete(Veto).where(*mine, Veto.mentor_id.not_in(wishes.vetoed)))
    had = set(session.scalars(select(Veto.mentor_id).where(*mine)))
    whose = {**own, "track_id": track.id, "person_id": by.person_id, "made_at": now}
    if new := [{**whose, "mentor_id": mentor} for mentor in sorted(wishes.vetoed - had)]:
        session.execute(insert(Veto), new)
