"""Files are what their content says."""

import io
import zipfile

import pytest

from lti_mentoring.services.file_kinds import FileEmpty, FileLies, FileRefused, FileTooLarge, clean_name, tell_kind

LIMIT = 2 * 1024 * 1024


def container(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def docx(**more):
    return container(**{"[Content_Types].xml": "x", "word/document.xml": "x", **more})


ODT = container(mimetype="application/vnd.oasis.opendocument.text")
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(20)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", PDF, "PDF"),
        ("a.pdf", b"%PDF-1.4\nplain letters only", "PDF"),
        ("A.PNG", PNG, "PNG"),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20), "JPEG"),
        ("a.jpeg", b"\xff\xd8\xff\xe1\x00\x10Exif\x00" + bytes(20), "JPEG"),
        ("a.webp", b"RIFF\x24\0\0\0WEBPVP8 " + bytes(20), "WebP"),
        ("a.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(20), "HEIC"),
        ("a.mp3", b"ID3\x03\0\0\0\0\0\0" + bytes(20), "MP3"),
        ("a.docx", docx(), "Word"),
        ("a.odt", ODT, "OpenDocument"),
        ("a.txt", "Grüße, нам, مرحبا\r\n\tend".encode(), "text"),
        ("a.txt", b"\xef\xbb\xbfwith a mark", "text"),
    ],
)
def test_a_file_on_the_list_is_known_by_its_content(name, content, kind):
    assert tell_kind(name, content, limit=LIMIT).name == kind


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.html", b"<!doctype html><title>x</title>"),
        ("a.txt", b"hello <ScRiPt>alert(1)</script>"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("a.txt", b'\xef\xbb\xbf<?xml version="1.0"?><svg/>'),
        ("a.exe", b"MZ\x90\x00" + bytes(60) + b"PE\0\0"),
        ("a.pdf", b"\x7fELF\x02\x01\x01" + bytes(20)),
        ("a.zip", container(a="x")),
        ("a.docx", docx(**{"word/vbaProject.bin": "x"})),
        ("a.odt", container(mimetype="application/vnd.oasis.opendocument.text", **{"Basic/script.xml": "x"})),
        ("a.odt", container(mimetype="application/vnd.oasis.opendocument.spreadsheet")),
        ("a.docx", b"PK\x03\x04 and nothing more"),
        ("a.gif", b"GIF89a" + bytes(20)),
        ("a.bin", b"\x00\x01\x02\x03\x04\xfe\xfe\xfe"),
    ],
)
def test_everything_else_is_refused_whatever_its_name(name, content):
    with pytest.raises(FileRefused) as refused:
        tell_kind(name, content, limit=LIMIT)
    assert refused.value.facts["name"] == name


@pytest.mark.parametrize(("name", "says"), [("photo.pdf", ".pdf"), ("photo", ""), ("photo.png.exe", ".exe")])
def test_a_name_that_lies_is_refused_with_both_sides(name, says):
    with pytest.raises(FileLies) as refused:
        tell_kind(name, PNG, limit=LIMIT)
    assert refused.value.facts == {"name": name, "told": "PNG", "says": says}


def test_an_empty_and_a_large_file_are_refused():
    with pytest.raises(FileEmpty):
        tell_kind("a.txt", b"", limit=LIMIT)
    with pytest.raises(FileTooLarge) as refused:
        tell_kind("a.txt", b"x" * (LIMIT + 1), limit=LIMIT)
    assert refused.value.facts["limit"] == 2


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\docs\\ward history.pdf", "ward history.pdf"),
        ("../../etc/passwd", "passwd"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("a\r\nb.pdf", "ab.pdf"),
        ("", "file"),
        ("...", "file"),
        ("तापमान.pdf", "तापमान.pdf"),
        ("x" * 300 + ".pdf", "x" * 147 + ".pdf"),
        ("y" * 300, "y" * 150),
    ],
)
def test_a_name_keeps_its_script_and_loses_its_tricks(name, clean):
    assert clean_name(name) == clean
