"""What faculty fill in while they configure a track. Every field says in its own words what is wrong with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.levels import MOST_MONTHS
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.sentences import LONGEST_ADDRESS, is_web_address
from lti_mentoring.domain.tracks import (
    LATEST_DAY,
    LONGEST_TEXT,
    LONGEST_TITLE,
    LONGEST_TRACK_TITLE,
    MOST_POINTS,
    MOST_WEIGHT,
    CertificateFacts,
    Grading,
    MentoringFacts,
    MilestoneFacts,
    TrackFacts,
)
from lti_mentoring.forms.fields import (
    OFFERED,
    Day,
    SelectChoice,
    WholeNumber,
    at_most,
    lines,
    needed,
    not_blank,
    one_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from lti_mentoring.domain.mentor_roles import MentorRole

ANY_ROLE, ROLE = "any", "role:"


class VersionedForm(Form):
    """A form that knows on which version of the track it was opened."""

    version = HiddenField()

    def __init__(self, formdata: Any = None, obj: object = None, **options: Any) -> None:
        # On a page that is only opened nothing was sent; an empty sending would untick every box.
        super().__init__(formdata or None, obj, **options)

    @property
    def opened_on(self) -> int:
        """The version; 0, which is older than any, where none was sent."""
        sent = str(self.version.data or "")
        return int(sent) if re.fullmatch(r"[0-9]{1,9}", sent) else 0


class TrackForm(VersionedForm):
    """What a track is called and when it begins."""

    title = StringField(
        _l("Name of the track"),
        [not_blank(_l("Give the track a name.")), at_most(LONGEST_TRACK_TITLE)],
        filters=[one_line],
    )
    purpose = TextAreaField(
        _l("What students get out of it"),
        [at_most(LONGEST_TEXT)],
        filters=[lines],
        description=_l("One sentence that students read first."),
    )
    starts_on = Day(_l("Begins on"), [needed(_l("Say on which day it begins."))])

    def facts(self) -> TrackFacts:
        """Return what was typed."""
        assert self.starts_on.data is not None  # noqa: S101  # the form is valid: it is needed
        return TrackFacts(self.title.data or "", self.purpose.data or "", self.starts_on.data)


class MentoringForm(VersionedForm):
    """What faculty say about the track's mentors."""

    applications_open = BooleanField(
        _l("People of the course may apply as mentors"),
        description=_l("Students and assistants find a page for it. You decide on each application."),
    )
    faculty_verify = BooleanField(
        _l("We check the mentors’ credentials ourselves"),
        description=_l("You can then open the documents of this track’s mentors, where your institution lets you."),
    )
    credential_needed = BooleanField(
        _l("Only a mentor with a verified credential gets new students"),
        description=_l(
            "Where a licence has lapsed or was withdrawn, that takes a licence again: a degree does not replace it. "
            "When something lapses, the mentor’s students stay; you hear of it by mail."
        ),
    )

    practising_months = WholeNumber(
        _l("Months of guiding after which a trained mentor is called practising"),
        [
            needed(_l("Write a number from 1 to %(most)s.", most=MOST_MONTHS)),
            NumberRange(1, MOST_MONTHS, _l("Write a number from 1 to %(most)s.", most=MOST_MONTHS)),
        ],
        description=_l("With one student. Guiding somebody to the certificate counts as well."),
    )

    def facts(self) -> MentoringFacts:
        """Return what was ticked and written."""
        return MentoringFacts(
            applications_open=bool(self.applications_open.data),
            faculty_verify=bool(self.faculty_verify.data),
            credential_needed=bool(self.credential_needed.data),
            practising_months=self.practising_months.data or 0,
        )


class NewTrackForm(TrackForm):
    """The same for a new track; `opens` is the track that the page opened when the form was made."""

    opens = HiddenField()


