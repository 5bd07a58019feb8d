"""The way back to the platform (LTI core 1.3, §5.4.4 and its ``return_url``): with words for the person and the log."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit, urlunsplit

from lti_mentoring.lti.claims import web_address

LONGEST = 300
"""Characters of one message: the whole address has to fit a request line."""


@dataclass(frozen=True, slots=True)
class ReturnWords:
    """What the platform is told: shown to the person (``message``, ``error``), or kept for its administrators."""

    message: str = ""
    error: str = ""
    log: str = ""
    error_log: str = ""

    def named(self) -> list[tuple[str, str]]:
        """Return what there is to say, by the names of the standard."""
        said = [
            ("lti_msg", self.message),
            ("lti_errormsg", self.error),
            ("lti_log", self.log),
            ("lti_errorlog", self.error_log),
        ]
        return [(name, words[:LONGEST]) for name, words in said if words]


def return_address(url: str | None, words: ReturnWords | None = None) -> str:
    """Return where to go back to; "" for what is no plain http(s) address. What stands in its query stays as it is."""
    if web_address(url) is None or url is None:
        return ""
    parts = urlsplit(url)
    more = urlencode(words.named() if words else [])
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, more)))))
