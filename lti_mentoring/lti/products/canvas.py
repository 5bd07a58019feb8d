"""Canvas. Sources: github instructure/canvas-lms, doc/api and app/controllers/lti/ims; community.canvaslms.com."""

from __future__ import annotations

from types import MappingProxyType

from lti_mentoring.lti.canvas import CUSTOM, OBSERVEES, PRIVACY_LEVEL, TOOL_ID
from lti_mentoring.lti.quirks import Addresses, ByHand, Joining, Ours, Quirks, Theirs, frozen

CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"
EXTENSION = "https://canvas.instructure.com/lti/"


def _cloud(name: str, environment: str) -> Addresses:
    # doc/api/lti_dev_key_config.md, “Configuring Canvas in the Tool”: one issuer for every school, in three
    # environments; since August 2023 people are sent to, and keys fetched from, sso.canvaslms.com.
    sso = f"https://sso{environment}.canvaslms.com"
    return Addresses(
        name=name,
        issuer=f"https://canvas{environment}.instructure.com",
        auth_url=f"{sso}/api/lti/authorize_redirect",
        token_url=f"{sso}/login/oauth2/token",
        jwks_url=f"{sso}/api/lti/security/jwks",
    )


CANVAS = Quirks(
    product="canvas",
    name="Canvas",
    families=("canvas",),
    # Ten a page unless asked; names_and_roles_controller.rb gives 50 at most.
    roster_limit=50,
    # Names and Role API, NamesAndRoleMessage: “custom parameters that pertain to the member”. Elsewhere they may be the
    # caller's, who is nobody (mod/lti/locallib.php: lti_calculate_custom_parameter reads $USER).
    roster_tells_custom=True,
    variables=("$Canvas.", "$com.instructure."),  # doc/api/tools_variable_substitutions.md
    line_items_limit=50,
    # scores_controller.rb: every score is a new attempt of the student unless it says otherwise.
    score_extra=MappingProxyType({CANVAS_SUBMISSION: MappingProxyType({"new_submission": False})}),
    # doc/api/throttling.md: one request at a time is unlikely to be throttled; the bucket is our client id's.
    calls_at_once=1,
    observees=OBSERVEES,
    joining=Joining(
        custom=MappingProxyType(CUSTOM),
        paste_on="Admin > Developer Keys > + Developer Key > + LTI Registration, field “Registration URL”",
        switch_on="Admin > Developer Keys, column “State”: On",
        # doc/api/registration.md, “Returning the Administrator to Canvas”: the page that follows lets scopes be
        # unticked and the privacy level be lowered, after we were told that all were granted.
        decides_later="Admin > Developer Keys, the tool's own page: Permissions, Data Sharing, Placements",
        # doc/api/registration.md, “LTI Tool Configuration schema”; without a level no name is ever sent.
        tool=MappingProxyType({f"{EXTENSION}privacy_level": PRIVACY_LEVEL, f"{EXTENSION}tool_id": TOOL_ID}),
        # The same page, “LTI Message schema”: a message appears only where a placement says so.
        messages=MappingProxyType(
            {
                "LtiResourceLinkRequest": frozen(
                    {
                        "placements": ("course_navigation",),
                        f"{EXTENSION}course_navigation/default_enabled": False,
                        f"{EXTENSION}visibility": "members",
                    }
                ),
                "LtiDeepLinkingRequest": frozen({"placements": ("assignment_selection", "link_selection")}),
            }
        ),
        # dynamic_registration_controller.rb: every school on Instructure's cloud is one issuer, whatever host it has.
        shared_hosts=("instructure.com", "canvaslms.com"),
        school_key=f"{EXTENSION}account_name",
        # doc/api/registration.md shows a bare host name there; doc/api/oauth.md wants the token address as audience.
        authorization_server_is_audience=False,
    ),
    # community.canvaslms.com, Admin Guide: “How do I configure an LTI key for an account?”, “… an external app for an
    # account using a client ID?”.
    by_hand=ByHand(
        give_on="Admin > Developer Keys > + Developer Key > + LTI Key",
        give=(
            (Ours.NAME, "Key Name"),
            (Ours.REDIRECT, "Redirect URIs"),
            (Ours.CONFIGURATION, "JSON URL"),
        ),
        choose=(
            ("Method", "Enter URL"),
            ("State (on the list of keys, after saving)", "On"),
            ("Settings > Apps > View App Configurations > + App: Configuration Type", "By Client ID"),
        ),
        # Canvas shows nobody its addresses: `places` has them.
        find_on="Admin > Developer Keys, column “Details”; Admin > Settings > Apps, cog beside the tool",
        find=MappingProxyType(
            {
                Theirs.CLIENT_ID: "the long number in the column “Details”",
                Theirs.DEPLOYMENT: "Deployment Id, in the menu of the cog beside the tool",
            }
        ),
        places=(
            _cloud("Instructure's cloud", ""),
            _cloud("Instructure's cloud, beta", ".beta"),
            _cloud("Instructure's cloud, test", ".test"),
        ),
    ),
)
