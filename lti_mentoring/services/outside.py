"""Where mentors from outside the course sit: in one of the tracks that they mentor in, for one browser's session."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import update

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Account, Seat, SignInSession
from lti_mentoring.queries.outside import places_of
from lti_mentoring.queries.seats import find_outside_sitter, hash_of
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.accounts import Holder
    from lti_mentoring.queries.outside import PlaceToSit

TOKEN_BYTES = 32


def sit_where_there_is_one_place(
    session: Session, account: Account, signed_in: SignInSession, *, now: datetime
) -> None:
    """Seat an outside mentor who has one place to sit; who has several chooses, and others have none."""
    if account.kind is not AccountKind.MENTOR:
        return
    places = places_of(session, account.id)
    if len(places) == 1:
        _sit(session, account, signed_in, places[0], now=now)


def sit(session: Session, holder: Holder, mentor_id: int, *, now: datetime) -> None:
    """Sit in another track that one mentors in; raise NotFound for any other."""
    found = next((one for one in places_of(session, holder.account_id) if one.mentor_id == mentor_id), None)
    if found is None:
        raise NotFound
    account = session.get_one(Account, holder.account_id)
    signed_in = session.get_one(SignInSession, holder.session_id)
    session.execute(
        update(Seat)
        .where(Seat.id == signed_in.seat_id, Seat.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
    _sit(session, account, signed_in, found, now=now)


def _sit(session: Session, account: Account, signed_in: SignInSession, place: PlaceToSit, *, now: datetime) -> None:
    seat = Seat(
        institution_id=place.institution_id,
        # Nobody is told its secret: the way to the seat is the session, and it ends with it.
        token_hash=hash_of(secrets.token_urlsafe(TOKEN_BYTES)),
        person_id=place.person_id,
        registration_id=place.registration_id,
        context_ref=place.context_id,
        track_ref=place.track_id,
        role=SeatRole.MENTOR,
        roles=[SeatRole.MENTOR.value],
        locale=place.locale,
        created_at=now,
        used_at=now,
        expires_at=signed_in.expires_at,
    )
    session.add(seat)
    session.flush()
    signed_in.seat_id = seat.id
    session.flush()
    sitter = find_outside_sitter(session, seat.id, account.id, now=now)
    auditing.record(session, sitter, "seat.taken", "seat", seat.id, now=now, message="sign_in", track=place.track_id)
