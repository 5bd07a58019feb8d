"""A student's way in words: the knots of the path, whose turn it is, and where each milestone opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import escape

from lti_mentoring.blueprints._parts import PathStep
from lti_mentoring.blueprints._said import filled
from lti_mentoring.blueprints._words import bdi, short_day
from lti_mentoring.domain.milestones import STUDENT_BEGINS, ProgressState, Proof, Signer
from lti_mentoring.domain.seats import SeatRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from markupsafe import Markup

    from lti_mentoring.domain.milestones import Standing, StudentProgress


def own_url(milestone_id: int) -> str:
    """Return where a student opens an own milestone."""
    return url_for("milestones.mine", milestone_id=milestone_id)


def student_url(student_id: int) -> Callable[[int], str]:
    """Return where staff open a milestone of this student."""
    return lambda milestone_id: url_for("decisions.show", student_id=student_id, milestone_id=milestone_id)


def steps_of(way: StudentProgress, url_of: Callable[[int], str]) -> list[PathStep]:
    """Return the knots of the path, each with its date and the page where it opens."""
    return [
        PathStep(one.title, knot, url_of(one.milestone_id), when(one), one.stage)
        for one, knot in zip(way.milestones, way.knots, strict=True)
    ]


def when(one: Standing) -> str:
    """Say the date that counts now: done, sent, late, or due."""
    if one.state is ProgressState.EXCUSED:
        return str(_("excused"))
    if one.done:
        return short_day(one.decided_at) if one.decided_at else str(_("done"))
    if one.with_others and one.submitted_at:
        words = _("sent %(day)s") if one.proof is Proof.EVIDENCE else _("noted %(day)s")
        return str(words % {"day": short_day(one.submitted_at)})
    if one.days_late:
        return str(ngettext("%(num)s day late", "%(num)s days late", one.days_late))
    return str(_("by %(day)s", day=short_day(one.due))) if one.due else ""


def pace(way: StudentProgress) -> str:
    """Say how far a student is, and whether that is in time."""
    if not way.total:
        return str(_("no milestones yet"))
    late = len(way.overdue)
    rest = ngettext("%(num)s late", "%(num)s late", late) if late else _("closed") if way.closed else _("on pace")
    if way.done == way.total:
        rest = _("finished")
    return str(_("%(done)s of %(total)s milestones done · %(rest)s", done=way.done, total=way.total, rest=rest))


def never(_one: Standing) -> bool:
    """Say of every milestone that who reads this does not sign it."""
    return False


def turn(
    way: StudentProgress, signer: Callable[[Standing], str], *, mine: Callable[[Standing], bool] = never
) -> Markup:
    """Say whose turn it is with a student; ``signer`` names a milestone's mentors, ``mine``: who reads is one."""
    if way.closed and way.done < way.total:
        return escape(_("The track is closed."))
    held = next((one for one in way.milestones if one.with_others), None)
    if held is not None:
        return holder(held, signer(held), mine=mine(held))
    lit = way.next_step
    if lit is None:
        return escape(_("Everything is done.") if way.total else _("The track has no milestones yet."))
    return _next(lit, signer(lit), mine=mine(lit))


def your_turn(
    way: StudentProgress, role: SeatRole, *, signs: Callable[[Standing], bool], url_of: Callable[[int], str]
) -> tuple[Markup, str, str] | None:
    """Return what only the reader can do for a student now: the sentence, the button and its address.

    ``signs`` says whether the reader signs a milestone off.
    """
    faculty = role is SeatRole.FACULTY
    if way.closed and not faculty:
        return None
    for one in way.milestones:
        if one.state is ProgressState.APPEALED and faculty:
            return filled(_("Decide the appeal: %(title)s"), title=one.title), _("Decide"), url_of(one.milestone_id)
        if one.state is ProgressState.SUBMITTED and signs(one):
            words, button = {
                Proof.ACTIVITY: (_("Look at what was done: %(title)s"), _("Look and answer")),
                Proof.MEETING: (_("Say whether there was a meeting: %(title)s"), _("Answer")),
            }.get(one.proof, (_("Read what was sent: %(title)s"), _("Read and answer")))
            return filled(words, title=one.title), button, url_of(one.milestone_id)
    return None


def holder(held: Standing, mentor: str, *, mine: bool = False) -> Markup:
    """Say who has a milestone that was sent."""
    if held.state is ProgressState.APPEALED:
        return filled(_("The course team decides an appeal: %(title)s."), title=held.title)
    by_team, by_reader, by_mentor = {
        Proof.ACTIVITY: (
            _("The course team looks at %(title)s."),
            _("It is your turn to look at %(title)s."),
            _("%(mentor)s looks at %(title)s."),
        ),
        Proof.MEETING: (
            _("The course team says whether there was a meeting: %(title)s."),
            _("It is your turn to say whether there was a meeting: %(title)s."),
            _("%(mentor)s says whether there was a meeting: %(title)s."),
        ),
    }.get(
        held.proof,
        (
            _("The course team reads %(title)s."),
            _("It is your turn to read %(title)s."),
            _("%(mentor)s reads %(title)s."),
        ),
    )
    by_one = by_reader if mine else by_mentor
    words = by_team if held.signer is Signer.FACULTY or not mentor else by_one
    return filled(words, mentor=bdi(mentor), title=held.title)


def _next(lit: Standing, mentor: str, *, mine: bool) -> Markup:
    if lit.state is ProgressState.RETURNED:
        return filled(_("The student goes over %(title)s again."), title=lit.title)
    if lit.proof in STUDENT_BEGINS:
        return filled(_("The student works on %(title)s."), title=lit.title)
    if lit.signer is Signer.FACULTY or not mentor:
        return filled(_("Next: %(title)s, signed by the course team."), title=lit.title)
    words = _("Next: %(title)s, signed by you.") if mine else _("Next: %(title)s, signed by %(mentor)s.")
    return filled(words, title=lit.title, mentor=bdi(mentor))
