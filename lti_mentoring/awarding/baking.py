"""Credentials inside pictures and documents: put in (baked) and taken out again.

Open Badges 3.0, section 5.3. Pictures are never decoded: a PNG is walked chunk by chunk, an SVG parsed without
entities, a PDF searched for its embedded file. Everything is read under caps.
"""

from __future__ import annotations

import json
import struct
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import (
    Element,
    ParseError,
    SubElement,
    register_namespace,
    tostring,
)

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from lti_mentoring.awarding.failures import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FILE_BYTES = 4 * 1024 * 1024
MAX_CREDENTIAL_BYTES = 64 * 1024

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEYWORD = b"openbadgecredential"
BADGE_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
PDF_ATTACHMENT = "credential.json"
# How far an object's dictionary may reach around its /Type, and how many embedded files are looked at.
DICTIONARY_BYTES = 1000
MAX_EMBEDDED_FILES = 64

Document = dict[str, Any]


def credential_in(content: bytes) -> Document:
    """Take the credential out of a JSON, PNG, SVG or PDF file; raise UnreadableFile when there is none."""
    if len(content) > MAX_FILE_BYTES:
        raise UnreadableFile("the file is too large", reason="too_large")
    if content.startswith(PNG_SIGNATURE):
        return _parsed(_in_png(content))
    if b"%PDF-" in content[:1024]:
        return _in_pdf(content)
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    if start == b"{":
        return _parsed(content)
    if start == b"<":
        return _parsed(_in_svg(content))
    raise UnreadableFile("neither PDF, PNG, SVG nor JSON", reason="unknown_kind")


def credential_text(document: Document) -> str:
    """Write a credential as the text that is baked, attached and downloaded."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def bake_png(picture: bytes, document: Document) -> bytes:
    """Put the credential into a PNG as an iTXt chunk, right after its header."""
    if not picture.startswith(PNG_SIGNATURE):
        raise ValueError("not a PNG")
    # Keyword, uncompressed, no language, no translated keyword (PNG specification, 11.3.3.4).
    body = PNG_KEYWORD + b"\x00\x00\x00\x00\x00" + credential_text(document).encode("utf-8")
    header_end = len(PNG_SIGNATURE) + 25
    return picture[:header_end] + _chunk(b"iTXt", body) + picture[header_end:]


def bake_svg(picture: bytes, document: Document) -> bytes:
    """Put the credential into an SVG of ours as its first element."""
    register_namespace("", SVG_NAMESPACE)
    register_namespace("openbadges", BADGE_NAMESPACE)
    root: Element = fromstring(picture)
    baked = SubElement(root, f"{{{BADGE_NAMESPACE}}}credential")
    baked.text = credential_text(document)
    root.remove(baked)
    root.insert(0, baked)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _parsed(text: bytes) -> Document:
    if len(text) > MAX_CREDENTIAL_BYTES:
        raise UnreadableFile("the credential is too large", reason="too_large")
    try:
        document = json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise UnreadableFile("not JSON", reason="malformed") from error
    if not isinstance(document, dict):
        raise UnreadableFile("not a JSON object", reason="malformed")
    return document


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _in_png(content: bytes) -> bytes:
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, position)
        kind = content[position + 4 : position + 8]
        body = content[position + 8 : position + 8 + length]
        if kind == b"iTXt" and body.startswith(PNG_KEYWORD + b"\x00"):
            return _itxt_text(body)
        position += 12 + length
    raise UnreadableFile("no credential in this picture", reason="no_credential")


def _itxt_text(body: bytes) -> bytes:
    flags, rest = body[len(PNG_KEYWORD) + 1 :][:2], body[len(PNG_KEYWORD) + 3 :]
    pieces = rest.split(b"\x00", 2)
    if len(flags) != 2 or len(pieces) != 3:
        raise UnreadableFile("a broken text chunk", reason="malformed")
    return _inflated(pieces[2]) if flags[0] else pieces[2]


def _inflated(packed: bytes) -> bytes:
    unpacker = zlib.decompressobj()
    try:
        text = unpacker.decompress(packed, MAX_CREDENTIAL_BYTES + 1)
    except zlib.error as error:
        raise UnreadableFile("a broken stream", reason="malformed") from error
    return text


def _in_svg(content: bytes) -> bytes:
    try:
        root: Element = fromstring(content, forbid_dtd=True)
    except (ParseError, DefusedXmlException, LookupError, ValueError) as error:
        raise UnreadableFile("not an SVG", reason="malformed") from error
    for element in root.iter(f"{{{BADGE_NAMESPACE}}}credential"):
        if element.text and element.text.strip():
            return element.text.strip().encode("utf-8")
    raise UnreadableFile("no credential in this picture", reason="no_credential")


def _in_pdf(content: bytes) -> Document:
    """Find the first embedded file that is a credential.

    A stream is never inside another object, so it can be found without following the file's tables: they may be
    broken or hostile, and the signature decides in the end.
    """
    for packed in _embedded_files(content):
        try:
            document = _parsed(packed)
        except UnreadableFile:
            continue
        if "credentialSubject" in document:
            return document
    raise UnreadableFile("no credential in this document", reason="no_credential")


def _embedded_files(content: bytes) -> Iterator[bytes]:
    position = content.find(b"/EmbeddedFile")
    for _ in range(MAX_EMBEDDED_FILES):
        if position < 0:
            return
        yield from _stream_near(content, position)
        position = content.find(b"/EmbeddedFile", position + 1)


def _stream_near(content: bytes, position: int) -> Iterator[bytes]:
    """Read the stream of the object whose dictionary holds this position, if it has one."""
    opening = content.find(b"stream", position, position + DICTIONARY_BYTES)
    if opening < 0 or b"endobj" in content[position:opening]:
        return
    begin = opening + len(b"stream")
    begin += 2 if content[begin : begin + 2] == b"\r\n" else 1
    head = content[max(0, content.rfind(b" obj", max(0, position - DICTIONARY_BYTES), position)) : opening]
    body = content[begin : begin + 2 * MAX_CREDENTIAL_BYTES]
    if b"/FlateDecode" in head:
        with suppress(UnreadableFile):
            yield _inflated(body)
    else:
        yield body.partition(b"endstream")[0]
