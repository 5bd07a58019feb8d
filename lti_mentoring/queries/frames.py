"""Which origins may show our pages in a frame."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sqlalchemy import select

from lti_mentoring.models import Registration, RegistrationState

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST = 40
"""A page without a seat (an error before the launch) names every registered platform, up to this many."""


def frame_origins(session: Session, registration_id: int | None) -> list[str]:
    """Return the origins of one registration's platform, or without one those of the registered platforms."""
    wanted = select(Registration.issuer, Registration.auth_url, Registration.frame_origins).where(
        Registration.state == RegistrationState.ACTIVE
    )
    if registration_id is not None:
        wanted = wanted.where(Registration.id == registration_id)
    found: dict[str, None] = {}
    for issuer, auth_url, more in session.execute(wanted.order_by(Registration.id.desc()).limit(MOST)):
        for address in (issuer, auth_url, *more):
            if origin := origin_of(address):
                found[origin] = None
    return list(found)


@lru_cache(maxsize=1024)
def origin_of(address: str) -> str | None:
    """Return scheme, host and port of an http(s) address, or None; what could break out of a header is None."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        host = host if host.isascii() else host.encode("idna").decode("ascii")  # a header holds no other letters
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or not all(ch.isalnum() or ch in ".-:" for ch in host):
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")
