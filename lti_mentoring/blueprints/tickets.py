"""Tickets for addresses that a page without cookies opens elsewhere: downloads and new windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify, request

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._account_session import account_here
from lti_mentoring.blueprints._addresses import read_address, with_ticket
from lti_mentoring.clock import utcnow
from lti_mentoring.db import unit_of_work
from lti_mentoring.errors import Refused
from lti_mentoring.services.tickets import make_ticket

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("tickets", __name__)


@bp.post("/seat/ticket")
@requires(SEATED)
def make() -> ResponseReturnValue:
    """Give an address of ours a ticket that opens it once within a minute, in this seat."""
    address = read_address(request.form.get("address", ""))
    if address is None or account_here() is not None:  # a session's cookie goes wherever its page goes
        raise Refused
    with unit_of_work() as session:
        secret = make_ticket(
            session, current_seat(), address, for_window=request.form.get("window") == "yes", now=utcnow()
        )
    return jsonify(address=with_ticket(address, secret))
