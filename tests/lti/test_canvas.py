import json

from lti_mentoring.lti.access import ALL_SCOPES, SCOPE_GROUPS
from lti_mentoring.lti.canvas import canvas_configuration
from lti_mentoring.lti.dynamic_registration import ToolDescription

TOOL = ToolDescription(
    name="Mentoring",
    description="Mentorship in the course.",
    login_url="https://tool.test/lti/login",
    launch_url="https://tool.test/lti/launch",
    jwks_url="https://tool.test/lti/jwks.json",
    home_url="https://tool.test/",
    logo_url="https://tool.test/static/logo.png",
    custom={"context_history": "$Context.id.history"},
)


def test_canvas_gets_our_addresses_scopes_and_placements():
    configuration = canvas_configuration(TOOL)
    extension = configuration.pop("extensions")[0]
    placements = extension["settings"].pop("placements")
    assert configuration == {
        "title": "Mentoring",
        "description": "Mentorship in the course.",
        "oidc_initiation_url": "https://tool.test/lti/login",
        "target_link_uri": "https://tool.test/lti/launch",
        "scopes": [scope for scope in ALL_SCOPES if scope != SCOPE_GROUPS],
        "public_jwk_url": "https://tool.test/lti/jwks.json",
        "custom_fields": {
            "context_history": "$Context.id.history",
            "observees": "$com.instructure.User.observees",
        },
    }
    assert extension == {
        "platform": "canvas.instructure.com",
        "domain": "tool.test",
        "tool_id": "lti_mentoring",
        "privacy_level": "public",
        "settings": {"text": "Mentoring", "icon_url": "https://tool.test/static/logo.png"},
    }
    assert [(item["placement"], item["message_type"]) for item in placements] == [
        ("course_navigation", "LtiResourceLinkRequest"),
        ("assignment_selection", "LtiDeepLinkingRequest"),
        ("link_selection", "LtiDeepLinkingRequest"),
    ]
    assert {item["target_link_uri"] for item in placements} == {"https://tool.test/lti/launch"}


def test_a_tool_without_a_picture_names_none():
    bare = ToolDescription("M", "D", "https://t.test/i", "https://t.test/l", "https://t.test/j", "https://t.test/")
    assert "icon_url" not in json.dumps(canvas_configuration(bare))
