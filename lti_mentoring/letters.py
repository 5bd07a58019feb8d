"""What a mail says, in its reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flask import current_app

from lti_mentoring.languages import speaking
from lti_mentoring.sealing import link_place

if TYPE_CHECKING:
    from lti_mentoring.sealing import Sealer


def written(
    kind: str, facts: Mapping[str, object], locale: str | None, *, link: str = "", signs_in: bool = False
) -> tuple[str, str]:
    """Return subject and text of ``templates/mail/<kind>.txt``: its first line is the subject.

    ``link`` is the one-time address that only this mail tells, and "" where it has been deleted again. ``signs_in``:
    the reader opens the tool from no course.
    """
    door = f"{current_app.extensions['settings'].public_url}/sign-in" if signs_in else ""
    with speaking(locale):
        # Not render_template: that asks for the seat of a request, and a worker has none.
        made = current_app.jinja_env.get_template(f"mail/{kind}.txt").render(**facts, link=link, sign_in=door)
    subject, _, text = made.strip().partition("\n")
    return subject.strip(), text.strip() + "\n"


def opened(sealed_link: str | None, once_key: str) -> str:
    """Return the one-time address of a mail; "" where it has none."""
    sealer: Sealer = current_app.extensions["sealer"]
    return sealer.open(sealed_link, link_place(once_key)) if sealed_link else ""
