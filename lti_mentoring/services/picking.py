"""Picking a link for a course: what the platform asked for lies in the seat, and the seat ends with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lti_mentoring.domain.placing import Opens, custom_values, track_column
from lti_mentoring.errors import NotFound
from lti_mentoring.lti.deep_linking import LinkColumn, LinkItem
from lti_mentoring.lti.messages import DeepLinkingSettings
from lti_mentoring.models import Seat
from lti_mentoring.queries.picking import PickableTrack, tracks_to_pick
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.lti.registrations import RegisteredPlatform

COLUMN_TAG = "mentoring"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the platform asked for, and where the answer belongs."""

    settings: DeepLinkingSettings
    deployment_id: str
    platform: RegisteredPlatform


def what_is_wished(session: Session, by: Sitter) -> Wish:
    """Return what is being picked in this seat; raise NotFound where nothing is."""
    seat = session.get(Seat, by.seat_id)
    registered = registration_by_id(session, by.registration_id)
    if seat is None or seat.deep_linking is None or registered is None:
        raise NotFound
    held: dict[str, Any] = dict(seat.deep_linking)
    deployment_id = str(held.pop("deployment_id"))
    lists = {name: tuple(held[name]) for name in ("accept_types", "accept_targets")}
    return Wish(DeepLinkingSettings(**{**held, **lists}), deployment_id, registered.platform)


def pick(session: Session, by: Sitter, track_id: int | None, *, launch_url: str, title: str, now: datetime) -> LinkItem:
    """End the picking with a link to a track of this course, or (None) to one that faculty will choose when opening it.

    Raises NotFound for another course's track.
    """
    item = LinkItem(launch_url, title) if track_id is None else _link_to(_track(session, by, track_id), launch_url)
    finish(session, by, now=now, track=track_id)
    return item


def finish(session: Session, by: Sitter, *, now: datetime, track: int | None = None) -> None:
    """End the seat: its only use is over, picked or not."""
    seat = session.get_one(Seat, by.seat_id)
    seat.deep_linking, seat.ended_at = None, now
    auditing.record(session, by, "link.picked" if track else "link.answered", "seat", seat.id, now=now, track=track)


def _track(session: Session, by: Sitter, track_id: int) -> PickableTrack:
    for track in tracks_to_pick(session, by):
        if track.id == track_id:
            return track
    raise NotFound


def _link_to(track: PickableTrack, launch_url: str) -> LinkItem:
    # The same resource id and tag as the column that scores look for, so that the gradebook gets one, not two.
    column = LinkColumn(track.points, track.title, track_column(track.key), COLUMN_TAG) if track.points else None
    return LinkItem(launch_url, track.title, custom=custom_values(Opens(track_key=track.key)), column=column)
