"""Sakai. Source: github sakaiproject/sakai, lti (LTI13Servlet.java, the tool's pages).

Nothing differs in its roster and gradebook that we have seen in its source.
"""

from __future__ import annotations

from types import MappingProxyType

from lti_mentoring.lti.quirks import ByHand, Joining, Ours, Quirks, Theirs

TOOLS = "Administration Workspace > External Tools"

SAKAI = Quirks(
    product="sakai",
    name="Sakai",
    families=("sakai", "sakailms.org"),  # launches; LTI13Servlet.java, handleWellKnown
    joining=Joining(
        paste_on=f"{TOOLS} > LTI Advantage Auto Provision, button “Use LTI Advantage Auto Configuration”",
        switch_on=f"{TOOLS}, the tool: check what was proposed and save",
        # handleTokenPost: which scope is given is decided by the tool's check boxes, not by the registration, whose
        # answer repeats what we asked for (handleRegistrationEndpointPost).
        decides_later=f"{TOOLS}, the tool: Services and Privacy Settings",
    ),
    by_hand=ByHand(
        give_on=f"{TOOLS} > Install LTI 1.3 Tool",
        give=(
            (Ours.NAME, "Tool Title"),
            (Ours.LAUNCH, "Launch URL"),
            (Ours.KEYS, "LTI 1.3 Tool Keyset URL"),
            (Ours.LOGIN, "LTI 1.3 Tool OpenID Connect/Initialization Endpoint"),
            (Ours.REDIRECT, "LTI 1.3 Tool Redirect Endpoint(s)"),
            (Ours.CUSTOM, "Custom Parameters"),
        ),
        choose=(
            ("Send User Names to External Tool", "ticked"),
            ("Send Email Addresses to External Tool", "ticked"),
            ("Allow External Tool to return grades", "ticked"),
            ("Allow External Tool to create grade columns", "ticked"),
            ("Provide Roster to External Tool", "ticked"),
            ("Tool supports LTI 1.3", "selected"),
        ),
        find_on=f"{TOOLS}, the name of the tool",
        find=MappingProxyType(
            {
                Theirs.ISSUER: "LTI 1.3 Platform Issuer",
                Theirs.CLIENT_ID: "LTI 1.3 Client ID",
                Theirs.AUTH: "LTI 1.3 Platform OIDC Authentication URL",
                Theirs.TOKEN: "LTI 1.3 Platform OAuth2 Bearer Token Retrieval URL",
                Theirs.KEYS: "LTI 1.3 Platform OAuth2 Well-Known/KeySet URL",
                Theirs.DEPLOYMENT: "LTI 1.3 Deployment ID",
            }
        ),
    ),
)
