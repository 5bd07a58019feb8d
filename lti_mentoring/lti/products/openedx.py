"""Open edX. Source: github openedx/xblock-lti-consumer, lti_consumer/lti_xblock.py and plugin/views.py.

No Dynamic Registration: each course adds the tool by hand. Without `limit` the whole course comes in one answer; an old
timestamp is 400, as the specification's record already allows for.
"""

from __future__ import annotations

from types import MappingProxyType

from lti_mentoring.lti.quirks import ByHand, Ours, Quirks, Theirs

UNIT = "Studio, a unit of the course: Advanced > LTI Consumer > Edit"

OPEN_EDX = Quirks(
    product="openedx",
    name="Open edX",
    families=("openedx", "open edx"),
    by_hand=ByHand(
        give_on=UNIT,
        give=(
            (Ours.NAME, "Display Name"),
            (Ours.LAUNCH, "Tool Launch URL"),
            (Ours.LOGIN, "Tool Initiate Login URL"),
            (Ours.REDIRECT, "Registered Redirect URIs"),
            (Ours.KEYS, "Tool Keyset URL"),
            (Ours.PICKER, "Deep Linking Launch URL"),
            (Ours.CUSTOM, "Custom Parameters"),
        ),
        choose=(
            ("LTI Version", "LTI 1.3"),
            ("Tool Public Key Mode", "Keyset URL"),
            ("Deep linking", "True"),
            ("LTI Assignment and Grades Service", "Allow tools to manage and submit grade (programmatic)"),
            ("Enable LTI NRPS", "True"),
            ("Request user's username, Request user's email", "True"),
        ),
        find_on="Studio, the unit: what LTI Consumer shows after saving",
        find=MappingProxyType(
            {
                Theirs.ISSUER: "the address of the LMS, as https://courses.example.org",
                Theirs.CLIENT_ID: "Client ID",
                Theirs.AUTH: "OIDC Callback URL",
                Theirs.TOKEN: "Access Token URL",
                Theirs.KEYS: "Keyset URL",
                Theirs.DEPLOYMENT: "Deployment ID",
            }
        ),
    ),
)
