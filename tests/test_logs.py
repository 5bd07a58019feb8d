"""One line for what was logged, and never a long one."""

import json
import logging
import sys

from lti_mentoring.logs import LONGEST_TRACE, JSONLines

TOO_MANY = "one value of many " * 100_000


def test_an_error_of_a_million_characters_is_logged_by_its_beginning_and_its_end():
    try:
        vars(logging)[f"{TOO_MANY}and the last"]
    except KeyError:
        record = logging.makeLogRecord({"msg": "bug", "exc_info": sys.exc_info()})
    trace = json.loads(JSONLines().format(record))["trace"]
    assert trace.startswith("Traceback (most recent call last)")
    assert trace.endswith("and the last'")
    assert len(trace) < LONGEST_TRACE + 10
