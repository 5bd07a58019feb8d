"""The door for platforms' notices: each is checked, stored, and answered for; what it asks for is done by a task.

The answer is 202 as soon as one notice of the batch is good (RFC 9110, 15.3.3: taken to be acted upon later), and says
of each what became of it: one status stands for the whole batch, and a platform that were told an error would send the
good ones again, or, as Canvas, none of them ever. Only a batch without a good one is refused, with the first's status.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, jsonify, request

from lti_mentoring.blueprints._access import PLATFORM, requires
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, end_reading, unit_of_work
from lti_mentoring.lti.errors import LaunchRefused, LTIError
from lti_mentoring.lti.notices import MOST_BYTES, ReceivedNotice, read_tokens, validate_notice
from lti_mentoring.lti.platform_keys import KeyFinder
from lti_mentoring.services.notices import take_in
from lti_mentoring.services.registrations import StoredPlatformKeys, StoredRegistrations

if TYPE_CHECKING:
    from datetime import datetime

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

bp = Blueprint("notices", __name__, url_prefix="/lti")
log = logging.getLogger("lti_mentoring.notices")


@bp.post("/notices")
@requires(PLATFORM)
def receive() -> ResponseReturnValue:
    """Take in the good notices of a batch and say of each what became of it."""
    now = utcnow()
    try:
        judged = [_judge(token, now) for token in read_tokens(_body())]
    except LTIError as unreadable:
        log.warning("notices refused", extra={"code": unreadable.code})
        return jsonify(error=unreadable.code), unreadable.status
    end_reading()
    with unit_of_work() as session:
        ends = [one if isinstance(one, LaunchRefused) else _take(session, one, now) for one in judged]
    refusals = [end for end in ends if isinstance(end, LaunchRefused)]
    for refusal in refusals:
        log.warning("notice refused", extra={"code": refusal.code, "facts": refusal.facts})
    status = refusals[0].status if refusals and len(refusals) == len(ends) else 202
    return jsonify(notices=[_told(end) for end in ends]), status


def _body() -> bytes:
    if request.headers.get("Content-Encoding", "identity").strip().lower() not in {"", "identity"}:
        raise LTIError("notices_encoded", status=415)  # nothing here asks for it, and a bomb needs no reader
    return request.stream.read(MOST_BYTES + 1)


def _judge(token: object, now: datetime) -> ReceivedNotice | LaunchRefused:
    """Check one notice; no transaction is held while its platform's keys are fetched."""
    ours = current_app.extensions
    keys = KeyFinder(StoredPlatformKeys(unit_of_work), ours["platform_client"], ours["key_memory"])
    registrations = StoredRegistrations(db.session(), ours["registration_memory"], now=now)
    try:
        return validate_notice(token, registrations=registrations, keys=keys, now=now)
    except LaunchRefused as refusal:
        return refusal


def _take(session: Session, notice: ReceivedNotice, now: datetime) -> str | LaunchRefused:
    try:
        return take_in(session, notice, now=now).value
    except LaunchRefused as refusal:
        return refusal


def _told(end: str | LaunchRefused) -> dict[str, Any]:
    return {"status": "refused", "code": end.code} if isinstance(end, LaunchRefused) else {"status": end}
