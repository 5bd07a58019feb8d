"""Links by mail: the same for known and unknown addresses, counted, used once, and of no use to who looks only."""

from datetime import timedelta

import pytest
from factories.outside import ADDRESS, SITE, mailed, outsider
from factories.world import NOON, World, institution
from fixtures.at_once import at_once
from flask import current_app
from sqlalchemy import func, select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.accounts import MOST_ATTEMPTS, MOST_MAILED_LINKS, AccountKind
from lti_mentoring.domain.events import SignInAsked
from lti_mentoring.models import AuditEntry, Mail, SignInLink, SignInRequest
from lti_mentoring.queries.accounts import find_holder
from lti_mentoring.services import accounts, mailed_links
from lti_mentoring.services.accounts import LinkRefused
from lti_mentoring.services.mailed_links import MailedLinkRefused
from lti_mentoring.services.passkeys import TooManyAttempts
from lti_mentoring.services.sweeping import sweep_out

MINUTE = timedelta(minutes=1)
BROWSER = "secret-of-a-browser"


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def vera(session, world):
    return outsider(session, world)


def ask(session, address=ADDRESS, *, source="a-network", back=None, now=NOON):
    return mailed_links.ask(
        session, address, address_hash=f"hash of {address.lower()}", browser=BROWSER, source=source, back=back, now=now
    )


def answer(session, asked, now=NOON):
    return mailed_links.answer(session, asked.id, current_app.extensions["sealer"], SITE, now=now)


def link_for(session, now=NOON, **options):
    """Ask and answer; return the secret that the mail carries."""
    assert answer(session, ask(session, now=now, **options), now) == 1
    mail = session.scalars(select(Mail).where(Mail.kind == "sign_in_link").order_by(Mail.id.desc())).first()
    return mailed(session, mail)


@pytest.mark.both_databases
def test_a_link_signs_in_once_and_its_secret_is_kept_nowhere(session, vera):
    token = link_for(session, back="/my-students")
    kept = session.scalars(select(SignInLink)).one()
    assert token not in f"{vars(kept)}"
    secret, link = mailed_links.sign_in_by_mail(session, token, now=NOON + MINUTE)
    assert link.back == "/my-students"
    holder = find_holder(session, secret, now=NOON + MINUTE)
    assert (holder.account_id, holder.passkey_id) == (vera.account.id, None)
    with pytest.raises(MailedLinkRefused):
        mailed_links.sign_in_by_mail(session, token, now=NOON + MINUTE)
    actions = [one.action for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]
    assert actions[-3:] == ["sign_in_link.mailed", "account.signed_in", "seat.taken"]


def test_looking_uses_nothing_up_and_after_fifteen_minutes_it_is_too_late(session, vera):
    token = link_for(session)
    for _time in range(3):
        assert mailed_links.open_mailed(session, token, now=NOON + 14 * MINUTE)[1] is vera.account
    with pytest.raises(MailedLinkRefused):
        mailed_links.sign_in_by_mail(session, token, now=NOON + 15 * MINUTE)


@pytest.mark.both_databases
def test_of_five_browsers_that_use_one_link_at_one_moment_one_comes_in(app, session, vera):
    token = link_for(session)
    session.commit()
    signed_in = select(func.count()).where(AuditEntry.action == "account.signed_in")
    before = session.scalar(signed_in)
    session.commit()

    def come_in(own):
        mailed_links.sign_in_by_mail(own, token, now=NOON)

    assert sorted(at_once(app, [come_in] * 5)) == ["MailedLinkRefused"] * 4 + ["done"]
    assert session.scalar(signed_in) == before + 1


def test_the_other_links_of_the_account_end_with_the_one_that_was_used(session, vera):
    first, second = link_for(session), link_for(session)
    mailed_links.sign_in_by_mail(session, second, now=NOON)
    with pytest.raises(MailedLinkRefused):
        mailed_links.open_mailed(session, first, now=NOON)


def test_a_link_knows_the_browser_that_asked(session, vera):
    link, _account = mailed_links.open_mailed(session, link_for(session), now=NOON)
    assert mailed_links.is_same_browser(link, BROWSER)
    assert not mailed_links.is_same_browser(link, "another")
    assert not mailed_links.is_same_browser(link, "")


