"""A meeting that took place proves its milestone: at once where the signer notes it, else when the signer says so."""

from datetime import timedelta

import pytest
from factories.meetings import agreed, plan, proposed
from factories.world import NOON, World, mentor, mentorship, milestone, person, track
from fixtures.at_once import at_once
from sqlalchemy import select

from lti_mentoring.domain.meetings import Fault, MeetingRefused, MeetingState
from lti_mentoring.domain.mentor_roles import MentorRole
from lti_mentoring.domain.milestones import ProgressState, Proof, Signer, StepKind, StepNotPossible
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AuditEntry, Mail, Meeting, Membership, MilestoneProgress, Score, TrackState
from lti_mentoring.services import evidence, meetings, milestones
from lti_mentoring.services.assigning import transfer
from lti_mentoring.services.evidence import Sending
from lti_mentoring.services.steps import TrackClosed

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY
P = ProgressState
CAREER = (MentoringDomain.CAREER,)
YESTERDAY = NOON - timedelta(days=1)


class Talk:
    """A student, a mentor, and a first milestone that a meeting of the two proves."""

    def __init__(self, session, **columns):
        self.session, self.world = session, World(session)
        self.milestone = self.world.track.milestones[0]
        self.milestone.proof = Proof.MEETING
        for name, value in columns.items():
            setattr(self.milestone, name, value)
        session.flush()

    def by(self, role):
        return self.world.sitter(role=role)

    def agreed(self, **values):
        """A meeting for it that was to be yesterday, and that both had agreed to."""
        began = {"starts_at": YESTERDAY, "now": YESTERDAY - timedelta(days=1), "milestone_id": self.milestone.id}
        return agreed(self.session, self.world, **began | values)

    @property
    def ids(self):
        return self.world.student.id, self.milestone.id

    def met(self, role, made, minutes=40, **what):
        by = self.by(role)
        return meetings.record_met(self.session, by, made.id, made.version, minutes, CAREER, now=NOON, **what)

    def missed(self, role, made):
        return meetings.record_missed(self.session, self.by(role), made.id, made.version, now=NOON)

    @property
    def row(self):
        return self.session.scalars(select(MilestoneProgress)).one_or_none()

    @property
    def state(self):
        return self.row.state if self.row else P.OPEN

    @property
    def steps(self):
        return [(one.kind, one.by_id) for one in self.row.steps]

    @property
    def mails(self):
        return [(one.person_id, one.kind) for one in self.session.scalars(select(Mail).where(Mail.kind != "meeting"))]


@pytest.fixture
def talk(session):
    return Talk(session)


@pytest.mark.both_databases
def test_the_mentor_notes_it_and_the_milestone_is_reached_with_its_grade(session, talk):
    talk.met(MENTOR, talk.agreed())
    assert talk.state is P.ACCEPTED
    assert talk.steps == [(StepKind.MET, talk.world.guide.id)]
    assert (talk.row.decided_at, talk.row.decided_by_id) == (NOON, talk.world.guide.id)
    assert talk.row.mentorship_id == talk.world.mentorship.id
    assert session.scalars(select(Score.wanted)).one() > 0
    assert {"meeting.held", "milestone.met"} <= set(session.scalars(select(AuditEntry.action)))
    assert talk.mails == [(talk.world.student.id, "evidence_accepted")]


def test_the_student_notes_it_and_the_mentor_is_asked_whether_it_is_so(talk):
    made = talk.agreed()
    talk.met(STUDENT, made)
    assert talk.state is P.SUBMITTED
    assert talk.row.submitted_at == NOON
    assert talk.row.decided_at is None
    assert talk.mails == [(talk.world.guide.id, "meeting_waits")]
    milestones.accept(talk.session, talk.by(MENTOR), *talk.ids, "", talk.row.version, now=NOON)
    assert talk.state is P.ACCEPTED
    assert [kind for kind, _by in talk.steps] == [StepKind.REPORTED, StepKind.MET]


def test_where_the_mentor_says_it_was_none_the_student_can_note_another_or_ask_the_course_team(talk):
    talk.met(STUDENT, talk.agreed())
    milestones.send_back(talk.session, talk.by(MENTOR), *talk.ids, "We only passed in the corridor.", 2, now=NOON)
    assert talk.state is P.RETURNED
    talk.met(STUDENT, talk.agreed(agenda="Once more"))
    assert talk.state is P.SUBMITTED


