"""What may be pasted to invite people, and where an invitation stands."""

from datetime import UTC, datetime, timedelta

import pytest

from lti_mentoring.domain.inviting import (
    LONGEST_NAME,
    Fault,
    FaultyEntry,
    InvitationState,
    Invitee,
    is_address,
    may_send_again,
    may_take_back,
    read_pasted,
    same_address,
    state_of,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NOTHING = {"opened_at": None, "accepted_at": None, "declined_at": None, "taken_back_at": None}


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("vera@clinic.example", ""),
        ("  vera@clinic.example  ", ""),
        ("Vera Outside <vera@clinic.example>", "Vera Outside"),
        ('"Outside, Vera" <vera@clinic.example>', "Outside, Vera"),
        ("Vera Outside, vera@clinic.example", "Vera Outside"),
        ("Vera Outside\tvera@clinic.example", "Vera Outside"),
        ("vera@clinic.example, Vera Outside", "Vera Outside"),
        ("Vera\x00 Out\x1bside <vera@clinic.example>", "Vera Out side"),
        ("فاطمة الزهراني <vera@clinic.example>", "فاطمة الزهراني"),
    ],
)
def test_one_person_is_read_however_they_are_written(typed, name):
    assert read_pasted(typed).invitees == (Invitee(name, "vera@clinic.example"),)


def test_each_line_is_one_person_or_several_as_a_mail_program_lists_them():
    pasted = read_pasted("A <a@x.example>, B <b@x.example>; c@x.example\r\n\n D d@x.example\n")
    assert [(one.name, one.address) for one in pasted.invitees] == [
        ("A", "a@x.example"), ("B", "b@x.example"), ("", "c@x.example"), ("D", "d@x.example"),
    ]  # fmt: skip
    assert pasted.faults == ()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("Vera without one", Fault.NO_ADDRESS),
        ("vera@", Fault.BAD_ADDRESS),
        ("vera@clinic", Fault.BAD_ADDRESS),
        ("vera@@clinic.example", Fault.BAD_ADDRESS),
        ("vera@-clinic.example", Fault.BAD_ADDRESS),
        (f"{'v' * 65}@clinic.example", Fault.BAD_ADDRESS),
        (f"{'V' * (LONGEST_NAME + 1)} <vera@clinic.example>", Fault.LONG_NAME),
    ],
)
def test_what_cannot_be_used_is_named(typed, fault):
    (faulty,) = read_pasted(typed).faults
    assert faulty.fault is fault
    assert read_pasted(typed).invitees == ()


def test_the_same_address_twice_is_said_however_it_is_spelled():
    pasted = read_pasted("vera@clinic.example\nVera <VERA@Clinic.example>")
    assert pasted.invitees == (Invitee("", "vera@clinic.example"),)
    assert pasted.faults == (FaultyEntry("Vera VERA@Clinic.example", Fault.TWICE),)
    assert same_address(" VERA@Clinic.example ") == "vera@clinic.example"


def test_a_line_that_would_end_a_mails_header_is_two_lines():
    pasted = read_pasted("Vera\nBcc: all@victims.example <vera@clinic.example>")
    assert [one.address for one in pasted.invitees] == ["all@victims.example", "vera@clinic.example"]
    assert all("\n" not in one.name + one.address for one in pasted.invitees)


@pytest.mark.parametrize("address", ["a@b.example\nBcc: x@y.example", "a b@c.example", "<a@b.example>", "", "a@b..c"])
def test_what_no_mail_could_go_to_is_no_address(address):
    assert not is_address(address)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, InvitationState.SENT),
        ({"opened_at": NOW}, InvitationState.OPENED),
        ({"expires_at": NOW}, InvitationState.EXPIRED),
        ({"expires_at": NOW, "accepted_at": NOW}, InvitationState.ACCEPTED),
        ({"opened_at": NOW, "declined_at": NOW}, InvitationState.DECLINED),
        ({"expires_at": NOW, "taken_back_at": NOW}, InvitationState.TAKEN_BACK),
    ],
)
def test_where_an_invitation_stands(facts, state):
    assert state_of(**{**NOTHING, "expires_at": NOW + timedelta(days=1), "now": NOW, **facts}) is state


def test_whoever_has_not_answered_may_be_sent_a_new_link_and_an_open_one_can_be_taken_back():
    assert {one for one in InvitationState if may_send_again(one)} == {"sent", "opened", "expired"}
    assert {one for one in InvitationState if may_take_back(one)} == {"sent", "opened"}
