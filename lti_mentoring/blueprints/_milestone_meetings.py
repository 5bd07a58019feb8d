"""What comes next on a milestone that a meeting proves: a time to find, to answer, to keep, or to note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from markupsafe import escape

from lti_mentoring.blueprints._access import current_seat
from lti_mentoring.blueprints._meeting_words import my_zone
from lti_mentoring.blueprints._milestone_words import NextStep, reader, said
from lti_mentoring.blueprints._said import filled
from lti_mentoring.blueprints._words import at_clock, bdi
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.meetings import Stands

if TYPE_CHECKING:
    from markupsafe import Markup

    from lti_mentoring.queries.meetings import MeetingView
    from lti_mentoring.queries.milestone_pages import MilestonePage

ONE_BY_ONE = (Stands.RECORD, Stands.ANSWER, Stands.COMING, Stands.ASKED)
"""What asks most of the reader comes first."""


def meeting_turn(page: MilestonePage, eyebrow: str, name: Markup) -> NextStep:
    """Say to one of the two what to do. ``name`` is the other."""
    if page.held:
        return _to_sign(page, eyebrow)
    if not page.may_meet:
        return _nobody_to_meet(page, eyebrow)
    now = utcnow()
    found = {one.stands(now): one for one in reversed(page.meetings)}
    stands = next((one for one in ONE_BY_ONE if one in found), None)
    if stands is not None:
        return _planned(found[stands], stands, eyebrow)
    milestone, student = page.standing.milestone_id, page.student_id
    return NextStep(
        eyebrow,
        filled(_("Find a time with %(name)s"), name=name),
        escape(_("When you have met, one of you notes it here. Nothing has to be sent.")),
        (_("Propose a meeting"), url_for("meetings.new", milestone=milestone, student=student)),
        (_("You have met already?"), url_for("meetings.new_held", milestone=milestone, student=student)),
    )


def _to_sign(page: MilestonePage, eyebrow: str) -> NextStep:
    """Say that there was a meeting already, of a milestone that was opened again or is asked for after all."""
    if page.may_sign:
        return NextStep(
            eyebrow,
            escape(_("A meeting took place")),
            escape(_("Sign this off if that is what was asked; else agree on another one.")),
            (_("Sign it off"), "#answer"),
        )
    return NextStep(
        eyebrow,
        said(_("Ask %(name)s to sign it off"), name=reader(page)),
        escape(_("A meeting for it took place. If another one is wanted, propose it.")),
        (_("Propose a meeting"), url_for("meetings.new", milestone=page.standing.milestone_id)),
    )


def _nobody_to_meet(page: MilestonePage, eyebrow: str) -> NextStep:
    if page.signer_role:
        title = filled(_("This is a meeting with somebody else: %(role)s"), role=page.signer_role)
    else:
        title = escape(_("This is a meeting with your mentor"))
    return NextStep(eyebrow, title, escape(_("As soon as somebody is chosen, either of you can propose a time.")))


def _planned(one: MeetingView, stands: Stands, eyebrow: str) -> NextStep:
    title, label = {
        Stands.RECORD: (_("Did you meet %(name)s?"), _("Note it")),
        Stands.ANSWER: (_("%(name)s proposes a time"), _("Answer")),
        Stands.COMING: (_("You meet %(name)s"), _("Open the meeting")),
        Stands.ASKED: (_("%(name)s has not answered yet"), _("Open the meeting")),
    }[stands]
    when = escape(at_clock(one.starts_at, my_zone(current_seat())))
    return NextStep(
        eyebrow, filled(title, name=bdi(one.other)), when, (label, url_for("meetings.one", meeting_id=one.meeting_id))
    )
