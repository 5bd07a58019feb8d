"""Walk a platform's pages by the Link header (RFC 8288), read as leniently as platforms write it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit, urlunsplit

from lti_mentoring.lti.faults import PlatformAnswerUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lti_mentoring.lti.http import PlatformAnswer

_LINK = re.compile(r"<([^>]*)>((?:[^<,\"]|\"[^\"]*\"|,(?!\s*<))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s;,]+))", re.IGNORECASE)
_TYPOGRAPHIC = str.maketrans("“”„‟«»", '""""""')


def next_page(link_header: str, page_url: str) -> str | None:
    """Return the absolute address of the next page, letter by letter as sent, or None at the end."""
    for target, parameters in _LINK.findall(_repaired(link_header)):
        # RFC 8288 section 3.3: only the first rel of a link counts; it may hold several relations.
        rel = _REL.search(parameters)
        relations = next((part for part in rel.groups() if part is not None), "") if rel else ""
        if "next" in relations.lower().split():
            # Moodle (lineitems.php, results.php) writes the address escaped for HTML; no address means `&amp;` itself.
            return _absolute(target.strip().replace("&amp;", "&"), page_url)
    return None


def walk(first_url: str, fetch: Callable[[str], PlatformAnswer], *, max_pages: int) -> Iterator[PlatformAnswer]:
    """Yield every page; raise PlatformAnswerUnreadable for a loop, a foreign host or more than ``max_pages``."""
    url, seen = first_url, {first_url}
    for _ in range(max_pages):
        page = fetch(url)
        yield page
        following = next_page(page.headers.get("Link", ""), url)
        if following is None:
            return
        if origin(following) != origin(first_url):
            # A token for this platform is never shown to another host.
            raise page.unreadable("foreign_next_page")
        if following in seen:
            raise page.unreadable("page_loop")
        seen.add(following)
        url = following
    raise PlatformAnswerUnreadable("too_many_pages", host=urlsplit(first_url).hostname or "")


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port; ("", "", None) for what is no address."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return ("", "", None)
    return (parts.scheme, parts.hostname or "", port)


def with_query(url: str, more: Mapping[str, str]) -> str:
    """Add to the query, keeping what is there as it is; a name that is there already is not added again."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # the client refuses it with a code
    there = {name for name, _ in parse_qsl(parts.query, keep_blank_values=True)}
    added = urlencode([(name, value) for name, value in more.items() if name not in there], quote_via=quote)
    return urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, added)))))


def _absolute(target: str, page_url: str) -> str:
    try:
        return str(urljoin(page_url, target))
    except ValueError:
        return target  # no address: it has no origin that could be the first page's


def _repaired(header: str) -> str:
    # Header bytes arrive read as Latin-1; Moodle's typographic quotes were UTF-8.
    try:
        text = header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        text = header
    return text.translate(_TYPOGRAPHIC)
