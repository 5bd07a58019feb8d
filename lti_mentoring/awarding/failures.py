"""What can go wrong while making or reading an award."""

from __future__ import annotations

from lti_mentoring.errors import MentoringError, Refused


class UnreadableFile(Refused):
    """The file holds no credential that can be read.

    Fact ``reason``: ``too_large``, ``unknown_kind``, ``malformed`` or ``no_credential``.
    """

    code = "file_unreadable"


class UnprintableText(Refused):
    """A line of the certificate cannot be printed.

    Facts: ``field``; ``reason``: ``no_glyphs`` (then ``characters`` holds what no font can draw) or ``too_long``.
    """

    code = "text_unprintable"


class UnsignableDocumentError(MentoringError):
    """A document holds something that its contexts do not define, which a signature would silently leave out.

    Fact ``dropped``: the names that would not have been signed.
    """

    code = "document_unsignable"
    status = 500
