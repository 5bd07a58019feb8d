"""The launch: an id_token that is checked step by step, or refused with a code of its own.

The steps and their order follow the LTI security framework 1.0 (section 5.1.3) and LTI core 1.3 (section 5); they
replace what PyLTI1p3 2.0.0 leaves out: one use of a login, its browser, required times, audiences, key rotation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self

import requests
from pylti1p3.message_launch import MessageLaunch

from lti_mentoring.domain.roles import Role, parse_roles
from lti_mentoring.lti import claims as read
from lti_mentoring.lti import id_token
from lti_mentoring.lti.adapters import BrowserBinding, BrowserSecrets, Form, KnownPlatforms, OneTimeLogins
from lti_mentoring.lti.errors import LaunchRefused, forbidden, malformed, unauthentic
from lti_mentoring.lti.login import is_state
from lti_mentoring.lti.messages import (
    OTHER_NAMES,
    ContextClaims,
    DeepLinkingSettings,
    GradebookEndpoint,
    Launch,
    MessageType,
    PersonClaims,
    PlatformInstance,
    Presentation,
    ResourceLinkClaims,
    RosterEndpoint,
)
from lti_mentoring.lti.registrations import (
    DeploymentState,
    LoginTransaction,
    LoginTransactions,
    RegisteredPlatform,
    Registrations,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lti_mentoring.lti.platform_keys import KeyFinder
    from lti_mentoring.lti.quirks import Catalogue
    from lti_mentoring.lti.tokens import ReceivedToken

__all__ = [
    "ContextClaims",
    "DeepLinkingSettings",
    "GradebookEndpoint",
    "Launch",
    "MessageType",
    "PersonClaims",
    "PlatformInstance",
    "Presentation",
    "ResourceLinkClaims",
    "RosterEndpoint",
    "validate_launch",
]

KEPT = "kept"
"""The field in which a page of ours gives back the secret that it kept without a cookie."""
# Messages that the standards name and that we do not serve.
UNSUPPORTED = frozenset(
    {
        "LtiAssetProcessorSettingsRequest",
        "LtiEndAssessment",
        "LtiEulaRequest",
        "LtiReportReviewRequest",
        "LtiStartAssessment",
        "LtiStartProctoring",
    }
)


def validate_launch(
    form: Mapping[str, str],
    browser_secrets: BrowserSecrets,
    *,
    registrations: Registrations,
    transactions: LoginTransactions,
    keys: KeyFinder,
    products: Catalogue,
    now: datetime,
) -> Launch:
    """Check a posted launch and return what it says; raise LaunchRefused, whatever was posted.

    ``browser_secrets`` gives what this browser holds for a state; what a page of ours kept comes in the form. The
    login is used up whatever the outcome, and then ``keys`` may call the platform: so ``take`` commits by itself, and
    the edge opens its unit of work afterwards.
    """
    return _Message(form, browser_secrets, registrations, transactions, keys, products, now).launch()


class _NoNetwork(requests.Session):
    """What the library gets instead of a connection: only our own key finder fetches."""

    def request(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise NotImplementedError


_NO_NETWORK = _NoNetwork()


class _Message(MessageLaunch[Form, KnownPlatforms, OneTimeLogins, BrowserBinding]):
    """The library's launch with each step of its validation replaced; a step relies on those before it."""

    _login: LoginTransaction
    _token: ReceivedToken
    _kid: str
    _platform: RegisteredPlatform
    _claims: Mapping[str, Any]
    _issued_at: datetime
    _deployment_id: str
    _type: MessageType
    _roles: frozenset[Role]
    _subject: str
    _resource_link: ResourceLinkClaims | None = None
    _deep_linking: DeepLinkingSettings | None = None
    _reviewed: str | None = None
    _about: str | None = None

    def __init__(
        self,
        form: Mapping[str, str],
        browser_secrets: BrowserSecrets,
        registrations: Registrations,
        transactions: LoginTransactions,
        keys: KeyFinder,
        products: Catalogue,
        now: datetime,
    ) -> None:
        super().__init__(
            Form(form),
            KnownPlatforms(registrations),
            OneTimeLogins(transactions),
            BrowserBinding(browser_secrets),
            requests_session=_NO_NETWORK,
        )
        self._keys = keys
        self._products = products
        self._now = now

    def launch(self) -> Launch:
        """Validate, then say what the message holds."""
        self.validate_state()
        try:
            return self.validate()._read()
        except LaunchRefused as refusal:
            refusal.facts.setdefault("registration_id", self._login.registration_id)
            raise

    def validate(self) -> Self:
        """Go through the steps in the standard's order; the library's own order trusts claims before the signature."""
        return (
            self.validate_jwt_format()
            .validate_registration()
            .validate_jwt_signature()
            .validate_nonce()
            .validate_deployment()
            .validate_message()
        )

    def _get_request_param(self, key: str) -> str:
        return self._request.get_param(key)

    def validate_state(self) -> Self:
        """Take the login out, once and for all; refuse one that is used, unknown, too old, or another browser's."""
        state = self._get_request_param("state")
        if not state:
            raise malformed("state_missing")
        if not is_state(state):
            raise unauthentic("state_malformed")
        login = self._session_service.take(state)
        if login is None:
            # The cookie ends with its login: a browser that brings it began this one, which has been used since.
            raise unauthentic("state_used" if self._cookie_service.get_cookie(state) else "state_unknown")
        if self._now >= login.expires_at:
            raise unauthentic("state_expired", registration_id=login.registration_id)
        if not self._cookie_service.is_bound(login, self._get_request_param(KEPT)):
            raise unauthentic("browser_differs", registration_id=login.registration_id)
        self._login = login
        return self

    def validate_jwt_format(self) -> Self:
        """Take the id_token apart; refuse what is none, and what the platform sent to say that it could not."""
        raw = self._get_request_param("id_token")
        error = self._get_request_param("error")
        if error and not raw:
            description = self._get_request_param("error_description")
            raise malformed("platform_error", error=read.text(error), description=read.text(description))
        self._token, self._kid = id_token.read_token(raw)
        return self

    def validate_registration(self) -> Self:
        """Find the registration by the login, never by what the token says of itself."""
        platform = self._tool_config.registrations.by_id(self._login.registration_id)
        if platform is None:
            raise forbidden("registration_unknown")
        if platform.closed:
            raise forbidden(platform.closed)
        self._platform = platform
        return self

    def validate_jwt_signature(self) -> Self:
        """Check the signature, and only then who says so, to whom, and when."""
        if not self._token.is_signed_by(self._keys.candidates(self._platform.jwks_url, self._kid, now=self._now)):
            raise unauthentic("signature_wrong")
        self._claims = id_token.read_claims(self._token)
        id_token.check_issuer(self._claims, self._platform)
        id_token.check_audience(self._claims, self._platform)
        self._issued_at = id_token.check_times(self._claims, self._now)
        return self

    def validate_nonce(self) -> Self:
        """Refuse a token made for another login."""
        id_token.check_nonce(self._claims, self._login.nonce, self._session_service.is_in_flight)
        return self

    def validate_deployment(self) -> Self:
        """Refuse a message that says nothing of LTI, and another deployment than the login's."""
        if not any(name.startswith(read.CLAIM) for name in self._claims):
            raise malformed("lti_claims_missing")
        deployment_id = read.needed_identifier(self._claims, read.DEPLOYMENT_ID, "deployment_id")
        if self._login.lti_deployment_id not in (None, deployment_id):
            raise unauthentic("deployment_id_differs")
        self._deployment_id = deployment_id
        return self

    def validate_message(self) -> Self:
        """Check what each message must hold, then what this kind of message must."""
        self._check_version()
        self._type = self._message_type()
        self._roles = self._read_roles()
        self._subject = read.needed_identifier(self._claims, "sub", "sub")
        self._check_target()
        if self._type is MessageType.DEEP_LINKING:
            self._deep_linking = read.read_deep_linking(self._claims, self._roles)
        elif self._type is MessageType.SUBMISSION_REVIEW:
            self._reviewed = read.read_reviewed(self._claims)
            if read.RESOURCE_LINK in self._claims:  # not where the column belongs to no link
                self._resource_link = read.read_resource_link(self._claims)
        elif self._type is MessageType.DATA_PRIVACY:
            self._about = read.read_about(self._claims, self._subject, self._roles)
        else:
            self._resource_link = read.read_resource_link(self._claims)
        return self

    def _check_version(self) -> None:
        version = self._claims.get(read.VERSION)
        if not version:
            raise malformed("version_missing")
        if version != id_token.LTI_VERSION:
            raise malformed("version_wrong")

    def _message_type(self) -> MessageType:
        sent = self._claims.get(read.MESSAGE_TYPE)
        if not sent:
            raise malformed("message_type_missing")
        if not isinstance(sent, str):
            raise malformed("message_type_unknown")
        if sent in UNSUPPORTED:
            raise malformed("message_not_supported", message_type=sent)
        try:
            return MessageType(OTHER_NAMES.get(sent, sent))
        except ValueError as unknown:
            raise malformed("message_type_unknown") from unknown

    def _read_roles(self) -> frozenset[Role]:
        roles = self._claims.get(read.ROLES)
        if roles is None:
            raise malformed("roles_missing")
        if not isinstance(roles, list):
            raise malformed("roles_not_list")
        if not all(isinstance(role, str) for role in roles):
            raise malformed("roles_not_texts")
        return parse_roles(roles)

    def _check_target(self) -> None:
        target = self._claims.get(read.TARGET_LINK_URI)
        if not target:
            raise malformed("target_link_uri_missing")
        if target != self._login.target_link_uri:
            raise unauthentic("target_link_uri_differs")

    def _read(self) -> Launch:
        return Launch(
            registration=self._platform,
            deployment_id=self._deployment_id,
            message_type=self._type,
            subject=self._subject,
            target_link_uri=self._login.target_link_uri,
            issued_at=self._issued_at,
            roles=self._roles,
            role_uris=read.texts(self._claims[read.ROLES]),
            observed=read.read_observed(self._claims, self._roles, self._observees()),
            person=read.read_person(self._claims),
            context=None if self._about else read.read_context(self._claims),
            resource_link=self._resource_link,
            roster=read.read_roster(self._claims),
            gradebook=read.read_gradebook(self._claims),
            groups=read.read_groups_endpoint(self._claims),
            notices=read.read_notice_service(self._claims),
            deep_linking=self._deep_linking,
            reviewed=self._reviewed,
            about=self._about,
            custom=read.read_custom(self._claims),
            presentation=read.read_presentation(self._claims),
            platform=read.read_platform(self._claims),
            deployment_state=self._approved(),
        )

    def _observees(self) -> str:
        return self._products.of(read.read_platform(self._claims).product_family_code).observees

    def _approved(self) -> DeploymentState:
        """Refuse a deployment that is not approved; the facts are what an administrator needs to approve it.

        Last of all, so that only a launch with nothing else wrong makes anybody wait for approval.
        """
        state = self._tool_config.registrations.deployment_state(self._platform.id, self._deployment_id)
        if state is not DeploymentState.APPROVED:
            guid = read.read_platform(self._claims).guid
            waits = forbidden(f"deployment_{state}", deployment_id=self._deployment_id, platform_guid=guid)
            waits.back = read.read_presentation(self._claims).return_url
            raise waits
        return state