def test_a_link_to_make_a_passkey_with_signs_nobody_in_and_the_other_way_round(session, vera):
    to_passkey = accounts.make_link(session, vera.account, by=None, now=NOON)
    with pytest.raises(MailedLinkRefused):
        mailed_links.open_mailed(session, to_passkey, now=NOON)
    with pytest.raises(LinkRefused):
        accounts.open_link(session, link_for(session), now=NOON)
    assert accounts.open_link(session, to_passkey, now=NOON)  # asking for a mail ends it not


@pytest.mark.both_databases
def test_asking_writes_the_same_for_an_address_that_nobody_has(session, vera):
    known, unknown = ask(session, f" {ADDRESS.upper()}"), ask(session, "nobody@clinic.example")
    for one in (known, unknown):
        assert SignInAsked(one.id) in session.info[ANNOUNCED]
        assert one.answered_at is None
    assert (answer(session, known), answer(session, unknown)) == (1, 0)
    for one in (known, unknown):
        assert (one.answered_at, one.address) == (NOON, None)  # the address is forgotten with it
    assert session.scalar(select(func.count(Mail.id)).where(Mail.kind == "sign_in_link")) == 1


def test_answering_twice_or_too_late_writes_no_second_mail(session, vera):
    asked = ask(session)
    assert (answer(session, asked), answer(session, asked)) == (1, 0)
    assert answer(session, ask(session), now=NOON + 15 * MINUTE) == 0


def test_one_mail_for_each_institution_that_knows_the_address(session, vera):
    outsider(session, World(session))
    assert answer(session, ask(session)) == 2
    told = session.scalars(select(Mail.institution_id).where(Mail.kind == "sign_in_link")).all()
    assert len(set(told)) == 2


def test_an_account_that_is_switched_off_gets_no_link_and_an_open_one_dies(session, vera):
    token = link_for(session)
    accounts.switch_account(session, vera.account, on=False, by=None, now=NOON)
    assert answer(session, ask(session)) == 0
    accounts.switch_account(session, vera.account, on=True, by=None, now=NOON)
    with pytest.raises(MailedLinkRefused):
        mailed_links.open_mailed(session, token, now=NOON)


def test_people_of_a_course_and_administrators_get_none(session, world):
    world.guide.email = "guide@clinic.example"
    accounts.add_account(session, AccountKind.ADMINISTRATOR, institution(session).id, "Ada", by=None, now=NOON)
    assert answer(session, ask(session, "guide@clinic.example")) == 0
    assert answer(session, ask(session, "Ada")) == 0


@pytest.mark.both_databases
@pytest.mark.parametrize("address", [ADDRESS, "nobody@clinic.example"])
def test_one_address_is_written_to_a_few_times_in_fifteen_minutes(session, vera, address):
    for number in range(MOST_MAILED_LINKS):
        ask(session, address, source=f"network-{number}")
    with pytest.raises(TooManyAttempts):
        ask(session, address.upper(), source="another")
    assert ask(session, address, now=NOON + 15 * MINUTE)


def test_one_network_asks_for_many_addresses_only_so_often(session):
    for number in range(MOST_ATTEMPTS):
        ask(session, f"person{number}@clinic.example")
    with pytest.raises(TooManyAttempts):
        ask(session, "one.more@clinic.example")
    assert ask(session, "one.more@clinic.example", source="another network")


def test_a_request_whose_wake_up_was_lost_is_found_for_as_long_as_its_link_would_be_good(session, vera):
    answer(session, ask(session))
    waiting = ask(session, now=NOON + MINUTE)
    assert mailed_links.find_unanswered_requests(session, most=9, now=NOON + 15 * MINUTE) == [waiting.id]
    assert mailed_links.find_unanswered_requests(session, most=9, now=NOON + 16 * MINUTE) == []


def test_after_a_day_nobody_knows_any_more_who_asked(session):
    ask(session)
    sweep_out(session, now=NOON + timedelta(hours=25))
    assert session.scalars(select(SignInRequest)).all() == []
