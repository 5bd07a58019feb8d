"""Canvas's JSON configuration: what an administrator pastes, or points Canvas at, for an LTI key.

Shape: canvas-lms doc/api/lti_dev_key_config.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lti_mentoring.lti.access import ALL_SCOPES, SCOPE_GROUPS

if TYPE_CHECKING:
    from lti_mentoring.lti.dynamic_registration import ToolDescription

PLATFORM = "canvas.instructure.com"
# With all of a person's fields a mentor is shown by name and can be told by mail.
PRIVACY_LEVEL = "public"
TOOL_ID = "lti_mentoring"
OBSERVEES = "observees"
# role_scope_mentor is sent at privacy level "public" only (lib/lti/messages/jwt_message.rb); this is filled at any
# (doc/api/tools_variable_substitutions.md).
CUSTOM = {OBSERVEES: "$com.instructure.User.observees"}
# Canvas refuses a key that names a scope it does not have (developer_key.rb, TokenScopes): it has no groups service.
SCOPES = tuple(scope for scope in ALL_SCOPES if scope != SCOPE_GROUPS)
PICKER = {"selection_width": 800, "selection_height": 700}


def canvas_configuration(tool: ToolDescription) -> dict[str, object]:
    """Return the configuration with our own addresses filled in."""
    settings: dict[str, object] = {"text": tool.name, **_icon(tool), "placements": placements(tool)}
    return {
        "title": tool.name,
        "description": tool.description,
        "oidc_initiation_url": tool.login_url,
        "target_link_uri": tool.launch_url,
        "scopes": list(SCOPES),
        "public_jwk_url": tool.jwks_url,
        "custom_fields": {**tool.custom, **CUSTOM},
        "extensions": [
            {
                "platform": PLATFORM,
                "domain": tool.domain,
                "tool_id": TOOL_ID,
                "privacy_level": PRIVACY_LEVEL,
                "settings": settings,
            }
        ],
    }


def placements(tool: ToolDescription) -> list[dict[str, object]]:
    """Return where the tool appears: in the course's menu for its people, and where teachers pick links."""
    picks = {"message_type": "LtiDeepLinkingRequest", "target_link_uri": tool.launch_url, "text": tool.name}
    return [
        {
            "placement": "course_navigation",
            "message_type": "LtiResourceLinkRequest",
            "target_link_uri": tool.launch_url,
            "text": tool.name,
            **_icon(tool),
            "visibility": "members",
            "default": "disabled",
        },
        {"placement": "assignment_selection", **picks, **PICKER},
        {"placement": "link_selection", **picks, **PICKER},
    ]


def _icon(tool: ToolDescription) -> dict[str, str]:
    return {"icon_url": tool.logo_url} if tool.logo_url else {}
