"""What counts as a sentence and as a link."""

import pytest

from lti_mentoring.domain.sentences import WordsNeeded, is_sentence, is_web_address, needed


@pytest.mark.parametrize("text", ["No drug history", "薬の履歴がありません", "ไม่มีประวัติยา", "약물력이없습니다"])
def test_a_sentence_says_something(text):
    assert is_sentence(text)


@pytest.mark.parametrize("text", ["", "   ", "no", "Not good", "薬"])
def test_a_word_is_no_reason(text):
    with pytest.raises(WordsNeeded):
        needed(text)


def test_the_space_around_a_reason_is_dropped():
    assert needed("  one two three \n") == "one two three"


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("https://slides.example.edu/a?b=c#d", True),
        ("http://example.org:8080/", True),
        ("https://उदाहरण.example/", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("ftp://example.org", False),
        ("https://user:secret@example.org", False),
        ("https://", False),
        ("https://localhost", False),
        ("https://exa mple.org", False),
        ("https://example.org/\n", False),
        ("https://example.org:port/", False),
        ("https://[broken", False),
        ("//example.org", False),
        ("https://example.org/" + "a" * 2000, False),
    ],
)
def test_a_link_leads_to_the_web(text, is_link):
    assert is_web_address(text) is is_link