def test_without_a_meeting_nobody_signs_it_off(talk):
    with pytest.raises(StepNotPossible):
        milestones.accept(talk.session, talk.by(MENTOR), *talk.ids, "Surely.", 1, now=NOON)


def test_where_faculty_sign_a_meeting_that_the_mentor_notes_waits_for_them(session):
    talk = Talk(session, signer=Signer.FACULTY)
    talk.met(MENTOR, talk.agreed())
    assert talk.state is P.SUBMITTED
    assert talk.mails == [(talk.world.faculty.id, "meeting_waits")]


def test_a_meeting_for_no_milestone_and_one_that_is_only_agreed_prove_nothing(talk):
    talk.met(MENTOR, talk.agreed(milestone_id=None))
    talk.agreed(agenda="The next one")
    assert talk.row is None


def test_a_second_meeting_for_it_changes_nothing_more(talk):
    talk.met(MENTOR, talk.agreed())
    talk.met(STUDENT, talk.agreed(agenda="Once more"))
    assert [kind for kind, _by in talk.steps] == [StepKind.MET]


def test_when_the_mentor_confirms_by_correcting_the_minutes_it_is_reached(talk):
    made = talk.agreed()
    talk.met(STUDENT, made)
    talk.met(MENTOR, made, minutes=20)
    assert talk.state is P.ACCEPTED


@pytest.mark.parametrize(
    ("noted", "corrected", "state"),
    [
        (MENTOR, MENTOR, P.OPEN),
        (STUDENT, STUDENT, P.OPEN),
        (STUDENT, MENTOR, P.OPEN),
        (MENTOR, STUDENT, P.ACCEPTED),
    ],
)
def test_a_correction_takes_back_what_waits_and_from_the_signer_what_was_reached(talk, noted, corrected, state):
    made = talk.agreed()
    talk.met(noted, made)
    talk.missed(corrected, made)
    assert talk.state is state
    assert talk.steps[-1][0] is (StepKind.UNMET if state is P.OPEN else StepKind.DOUBTED)
    assert (talk.row.decided_at is None) is (state is P.OPEN)
    assert talk.row.submitted_at is None


def test_what_another_meeting_proves_stays_when_one_is_corrected(talk):
    first, second = talk.agreed(), talk.agreed(agenda="Once more")
    talk.met(MENTOR, first)
    talk.met(MENTOR, second)
    talk.missed(MENTOR, first)
    assert talk.state is P.ACCEPTED


def test_a_meeting_that_never_took_place_leaves_no_trace_on_the_milestone(talk):
    talk.missed(MENTOR, talk.agreed())
    assert talk.row is None


@pytest.mark.parametrize("columns", [{"proof": Proof.WORD}, {"retired_at": NOON}])
def test_what_it_was_for_may_ask_for_something_else_by_now(talk, columns):
    made = talk.agreed()
    for name, value in columns.items():
        setattr(talk.milestone, name, value)
    talk.met(MENTOR, made)
    assert made.state is MeetingState.HELD
    assert talk.row is None


def test_an_excused_milestone_stays_excused(talk):
    made = talk.agreed()
    milestones.excuse(talk.session, talk.by(FACULTY), *talk.ids, "She was ill that week.", 1, now=NOON)
    talk.met(MENTOR, made)
    assert talk.state is P.EXCUSED


def test_a_mentor_of_before_notes_it_and_whoever_signs_now_is_asked(session, talk):
    made = talk.agreed()
    other = mentor(session, talk.world.track, person(session, talk.world.institution, name="Dr Chen"))
    world = talk.world
    transfer(session, world.sitter(), world.track, world.mentorship.id, other.id, "She leaves for a year.", now=NOON)
    before = len(talk.mails)
    talk.met(MENTOR, made)
    assert talk.state is P.SUBMITTED
    assert talk.mails[before:] == [(other.person_id, "meeting_waits")]


