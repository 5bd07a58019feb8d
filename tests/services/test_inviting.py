"""Faculty invite mentors from outside the course: all of a list or nobody, once each, and only in their own track."""

from datetime import timedelta

import pytest
from factories.outside import ADDRESS, SITE, invite, mailed, outsider, post, secret_of
from factories.world import NOON, World, track
from sqlalchemy import select

from lti_mentoring.db import ANNOUNCED
from lti_mentoring.domain.events import MailWritten
from lti_mentoring.domain.inviting import MOST_A_DAY, MOST_AT_ONCE, Fault, InvitationState, Invitee
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Mail, MentorInvitation, TrackState
from lti_mentoring.queries.inviting import INVITATIONS_PAGE, invitations_page
from lti_mentoring.services import invited, inviting
from lti_mentoring.services.invited import InvitationRefused, open_invitation
from lti_mentoring.services.inviting import (
    CannotInvite,
    InvitationSettled,
    Offer,
    TooManyInvitations,
    TrackIsClosed,
)
from lti_mentoring.services.mentors import PlacesOutOfRange
from lti_mentoring.services.sweeping import sweep_out

DAY = timedelta(days=1)
OFFER = Offer(3, "Surgery", "You know the ward best.")


@pytest.fixture
def world(session):
    return World(session)


def people(number):
    return [Invitee(f"Person {one}", f"person{one}@clinic.example") for one in range(number)]


def send(session, world, who, now=NOON, **options):
    return inviting.invite(session, world.sitter(), world.track, who, OFFER, post(**options), now=now)


def states(session, world, now=NOON):
    return [one.state for one in invitations_page(session, world.track, number=1, now=now).rows]


def actions(session):
    return [one.action for one in session.scalars(select(AuditEntry).order_by(AuditEntry.id))]


@pytest.mark.both_databases
def test_a_mail_with_a_link_goes_to_each_and_only_the_hash_of_its_secret_is_kept(session, world):
    sent = send(session, world, people(2))
    assert [one.link for one in sent] == ["", ""]  # where mails leave, the link is the reader's alone
    first = sent[0].invitation
    mail = session.scalars(select(Mail).where(Mail.invitation_id == first.id)).one()
    token = mailed(session, mail)
    assert len(token) >= 43  # 256 bits
    assert token not in f"{vars(first)} {mail.facts} {mail.sealed_link}"
    assert (mail.kind, mail.person_id, mail.institution_id) == ("mentor_invited", None, world.institution.id)
    assert mail.facts["note"] == "You know the ward best."
    assert MailWritten(mail.id) in session.info[ANNOUNCED]
    assert open_invitation(session, token, now=NOON) is first
    assert (first.places, first.field, first.mailed) == (3, "Surgery", True)
    assert actions(session) == ["mentor_invitation.sent"] * 2


def test_where_no_mail_can_leave_faculty_are_told_each_link_once(session, world):
    (sent,) = send(session, world, people(1), by_mail=False)
    assert sent.link.startswith(f"{SITE}/invitation#")
    assert secret_of(sent.link) not in repr(sent)
    assert session.scalars(select(Mail)).all() == []
    assert open_invitation(session, secret_of(sent.link), now=NOON) is sent.invitation


def test_who_is_invited_already_or_mentors_here_stops_the_whole_list(session, world):
    outsider(session, world, "mentor@clinic.example")
    invite(session, world)
    who = [Invitee("", "MENTOR@clinic.example"), Invitee("Vera", ADDRESS.upper()), Invitee("New", "new@clinic.example")]
    with pytest.raises(CannotInvite) as refused:
        send(session, world, who)
    assert [(one.typed, one.fault) for one in refused.value.entries] == [
        ("MENTOR@clinic.example", Fault.MENTOR_ALREADY), (f"Vera {ADDRESS.upper()}", Fault.INVITED_ALREADY),
    ]  # fmt: skip
    assert len(session.scalars(select(MentorInvitation)).all()) == 2


def test_whether_an_address_is_known_elsewhere_is_told_nobody(session, world):
    world.guide.email = "guide@hospital.example"  # a mentor with an account in the course's system
    outsider(session, World(session, inside=world.deployment), "other@clinic.example")
    sent = send(session, world, [Invitee("", "guide@hospital.example"), Invitee("", "other@clinic.example")])
    assert len(sent) == 2


def test_who_declined_ran_out_or_was_taken_back_may_be_invited_anew(session, world):
    invitation, token = invite(session, world)
    invited.decline(session, token, "", now=NOON)
    invitation, _token = invite(session, world)
    inviting.take_back(session, world.sitter(), invitation.id, now=NOON)
    invite(session, world)
    invite(session, world, now=NOON + 15 * DAY)
    assert len(states(session, world)) == 4


