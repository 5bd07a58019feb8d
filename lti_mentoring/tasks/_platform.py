"""Build what a task needs to call one registration's platform; each use of the database is a short unit of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from celery import current_app as celery
from flask import current_app
from sqlalchemy import update

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.domain.lanes import Heard
from lti_mentoring.lti.access import Access
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.http import breather
from lti_mentoring.models import Registration
from lti_mentoring.services.lanes import NOT_ITS_FAULT, due_in_lane, enter, heard_in, leave, stay
from lti_mentoring.services.registrations import StoredRegistrations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from lti_mentoring.lti.faults import Fault
    from lti_mentoring.lti.http import PlatformAnswer, PlatformClient
    from lti_mentoring.lti.quirks import Catalogue, Quirks
    from lti_mentoring.services.lanes import Slot

TRUSTED = 1.0
"""Seconds for which the slot is believed to be ours without another look."""


class SlotWatch:
    """Agrees to each call while the slot is ours and its lane open, and remembers what the answers showed."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self._looked_at = monotonic()
        self._answers = 0
        self._breather: float | None = None

    def before(self) -> None:
        """Renew the slot's lease; raise PlatformUnavailable when the lane has closed, as after a throttled call."""
        if monotonic() - self._looked_at < TRUSTED:
            return
        with unit_of_work() as session:
            stay(session, self.slot)
        self._looked_at = monotonic()

    def answered(self, answer: PlatformAnswer) -> None:
        """Count the answer and look how much the platform will still give us."""
        self._answers += 1
        self._breather = breather(answer)

    def leave(self, session: Session, fault: Fault | None) -> list[tuple[str, dict[str, int]]]:
        """Give the slot back; return which tasks may come in its stead: ``wake`` them after the commit."""
        heard, wait = heard_in(fault)
        if heard is Heard.GOOD and not self._answers:
            heard = Heard.NOTHING
        more = leave(session, self.slot, heard, wait if wait is not None else self._breather)
        scores, jobs = due_in_lane(session, self.slot.registration_id, most=more) if more else ([], [])
        return [("jobs.run", {"job_id": one}) for one in jobs] + [("grades.push", {"score_id": one}) for one in scores]


def wake(tasks: Iterable[tuple[str, dict[str, int]]]) -> None:
    """Send what waits for a slot to the workers; one that is lost is found by the sweep."""
    for name, arguments in tasks:
        celery.send_task(name, kwargs=arguments, ignore_result=True)


def products() -> Catalogue:
    """Return what this installation knows of products."""
    known: Catalogue = current_app.extensions["quirks"]
    return known


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """An open line to one deployment's services."""

    client: PlatformClient
    access: Access
    quirks: Quirks


@contextmanager
def in_a_lane(registration_id: int) -> Iterator[SlotWatch]:
    """Hold a slot for calls that are neither scores nor jobs; raise PlatformUnavailable when there is none."""
    with unit_of_work() as session:
        slot = enter(session, registration_id, products())
    if slot is None:
        raise PlatformUnavailable("lane_busy", retry_after=15)
    watch = SlotWatch(slot)
    with leaving(watch):
        yield watch


@contextmanager
def leaving(watch: SlotWatch | None) -> Iterator[None]:
    """Give the slot back at the end, with what the fault that ended the work tells of the platform."""
    fault: Fault | None = None
    try:
        yield
    except (PlatformUnavailable, PlatformRefused) as found:
        fault = found
        raise
    finally:
        if watch is not None:
            with unit_of_work() as session:
                tasks = watch.leave(session, fault)
            wake(tasks)


@contextmanager
def noting_faults(registration_id: int) -> Iterator[None]:
    """Keep the platform's last fault where administrators see it, and let the fault go on."""
    try:
        yield
    except PlatformUnavailable as fault:
        if fault.reason not in NOT_ITS_FAULT:
            note_fault(registration_id, fault.reason)
        raise
    except PlatformRefused as fault:
        note_fault(registration_id, fault.reason_code)
        raise


def note_fault(registration_id: int, code: str) -> None:
    """Write down what a platform last answered wrongly, as a code."""
    with unit_of_work() as session:
        session.execute(
            update(Registration)
            .where(Registration.id == registration_id)
            .values(last_error=code[:60], last_error_at=utcnow())
            .execution_options(synchronize_session=False)
        )


def platform_line(
    registration_id: int,
    deployment_id: str,
    scopes: Iterable[str],
    watch: SlotWatch | None = None,
    *,
    even_if_off: bool = False,
) -> PlatformLine:
    """Return a line to a registration's platform with the scopes that the call needs; raise PlatformRefused if off.

    ``watch`` holds the slot under which the calls are made; without one a request of a person is waiting for them.
    """
    with unit_of_work() as session:
        known = StoredRegistrations(session, current_app.extensions["registration_memory"], now=utcnow())
        platform = known.by_id(registration_id)
    if platform is None or (platform.closed and not even_if_off):
        raise PlatformRefused(None, "registration_off")
    client: PlatformClient = current_app.extensions["platform_client"]
    if watch is not None:
        client = client.watched_by(watch)
    access = Access(
        client,
        platform,
        deployment_id,
        scopes,
        signer=current_app.extensions["signer"],
        cache=current_app.extensions["tokens"],
        clock=utcnow,
    )
    return PlatformLine(client, access, products().of(platform.product_family))
