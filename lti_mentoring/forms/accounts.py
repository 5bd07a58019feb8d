"""Forms of accounts: what a passkey, a colleague or an institution is called."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField
from wtforms.validators import Length

from lti_mentoring.forms.administration import needed, trimmed
from lti_mentoring.forms.fields import mail_address, one_line


class PasskeyForm(Form):
    """A name by which one knows one's devices apart."""

    name = StringField(
        _l("What do you call this device?"),
        [needed(_l("Give it a name, so that you know it again")), Length(max=60)],
        filters=[trimmed],
        description=_l("So that you know it again: my laptop, the key on my keyring"),
    )


class MailForm(Form):
    """Where a link to sign in with is to go."""

    address = StringField(
        _l("Your e-mail address"), [needed(_l("Write your e-mail address")), mail_address], filters=[one_line]
    )


class ColleagueForm(Form):
    """Somebody who is to sign in by passkey."""

    colleague = StringField(
        _l("Their name"), [needed(_l("Write the person's name")), Length(max=120)], filters=[trimmed]
    )


class InstitutionForm(Form):
    """A university, a hospital, a school."""

    name = StringField(_l("Name"), [needed(_l("Write the institution's name")), Length(max=120)], filters=[trimmed])
