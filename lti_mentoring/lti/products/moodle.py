"""Moodle. Source: github moodle/moodle, public/mod/lti (until 5.0: mod/lti), read at 4.5 and 5.1."""

from __future__ import annotations

from types import MappingProxyType

from lti_mentoring.lti.quirks import ByHand, Joining, Ours, Quirks, Theirs

TOOLS = "Site administration > Plugins > Activity modules > External tool > Manage tools"

MOODLE = Quirks(
    product="moodle",
    name="Moodle",
    families=("moodle", "moodle-2"),  # openid-configuration.php; locallib.php, lti_get_launch_data says moodle-2 in ext
    # mod/lti/service/memberships loads every enrolled person for each page and slices by offset, so that a walk over
    # pages may skip somebody; without `limit` the whole course comes in one answer. lineitems.php and results.php
    # write their Link header (with typographic quotes and &amp;) only when `limit` is sent, and results.php fails on
    # it: neither is asked with one.
    roster_limit=None,
    line_items_limit=None,
    # scores.php answers 409 for an old timestamp, and 400 for a person without a place in the gradebook.
    bad_request_may_be_old_score=False,
    variables=("$Moodle.",),  # locallib.php, lti_get_capabilities
    joining=Joining(
        paste_on=f"{TOOLS}, field “Tool URL…”, button “Add LTI Advantage”",
        # openid-registration.php: a new tool has the state LTI_TOOL_STATE_PENDING.
        switch_on=f"{TOOLS}, button “Activate” on the card of the tool",
        # startltiadvregistration.php and registration_helper.php: `reg` makes a tool and has its new client id as
        # `sub`, `reg-update` mends one and has the tool's number; a GET of the registration address then shows it.
        update_token_scope="reg-update",  # noqa: S106  # the name of a scope
    ),
    # lang/en/lti.php, edit_form.php and templates/tool_config_table (“Tool configuration details”).
    by_hand=ByHand(
        give_on=f"{TOOLS}, link “configure a tool manually”",
        give=(
            (Ours.NAME, "Tool name"),
            (Ours.LAUNCH, "Tool URL"),
            (Ours.KEYS, "Public keyset"),
            (Ours.LOGIN, "Initiate login URL"),
            (Ours.REDIRECT, "Redirection URI(s)"),
            (Ours.CUSTOM, "Custom parameters"),
            (Ours.PICKER, "Content Selection URL"),
        ),
        choose=(
            ("LTI version", "LTI 1.3"),
            ("Public key type", "Keyset URL"),
            ("Tool configuration usage", "Show in activity chooser and as a preconfigured tool"),
            ("Supports Deep Linking (Content-Item Message)", "ticked"),
            (
                "IMS LTI Assignment and Grade Services",
                "Use this service for grade sync and column management",
            ),
            (
                "IMS LTI Names and Role Provisioning",
                "Use this service to retrieve members' information as per privacy settings",
            ),
            ("Share launcher's name with tool", "Always"),
            ("Share launcher's email with tool", "Always"),
            ("Accept grades from the tool", "Always"),
        ),
        find_on=f"{TOOLS}, icon “View configuration details” on the card of the tool",
        find=MappingProxyType(
            {
                Theirs.ISSUER: "Platform ID",
                Theirs.CLIENT_ID: "Client ID",
                Theirs.AUTH: "Authentication request URL",
                Theirs.TOKEN: "Access token URL",
                Theirs.KEYS: "Public keyset URL",
                Theirs.DEPLOYMENT: "Deployment ID",
            }
        ),
    ),
)