class TestWhichMilestone:
    """What a meeting can be for."""

    def test_only_one_that_a_meeting_proves(self, session, talk):
        for wrong in (talk.world.track.milestones[1].id, 999_999):
            with pytest.raises(NotFound):
                proposed(session, talk.world, milestone_id=wrong)

    def test_only_one_of_the_same_track(self, session, talk):
        elsewhere = milestone(session, track(session, talk.world.context), proof=Proof.MEETING)
        with pytest.raises(NotFound):
            proposed(session, talk.world, milestone_id=elsewhere.id)

    def test_only_with_a_mentor_in_the_role_that_signs_it(self, session, talk):
        talk.world.track.mentor_roles = [
            {"key": one.key, "name": one.name} for one in (MentorRole("clinical", "C"), MentorRole("research", "R"))
        ]
        talk.milestone.signer_role, talk.world.mentorship.role = "research", "clinical"
        session.flush()
        with pytest.raises(NotFound):
            proposed(session, talk.world, milestone_id=talk.milestone.id)
        talk.world.mentorship.role = "research"
        session.flush()
        assert proposed(session, talk.world, milestone_id=talk.milestone.id).milestone_id == talk.milestone.id

    def test_another_time_can_be_for_another_milestone(self, session, talk):
        made = proposed(session, talk.world)
        moved = meetings.move(
            session, talk.by(MENTOR), made.id, 1, plan(milestone_id=talk.milestone.id), now=NOON
        )  # fmt: skip
        assert moved.milestone_id == talk.milestone.id
        with pytest.raises(NotFound):
            meetings.move(session, talk.by(MENTOR), made.id, 2, plan(milestone_id=999_999), now=NOON)


class TestUnplanned:
    """A meeting that took place without anybody having proposed it."""

    def note(self, talk, role, starts_at=YESTERDAY, **values):
        said = plan(starts_at, **{"milestone_id": talk.milestone.id, "agenda": "", **values})
        return meetings.note_held(talk.session, talk.by(role), talk.world.mentorship.id, said, now=NOON)

    @pytest.mark.both_databases
    @pytest.mark.parametrize(("role", "state"), [(MENTOR, P.ACCEPTED), (STUDENT, P.SUBMITTED)])
    def test_it_counts_as_a_planned_one_does_and_the_other_is_told(self, session, talk, role, state):
        made = self.note(talk, role)
        other = talk.world.student if role is MENTOR else talk.world.guide
        assert (made.state, made.recorded_at, made.recorded_by_id) == (
            MeetingState.HELD, NOON, talk.by(role).person_id,
        )  # fmt: skip
        assert talk.state is state
        told = session.scalars(select(Mail).where(Mail.kind == "meeting")).one()
        assert (told.person_id, told.facts["what"]) == (other.id, "held")

    @pytest.mark.both_databases
    def test_pressed_twice_it_is_one(self, app, session, talk):
        numbers = []
        session.commit()

        def press(own):
            numbers.append(self.note(_here(own, talk), MENTOR).id)

        assert at_once(app, [press] * 3) == ["done"] * 3
        assert len(set(numbers)) == 1
        assert len(session.scalars(select(Meeting)).all()) == 1

    @pytest.mark.parametrize(
        ("starts_at", "fault"),
        [(NOON + timedelta(minutes=1), Fault.NOT_YET), (NOON - timedelta(days=61), Fault.LONG_AGO)],
    )
    def test_it_lies_behind_and_not_long(self, talk, starts_at, fault):
        with pytest.raises(MeetingRefused) as refused:
            self.note(talk, MENTOR, starts_at)
        assert refused.value.fault is fault

    def test_not_for_others_nor_in_a_closed_track(self, session, talk):
        theirs = mentorship(session, talk.world.mentor, talk.world.another_student())
        with pytest.raises(NotFound):
            meetings.note_held(session, talk.by(STUDENT), theirs.id, plan(YESTERDAY), now=NOON)
        talk.world.track.state = TrackState.CLOSED
        with pytest.raises(TrackClosed):
            self.note(talk, MENTOR)

    def test_one_that_the_other_has_noted_already_is_not_noted_again(self, talk):
        self.note(talk, MENTOR)
        with pytest.raises(MeetingRefused) as refused:
            self.note(talk, STUDENT, YESTERDAY + timedelta(minutes=10))
        assert refused.value.fault is Fault.ALREADY
        self.note(talk, STUDENT, YESTERDAY + timedelta(minutes=30))

    def test_the_other_corrects_it(self, talk):
        made = self.note(talk, STUDENT)
        talk.missed(MENTOR, made)
        assert talk.state is P.OPEN


