"""Passkeys: what proves good, and each thing that is refused by its own name."""

import json
from datetime import timedelta

import pytest
from factories.accounts import (
    BROWSER,
    SITE,
    administrator,
    asked_to_enrol,
    asked_to_sign_in,
    challenge,
    enrolled,
    operator,
    signed_in,
)
from factories.world import NOON, institution
from fakes.authenticator import Authenticator, decoded, encoded
from sqlalchemy import select

from lti_mentoring import passkeys as border
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, ChallengeUse, Passkey, PasskeyChallenge, SignInSession
from lti_mentoring.passkeys import Site, site_of
from lti_mentoring.queries.accounts import find_holder, known_credentials
from lti_mentoring.services import accounts, passkeys
from lti_mentoring.services.accounts import LinkRefused

LATER = NOON + timedelta(minutes=6)


def walk_in(session, device, now=NOON, browser=BROWSER, **wrong):
    """Answer a challenge to sign in, with one thing wrong."""
    return finish(session, device.get(asked_to_sign_in(session, now=now), **wrong), now, browser)


def finish(session, text, now=NOON, browser=BROWSER):
    answer = border.read_sign_in(text, SITE)
    passkeys.use_challenge(
        session, answer.challenge, ChallengeUse.SIGN_IN, browser=browser, account_id=None, now=now
    )  # fmt: skip
    return passkeys.sign_in(session, answer, SITE, now=now)


def refused(code):
    return pytest.raises((border.Refused, LinkRefused), match=f"^{code}$")


def test_who_made_a_passkey_by_a_link_signs_in_with_it(session):
    account = operator(session)
    device, first = enrolled(session, account)
    second = walk_in(session, device)
    assert first != second
    holder = find_holder(session, second, now=NOON)
    assert (holder.account_id, holder.name, holder.institution_id) == (account.id, "Odile Operator", None)
    kept = session.scalars(select(Passkey)).one()
    assert (kept.sign_count, kept.used_at, kept.transports, kept.name) == (1, NOON, ["internal"], "My laptop")


def test_a_passkey_that_counts_nothing_signs_in_as_often_as_it_likes(session):
    device, _secret = enrolled(session, operator(session), Authenticator(counts=False))
    assert walk_in(session, device) != walk_in(session, device)


def test_any_passkey_of_ours_is_asked_for_and_the_person_must_be_checked():
    asked = border.ask_to_sign_in(SITE, b"c" * 32)
    assert asked["rpId"] == "localhost"
    assert asked["userVerification"] == "required"
    assert asked.get("allowCredentials", []) == []
    made = border.ask_to_enrol(SITE, b"c" * 32, tool="Mentoring", name="A", user_handle="dXNlcg", known=["a2V5"])
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == "required"
    assert made["attestation"] == "none"
    assert [one["id"] for one in made["excludeCredentials"]] == ["a2V5"]


def test_passkeys_are_bound_to_the_host_of_our_public_address():
    assert site_of("https://mentoring.example/lms") == Site("mentoring.example", "https://mentoring.example")
    assert site_of("http://localhost:8000") == Site("localhost", "http://localhost:8000")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"origin": "https://evil.example"}, "passkey_other_site"),
        ({"origin": "http://localhost"}, "passkey_other_site"),
        ({"host": "evil.example"}, "passkey_other_host"),
        ({"count": 0}, "passkey_copied"),
        ({"user": b"somebody else"}, "passkey_unknown"),
        ({"type_": "webauthn.create"}, "passkey_not_read"),
    ],
)
def test_one_wrong_thing_in_an_answer_is_refused_by_its_name(session, wrong, code):
    device, _secret = enrolled(session, operator(session))
    walk_in(session, device)
    before = len(session.scalars(select(SignInSession)).all())
    with refused(code):
        walk_in(session, device, **wrong)
    assert len(session.scalars(select(SignInSession)).all()) == before


def test_a_device_that_did_not_check_its_holder_is_refused(session):
    device, _secret = enrolled(session, operator(session))
    device.checks = False
    with refused("passkey_person_not_checked"):
        walk_in(session, device)
    with refused("passkey_person_not_checked"):
        border.read_enrolment(device.create(asked_to_enrol(session, operator(session))), SITE)


def test_a_signature_by_another_key_is_refused(session):
    device, _secret = enrolled(session, operator(session))
    honest = device.passkeys[0]
    stolen = Authenticator()
    stolen.create(asked_to_enrol(session, operator(session)))
    stolen.passkeys[0].id, stolen.passkeys[0].user = honest.id, honest.user
    with refused("passkey_not_proved"):
        walk_in(session, stolen)


