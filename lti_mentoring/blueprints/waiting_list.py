"""The waiting list: who waits for a mentor, since when, why, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._waiting_words import first_next_round, next_to_faculty, why_to_faculty
from lti_mentoring.db import db
from lti_mentoring.queries.waiting_list import waiting_page

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("waiting_list", __name__)


@bp.get("/waiting")
@requires(FACULTY)
def show() -> ResponseReturnValue:
    """Show who waits, the longest first."""
    session, seat = db.session(), current_seat()
    page = waiting_page(session, seat, role=request.args.get("role"), number=request.args.get("page", 1, type=int))
    links = [
        (role.name, url_for("waiting_list.show", role=role.key), number, role == page.role)
        for role, number in (page.in_roles if page.several else ())
    ]
    return render(
        "waiting/list.html", "waiting/_lines.html",
        page=page, links=links, next=next_to_faculty(page), why=why_to_faculty, first=first_next_round,
    )  # fmt: skip
