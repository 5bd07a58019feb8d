"""What comes over the wire is made fit for a database: no NUL in any text, no number that no row can have.

PostgreSQL refuses NUL in a text and a number beyond its integer; SQLite takes the one and refuses the other. Without
this each of them would be an error of ours instead of a page that is not there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Request, abort, current_app, request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from werkzeug.routing import Map

LARGEST = 2**31 - 1
"""The largest number of a row: PostgreSQL's integer."""


class CleanValues(ImmutableMultiDict[str, Any]):
    """Values of a query or a form, without NUL."""

    def __init__(self, mapping: Iterable[tuple[str, Any]] | None = None) -> None:
        super().__init__([(_clean(name), _clean(value)) for name, value in _pairs(mapping)])


class CleanRequest(Request):
    """A request whose values hold no NUL."""

    parameter_storage_class = CleanValues


class RowNumber(IntegerConverter):
    """The number of a row in an address; one that no row can have leads to no page."""

    def __init__(self, map: Map, *args: Any, **options: Any) -> None:  # the name that Werkzeug gives
        super().__init__(map, *args, **{"max": LARGEST, **options})


def prepare(app: Flask) -> None:
    """Read requests this way; call it before the first route is registered."""
    app.request_class = CleanRequest
    app.url_map.converters["int"] = RowNumber
    app.before_request(look_at_request)


def look_at_request() -> None:
    """Answer that there is no page where an address holds NUL, and let no form without a file be as large as a file.

    Werkzeug holds MAX_FORM_MEMORY_SIZE against multipart forms only: the other kind it reads as a whole.
    """
    if "\0" in request.path:
        abort(404)
    if request.mimetype == "application/x-www-form-urlencoded":
        request.max_content_length = current_app.config["MAX_FORM_MEMORY_SIZE"]


def row_number(text: str) -> int:
    """Read the number of a row from a query; raise ValueError for one that no row can have."""
    number = int(text)
    if not 0 <= number <= LARGEST:
        raise ValueError(text)
    return number


def _pairs(mapping: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(mapping, MultiDict):
        return mapping.items(multi=True)
    return mapping.items() if isinstance(mapping, dict) else mapping or ()


def _clean(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value
