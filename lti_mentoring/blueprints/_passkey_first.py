"""What changes only when a passkey was shown a moment ago: the way to the page that asks for it, and back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import request, url_for

from lti_mentoring.blueprints._account_session import current_account
from lti_mentoring.blueprints._htmx import redirect_or_hx
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.accounts import is_fresh

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

BACK = re.compile(r"/(account|admin/people|operator/accounts|operator/institutions/[0-9]{1,10})", re.ASCII)
"""Where somebody may go on after showing the passkey again."""


def may_change() -> bool:
    """Tell whether the passkey was shown a moment ago."""
    return is_fresh(current_account().checked_at, now=utcnow())


def passkey_first(back: str) -> Response | None:
    """Lead to the page that asks for the passkey again, where it was shown too long ago; it leads ``back``."""
    return None if may_change() else redirect_or_hx(url_for("account.check", back=back))


def way_back() -> str:
    """Return the page to go on with after the check; only those that send here."""
    wanted = request.values.get("back", "")
    return wanted if BACK.fullmatch(wanted) else url_for("account.show")
