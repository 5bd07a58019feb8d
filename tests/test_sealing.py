"""What is sealed is opened in its place, with its key, and nowhere else."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from lti_mentoring.sealing import KeyFile, KeyFileUnreadable, KeyUnknown, SealBroken, Sealer, is_sealed

SECRET = "a secret only for tests, long enough to pass"
PLACE, ANOTHER = "credential:number:a", "credential:number:b"
A_KEY = "k1 " + "A" * 43 + "="


@pytest.fixture
def file(tmp_path):
    made = KeyFile(tmp_path / "keys" / "field_keys")
    made.ensure()
    return made


@pytest.fixture
def sealer(file):
    return Sealer(SECRET, file)


def test_a_text_and_a_file_are_opened_as_they_were(sealer):
    sealed = sealer.seal("GMC 1234567, Ἀθηνᾶ", PLACE)
    assert is_sealed(sealed)
    assert "1234567" not in sealed
    assert sealed != sealer.seal("GMC 1234567, Ἀθηνᾶ", PLACE)
    assert sealer.open(sealed, PLACE) == "GMC 1234567, Ἀθηνᾶ"
    assert sealer.open_bytes(sealer.seal_bytes(b"%PDF\0:", PLACE), PLACE) == b"%PDF\0:"


def test_what_was_moved_to_another_row_is_refused(sealer):
    for opened in (
        lambda: sealer.open(sealer.seal("1234567", PLACE), ANOTHER),
        lambda: sealer.open_bytes(sealer.seal_bytes(b"1234567", PLACE), ANOTHER),
    ):
        with pytest.raises(SealBroken, match=ANOTHER):
            opened()


@pytest.mark.parametrize("broken", ["s1:", "s1:AAAA", "s1:not base64", "s1:" + "A" * 60])
def test_what_was_altered_is_refused(sealer, broken):
    with pytest.raises(SealBroken):
        sealer.open(broken, PLACE)


def test_a_key_that_is_missing_is_named_with_its_file(sealer, file):
    for opened in (lambda: sealer.open("k7:AAAA", PLACE), lambda: sealer.open_bytes(b"k7:AAAA", PLACE)):
        with pytest.raises(KeyUnknown, match=r"'k7', which is not in .*field_keys: put its line back") as told:
            opened()
        assert told.value.name == "k7"


def test_a_new_key_seals_at_once_in_every_process_and_the_old_ones_still_open(sealer, file):
    elsewhere, before = Sealer(SECRET, file), sealer.seal("number", PLACE)
    name = file.add()
    after = sealer.seal("number", PLACE)
    assert after.startswith(f"{name}:")
    assert elsewhere.active == name
    assert [elsewhere.open(one, PLACE) for one in (before, after)] == ["number"] * 2


def test_a_process_that_has_not_looked_yet_reads_the_file_when_it_meets_a_new_key(sealer, file):
    elsewhere = Sealer(SECRET, file)
    file.add()
    assert elsewhere.open(sealer.seal("number", PLACE), PLACE) == "number"


def test_what_the_installations_secret_sealed_before_there_was_a_file_is_opened(file):
    sealed = "s1:AAECAwQFBgcICQoLZKy45slAWX7FDcaey/iW21M/Al8yBQ=="
    assert Sealer(SECRET, file).open(sealed, PLACE) == "number"
    with pytest.raises(SealBroken):
        Sealer(SECRET[::-1], file).open(sealed, PLACE)


def test_the_first_start_makes_a_file_that_nobody_else_may_read(file):
    assert file.is_private
    before = file.read()
    assert len(before) == 1
    file.ensure()
    assert file.read() == before
    assert os.listdir(file.path.parent) == ["field_keys"]
    file.path.chmod(0o640)
    assert not file.is_private


def test_processes_that_start_at_once_use_the_same_keys(tmp_path):
    def start(_number):
        file = KeyFile(tmp_path / "field_keys")
        file.ensure()
        return tuple(file.read())

    with ThreadPoolExecutor(8) as processes:
        assert len(set(processes.map(start, range(8)))) == 1
    assert os.listdir(tmp_path) == ["field_keys"]


def test_a_key_that_is_added_begins_a_line_even_after_a_slip_of_the_editor(file):
    file.path.write_text(f"# ours\n\n{A_KEY}")
    added = file.add()
    assert list(file.read()) == ["k1", added]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no key in it"),
        (f"{A_KEY}\n{A_KEY}\n", "line 2"),
        (A_KEY.replace("k1", "s1"), "line 1"),
        ("k1 too-short=", "line 1"),
        ("ключ", "ascii"),
    ],
)
def test_a_file_that_cannot_be_used_says_where(file, text, said):
    file.path.write_text(text, encoding="utf-8")
    with pytest.raises(KeyFileUnreadable, match=said):
        file.read()


def test_a_file_that_went_away_is_said_when_the_next_thing_is_sealed(sealer, file):
    sealed = sealer.seal("number", PLACE)
    file.path.unlink()
    assert sealer.open(sealed, PLACE) == "number"
    with pytest.raises(KeyFileUnreadable, match="No such file"):
        sealer.seal("number", PLACE)


@pytest.mark.parametrize("text", ["1234567", "", "postgresql://host", "note: a long sentence about a licence number"])
def test_what_people_write_does_not_look_sealed(text):
    assert not is_sealed(text)
