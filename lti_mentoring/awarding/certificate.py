"""The printed certificate: one page, tagged PDF (PDF/UA-1), drawn by typst with the fonts shipped beside it."""

from __future__ import annotations

import json
import threading
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import segno
import typst

from lti_mentoring.awarding.baking import PDF_ATTACHMENT, credential_text
from lti_mentoring.awarding.coverage import missing_from, union_of
from lti_mentoring.awarding.failures import UnprintableText

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from typing import Any

MAX_KNOTS = 8
MAX_SIGNERS = 3
HERE = Path(__file__).parent
FONTS = HERE / "fonts"


@dataclass(frozen=True)
class Signer:
    """A person under whose name the certificate is given."""

    name: str
    role: str


@dataclass(frozen=True)
class Knot:
    """One milestone (or stage) on the certificate's edge; ``when`` is a date in the certificate's language."""

    title: str
    when: str


@dataclass(frozen=True)
class ShownMilestone:
    """A milestone that the holder lets be seen, with the stage that it belongs to."""

    title: str
    stage: str
    when: str


@dataclass(frozen=True)
class CertificateText:
    """Every word of one certificate, already in its language.

    ``language`` is a tag such as ``en`` or ``pt-BR``; ``title`` is the document's own ("Certificate of mentorship,
    Layla Haddad"). ``sentence`` holds ``achievement`` word for word where it is to stand out ("has completed
    Clinical mentorship: seven milestones ..."). ``qr_alt`` says what the code does to those who cannot see it.
    """

    language: str
    direction: Literal["ltr", "rtl"]
    title: str
    institution: str
    course: str
    kind: str
    name: str
    name_own_script: str | None
    achievement: str
    sentence: str
    knots: tuple[Knot, ...]
    signers: tuple[Signer, ...]
    issued_on: date
    issued_words: str
    number: str
    check_line: str
    verify_url: str
    qr_alt: str

    def __post_init__(self) -> None:
        if len(self.knots) > MAX_KNOTS or len(self.signers) > MAX_SIGNERS:
            raise ValueError(f"a certificate has room for {MAX_KNOTS} knots and {MAX_SIGNERS} signers")


@dataclass(frozen=True)
class Unprintable:
    """Letters that no shipped font can draw, left out of the field named."""

    field: str
    characters: str


@dataclass(frozen=True)
class PrintedCertificate:
    """The PDF and what had to be left out of it (nearly always nothing)."""

    pdf: bytes
    unprintable: tuple[Unprintable, ...]


class CertificatePrinter:
    """Prints certificates, about 11 ms each once warm.

    Make one for each process and keep it: the compiler holds the fonts and what it has laid out before. One
    certificate at a time, guarded by a lock, because the compiler's inputs belong to the object.
    """

    def __init__(self, extra_fonts: Path | None = None) -> None:
        folders = [FONTS] if extra_fonts is None else [FONTS, extra_fonts]
        files = [file for folder in folders for file in sorted(folder.iterdir()) if file.suffix in (".ttf", ".otf")]
        fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in folders]
        )
        self._drawable = union_of(files)
        self._families = _families_in_order(fonts.families())
        self._compiler = typst.Compiler(
            str(HERE / "certificate.typ"), root=HERE, font_paths=fonts, ignore_system_fonts=True
        )
        self._lock = threading.Lock()

    def render(self, text: CertificateText, credential: dict[str, Any] | None = None) -> PrintedCertificate:
        """Print one certificate, with the signed credential attached to the PDF when given.

        Letters that no font has are left out and reported; raise UnprintableText when a line would be left empty
        (``reason="no_glyphs"``) or does not fit at the smallest size (``reason="too_long"``).
        """
        lines = _Lines(self._drawable)
        facts = {
            **self._words(text, lines),
            "lang": _language(text.language),
            "region": _region(text.language),
            "direction": text.direction,
            "issued": [text.issued_on.year, text.issued_on.month, text.issued_on.day],
            "verify_url": text.verify_url,
            "qr": _qr_svg(text.verify_url),
            "serif": [*self._serif(), *self._families],
            "sans": self._families,
            "credential": None if credential is None else credential_text(credential),
            "attachment": PDF_ATTACHMENT,
        }
        moment = datetime(text.issued_on.year, text.issued_on.month, text.issued_on.day, tzinfo=UTC)
        return PrintedCertificate(self._compile(facts, moment), tuple(lines.left_out))

    def missing(self, text: str) -> str:
        """Name the letters of a line that cannot be drawn."""
        return missing_from(_tidy(text), self._drawable)

    def _words(self, text: CertificateText, lines: _Lines) -> dict[str, Any]:
        simple = ("title", "institution", "course", "kind", "sentence", "issued_words", "number", "check_line")
        return {
            **{field: lines.line(field, getattr(text, field)) for field in simple},
            # Not printed by itself, so it need not be reported by itself.
            "achievement": _Lines(self._drawable).part(text.achievement),
            "name": lines.line("name", text.name),
            "own": lines.optional("name_own_script", text.name_own_script),
            "qr_alt": text.qr_alt,
            "knots": [
                {"title": lines.line("knots", knot.title), "when": lines.line("knots", knot.when)}
                for knot in text.knots
            ],
            "signers": [
                {"name": lines.line("signers", signer.name), "role": lines.line("signers", signer.role)}
                for signer in text.signers
            ],
        }

    def _serif(self) -> list[str]:
        return [family for family in self._families if family.startswith("Noto Serif")]

    def _compile(self, facts: dict[str, Any], moment: datetime) -> bytes:
        with self._lock:
            try:
                pdf = self._compiler.compile(
                    format="pdf",
                    sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
                    pdf_standards=["ua-1"],
                    timestamp=moment,
                )
            except typst.TypstError as error:
                field = error.message.partition("too long: ")[2].strip("\"'")
                if not field:
                    raise
                raise UnprintableText("no room on the page", field=field, reason="too_long") from error
        return cast("bytes", pdf)


