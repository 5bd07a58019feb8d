"""The way back to the platform."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from lti_mentoring.lti.returning import LONGEST, ReturnWords, return_address


def test_what_stands_in_the_address_stays_as_it_is():
    url = "https://lms.example/mod/lti/return.php?course=2&sesskey=%2Fa%20b&x=1+1&empty=#top"
    assert return_address(url) == url
    told = return_address(url, ReturnWords(message="Done."))
    assert told == "https://lms.example/mod/lti/return.php?course=2&sesskey=%2Fa%20b&x=1+1&empty=&lti_msg=Done.#top"


def test_every_word_has_the_name_of_the_standard_and_is_encoded():
    words = ReturnWords("Ça & là", "No=yes?", "log\nline", "error #1")
    assert dict(parse_qsl(urlsplit(return_address("https://lms.example/back", words)).query)) == {
        "lti_msg": "Ça & là",
        "lti_errormsg": "No=yes?",
        "lti_log": "log\nline",
        "lti_errorlog": "error #1",
    }


def test_a_long_word_is_cut():
    (pair,) = parse_qsl(urlsplit(return_address("https://lms.example/", ReturnWords("x" * 5000))).query)
    assert len(pair[1]) == LONGEST


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x", "file:///etc",
        "ftp://lms.example/", "//lms.example/", "/course", "https:///nowhere", "https://user:word@lms.example/",
        "https://lms.example/\r\nSet-Cookie: a=b", "https://lms.example/a b", "https://lms.example:0/", "https://[::1",
        "\x01javascript:alert(1)", " https://lms.example/", "https://lms.example/" + "x" * 3000, 7, ["https://a.b/"],
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_no_way_back(url):
    assert return_address(url, ReturnWords("Done.")) == ""
