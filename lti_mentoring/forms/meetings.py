"""A meeting: when by one's own clock, how long, about what, and where; what came of it; and one's own note."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField, StringField, TextAreaField, TimeField
from wtforms.validators import NumberRange, Optional, ValidationError

from lti_mentoring.domain.directory import zone_of
from lti_mentoring.domain.meetings import (
    LONGEST,
    LONGEST_AGENDA,
    LONGEST_LINK,
    LONGEST_NOTE,
    LONGEST_PLACE,
    NOTED_WITHIN,
    SHORTEST,
    Fault,
    MeetingRefused,
    Plan,
    readings,
)
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.forms.fields import OFFERED, Day, SelectChoice, WholeNumber, a_row, at_most, lines, needed, one_line
from lti_mentoring.forms.profiles import TickList, at_least_one
from lti_mentoring.forms.quiet_hours import AS_A_CLOCK
from lti_mentoring.forms.zones import zone_now, zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask_babel import LazyString

    from lti_mentoring.domain.vocabularies import Vocabulary
    from lti_mentoring.queries.meeting_proofs import ProvedByMeeting
    from lti_mentoring.queries.meetings import MeetingView, Partner

USUAL_MINUTES = 30
FAULTS: dict[Fault, tuple[str, LazyString]] = {
    Fault.PAST: ("day", _l("This time is over. Choose a later one.")),
    Fault.TOO_FAR: ("day", _l("This is more than a year ahead. Choose an earlier day.")),
    Fault.NOT_YET: ("day", _l("This time is still to come. Propose the meeting instead, or correct the day.")),
    Fault.LONG_AGO: ("day", _l("This is more than %(days)s days ago.", days=NOTED_WITHIN.days)),
    Fault.BEFORE: ("day", _l("The two of you did not work together yet on this day.")),
    Fault.ALREADY: ("day", _l("A meeting of the two of you at this time is noted already.")),
    Fault.NOWHERE: ("place", _l("Say where: a place, or a link below.")),
    Fault.LINK: ("join_url", _l("Write a whole address that begins with https:// and names no user.")),
}
MINUTES: dict[str, Any] = {
    "label": _l("Minutes"),
    "validators": [
        needed(_l("Write how many minutes.")),
        NumberRange(SHORTEST, LONGEST, _l("Write a number from %(least)s to %(most)s.", least=SHORTEST, most=LONGEST)),
    ],
}


def _perhaps_a_row(value: object) -> int:
    """Return the number of a row; 0: none is meant."""
    return 0 if str(value) == "0" else a_row(value)


class TalkForm(Form):
    """How long, and about what: as it is planned, and as it was."""

    minutes = WholeNumber(**MINUTES)
    domains = TickList(_l("What it was about"), [at_least_one(_l("Tick one at least."))])
    milestone = SelectField(
        _l("What it is for"),
        coerce=_perhaps_a_row,
        description=_l(
            "It then counts for this milestone, once whoever signs that off says so. That there was a meeting is read "
            "there by your course team, too."
        ),
        **OFFERED,
    )

    def __init__(
        self,
        vocabulary: Vocabulary,
        formdata: Any = None,
        *,
        proves: Sequence[ProvedByMeeting] = (),
        chosen: int | None = None,
        **values: Any,
    ) -> None:
        """Begin with what was said; ``proves``: the milestones that it can be for, ``chosen``: the one it is for."""
        super().__init__(formdata, **values)
        self.domains.choices = [(one.value, _(words)) for one, words in vocabulary.domain_words.items()]
        self.proves = {one.milestone_id: one for one in proves}
        self.milestone.choices = [(0, _("No milestone")), *((one.milestone_id, one.title) for one in proves)]
        if self.milestone.data is None:
            self.milestone.data = chosen if chosen in self.proves else 0

    def about(self) -> tuple[MentoringDomain, ...]:
        """Return the domains that were ticked."""
        return tuple(MentoringDomain(key) for key in self.domains.data or ())


class PlanForm(TalkForm):
    """A meeting to come; ``now`` is the moment at which it is looked at."""

    day = Day(_l("Day"), [needed(_l("Choose a day."))])
    clock = TimeField(_l("Time"), [needed(_l("Write a time of day as hours and minutes, for example 16:30."))],
                      **AS_A_CLOCK)  # fmt: skip
    which = RadioField(_l("Which of the two"), [Optional()], validate_choice=False)
    timezone = SelectField(
        _l("By the clock of"), [needed(_l("Choose the town nearest to you."))], filters=[zone_now], **OFFERED
    )
    minutes = WholeNumber(**MINUTES, default=USUAL_MINUTES)
    domains = TickList(_l("What it is about"), [at_least_one(_l("Tick one at least."))])
    place = StringField(_l("Place"), [at_most(LONGEST_PLACE)], filters=[one_line])
    join_url = StringField(
        _l("Link to join online"),
        [at_most(LONGEST_LINK)],
        filters=[one_line],
        description=_l("From whichever service the two of you use. It begins with https://"),
    )
    agenda = TextAreaField(
        _l("What you want to talk about"),
        [at_most(LONGEST_AGENDA)],
        filters=[lines],
        description=_l("A few lines. Nothing about a patient."),
    )

    def __init__(
        self,
        vocabulary: Vocabulary,
        zone: str,
        now: datetime,
        formdata: Any = None,
        was: MeetingView | None = None,
        *,
        proves: Sequence[ProvedByMeeting] = (),
        chosen: int | None = None,
    ) -> None:
        """Begin with the reader's zone, and with ``was`` where a meeting is to be changed."""
        known = chosen if was is None else was.milestone_id
        super().__init__(vocabulary, formdata, proves=proves, chosen=known, **_begun(was, zone))
        self._now, self._plan = now, None
        self.moments: tuple[datetime, ...] = ()
        self.timezone.choices = [("", _("Choose")), *zones()]
        self.which.choices = []

    def validate(self, extra_validators: Any = None) -> bool:
        """Look at each field, then at the time that they name, then at the whole."""
        self._read_clock()
        if not super().validate(extra_validators) or not self._names_one_moment():
            return False
        try:
            self._check(self.plan())
        except MeetingRefused as refused:
            name, words = FAULTS[refused.fault]
            return self._refuse(name, str(words))
        return True

    def plan(self) -> Plan:
        """Return what was said."""
        starts_at = self.moments[-1 if self.which.data == "second" else 0]
        return Plan(
            starts_at, self.minutes.data or 0, self.about(), self.place.data or "",
            self.join_url.data or "", self.agenda.data or "", self.timezone.data or "", self.milestone.data or None,
        )  # fmt: skip

    def _check(self, plan: Plan) -> None:
        plan.check(now=self._now)

    def _read_clock(self) -> None:
        zone = zone_of(self.timezone.data or "")
        if zone is None or self.day.data is None or self.clock.data is None:
            return
        self.moments = readings(self.day.data, self.clock.data, zone)
        if len(self.moments) > 1:
            hours = [f"{one.astimezone(zone):%z}" for one in self.moments]
            self.which.choices = [
                SelectChoice("first", _("The first one, before the clocks change (UTC%(hours)s)", hours=hours[0][:3])),
                SelectChoice("second", _("The second one, an hour later (UTC%(hours)s)", hours=hours[1][:3])),
            ]

    def _names_one_moment(self) -> bool:
        if not self.moments:
            words = _("On this day the clocks there are put forward, and this time is left out. Choose another.")
            return self._refuse("clock", words)
        if self.which.choices and self.which.data not in {"first", "second"}:
            words = _("On this day the clocks there are put back, and this time comes twice. Choose which.")
            return self._refuse("which", words)
        return True

    def _refuse(self, name: str, words: str) -> bool:
        self[name].errors = [words]
        return False