class TestWhatWasDecided:
    """No correction of a meeting undoes or repeats what somebody has decided since."""

    def test_a_granted_appeal_stays(self, talk):
        made = talk.agreed()
        talk.met(STUDENT, made)
        milestones.send_back(talk.session, talk.by(MENTOR), *talk.ids, "We only said hello.", 2, now=NOON)
        milestones.appeal(talk.session, talk.by(STUDENT), talk.milestone.id, "We talked for an hour.", 3, now=NOON)
        milestones.decide_appeal(talk.session, talk.by(FACULTY), *talk.ids, True, "It was one.", 4, now=NOON)
        talk.missed(MENTOR, made)
        assert talk.state is P.ACCEPTED

    def test_the_mentor_settles_an_appeal_by_noting_the_meeting(self, talk):
        made = talk.agreed()
        talk.met(STUDENT, made)
        milestones.send_back(talk.session, talk.by(MENTOR), *talk.ids, "We only said hello.", 2, now=NOON)
        milestones.appeal(talk.session, talk.by(STUDENT), talk.milestone.id, "We talked for an hour.", 3, now=NOON)
        talk.met(MENTOR, talk.agreed(agenda="Once more"))
        assert talk.state is P.ACCEPTED

    def test_what_evidence_reached_or_what_of_it_waits_stays(self, talk):
        talk.milestone.proof = Proof.EVIDENCE
        evidence.send(
            talk.session, talk.by(STUDENT), talk.milestone.id, Sending(1, "My page."), None, limit=10, now=NOON
        )  # fmt: skip
        talk.milestone.proof = Proof.MEETING
        made = talk.agreed()
        talk.met(STUDENT, made)
        talk.missed(STUDENT, made)
        assert talk.state is P.SUBMITTED
        talk.milestone.proof = Proof.EVIDENCE
        milestones.accept(talk.session, talk.by(MENTOR), *talk.ids, "", talk.row.version, now=NOON)
        talk.milestone.proof = Proof.MEETING
        again = talk.agreed(agenda="Once more")
        talk.met(MENTOR, again)
        talk.missed(MENTOR, again)
        assert talk.state is P.ACCEPTED

    def test_a_student_s_word_alone_does_not_keep_it_reached(self, talk):
        first = talk.agreed()
        talk.met(MENTOR, first)
        talk.met(STUDENT, talk.agreed(agenda="Once more"))
        talk.missed(MENTOR, first)
        assert talk.state is P.OPEN

    def test_a_corrected_minute_neither_reaches_again_what_faculty_opened_nor_asks_again(self, talk):
        made = talk.agreed()
        talk.met(MENTOR, made)
        milestones.reopen(talk.session, talk.by(FACULTY), *talk.ids, "It was about something else.", 2, now=NOON)
        talk.met(MENTOR, made, minutes=41)
        assert talk.state is P.OPEN

    def test_a_corrected_minute_does_not_ask_again_after_it_was_sent_back(self, talk):
        made = talk.agreed()
        talk.met(STUDENT, made)
        milestones.send_back(talk.session, talk.by(MENTOR), *talk.ids, "We only said hello.", 2, now=NOON)
        talk.met(STUDENT, made, minutes=41)
        assert talk.state is P.RETURNED

    def test_what_was_opened_again_can_be_signed_by_the_meeting_that_is_there(self, talk):
        talk.met(MENTOR, talk.agreed())
        milestones.reopen(talk.session, talk.by(FACULTY), *talk.ids, "It was about something else.", 2, now=NOON)
        milestones.accept(talk.session, talk.by(MENTOR), *talk.ids, "It was about this.", 3, now=NOON)
        assert talk.state is P.ACCEPTED

    def test_asked_for_after_all_the_signer_hears_that_there_was_a_meeting(self, talk):
        milestones.excuse(talk.session, talk.by(FACULTY), *talk.ids, "She was ill that week.", 1, now=NOON)
        talk.met(MENTOR, talk.agreed())
        milestones.lift(talk.session, talk.by(FACULTY), *talk.ids, "She is well again now.", 2, now=NOON)
        assert talk.state is P.OPEN
        assert talk.mails == [(talk.world.guide.id, "meeting_waits")]
        milestones.accept(talk.session, talk.by(MENTOR), *talk.ids, "", 3, now=NOON)
        assert talk.state is P.ACCEPTED

    def test_the_student_hears_when_it_is_taken_back_and_faculty_when_they_had_signed(self, session, talk):
        made = talk.agreed()
        talk.met(MENTOR, made)
        talk.missed(MENTOR, made)
        assert talk.mails[-1] == (talk.world.student.id, "meeting_doubted")
        talk.milestone.signer = Signer.FACULTY
        talk.met(MENTOR, made)
        milestones.accept(session, talk.by(FACULTY), *talk.ids, "", talk.row.version, now=NOON)
        talk.missed(MENTOR, made)
        assert talk.state is P.ACCEPTED
        assert talk.mails[-1] == (talk.world.faculty.id, "meeting_doubted")


