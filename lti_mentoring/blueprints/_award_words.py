"""The words of certificates that nobody in the course wrote, in the language of whoever issues them."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _

from lti_mentoring.blueprints._words import locale_now
from lti_mentoring.services.certificates import AwardWords, spoken_date
from lti_mentoring.services.issuers import Desk

if TYPE_CHECKING:
    from lti_mentoring.settings import Settings


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


def full_day(value: date) -> str:
    """Say a date with its year, as a certificate does: 18 December 2026."""
    day = value.date() if isinstance(value, datetime) else value
    return spoken_date(day.isoformat(), str(locale_now()).replace("_", "-"))


def issuing_desk() -> Desk:
    """Return what issuing needs of this installation."""
    settings: Settings = current_app.extensions["settings"]
    return Desk(current_app.extensions["sealer"], settings.public_url)
