"""Numbers of registers are looked at without asking anybody; an Aadhaar number is never taken."""

import pytest

from lti_mentoring.domain.registers import (
    LONGEST_NUMBER,
    REGISTERS,
    NationalIdentity,
    NumberRefused,
    clean_number,
    is_aadhaar,
    luhn,
    verhoeff,
)


@pytest.mark.parametrize(
    ("register", "typed", "kept"),
    [
        ("us_npi", "1234567893", "1234567893"),
        ("us_npi", "1234 567 893", "1234567893"),
        ("in_hpr", "12-3456-7890-1234", "12345678901234"),
        ("uk_gmc", "7654321", "7654321"),
        ("uk_nmc", "71a 2998e", "71A2998E"),
        ("uk_gphc", "203-3467", "2033467"),
        ("au_ahpra", "med 0000932846", "MED0000932846"),
        ("fr_rpps", "10 00 12 34 565", "10001234565"),
        ("other", " MED 0001234567 ", "MED 0001234567"),
    ],
)
def test_a_number_that_the_register_may_have_given_is_kept(register, typed, kept):
    assert clean_number(register, typed) == kept


@pytest.mark.parametrize(
    ("register", "typed"),
    [
        ("us_npi", "1234567890"),  # the check digit is wrong
        ("us_npi", "3234567899"),  # begins with neither 1 nor 2
        ("us_npi", "123456789"),
        ("in_hpr", "1234567890123"),
        ("uk_gmc", "76543２1"),  # a digit of another script
        ("uk_gmc", ""),
        ("uk_nmc", "7112998E"),
        ("uk_gphc", "20334671"),
        ("au_ahpra", "ME00000932846"),
        ("fr_rpps", "10001234560"),
        ("fr_rpps", "1000123456"),
        ("other", "   "),
        ("other", "9" * (LONGEST_NUMBER + 1)),
    ],
)
def test_a_number_that_it_cannot_have_given_is_refused_with_what_they_look_like(register, typed):
    with pytest.raises(NumberRefused) as told:
        clean_number(register, typed)
    assert told.value.facts["looks_like"] == REGISTERS[register].looks_like


@pytest.mark.parametrize("typed", ["234123412346", "2341 2341 2346", "2341-2341-2346"])
@pytest.mark.parametrize("register", ["other", "in_hpr"])
def test_an_aadhaar_number_is_never_taken(register, typed):
    with pytest.raises(NationalIdentity):
        clean_number(register, typed)


@pytest.mark.parametrize(
    "text", ["234123412347", "134123412346", "23412341234", "Aadhaar 234123412346 x", "1234567893"]
)
def test_other_numbers_are_no_aadhaar(text):
    assert not is_aadhaar(text)


def test_one_wrong_digit_and_two_in_the_wrong_order_are_noticed():
    assert verhoeff("2363")  # Verhoeff's own example: 236, check digit 3
    assert not any(verhoeff(f"236{digit}") for digit in "012456789")
    assert not verhoeff("2633")
    assert luhn("79927398713")
    assert not any(luhn(f"7992739871{digit}") for digit in "012456789")


def test_every_register_says_where_its_rule_comes_from():
    assert [one.key for one in REGISTERS.values() if not one.source] == ["other"]
