"""An institution as an issuer: its key, and the next free place in its status lists."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from lti_mentoring.awarding.badge import IssuerFacts
from lti_mentoring.awarding.signing import (
    SigningKey,
    issuer_did,
    multikey,
    new_private_pem,
    private_key_from_pem,
    sign,
    sign_jwt,
)
from lti_mentoring.awarding.status_list import (
    LIST_BITS,
    StatusEntry,
    StatusListFacts,
    bits_of,
    status_list_credential,
    with_bit,
)
from lti_mentoring.models import Institution, IssuerKey, StatusList
from lti_mentoring.models.sealed import place_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.sealing import Sealer

CLOCKS_DIFFER = timedelta(minutes=5)
"""A list is valid from a little earlier, for readers whose clock is behind ours."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What issuing needs from the installation: who opens keys, and the address that documents name."""

    sealer: Sealer
    public_url: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """An institution's public side and its key, opened."""

    facts: IssuerFacts
    key: SigningKey


def ensure_issuer(session: Session, desk: Desk, institution_id: int, *, now: datetime) -> Issuer:
    """Return the institution's issuer, made at its first award; holds the institution's row until the commit.

    So awards of one institution are issued one after the other: two who press at once take two places in the list.
    """
    institution = session.get_one(Institution, institution_id, with_for_update=True)
    row = session.scalars(
        select(IssuerKey).where(IssuerKey.institution_id == institution_id).order_by(IssuerKey.id.desc()).limit(1)
    ).first()
    if row is None:
        row = _new_key(session, desk, institution_id, now=now)
    return Issuer(issuer_facts(row, institution), opened(desk.sealer, row))


def issuer_facts(row: IssuerKey, institution: Institution) -> IssuerFacts:
    """Return what the outside sees of an issuer."""
    return IssuerFacts(row.public_id, row.did, institution.name)


def opened(sealer: Sealer, row: IssuerKey) -> SigningKey:
    """Open a sealed key."""
    pem = sealer.open(row.sealed_private, place_of(row, "sealed_private"))
    return SigningKey(private_key_from_pem(pem.encode()), row.did)


def next_entry(session: Session, institution_id: int, *, now: datetime) -> tuple[StatusList, StatusEntry]:
    """Take the next free place of the institution's newest list; a full one is followed by a new one."""
    row = session.scalars(
        select(StatusList)
        .where(StatusList.institution_id == institution_id)
        .order_by(StatusList.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if row is None or row.next_index >= LIST_BITS:
        row = StatusList(
            institution_id=institution_id,
            public_id=secrets.token_hex(8),
            next_index=0,
            bits=bits_of(()),
            created_at=now,
        )
        session.add(row)
    entry = StatusEntry(row.public_id, row.next_index)
    row.next_index += 1
    session.flush()
    return row, entry


def mark_withdrawn(session: Session, list_id: int, index: int) -> None:
    """Set a place in a list, alone with the list until the commit: each change replaces the whole list."""
    row = session.get_one(StatusList, list_id, with_for_update=True, populate_existing=True)
    row.bits = with_bit(row.bits, index, value=True)


def signed_list(desk: Desk, row: StatusList, key: IssuerKey, *, now: datetime) -> dict[str, Any]:
    """Sign a status list as it stands now; a copy may be relied on for its seven days and no longer."""
    return sign(_list_document(desk, row, key, now=now), opened(desk.sealer, key), now=now)


def signed_list_token(desk: Desk, row: StatusList, key: IssuerKey, *, now: datetime) -> str:
    """Sign the same list as a JWT, for readers that check a list's proof in no other form."""
    moment = now - CLOCKS_DIFFER
    return sign_jwt(_list_document(desk, row, key, now=now), opened(desk.sealer, key), now=moment)


def _list_document(desk: Desk, row: StatusList, key: IssuerKey, *, now: datetime) -> dict[str, Any]:
    withdrawn = frozenset(
        8 * at + bit for at, byte in enumerate(row.bits) if byte for bit in range(8) if byte & (0x80 >> bit)
    )
    return status_list_credential(
        StatusListFacts(desk.public_url, row.public_id, key.did, withdrawn, now - CLOCKS_DIFFER)
    )


def _new_key(session: Session, desk: Desk, institution_id: int, *, now: datetime) -> IssuerKey:
    pem = new_private_pem()
    public = private_key_from_pem(pem).public_key()
    public_id = secrets.token_hex(8)
    row = IssuerKey(
        institution_id=institution_id,
        public_id=public_id,
        did=issuer_did(desk.public_url, public_id, public),
        public_key=multikey(public),
        created_at=now,
    )
    row.sealed_private = desk.sealer.seal(pem.decode(), place_of(row, "sealed_private"))
    session.add(row)
    session.flush()
    return row
