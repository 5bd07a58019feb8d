"""The two messages that open the tool: the login initiation and the signed launch, on lti1p3platform.

Closed here: the authentication request is checked whole (the package looks at four of its parameters), the
redirect address must be registered to the letter, a launch can be fetched once, and tokens live one minute.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from lti1p3platform.message_launch import LTIAdvantageMessageLaunchAbstract
from lti1p3platform.oidc_login import OIDCLoginAbstract
from lti1p3platform.request import Request, TRequest

from lti_mentoring.demo.addresses import course_address, line_item_address, line_items_address, roster_address
from lti_mentoring.demo.config import TOKEN_SECONDS
from lti_mentoring.demo.course import Course, Kind, Launch, Link, course_by_id, link_by_id, take_launch
from lti_mentoring.demo.gradebook import Filters, line_item, line_items
from lti_mentoring.demo.groups import groups_claim
from lti_mentoring.demo.notices import notices_claim
from lti_mentoring.demo.people import BY_SUB, Person
from lti_mentoring.demo.tools import AGS, GROUPS_READ, NOTICE_HANDLERS, ROSTER_READ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lti_mentoring.demo.platform import Platform

LTI = "https://purl.imsglobal.org/spec/lti/claim"
AGS_CLAIM = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
DL_CLAIM = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
GROUPS_CLAIM = "https://purl.imsglobal.org/spec/lti-gs/claim/groupsservice"
NOTICES_CLAIM = f"{LTI}/platformnotificationservice"
COURSE_HISTORY, LINK_HISTORY = VARIABLES = ("$Context.id.history", "$ResourceLink.id.history")
COURSE_OFFERING = "http://purl.imsglobal.org/vocab/lis/v2/course#CourseOffering"


class AuthRefused(Exception):
    """An authentication request that gets an OpenID Connect error. ``redirect_uri`` is empty where none is ours."""

    def __init__(self, error: str, description: str, redirect_uri: str = "") -> None:
        super().__init__(description)
        self.error, self.description, self.redirect_uri = error, description, redirect_uri


class Parameters(Request):
    """The package's view of a request that has only parameters."""

    def build_metadata(self, request: Mapping[str, str]) -> TRequest:
        """Fill in what the package may ask for."""
        return {"method": "GET", "form_data": {}, "get_data": dict(request), "headers": {}, "path": "", "json": None}


class Login(OIDCLoginAbstract):
    """The login initiation of one launch."""

    hint = ""

    def set_lti_message_hint(self, **kwargs: str) -> None:
        """Name the launch under way by its ``hint``."""
        self.hint = kwargs["hint"]

    def get_lti_message_hint(self) -> str:
        """Return what names the launch under way."""
        return self.hint

    def get_redirect(self, url: str) -> str:
        """Return the address itself: whoever asks decides between a redirect and a form."""
        return url


def login_fields(platform: Platform, launch: Launch) -> dict[str, str]:
    """Return the parameters of the login initiation request."""
    login = Login(Parameters({}), platform)
    login.set_launch_url(launch.target)
    login.set_lti_message_hint(hint=launch.hint)
    # The package puts "?" behind an address that has a query already; only what it adds is wanted.
    made = urlsplit(login.initiate_login(launch.sub)).query
    own = len(parse_qsl(urlsplit(platform.tool.login_url).query))
    return dict(parse_qsl(made.replace("?", "&"))[own:])


def login_address(platform: Platform, launch: Launch) -> str:
    """Return the login initiation request as one address."""
    login_url = platform.tool.login_url
    return f"{login_url}{'&' if urlsplit(login_url).query else '?'}{urlencode(login_fields(platform, launch))}"


