"""Routes of grades."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("grades", __name__)