def test_an_unknown_passkey_is_refused(session):
    device = Authenticator()
    device.create(asked_to_enrol(session, operator(session)))
    with refused("passkey_unknown"):
        walk_in(session, device)


def test_a_challenge_is_answered_once(session):
    device, _secret = enrolled(session, operator(session))
    asked = asked_to_sign_in(session)
    finish(session, device.get(asked))
    with refused("passkey_challenge_unknown"):
        finish(session, device.get(asked))


def test_a_challenge_that_we_never_made_is_refused(session):
    device, _secret = enrolled(session, operator(session))
    with refused("passkey_challenge_unknown"):
        finish(session, device.get(border.ask_to_sign_in(SITE, b"never" * 7)))


def test_a_challenge_of_another_browser_is_refused(session):
    device, _secret = enrolled(session, operator(session))
    with refused("passkey_other_browser"):
        walk_in(session, device, browser="another")


def test_a_challenge_for_something_else_is_refused(session):
    account = operator(session)
    device, _secret = enrolled(session, account)
    for asked in (
        asked_to_sign_in(session, ChallengeUse.CHECK), asked_to_sign_in(session, ChallengeUse.SIGN_IN, account),
    ):  # fmt: skip
        with refused("passkey_challenge_unknown"):
            finish(session, device.get(asked))


def test_an_answer_after_five_minutes_is_refused(session):
    device, _secret = enrolled(session, operator(session))
    asked = asked_to_sign_in(session)
    with refused("passkey_challenge_too_old"):
        finish(session, device.get(asked), now=NOON + timedelta(minutes=5))


def test_only_a_hash_of_a_challenge_is_kept(session):
    made = challenge(session, ChallengeUse.SIGN_IN)
    session.flush()
    kept = str(vars(session.scalars(select(PasskeyChallenge)).one()))
    assert len(made) == 32
    assert BROWSER not in kept
    assert encoded(made) not in kept


def test_one_address_gets_thirty_challenges_in_five_minutes(session):
    for _time in range(30):
        challenge(session, ChallengeUse.SIGN_IN)
    with pytest.raises(passkeys.TooManyAttempts):
        challenge(session, ChallengeUse.SIGN_IN)
    assert challenge(session, ChallengeUse.SIGN_IN, source="another address")
    assert challenge(session, ChallengeUse.SIGN_IN, now=NOON + timedelta(minutes=5))


def test_an_account_that_is_switched_off_does_not_come_in(session):
    account = operator(session)
    device, _secret = enrolled(session, account)
    accounts.switch_account(session, account, on=False, by=None, now=NOON)
    with refused("account_disabled"):
        walk_in(session, device)


def broken(text, *path, value):
    """Return a credential's text with one value replaced."""
    credential = json.loads(text)
    place = credential
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return json.dumps(credential)


HOSTILE = ["", "null", "[]", "{", "{}", '{"id": 7}', "x" * 20_001]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_credential_is_not_read(text):
    with refused("passkey_not_read"):
        border.read_sign_in(text, SITE)
    with refused("passkey_not_read"):
        border.read_enrolment(text, SITE)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("response", "clientDataJSON"), encoded(b"[]")),
        (("response", "clientDataJSON"), encoded(b'{"type": 1, "challenge": 2, "origin": 3}')),
        (("response", "clientDataJSON"), encoded(b"\xff\xfe")),
        (("response", "clientDataJSON"), "a"),
        (("response", "authenticatorData"), encoded(b"short")),
        (("response", "attestationObject"), encoded(b"\xa0")),
        (("response", "attestationObject"), encoded(b"\x9f" * 900)),
        (("response", "userHandle"), 7),
        (("response",), []),
        (("type",), "password"),
    ],
)
def test_a_hostile_credential_is_not_read(session, path, value):
    device, _secret = enrolled(session, operator(session))
    asked, made = asked_to_sign_in(session), asked_to_enrol(session, operator(session))
    answers = (border.read_sign_in, device.get(asked)), (border.read_enrolment, device.create(made))
    unread = 0
    for read, text in answers:
        if path[-1] in json.loads(text)["response"] or len(path) == 1:
            with refused("passkey_not_read"):
                read(broken(text, *path, value=value), SITE)
            unread += 1
    assert unread


def test_an_attestation_of_a_maker_is_not_asked_for_and_not_read(session):
    device, account = Authenticator(), operator(session)
    for statement in ({"fmt": "tpm"}, {"fmt": "packed", "statement": {"alg": -7, "sig": b"s", "x5c": [b"c"]}}):
        with refused("passkey_not_read"):
            border.read_enrolment(device.create(asked_to_enrol(session, account), **statement), SITE)


