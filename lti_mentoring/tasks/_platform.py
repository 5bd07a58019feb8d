"""Build what a task needs to call one registration's platform; each use of the database is a short unit of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.lti.access import Access
from lti_mentoring.lti.faults import PlatformRefused
from lti_mentoring.lti.quirks import Quirks, quirks_for
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


def platform_line(registration_id: int, deployment_id: str, scopes: Iterable[str]) -> PlatformLine:
    """Return a line to a registration's platform with the scopes that the call needs; raise PlatformRefused if off."""
    with unit_of_work() as session:
        known = StoredRegistrations(session, current_app.extensions["registration_memory"], now=utcnow())
        platform = known.by_id(registration_id)
    if platform is None or not platform.active:
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
