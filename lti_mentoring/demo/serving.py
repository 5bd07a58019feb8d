"""The demonstration LMS for a WSGI server: ``gunicorn "lti_mentoring.demo.serving:on_ports(...)"``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lti_mentoring.demo.config import DemoConfig
from lti_mentoring.demo.lms import create_lms

if TYPE_CHECKING:
    from flask import Flask


def on_ports(folder: str, lms_port: int, tool_url: str, mails_url: str) -> Flask:
    """Build the LMS that lives on 127.0.0.1 at ``lms_port`` and opens the tool at ``tool_url``."""
    Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    return create_lms(DemoConfig.on_ports(Path(folder), lms_port, tool_url, mails_url))
