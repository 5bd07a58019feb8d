"""The badge's picture, wordless and the same for every award, as SVG and as PNG."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import cast

import typst

BADGE_SVG = Path(__file__).parent / "badge.svg"
# The picture's own size in points; twice as many dots make 512 of them.
_PAGE = b'#set page(width: 256pt, height: 256pt, margin: 0pt, fill: none)\n#image("badge.svg", width: 256pt)\n'


@cache
def badge_svg() -> bytes:
    """Return the picture as SVG, ready for ``baking.bake_svg``."""
    return BADGE_SVG.read_bytes()


@cache
def badge_png() -> bytes:
    """Return the picture as PNG, 512 by 512 dots on a clear ground, ready for ``baking.bake_png``."""
    compiler = typst.Compiler(root=BADGE_SVG.parent, ignore_system_fonts=True)
    return cast("bytes", compiler.compile(_PAGE, format="png", ppi=144))
