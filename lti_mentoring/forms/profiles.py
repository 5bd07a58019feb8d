"""What a mentor says of themselves: one form for each part of the first time, and all of them on one page later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Form,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional, ValidationError

from lti_mentoring.domain.profiles import (
    ENDS,
    HOURS,
    LONGEST_ABOUT,
    MOST_YEARS,
    STYLE,
    CareerStage,
    Part,
    ProfileFacts,
    TermKind,
    Works,
)
from lti_mentoring.domain.vocabularies import LANGUAGES, Vocabulary, words_of
from lti_mentoring.forms.fields import OFFERED, Day, WholeNumber, at_most, lines, needed
from lti_mentoring.forms.zones import zone_now, zones

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wtforms import Field

    from lti_mentoring.queries.profiles import ProfileView

CAREERS = {
    CareerStage.STUDYING: _l("Studying"),
    CareerStage.TRAINING: _l("In training after my degree"),
    CareerStage.EARLY: _l("In my first years of practice"),
    CareerStage.ESTABLISHED: _l("Established"),
    CareerStage.RETIRED: _l("Retired from practice"),
}
PLACES = {Works.REMOTE: _l("Online"), Works.ON_SITE: _l("In person"), Works.BOTH: _l("Online or in person")}
HOUR_WORDS = {
    "week_morning": _l("Weekday mornings"),
    "week_afternoon": _l("Weekday afternoons"),
    "week_evening": _l("Weekday evenings"),
    "end_morning": _l("Weekend mornings"),
    "end_afternoon": _l("Weekend afternoons"),
    "end_evening": _l("Weekend evenings"),
}
TERMS = {
    "domains": TermKind.DOMAIN,
    "specialties": TermKind.SPECIALTY,
    "skills": TermKind.SKILL,
    "languages": TermKind.LANGUAGE,
    "hours": TermKind.HOURS,
}
"""Fields that hold a list of terms."""
ENDED = "style_"
"""How fields of two-ended questions are called."""


class TickList(SelectMultipleField):
    """A list of terms to tick; what it offers is said by the form."""

    def pre_validate(self, form: Any) -> None:
        """Refuse what is not offered, in words."""
        if not set(self.data or ()) <= {str(choice[0]) for choice in self.iter_choices()}:
            raise ValidationError(_("Choose from this list."))


def at_least_one(words: Any) -> Any:
    """Ask for one tick at least, in words."""

    def check(_form: Form, field: Field) -> None:
        if not field.data:
            raise ValidationError(str(words))

    return check


class PartForm(Form):
    """One part; knows what to offer, and gives what was said as facts."""

    def __init__(self, vocabulary: Vocabulary, view: ProfileView, formdata: Any = None) -> None:
        self._vocabulary, self._view = vocabulary, view
        super().__init__(formdata, data=_data(view))
        fields: dict[str, Any] = dict(self._fields)
        for name in fields.keys() & OFFERS.keys():
            fields[name].choices = OFFERS[name](self)

    def kept(self, kind: TermKind, terms: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the terms to offer: the track's, and what the profile has of another one."""
        own = [key for key in self._view.of(kind) if key not in dict(terms)]
        return [(key, _(words)) for key, words in terms] + [(key, _(words_of(key))) for key in own]

    def facts(self) -> ProfileFacts:
        """Return what was said."""
        named = {name: one.data for name, one in self._fields.items() if name not in TERMS}
        style = {name.removeprefix(ENDED): end for name, end in named.items() if name.startswith(ENDED)}
        values = {name: value for name, value in named.items() if not name.startswith(ENDED)}
        if "career" in values:
            values["career"] = CareerStage(str(values["career"]))
        if "works" in values:
            values["works"] = Works(str(values["works"]))
        return ProfileFacts(
            values={**values, **({"style": style} if style else {})},
            terms={kind: tuple(self[name].data or ()) for name, kind in TERMS.items() if name in self._fields},
        )


class WorkForm(PartForm):
    """What they do, and how long."""

    profession = SelectField(_l("Your profession"), [needed(_l("Choose what comes nearest."))], **OFFERED)
    career = SelectField(_l("Where you are on your way"), [needed(_l("Choose what comes nearest."))], **OFFERED)
    years = WholeNumber(
        _l("Years in practice"),
        [Optional(), NumberRange(0, MOST_YEARS, _l("Write a number from 0 to %(most)s.", most=MOST_YEARS))],
    )


