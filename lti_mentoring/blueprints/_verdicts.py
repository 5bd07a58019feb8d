"""Words for where a student stands, the same on the board, on the homes and in the spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.domain.board import BoardState

if TYPE_CHECKING:
    from lti_mentoring.domain.board import Verdict

LOOKS = {
    BoardState.LEFT: ("", "back"),
    BoardState.NEEDS_MENTOR: ("you", "people"),
    BoardState.NEEDS_YOU: ("you", "pen"),
    BoardState.QUIET: ("late", "chat"),
    BoardState.LATE: ("late", "clock"),
    BoardState.WAITING: ("wait", "waiting"),
    BoardState.REFUSED: ("bad", "alert"),
    BoardState.TEST_FIRST: ("wait", "lock"),
    BoardState.DONE: ("done", "check"),
    BoardState.ON_PACE: ("", "check"),
    BoardState.STOPPED: ("", "lock"),
}
"""Kind and icon of each state's pill."""


def said(verdict: Verdict) -> str:
    """Say a state in two or three words."""
    return _counted(verdict) if verdict.days else _plain(verdict.state)


def pill_of(verdict: Verdict) -> tuple[str, str, str]:
    """Return kind, words and icon of a state's pill."""
    kind, icon = LOOKS[verdict.state]
    return kind, said(verdict), icon


def _plain(state: BoardState) -> str:
    words = {
        BoardState.LEFT: _("Left the course"),
        BoardState.NEEDS_MENTOR: _("Needs a mentor"),
        BoardState.NEEDS_YOU: _("Needs you"),
        BoardState.QUIET: _("Gone quiet"),
        BoardState.LATE: _("Late"),
        BoardState.WAITING: _("With the mentor"),
        BoardState.REFUSED: _("Grade not accepted"),
        BoardState.TEST_FIRST: _("Test first"),
        BoardState.DONE: _("Done"),
        BoardState.ON_PACE: _("On pace"),
        BoardState.STOPPED: _("Not finished"),
    }
    return str(words[state])


def _counted(verdict: Verdict) -> str:
    words = {
        BoardState.NEEDS_YOU: lambda days: ngettext("Needs you for %(num)s day", "Needs you for %(num)s days", days),
        BoardState.QUIET: lambda days: ngettext("Quiet for %(num)s day", "Quiet for %(num)s days", days),
        BoardState.LATE: lambda days: ngettext("%(num)s day late", "%(num)s days late", days),
        BoardState.WAITING: lambda days: ngettext(
            "With the mentor for %(num)s day", "With the mentor for %(num)s days", days
        ),
    }
    return str(words[verdict.state](verdict.days))
