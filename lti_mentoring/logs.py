"""Logging: one JSON object a line on standard error, with the request's number; secrets never get this far."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING

from lti_mentoring.services.auditing import request_id

if TYPE_CHECKING:
    from flask import Flask

MASKED = re.compile(r"(?<=[?&])(ticket|invitation|told|id_token|state)=[^&\s\"'\\\\]+")
"""What opens a door when it stands in an address; an address may stand in anybody's message."""
LONGEST_TRACE = 16_000
"""Characters: a statement of many values, or a page that came back, may stand in the words of an error."""
STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JSONLines(logging.Formatter):
    """Formats a record and its extra facts as one line; line breaks inside texts are escaped by JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname,
            "where": record.name,
            "what": record.getMessage(),
        }
        if number := request_id.get():
            line["request"] = number
        line.update({name: value for name, value in vars(record).items() if name not in STANDARD})
        if record.exc_info:
            line["trace"] = _shortened(self.formatException(record.exc_info))
        return MASKED.sub(r"\1=…", json.dumps(line, ensure_ascii=False, default=str))


def _shortened(trace: str) -> str:
    """Keep where an error began and where it ended."""
    half = LONGEST_TRACE // 2
    return trace if len(trace) <= LONGEST_TRACE else f"{trace[:half]}\n…\n{trace[-half:]}"


def init_app(app: Flask) -> None:
    """Send our own loggers, and what Celery warns of, to standard error as JSON lines; a host's handlers stay alone.

    Celery's own set-up is switched off (``celery_app.keep_logging``): nobody would hear why a worker ended.
    """
    ours = logging.getLogger("lti_mentoring")
    for logger, level in ((ours, logging.INFO), (logging.getLogger("celery"), logging.WARNING)):
        if not any(isinstance(handler, logging.StreamHandler) for handler in logger.handlers):
            handler = logging.StreamHandler()
            handler.setFormatter(JSONLines())
            logger.addHandler(handler)
            logger.setLevel(level)
    app.logger = ours
