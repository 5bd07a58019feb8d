"""What a mentor's profile says to its readers, and the failures around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._credential_words import dated
from lti_mentoring.blueprints._failures import explain
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.profiles import STYLE, Part, TermKind
from lti_mentoring.domain.vocabularies import words_of
from lti_mentoring.forms.profiles import CAREERS, HOUR_WORDS, PLACES, language_name
from lti_mentoring.forms.zones import zone_words

if TYPE_CHECKING:
    from lti_mentoring.queries.profiles import ProfileView

TITLES = {
    Part.WORK: _l("What do you do?"),
    Part.SUBJECTS: _l("What can you help with?"),
    Part.TIMES: _l("In which languages, and when?"),
    Part.STYLE: _l("How do you like to work?"),
    Part.OFFER: _l("Where, and from when?"),
}
NAMES = {
    Part.WORK: _l("Work"),
    Part.SUBJECTS: _l("Helps with"),
    Part.TIMES: _l("Speaks"),
    Part.STYLE: _l("Likes"),
    Part.OFFER: _l("Meets"),
}


def lines_of(view: ProfileView, part: Part) -> list[str]:
    """Say in a few lines what a part of the profile holds; an empty list where it says nothing."""
    said = {
        Part.WORK: _work,
        Part.SUBJECTS: _subjects,
        Part.TIMES: _times,
        Part.STYLE: style_lines,
        Part.OFFER: _offer,
    }
    return [line for line in said[part](view) if line]


def profession_words(key: str) -> str:
    """Name a profession, "" where none was said; not in a template, whose gettext takes what it is given as safe."""
    return str(_(words_of(key))) if key else ""


def words_in(view: ProfileView, kind: TermKind) -> str:
    """Name the terms of one kind, parted by commas."""
    return ", ".join(term_words(kind, key) for key in view.of(kind))


def term_words(kind: TermKind, key: str) -> str:
    """Name one term."""
    if kind is TermKind.LANGUAGE:
        return language_name(key)
    return str(HOUR_WORDS.get(key, key)) if kind is TermKind.HOURS else str(_(words_of(key)))


def style_lines(view: ProfileView) -> list[str]:
    """Say how somebody likes to work."""
    ends = {key: {"one": one, "other": other} for key, _about, one, other in STYLE}
    said = [(key, ends[key].get(end)) for key, end in view.style if key in ends]
    return [
        str(_(end)) if end else str(_("%(one)s, or: %(other)s", one=_(ends[key]["one"]), other=_(ends[key]["other"])))
        for key, end in said
    ]


def _work(view: ProfileView) -> list[str]:
    years = ngettext("%(num)s year in practice", "%(num)s years in practice", view.years) if view.years else ""
    said = [
        profession_words(view.profession),
        str(CAREERS[view.career]) if view.career else "",
    ]
    return [line for line in (*said, years) if line]


def _subjects(view: ProfileView) -> list[str]:
    return [words_in(view, kind) for kind in (TermKind.DOMAIN, TermKind.SPECIALTY, TermKind.SKILL)]


def _times(view: ProfileView) -> list[str]:
    return [words_in(view, TermKind.LANGUAGE), zone_words(view.timezone), words_in(view, TermKind.HOURS)]


def _offer(view: ProfileView) -> list[str]:
    own_words = str(_("“%(words)s”", words=view.about)) if view.about else ""
    return [str(PLACES[view.works]) if view.works else "", own_words, _pause(view)]


def _pause(view: ProfileView) -> str:
    """Say until when there are no new students; a pause that is over is nobody's business any more."""
    if view.paused_until is None or view.paused_until <= utcnow().date():
        return ""
    return str(_("No new students before %(day)s", day=dated(view.paused_until)))


FAILURES = {
    "profile_closed": (
        _l("There is no profile for you here"),
        _l("Only mentors have one. Your course team chooses the mentors of this track; nobody applies."),
    ),
    "apply_is_mentor": (_l("You are a mentor here already"), _l("There is nothing to apply for.")),
    "apply_pretended": (_l("The test student cannot apply"), _l("Open Mentoring as yourself.")),
    "apply_closed": (
        _l("Nobody can apply here now"),
        _l("Your course team chooses the mentors of this track. What you wrote of yourself is kept."),
    ),
    "apply_declined": (
        _l("Your course team has declined your application"),
        _l("Their reason stands on the page of your application. Ask them when something has changed."),
    ),
    "apply_accepted": (
        _l("Your application was accepted once"),
        _l("Ask your course team to make you a mentor again."),
    ),
    "apply_sent": (
        _l("Your application is with the course team already"),
        _l("You get a mail when they have decided."),
    ),
    "apply_profile_incomplete": (
        _l("Something is still missing in your profile"),
        _l("The page of your application says what. What you wrote is kept."),
    ),
    "apply_step_impossible": (
        _l("This application is not waiting any more"),
        _l("It was decided or taken back meanwhile. Nothing was changed."),
    ),
}


def explain_all() -> None:
    """Register the words."""
    for code, (title, body) in FAILURES.items():
        explain(code, title, body, status=409)
    explain("apply_reason_needed", _l("Write a sentence that says why not"), _l("The applicant reads it."))
