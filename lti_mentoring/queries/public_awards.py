"""What strangers may know of awards, issuers and status lists: looked up by public names only, never by numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.awarding.signing import public_key_from_multikey
from lti_mentoring.awarding.status_list import is_set
from lti_mentoring.domain.awards import Released
from lti_mentoring.models import Award, Institution, IssuerKey, StatusList

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from sqlalchemy.orm import Session

    from lti_mentoring.awarding.verification import StatusRef


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What our own records tell a stranger about an award: only what the holder released."""

    public_id: str
    institution: str
    issuer_id: str
    list_id: str
    index: int
    number: str
    issued_at: datetime
    revoked_at: datetime | None
    name: str
    own_script: str
    course: str
    title: str
    sentence: str
    milestones: tuple[tuple[str, date | None], ...]
    """(title, when it was reached)."""
    shows: frozenset[str]
    is_badge: bool
    """A mentor's badge, and no certificate."""


def public_award(session: Session, public_id: str) -> Award | None:
    """Return the award of an address."""
    return session.scalars(select(Award).where(Award.public_id == public_id)).one_or_none()


def public_record(session: Session, public_id: str) -> PublicRecord | None:
    """Return what a stranger may know about an award, or None."""
    row = session.execute(
        select(Award, Institution, StatusList, IssuerKey.public_id)
        .join(Institution, Institution.id == Award.institution_id)
        .join(StatusList, StatusList.id == Award.status_list_id)
        .join(IssuerKey, IssuerKey.institution_id == Award.institution_id)
        .where(Award.public_id == public_id)
        .order_by(IssuerKey.id.desc())
    ).first()
    return None if row is None else _public(*row)


def issuer_keys(session: Session, public_id: str) -> tuple[Institution, IssuerKey] | None:
    """Return an issuer of ours by its address."""
    row = session.execute(
        select(Institution, IssuerKey)
        .join(IssuerKey, IssuerKey.institution_id == Institution.id)
        .where(IssuerKey.public_id == public_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def status_list(session: Session, public_id: str) -> tuple[StatusList, IssuerKey] | None:
    """Return a list by its address, with its institution's key."""
    row = session.execute(
        select(StatusList, IssuerKey)
        .join(IssuerKey, IssuerKey.institution_id == StatusList.institution_id)
        .where(StatusList.public_id == public_id)
        .order_by(IssuerKey.id.desc())
    ).first()
    return None if row is None else (row[0], row[1])


def public_key_of(session: Session, method: str) -> Ed25519PublicKey | None:
    """Return the key behind a verification method of ours (``did#z6Mk…``), None for everybody else's."""
    did, _, fragment = method.partition("#")
    known = session.scalars(select(IssuerKey).where(IssuerKey.did == did, IssuerKey.public_key == fragment)).first()
    return public_key_from_multikey(known.public_key) if known else None


def is_withdrawn(session: Session, status: StatusRef) -> bool:
    """Tell whether a place is set in a list of ours; of a list that is gone nothing can be relied on."""
    list_id = status.list_url.rpartition("/")[2]
    row = session.scalars(select(StatusList).where(StatusList.public_id == list_id)).one_or_none()
    return row is None or is_set(row.bits, status.index)


def _public(award: Award, institution: Institution, place: StatusList, issuer_id: str) -> PublicRecord:
    facts, shows = award.facts, frozenset(award.released)
    course, name = Released.COURSE in shows, Released.NAME in shows
    return PublicRecord(
        public_id=award.public_id,
        institution=institution.name,
        issuer_id=issuer_id,
        list_id=place.public_id,
        index=award.status_index,
        number=facts["number"],
        issued_at=award.issued_at,
        revoked_at=award.revoked_at,
        name=facts["name"] if name else "",
        own_script=(facts["name_own_script"] or "") if name else "",
        course=facts["course"] if course else "",
        title=facts["title"] if course else "",
        sentence=facts["sentence"] if course else "",
        milestones=tuple(
            (one["title"], date.fromisoformat(one["on"]) if one["on"] else None) for one in facts["milestones"]
        )
        if Released.MILESTONES in shows
        else (),
        shows=shows,
        is_badge=bool(award.level),
    )
