"""The launch: an id_token that is checked step by step, or refused with a code of its own."""

from __future__ import annotations

from lti_mentoring.lti.messages import (
    ContextClaims,
    DeepLinkingSettings,
    GradebookEndpoint,
    Launch,
    MessageType,
    PersonClaims,
    PlatformInstance,
    Presentation,
    ResourceLinkClaims,
    RosterEndpoint,
)

__all__ = [
    "ContextClaims",
    "DeepLinkingSettings",
    "GradebookEndpoint",
    "Launch",
    "MessageType",
    "PersonClaims",
    "PlatformInstance",
    "Presentation",
    "ResourceLinkClaims",
    "RosterEndpoint",
]
