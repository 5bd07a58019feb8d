"""Let a mentor choose what a public page of theirs shows, share it, renew its address and turn it off."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from lti_mentoring.domain.mentor_pages import NotShared, public_parts_of
from lti_mentoring.domain.profiles import ProfileClosed
from lti_mentoring.models import MentorPage
from lti_mentoring.queries.mentor_pages import mentors_somewhere, own_page
from lti_mentoring.services.auditing import record
from lti_mentoring.services.upserting import upsert

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter

ADDRESS_BYTES = 24


def choose_shown(session: Session, by: Sitter, wanted: Collection[str], *, now: datetime) -> MentorPage:
    """Keep which parts the sitter's page shows; one that is shared shows just these from now on."""
    shows = public_parts_of(wanted)
    page = _page(session, by, now)
    before, page.shows, page.changed_at = page.shows, shows, now
    session.flush()
    record(session, by, "mentor_page.chosen", "mentor_page", page.id, now=now, before=before, after=shows)
    return page


def share(session: Session, by: Sitter, *, now: datetime) -> MentorPage:
    """Turn the sitter's page on; one that is on keeps its address."""
    page = _page(session, by, now)
    if page.address is None:
        _give_address(page, now)
        session.flush()
        record(session, by, "mentor_page.shared", "mentor_page", page.id, now=now, shows=page.shows)
    return page


def renew(session: Session, by: Sitter, *, now: datetime) -> MentorPage:
    """Give the page another address: the former one leads nowhere from now on. Raises NotShared when it is off."""
    page = own_page(session, by.institution_id, by.person_id, lock=True)
    if page is None or page.address is None:
        raise NotShared
    _give_address(page, now)
    session.flush()
    record(session, by, "mentor_page.renewed", "mentor_page", page.id, now=now)
    return page


def stop(session: Session, by: Sitter, *, now: datetime) -> None:
    """Turn the page off at once; what it would show is kept for the next time."""
    page = own_page(session, by.institution_id, by.person_id, lock=True)
    if page is None or page.address is None:
        return
    page.address, page.shared_at, page.changed_at = None, None, now
    session.flush()
    record(session, by, "mentor_page.stopped", "mentor_page", page.id, now=now)


def _page(session: Session, by: Sitter, now: datetime) -> MentorPage:
    """Return the sitter's page, locked, made where there is none; raise ProfileClosed for who mentors nowhere."""
    if not mentors_somewhere(session, by.institution_id, by.person_id):
        raise ProfileClosed
    known = {"institution_id": by.institution_id, "person_id": by.person_id}
    upsert(session, MentorPage, known, by=tuple(known), first={"shows": [], "changed_at": now})
    page = own_page(session, by.institution_id, by.person_id, lock=True)
    assert page is not None  # noqa: S101  # made just above
    return page


def _give_address(page: MentorPage, now: datetime) -> None:
    page.address = secrets.token_urlsafe(ADDRESS_BYTES)
    page.shared_at = page.changed_at = now
