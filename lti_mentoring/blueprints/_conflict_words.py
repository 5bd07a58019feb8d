"""What conflicts are called, and the page on which faculty overrule one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.forms.conflicts import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Response

    from lti_mentoring.domain.assigning import Stopped
    from lti_mentoring.forms.assigning import DespiteForm
    from lti_mentoring.queries.conflicts import DeclaredRow

KINDS = {
    ConflictKind.DECLARED_BY_STUDENT: _l("declared by the student"),
    ConflictKind.DECLARED_BY_MENTOR: _l("declared by the mentor"),
    ConflictKind.DECLARED_BY_FACULTY: _l("declared by the course team"),
    ConflictKind.ASSESSOR: _l("the mentor teaches this course and may grade the student"),
}
explain("reason_needed", _l("Say in a few words why"), _l("Nothing was changed."))


def ask_despite(
    stopped: Stopped,
    declared: Sequence[DeclaredRow],
    address: str,
    hidden: Mapping[str, object],
    form: DespiteForm,
) -> Response:
    """Say which conflict stands in the way, and ask why the two shall come together all the same."""
    kinds = [KINDS[kind] for kind in KINDS if kind in stopped.kinds and kind not in {one.kind for one in declared}]
    status = 422 if form.errors else 409
    return render(
        "assigning/despite.html", "assigning/despite.html", status,
        stopped=stopped, declared=declared, kinds=kinds, kind_words=KINDS, reasons=REASONS,
        address=address, hidden=hidden, form=form,
    )  # fmt: skip
