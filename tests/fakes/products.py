"""What each product says of itself, and what it answers to a registration, in its own published shape.

``Product.configuration`` is the OpenID configuration, ``answer(body)`` the registration's answer to our body. Written
from the sources that are named; where a product publishes no whole document, the standard's fields (LTI Dynamic
Registration 1.0) hold the published values.
"""

from collections.abc import Callable
from dataclasses import dataclass

AGS = "https://purl.imsglobal.org/spec/lti-ags/scope/"
LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE = (
    AGS + name for name in ("lineitem", "lineitem.readonly", "result.readonly", "score")
)
ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
REGISTRATION = "https://purl.imsglobal.org/spec/lti-reg/scope/registration"
GROUPS = "https://purl.imsglobal.org/spec/lti-gs/scope/contextgroup.readonly"
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"


@dataclass
class Product:
    """One product: where its configuration lies, the configuration, and its answer."""

    url: str
    configuration: dict
    answer: Callable
    token: str | None = "one-time"


def _registered(body, client_id, **changes):
    """Return the body as most products answer it: with a client id, and what they changed."""
    return {**body, "client_id": client_id, **changes}


# ---------------------------------------------------------------- Moodle: mod/lti/openid-configuration.php, 4.5


def _moodle_answer(body):
    """mod/lti/classes/local/ltiopenid/registration_helper.php, config_to_registration."""
    tool, scopes = body[TOOL], body["scope"].split()
    given = [SCORE, RESULT, LINE_ITEM_READ] if {SCORE, RESULT, LINE_ITEM_READ, LINE_ITEM} & set(scopes) else []
    given += [scope for scope in (LINE_ITEM, ROSTER) if scope in scopes]
    names = ["name", "family_name", "given_name"] if {"name", "given_name", "family_name"} & set(tool["claims"]) else []
    mail = ["email"] if "email" in tool["claims"] else []
    pickers = [message for message in tool["messages"] if message["type"] == "LtiDeepLinkingRequest"]
    return {
        "client_id": "vKQ9b1LUpQ8mEza",
        "response_types": ["id_token"],
        "jwks_uri": body["jwks_uri"],
        "initiate_login_uri": body["initiate_login_uri"],
        "grant_types": ["client_credentials", "implicit"],
        "redirect_uris": body["redirect_uris"],
        "application_type": "web",
        "token_endpoint_auth_method": "private_key_jwt",
        "client_name": body["client_name"],
        "logo_uri": body.get("logo_uri", ""),
        "scope": " ".join(given),
        TOOL: {
            "version": "1.3.0",
            "deployment_id": "7",
            "target_link_uri": tool["target_link_uri"],
            "domain": tool["domain"].removeprefix("www."),
            "description": tool["description"],
            "messages": [{key: message[key] for key in ("type", "target_link_uri")} for message in pickers],
            "claims": ["sub", "iss", *names, *mail],
        },
    }


MOODLE = Product(
    url="https://moodle.test/mod/lti/openid-configuration.php",
    configuration={
        "issuer": "https://moodle.test",
        "token_endpoint": "https://moodle.test/mod/lti/token.php",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "jwks_uri": "https://moodle.test/mod/lti/certs.php",
        "authorization_endpoint": "https://moodle.test/mod/lti/auth.php",
        "registration_endpoint": "https://moodle.test/mod/lti/openid-registration.php",
        "scopes_supported": [
            LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, "https://purl.imsglobal.org/spec/lti-ts/scope/toolsetting",
            "openid",
        ],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
        PLATFORM: {
            "product_family_code": "moodle",
            "version": "4.5.6 (Build: 20250811)",
            "messages_supported": ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"],
            "placements": ["AddContentMenu"],
            "variables": ["Context.id", "Context.id.history"],
        },
    },
    answer=_moodle_answer,
)  # fmt: skip

# ---------------- Canvas: doc/api/registration.md; app/controllers/lti/ims/dynamic_registration_controller.rb


def _canvas_answer(body, **more):
    """render_registration; the deployment is told beside the tool's configuration, where it is told at all."""
    tool = {
        **body[TOOL],
        f"{CANVAS}registration_config_url": "https://school.instructure.com/api/lti/registrations/9/view",
    }
    return {
        "client_id": "10000000000001",
        **{name: body[name] for name in ("application_type", "grant_types", "initiate_login_uri", "redirect_uris")},
        **{name: body[name] for name in ("client_name", "jwks_uri", "token_endpoint_auth_method")},
        "response_types": ["id_token"],
        "scope": f"{body['scope']} openid",
        TOOL: tool,
        "registration_client_uri": "https://school.instructure.com/api/lti/registrations/9",
        **more,
    }


CANVAS_CLOUD = Product(
    url="https://canvas.instructure.com/api/lti/security/openid-configuration",
    configuration={
        "issuer": "https://canvas.instructure.com",
        "authorization_endpoint": "https://sso.canvaslms.com/api/lti/authorize_redirect",
        "registration_endpoint": "https://school.instructure.com/api/lti/registrations",
        "jwks_uri": "https://sso.canvaslms.com/api/lti/security/jwks",
        "token_endpoint": "https://sso.canvaslms.com/login/oauth2/token",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
        "scopes_supported": [
            LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, REGISTRATION,
            f"{CANVAS}public_jwk/scope/update", f"{CANVAS}account_lookup/scope/show",
            "https://canvas.instructure.com/lti-ags/progress/scope/show",
        ],
        "response_types_supported": ["id_token"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "claims_supported": ["sub", "picture", "email", "name", "family_name", "given_name", "locale"],
        "subject_types_supported": ["public"],
        "authorization_server": "canvas.instructure.com",
        PLATFORM: {
            "product_family_code": "canvas",
            "version": "vCloud",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest", "placements": ["account_navigation", "course_navigation"]},
                {"type": "LtiDeepLinkingRequest", "placements": ["assignment_selection", "editor_button"]},
            ],
            "notice_types_supported": ["LtiHelloWorldNotice"],
            "variables": ["ResourceLink.id"],
            f"{CANVAS}account_name": "Test University",
            f"{CANVAS}account_lti_guid": "pNu5F9EoIATW6XqZ33C5tiqomb7bFJ4IGWFoCFy6:canvas-lms",
        },
    },
    answer=_canvas_answer,
)  # fmt: skip

