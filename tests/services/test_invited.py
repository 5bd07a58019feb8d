"""An invited person accepts or declines: once, as a person of this institution only, and nobody else's."""

from datetime import timedelta

import pytest
from factories.outside import ADDRESS, invite, outsider
from factories.world import NOON, World, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.inviting import OUTSIDE
from lti_mentoring.domain.roster import compare
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Account, AuditEntry, Mail, Membership, MembershipStatus, Mentor, Person
from lti_mentoring.queries.accounts import find_holder
from lti_mentoring.queries.inviting import invitation_view
from lti_mentoring.queries.mentors import mentors_page
from lti_mentoring.queries.seats import find_outside_sitter
from lti_mentoring.services import invited, mentors
from lti_mentoring.services.accounts import switch_account
from lti_mentoring.services.enrolling import known_members
from lti_mentoring.services.invited import Acceptance, InvitationRefused
from lti_mentoring.services.passkeys import AccountDisabled

DAY = timedelta(days=1)
VERA = Acceptance("Dr Vera Outside", "de")


@pytest.fixture
def world(session):
    return World(session)


def accept(session, token, said=VERA, holder=None, now=NOON):
    return invited.accept(session, token, said, holder=holder, now=now)


def test_the_page_says_who_asks_to_what(session, world):
    invitation, _token = invite(session, world)
    view = invitation_view(session, invitation)
    assert (view.by, view.institution, view.track, view.course, view.places) == (
        world.faculty.name, world.institution.name, world.track.title, world.context.title, 5,
    )  # fmt: skip


@pytest.mark.both_databases
def test_accepting_makes_a_person_of_the_institution_a_mentor_and_a_session(session, world):
    invitation, token = invite(session, world)
    secret = accept(session, token)
    made = session.get_one(Mentor, invitation.mentor_id)
    who = made.person
    assert (who.issuer, who.institution_id, who.name, who.email, who.locale) == (
        OUTSIDE, world.institution.id, "Dr Vera Outside", ADDRESS, "de",
    )  # fmt: skip
    assert len(who.subject) >= 32
    assert (made.track_id, made.places, made.field, made.active) == (world.track.id, 5, "Surgery", True)
    holder = find_holder(session, secret, now=NOON)
    assert (holder.kind, holder.institution_id, holder.name) == (AccountKind.MENTOR, world.institution.id, who.name)
    seat = find_outside_sitter(session, holder.seat_id, holder.account_id, now=NOON)
    assert (seat.role, seat.context_id, seat.track_id, seat.person_id, seat.account_id) == (
        SeatRole.MENTOR, world.context.id, world.track.id, who.id, holder.account_id,
    )  # fmt: skip
    told = session.scalars(select(Mail).where(Mail.kind == "invitation_answered")).one()
    assert (told.person_id, told.facts["answer"]) == (world.faculty.id, "accepted")
    assert [one.action for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))] == [
        "mentor_invitation.sent", "account.made", "mentor.added", "mentor_invitation.accepted", "account.signed_in",
        "seat.taken",
    ]  # fmt: skip


def test_an_audit_row_of_an_outside_mentor_names_person_and_account(session, world):
    made = outsider(session, world)
    taken = session.scalars(select(AuditEntry).where(AuditEntry.action == "seat.taken")).one()
    assert (taken.actor_id, taken.account_ref, taken.actor_role) == (made.person.id, made.account.id, "mentor")


@pytest.mark.both_databases
def test_a_link_is_used_once(session, world):
    _invitation, token = invite(session, world)
    accept(session, token)
    for again in (lambda: accept(session, token), lambda: invited.decline(session, token, "", now=NOON)):
        with pytest.raises(InvitationRefused):
            again()
    assert len(session.scalars(select(Account)).all()) == 1


def test_of_two_who_answer_what_both_have_read_one_gets_it(session, world):
    invitation, token = invite(session, world)
    session.commit()
    with session.no_autoflush:
        invited.open_invitation(session, token, now=NOON)
        invited._settle(session, invitation, NOON, declined_at=NOON)
        with pytest.raises(InvitationRefused):
            invited._settle(session, invitation, NOON, accepted_at=NOON)


@pytest.mark.parametrize("token", ["", "guessed", "ü" * 40, "0" * 43])
def test_a_guessed_link_opens_nothing(session, world, token):
    invite(session, world)
    with pytest.raises(InvitationRefused):
        invited.open_invitation(session, token, now=NOON)


def test_a_link_runs_out_after_fourteen_days(session, world):
    _invitation, token = invite(session, world)
    assert invited.open_invitation(session, token, now=NOON + 14 * DAY - timedelta(seconds=1))
    with pytest.raises(InvitationRefused):
        accept(session, token, now=NOON + 14 * DAY)


