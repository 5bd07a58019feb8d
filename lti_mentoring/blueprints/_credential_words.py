"""What is said of credentials, and the failures around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._failures import explain
from lti_mentoring.blueprints._words import day, short_day_of_year
from lti_mentoring.domain.credentials import CredentialState, CredentialStepKind, Method
from lti_mentoring.domain.registers import OTHER, REGISTERS
from lti_mentoring.domain.vocabularies import words_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from lti_mentoring.domain.credentials import Practice
    from lti_mentoring.queries.credentials import CheckedLine, StepView

PILLS = {
    CredentialState.DECLARED: ("wait", _l("Not checked yet")),
    CredentialState.DOCUMENT: ("wait", _l("Document shown")),
    CredentialState.LOOKED_UP: ("wait", _l("Looked up")),
    CredentialState.VERIFIED: ("done", _l("Verified")),
    CredentialState.EXPIRING: ("late", _l("Expires soon")),
    CredentialState.LAPSED: ("late", _l("Lapsed")),
    CredentialState.REVOKED: ("bad", _l("Withdrawn")),
}
HOW = {
    Method.REGISTER: _l("in the public register"),
    Method.DOCUMENT: _l("from a document"),
    Method.ORIGINAL: _l("from the original"),
    Method.ISSUER: _l("with its issuer"),
}
BY = {"administrator": _l("the institution"), "faculty": _l("the course team")}
STEPS = {
    CredentialStepKind.DECLARED: ("pen", "", _l("Declared by %(name)s")),
    CredentialStepKind.DOCUMENT: ("doc", "", _l("Document shown by %(name)s")),
    CredentialStepKind.LOOKED_UP: ("search", "", _l("Looked up in the register by %(name)s")),
    CredentialStepKind.VERIFIED: ("check", "done", _l("Verified %(how)s by %(name)s, holds until %(until)s")),
    CredentialStepKind.EXPIRING: ("clock", "late", _l("Expires soon: holds until %(until)s")),
    CredentialStepKind.LAPSED: ("clock", "late", _l("Lapsed: held until %(until)s")),
    CredentialStepKind.REVOKED: ("alert", "bad", _l("Withdrawn by %(name)s")),
}


def dated(value: date) -> str:
    """Say a day with its year: credentials outlast one."""
    return short_day_of_year(value)


def register_words(key: str) -> str:
    """Name a register; nothing for another one."""
    return "" if key == OTHER or key not in REGISTERS else str(_(REGISTERS[key].name))


def happened(steps: tuple[StepView, ...]) -> list[tuple[str, str, str, datetime, str]]:
    """Return what happened to a credential, for a timeline; the newest last."""
    events = []
    for one in steps:
        icon, kind, words = STEPS[one.kind]
        facts = {
            "name": one.by_name or _("somebody"),
            "how": HOW[one.method] if one.method else "",
            "until": dated(one.until) if one.until else "",
        }
        text = ". ".join((str(words) % facts, *_seen(one.practice)))
        events.append((icon, kind, f"{text}. {one.words}" if one.words else text, one.at, day(one.at)))
    return events


def checked_words(line: CheckedLine) -> tuple[str, str]:
    """Say to students what was checked, and under it by whom, how and when."""
    register = register_words(line.register)
    what = f"{line.title} ({register})" if register else line.title
    facts = {
        "by": BY.get(line.by_role, _("somebody")),
        "how": HOW[line.method] if line.method else "",
        "day": dated(line.at.date()),
        "until": dated(line.until) if line.until else "",
    }
    if line.state is CredentialState.LAPSED:
        words = _(
            "Checked by %(by)s %(how)s on %(day)s; held until %(until)s and has not been checked again since.", **facts
        )
        return what, str(words)
    return what, str(_("Checked by %(by)s %(how)s on %(day)s; holds until %(until)s.", **facts))


def since_words(line: CheckedLine) -> str:
    """Say since when a mentor practises, and who checked that on which day."""
    facts = {
        "year": line.practice.since, "by": BY.get(line.by_role, _("somebody")), "day": dated(line.at.date()),
    }  # fmt: skip
    return str(_("In practice since %(year)s, checked by %(by)s on %(day)s", **facts))


def practice_words(line: CheckedLine) -> list[str]:
    """Say what was seen of a mentor's practice with a check; nothing where nothing was."""
    return _seen(line.practice)


def subject_words(key: str, is_seen: bool) -> str:
    """Name a mentor's subject, and that it was checked where it was."""
    name = str(_(words_of(key)))
    return str(_("%(subject)s (checked)", subject=name)) if is_seen else name


def _seen(practice: Practice) -> list[str]:
    since = [str(_("In practice since %(year)s", year=practice.since))] if practice.since else []
    named = ", ".join(str(_(words_of(key))) for key in practice.specialties)
    return since + ([str(_("Subjects seen: %(subjects)s", subjects=named))] if named else [])


REFUSALS = {
    "register_number_refused": (_l("This register has given no such number"), _l("Its numbers are: %(looks_like)s.")),
    "register_national_identity": (
        _l("This looks like an Aadhaar number, which is never stored here"),
        _l("Write the number that your professional register gave you."),
    ),
    "credential_until_needed": (_l("Write a day to come"), ""),
    "credential_since_impossible": (_l("Write a year from %(first)s to %(last)s"), ""),
    "credential_specialty_not_declared": (
        _l("The mentor has taken a subject away meanwhile"),
        _l("Look at what they say now, and tick again."),
    ),
    "credential_reason_needed": (_l("Write a sentence that says why"), _l("Its holder reads it.")),
    "credential_dates_twisted": (_l("It cannot expire before it was issued"), _l("Look at the two dates again.")),
    "credential_too_many": (_l("You have declared %(most)s already"), _l("Remove one that is of no use any more.")),
    "credential_too_many_documents": (_l("There are %(most)s documents already"), ""),
}


def explain_all() -> None:
    """Register the words."""
    for code, (title, body) in REFUSALS.items():
        explain(code, title, body)
    explain(
        "credential_step_not_possible",
        _l("This credential was withdrawn meanwhile"),
        _l("It stays so; a new one can be declared. Nothing was changed."),
        status=409,
    )
    explain(
        "credentials_not_checked",
        _l("Your institution does not check credentials"),
        _l("Nobody would read it, so nothing was kept. An administrator of Mentoring can change that."),
        status=409,
    )
    explain(
        "credential_own",
        _l("Nobody checks their own credentials"),
        _l("Ask a colleague. Nothing was changed."),
        status=403,
    )
