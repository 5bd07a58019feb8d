"""Our own keys: what is published, what signs, how one takes over from another."""

from dataclasses import replace
from datetime import timedelta
from functools import cache

import jwt
import pytest
from fakes.border import NOON

from lti_mentoring.lti.keys import (
    KeyRing,
    KeyState,
    KeyTooNew,
    NoActiveKey,
    first_keys,
    generate_key,
    is_forgotten,
    rotate,
    thumbprint,
)

DAY = timedelta(days=1)


@cache
def made():
    """Return the keys of a new installation, made once: it takes long."""
    return first_keys(now=NOON)


def states(keys):
    return {key.kid: key.state for key in keys}


def test_a_key_is_named_by_its_thumbprint():
    # The example of RFC 7638, section 3.1.
    modulus = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3okn"
        "jhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6q"
        "MQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awap"
        "JzKnqDKgw"
    )
    members = {"kty": "RSA", "n": modulus, "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"}
    assert thumbprint(members) == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"


def test_a_new_installation_signs_at_once_and_shows_the_next_key_too():
    active, coming = made()
    assert (active.state, active.activated_at) == (KeyState.ACTIVE, NOON)
    assert (coming.state, coming.activated_at) == (KeyState.NEXT, None)
    assert active.kid != coming.kid


def test_every_key_is_published_with_its_public_half_only():
    keys = (*made(), replace(made()[0], kid="old", state=KeyState.RETIRED))
    published = KeyRing(keys).public_jwks()["keys"]
    assert len(published) == 3
    for jwk in published:
        assert set(jwk) == {"kty", "n", "e", "kid", "alg", "use"}
        assert (jwk["kty"], jwk["alg"], jwk["use"], jwk["e"]) == ("RSA", "RS256", "sig", "AQAB")


def test_a_private_key_is_never_printed():
    assert "PRIVATE" not in repr(made()) + repr(KeyRing(made()))


def test_what_the_active_key_signs_others_can_check_with_what_we_publish():
    ring = KeyRing(made())
    token = ring.sign({"iss": "client-1", "note": "é"}, {"x": "y", "alg": "none", "kid": "other"})
    published = jwt.PyJWKSet.from_dict(ring.public_jwks())
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "RS256", "kid": ring.active.kid, "typ": "JWT", "x": "y"}
    assert jwt.decode(token, published[header["kid"]], algorithms=["RS256"]) == {"iss": "client-1", "note": "é"}


def test_without_an_active_key_nothing_is_signed():
    with pytest.raises(NoActiveKey):
        KeyRing((made()[1],)).sign({})


def test_a_key_is_shown_for_a_day_before_it_signs():
    with pytest.raises(KeyTooNew) as early:
        rotate(made(), now=NOON + DAY - timedelta(seconds=1))
    assert early.value.facts == {"kid": made()[1].kid, "usable_at": NOON + DAY}


def test_the_next_key_takes_over_and_the_old_one_stays_published():
    active, coming = made()
    turned = rotate(made(), now=NOON + DAY)
    assert states(turned[:2]) == {active.kid: KeyState.RETIRED, coming.kid: KeyState.ACTIVE}
    assert (turned[0].retired_at, turned[1].activated_at) == (NOON + DAY, NOON + DAY)
    assert turned[2].state is KeyState.NEXT
    assert len({key.kid for key in turned}) == 3
    assert KeyRing(turned).active.kid == coming.kid


def test_a_retired_key_is_published_for_a_week():
    retired = replace(made()[0], state=KeyState.RETIRED, retired_at=NOON)
    assert not is_forgotten(retired, NOON + 7 * DAY - timedelta(seconds=1))
    assert is_forgotten(retired, NOON + 7 * DAY)
    other = replace(generate_key(now=NOON, state=KeyState.ACTIVE), created_at=NOON)
    turned = rotate((retired, other, made()[1]), now=NOON + 7 * DAY)
    assert retired.kid not in states(turned)
    assert states(turned)[other.kid] is KeyState.RETIRED


def test_a_key_that_leaked_gives_way_at_once_and_is_published_no_longer():
    turned = rotate(made(), now=NOON, at_once=True)
    assert made()[0].kid not in states(turned)
    assert states(turned)[made()[1].kid] is KeyState.ACTIVE


def test_without_a_next_key_there_is_nothing_to_rotate_to():
    with pytest.raises(KeyTooNew) as early:
        rotate(made()[:1], now=NOON)
    assert early.value.facts == {"kid": None, "usable_at": NOON + DAY}


def test_of_two_next_keys_the_older_takes_over():
    younger = replace(made()[0], state=KeyState.NEXT, created_at=NOON + DAY, activated_at=None)
    assert states(rotate((younger, made()[1]), now=NOON + DAY))[made()[1].kid] is KeyState.ACTIVE
