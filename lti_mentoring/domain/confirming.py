"""Which registrations wait for the operator.

A client id proves nothing by being typed. Where an issuer is one institution's own, a wrong one opens nothing; where
several share the issuer, it could be another institution's, typed before its rightful owner came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


def waits_for_operator(issuer: str, *, shared: Collection[str], others_there: bool) -> bool:
    """Tell whether what an administrator typed waits: at an issuer known to be shared, or where others are already."""
    return others_there or issuer in shared