class SubjectsForm(PartForm):
    """What they can help with."""

    domains = TickList(_l("I can help with"), [at_least_one(_l("Tick one at least."))])
    specialties = TickList(_l("My subjects"))
    skills = TickList(_l("What I like to teach"))


class TimesForm(PartForm):
    """Which languages, and when."""

    languages = TickList(_l("Languages that you mentor in"), [at_least_one(_l("Tick one at least."))])
    timezone = SelectField(
        _l("Your time zone"), [needed(_l("Choose the town nearest to you."))], filters=[zone_now], **OFFERED
    )
    hours = TickList(
        _l("When you usually have time"),
        description=_l("Roughly, by your own clock. Days are agreed with each student."),
    )


class StyleForm(PartForm):
    """How they like to work, between two ends each."""


for _key, _about, _one, _other in STYLE:
    _question = RadioField(_l(_about), [needed(_l("Choose one; there is no better one."))], **OFFERED)
    setattr(StyleForm, f"{ENDED}{_key}", _question)


class OfferForm(PartForm):
    """Where, from when, and a few words."""

    works = RadioField(_l("Where you meet students"), [needed(_l("Choose one."))], **OFFERED)
    about = TextAreaField(
        _l("A few words about you"),
        [at_most(LONGEST_ABOUT)],
        filters=[lines],
        description=_l("What you would tell a student in the first minute."),
    )
    paused_until = Day(
        _l("No new students before"),
        [Optional()],
        description=_l("Leave it empty when you have time now. Students whom you have stay with you."),
    )


class ProfileForm(WorkForm, SubjectsForm, TimesForm, StyleForm, OfferForm):
    """All parts on one page."""


PARTS: dict[Part, type[PartForm]] = {
    Part.WORK: WorkForm,
    Part.SUBJECTS: SubjectsForm,
    Part.TIMES: TimesForm,
    Part.STYLE: StyleForm,
    Part.OFFER: OfferForm,
}


def _first(terms: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [("", _("Choose")), *terms]


def _professions(form: PartForm) -> list[tuple[str, Any]]:
    offered = [(key, _(words)) for key, words in form._vocabulary.professions]
    own = form._view.profession
    return _first(offered + ([(own, _(words_of(own)))] if own and own not in dict(offered) else []))


def language_name(code: str) -> str:
    """Return a language's name in the reader's language."""
    locale = get_locale()
    return str(locale.languages.get(code, code)) if locale else code


def _languages(_form: PartForm) -> list[tuple[str, str]]:
    return sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda one: one[1].casefold())


OFFERS: dict[str, Any] = {
    "profession": _professions,
    "career": lambda _form: _first((stage.value, words) for stage, words in CAREERS.items()),
    "domains": lambda form: form.kept(TermKind.DOMAIN, form._vocabulary.domains),
    "specialties": lambda form: form.kept(TermKind.SPECIALTY, form._vocabulary.specialties),
    "skills": lambda form: form.kept(TermKind.SKILL, form._vocabulary.skills),
    "languages": _languages,
    "timezone": lambda _form: _first(zones()),
    "hours": lambda _form: [(key, HOUR_WORDS[key]) for key in HOURS],
    "works": lambda _form: [(one.value, words) for one, words in PLACES.items()],
    **{
        f"{ENDED}{key}": lambda _form, ends=(one, other): list(
            zip(ENDS, (_(ends[0]), _("Both, as it comes"), _(ends[1])), strict=True)
        )
        for key, _about, one, other in STYLE
    },
}


def _data(view: ProfileView) -> dict[str, Any]:
    """Return what a form is filled with at first."""
    lists = {name: list(view.of(kind)) for name, kind in TERMS.items()}
    style = {f"{ENDED}{key}": end for key, end in view.style}
    return {
        "profession": view.profession,
        "career": view.career.value if view.career else "",
        "years": view.years,
        "timezone": view.timezone,
        "works": view.works.value if view.works else "",
        "about": view.about,
        "paused_until": view.paused_until,
        **lists,
        **style,
    }
