"""What a mentor's level is called, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._credential_words import dated
from lti_mentoring.domain.levels import Level

if TYPE_CHECKING:
    from lti_mentoring.queries.levels import MentorLevel

LEVELS = {
    Level.TRAINED: _l("Trained"),
    Level.PRACTISING: _l("Practising"),
    Level.LEAD: _l("Lead mentor"),
}

AT_LEAST = {
    Level.TRAINED: _l("trained"),
    Level.PRACTISING: _l("practising, or lead"),
    Level.LEAD: _l("lead"),
}
PUBLIC = {
    Level.TRAINED: _l("Trained as a mentor there."),
    Level.PRACTISING: _l("Trained as a mentor there, and has guided students."),
    Level.LEAD: _l("A lead mentor there, named by a course team."),
}


def level_words(level: Level | None) -> str:
    """Name a level, "" for none."""
    return str(LEVELS[level]) if level else ""


def level_lines(view: MentorLevel, *, names: bool = False) -> list[str]:
    """Say what a level rests on; ``names``: whose word it was, for faculty only."""
    if not view.done.is_trained:
        return [str(_("Has not passed the test for mentors yet.") if view.done.test_asked else _("Not trained yet."))]
    return [line for line in (_trained(view, names=names), _guided(view), _lead(view, names=names)) if line]


def months_words(months: int) -> str:
    """Say a number of months."""
    return str(ngettext("%(num)s month", "%(num)s months", months))


def _trained(view: MentorLevel, *, names: bool) -> str:
    if view.done.test_asked or view.confirmed_at is None:
        return str(_("Has passed the test for mentors."))
    facts = {"day": dated(view.confirmed_at.date()), "name": view.confirmed_by}
    if names:
        return str(_("Trained: confirmed by %(name)s on %(day)s.", **facts))
    return str(_("Trained: confirmed by the course team on %(day)s.", **facts))


def _guided(view: MentorLevel) -> str:
    if view.done.to_certificate:
        return str(_("Has guided a student to the certificate."))
    long_enough = view.level is Level.PRACTISING
    return (
        str(_("Has guided a student for %(months)s or longer.", months=months_words(view.months)))
        if long_enough
        else ""
    )


def _lead(view: MentorLevel, *, names: bool) -> str:
    if view.lead_at is None:
        return ""
    facts = {"day": dated(view.lead_at.date()), "name": view.lead_by}
    if names:
        return str(_("Lead: named by %(name)s on %(day)s.", **facts))
    return str(_("Lead: named by the course team on %(day)s.", **facts))
