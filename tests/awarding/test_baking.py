import contextlib
import gzip
import io
import json
import struct
import zlib

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3.verifier import OB3Verifier
from PIL import Image

from lti_mentoring.awarding.baking import MAX_CREDENTIAL_BYTES, MAX_FILE_BYTES, bake_png, bake_svg, credential_in
from lti_mentoring.awarding.certificate import render_certificate
from lti_mentoring.awarding.failures import UnreadableFile
from lti_mentoring.awarding.picture import badge_png, badge_svg


def test_the_credential_comes_out_of_every_kind_of_file_as_it_went_in(signed, text):
    for content in (
        json.dumps(signed).encode(),
        b"\xef\xbb\xbf  " + json.dumps(signed, indent=2).encode(),
        bake_png(badge_png(), signed),
        bake_svg(badge_svg(), signed),
        render_certificate(text, signed).pdf,
    ):
        assert credential_in(content) == signed


def test_a_baked_picture_is_still_a_picture(signed):
    picture = Image.open(io.BytesIO(bake_png(badge_png(), signed)))
    picture.load()
    assert picture.size == (512, 512)
    assert json.loads(picture.text["openbadgecredential"]) == signed


def test_readers_of_others_find_the_credential_in_our_pictures(signed):
    # openbadgeslib calls it a token; for a Data Integrity credential it is the JSON text.
    assert json.loads(OB3Verifier.extract_token_from_png(bake_png(badge_png(), signed))) == signed
    assert json.loads(OB3Verifier.extract_token_from_svg(bake_svg(badge_svg(), signed))) == signed


def test_a_certificate_that_a_reader_program_saved_again_still_holds_its_credential(signed, text):
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(render_certificate(text, signed).pdf)) as document:
        document.save(saved, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    assert credential_in(saved.getvalue()) == signed


def test_an_attachment_that_is_not_packed_is_read_too(signed, text):
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(render_certificate(text, signed).pdf)) as document:
        document.save(saved, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.generalized)
    assert credential_in(saved.getvalue()) == signed


def test_an_earlier_attachment_of_another_kind_does_not_hide_the_credential(signed, text):
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(render_certificate(text, signed).pdf)) as document:
        document.attachments["a.json"] = b'{"note": "hello"}'
        document.attachments["b.bin"] = b"\x00" * 300
        document.save(saved)
    assert credential_in(saved.getvalue()) == signed


def test_pictures_of_others_with_a_packed_text_chunk_are_read(signed):
    body = b"openbadgecredential\x00\x01\x00en\x00\x00" + zlib.compress(json.dumps(signed).encode())
    chunk = struct.pack(">I", len(body)) + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body))
    assert credential_in(badge_png()[:33] + chunk + badge_png()[33:]) == signed


def itxt(body):
    return badge_png()[:33] + struct.pack(">I", len(body)) + b"iTXt" + body + b"\x00" * 4


SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:b="https://purl.imsglobal.org/ob/v3p0">%s</svg>'
BOMB = '<!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + SVG % "&b;"
EXTERNAL = '<!DOCTYPE s SYSTEM "http://127.0.0.1:9/x.dtd">' + SVG % ""
STREAM = b"%%PDF-1.7\n1 0 obj\n<</Type/EmbeddedFile%s>>\nstream\n%s\nendstream\nendobj\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unknown_kind"),
        (b"GIF89a", "unknown_kind"),
        (b"[]", "unknown_kind"),
        (b"\x00" * (MAX_FILE_BYTES + 1), "too_large"),
        (b'{"a": ', "malformed"),
        (b'{"a": "\xff\xfe"}', "malformed"),
        (b'{"a":' * 10_000, "malformed"),
        (b'{"a": Infinity}', "malformed"),
        (b'{"a": ' + b"9" * 9000 + b"}", "malformed"),
        (b'{"a": "' + b"x" * MAX_CREDENTIAL_BYTES + b'"}', "too_large"),
        (b"\x89PNG\r\n\x1a\n", "no_credential"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 64, "no_credential"),
        (itxt(b"openbadgecredential\x00"), "malformed"),
        (itxt(b"openbadgecredential\x00\x00\x00en"), "malformed"),
        (itxt(b"openbadgecredential\x00\x01\x00\x00\x00not packed"), "malformed"),
        (itxt(b"openbadgecredential\x00\x01\x00\x00\x00" + zlib.compress(b"x" * 10**7)), "too_large"),
        (itxt(b"openbadgecredential\x00\x00\x00\x00\x00[1]"), "malformed"),
        (b"<svg", "malformed"),
        (BOMB.encode(), "malformed"),
        (EXTERNAL.encode(), "malformed"),
        ((SVG % "<b:credential> </b:credential>").encode(), "no_credential"),
        (b"<html></html>", "no_credential"),
        (b"<?xml version='1.0' encoding='nonsense'?><svg/>", "malformed"),
        (b"%PDF-1.7\n", "no_credential"),
        (STREAM % (b"/Filter/FlateDecode", b"not packed"), "no_credential"),
        (STREAM % (b"/Filter/FlateDecode", zlib.compress(b"x" * 10**7)), "no_credential"),
        (STREAM % (b"", gzip.compress(b"{}", mtime=0)), "no_credential"),
        (STREAM % (b"", b'{"name": "x"}'), "no_credential"),
        (b"%PDF-1.7\n" + b"/EmbeddedFile " * 200_000, "no_credential"),
        (b"%PDF-1.7\n<</Type/EmbeddedFile>>\nendobj\nstream\n{}", "no_credential"),
    ],
)
def test_a_hostile_or_broken_file_gets_an_answer(content, reason):
    with pytest.raises(UnreadableFile) as refused:
        credential_in(content)
    assert refused.value.facts["reason"] == reason


@given(
    start=st.sampled_from([b"", b"{", b"<", b"%PDF-1.7\n/EmbeddedFile stream\n", b"\x89PNG\r\n\x1a\n", itxt(b"")[:60]]),
    rest=st.binary(max_size=200),
)
def test_no_bytes_whatever_bring_the_reader_down(start, rest):
    with contextlib.suppress(UnreadableFile):
        assert isinstance(credential_in(start + rest), dict)


def test_only_a_png_can_be_baked_as_one(signed):
    with pytest.raises(ValueError, match="PNG"):
        bake_png(b"GIF89a", signed)
