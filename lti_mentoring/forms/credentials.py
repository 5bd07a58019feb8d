"""Forms of credentials: what holders declare and show, and what those say who check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FileField,
    Form,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from lti_mentoring.domain.credentials import (
    LONGEST_NAME,
    LONGEST_TITLE,
    LONGEST_WORDS,
    Checkers,
    CredentialFacts,
    CredentialKind,
    Method,
    Practice,
)
from lti_mentoring.domain.registers import LONGEST_NUMBER, OTHER, REGISTERS, NationalIdentity, clean_number, is_aadhaar
from lti_mentoring.domain.vocabularies import words_of
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
from lti_mentoring.forms.profiles import TickList
from lti_mentoring.services.credentials import Check

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

KINDS = {
    CredentialKind.LICENCE: _l("A licence or registration to practise"),
    CredentialKind.DEGREE: _l("A degree"),
    CredentialKind.OTHER: _l("Something else"),
}
METHODS = {
    Method.REGISTER: _l("I looked it up in the public register"),
    Method.DOCUMENT: _l("I looked at the document that was shown here"),
    Method.ORIGINAL: _l("I have seen the original"),
    Method.ISSUER: _l("The issuer has confirmed it to me"),
}

CHECKERS = {
    Checkers.NOBODY: (
        _l("Nobody"),
        _l("Mentors cannot hand anything in. What was declared before stays sealed; only its holder opens it."),
    ),
    Checkers.OFFICE: (_l("Administrators"), _l("You and the others on the page People, and no course team.")),
    Checkers.TRACKS: (
        _l("Administrators, and course teams that say so"),
        _l("A team that ticks it can open numbers and documents of its own track’s mentors and applicants."),
    ),
}


class CheckersForm(Form):
    """Who of the institution checks."""

    checkers = RadioField(
        _l("Who checks what mentors declare?"),
        [needed(_l("Choose one."))],
        choices=[SelectChoice(one.value, words) for one, (words, _small) in CHECKERS.items()],
        **OFFERED,
    )


class CredentialForm(Form):
    """What somebody declares."""

    kind = RadioField(
        _l("What is it?"),
        [needed(_l("Choose one."))],
        choices=[SelectChoice(kind.value, words) for kind, words in KINDS.items()],
        **OFFERED,
    )
    title = StringField(
        _l("What it is called"),
        [not_blank(_l("Say what it is.")), at_most(LONGEST_TITLE)],
        filters=[one_line],
        description=_l("For example “Licence to practise medicine”. Students read this once it is verified."),
    )
    register = RadioField(
        _l("Register"),
        [needed(_l("Choose one."))],
        choices=[SelectChoice(one.key, _l(one.name)) for one in REGISTERS.values()],
        **OFFERED,
    )
    number = StringField(
        _l("Number"),
        [at_most(LONGEST_NUMBER)],
        filters=[one_line],
        description=_l("As in the register. Never an Aadhaar or another national identity number."),
    )
    holder = StringField(_l("Name on it, if it is another"), [at_most(LONGEST_NAME)], filters=[one_line])
    issued_on = Day(_l("Issued on"), [Optional()])
    expires_on = Day(_l("Expires on"), [Optional()])

    @property
    def numbers(self) -> dict[str, str]:
        """What the numbers of each register look like."""
        return {one.key: _(one.looks_like) for one in REGISTERS.values()}

    def facts(self) -> CredentialFacts:
        """Return what was declared; raise NumberRefused or NationalIdentity for a number that cannot be."""
        typed, register = self.number.data or "", str(self.register.data)
        if any(is_aadhaar(text or "") for text in (self.title.data, self.holder.data)):
            raise NationalIdentity
        return CredentialFacts(
            kind=CredentialKind(str(self.kind.data)),
            title=self.title.data or "",
            register=register,
            number=clean_number(register, typed) if typed or register != OTHER else "",
            holder=self.holder.data or "",
            issued_on=self.issued_on.data,
            expires_on=self.expires_on.data,
        )


class DocumentForm(Form):
    """A scan."""

    file = FileField(
        _l("A scan or photo of it"), description=_l("PDF, PNG or JPEG, up to 5 MB. It is stored encrypted.")
    )


class LookUpForm(Form):
    """What somebody found in a register."""

    words = StringField(
        _l("What you found"), [at_most(LONGEST_WORDS)], filters=[one_line], description=_l("Its holder reads this.")
    )


class VerifyForm(Form):
    """That it is right, how that was checked, and until when."""

    method = RadioField(
        _l("How did you check it?"),
        [needed(_l("Choose one."))],
        choices=[SelectChoice(method.value, words) for method, words in METHODS.items()],
        **OFFERED,
    )
    until = Day(
        _l("It holds until"),
        [needed(_l("Say until when."))],
        description=_l("The day on which it expires, or on which you want to look again."),
    )

    since = WholeNumber(
        _l("In practice since"),
        [Optional()],
        description=_l("The year that you have seen in what you checked. Leave it empty when you have not seen one."),
    )
    specialties = TickList(
        _l("Which subjects have you seen in it?"),
        description=_l("These are what the mentor says. Tick none that you have not seen."),
    )

    def __init__(
        self, declared: Collection[str], formdata: Any = None, *, data: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(formdata, prefix="verify-", data=data)
        self.specialties.choices = [(key, _(words_of(key))) for key in declared]

    def check(self) -> Check:
        """Return what was said."""
        practice = Practice(self.since.data, tuple(self.specialties.data or ()))
        return Check(Method(str(self.method.data)), self.until.data, practice=practice)


class RevokeForm(Form):
    """Why it is withdrawn."""

    reason = TextAreaField(
        _l("Why"), [at_most(LONGEST_WORDS)], filters=[lines], description=_l("Its holder reads this.")
    )
