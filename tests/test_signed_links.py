"""Links carry a signature that nobody else can make."""

import pytest

from lti_mentoring.signed_links import LinkSigner

OURS = LinkSigner("a secret only for tests, long enough to pass", "invitation")


def test_what_was_made_is_known_and_no_two_are_alike():
    first, second = OURS.make(), OURS.make()
    assert OURS.made(first)
    assert OURS.made(second)
    assert first != second
    assert len(first.partition(".")[0]) == 43


@pytest.mark.parametrize("wrong", ["", ".", "guessed", "0" * 43, "a.b", "ünïcode", "x" * 10_000])
def test_what_was_never_made_is_not(wrong):
    assert not OURS.made(wrong)


def test_an_altered_one_and_one_without_its_signature_are_not():
    made = OURS.make()
    said, _, signature = made.partition(".")
    assert not OURS.made(said)
    assert not OURS.made(f"{said[:-1]}{'A' if said[-1] != 'A' else 'B'}.{signature}")


def test_one_of_another_installation_or_for_another_purpose_is_not():
    assert not OURS.made(LinkSigner("another secret for tests, long enough too", "invitation").make())
    assert not OURS.made(LinkSigner("a secret only for tests, long enough to pass", "something else").make())
