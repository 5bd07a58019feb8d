import pytest

from lti_mentoring.lti import fields


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("Ådne", "Ådne"),
        ("  two  words ", "two  words"),
        ("", None),
        ("  ", None),
        (None, None),
        (5, None),
        (["a"], None),
        ("a\x00b\x1fc\x7f", "abc"),
        ("line\r\nbreak\ttab", "line break tab"),
        ("exe\u202egnp.\u2066", "exegnp."),
        ("half \ud800 pair", "half ? pair"),
        ("नमस्ते", "नमस्ते"),
    ],
)
def test_a_text_can_always_be_stored(value, read):
    assert fields.text({"name": value}, "name") == read


def test_a_text_is_cut_and_a_missing_one_is_none():
    assert fields.text({"name": "x" * 50}, "name", limit=10) == "x" * 10
    assert fields.text({}, "name") is None


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("3", "3"),
        (3, "3"),
        ("a b", "a b"),
        ("", None),
        (" ", None),
        (None, None),
        (True, None),
        (1.5, None),
        (["3"], None),
        ({"id": 3}, None),
        ("a\x00", None),
        ("\ud800", None),
        ("x" * 256, None),
        ("x" * 255, "x" * 255),
    ],
)
def test_an_id_is_taken_exactly_or_not_at_all(value, read):
    assert fields.identifier({"id": value}, "id") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [("a", ("a",)), ("", ()), (["a", 5, None, "b"], ("a", "b")), (None, ()), ({"a": 1}, ())],
)
def test_texts_of_a_list_are_read_and_a_single_one_counts(value, read):
    assert fields.texts({"roles": value}, "roles") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (5, 5.0),
        ("7.5", 7.5),
        (0, 0.0),
        (True, None),
        (None, None),
        ("x", None),
        (float("inf"), None),
        ("nan", None),
        (10**400, None),
        ([], None),
    ],
)
def test_a_number_is_finite(value, read):
    assert fields.number({"score": value}, "score") == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://lms.test/p", "https://lms.test/p"),
        ("HTTP://lms.test", "HTTP://lms.test"),
        ("javascript:alert(1)", None),
        ("/p", None),
        ("https://", None),
        (None, None),
    ],
)
def test_an_address_is_a_web_address(value, read):
    assert fields.web_address({"url": value}, "url") == read
