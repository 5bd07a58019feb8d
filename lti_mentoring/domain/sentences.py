"""Small rules about what people write: a reason is a sentence, a link is an address of the web."""

from __future__ import annotations

from urllib.parse import urlsplit

from lti_mentoring.errors import Refused

FEWEST_WORDS = 3
FEWEST_LETTERS = 6
"""For scripts that set no spaces between words."""
LONGEST_ADDRESS = 2000
WRITTEN_WITHOUT_SPACES = (range(0x0E00, 0x1000), range(0x1780, 0x1800), range(0x3040, 0xA000), range(0xAC00, 0xD7A4))


class WordsNeeded(Refused):
    """A decision came without the sentence that explains it."""

    code = "words_needed"


def is_sentence(text: str) -> bool:
    """Whether the text says something: three words, or six letters of a script without spaces."""
    letters = sum(any(ord(letter) in block for block in WRITTEN_WITHOUT_SPACES) for letter in text)
    return len(text.split()) >= FEWEST_WORDS or letters >= FEWEST_LETTERS


def needed(text: str) -> str:
    """Return the text without the space around it; raise WordsNeeded when it is no sentence."""
    if not is_sentence(text):
        raise WordsNeeded
    return text.strip()


def is_web_address(text: str) -> bool:
    """Whether a link leads to a page by http or https, names a host, and hides no name or password."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    # A browser reads \ as /, and would go to another host than the one that is named.
    plain = not any(letter.isspace() or not letter.isprintable() or letter == "\\" for letter in text)
    named = "." in host.strip(".") and parts.username is None and port != 0
    return parts.scheme in {"http", "https"} and named and plain and len(text) <= LONGEST_ADDRESS
