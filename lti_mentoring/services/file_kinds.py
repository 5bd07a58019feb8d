"""Tell what a file is by its content, and refuse what is not on the short list or says something else by its name.

No HTML, no SVG, no program and no document with macros is ever kept: those could act on whoever opens them
(OWASP ASVS 5.0, chapter V5 File Handling).
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath

import puremagic

from lti_mentoring.errors import Refused

LONGEST_NAME = 150
ACTIVE = re.compile(rb"<\s*(?:!doctype|html|head|body|svg|script|iframe|object|embed|\?xml|\?php)", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
INVISIBLE = re.compile("[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
"""Control characters, and those that turn the direction of a name so that "fdp.exe" reads "exe.pdf"."""


@dataclass(frozen=True, slots=True)
class FileKind:
    """One kind of file that may be sent."""

    name: str
    media_type: str
    extensions: tuple[str, ...]


PDF = FileKind("PDF", "application/pdf", ("pdf",))
PNG = FileKind("PNG", "image/png", ("png",))
JPEG = FileKind("JPEG", "image/jpeg", ("jpg", "jpeg"))
WEBP = FileKind("WebP", "image/webp", ("webp",))
HEIC = FileKind("HEIC", "image/heif", ("heic", "heif"))
MP3 = FileKind("MP3", "audio/mpeg", ("mp3",))
DOCX = FileKind("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
ODT = FileKind("OpenDocument", "application/vnd.oasis.opendocument.text", ("odt",))
TEXT = FileKind("text", "text/plain", ("txt",))
BY_MAGIC = {kind.media_type: kind for kind in (PDF, PNG, JPEG, WEBP, HEIC, MP3)}
ALLOWED = (PDF, DOCX, ODT, TEXT, JPEG, PNG, HEIC, WEBP, MP3)
ACCEPT = ",".join(f".{extension}" for kind in ALLOWED for extension in kind.extensions)
"""For the browser's file chooser; a help, not a check."""


class FileRefused(Refused):
    """The file cannot be taken. Facts: ``name`` and, where they help, ``told``, ``says``, ``limit``."""

    code = "file_refused"


class FileEmpty(FileRefused):
    """There is nothing in it."""

    code = "file_empty"


class FileTooLarge(FileRefused):
    """It is larger than ``limit`` megabytes."""

    code = "file_too_large"


class FileLies(FileRefused):
    """Its name says ``says``, its content is ``told``."""

    code = "file_lies"


def clean_name(name: str) -> str:
    """Return a file's name without folders, control characters and tricks of direction; never empty."""
    last = PurePosixPath(INVISIBLE.sub("", name).replace("\\", "/")).name.strip(" .")
    stem, dot, extension = last.rpartition(".")
    short = f"{stem[: LONGEST_NAME - len(extension)]}{dot}{extension}" if stem else last[:LONGEST_NAME]
    return short or "file"


def tell_kind(name: str, content: bytes, *, limit: int) -> FileKind:
    """Return what the file is; raise FileEmpty, FileTooLarge, FileLies or FileRefused."""
    if not content:
        raise FileEmpty(name=name)
    if len(content) > limit:
        raise FileTooLarge(name=name, limit=limit // (1024 * 1024))
    kind = _by_content(content)
    if kind is None:
        raise FileRefused(name=name)
    extension = name.rpartition(".")[2].lower()
    if extension not in kind.extensions:
        raise FileLies(name=name, told=kind.name, says=f".{extension}" if "." in name else "")
    return kind


def _by_content(content: bytes) -> FileKind | None:
    if content.startswith(b"PK\x03\x04"):
        return _by_parts(content)
    if text := _as_text(content):
        return TEXT if not ACTIVE.search(text[:65536].encode()) else None
    try:
        found = {match.mime_type for match in puremagic.magic_string(content)}
    except (puremagic.PureError, ValueError):
        return None
    return next((kind for media_type, kind in BY_MAGIC.items() if media_type in found), None)


def _by_parts(content: bytes) -> FileKind | None:
    """Return which document a ZIP container holds; one with macros, or one that cannot be read, is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as container:
            names = set(container.namelist())
            first = _beginning(container, "mimetype") if "mimetype" in names else b""
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return None
    if any("vbaproject" in name.lower() or name.startswith("Basic/") for name in names):
        return None
    if {"[Content_Types].xml", "word/document.xml"} <= names:
        return DOCX
    return ODT if first.decode("ascii", "replace").strip() == ODT.media_type else None


def _beginning(container: zipfile.ZipFile, name: str) -> bytes:
    """Return the first bytes of a part: one that unpacks to gigabytes is never unpacked."""
    with container.open(name) as part:
        return part.read(100)


def _as_text(content: bytes) -> str:
    """Return the text of a plain UTF-8 file, "" when it is something else."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return ""
    return "" if CONTROLS.search(text) or text.startswith("%PDF-") else text