class Message(LTIAdvantageMessageLaunchAbstract):
    """The signed message that answers one authentication request."""

    _platform_config: Platform

    def __init__(self, platform: Platform, asked: Mapping[str, str]) -> None:
        super().__init__(Parameters(asked), platform)
        self.platform = platform
        self.set_id_token_expiration(TOKEN_SECONDS)

    def validate_preflight_response(self, preflight_response: dict[str, Any]) -> None:
        """Check the authentication request and use up its launch; raise AuthRefused."""
        asked = preflight_response
        redirect_uri = asked.get("redirect_uri", "")
        if redirect_uri not in self.platform.tool.redirect_uris:
            raise AuthRefused("invalid_request", "redirect_uri is not registered")
        wanted = {"response_type": "id_token", "response_mode": "form_post", "prompt": "none"}
        for name, value in wanted.items():
            if asked.get(name) != value:
                raise AuthRefused("invalid_request", f"{name} must be {value}", redirect_uri)
        if "openid" not in asked.get("scope", "").split():
            raise AuthRefused("invalid_scope", "scope must hold openid", redirect_uri)
        for name in ("nonce", "state", "login_hint", "lti_message_hint"):
            if not asked.get(name):
                raise AuthRefused("invalid_request", f"{name} is missing", redirect_uri)
        self.launch = self._taken(asked, redirect_uri)
        self.course = self._opened(self.launch, redirect_uri)
        self._redirect_url = redirect_uri

    def _taken(self, asked: Mapping[str, str], redirect_uri: str) -> Launch:
        launch = take_launch(self.platform.store, asked["lti_message_hint"])
        if launch is None:
            raise AuthRefused("login_required", "This launch is over: open the link in the course again", redirect_uri)
        if launch.sub != asked["login_hint"] or launch.tool_id != self.platform.tool.id:
            raise AuthRefused("access_denied", "This launch belongs to somebody else", redirect_uri)
        return launch

    def _opened(self, launch: Launch, redirect_uri: str) -> Course:
        course = course_by_id(self.platform.store, launch.course_id)
        if course is None:
            raise AuthRefused("invalid_request", "There is no such course", redirect_uri)
        return course

    def prepare_launch(self, preflight_response: dict[str, Any]) -> None:
        """Put together what the message says."""
        launch, course, lms = self.launch, self.course, self.platform.config.lms_url
        self.set_launch_url(launch.target)
        self._say_who(BY_SUB[launch.sub])
        self.set_launch_context_claim(course.id, [COURSE_OFFERING], course.title, course.label)
        self.set_launch_presentation_claim(launch.document_target, course_address(lms, launch.sub, course.id))
        presentation = (self.lti_claim_launch_presentation or {})[f"{LTI}/launch_presentation"]
        presentation["locale"] = launch.locale
        self.set_extra_claims({f"{LTI}/tool_platform": TOOL_PLATFORM})
        if launch.kind is Kind.PICKING:
            self._say_picking(launch)
        elif launch.kind is Kind.REVIEW:
            self._say_review(launch)
            return
        else:
            self._say_link(launch)
        self._say_services(launch)

    def _say_who(self, person: Person) -> None:
        self.set_user_data(person.sub, list(person.roles))
        told = {"name": person.name, "given_name": person.given, "family_name": person.family, "email": person.email}
        claims = self.platform.tool.claims
        self.set_extra_claims({name: value for name, value in told.items() if value and name in claims})
        if person.observes:
            self.set_extra_claims({f"{LTI}/role_scope_mentor": list(person.observes)})

    def _say_link(self, launch: Launch) -> None:
        link = link_by_id(self.platform.store, launch.link_id)
        if link is None:
            raise AuthRefused("invalid_request", "The link is no longer in the course", self._redirect_url or "")
        self.set_resource_link_claim(link.id, title=link.title)
        custom = self.platform.tool.custom | link.custom | BY_SUB[launch.sub].custom
        if custom:
            self.set_custom_parameters_claim(self._filled_in(custom, link))

    def _filled_in(self, custom: dict[str, str], link: Link) -> dict[str, str]:
        """Fill in the variables that this LMS knows; another's comes back as it was sent (LTI 1.3 core, appendix B)."""
        known = {COURSE_HISTORY: ",".join(self.course.origins), LINK_HISTORY: ",".join(link.origins)}
        return {name: known.get(value, value) for name, value in custom.items()}

    def _say_picking(self, launch: Launch) -> None:
        config, tool = self.platform.config, self.platform.tool
        self.set_dl(f"{config.lms_url}/deep-linking/{tool.id}", "Mentoring", accept_types={"ltiResourceLink"})
        # The package only takes an object for the data; the standard wants an opaque text.
        settings = (self._deep_linking_launch_data or {})[DL_CLAIM]
        settings |= {"data": launch.link_id, "accept_presentation_document_targets": ["iframe", "window"],
                     "accept_lineitem": True, "accept_multiple": True}  # fmt: skip

    def _say_review(self, launch: Launch) -> None:
        """Name the student and the column, and the link to which the column belongs (LTI Submission Review 1.0)."""
        number, _, student = launch.link_id.partition("/")
        tool, lms = self.platform.tool, self.platform.config.lms_url
        item = line_item(self.platform.store, int(number), tool.id)
        link = link_by_id(self.platform.store, item.resource_link_id) if item else None
        if link is not None:
            self.set_resource_link_claim(link.id, title=link.title)
        # The package knows no such message: what is said last counts.
        self.set_extra_claims({f"{LTI}/message_type": launch.kind.value})
        self.set_extra_claims({f"{LTI}/for_user": {"user_id": student, "roles": list(BY_SUB[student].roles)}})
        course_id = self.course.id
        self.set_ags(
            line_items_address(lms, tool.id, course_id), line_item_address(lms, tool.id, course_id, int(number))
        )
        self.extra_claims[AGS_CLAIM]["scope"] = [scope for scope in tool.scopes if scope.startswith(AGS)]

    def _say_services(self, launch: Launch) -> None:
        config, tool, course_id = self.platform.config, self.platform.tool, self.course.id
        if ROSTER_READ in tool.scopes:
            self.set_nrps(roster_address(config.lms_url, tool.id, course_id))
        if GROUPS_READ in tool.scopes:
            self.set_extra_claims({GROUPS_CLAIM: groups_claim(config, tool, course_id)})
        if NOTICE_HANDLERS in tool.scopes:
            self.set_extra_claims({NOTICES_CLAIM: notices_claim(config, tool)})
        grades = [scope for scope in tool.scopes if scope.startswith(AGS)]
        if not grades:
            return
        own = line_items(self.platform.store, tool.id, Filters(resource_link_id=launch.link_id), course_id)
        only = line_item_address(config.lms_url, tool.id, course_id, own[0].id) if len(own) == 1 else None
        self.set_ags(line_items_address(config.lms_url, tool.id, course_id), only)
        self.extra_claims[AGS_CLAIM]["scope"] = grades

    def render_launch_form(self, launch_data: dict[str, Any], **_kwargs: object) -> tuple[str, dict[str, str]]:
        """Return the form that carries the message: its address and its fields."""
        return launch_data["launch_url"], {name: launch_data[name] for name in ("id_token", "state")}


TOOL_PLATFORM = {
    "guid": "demonstration.lms.example.edu",
    "name": "Demonstration LMS",
    "product_family_code": "demonstration",
    "version": "1",
}
