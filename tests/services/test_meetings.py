"""Two who work together propose, answer, move and call off meetings, and say whether these took place."""

from datetime import timedelta

import pytest
from factories.meetings import SECRETS, TOMORROW, agreed, met, noted, plan, proposed
from factories.quiet_hours import quiet_hours
from factories.rounds import drawn
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, mentorship, person
from fixtures.at_once import at_once
from sqlalchemy import select, text, update

from lti_mentoring.domain.meetings import (
    ActNotPossible,
    Fault,
    MeetingChanged,
    MeetingRefused,
    MeetingState,
    NoteChanged,
)
from lti_mentoring.domain.mentorships import EndCause
from lti_mentoring.domain.quiet_hours import Hours
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import NotFound
from lti_mentoring.models import (
    AuditEntry,
    Mail,
    Match,
    Meeting,
    MeetingNote,
    Membership,
    MembershipStatus,
    Mentorship,
    TrackState,
)
from lti_mentoring.models.sealed import place_of
from lti_mentoring.queries.meetings import my_note
from lti_mentoring.queries.privacy import Held, held_about
from lti_mentoring.services import meetings
from lti_mentoring.services.assigning import cancel_with, end, transfer
from lti_mentoring.services.leavers import part_from_left, part_with_mentor
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.steps import TrackClosed
from lti_mentoring.services.taking_back import take_back

S = MeetingState
CAREER, RESEARCH = MentoringDomain.CAREER, MentoringDomain.RESEARCH
AFTER = TOMORROW + timedelta(hours=1)
STUDENT, MENTOR = SeatRole.STUDENT, SeatRole.MENTOR


@pytest.fixture
def world(session):
    made = World(session)
    made.guides, made.learns = made.sitter(role=MENTOR), made.sitter(role=STUDENT)
    return made


def mails(session):
    return session.scalars(select(Mail).order_by(Mail.id)).all()


@pytest.mark.both_databases
@pytest.mark.parametrize("by", [STUDENT, MENTOR])
def test_either_side_proposes_and_the_other_is_told_and_agrees(session, world, by):
    made = proposed(session, world, by)
    other, reader = (world.guides, world.guide) if by is STUDENT else (world.learns, world.student)
    (mail,) = mails(session)
    assert (mail.person_id, mail.kind, mail.facts["what"]) == (reader.id, "meeting", "proposed")
    assert (made.state, made.version) == (S.PROPOSED, 1)
    meetings.agree(session, other, made.id, 1, now=NOON)
    assert (made.state, made.version) == (S.AGREED, 2)
    assert world.mentorship.contact_at == NOON
    assert mails(session)[-1].facts["what"] == "agreed"


@pytest.mark.both_databases
def test_two_presses_propose_one_meeting_and_another_agenda_is_another(app, session, world):
    numbers = []
    session.commit()

    def press(own):
        numbers.append(proposed(own, world).id)

    assert at_once(app, [press] * 3) == ["done"] * 3
    assert len(set(numbers)) == 1
    assert proposed(session, world, agenda="Something else").id not in numbers


def test_a_mail_says_when_by_its_reader_s_clock_and_never_what_about_or_where(session, world):
    quiet_hours(session, world, world.student, Hours("Africa/Nairobi", days=frozenset({6})))
    made = proposed(session, world, join_url="https://meet.example/secret-room")
    meetings.agree(session, world.learns, made.id, 1, now=NOON)
    meetings.move(session, world.guides, made.id, 2, plan(minutes=60), now=NOON)
    meetings.cancel(session, world.learns, made.id, 3, now=NOON)
    told = mails(session)
    assert [one.facts["what"] for one in told] == ["proposed", "agreed", "moved", "cancelled"]
    assert told[0].facts["zone"] == "Africa/Nairobi"
    assert told[0].facts["starts_at"] == TOMORROW.isoformat()
    for secret in (*SECRETS.values(), "career", "secret-room"):
        assert secret not in str([one.facts for one in told])


def test_nobody_agrees_to_the_own_proposal(session, world):
    made = proposed(session, world)
    with pytest.raises(ActNotPossible):
        meetings.agree(session, world.guides, made.id, 1, now=NOON)


