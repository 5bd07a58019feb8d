"""Build what a task needs to call one registration's platform; each use of the database is a short unit of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app
from sqlalchemy import update

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.lti.access import Access
from lti_mentoring.lti.faults import PlatformRefused, PlatformUnavailable
from lti_mentoring.lti.quirks import Quirks, quirks_for
from lti_mentoring.models import Registration
from lti_mentoring.services.registrations import StoredRegistrations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lti_mentoring.lti.http import PlatformClient


@dataclass(frozen=True, slots=True)
class PlatformLine:
    """An open line to one deployment's services."""

    client: PlatformClient
    access: Access
    quirks: Quirks


@contextmanager
def noting_faults(registration_id: int) -> Iterator[None]:
    """Keep the platform's last fault where administrators see it, and let the fault go on."""
    try:
        yield
    except PlatformUnavailable as fault:
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
    registration_id: int, deployment_id: str, scopes: Iterable[str], *, even_if_off: bool = False
) -> PlatformLine:
    """Return a line to a registration's platform with the scopes that the call needs; raise PlatformRefused if off."""
    with unit_of_work() as session:
        known = StoredRegistrations(session, current_app.extensions["registration_memory"], now=utcnow())
        platform = known.by_id(registration_id)
    if platform is None or not (platform.active or even_if_off):
        raise PlatformRefused(None, "registration_off")
    client: PlatformClient = current_app.extensions["platform_client"]
    access = Access(
        client,
        platform,
        deployment_id,
        scopes,
        signer=current_app.extensions["signer"],
        cache=current_app.extensions["tokens"],
        clock=utcnow,
    )
    return PlatformLine(client, access, quirks_for(platform.product_family))
