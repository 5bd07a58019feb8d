"""Accounts: made, given a link, switched off; and their sessions."""

from datetime import timedelta

import pytest
from factories.accounts import administrator, enrolled, operator, signed_in
from factories.world import NOON, institution
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Account, AuditEntry, SignInLink, SignInSession
from lti_mentoring.queries.accounts import accounts as accounts_of
from lti_mentoring.queries.accounts import find_holder, own_account
from lti_mentoring.services import accounts
from lti_mentoring.services.accounts import LinkRefused, OwnAccount
from lti_mentoring.services.sweeping import sweep_out

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def trail(session):
    return [(one.action, one.institution_id, one.account_ref, one.actor_role) for one in session.scalars(
        select(AuditEntry).order_by(AuditEntry.id))]  # fmt: skip


def test_an_operator_belongs_to_no_institution_and_an_administrator_to_one(session):
    house = institution(session)
    assert operator(session).institution_id is None
    assert administrator(session, house).institution_id == house.id
    assert [one[1] for one in trail(session)] == [None, house.id]


@pytest.mark.both_databases
@pytest.mark.parametrize("kind", AccountKind)
def test_the_database_refuses_an_operator_of_an_institution_and_an_administrator_of_none(session, kind):
    house = institution(session)
    wrong = house.id if kind is AccountKind.OPERATOR else None
    session.add(Account(kind=kind, institution_id=wrong, name="X", user_handle="x", created_at=NOON))
    with pytest.raises(IntegrityError):
        session.flush()


def test_only_the_hash_of_a_link_is_kept_and_it_ends_after_a_day(session):
    account = operator(session)
    token = accounts.make_link(session, account, by=None, now=NOON)
    kept = session.scalars(select(SignInLink)).one()
    assert len(token) >= 43  # 256 bits
    assert token not in (kept.token_hash, str(vars(kept)))
    assert accounts.open_link(session, token, now=NOON + 23 * HOUR)[1] is account
    with pytest.raises(LinkRefused):
        accounts.open_link(session, token, now=NOON + 24 * HOUR)


def test_a_link_stands_behind_the_number_sign_so_that_no_server_is_told_it():
    assert accounts.link_url("https://m.example", "abc") == "https://m.example/sign-in/link#abc"


def test_opening_a_link_uses_nothing_up_and_using_it_twice_is_refused(session):
    account = operator(session)
    token = accounts.make_link(session, account, by=None, now=NOON)
    for _time in range(3):
        link, _account = accounts.open_link(session, token, now=NOON)
    accounts.use_link(session, link, now=NOON)
    with pytest.raises(LinkRefused):
        accounts.use_link(session, link, now=NOON)
    with pytest.raises(LinkRefused):
        accounts.open_link(session, token, now=NOON)


def test_a_new_link_ends_the_one_before(session):
    account = operator(session)
    first = accounts.make_link(session, account, by=None, now=NOON)
    second = accounts.make_link(session, account, by=None, now=NOON)
    with pytest.raises(LinkRefused):
        accounts.open_link(session, first, now=NOON)
    assert accounts.open_link(session, second, now=NOON)


def test_an_account_that_is_switched_off_loses_its_sessions_and_links(session):
    account, boss = operator(session), operator(session, "Boss")
    _device, holder, secret = signed_in(session, account)
    token = accounts.make_link(session, account, by=None, now=NOON)
    _other, by, _secret = signed_in(session, boss)
    accounts.switch_account(session, account, on=False, by=by, now=NOON)
    assert find_holder(session, secret, now=NOON) is None
    with pytest.raises(LinkRefused):
        accounts.open_link(session, token, now=NOON)
    accounts.switch_account(session, account, on=True, by=by, now=NOON)
    assert find_holder(session, secret, now=NOON) is None
    with pytest.raises(LinkRefused):
        accounts.open_link(session, token, now=NOON)
    assert trail(session)[-1] == ("account.enabled", None, boss.id, "operator")
    assert holder.account_id == account.id


def test_nobody_switches_off_themselves(session):
    account = operator(session)
    _device, holder, _secret = signed_in(session, account)
    with pytest.raises(OwnAccount):
        accounts.switch_account(session, account, on=False, by=holder, now=NOON)


