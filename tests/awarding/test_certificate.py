import dataclasses
import io
import json
import shutil
import threading

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from lti_mentoring.awarding.certificate import (
    FONTS,
    CertificatePrinter,
    Knot,
    ShownMilestone,
    Signer,
    Unprintable,
    knots_of,
    render_certificate,
)
from lti_mentoring.awarding.failures import UnprintableText

MM = 72 / 25.4


@pytest.fixture
def pdf(text):
    with pikepdf.open(io.BytesIO(render_certificate(text).pdf)) as document:
        yield document


def words_of(pdf):
    page = pypdfium2.PdfDocument(pdf)[0]
    return " ".join(page.get_textpage().get_text_bounded().split())


def tags_of(node, found):
    """Every structure element of the document, in reading order, with its alternative text."""
    if isinstance(node, pikepdf.Array):
        for child in node:
            tags_of(child, found)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            found.append((str(node.S), str(node.get("/Alt", ""))))
        if "/K" in node:
            tags_of(node.K, found)
    return found


def test_it_is_one_sheet_of_a4_across(pdf):
    assert len(pdf.pages) == 1
    assert [float(side) / MM for side in pdf.pages[0].mediabox[2:]] == pytest.approx([297, 210], abs=0.1)


def test_it_declares_pdf_ua_with_title_and_language(pdf):
    with pdf.open_metadata() as metadata:
        assert metadata["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"
        assert metadata["dc:title"] == "Certificate of mentorship, Layla Haddad"
    assert pdf.Root.MarkInfo.Marked is True
    assert str(pdf.Root.Lang) == "en"
    assert pdf.Root.ViewerPreferences.DisplayDocTitle is True


def test_it_is_tagged_with_the_name_as_heading_the_milestones_as_list_and_words_for_the_code(pdf):
    tags = tags_of(pdf.Root.StructTreeRoot.K, [])
    kinds = [kind for kind, _ in tags]
    assert kinds.count("/H1") == 1
    assert kinds.count("/LI") == 7
    assert [alt for kind, alt in tags if kind == "/Figure"] == ["QR code: opens the page that checks this certificate"]


def test_every_word_is_on_it(text):
    words = words_of(render_certificate(text).pdf)
    for part in (
        text.institution, text.course, text.kind, text.name, "has completed Clinical mentorship", text.issued_words,
        text.number, text.check_line, "Prof Hanna Lindqvist", "Programme lead", "Dr Priya Raman", "Mentor",
        *(knot.title for knot in text.knots), *(knot.when for knot in text.knots),
    ):  # fmt: skip
        assert part in words


def test_only_the_shipped_fonts_are_in_it_each_embedded(pdf):
    fonts = {str(font.BaseFont).partition("+")[2]: font for font in pdf.pages[0].Resources.Font.values()}
    assert set(fonts) <= {file.stem for file in FONTS.glob("*.ttf")}
    assert all("/FontFile2" in font.DescendantFonts[0].FontDescriptor for font in fonts.values())


def test_the_code_opens_the_verification_page_and_is_at_least_25_mm_wide(text):
    scale = 3
    picture = pypdfium2.PdfDocument(render_certificate(text).pdf)[0].render(scale=scale).to_pil()
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == text.verify_url
    assert (code.position.top_right.x - code.position.top_left.x) / scale / MM > 25


def test_the_same_award_prints_to_the_same_bytes(text):
    assert render_certificate(text).pdf == render_certificate(text).pdf


def test_words_are_never_taken_for_instructions(text):
    wicked = '#panic("x") \\ "quoted" $x$ *not bold* @label // gone'
    result = render_certificate(dataclasses.replace(text, institution=wicked, name=wicked))
    assert result.unprintable == ()
    assert words_of(result.pdf).count(wicked) == 2


def test_the_credential_is_attached_under_its_name(text, signed):
    with pikepdf.open(io.BytesIO(render_certificate(text, signed).pdf)) as document:
        attached = document.attachments["credential.json"].get_file()
        assert json.loads(attached.read_bytes()) == signed
        assert attached.mime_type == "application/vc+json"


@pytest.mark.parametrize("count", range(9))
def test_any_number_of_knots_up_to_eight_fits(text, count):
    knots = tuple(Knot(f"Milestone number {i}", "2 October 2026") for i in range(count))
    words = words_of(render_certificate(dataclasses.replace(text, knots=knots)).pdf)
    assert all(knot.title in words for knot in knots)


@pytest.mark.parametrize("count", range(4))
def test_at_most_three_people_may_sign(text, count):
    signers = tuple(Signer(f"Person {i}", f"Role {i}") for i in range(count))
    words = words_of(render_certificate(dataclasses.replace(text, signers=signers)).pdf)
    assert all(signer.name in words for signer in signers)


def test_more_than_there_is_room_for_is_a_programming_error(text):
    with pytest.raises(ValueError, match="room"):
        dataclasses.replace(text, knots=text.knots * 2)
    with pytest.raises(ValueError, match="room"):
        dataclasses.replace(text, signers=text.signers * 2)


def test_long_words_shrink_or_wrap_and_stay_on_one_sheet_complete(text):
    long = dataclasses.replace(
        text,
        name="Maria-Antonia Fernández de Córdoba y Villanueva-Łukaszewicz",
        name_own_script="महाराजकुमारी श्रीलक्ष्मीनारायणी वेंकटरामचन्द्रन्",
        institution="Universidad Nacional Autónoma de Ciencias Médicas y de la Salud de la Ciudad de México",
        sentence=text.sentence + " It was a long way, and every step of it was worth the while." * 4,
        knots=tuple(Knot(f"{i} Presentation of a history to the whole team on the ward", "27 May") for i in range(8)),
    )
    result = render_certificate(long)
    assert len(pypdfium2.PdfDocument(result.pdf)) == 1
    words = words_of(result.pdf)
    assert words.count("worth the while.") == 4
    assert "7 Presentation" in words


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sentence": "word " * 2000}, "page"),
        ({"name": "name " * 500}, "page"),
        ({"knots": (Knot("title " * 500, "today"),)}, "knots"),
    ],
)
def test_what_does_not_fit_at_any_size_is_refused_rather_than_cut(text, change, field):
    with pytest.raises(UnprintableText) as refused:
        render_certificate(dataclasses.replace(text, **change))
    assert (refused.value.facts["reason"], refused.value.facts["field"]) == ("too_long", field)