class _Lines:
    """Makes lines printable, and remembers what had to be left out."""

    def __init__(self, drawable: frozenset[int]) -> None:
        self._drawable = drawable
        self.left_out: list[Unprintable] = []

    def line(self, field: str, text: str) -> str:
        """Return what can be printed of a line; an empty line stays empty, one that would become so is refused."""
        clean = _tidy(text)
        printable = self.part(clean)
        if printable != clean:
            missing = missing_from(clean, self._drawable)
            if not printable:
                raise UnprintableText(f"no letters for {field}", field=field, characters=missing, reason="no_glyphs")
            self.left_out.append(Unprintable(field, missing))
        return printable

    def optional(self, field: str, text: str | None) -> str | None:
        """Return the line, or None where nothing of it can be printed."""
        try:
            return self.line(field, text or "") or None
        except UnprintableText as error:
            self.left_out.append(Unprintable(field, str(error.facts["characters"])))
            return None

    def part(self, text: str) -> str:
        """Keep the words that can be drawn whole: half a word would be another word."""
        clean = _tidy(text)
        if not missing_from(clean, self._drawable):
            return clean
        kept = " ".join(word for word in clean.split(" ") if not missing_from(word, self._drawable))
        bare = kept.strip(" ()[]{},;:/·-–—")
        # What is left of "王小明 (Wang Xiaoming)" needs no brackets any more.
        return bare if any(character.isalnum() for character in bare) else ""


def render_certificate(text: CertificateText, credential: dict[str, Any] | None = None) -> PrintedCertificate:
    """Print with this process's printer and the shipped fonts; see ``CertificatePrinter.render``."""
    return _printer().render(text, credential)


def letters_missing(text: str) -> str:
    """Name the letters of a line that no shipped font can draw, so that it can be said before anything is printed."""
    return _printer().missing(text)


def knots_of(shown: Sequence[ShownMilestone]) -> tuple[Knot, ...]:
    """Lay milestones along the edge: one knot each up to eight, then one for each stage, then stages together."""
    if len(shown) <= MAX_KNOTS:
        return tuple(Knot(m.title, m.when) for m in shown)
    last_of: dict[str, str] = {}
    for milestone in shown:
        last_of[milestone.stage] = milestone.when
    stages = list(last_of.items())
    parts = min(MAX_KNOTS, len(stages))
    groups = [stages[i * len(stages) // parts : (i + 1) * len(stages) // parts] for i in range(parts)]
    return tuple(Knot(_span(group[0][0], group[-1][0]), group[-1][1]) for group in groups)


@cache
def _printer() -> CertificatePrinter:
    return CertificatePrinter()


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _language(tag: str) -> str:
    """Return the tag's first part where typst takes it (two or three letters), else "undetermined"."""
    first = tag.replace("_", "-").partition("-")[0].lower()
    return first if len(first) in (2, 3) and first.isascii() and first.isalpha() else "und"


def _region(language: str) -> str | None:
    parts = language.replace("_", "-").split("-")[1:]
    return next((part.upper() for part in parts if len(part) == 2 and part.isascii() and part.isalpha()), None)


def _families_in_order(families: list[str]) -> list[str]:
    """Put the text face first; each of the others is asked only for the letters that those before it lack."""
    return sorted(set(families), key=lambda family: (family != "Noto Sans", family.startswith("Noto Serif"), family))


def _qr_svg(address: str) -> str:
    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(dark="#14201d", border=0, omitsize=True))
