"""Blackboard Learn. Sources: docs.anthology.com (LTI, developer portal); Behind the Blackboard, article 000090618.

Nothing differs in its roster and gradebook that we have seen documented.
"""

from __future__ import annotations

from types import MappingProxyType

from lti_mentoring.lti.quirks import Addresses, ByHand, Joining, Ours, Quirks, Theirs

PORTAL = "https://developer.blackboard.com"
ADMIN = "Administrator Panel > Integrations > LTI Tool Providers"

BLACKBOARD = Quirks(
    product="blackboard",
    name="Blackboard",
    families=("BlackboardLearn", "blackboard"),
    joining=Joining(
        # docs.anthology.com/docs/developer-portal: one registration for all schools, with Anthology and not with a
        # school; the portal's configuration carries its token in `registration_endpoint` (article 000090618).
        paste_on="developer.anthology.com > LTI Dynamic Registration",
        switch_on=f"{ADMIN} > Register LTI 1.3/Advantage Tool, Tool Status: Approved",
        # The portal lists neither the roster's scope nor others (same article): a school decides in its own panel.
        decides_later=f"{ADMIN}, Institution Policies: User Fields To Send, Allow grade service access, "
        "Allow Membership Service Access",
    ),
    by_hand=ByHand(
        give_on="developer.anthology.com > + > Register a REST or LTI application",
        give=(
            (Ours.NAME, "Application Name"),
            (Ours.DESCRIPTION, "Description"),
            (Ours.DOMAIN, "Domain(s)"),
            (Ours.LOGIN, "Login Initiation URL"),
            (Ours.REDIRECT, "Tool Redirect URL(s)"),
            (Ours.KEYS, "Tool JWKS URL"),
            (Ours.CUSTOM, "Custom Parameters"),
        ),
        choose=(
            ("My integration supports LTI 1.3", "on"),
            ("Signing Algorithm", "RS256"),
            (f"{ADMIN} > Register LTI 1.3/Advantage Tool: Client ID", "the Application ID"),
            ("Tool Status", "Approved"),
            ("User Fields To Send", "Role in Course, Name, Email Address"),
            ("Allow grade service access", "Yes"),
            ("Allow Membership Service Access", "Yes"),
        ),
        find_on=f"developer.anthology.com, the application; the Deployment ID in {ADMIN} > Edit",
        find=MappingProxyType(
            {
                Theirs.ISSUER: "Issuer",
                Theirs.CLIENT_ID: "Application ID",
                Theirs.AUTH: "OIDC auth request endpoint",
                Theirs.TOKEN: "Auth token endpoint",
                Theirs.KEYS: "Public keyset URL",
                Theirs.DEPLOYMENT: "Deployment ID",
            }
        ),
        places=(
            Addresses(
                name="Every Blackboard",
                issuer="https://blackboard.com",
                auth_url=f"{PORTAL}/api/v1/gateway/oidcauth",
                token_url=f"{PORTAL}/api/v1/gateway/oauth2/jwttoken",
                jwks_url=f"{PORTAL}/api/v1/management/applications/{{client_id}}/jwks.json",
            ),
        ),
    ),
)