def test_another_time_asks_the_other_side_anew_whoever_names_it(session, world):
    made = agreed(session, world)
    later = TOMORROW + timedelta(days=1)
    meetings.move(
        session, world.learns, made.id, 2, plan(starts_at=later, domains=(RESEARCH, MentoringDomain.ACADEMIC)), now=NOON
    )
    assert (made.state, made.starts_at, made.proposed_by_id) == (S.PROPOSED, later, world.student.id)
    assert made.domains == ["academic", "research"]
    meetings.agree(session, world.guides, made.id, 3, now=NOON)
    assert made.state is S.AGREED


@pytest.mark.parametrize("by", [STUDENT, MENTOR])
def test_either_calls_it_off_before_it_begins_and_not_after(session, world, by):
    first, second = agreed(session, world), agreed(session, world)
    meetings.cancel(session, world.sitter(role=by), first.id, 2, now=NOON)
    assert first.state is S.CANCELLED
    with pytest.raises(ActNotPossible):
        meetings.cancel(session, world.sitter(role=by), second.id, 2, now=AFTER)


def test_before_it_begins_nothing_is_recorded(session, world):
    made = agreed(session, world)
    with pytest.raises(ActNotPossible):
        meetings.record_met(session, world.guides, made.id, 2, 30, (CAREER,), now=NOON)
    with pytest.raises(ActNotPossible):
        meetings.record_missed(session, world.guides, made.id, 2, now=NOON)


@pytest.mark.both_databases
def test_afterwards_either_records_it_and_the_other_corrects_that_for_14_days(session, world):
    made = agreed(session, world)
    meetings.record_met(session, world.learns, made.id, 2, 45, (RESEARCH,), now=AFTER)
    assert (made.state, made.minutes, made.domains, made.recorded_by_id) == (
        S.HELD, 45, ["research"], world.student.id,
    )  # fmt: skip
    meetings.record_missed(session, world.guides, made.id, 3, now=AFTER + timedelta(days=13))
    assert (made.state, made.recorded_at) == (S.MISSED, AFTER)
    with pytest.raises(ActNotPossible):
        meetings.record_missed(session, world.guides, made.id, 4, now=AFTER + timedelta(days=14))


@pytest.mark.parametrize(("minutes", "domains"), [(0, (CAREER,)), (30, ())])
def test_what_is_recorded_is_checked_as_what_is_proposed(session, world, minutes, domains):
    made = agreed(session, world)
    with pytest.raises(MeetingRefused):
        meetings.record_met(session, world.guides, made.id, 2, minutes, domains, now=AFTER)


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        ({"starts_at": NOON - timedelta(hours=1)}, Fault.PAST), ({"minutes": 0}, Fault.MINUTES),
        ({"domains": ()}, Fault.DOMAINS), ({"join_url": "javascript:alert(1)"}, Fault.LINK),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_when_it_is_proposed_and_when_it_is_moved(session, world, wrong, fault):
    made = proposed(session, world)
    with pytest.raises(MeetingRefused) as refused:
        proposed(session, world, **wrong)
    assert refused.value.fault is fault
    with pytest.raises(MeetingRefused):
        meetings.move(session, world.guides, made.id, 1, plan(**wrong), now=NOON)


def test_of_two_windows_the_first_counts(session, world):
    made = agreed(session, world)
    meetings.move(session, world.learns, made.id, 2, plan(), now=NOON)
    for late in (
        lambda: meetings.cancel(session, world.guides, made.id, 2, now=NOON),
        lambda: meetings.move(session, world.guides, made.id, 2, plan(), now=NOON),
        lambda: meetings.agree(session, world.guides, made.id, 2, now=NOON),
    ):
        with pytest.raises(MeetingChanged):
            late()
    assert (made.state, made.version) == (S.PROPOSED, 3)


def strangers(world):
    """Everybody else: another pair, faculty who mentors, another institution."""
    session = world.session
    guide = person(session, world.institution, name="Dr Marta Oliveira")
    membership(session, world.context, guide, is_student=False)
    mentorship(session, mentor(session, world.track, guide, made_by_id=world.faculty.id), world.another_student())
    foreign = World(session)
    return (
        world.sitter(guide, MENTOR), world.sitter(world.another_student(), STUDENT), world.sitter(),
        world.sitter(world.guide, SeatRole.FACULTY), foreign.sitter(role=MENTOR), foreign.sitter(role=STUDENT),
        world.sitter(role=MENTOR, institution_id=foreign.institution.id),
        world.sitter(role=MENTOR, track_id=foreign.track.id),
    )  # fmt: skip