def test_a_passkey_whose_name_is_not_the_one_it_was_made_under_is_refused(session):
    text = Authenticator().create(asked_to_enrol(session, operator(session)))
    renamed = broken(broken(text, "id", value="YWJj"), "rawId", value="YWJj")
    with refused("passkey_not_proved"):
        border.prove_enrolment(border.read_enrolment(renamed, SITE), SITE)


def test_a_passkey_with_a_name_longer_than_any_is_not_read(session):
    text = Authenticator().create(asked_to_enrol(session, operator(session)))
    long = encoded(b"x" * 1024)
    with refused("passkey_not_read"):
        border.read_enrolment(broken(broken(text, "id", value=long), "rawId", value=long), SITE)


def test_a_new_passkey_that_does_not_hold_together_is_refused(session):
    text = Authenticator().create(asked_to_enrol(session, operator(session)))
    answer = border.read_enrolment(broken(text, "id", value="YWJj"), SITE)
    with refused("passkey_not_proved"):
        border.prove_enrolment(answer, SITE)


def test_a_link_that_was_used_makes_no_second_passkey(session):
    account = operator(session)
    token = accounts.make_link(session, account, by=None, now=NOON)
    device = Authenticator()
    answer = border.read_enrolment(device.create(asked_to_enrol(session, account)), SITE)
    passkeys.enrol_by_link(session, token, answer, "One", SITE, now=NOON)
    with refused("sign_in_link_invalid"):
        passkeys.enrol_by_link(session, token, answer, "Two", SITE, now=NOON)


def second(session, account):
    return border.read_enrolment(Authenticator().create(asked_to_enrol(session, account)), SITE)


def test_a_further_passkey_needs_one_shown_a_moment_ago(session):
    account = operator(session)
    _device, holder, _secret = signed_in(session, account)
    passkeys.add_passkey(session, holder, second(session, account), "Phone", SITE, now=NOON)
    with pytest.raises(passkeys.CheckNeeded):
        passkeys.add_passkey(session, holder, second(session, account), "Key", SITE, now=LATER)
    assert len(known_credentials(session, account.id)) == 2


def test_the_same_passkey_is_kept_once(session):
    account = operator(session)
    _device, holder, _secret = signed_in(session, account)
    answer = second(session, account)
    passkeys.add_passkey(session, holder, answer, "Phone", SITE, now=NOON)
    with refused("passkey_known"):
        passkeys.add_passkey(session, holder, answer, "Phone", SITE, now=NOON)


def test_showing_the_passkey_again_is_good_for_five_minutes_more(session):
    account = operator(session)
    device, holder, secret = signed_in(session, account)
    answer = border.read_sign_in(device.get(asked_to_sign_in(session, ChallengeUse.CHECK, account)), SITE)
    passkeys.check(session, holder, answer, SITE, now=LATER)
    passkeys.need_fresh_check(find_holder(session, secret, now=LATER), now=LATER)


def test_somebody_elses_passkey_is_no_check(session):
    account, other = operator(session), operator(session, "Another")
    _device, holder, _secret = signed_in(session, account)
    theirs, _mine = enrolled(session, other)
    answer = border.read_sign_in(theirs.get(asked_to_sign_in(session, ChallengeUse.CHECK, account)), SITE)
    with refused("passkey_unknown"):
        passkeys.check(session, holder, answer, SITE, now=NOON)


def test_a_removed_passkey_ends_what_it_opened_and_opens_nothing_more(session):
    house = institution(session)
    account = administrator(session, house)
    device, holder, secret = signed_in(session, account)
    phone = passkeys.add_passkey(session, holder, second(session, account), "Phone", SITE, now=NOON)
    by_phone = accounts.begin_session(session, account, phone.id, now=NOON)
    passkeys.remove_passkey(session, holder, phone.id, now=NOON)
    assert find_holder(session, by_phone, now=NOON) is None
    assert find_holder(session, secret, now=NOON)
    assert walk_in(session, device)
    last = session.scalars(select(AuditEntry).where(AuditEntry.action == "passkey.removed")).one()
    assert (last.thing_id, last.institution_id, last.account_ref) == (phone.id, house.id, account.id)


def test_the_last_passkey_and_somebody_elses_cannot_be_removed(session):
    account = operator(session)
    _device, holder, _secret = signed_in(session, account)
    with refused("last_passkey"):
        passkeys.remove_passkey(session, holder, holder.passkey_id, now=NOON)
    _theirs, other, _ = signed_in(session, operator(session, "Another"))
    with pytest.raises(NotFound):
        passkeys.remove_passkey(session, holder, other.passkey_id, now=NOON)
    with pytest.raises(passkeys.CheckNeeded):
        passkeys.remove_passkey(session, holder, holder.passkey_id, now=LATER)
    assert decoded(encoded(b"x")) == b"x"
