"""A mentor takes the badge of their level, shows what they like of it, and loses it with the level."""

from datetime import timedelta
from functools import partial

import pytest
from factories.awards import WORDS, desk, issued
from factories.mentor_badges import BADGE_WORDS, badge, trained_here
from factories.tests import taken, trained
from factories.world import NOON, World, mentor
from sqlalchemy import select

from lti_mentoring.awarding.verification import Outcome, verify_document
from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.mentor_badges import BadgeNotReached, BadgeTakenBack
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Award, Mail
from lti_mentoring.queries import public_awards
from lti_mentoring.queries.awards import find_award, held_award, ledger, my_certificate
from lti_mentoring.queries.homes import student_home
from lti_mentoring.queries.levels import own_level
from lti_mentoring.queries.mentor_badges import badges_of, mentor_of_badge, my_badges
from lti_mentoring.services.awarding import AlreadyWithdrawn, release, revoke
from lti_mentoring.services.levels import end_lead, name_lead, take_training_back
from lti_mentoring.services.mentor_badges import take_badge

REASON = "She was never seen at the training."


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def at(settings):
    return desk(settings)


@pytest.fixture
def guide(world):
    return world.sitter(role=SeatRole.MENTOR)


def outcome(session, award):
    verdict = verify_document(
        award.document,
        public_key_of=partial(public_awards.public_key_of, session),
        is_withdrawn=partial(public_awards.is_withdrawn, session),
        now=NOON,
    )
    return verdict.outcome


def actions(session):
    found = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    return [action for action in found if action.startswith("badge.")]


@pytest.mark.both_databases
def test_a_mentor_takes_the_badge_of_their_level_once(session, world, at, guide):
    made = badge(world, at)
    assert badge(world, at).id == made.id
    assert (made.level, made.facts["title"], made.released) == ("trained", "Trained mentor", [])
    assert outcome(session, made) is Outcome.VALID
    assert actions(session) == ["badge.issued"]
    name_lead(session, world.sitter(), world.mentor.id, now=NOON)
    assert my_badges(session, guide, world.track, now=NOON).to_take is Level.LEAD
    second = badge(world, at)
    view = my_badges(session, guide, world.track, now=NOON)
    assert (view.held, view.to_take, view.withdrawn) == ((second, made), None, None)


def test_who_is_not_trained_or_no_mentor_here_has_none_to_take(session, world, at, guide):
    for by in (guide, world.sitter(role=SeatRole.STUDENT)):
        with pytest.raises(BadgeNotReached):
            take_badge(session, by, at, BADGE_WORDS, now=NOON)
    assert my_badges(session, guide, world.track, now=NOON).to_take is None
    assert my_badges(session, world.sitter(role=SeatRole.STUDENT), world.track, now=NOON).to_take is None


def test_a_badge_says_to_strangers_only_what_its_holder_released(session, world, at, guide):
    made = badge(world, at)
    hidden = made.document["credentialSubject"]
    assert (hidden["achievement"]["name"], hidden["achievement"]["achievementType"]) == (WORDS.kind, "Badge")
    assert "Raman" not in str(made.document)
    release(session, guide, ("name", "course"), at, now=NOON, level="trained")
    shown = held_award(session, guide, "trained").document["credentialSubject"]
    assert shown["achievement"]["name"] == "Trained mentor"
    assert shown["achievement"]["criteria"] == {"narrative": "Each of these was reached: is a trained mentor.."}
    assert "Raman" in str(shown)
    record = public_awards.public_record(session, made.public_id)
    assert (record.is_badge, record.title, record.milestones) == (True, "Trained mentor", ())
    assert actions(session) == ["badge.issued", "badge.released"]
    with pytest.raises(NotFound):
        release(session, guide, ("name",), at, now=NOON, level="lead")


@pytest.mark.both_databases
def test_a_badge_is_withdrawn_with_the_level_that_faculty_take_back(session, world, at, guide):
    trained = badge(world, at)
    name_lead(session, world.sitter(), world.mentor.id, now=NOON)
    lead = badge(world, at)
    end_lead(session, world.sitter(), world.mentor.id, now=NOON)
    assert [outcome(session, one) for one in (trained, lead)] == [Outcome.VALID, Outcome.WITHDRAWN]
    take_training_back(session, world.sitter(), world.mentor.id, now=NOON)
    assert outcome(session, trained) is Outcome.WITHDRAWN
    assert session.scalars(select(Mail.kind)).all() == ["badge_withdrawn"] * 2
    view = my_badges(session, guide, world.track, now=NOON)
    assert (view.held, view.withdrawn) == ((), lead)
    trained_here(world)
    assert badge(world, at).id not in {trained.id, lead.id}


def test_a_level_that_is_taken_back_of_somebody_without_a_badge_withdraws_nothing(session, world):
    trained_here(world)
    take_training_back(session, world.sitter(), world.mentor.id, now=NOON)
    assert actions(session) == []


def test_faculty_withdraw_a_badge_with_a_reason_once(session, world, at):
    made = badge(world, at)
    assert mentor_of_badge(session, made) == world.mentor.id
    revoke(session, world.sitter(), made.id, REASON, now=NOON)
    assert outcome(session, made) is Outcome.WITHDRAWN
    with pytest.raises(AlreadyWithdrawn):
        revoke(session, world.sitter(), made.id, REASON, now=NOON)
    assert [one.revoked_reason for one in badges_of(session, world.track, world.guide.id)] == [REASON]
    assert my_badges(session, world.sitter(role=SeatRole.MENTOR), world.track, now=NOON).to_take is None
    with pytest.raises(BadgeTakenBack):
        badge(world, at)


@pytest.mark.both_databases
def test_after_that_another_is_taken_only_once_something_new_was_said_or_shown(session, world, at, guide):
    revoke(session, world.sitter(), badge(world, at).id, REASON, now=NOON)
    name_lead(session, world.sitter(), world.mentor.id, now=NOON + timedelta(days=1))
    assert badge(world, at).level == "lead"
    test = trained(world)
    revoke(session, world.sitter(), held_award(session, guide, "lead").id, REASON, now=NOON + timedelta(days=2))
    end_lead(session, world.sitter(), world.mentor.id, now=NOON)
    assert my_badges(session, guide, world.track, now=NOON).is_open is False
    taken(session, guide, test, now=NOON + timedelta(days=3))
    assert badge(world, at).level == "trained"


def test_certificates_and_badges_are_not_taken_for_each_other(session, world, at):
    student = world.sitter(role=SeatRole.STUDENT)
    peer = mentor(session, world.track, world.student, trained_at=NOON)
    made = take_badge(session, student, at, BADGE_WORDS, now=NOON)
    assert my_certificate(session, student, world.track, today=NOON.date()).award is None
    assert ledger(session, world.track, today=NOON.date(), show="issued").issued == ()
    assert student_home(session, student, today=NOON.date()).certificate_from is None
    with pytest.raises(NotFound):
        find_award(session, world.sitter(), made.id)
    assert find_award(session, world.sitter(), made.id, badges=True).id == made.id
    with pytest.raises(NotFound):
        held_award(session, student)
    assert own_level(session, world.track, world.guide.id, now=NOON).done.to_certificate is False
    certificate = issued(world, at)
    assert held_award(session, student).id == certificate.id
    assert (mentor_of_badge(session, certificate), mentor_of_badge(session, made)) == (None, peer.id)
    assert session.query(Award).count() == 2
