"""What the link by which somebody came opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from lti_mentoring.domain.placing import KINDS, Placed, read_kind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import AUDIENCE_OF, StateOfTest
from lti_mentoring.models import Milestone, ResourceLink, Test

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter


@dataclass(frozen=True, slots=True)
class Destination:
    """What a link opens now. ``gone``: it was made for something that the track does not have any more."""

    kind: Placed = Placed.TRACK
    item_id: int | None = None
    """Number of the milestone or the test."""
    gone: bool = False


def destination(session: Session, sitter: Sitter) -> Destination:
    """Return what the seat's link opens; without a track it is the course's first page."""
    link = session.get(ResourceLink, sitter.resource_link_id) if sitter.resource_link_id is not None else None
    if link is None or sitter.track_id is None:
        return Destination()
    kind = read_kind(link.opens)
    if not KINDS[kind].has_item:
        return Destination(kind)
    if kind is Placed.TEST:
        return _to_test(session, sitter, link.opens_item)
    found = session.scalar(
        select(Milestone.id).where(
            Milestone.track_id == sitter.track_id, Milestone.key == link.opens_item, Milestone.retired_at.is_(None)
        )
    )
    return Destination(kind, found, gone=found is None)


def _to_test(session: Session, sitter: Sitter, key: str | None) -> Destination:
    """Return the test of that key; whom it is not for comes to the course's first page."""
    test = session.scalars(select(Test).where(Test.track_id == sitter.track_id, Test.key == key)).one_or_none()
    if test is None:
        return Destination(Placed.TEST, gone=True)
    takes = AUDIENCE_OF.get(sitter.role) is test.audience and test.state is not StateOfTest.DRAFT
    return Destination(Placed.TEST, test.id) if takes or sitter.role is SeatRole.FACULTY else Destination()
