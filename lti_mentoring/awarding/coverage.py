"""Which characters the certificate's fonts can draw, read from the fonts' own character maps.

OpenType 1.9, table ``cmap``, formats 4 and 12: all that the shipped fonts (and every current font) need.
"""

from __future__ import annotations

import struct
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Joiners, direction marks and variation selectors: they shape their neighbours and have no picture of their own.
_INVISIBLE = frozenset("\u200c\u200d\u200e\u200f\u00ad\u2060\u2066\u2067\u2068\u2069")


@cache
def characters_of(font: Path) -> frozenset[int]:
    """Read the code points that a TrueType or OpenType file maps; raise ValueError when it is no font."""
    data = font.read_bytes()
    try:
        start = _table(data, b"cmap")
        (count,) = struct.unpack_from(">H", data, start + 2)
        subtables = {struct.unpack_from(">HHI", data, start + 4 + 8 * i)[2] for i in range(count)}
        return frozenset().union(*(_subtable(data, start + offset) for offset in subtables))
    except struct.error as error:
        raise ValueError(f"{font.name} is not a font") from error


def missing_from(text: str, drawable: frozenset[int]) -> str:
    """Name each character of the text that cannot be drawn, once, in order."""
    return "".join(dict.fromkeys(c for c in text if not _can_draw(c, drawable)))


def union_of(fonts: Iterable[Path]) -> frozenset[int]:
    """Read the code points that at least one of the fonts maps."""
    return frozenset().union(*(characters_of(font) for font in fonts))


def _can_draw(character: str, drawable: frozenset[int]) -> bool:
    if character in _INVISIBLE:
        return True
    return ord(character) in drawable and unicodedata.category(character) not in {"Cc", "Cs", "Co", "Cn"}


def _table(data: bytes, tag: bytes) -> int:
    if data[:4] not in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        raise ValueError("not a single TrueType or OpenType font")
    (count,) = struct.unpack_from(">H", data, 4)
    for i in range(count):
        name, _sum, offset, _length = struct.unpack_from(">4sIII", data, 12 + 16 * i)
        if name == tag:
            return int(offset)
    raise ValueError(f"no table {tag.decode()}")


def _subtable(data: bytes, at: int) -> set[int]:
    (form,) = struct.unpack_from(">H", data, at)
    if form == 4:
        return _format_4(data, at)
    return _format_12(data, at) if form == 12 else set()


def _format_4(data: bytes, at: int) -> set[int]:
    (twice,) = struct.unpack_from(">H", data, at + 6)
    segments = twice // 2
    ends = struct.unpack_from(f">{segments}H", data, at + 14)
    starts = struct.unpack_from(f">{segments}H", data, at + 16 + twice)
    deltas = struct.unpack_from(f">{segments}H", data, at + 16 + 2 * twice)
    offsets_at = at + 16 + 3 * twice
    offsets = struct.unpack_from(f">{segments}H", data, offsets_at)
    found: set[int] = set()
    for i, (start, end, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for code in range(start, min(end, 0xFFFE) + 1):
            glyph = code
            if offset:
                (glyph,) = struct.unpack_from(">H", data, offsets_at + 2 * i + offset + 2 * (code - start))
            if (offset and glyph) or (not offset and (code + delta) & 0xFFFF):
                found.add(code)
    return found


def _format_12(data: bytes, at: int) -> set[int]:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    found: set[int] = set()
    for i in range(groups):
        start, end, _glyph = struct.unpack_from(">III", data, at + 16 + 12 * i)
        found.update(range(start, min(end, 0x10FFFF) + 1))
    return found