def test_nobody_else_finds_it(app, session, world):
    made = proposed(session, world)
    for by in strangers(world):
        for press in (
            lambda by: meetings.agree(session, by, made.id, 1, now=NOON),
            lambda by: meetings.cancel(session, by, made.id, 1, now=NOON),
            lambda by: meetings.propose(session, by, world.mentorship.id, plan(), now=NOON),
            lambda by: meetings.save_note(session, by, made.id, 0, "x", app.extensions["sealer"], now=NOON),
        ):
            with pytest.raises(NotFound):
                press(by)


def test_in_a_closed_track_nothing_is_proposed_agreed_or_recorded_and_all_can_be_called_off(session, world):
    first, second = proposed(session, world), agreed(session, world, agenda="The audit")
    world.track.state = TrackState.CLOSED
    for press in (
        lambda: proposed(session, world),
        lambda: meetings.agree(session, world.learns, first.id, 1, now=NOON),
        lambda: meetings.record_missed(session, world.learns, second.id, 2, now=AFTER),
    ):
        with pytest.raises(TrackClosed):
            press()
    meetings.cancel(session, world.learns, first.id, 1, now=NOON)
    assert first.state is S.CANCELLED


def test_the_trail_says_that_and_not_what(app, session, world):
    made = met(session, world)
    noted(app, session, world, made, "She doubts herself.")
    rows = session.scalars(select(AuditEntry).where(AuditEntry.thing == "meeting").order_by(AuditEntry.id)).all()
    assert [one.action for one in rows] == ["meeting.proposed", "meeting.agreed", "meeting.held", "meeting.noted"]
    for secret in (*SECRETS.values(), "career", "doubts"):
        assert all(secret not in str(vars(one)) for one in rows)


# ------------------------------------------------------------------ notes


def opened(app, session, sitter, meeting):
    note = my_note(session, sitter, meeting.id)
    return app.extensions["sealer"].open(note.sealed_text, place_of(note, "sealed_text")) if note else None


@pytest.mark.both_databases
def test_each_reads_the_own_note_alone_and_it_is_stored_sealed(app, session, world):
    made = met(session, world)
    noted(app, session, world, made, "She doubts herself.")
    noted(app, session, world, made, "He talks a lot.", STUDENT)
    assert opened(app, session, world.guides, made) == "She doubts herself."
    assert opened(app, session, world.learns, made) == "He talks a lot."
    assert my_note(session, world.sitter(), made.id) is None
    stored = session.execute(text("SELECT * FROM meeting_note")).all()
    assert len(stored) == 2
    assert "doubts" not in str(stored)
    assert "talks" not in str(stored)


def test_a_note_put_into_another_row_does_not_open(app, session, world):
    first, second = met(session, world), met(session, world)
    noted(app, session, world, first, "She doubts herself.")
    noted(app, session, world, second, "Nothing new.")
    sealed = select(MeetingNote.sealed_text).where(MeetingNote.meeting_id == first.id).scalar_subquery()
    session.execute(update(MeetingNote).where(MeetingNote.meeting_id == second.id).values(sealed_text=sealed))
    with pytest.raises(Exception, match="meeting_note:sealed_text"):
        opened(app, session, world.guides, second)


def test_a_note_is_replaced_and_taken_away_and_of_two_windows_the_first_counts(app, session, world):
    made = met(session, world)
    noted(app, session, world, made, "First.")
    noted(app, session, world, made, "Second.", version=1)
    with pytest.raises(NoteChanged):
        noted(app, session, world, made, "Late.", version=1)
    assert opened(app, session, world.guides, made) == "Second."
    noted(app, session, world, made, "", version=2)
    assert session.scalars(select(MeetingNote)).all() == []


# ------------------------------------------------------------------ what ends with the mentorship


@pytest.fixture
def parted(app, session, world):
    """One that is over and not recorded, one that was held, one agreed and one proposed for tomorrow; and a note."""
    began = NOON - timedelta(hours=3)
    world.over = agreed(session, world, starts_at=began, now=began - timedelta(days=1))
    world.held = met(session, world)
    world.coming, world.asked = agreed(session, world), proposed(session, world)
    noted(app, session, world, world.held, "She doubts herself.")
    world.known = len(mails(session))
    return world


