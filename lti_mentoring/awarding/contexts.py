"""The JSON-LD contexts of our documents, read from the package. Nothing is ever fetched."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from lti_mentoring.awarding.failures import UnsignableDocumentError

CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
DID_V1 = "https://www.w3.org/ns/did/v1"


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    text = resources.files(__package__).joinpath("contexts.json").read_text(encoding="utf-8")
    return {url: entry["document"] for url, entry in json.loads(text).items()}


def load_context(url: str, _options: object = None) -> dict[str, Any]:
    """Answer PyLD's question for a context from the package; raise UnsignableDocumentError for every other address."""
    try:
        document = _shipped()[url]
    except KeyError:
        raise UnsignableDocumentError(f"context {url[:200]!r} is not shipped", dropped=[url]) from None
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}
