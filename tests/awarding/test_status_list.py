import base64
import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.awarding.signing import sign, signature_holds
from lti_mentoring.awarding.status_list import (
    LIST_BITS,
    LIST_BYTES,
    StatusListFacts,
    bits_of,
    decode,
    encode,
    is_set,
    status_list_credential,
    with_bit,
)

PLACES = st.sets(st.integers(0, LIST_BITS - 1), max_size=20)


@given(withdrawn=PLACES)
def test_a_list_comes_back_as_it_was_written(withdrawn):
    bits = decode(encode(bits_of(withdrawn)))
    assert bits == bits_of(withdrawn)
    assert all(is_set(bits, index) for index in withdrawn)
    assert sum(byte.bit_count() for byte in bits) == len(withdrawn)


def test_places_are_counted_from_the_left():
    assert bits_of({0})[0] == 0b1000_0000
    assert bits_of({7})[0] == 0b0000_0001
    assert bits_of({8})[1] == 0b1000_0000


def test_setting_and_clearing_a_place_leaves_the_others():
    bits = bits_of({1, 3})
    assert with_bit(bits, 2, value=True) == bits_of({1, 2, 3})
    assert with_bit(bits, 1, value=False) == bits_of({3})
    assert with_bit(bits, 1, value=True) == bits


@pytest.mark.parametrize("index", [-1, LIST_BITS])
def test_a_place_outside_the_list_is_an_error_and_not_a_clear_place(index):
    with pytest.raises(ValueError, match="no place"):
        is_set(bits_of(()), index)
    with pytest.raises(ValueError, match="no place"):
        bits_of({index})


def packed(content):
    return "u" + base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "zabc",
        "u",
        "u!!!!",
        packed(b"not gzip"),
        packed(gzip.compress(bytes(LIST_BYTES), mtime=0)[:-9]),
        packed(gzip.compress(bytes(LIST_BYTES - 1), mtime=0)),
        packed(gzip.compress(bytes(LIST_BYTES * 1000), mtime=0)),
    ],
)
def test_what_is_no_list_of_ours_is_refused_without_unpacking_it_whole(text):
    with pytest.raises(ValueError, match=r"list|base64url"):
        decode(text)


def test_the_published_list_is_signed_as_a_credential_is(key, now):
    facts = StatusListFacts("http://localhost:8080", "1", key.did, frozenset({1207}), now)
    document = sign(status_list_credential(facts), key, now=now)
    assert signature_holds(document, key.private.public_key())
    assert is_set(decode(document["credentialSubject"]["encodedList"]), 1207)
    assert document["validFrom"] == "2024-11-20T09:30:00Z"
    assert document["validUntil"] == "2024-11-27T09:30:00Z"
    assert document["credentialSubject"]["ttl"] == 300_000