# ---------------- Blackboard: Behind the Blackboard, article 000090618 (the portal's own document)


def _blackboard_answer(body):
    """docs.anthology.com: the application is registered once; a school's deployment comes with a school."""
    return _registered(body, "fc137814-b079-40b6-ac59-0d850c26c5de")


BLACKBOARD = Product(
    url="https://developer.blackboard.com/.well-known/openid-configuration",
    configuration={
        "issuer": "https://blackboard.com",
        "authorization_endpoint": "https://developer.blackboard.com/api/v1/gateway/oidcauth",
        "token_endpoint": "https://developer.blackboard.com/api/v1/gateway/oauth2/jwttoken",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS256", "RS512"],
        "jwks_uri": "https://developer.blackboard.com/.well-known/jwks.json",
        "registration_endpoint": "https://developer.blackboard.com/api/v1/gateway/registerLti?registrationToken=75707671-2597",
        "scopes_supported": ["openid", GROUPS, LINE_ITEM, RESULT, SCORE, REGISTRATION],
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public", "pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "RS512"],
        "claims_supported": [
            "sub", "iss", "name", "given_name", "family_name", "nickname", "picture", "email", "locale",
        ],
        PLATFORM: {
            "product_family_code": "BlackboardLearn",
            "messages_supported": [
                {"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}, {"type": "ContextLaunchRequest"},
            ],
            "variables": [],
        },
    },
    answer=_blackboard_answer,
    token=None,
)  # fmt: skip

# ---------------- Brightspace: addresses of documentation.brightspace.com and sakaiproject/sakai plus/README.md


def _brightspace_answer(body):
    """“Dynamic Registration also supports the optional creation of the deployment” (documentation.brightspace.com)."""
    tool = {**body[TOOL], "deployment_id": "7862b2ce-79a0-77da-b2dd-7c77c4bb6e39"}
    return _registered(body, "04a7d304-477d-401a-b701-5a58f54772d6", **{TOOL: tool})


BRIGHTSPACE = Product(
    url="https://school.brightspace.test/d2l/.well-known/openid-configuration?registration_token=in-the-address",
    configuration={
        "issuer": "https://school.brightspace.test",
        "authorization_endpoint": "https://school.brightspace.test/d2l/lti/authenticate",
        "token_endpoint": "https://auth.brightspace.com/core/connect/token",
        "jwks_uri": "https://school.brightspace.test/d2l/.well-known/jwks",
        "registration_endpoint": "https://school.brightspace.test/d2l/api/lti/registration",
        "authorization_server": "https://api.brightspace.com/auth/token",
        "scopes_supported": ["openid", LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER, GROUPS],
        "claims_supported": ["iss", "sub", "name", "given_name", "family_name", "email", "locale"],
        PLATFORM: {
            "product_family_code": "desire2learn",
            "version": "10.8.5",
            "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
            "variables": [],
        },
    },
    answer=_brightspace_answer,
    token=None,
)

# ---------------- Sakai: lti-blis LTI13Servlet.java, handleWellKnown and the POST after it


def _sakai_answer(body):
    """handleRegistrationEndpointPost: our own body, a client id, and the deployment inside the tool's configuration."""
    return _registered(body, "2754204f-d8a0-4ec7-8a37-512f4b2556b6", **{TOOL: {**body[TOOL], "deployment_id": "1"}})


SAKAI = Product(
    url="https://sakai.test/imsblis/lti13/well_known?key=12&clientId=2754204f&issuerURL=https://sakai.test&deploymentId=1",
    configuration={
        "issuer": "https://sakai.test",
        "authorization_endpoint": "https://sakai.test/imsoidc/lti13/oidc_auth",
        "token_endpoint": "https://sakai.test/imsblis/lti13/token/12",
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "jwks_uri": "https://sakai.test/imsblis/lti13/keyset",
        "registration_endpoint": "https://sakai.test/imsblis/lti13/registration_endpoint/12",
        "scopes_supported": ["openid", LINE_ITEM, LINE_ITEM_READ, RESULT, SCORE, ROSTER],
        "claims_supported": ["iss", "sub", "name", "given_name", "family_name", "email", "locale"],
        PLATFORM: {
            "product_family_code": "sakailms.org",
            "version": "23.3",
            "messages_supported": [{"type": "LtiResourceLinkRequest"}, {"type": "LtiDeepLinkingRequest"}],
            "variables": ["User.id", "Person.email.primary"],
        },
    },
    answer=_sakai_answer,
)

PRODUCTS = {
    "Moodle": MOODLE, "Canvas": CANVAS_CLOUD, "Blackboard": BLACKBOARD, "Brightspace": BRIGHTSPACE, "Sakai": SAKAI,
}  # fmt: skip
