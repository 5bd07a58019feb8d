"""The printed certificate: one page, tagged PDF (PDF/UA-1), drawn by typst with the fonts shipped beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

MAX_KNOTS = 8


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

    ``sentence`` holds ``achievement`` word for word where it is to stand out ("has completed Clinical mentorship:
    ..."). ``path_alt`` describes the drawing, ``qr_alt`` the code, to those who cannot see them.
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
    path_alt: str
    signers: tuple[Signer, ...]
    issued_on: date
    issued_words: str
    number: str
    check_line: str
    verify_url: str
    qr_alt: str


@dataclass(frozen=True)
class Unprintable:
    """Letters that no shipped font can draw, left out of the field named."""

    field: str
    characters: str


@dataclass(frozen=True)
class PrintedCertificate:
    """The PDF and what had to be left out of it (empty nearly always)."""

    pdf: bytes
    unprintable: tuple[Unprintable, ...]


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


def _span(first: str, last: str) -> str:
    return first if first == last else f"{first} – {last}"