class MilestoneForm(VersionedForm):
    """Everything that faculty decide about one milestone."""

    title = StringField(
        _l("Name"), [not_blank(_l("Give the milestone a name.")), at_most(LONGEST_TITLE)], filters=[one_line]
    )
    asked = TextAreaField(
        _l("What is asked"),
        [at_most(LONGEST_TEXT)],
        filters=[lines],
        description=_l("Say it to the student: what to do, and how much of it."),
    )
    stage = SelectField(_l("Stage"), coerce=int, **OFFERED)
    proof = RadioField(
        _l("What proves it?"),
        coerce=Proof,
        **OFFERED,
        choices=[
            SelectChoice(Proof.EVIDENCE.value, _l("Something that the student sends: a text, a link or a file")),
            SelectChoice(Proof.ACTIVITY.value, _l("An activity of the course, done in the LMS")),
            SelectChoice(Proof.MEETING.value, _l("A meeting of the two that took place")),
            SelectChoice(Proof.ASSESSMENT.value, _l("A form that the mentor fills")),
            SelectChoice(Proof.WORD.value, _l("The word of the one who signs it off: a talk given, a day on the ward")),
            SelectChoice(Proof.TEST.value, _l("A test that the student passes; nobody has to sign")),
        ],
    )
    activity_url = StringField(
        _l("Where the activity is"),
        [at_most(LONGEST_ADDRESS)],
        filters=[one_line],
        description=_l(
            "Only for an activity of the course: open it there and copy the address. Left empty, students look for it "
            "by its name."
        ),
    )
    instrument = SelectField(
        _l("Which form"), coerce=int, **OFFERED, description=_l("Only for a milestone that a form proves.")
    )
    test = SelectField(
        _l("Which test"), coerce=int, **OFFERED, description=_l("Only for a milestone that a test proves.")
    )
    due_after_days = WholeNumber(
        _l("Due after how many days"),
        [
            Optional(),
            NumberRange(0, LATEST_DAY, _l("Write a number of days between 0 and %(most)s.", most=LATEST_DAY)),
        ],
        description=_l("Counted from the day on which the mentorship begins. Leave it empty for no date."),
    )
    weight = WholeNumber(
        _l("Counts"),
        [
            needed(_l("Say how much it counts; 0 if it does not.")),
            NumberRange(0, MOST_WEIGHT, _l("Write a number between 0 and %(most)s.", most=MOST_WEIGHT)),
        ],
        description=_l("Its share of the grade. It is easiest when all of them add up to 100."),
    )
    signer = RadioField(
        _l("Who signs it off?"),
        coerce=Signer,
        **OFFERED,
        choices=[
            SelectChoice(Signer.MENTOR.value, _l("The mentor")),
            SelectChoice(Signer.FACULTY.value, _l("Faculty")),
        ],
    )
    signer_role = SelectField(
        _l("Which mentor"), description=_l("Only where a mentor signs it off."), default=ANY_ROLE, **OFFERED
    )
    needed_for_certificate = BooleanField(_l("Needed for the certificate"))

    def offer(
        self,
        stages: Iterable[tuple[int, str]],
        forms: Iterable[tuple[int, str]],
        tests: Iterable[tuple[int, str]],
        roles: Sequence[MentorRole],
    ) -> None:
        """Fill in which stages, forms, tests and roles of mentors there are."""
        named = [SelectChoice(ROLE + one.key, one.name) for one in roles] if len(roles) > 1 else []
        self.signer_role.choices = [SelectChoice(ANY_ROLE, _("Any of the student’s mentors")), *named]
        if not named:
            self.signer_role.data = ANY_ROLE
        self.test.choices = [SelectChoice("0", _("No test")), *(SelectChoice(str(n), title) for n, title in tests)]
        self.stage.choices = [SelectChoice(str(number), title) for number, title in stages] or [
            SelectChoice("0", _("No stage"))
        ]
        self.instrument.choices = [SelectChoice("0", _("No form")), *(SelectChoice(str(n), _(t)) for n, t in forms)]

    def validate_activity_url(self, field: StringField) -> None:
        """Ask for an address that leads somewhere, where there is one."""
        if self.proof.data is Proof.ACTIVITY and field.data and not is_web_address(field.data):
            raise ValidationError(_("Write the whole address, as the browser shows it."))

    def validate_instrument(self, field: SelectField) -> None:
        """Ask for a form where a form proves it."""
        if self.proof.data is Proof.ASSESSMENT and not field.data:
            raise ValidationError(_("Choose the form that the mentor fills."))

    def validate_test(self, field: SelectField) -> None:
        """Ask for a test where one proves it."""
        if self.proof.data is Proof.TEST and not field.data:
            raise ValidationError(_("Choose the test that the student passes."))

    def facts(self) -> MilestoneFacts:
        """Return what was typed."""
        return MilestoneFacts(
            title=self.title.data or "",
            asked=self.asked.data or "",
            stage_id=self.stage.data or None,
            proof=self.proof.data,
            instrument_id=(self.instrument.data or None) if self.proof.data is Proof.ASSESSMENT else None,
            due_after_days=self.due_after_days.data,
            weight=self.weight.data or 0,
            signer=self.signer.data,
            needed_for_certificate=self.needed_for_certificate.data,
            test_id=(self.test.data or None) if self.proof.data is Proof.TEST else None,
            signer_role=None if self.signer_role.data == ANY_ROLE else self.signer_role.data.removeprefix(ROLE),
            activity_url=(self.activity_url.data or "") if self.proof.data is Proof.ACTIVITY else "",
        )


