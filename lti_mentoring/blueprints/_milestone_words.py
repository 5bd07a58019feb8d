"""A milestone in words: its state, its next step for whoever looks, and what happened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup, escape

from lti_mentoring.blueprints._words import bdi, day, moment
from lti_mentoring.domain.identifiers import Identifier
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer, StepKind

if TYPE_CHECKING:
    from lti_mentoring.queries.milestone_pages import MilestonePage, ProofLine, StepLine
    from lti_mentoring.services.steps import MilestoneChanged

LOOKS_LIKE = {
    Identifier.BIRTH_DATE: _l("a date of birth"),
    Identifier.RECORD_NUMBER: _l("a record number"),
    Identifier.EMAIL: _l("an e-mail address"),
    Identifier.PHONE: _l("a phone number"),
    Identifier.NAME: _l("a name"),
    Identifier.LONG_NUMBER: _l("a long number"),
}
PLACES = {
    "text": _l("In your words"),
    "file_name": _l("In the file’s name"),
    "file": _l("In the file"),
    "link": _l("In the link"),
}
ICONS = {
    StepKind.SUBMITTED: ("doc", ""), StepKind.WITHDRAWN: ("cross", ""), StepKind.RETURNED: ("return", "late"),
    StepKind.ACCEPTED: ("check", "done"), StepKind.REOPENED: ("refresh", "late"), StepKind.EXCUSED: ("check", "done"),
    StepKind.EXCUSE_LIFTED: ("refresh", ""), StepKind.EXTENDED: ("calendar", ""), StepKind.APPEALED: ("scale", ""),
    StepKind.APPEAL_GRANTED: ("check", "done"), StepKind.APPEAL_DECLINED: ("return", "late"),
    StepKind.PASSED: ("check", "done"), StepKind.MET: ("check", "done"), StepKind.REPORTED: ("doc", ""),
    StepKind.UNMET: ("refresh", "late"), StepKind.DOUBTED: ("refresh", "late"),
}  # fmt: skip
HAPPENED = {
    StepKind.SUBMITTED: _l("%(name)s sent version %(number)s"),
    StepKind.WITHDRAWN: _l("%(name)s withdrew version %(number)s; its content was erased"),
    StepKind.RETURNED: _l("Sent back by %(name)s"),
    StepKind.ACCEPTED: _l("Signed off by %(name)s"),
    StepKind.REOPENED: _l("Opened again by %(name)s"),
    StepKind.EXCUSED: _l("Excused by %(name)s"),
    StepKind.EXCUSE_LIFTED: _l("Asked for after all by %(name)s"),
    StepKind.EXTENDED: _l("New date given by %(name)s"),
    StepKind.APPEALED: _l("%(name)s asked the course team to look again"),
    StepKind.APPEAL_GRANTED: _l("The course team agreed with the student: signed off by %(name)s"),
    StepKind.APPEAL_DECLINED: _l("The course team left it sent back: %(name)s"),
    StepKind.PASSED: _l("%(name)s passed the test"),
    StepKind.MET: _l("%(name)s says that the meeting took place"),
    StepKind.REPORTED: _l("%(name)s noted a meeting"),
    StepKind.UNMET: _l("%(name)s noted that the meeting did not take place"),
    StepKind.DOUBTED: _l("%(name)s noted that the meeting did not take place; it stays signed off"),
}
I_DID = {
    StepKind.SUBMITTED: _l("You sent version %(number)s"),
    StepKind.WITHDRAWN: _l("You withdrew version %(number)s; its content was erased"),
    StepKind.APPEALED: _l("You asked the course team to look again"),
    StepKind.PASSED: _l("You passed the test"),
    StepKind.REPORTED: _l("You noted a meeting"),
    StepKind.UNMET: _l("You noted that the meeting did not take place"),
    StepKind.DOUBTED: _l("You noted that the meeting did not take place; it stays signed off"),
}


@dataclass(frozen=True, slots=True)
class NextStep:
    """The dark card: ``action`` and ``second`` are (words, address)."""

    eyebrow: str
    title: Markup
    body: Markup
    action: tuple[str, str] | None = None
    second: tuple[str, str] | None = None


def said(words: object, **facts: object) -> Markup:
    """Fill a sentence; names keep their direction, and nothing that people wrote becomes markup."""
    return escape(str(words)) % facts


def reader(page: MilestonePage) -> Markup:
    """Name who reads what the student sends."""
    if page.standing.signer is Signer.MENTOR and page.mentor_name:
        return bdi(page.mentor_name)
    return escape(_("the course team"))


def pill(page: MilestonePage, *, own: bool) -> tuple[str, Markup, str]:
    """Say the state: kind, words, icon."""
    state, late = page.state, page.standing.days_late
    if state is ProgressState.ACCEPTED:
        passed = page.standing.proof is Proof.TEST
        return "done", escape(_("Passed") if passed else _("Signed off")), "check"
    if state is ProgressState.EXCUSED:
        return "done", escape(_("Excused")), "check"
    if state is ProgressState.APPEALED:
        return "wait", escape(_("With the course team")), "waiting"
    if state is ProgressState.SUBMITTED:
        mine = page.may_sign and not own
        return (
            ("you", escape(_("Waits for you")), "pen")
            if mine
            else ("wait", said(_("With %(name)s"), name=reader(page)), "waiting")
        )
    if state is ProgressState.RETURNED:
        return "late", escape(_("Sent back to you") if own else _("Sent back")), "return"
    if late:
        return "late", escape(ngettext("%(num)s day late", "%(num)s days late", late)), "clock"
    return "", escape(_("Open")), "clock"


def events(page: MilestonePage, *, own: bool) -> list[tuple[str, str, Markup, datetime, str]]:
    """Return the timeline, newest first."""
    return [(*ICONS[step.kind], _event(step, own=own), step.at, moment(step.at)) for step in page.steps]


def due_words(page: MilestonePage) -> str:
    """Say until when; "" where there is no date."""
    due = page.standing.due
    if due is None or page.standing.done:
        return ""
    if page.standing.days_late:
        late = ngettext("%(num)s day ago", "%(num)s days ago", page.standing.days_late)
        return str(_("was due %(day)s, %(late)s", day=day(due), late=late))
    return str(_("due %(day)s", day=day(due)))


def size_words(size: int) -> str:
    """Say how large a file is."""
    if size < 1024 * 1024:
        return str(_("%(size)s kB", size=max(1, round(size / 1024))))
    return str(_("%(size)s MB", size=round(size / (1024 * 1024), 1)))


def kind_words(proof: ProofLine) -> str:
    """Say what a file is, for people."""
    known = {
        "application/pdf": "PDF",
        "text/plain": _("text"),
        "audio/mpeg": _("sound"),
        "application/vnd.oasis.opendocument.text": _("document"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _("Word document"),
    }
    return str(known.get(proof.media_type, _("picture")))


def theirs_words(changed: MilestoneChanged) -> str:
    """Say what somebody else did meanwhile, with their words."""
    kind, at = str(changed.facts.get("kind", "")), changed.facts.get("at")
    if not kind or not isinstance(at, datetime):
        return str(_("It was changed in another window."))
    what = str(HAPPENED[StepKind(kind)]) % {"name": changed.facts["by_name"], "number": ""}
    words = str(changed.facts.get("theirs", ""))
    return "\n\n".join(filter(None, (f"{' '.join(what.split())}, {moment(at)}", words)))


def _event(step: StepLine, *, own: bool) -> Markup:
    words = I_DID.get(step.kind) if own and step.by_role == "student" else None
    line = said(words or HAPPENED[step.kind], name=bdi(step.by_name), number=step.number)
    if not step.words:
        return line
    return line + Markup('<span class="d-block m-small m-quiet">{}</span>').format(step.words)
