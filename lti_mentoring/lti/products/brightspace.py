"""D2L Brightspace. Sources: documentation.brightspace.com, LTI Advantage; github Brightspace/D2L.Security.OAuth2.

Nothing differs in its roster and gradebook that we have seen documented.
"""

from __future__ import annotations

from types import MappingProxyType

from lti_mentoring.lti.quirks import Addresses, ByHand, Joining, Ours, Quirks, Theirs

# D2L.Security.OAuth2, Constants.cs: ASSERTION_AUDIENCE; another address than the one that tokens are asked from.
AUDIENCE = "https://api.brightspace.com/auth/token"
TOOLS = "Admin Tools > Manage Extensibility > LTI Advantage"

BRIGHTSPACE = Quirks(
    product="brightspace",
    name="Brightspace",
    families=("desire2learn", "brightspace", "d2l"),
    joining=Joining(
        # “Register an external learning tool for LTI Advantage”, step 5. The one-time token is in the address of the
        # configuration and not in `registration_token` (“Dynamic Registration”; openwebwork/webwork2, PR 2993).
        paste_on=f"{TOOLS} > Register Tool, Dynamic, field “Tool initiation registration endpoint”",
        switch_on=f"{TOOLS}, the tool: Enabled",
        decides_later=f"{TOOLS} > View Deployments, the deployment: Extensions and Security Settings",
        token_audience=AUDIENCE,
    ),
    by_hand=ByHand(
        give_on=f"{TOOLS} > Register Tool, Standard",
        give=(
            (Ours.NAME, "Name"),
            (Ours.DESCRIPTION, "Description"),
            (Ours.DOMAIN, "Domain"),
            (Ours.REDIRECT, "Redirect URLs"),
            (Ours.LOGIN, "OpenID Connect Login URL"),
            (Ours.LAUNCH, "Target Link URI"),
            (Ours.KEYS, "Keyset URL"),
            (Ours.CUSTOM, "Custom Parameters"),
        ),
        choose=(
            ("Extensions", "Assignment and Grade Services, Deep Linking, Names and Role Provisioning Services"),
            ("View Deployments > New Deployment: Extensions", "the same three"),
            ("Security Settings", "Org Unit Information, User Information, Link Information"),
        ),
        find_on=f"{TOOLS}, the tool; the Deployment Id in View Deployments",
        find=MappingProxyType(
            {
                Theirs.ISSUER: "Issuer",
                Theirs.CLIENT_ID: "Client Id",
                Theirs.AUTH: "OpenID Connect Authentication Endpoint",
                Theirs.TOKEN: "Brightspace OAuth2 Access Token URL",
                Theirs.KEYS: "Brightspace Keyset URL",
                Theirs.AUDIENCE: "Brightspace OAuth2 Audience",
                Theirs.DEPLOYMENT: "Deployment Id",
            }
        ),
        places=(
            Addresses(
                name="D2L's cloud",
                token_url="https://auth.brightspace.com/core/connect/token",  # noqa: S106  # an address
                token_audience=AUDIENCE,
            ),
        ),
    ),
)
