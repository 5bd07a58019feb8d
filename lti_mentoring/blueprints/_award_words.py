"""The words of certificates that nobody in the course wrote, in the language of whoever issues them."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import current_app, make_response, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._words import locale_now
from lti_mentoring.domain.levels import Level
from lti_mentoring.services.certificates import AwardWords, spoken_date
from lti_mentoring.services.issuers import Desk
from lti_mentoring.services.mentor_badges import BadgeWords

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from lti_mentoring.models import Award
    from lti_mentoring.settings import Settings

BADGES = {
    Level.TRAINED: _l("Trained mentor"),
    Level.PRACTISING: _l("Practising mentor"),
    Level.LEAD: _l("Lead mentor"),
}
BADGE_SAYS = {
    Level.TRAINED: _l("has been trained as a mentor of this programme."),
    Level.PRACTISING: _l(
        "has been trained as a mentor of this programme, and has guided a student to the certificate or for months."
    ),
    Level.LEAD: _l("has been trained as a mentor of this programme, and was named a lead mentor by its course team."),
}


def award_words() -> AwardWords:
    """Return them in the reader's language; the placeholders stay for the services to fill."""
    return AwardWords(
        language=str(locale_now()).replace("_", "-"),
        kind=_("Certificate of mentorship"),
        heading=_("Certificate of mentorship, %(name)s"),
        joined=_("%(achievement)s: %(sentence)s"),
        check_line=_("Anyone can check it: %(address)s"),
        qr_alt=_("QR code: opens the page that checks this certificate"),
        faculty_role=_("Course team"),
        mentor_role=_("Mentor"),
        undisclosed=_("A mentorship was completed. Its holder has not released what it was about."),
        criteria=_("Each of these was reached and signed off: %(milestones)s."),
        signed_off=_("Signed off on %(date)s."),
    )


def badge_words() -> BadgeWords:
    """Return the words of a mentor's badge in the reader's language."""
    award = replace(
        award_words(),
        kind=_("Badge of a mentor"),
        undisclosed=_("Somebody has reached a level as a mentor. Its holder has not released which."),
        criteria="%(milestones)s",
    )
    return BadgeWords(
        award,
        {level: str(words) for level, words in BADGES.items()},
        {level: str(words) for level, words in BADGE_SAYS.items()},
    )


def document_download(award: Award, kind: str) -> Response:
    """Answer with an award's signed document as a file."""
    text = json.dumps(award.document, ensure_ascii=False, indent=1)
    return download(text.encode(), "application/vc+ld+json", f"{kind}-{award.facts['number']}.json")


def download(content: bytes, kind: str, name: str) -> Response:
    """Answer with a file of its holder's, which no cache keeps."""
    response = make_response(send_file(io.BytesIO(content), kind, as_attachment=True, download_name=name))
    response.headers["Cache-Control"] = "no-store"
    return response


def full_day(value: date) -> str:
    """Say a date with its year, as a certificate does: 18 December 2026."""
    day = value.date() if isinstance(value, datetime) else value
    return spoken_date(day.isoformat(), str(locale_now()).replace("_", "-"))


def issuing_desk() -> Desk:
    """Return what issuing needs of this installation."""
    settings: Settings = current_app.extensions["settings"]
    return Desk(current_app.extensions["sealer"], settings.public_url)
