"""How a track brings students and mentors together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import NumberRange, Optional, ValidationError

from lti_mentoring.domain.rank_lists import MOST_REPLY_DAYS, FacultyAsMentor, MatchingRules, MatchingWay
from lti_mentoring.forms.fields import OFFERED, Day, SelectChoice, WholeNumber, needed
from lti_mentoring.forms.tracks import VersionedForm

if TYPE_CHECKING:
    from collections.abc import Sequence


class MatchingForm(VersionedForm):
    """The way, the days, and three rules."""

    way = RadioField(
        _l("How do students and mentors come together?"),
        coerce=MatchingWay,
        **OFFERED,
        choices=[
            SelectChoice(MatchingWay.BY_HAND.value, _l("Faculty bring them together")),
            SelectChoice(MatchingWay.REQUESTS.value, _l("Students ask one mentor after another")),
            SelectChoice(MatchingWay.ROUNDS.value, _l("In rounds, by everybody’s wishes")),
        ],
    )
    wishes_from = Day(_l("Wishes can be given from"), [Optional()], description=_l("Leave it empty for: at once."))
    wishes_until = Day(
        _l("Wishes can be given until"), [Optional()], description=_l("The last day. Leave it empty for: no end.")
    )
    reply_days = WholeNumber(
        _l("Days that a mentor has to answer"),
        [
            needed(_l("Say how many days.")),
            NumberRange(1, MOST_REPLY_DAYS, _l("Write a number between 1 and %(most)s.", most=MOST_REPLY_DAYS)),
        ],
        description=_l("After that the student’s next wish is asked."),
    )
    mentors_rank = BooleanField(
        _l("Mentors may say whom they would like, too"),
        description=_l("Students never see it. Without it every student counts the same to a mentor."),
    )
    strategy = RadioField(
        _l("By which rule is a round answered?"),
        **OFFERED,
        description=_l("Students read it where they give wishes. Whoever draws the round up can still take another."),
    )
    faculty_as_mentor = RadioField(
        _l("A mentor who teaches this course may grade the same student"),
        coerce=FacultyAsMentor,
        **OFFERED,
        choices=[
            SelectChoice(FacultyAsMentor.ALLOW.value, _l("That is fine here")),
            SelectChoice(FacultyAsMentor.WARN.value, _l("Show it to faculty")),
            SelectChoice(FacultyAsMentor.REFUSE.value, _l("Count it as a conflict: they are not brought together")),
        ],
    )

    def offer(self, strategies: Sequence[tuple[str, str]]) -> None:
        """Set what rules there are; one that is kept and not installed any more has to be chosen anew."""
        self.strategy.choices = [SelectChoice(name, words) for name, words in strategies]

    def validate_wishes_until(self, field: Day) -> None:
        """Refuse an end before the beginning."""
        if field.data and self.wishes_from.data and field.data < self.wishes_from.data:
            raise ValidationError(_("The last day is before the first one."))

    def facts(self) -> MatchingRules:
        """Return what was chosen."""
        return MatchingRules(
            way=self.way.data,
            wishes_from=self.wishes_from.data,
            wishes_until=self.wishes_until.data,
            reply_days=self.reply_days.data or 0,
            mentors_rank=self.mentors_rank.data,
            strategy=self.strategy.data,
            faculty_as_mentor=self.faculty_as_mentor.data,
        )
