"""The shipped fonts are the published ones, and we know what they can draw."""

import hashlib
import json

import pytest
from fontTools.ttLib import TTFont

from lti_mentoring.awarding.certificate import FONTS
from lti_mentoring.awarding.coverage import characters_of, missing_from, union_of

FILES = sorted(FONTS.glob("*.ttf"))
LISTED = json.loads((FONTS / "FONTS.json").read_text())["fonts"]


def test_every_font_is_listed_with_its_hash_and_nothing_else_is():
    assert {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FILES} == {
        name: entry["sha256"] for name, entry in LISTED.items()
    }


def test_the_licence_travels_with_the_fonts():
    licence = (FONTS / "OFL.txt").read_text()
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(entry["family"] in licence for entry in LISTED.values())


def test_the_fonts_stay_small_enough_for_a_wheel():
    assert sum(file.stat().st_size for file in FILES) < 4_000_000


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_our_reader_of_character_maps_agrees_with_fonttools(file):
    with TTFont(file) as font:
        assert characters_of(file) == set(font.getBestCmap())
        assert font["name"].getDebugName(1) == LISTED[file.name]["family"]


@pytest.mark.parametrize(
    "name",
    [
        "Łukasz Šťastný", "Nguyễn Thị Ánh", "Ξένια Παπαδοπούλου", "Володимир Ґалаґан", "क्षत्रिय शर्मा", "ليلى حدّاد",
        "فرشته گیلانی", "נועה בן־דוד", "ภาคภูมิ ศรีสุข", "অনিতা চৌধুরী", "அனிதா வெங்கடேசன்", "లక్ష్మీ రావు", "પ્રિયા પટેલ",
        "ಲಕ್ಷ್ಮಿ ಗೌಡ", "ലക്ഷ്മി നായർ", "ਪ੍ਰੀਤ ਸਿੰਘ", "ნინო ბერიძე", "Անի Պետրոսյան",
    ],
)  # fmt: skip
def test_names_of_these_scripts_can_be_printed(name):
    assert missing_from(name, union_of(FILES)) == ""


def test_what_cannot_be_drawn_is_named_once_and_in_order():
    assert missing_from("王小明 and 王 🎓\x07\ue000", union_of(FILES)) == "王小明🎓\x07\ue000"


def test_joiners_need_no_picture():
    assert missing_from("क्\u200dष", union_of(FILES)) == ""


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x00\x00", b"\x00\x01\x00\x00\x00\x00" + bytes(6), b"wOF2" + bytes(40)]
)
def test_a_file_that_is_no_font_is_refused(tmp_path, content):
    file = tmp_path / "broken.ttf"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"font|cmap"):
        characters_of(file)
