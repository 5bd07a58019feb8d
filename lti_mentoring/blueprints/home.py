"""The first page of each role, and the choice of seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from lti_mentoring.blueprints._access import SEATED, requires

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(SEATED)
def today() -> ResponseReturnValue:
    """Show what to do next."""
    return render_template("base.html")


@bp.get("/seat")
@requires(SEATED)
def seat() -> ResponseReturnValue:
    """Show who one is here, and the other seats one may take."""
    return render_template("base.html")
