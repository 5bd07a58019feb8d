"""Style sheets, scripts and icons: asked for once, then kept by the browser until they change.

Their address names their content (``?v=``), so that a new release is a new address and nothing needs to be asked again
in between (RFC 8246, ``immutable``): on a ward's network six questions before the first line of a page are felt.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from typing import Any

    from flask import Flask
    from werkzeug.wrappers import Response

FOR_A_YEAR = "public, max-age=31536000, immutable"
FOUND = frozenset({200, 304})


def init_app(app: Flask) -> None:
    """Name the content of each file in its address, and let browsers keep what is asked for by it."""
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def name_the_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static":
            values.setdefault("v", version_of(folder / values["filename"]))

    @app.after_request
    def let_it_be_kept(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in FOUND:
            named, file = request.args.get("v"), (request.view_args or {}).get("filename")
            if named and named == version_of(folder / str(file)):
                response.headers["Cache-Control"] = FOR_A_YEAR
        return response


def version_of(file: Path) -> str:
    """Return a short name of a file's content; "" where there is no such file."""
    try:
        known = file.stat()
    except OSError:
        return ""
    return _hashed(file, known.st_mtime_ns, known.st_size)


@lru_cache(maxsize=256)
def _hashed(file: Path, _changed_at: int, _size: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
