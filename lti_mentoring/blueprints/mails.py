"""Routes of mails."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("mails", __name__)