def test_an_own_script_that_no_font_has_is_left_out_and_reported(text):
    result = render_certificate(dataclasses.replace(text, name="Wang Xiaoming", name_own_script="王小明"))
    assert result.unprintable == (Unprintable("name_own_script", "王小明"),)
    assert "Wang Xiaoming" in words_of(result.pdf)


@pytest.mark.parametrize("name", ["王小明 (Wang Xiaoming)", "Wang Xiaoming 王小明", "Wang Xiaoming（王小明）"])
def test_of_a_mixed_name_the_printable_words_are_printed_and_the_rest_reported(text, name):
    result = render_certificate(dataclasses.replace(text, name=name, name_own_script=None))
    assert result.unprintable[0].field == "name"
    assert set("王小明") <= set(result.unprintable[0].characters)
    assert "Wang" in words_of(result.pdf)


@pytest.mark.parametrize("name", ["王小明", "王小明 (-)", "🎓"])
def test_a_name_of_which_nothing_can_be_printed_is_refused_with_its_letters(text, name):
    with pytest.raises(UnprintableText) as refused:
        render_certificate(dataclasses.replace(text, name=name))
    assert refused.value.facts["reason"] == "no_glyphs"
    assert refused.value.facts["field"] == "name"


def test_a_little_picture_in_a_milestone_does_not_stop_the_certificate(text):
    result = render_certificate(dataclasses.replace(text, knots=(Knot("Ward history 🎉", "27 November"),)))
    assert result.unprintable == (Unprintable("knots", "🎉"),)


def test_a_certificate_from_right_to_left_has_its_edge_on_the_right(text):
    arabic = dataclasses.replace(text, language="ar-EG", direction="rtl", name="ليلى حدّاد", name_own_script=None)
    result = render_certificate(arabic)
    picture = pypdfium2.PdfDocument(result.pdf)[0].render(scale=1).to_pil()
    width, height = picture.size
    assert picture.getpixel((width - 5, height // 3)) == (13, 74, 66)
    assert picture.getpixel((5, height // 3)) == (255, 253, 249)
    with pikepdf.open(io.BytesIO(result.pdf)) as document:
        assert str(document.Root.Lang) == "ar-EG"


@pytest.mark.parametrize(
    ("tag", "written"),
    [("en", "en"), ("pt_BR", "pt-BR"), ("zh-Hant-TW", "zh-TW"), ("tlh", "tlh"), ("", "und"), ("x-klingon", "und")],
)
def test_any_language_tag_is_written_as_far_as_it_is_one(text, tag, written):
    with pikepdf.open(io.BytesIO(render_certificate(dataclasses.replace(text, language=tag)).pdf)) as document:
        assert str(document.Root.Lang) == written


def test_an_installation_can_add_a_font_of_its_own(text, tmp_path):
    here = tmp_path / "mine"
    here.mkdir()
    shutil.copy(FONTS / "NotoSansThai-Regular.ttf", here)
    result = CertificatePrinter(extra_fonts=here).render(text)
    assert result.unprintable == ()


def test_many_threads_may_print_at_once(text):
    printed = {}

    def work(number):
        printed[number] = render_certificate(dataclasses.replace(text, number=f"WB-{number:04}")).pdf

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(f"WB-{number:04}" in words_of(pdf) for number, pdf in printed.items())
    assert len(printed) == 8


def shown(*stages):
    return [ShownMilestone(f"M{i}", stage, f"day {i}") for i, stage in enumerate(stages)]


def test_up_to_eight_milestones_have_a_knot_each():
    assert knots_of(shown(*"AABBCCDD")) == tuple(Knot(f"M{i}", f"day {i}") for i in range(8))


def test_more_are_shown_by_stage_with_the_stages_last_day():
    assert knots_of(shown(*"AAABBBCCC")) == (Knot("A", "day 2"), Knot("B", "day 5"), Knot("C", "day 8"))


def test_more_stages_than_knots_are_taken_together_and_none_is_lost():
    knots = knots_of(shown(*"ABCDEFGHIJ"))
    assert len(knots) == 8
    assert "".join(knot.title for knot in knots).replace(" – ", "") == "ABCDEFGHIJ"
    assert knots[-1].when == "day 9"
