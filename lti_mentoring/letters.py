"""What a mail says, in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from flask import current_app

from lti_mentoring.languages import speaking


def written(kind: str, facts: Mapping[str, object], locale: str | None) -> tuple[str, str]:
    """Return subject and text of ``templates/mail/<kind>.txt``: its first line is the subject."""
    with speaking(locale):
        # Not render_template: that asks for the seat of a request, and a worker has none.
        made = current_app.jinja_env.get_template(f"mail/{kind}.txt").render(**facts)
    subject, _, text = made.strip().partition("\n")
    return subject.strip(), text.strip() + "\n"