def test_looking_twice_is_noted_once_and_uses_nothing_up(session, world):
    invitation, token = invite(session, world)
    for moment in (NOON, NOON + DAY):
        invited.note_opened(session, token, now=moment)
    assert invitation.opened_at == NOON
    actions = [one.action for one in session.scalars(select(AuditEntry))]
    assert actions.count("mentor_invitation.opened") == 1
    assert accept(session, token)


def test_who_declines_leaves_a_reason_if_they_like_and_faculty_are_told(session, world):
    invitation, token = invite(session, world, name="")
    invited.decline(session, token, "No time before spring.", now=NOON)
    assert (invitation.decline_reason, invitation.declined_at) == ("No time before spring.", NOON)
    told = session.scalars(select(Mail).where(Mail.kind == "invitation_answered")).one()
    assert (told.facts["answer"], told.facts["name"]) == ("declined", ADDRESS)
    assert session.scalars(select(Account)).all() == []


def test_an_address_never_makes_somebody_a_person_whom_a_platform_told(session, world):
    world.guide.email = ADDRESS
    made = outsider(session, world)
    assert made.person.id != world.guide.id
    assert world.guide.issuer != OUTSIDE


@pytest.mark.both_databases
def test_a_second_course_comes_to_the_account_that_the_mailed_address_has(session, world):
    there = World(session, inside=world.deployment)
    first, second = outsider(session, world), outsider(session, there, ADDRESS.upper())
    assert first.account.id == second.account.id
    assert first.mentor.id != second.mentor.id


def test_a_link_that_was_handed_over_proves_no_address(session, world):
    first = outsider(session, world)
    second = outsider(session, World(session, inside=world.deployment), by_mail=False)
    assert first.account.id != second.account.id


def test_who_is_signed_in_goes_on_as_the_one_they_are_whatever_the_address(session, world):
    made = outsider(session, world)
    _invitation, token = invite(session, World(session, inside=world.deployment), "private@home.example", by_mail=False)
    secret = accept(session, token, holder=made.holder(session))
    assert find_holder(session, secret, now=NOON).account_id == made.account.id
    assert len(session.scalars(select(Account)).all()) == 1


def test_people_of_two_institutions_are_two_whatever_they_have_in_common(session, world):
    made = outsider(session, world)
    _invitation, token = invite(session, World(session))
    secret = accept(session, token, holder=made.holder(session))
    assert find_holder(session, secret, now=NOON).account_id != made.account.id
    assert len(session.scalars(select(Person).where(Person.email == ADDRESS)).all()) == 2


def test_who_was_switched_off_comes_back_by_no_invitation(session, world):
    made = outsider(session, world)
    switch_account(session, made.account, on=False, by=None, now=NOON)
    _invitation, token = invite(session, World(session, inside=world.deployment))
    with pytest.raises(AccountDisabled):
        accept(session, token)


def test_who_mentors_already_keeps_their_places_and_who_did_once_comes_back(session, world):
    made = outsider(session, world)
    made.mentor.places = 9
    made.person.email = "new@clinic.example"  # else faculty are told that the person mentors here
    _invitation, token = invite(session, world)
    accept(session, token, holder=made.holder(session))
    assert made.mentor.places == 9
    mentors.untick(session, world.sitter(), made.mentor.id, now=NOON)
    _invitation, token = invite(session, world)
    accept(session, token, holder=made.holder(session))
    session.refresh(made.mentor)
    assert (made.mentor.active, made.mentor.places) == (True, 5)


def test_an_outside_mentor_stands_on_the_list_of_mentors_as_one_of_the_course(session, world):
    made = outsider(session, world)
    rows = {one.mentor_id: one for one in mentors_page(session, world.track).mentors}
    assert rows[made.mentor.id].status is MembershipStatus.ACTIVE
    assert made.mentor.id in {one.mentor_id for one in mentors_page(session, world.track).room.listed}


def test_a_course_list_that_names_nobody_of_them_says_nothing_of_them(session, world):
    made = outsider(session, world)
    known = known_members(session, world.context.id)
    for _list in range(3):
        change = compare(known.values(), {world.student.id}, (), read_at=NOON + DAY)
        assert made.person.id not in change.gone | change.maybe_left | change.left
    member = session.scalars(select(Membership).where(Membership.person_id == made.person.id)).one()
    assert (member.role_uris, member.is_student, member.is_faculty) == ([], False, False)


def test_somebody_of_the_course_may_have_the_same_name(session, world):
    other = person(session, world.institution, name="Dr Vera Outside")
    mentor(session, world.track, other)
    made = outsider(session, world)
    assert made.person.id != other.id
