"""A table as a file that a spreadsheet opens as it is: in UTF-8, by its mark, and with no cell that it would run."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from flask import make_response

from lti_mentoring.domain.board import safe_cell

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Response

BOM = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""


def spreadsheet(rows: Iterable[Iterable[object]], filename: str) -> Response:
    """Answer with the rows, heads first, as a download of this name."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow([safe_cell(str(cell)) for cell in row])
    response = make_response(BOM + out.getvalue())
    response.mimetype = "text/csv"
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