def test_too_many_at_once_or_in_a_day_invite_nobody(session, world):
    with pytest.raises(TooManyInvitations) as refused:
        send(session, world, people(MOST_AT_ONCE + 1))
    assert refused.value.facts == {"most": MOST_AT_ONCE, "a_day": MOST_A_DAY}
    for start in range(0, MOST_A_DAY, MOST_AT_ONCE):
        send(session, world, people(MOST_A_DAY)[start : start + MOST_AT_ONCE], by_mail=False)
    one_more = [Invitee("", "late@clinic.example")]
    with pytest.raises(TooManyInvitations):
        send(session, world, one_more)
    assert send(session, world, one_more, now=NOON + DAY)
    assert invitations_page(session, world.track, number=1, now=NOON).paged.total == MOST_A_DAY + 1


def test_places_are_counted_as_for_everybody(session, world):
    with pytest.raises(PlacesOutOfRange):
        inviting.invite(session, world.sitter(), world.track, people(1), Offer(201), post(), now=NOON)


def test_nobody_is_invited_to_a_closed_track(session, world):
    invitation, token = invite(session, world)
    world.track.state = TrackState.CLOSED
    with pytest.raises(TrackIsClosed):
        send(session, world, people(1))
    with pytest.raises(TrackIsClosed):
        inviting.send_again(session, world.sitter(), world.track, invitation.id, post(), now=NOON)
    with pytest.raises(InvitationRefused):
        open_invitation(session, token, now=NOON)


def test_a_link_sent_again_is_good_for_fourteen_days_and_the_older_one_is_dead(session, world):
    invitation, old = invite(session, world)
    invited.note_opened(session, old, now=NOON)
    later = NOON + 20 * DAY
    assert states(session, world, later) == [InvitationState.EXPIRED]
    inviting.send_again(session, world.sitter(), world.track, invitation.id, post(), now=later)
    mail = session.scalars(select(Mail).order_by(Mail.id.desc())).first()
    for moment in (NOON, later):
        with pytest.raises(InvitationRefused):
            open_invitation(session, old, now=moment)
    assert open_invitation(session, mailed(session, mail), now=later + 13 * DAY)
    with pytest.raises(InvitationRefused):
        open_invitation(session, mailed(session, mail), now=later + 14 * DAY)
    assert states(session, world, later) == [InvitationState.SENT]
    assert actions(session)[-1] == "mentor_invitation.sent_again"


def test_a_link_taken_back_opens_nothing_and_cannot_be_taken_back_or_sent_again(session, world):
    invitation, token = invite(session, world)
    inviting.take_back(session, world.sitter(), invitation.id, now=NOON)
    with pytest.raises(InvitationRefused):
        open_invitation(session, token, now=NOON)
    with pytest.raises(InvitationSettled):
        inviting.take_back(session, world.sitter(), invitation.id, now=NOON)
    with pytest.raises(InvitationSettled):
        inviting.send_again(session, world.sitter(), world.track, invitation.id, post(), now=NOON)
    assert states(session, world) == [InvitationState.TAKEN_BACK]


def test_an_invitation_of_another_track_course_or_institution_is_not_there(session, world):
    invitation, _token = invite(session, world)
    elsewhere = [World(session, inside=world.deployment).sitter(), World(session).sitter()]
    elsewhere.append(world.sitter(track_id=track(session, world.context).id))
    for by in elsewhere:
        with pytest.raises(NotFound):
            inviting.take_back(session, by, invitation.id, now=NOON)


def test_faculty_see_what_came_of_each(session, world):
    accepted = outsider(session, world, "a@clinic.example")
    _invitation, token = invite(session, world, "b@clinic.example", now=NOON + DAY)
    invited.decline(session, token, "No time before spring.", now=NOON + DAY)
    second, first = invitations_page(session, world.track, number=1, now=NOON).rows
    assert (first.state, first.mentor_id, first.at) == (InvitationState.ACCEPTED, accepted.mentor.id, NOON)
    assert (second.state, second.reason, second.may_take_back, second.may_send_again) == (
        InvitationState.DECLINED, "No time before spring.", False, False,
    )  # fmt: skip


def test_the_list_has_pages(session, world):
    for start in (0, 30):
        send(session, world, people(60)[start : start + 30], by_mail=False)
    page = invitations_page(session, world.track, number=2, now=NOON)
    assert (len(page.rows), page.paged.pages) == (60 - INVITATIONS_PAGE, 2)


def test_half_a_year_after_it_ran_out_an_invitation_that_nobody_accepted_is_deleted_with_its_mail(session, world):
    outsider(session, world, "a@clinic.example")
    invite(session, world)
    sweep_out(session, now=NOON + 193 * DAY)
    assert len(session.scalars(select(MentorInvitation)).all()) == 2
    sweep_out(session, now=NOON + 195 * DAY)
    assert [one.address for one in session.scalars(select(MentorInvitation))] == ["a@clinic.example"]
    assert len(session.scalars(select(Mail).where(Mail.invitation_id.is_not(None))).all()) == 1
