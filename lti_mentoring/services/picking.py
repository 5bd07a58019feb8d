"""Picking links for a course: what the platform asked for lies in the seat, and the seat ends with the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lti_mentoring.domain.placing import custom_values
from lti_mentoring.errors import NotFound, Refused
from lti_mentoring.lti.deep_linking import LinkColumn, LinkItem
from lti_mentoring.lti.messages import DeepLinkingSettings
from lti_mentoring.models import Seat
from lti_mentoring.queries.picking import Column, Pickable, PickableTrack, tracks_to_pick
from lti_mentoring.queries.registrations import registration_by_id
from lti_mentoring.services import auditing

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.lti.registrations import RegisteredPlatform

COLUMN_TAG = "mentoring"


class NothingPicked(Refused):
    """Adding was pressed with nothing ticked."""

    code = "nothing_picked"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the platform asked for, and where the answer belongs."""

    settings: DeepLinkingSettings
    deployment_id: str
    platform: RegisteredPlatform


@dataclass(frozen=True, slots=True)
class Picking:
    """What the teacher chose, and how the links are to be written. ``title_of`` gives a link's words.

    ``later`` is the title of a link without a track, which faculty choose when they open it; None: not asked for.
    """

    values: Sequence[str]
    launch_url: str
    title_of: Callable[[Pickable], str]
    later: str | None = None
    new_window: bool = False
    with_dates: bool = False


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


def pick(session: Session, by: Sitter, picking: Picking, *, now: datetime) -> list[LinkItem]:
    """End the picking with links to what was chosen, in the order of the page.

    Raises NotFound for something that is not offered here, NothingPicked where nothing was chosen.
    """
    wanted = set(picking.values)
    tracks = tracks_to_pick(session, by)
    chosen = [(track, thing) for track in tracks for thing in track.things if thing.value in wanted]
    if len(chosen) != len(wanted):
        raise NotFound
    items = [LinkItem(picking.launch_url, picking.later, new_window=picking.new_window)] if picking.later else []
    columns: set[str] = set()
    for track, thing in chosen:
        items.append(_link_to(track, thing, picking, columns))
    if not items:
        raise NothingPicked
    kinds = [thing.opens.kind.value for _track, thing in chosen]
    finish(session, by, now=now, picked=kinds + ["track"] * bool(picking.later))
    return items


def finish(session: Session, by: Sitter, *, now: datetime, picked: Sequence[str] = ()) -> None:
    """End the seat: its only use is over, picked or not."""
    seat = session.get_one(Seat, by.seat_id)
    seat.deep_linking, seat.ended_at = None, now
    action = "link.picked" if picked else "link.answered"
    auditing.record(session, by, action, "seat", seat.id, now=now, opens=list(picked))


def _link_to(track: PickableTrack, thing: Pickable, picking: Picking, columns: set[str]) -> LinkItem:
    return LinkItem(
        picking.launch_url,
        picking.title_of(thing),
        custom=custom_values(thing.opens),
        column=_column(thing.column, picking.launch_url, columns),
        new_window=picking.new_window,
        available_from=track.starts_at if picking.with_dates else None,
        due_at=thing.due_at if picking.with_dates else None,
    )


def _column(column: Column | None, launch_url: str, asked: set[str]) -> LinkColumn | None:
    """Ask for a column once: not for one that the gradebook has, and not by two links for the same one.

    It has the same resource id and tag as the column that scores look for, so that the gradebook gets one, not two.
    """
    if column is None or column.made or column.resource_id in asked:
        return None
    asked.add(column.resource_id)
    return LinkColumn(column.maximum, column.label, column.resource_id, COLUMN_TAG, review_url=launch_url)
