"""RDF canonical form (RDFC-1.0) of our JSON-LD documents, refusing what it would leave out or choke on."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

from pyld import jsonld

from lti_mentoring.awarding.contexts import load_context
from lti_mentoring.awarding.failures import UnsignableDocumentError

if TYPE_CHECKING:
    from collections.abc import Iterator

# PyLD drops a statement with a relative name without a word, so every name must have a scheme and no blank.
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+\Z")
MAX_DEPTH = 24
MAX_NODES = 400

# What PyLD lets through, beside its own error, where a document has something else than it expects.
_PYLD_STUMBLES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

# PyLD keeps its context caches in the module, shared and unguarded.
_ONE_AT_A_TIME = threading.Lock()


def canonical_form(document: dict[str, Any]) -> str:
    """Write the document as sorted N-Quads; raise UnsignableDocumentError unless every part of it is in them."""
    _refuse_odd_shape(document)
    dropped: list[str] = []
    with _ONE_AT_A_TIME:
        try:
            expanded = jsonld.expand(
                document,
                {"documentLoader": load_context, "processingMode": "json-ld-1.1"},
                # Not one of the options above, where it would be ignored in silence.
                on_property_dropped=lambda name: dropped.append(str(name)),
            )
            _refuse_incomplete(expanded, dropped)
            quads = jsonld.normalize(
                expanded,
                {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": load_context},
            )
        except (jsonld.JsonLdError, *_PYLD_STUMBLES) as error:
            raise UnsignableDocumentError("not our JSON-LD", dropped=dropped) from error
    return str(quads)


def _refuse_odd_shape(document: dict[str, Any]) -> None:
    """Bound depth and size, and keep JSON-LD's own keywords (and so inline contexts) out of the content."""
    contexts = document.get("@context")
    if not isinstance(contexts, list) or not all(isinstance(url, str) for url in contexts):
        raise UnsignableDocumentError("@context is not a list of addresses", dropped=["@context"])
    count = 0
    waiting: list[tuple[Any, int]] = [({k: v for k, v in document.items() if k != "@context"}, 0)]
    while waiting:
        value, depth = waiting.pop()
        count += 1
        if depth > MAX_DEPTH or count > MAX_NODES:
            raise UnsignableDocumentError("nested too deeply or too large", dropped=[])
        if isinstance(value, dict):
            _refuse_keywords(value)
        children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting.extend((child, depth + 1) for child in children)


def _refuse_keywords(value: dict[str, Any]) -> None:
    odd = [name for name in value if not name.isidentifier() or not name.isascii()]
    if odd:
        raise UnsignableDocumentError("names that no term of ours has", dropped=odd)


def _refuse_incomplete(expanded: list[Any], dropped: list[str]) -> None:
    if len(expanded) != 1 or dropped:
        raise UnsignableDocumentError("the contexts do not define all of it", dropped=dropped)
    seen: set[str] = set()
    for node in _nodes(expanded):
        names = [node["@id"]] if "@id" in node else []
        relative = [name for name in [*names, *node.get("@type", [])] if not ABSOLUTE.match(str(name))]
        if relative:
            raise UnsignableDocumentError("a name is not absolute", dropped=[str(name) for name in relative])
        # Nodes without a name that look alike make canonical naming factorial work. Ours never do.
        if "@id" not in node:
            face = json.dumps({k: v for k, v in node.items() if not _holds_unnamed(v)}, sort_keys=True)
            if face in seen:
                raise UnsignableDocumentError("two unnamed parts look alike", dropped=[])
            seen.add(face)


def _nodes(expanded: object) -> Iterator[dict[str, Any]]:
    """Walk every node object, in whatever lists, sets and graphs it sits."""
    if isinstance(expanded, list):
        for item in expanded:
            yield from _nodes(item)
    elif isinstance(expanded, dict) and "@value" not in expanded:
        if not {"@list", "@set"} & expanded.keys():
            yield expanded
        for name, value in expanded.items():
            if not name.startswith("@") or name in ("@list", "@set", "@graph"):
                yield from _nodes(value)


def _holds_unnamed(values: object) -> bool:
    return isinstance(values, list) and any(
        isinstance(value, dict) and "@value" not in value and "@id" not in value for value in values
    )
