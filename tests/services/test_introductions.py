"""A mentor introduces a student; the student says what came of it; either takes it back."""

import pytest
from factories.introductions import introduced
from factories.wishes import conflict, only_group, policy, veto
from factories.world import NOON, World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.conflicts import ConflictReason
from lti_mentoring.domain.introductions import IntroductionSettled, IntroductionState, NotToBeIntroduced, To
from lti_mentoring.domain.rank_lists import FacultyAsMentor
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Introduction, Mail, Membership, TrackState
from lti_mentoring.queries.privacy import Held, held_about
from lti_mentoring.services.introductions import introduce, settle
from lti_mentoring.services.steps import TrackClosed

MET, NOT_NEEDED, BACK = IntroductionState.MET, IntroductionState.NOT_NEEDED, IntroductionState.TAKEN_BACK


@pytest.fixture
def world(session):
    made = World(session)
    who = person(session, made.institution, name="Dr Marta Oliveira")
    membership(session, made.context, who, is_student=False)
    made.other = mentor(session, made.track, who, made_by_id=made.faculty.id)
    made.by = made.sitter(role=SeatRole.MENTOR)
    made.mentee = made.sitter(role=SeatRole.STUDENT)
    return made


def settled(world, by, made, state):
    settle(world.session, by, made.id, state, now=NOON)
    return made.state


@pytest.mark.both_databases
def test_to_another_mentor_both_are_told_and_no_mail_says_what_for(session, world):
    introduced(session, world, other=world.other)
    mails = session.scalars(select(Mail).order_by(Mail.id)).all()
    assert [(one.person_id, one.kind) for one in mails] == [
        (world.student.id, "introduced"), (world.other.person_id, "introduced"),
    ]  # fmt: skip
    assert all("statistics" not in str(one.facts) for one in mails)
    assert "Oliveira" not in str(mails[0].facts)
    assert mails[0].facts["mentor"] == "Dr Priya Raman"


def test_to_somebody_outside_only_the_student_is_told(session, world):
    introduced(session, world)
    (mail,) = session.scalars(select(Mail))
    assert mail.person_id == world.student.id
    assert "Okafor" not in str(mail.facts)


def test_the_trail_says_that_and_not_what(session, world):
    made = introduced(session, world)
    settled(world, world.mentee, made, MET)
    rows = session.scalars(select(AuditEntry).where(AuditEntry.thing == "introduction").order_by(AuditEntry.id))
    rows = rows.all()
    assert [one.action for one in rows] == ["introduction.made", "introduction.met"]
    assert all("Okafor" not in str(vars(one)) and "statistics" not in str(vars(one)) for one in rows)


def test_the_student_says_once_that_they_met_or_that_it_is_not_needed(session, world):
    first, second = introduced(session, world), introduced(session, world)
    assert settled(world, world.mentee, first, MET) is MET
    assert settled(world, world.mentee, second, NOT_NEEDED) is NOT_NEEDED
    with pytest.raises(IntroductionSettled):
        settled(world, world.mentee, first, NOT_NEEDED)
    assert first.state is MET


def test_either_side_takes_it_back_and_once(session, world):
    for by in (world.by, world.mentee):
        made = introduced(session, world)
        assert settled(world, by, made, BACK) is BACK
        with pytest.raises(IntroductionSettled):
            settled(world, by, made, BACK)


def test_nobody_else_settles_it(session, world):
    made = introduced(session, world, other=world.other)
    others = (
        (world.by, MET),
        (world.sitter(world.other.person, SeatRole.MENTOR), BACK),
        (world.sitter(world.another_student(), SeatRole.STUDENT), MET),
        (world.sitter(), BACK),
    )
    for by, state in others:
        with pytest.raises(NotFound):
            settled(world, by, made, state)


def test_another_course_s_mentor_or_oneself_is_nobody_to_introduce_to(session, world):
    for foreign in (World(session).mentor, world.mentor):
        with pytest.raises(NotToBeIntroduced):
            introduced(session, world, other=foreign)


@pytest.mark.parametrize("why", ["veto", "limit", "complaint", "declared", "assessor"])
def test_to_whom_a_student_is_kept_apart_from_nobody_introduces_them_and_no_reason_is_told(session, world, why):
    if why == "veto":
        veto(session, world.other, world.student)
    elif why == "limit":
        only_group(session, world.other, None)
    elif why == "assessor":
        row = session.scalars(select(Membership).where(Membership.person_id == world.other.person_id)).one()
        row.is_faculty = True
        policy(session, world.track, faculty_as_mentor=FacultyAsMentor.REFUSE)
    else:
        reason = ConflictReason.COMPLAINT if why == "complaint" else ConflictReason.RELATIVE
        conflict(session, world.other, world.student, reason=reason)
    with pytest.raises(NotToBeIntroduced) as refused:
        introduced(session, world, other=world.other)
    assert refused.value.facts == {}
    assert session.scalars(select(Mail)).all() == session.scalars(select(Introduction)).all() == []
    assert introduced(session, world).id


def test_only_an_own_student_is_introduced(session, world):
    with pytest.raises(NotFound):
        introduced(session, world, world.another_student())


def test_in_a_closed_track_nobody_is_introduced(session, world):
    world.track.state = TrackState.CLOSED
    with pytest.raises(TrackClosed):
        introduce(session, world.by, world.track, world.student.id, To(name="Dr Okafor"), "x", now=NOON)


def test_each_side_is_told_that_it_is_held(session, world):
    introduced(session, world, other=world.other)
    held = [dict(held_about(session, by).counts) for by in (
        world.mentee, world.by, world.sitter(world.other.person, SeatRole.MENTOR),
    )]  # fmt: skip
    assert [one.get(Held.INTRODUCTIONS) for one in held] == [1, None, 1]
    assert [one.get(Held.INTRODUCED) for one in held] == [None, 1, None]
