"""Names come out in joined, formed letters: compared by the outlines on the page, not by the text layer.

What HarfBuzz makes of a name with the shipped font is looked for, outline by outline, among what the page paints.
"""

import dataclasses
import io

import pikepdf
import pytest
import uharfbuzz
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.ttLib import TTFont

from lti_mentoring.awarding.certificate import FONTS, render_certificate

NAMES = [
    ("क्षत्रिय", "NotoSerifDevanagari-Regular.ttf"),
    ("श्रीज्ञानेश्वर्या", "NotoSerifDevanagari-Regular.ttf"),
    ("حدّاد", "NotoNaskhArabic-Regular.ttf"),
    ("عبدالله", "NotoNaskhArabic-Regular.ttf"),
    ("بنگلهٔ", "NotoNaskhArabic-Regular.ttf"),
]


def outline(font, glyph_id):
    glyphs = font.getGlyphSet()
    pen = DecomposingRecordingPen(glyphs)
    glyphs[font.getGlyphName(glyph_id)].draw(pen)
    return tuple(pen.value)


def shaped(name, file):
    """The outlines that HarfBuzz chooses for a name, in the order in which they are painted."""
    face = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(FONTS / file)))
    buffer = uharfbuzz.Buffer()
    buffer.add_str(name)
    buffer.guess_segment_properties()
    uharfbuzz.shape(uharfbuzz.Font(face), buffer)
    with TTFont(FONTS / file) as font:
        return [outline(font, info.codepoint) for info in buffer.glyph_infos]


def unshaped(name, file):
    """The outlines of the letters one by one, as a program paints them that cannot shape."""
    with TTFont(FONTS / file) as font:
        return [outline(font, font.getGlyphID(font.getBestCmap()[ord(letter)])) for letter in name]


def painted(pdf):
    """Every outline that the page paints as text, in order, read from the fonts embedded in the document."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        fonts = {name: embedded(font) for name, font in page.Resources.Font.items()}
        found = []
        for operands, operator in pikepdf.parse_content_stream(page):
            if str(operator) == "Tf":
                font = fonts[str(operands[0])]
            elif str(operator) in ("Tj", "TJ"):
                pieces = operands[0] if str(operator) == "TJ" else operands
                codes = b"".join(bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String))
                found += [outline(font, int.from_bytes(codes[i : i + 2], "big")) for i in range(0, len(codes), 2)]
        return found


def embedded(font):
    assert str(font.Encoding) == "/Identity-H"
    descendant = font.DescendantFonts[0]
    assert str(descendant.CIDToGIDMap) == "/Identity"
    read = TTFont(io.BytesIO(descendant.FontDescriptor.FontFile2.read_bytes()))
    read.setGlyphOrder([f"glyph{number}" for number in range(read["maxp"].numGlyphs)])
    return read


def drawn(outlines):
    """Leave out what has no ink (spaces): which font gives the space is no matter of spelling."""
    return [shape for shape in outlines if shape]


def holds(sequence, part):
    return any(sequence[i : i + len(part)] == part for i in range(len(sequence) - len(part) + 1))


@pytest.mark.parametrize(("name", "file"), NAMES)
@pytest.mark.parametrize("field", ["name", "name_own_script"])
def test_a_name_is_painted_with_exactly_the_glyphs_of_its_shaped_form(text, name, file, field):
    page = drawn(painted(render_certificate(dataclasses.replace(text, **{field: name})).pdf))
    assert holds(page, drawn(shaped(name, file)))
    assert not holds(page, drawn(unshaped(name, file)))


@pytest.mark.parametrize(("name", "file"), NAMES)
def test_the_comparison_would_notice_a_name_that_was_not_shaped(text, name, file):
    assert drawn(shaped(name, file)) != drawn(unshaped(name, file))
    without = render_certificate(dataclasses.replace(text, name="Layla Haddad", name_own_script=None))
    assert not holds(drawn(painted(without.pdf)), drawn(shaped(name, file)))


def test_no_page_paints_the_empty_box(text):
    page = painted(render_certificate(dataclasses.replace(text, name_own_script="क्षत्रिय حدّاد נועה ภูมิ அனிதா")).pdf)
    for file in FONTS.glob("*.ttf"):
        with TTFont(file) as font:
            assert outline(font, 0) not in page
