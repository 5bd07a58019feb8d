"""Routes of mentors."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("mentors", __name__)
