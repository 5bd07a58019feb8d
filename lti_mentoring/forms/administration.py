"""Forms of an institution's administrator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flask_babel import lazy_gettext as _l
from wtforms import Form, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from lti_mentoring.lti.claims import identifier, web_address
from lti_mentoring.services.registering import ManualRegistration

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wtforms import Field

    from lti_mentoring.lti.quirks import Quirks

LOOPBACK_PREFIXES = ("http://localhost", "http://127.0.0.1", "http://[::1]")
# In a place's address: what somebody is about to type beside it.
CLIENT_ID = "{client_id}"


def trimmed(value: str | None) -> str:
    """Take the blanks off that copying brings along."""
    return (value or "").strip()


def check_address(_form: Form, field: Field) -> None:
    """Refuse what is no https address; this machine's own may be http."""
    url = field.data or ""
    if not url:
        return
    if web_address(url) is None or not url.startswith(("https://", *LOOPBACK_PREFIXES)):
        raise ValidationError(str(_l("Write a whole address that begins with https://")))


def check_identifier(_form: Form, field: Field) -> None:
    """Refuse what could not be compared with what the platform sends."""
    if field.data and identifier(field.data) is None:
        raise ValidationError(str(_l("Copy it exactly as the platform shows it, at most 255 characters")))


def needed(words: Any) -> DataRequired:
    """Ask for a value, in (lazy) words that say which."""
    return DataRequired(words)


class PlatformForm(Form):
    """A platform registered by hand: what the LMS shows after the tool was added there.

    Fields that a product shares over all schools come filled; ``speak_of`` says what the product calls each.
    """

    name = StringField(
        _l("Name"),
        [needed(_l("Give the platform a name")), Length(max=120)],
        filters=[trimmed],
        description=_l("As people here call it: Moodle of the Faculty of Medicine"),
    )
    issuer = StringField(_l("Issuer"), [needed(_l("Write the issuer")), check_address], filters=[trimmed])
    client_id = StringField(_l("Client ID"), [needed(_l("Write the client ID")), check_identifier], filters=[trimmed])
    auth_url = StringField(
        _l("Authentication request URL"),
        [needed(_l("Write the authentication request URL")), check_address],
        filters=[trimmed],
    )
    token_url = StringField(
        _l("Access token URL"), [needed(_l("Write the access token URL")), check_address], filters=[trimmed]
    )
    jwks_url = StringField(
        _l("Public keyset URL"), [needed(_l("Write the public keyset URL")), check_address], filters=[trimmed]
    )
    token_audience = StringField(_l("Token audience"), [check_identifier], filters=[trimmed])
    deployments = TextAreaField(
        _l("Deployment IDs"),
        filters=[trimmed],
        description=_l("One on each line. Others ask for approval at their first launch."),
    )

    def validate_deployments(self, field: Field) -> None:
        """Check each line as an identifier."""
        if any(identifier(line) is None for line in _lines(field.data)):
            raise ValidationError(str(_l("A deployment ID has at most 255 characters")))

    def speak_of(self, record: Quirks) -> None:
        """Say under each field where in the LMS its value stands."""
        for theirs, called in (record.by_hand.find if record.by_hand else {}).items():
            field = self[theirs.value]
            where = _l("In the LMS: %(called)s", called=called)
            field.description = f"{where}. {field.description}" if field.description else str(where)

    def registration(self, record: Quirks) -> ManualRegistration:
        """Return what was typed, as a registration of the product."""
        client_id = self.client_id.data or ""
        return ManualRegistration(
            name=self.name.data or "",
            issuer=self.issuer.data or "",
            client_id=client_id,
            auth_url=self.auth_url.data or "",
            token_url=self.token_url.data or "",
            jwks_url=(self.jwks_url.data or "").replace(CLIENT_ID, quote(client_id, safe="")),
            token_audience=self.token_audience.data or None,
            product_family=record.families[0] if record.families else "",
            deployment_ids=tuple(_lines(self.deployments.data)),
        )


def _lines(text: str | None) -> Iterable[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