def test_a_colleague_is_one_of_the_same_kind_and_the_same_house(session):
    house, other = institution(session), institution(session)
    ada, odile = administrator(session, house), operator(session)
    assert accounts.colleague(session, AccountKind.ADMINISTRATOR, house.id, ada.id) is ada
    assert accounts.colleague(session, AccountKind.OPERATOR, None, odile.id) is odile
    for kind, of, who in [
        (AccountKind.ADMINISTRATOR, other.id, ada), (AccountKind.OPERATOR, None, ada),
        (AccountKind.ADMINISTRATOR, house.id, odile),
    ]:  # fmt: skip
        with pytest.raises(NotFound):
            accounts.colleague(session, kind, of, who.id)


def test_every_sign_in_makes_a_new_secret_of_256_bits(session):
    account = operator(session)
    device, first = enrolled(session, account)
    passkey = session.scalars(select(SignInSession)).one().passkey_id
    second = accounts.begin_session(session, account, passkey, now=NOON)
    assert first != second
    assert len(first) >= 43
    assert first not in str([vars(one) for one in session.scalars(select(SignInSession))])
    assert device.passkeys


def test_a_session_ends_after_half_an_hour_of_rest_and_after_eight_hours_at_any_rate(session):
    _device, holder, secret = signed_in(session, operator(session))
    assert find_holder(session, secret, now=NOON + 29 * MINUTE)
    assert find_holder(session, secret, now=NOON + 30 * MINUTE) is None
    for step in range(1, 24):
        accounts.keep_session(session, holder, now=NOON + step * 20 * MINUTE)
    assert find_holder(session, secret, now=NOON + 8 * HOUR - MINUTE)
    assert find_holder(session, secret, now=NOON + 8 * HOUR) is None


def test_signing_out_ends_one_session_and_signing_out_everywhere_all_of_ones_own(session):
    account, other = operator(session), operator(session, "Somebody Else")
    _device, holder, secret = signed_in(session, account)
    second = accounts.begin_session(session, account, holder.passkey_id, now=NOON)
    _theirs, _holder, untouched = signed_in(session, other)
    accounts.end_session(session, holder, now=NOON)
    assert find_holder(session, secret, now=NOON) is None
    assert find_holder(session, second, now=NOON)
    accounts.end_all_sessions(session, holder, now=NOON)
    assert find_holder(session, second, now=NOON) is None
    assert find_holder(session, untouched, now=NOON)


def test_an_administrators_doings_stand_in_the_trail_of_their_house_under_their_account(session):
    house = institution(session)
    ada = administrator(session, house)
    _device, holder, _secret = signed_in(session, ada)
    accounts.end_session(session, holder, now=NOON)
    assert {one[1] for one in trail(session)} == {house.id}
    assert trail(session)[-1] == ("account.signed_out", house.id, ada.id, "administrator")


def test_pages_show_who_has_a_passkey_and_whose_link_is_open(session):
    house = institution(session)
    ada, boole = administrator(session, house, "Ada"), administrator(session, house, "Boole")
    administrator(session, institution(session), "Of another house")
    _device, holder, _secret = signed_in(session, ada)
    accounts.make_link(session, boole, by=holder, now=NOON)
    shown = accounts_of(session, AccountKind.ADMINISTRATOR, house.id, you=ada.id, now=NOON)
    assert [(one.name, one.passkeys, one.link_until, one.is_on, one.is_you) for one in shown] == [
        ("Ada", 1, None, True, True), ("Boole", 0, NOON + 24 * HOUR, True, False),
    ]  # fmt: skip
    own = own_account(session, holder, now=NOON)
    assert [(one.name, one.is_here) for one in own.passkeys] == [("My laptop", True)]
    assert own.sessions == 1


def test_what_has_run_out_long_ago_is_swept_out(session):
    enrolled(session, operator(session))
    sweep_out(session, now=NOON + timedelta(days=40))
    assert session.scalars(select(SignInSession)).all() == []
    assert session.scalars(select(SignInLink)).all() == []