def states(world):
    world.session.expire_all()
    return [one.state for one in (world.over, world.held, world.coming, world.asked)]


def told_of_meetings(world):
    return sorted(
        (one.person_id, one.facts["what"]) for one in mails(world.session)[world.known :] if one.kind == "meeting"
    )


ENDED = [S.AGREED, S.HELD, S.CANCELLED, S.CANCELLED]


@pytest.mark.both_databases
@pytest.mark.parametrize("how", ["ended", "moved", "student_left", "mentor_left"])
def test_when_two_are_parted_what_is_to_come_is_called_off_and_what_was_stays_theirs(app, session, parted, how):
    world, faculty = parted, parted.sitter()
    other = mentor(session, world.track, person(session, world.institution), made_by_id=world.faculty.id)
    if how == "ended":
        end(session, faculty, world.mentorship.id, "As agreed.", now=NOON)
    elif how == "moved":
        transfer(session, faculty, world.track, world.mentorship.id, other.id, "As agreed.", now=NOON)
    else:
        gone = world.student if how == "student_left" else world.guide
        gone_one = update(Membership).where(Membership.person_id == gone.id)
        session.execute(gone_one.values(status=MembershipStatus.LEFT))
        shown = [world.mentorship.id]
        if how == "student_left":
            part_from_left(session, faculty, world.track, shown, now=NOON)
        else:
            part_with_mentor(session, faculty, world.track, world.mentor.id, shown, "Gone.", stops=False, now=NOON)
    assert states(world) == ENDED
    hear = {"student_left": [world.guide.id], "mentor_left": [world.student.id]}.get(
        how, [world.guide.id, world.student.id]
    )
    assert told_of_meetings(world) == sorted((who, "cancelled") for who in hear for _meeting in range(2))
    assert opened(app, session, world.guides, world.held) == "She doubts herself."
    later = NOON + timedelta(hours=1)
    meetings.record_met(session, world.learns, world.over.id, 2, 30, (CAREER,), now=later)
    with pytest.raises(NotFound):
        proposed(session, world, now=later)
    with pytest.raises(NotFound):
        meetings.agree(session, world.sitter(other.person, MENTOR), world.asked.id, 2, now=later)


def test_two_who_were_parted_move_nothing_that_they_had_left_open(session, world):
    made = agreed(session, world)
    world.mentorship.ended_at = NOON
    with pytest.raises(ActNotPossible):
        meetings.move(session, world.learns, made.id, 2, plan(), now=NOON)


def test_a_round_is_not_taken_back_from_two_who_have_proposed_a_meeting(session):
    world = World(session)
    world.another_student()
    made = drawn(world)
    publish(session, world.sitter(), made.id, now=NOON)
    pair = session.scalars(select(Mentorship).join(Match, Match.mentorship_id == Mentorship.id)).one()
    by = world.sitter(pair.student, STUDENT)
    meetings.propose(session, by, pair.id, plan(), now=NOON)
    assert take_back(session, world.sitter(), made.id, now=NOON).stay == 1
    session.refresh(pair)
    assert pair.ended_at is None


def test_where_nothing_is_to_come_nothing_is_called_off_and_nobody_is_told(session, world):
    met(session, world)
    before = len(mails(session))
    cancel_with(session, world.sitter(), [world.mentorship], EndCause.OTHER, now=NOON)
    assert len(mails(session)) == before
    assert session.scalars(select(Meeting.state)).all() == [S.HELD]


@pytest.mark.parametrize("number", [1, 8])
def test_as_many_statements_whatever_the_number_that_is_called_off(session, world, number):
    for _ in range(number):
        agreed(session, world)
    session.commit()
    assert world.track.title
    with counting(session) as sent:
        cancel_with(session, world.sitter(), [world.mentorship], EndCause.OTHER, now=NOON)
    assert len(sent) == 9
    assert session.scalars(select(Meeting.state)).all() == [S.CANCELLED] * number


def test_each_side_is_told_that_it_is_held(app, session, world):
    made = met(session, world)
    noted(app, session, world, made, "She doubts herself.")
    held = [dict(held_about(session, by).counts) for by in (world.learns, world.guides)]
    assert [one.get(Held.MEETINGS) for one in held] == [1, 1]
    assert [one.get(Held.MEETING_NOTES) for one in held] == [None, 1]