class ProposeForm(PlanForm):
    """A new meeting, and with whom."""

    mentorship = SelectField(_l("With whom"), coerce=a_row, **OFFERED)
    _partners: dict[int, Partner]

    def offer(self, found: Sequence[Partner], student_id: int | None = None) -> None:
        """Offer whom the person works with, first those with whom it can be for what is chosen.

        ``student_id``: whom a mentor came from.
        """
        self._partners = {one.mentorship_id: one for one in found}
        proved = self.proves.get(self.milestone.data)
        self.mentorship.choices = [
            (one.mentorship_id, f"{one.name} ({one.role_name})" if one.role_name else one.name) for one in found
        ]
        if self.mentorship.data is None:
            fits = [one for one in found if proved is None or proved.is_with(one.role)] or list(found)
            chosen = [one for one in fits if one.student_id == student_id] or fits
            self.mentorship.data = chosen[0].mentorship_id if chosen else None

    def validate_milestone(self, field: SelectField) -> None:
        """Refuse a milestone that a meeting with this mentor does not prove."""
        proved, partner = self.proves.get(field.data), self._partners.get(self.mentorship.data)
        if proved is not None and partner is not None and not proved.is_with(partner.role):
            raise ValidationError(_("This one is for a meeting with another of the student’s mentors."))


class HeldForm(ProposeForm):
    """A meeting that took place and that nobody had planned."""

    domains = TickList(_l("What it was about"), [at_least_one(_l("Tick one at least."))])
    place = StringField(
        _l("Place"), [needed(_l("Say where, or: online.")), at_most(LONGEST_PLACE)], filters=[one_line]
    )  # fmt: skip

    def refuse(self, refused: MeetingRefused) -> None:
        """Say beside its field what is wrong with the whole."""
        name, words = FAULTS[refused.fault]
        self._refuse(name, str(words))

    def _check(self, plan: Plan) -> None:
        partner = self._partners.get(self.mentorship.data)
        plan.check_held(since=partner.since if partner else self._now, now=self._now)


class NoteForm(Form):
    """One's own note; nothing written takes it away."""

    text = TextAreaField(_l("Your note"), [at_most(LONGEST_NOTE)], filters=[lines])


def _begun(was: MeetingView | None, zone: str) -> dict[str, Any]:
    """Return what a form begins with; whoever has named no zone types the time anew, by the one that they choose."""
    if was is None:
        return {"timezone": zone}
    begun = {
        "timezone": zone, "minutes": was.minutes, "domains": list(was.domains), "place": was.place,
        "join_url": was.join_url, "agenda": was.agenda,
    }  # fmt: skip
    known = zone_of(zone)
    if known is None:
        return begun
    local = was.starts_at.astimezone(known)
    return {
        **begun, "day": local.date(), "clock": local.time(), "which": "second" if local.fold else "first",
    }  # fmt: skip