class StageForm(VersionedForm):
    """The name of a stage."""

    title = StringField(
        _l("Name of the stage"), [not_blank(_l("Give the stage a name.")), at_most(LONGEST_TITLE)], filters=[one_line]
    )


class GradingForm(VersionedForm):
    """How the grade is formed, and how many columns of the gradebook it fills."""

    rule = RadioField(
        _l("How is the grade formed?"),
        coerce=GradeRule,
        **OFFERED,
        choices=[
            SelectChoice(GradeRule.WEIGHTED.value, _l("It rises with each milestone that is signed off")),
            SelectChoice(GradeRule.AT_END.value, _l("It arrives once, when every milestone is done")),
            SelectChoice(GradeRule.COMPLETION.value, _l("All or nothing: full points when every milestone is done")),
        ],
    )
    mode = RadioField(
        _l("Where does it go?"),
        coerce=ColumnMode,
        **OFFERED,
        choices=[
            SelectChoice(ColumnMode.ONE.value, _l("One column in the course’s gradebook for the whole track")),
            SelectChoice(ColumnMode.PER_MILESTONE.value, _l("One column for each milestone that counts")),
        ],
    )
    points = WholeNumber(
        _l("Points of the whole track"),
        [
            needed(_l("Say how many points the whole track is worth.")),
            NumberRange(1, MOST_POINTS, _l("Write a number between 1 and %(most)s.", most=MOST_POINTS)),
        ],
        description=_l("The most that the one column can show. A milestone’s own column is worth what it counts."),
    )

    def facts(self) -> Grading:
        """Return what was chosen."""
        return Grading(self.rule.data, self.mode.data, self.points.data or 0)


class CertificateForm(VersionedForm):
    """What the certificate says, and what earns it."""

    title = StringField(
        _l("Title of the certificate"),
        [not_blank(_l("Give the certificate a title.")), at_most(LONGEST_TRACK_TITLE)],
        filters=[one_line],
    )
    sentence = TextAreaField(
        _l("What it says after the name"),
        [not_blank(_l("Write the sentence that follows the name.")), at_most(400)],
        filters=[one_line],
        description=_l("One sentence in the third person: “has completed …”"),
    )
    needed = SelectMultipleField(
        _l("Which milestones have to be done?"),
        coerce=int,
        **OFFERED,
        description=_l("An excused milestone counts as done."),
    )

    def offer(self, milestones: Iterable[tuple[int, str]]) -> None:
        """Fill in which milestones there are."""
        self.needed.choices = [SelectChoice(str(number), title) for number, title in milestones]

    def validate_needed(self, field: SelectMultipleField) -> None:
        """Ask for one at least, where there are any."""
        if field.choices and not field.data:
            raise ValidationError(_("Choose at least one milestone: a certificate says that something was done."))

    def facts(self) -> CertificateFacts:
        """Return what was typed."""
        return CertificateFacts(self.title.data or "", self.sentence.data or "", frozenset(self.needed.data or ()))
