"""What happened on a student's way, as lines of a timeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _

from lti_mentoring.blueprints._milestone_words import ICONS
from lti_mentoring.blueprints._said import filled
from lti_mentoring.blueprints._words import bdi, moment
from lti_mentoring.domain.milestones import StepKind

if TYPE_CHECKING:
    from datetime import datetime

    from markupsafe import Markup

    from lti_mentoring.queries.board import Happening

    Line = tuple[str, str, Markup, datetime, str]


def line(one: Happening) -> Line:
    """Return icon, kind, sentence, moment and the moment in words."""
    icon, kind = ICONS[one.kind]
    sentence = filled(_words(one.kind), name=bdi(one.by_name), title=one.milestone_title)
    return icon, kind, sentence, one.at, moment(one.at)


def _words(kind: StepKind) -> str:
    return str(
        {
            StepKind.SUBMITTED: _("%(name)s sent %(title)s"),
            StepKind.WITHDRAWN: _("%(name)s withdrew what was sent for %(title)s"),
            StepKind.RETURNED: _("%(name)s sent %(title)s back"),
            StepKind.ACCEPTED: _("%(name)s signed off %(title)s"),
            StepKind.REOPENED: _("%(name)s opened %(title)s again"),
            StepKind.EXCUSED: _("%(name)s excused from %(title)s"),
            StepKind.EXCUSE_LIFTED: _("%(name)s asks for %(title)s again"),
            StepKind.EXTENDED: _("%(name)s gave more time for %(title)s"),
            StepKind.APPEALED: _("%(name)s appealed: %(title)s"),
            StepKind.APPEAL_GRANTED: _("%(name)s granted the appeal: %(title)s"),
            StepKind.APPEAL_DECLINED: _("%(name)s kept the decision: %(title)s"),
            StepKind.PASSED: _("%(name)s passed the test: %(title)s"),
            StepKind.MET: _("%(name)s says that there was a meeting: %(title)s"),
            StepKind.REPORTED: _("%(name)s noted a meeting: %(title)s"),
            StepKind.UNMET: _("%(name)s noted that there was no meeting: %(title)s"),
            StepKind.DOUBTED: _("%(name)s noted that there was no meeting: %(title)s"),
        }[kind]
    )