def test_what_it_was_for_is_said_when_it_is_noted_and_can_be_corrected(talk):
    made, second = talk.agreed(milestone_id=None), talk.world.track.milestones[1]
    second.proof = Proof.MEETING
    talk.met(MENTOR, made, milestone_id=talk.milestone.id)
    assert (made.milestone_id, talk.state) == (talk.milestone.id, P.ACCEPTED)
    talk.met(MENTOR, made, milestone_id=second.id)
    rows = {one.milestone_id: one.state for one in talk.session.scalars(select(MilestoneProgress))}
    assert rows == {talk.milestone.id: P.OPEN, second.id: P.ACCEPTED}
    with pytest.raises(NotFound):
        talk.met(MENTOR, made, milestone_id=talk.world.track.milestones[2].id)


def test_only_the_two_who_met_were_in_contact(session, talk):
    other = mentor(session, talk.world.track, person(session, talk.world.institution, name="Dr Chen"))
    theirs = mentorship(session, other, talk.world.student, role="b")
    before = theirs.contact_at
    talk.met(STUDENT, talk.agreed())
    assert theirs.contact_at == before
    assert talk.row.mentorship_id == talk.world.mentorship.id


def test_whoever_is_no_student_of_the_course_any_more_has_met_all_the_same(session, talk):
    made = talk.agreed()
    session.scalars(select(Membership).where(Membership.person_id == talk.world.student.id)).one().is_student = False
    talk.world.mentorship.ended_at = NOON
    session.flush()
    talk.met(MENTOR, made)
    assert made.state is MeetingState.HELD


@pytest.mark.both_databases
def test_two_mentors_and_two_steps_at_once_wait_for_each_other(app, session, talk):
    world, second = talk.world, talk.world.track.milestones[1]
    other = mentor(session, world.track, person(session, world.institution, name="Dr Chen"))
    theirs = mentorship(session, other, world.student, role="b")
    made = proposed(
        session, world, STUDENT, pair=theirs, starts_at=YESTERDAY, now=YESTERDAY - timedelta(days=1),
        milestone_id=talk.milestone.id,
    )  # fmt: skip
    student, number, its, versions = talk.by(STUDENT), made.id, second.id, iter(range(1, 9))
    session.commit()

    def note(own):
        version = next(versions)
        if version % 2:
            meetings.record_met(own, student, number, version, 40, CAREER, now=NOON)
        else:
            meetings.record_missed(own, student, number, version, now=NOON)

    def send(own):
        row = own.scalars(select(MilestoneProgress).where(MilestoneProgress.milestone_id == its)).one_or_none()
        evidence.send(own, student, its, Sending(row.version if row else 1, "A page."), None, limit=10, now=NOON)

    for _round in range(6):
        assert at_once(app, [note, send]) == ["done", "done"]


@pytest.mark.both_databases
def test_a_decision_and_a_note_at_once_wait_for_each_other_and_neither_is_lost(app, session, talk):
    made = talk.agreed()
    version, ids = made.version, talk.ids
    student, faculty = talk.by(STUDENT), talk.by(FACULTY)
    session.commit()

    def note(own):
        meetings.record_met(own, student, made.id, version, 40, CAREER, now=NOON)

    def excuse(own):
        milestones.excuse(own, faculty, *ids, "She was ill that week.", 1, now=NOON)

    ends = at_once(app, [note, excuse])
    assert ends[0] == "done"
    assert ends[1] in {"done", "MilestoneChanged"}
    session.expire_all()
    assert made.state is MeetingState.HELD
    assert talk.state is (P.EXCUSED if ends[1] == "done" else P.SUBMITTED)


def _here(session, talk):
    """The same two in another session."""
    here = object.__new__(Talk)
    here.session, here.world, here.milestone = session, talk.world, talk.milestone
    return here
