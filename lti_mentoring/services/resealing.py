"""Seal anew what an older key sealed, a page at a time: readers go on, and what was broken off goes on later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from lti_mentoring.db import Base
from lti_mentoring.models import Institution
from lti_mentoring.models.sealed import EncryptedText, kind_of, place_in
from lti_mentoring.sealing import SealBroken
from lti_mentoring.services.auditing import record

if TYPE_CHECKING:
    from sqlalchemy import Column
    from sqlalchemy.orm import Session

    from lti_mentoring.sealing import Sealer
    from lti_mentoring.services.registrations import Work

PAGE = 100


@dataclass(slots=True)
class Resealed:
    """How many values were sealed anew, and how many no key opened: those are left as they are."""

    done: int = 0
    lost: int = 0


def reseal_all(work: Work, sealer: Sealer) -> Resealed:
    """Seal every stored field with the newest key; each page is a transaction of its own."""
    told = Resealed()
    for column in sealed_columns():
        after: int | None = 0
        while after is not None:
            with work() as session:
                after = _reseal_page(session, sealer, column, after, told)
    return told


def note_new_key(session: Session, key: str, *, now: datetime) -> None:
    """Write into every institution's audit trail which key seals from now on."""
    for institution_id in session.scalars(select(Institution.id)):
        record(session, None, "field_key.added", "field_key", None, now=now, institution_id=institution_id, key=key)


def sealed_columns() -> tuple[Column[Any], ...]:
    """Return every column of every table that is stored sealed."""
    tables = Base.metadata.sorted_tables
    return tuple(one for table in tables for one in table.columns if isinstance(one.type, EncryptedText))


def _reseal_page(session: Session, sealer: Sealer, column: Column[Any], after: int, told: Resealed) -> int | None:
    """Seal the next page of a column; return the number of its last row, None when there are no more."""
    table = column.table
    number, name = table.columns["id"], table.columns[kind_of(column).by]
    older = select(number, name, column).where(number > after, column.not_like(f"{sealer.active}:%"))
    rows = session.execute(older.order_by(number).limit(PAGE)).all()
    for row, called, sealed in rows:
        place = place_in(column, called)
        try:
            fresh = sealer.seal(sealer.open(sealed, place), place)
        except SealBroken:
            told.lost += 1
            continue
        # Guarded: what somebody else has written meanwhile is newer than what was read.
        mine = update(table).where(number == row, column == sealed).values({column.name: fresh})
        session.execute(mine)
        told.done += 1
    return rows[-1][0] if rows else None
