"""Declaring that two must not be brought together, and what then holds."""

import pytest
from factories.wishes import conflict, only_group, veto
from factories.world import NOON, World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.assigning import Obstacle, Wish
from lti_mentoring.domain.conflicts import SEALED, ConflictKind, ConflictReason, ReasonNeeded
from lti_mentoring.domain.matching.balanced import BalancedMatcher
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import AssignedBy, AuditEntry, ConflictOfInterest
from lti_mentoring.queries.administration import AuditFilter, administrator_home, audit_trail
from lti_mentoring.queries.conflicts import kept_apart
from lti_mentoring.queries.pairing import pairing
from lti_mentoring.queries.privacy import Held, held_about
from lti_mentoring.services.assigning import PairImpossible, PlanChanged, assign, assign_all, propose, transfer
from lti_mentoring.services.conflicts import declare, take_back

pytestmark = pytest.mark.both_databases
STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def other(session, world):
    who = person(session, world.institution, name="Dr Okafor")
    membership(session, world.context, who, is_student=False)
    return mentor(session, world.track, who)


def say(session, world, role, student=None, guide=None, note="", *, reason=ConflictReason.RELATIVE, by=None):
    pair = ((student or world.student).id, (guide or world.mentor).id)
    return declare(session, by or world.sitter(role=role), world.track, *pair, reason, note, now=NOON)


def audited(session, action):
    return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all()


def test_a_student_a_mentor_and_faculty_declare_each_in_their_own_name(session, world):
    kinds = [say(session, world, role, note="We are related.").kind for role in (STUDENT, MENTOR, FACULTY)]
    assert kinds == [
        ConflictKind.DECLARED_BY_STUDENT,
        ConflictKind.DECLARED_BY_MENTOR,
        ConflictKind.DECLARED_BY_FACULTY,
    ]
    assert len(audited(session, "conflict.declared")) == 3
    assert "related" not in str([entry.facts for entry in audited(session, "conflict.declared")])


def test_declaring_twice_changes_nothing(session, world):
    first = say(session, world, STUDENT)
    assert say(session, world, STUDENT, note="Again.").id == first.id
    assert first.note == ""
    assert len(audited(session, "conflict.declared")) == 1


def test_another_reason_is_another_declaration(session, world):
    reasons = (ConflictReason.MANAGER, ConflictReason.WORKPLACE)
    made = [say(session, world, MENTOR, reason=reason) for reason in reasons]
    assert [one.reason for one in made] == list(reasons)
    take_back(session, world.sitter(role=MENTOR), made[0].id, now=NOON)
    assert kept_apart(session, world.track).why(world.student.id, world.mentor.id) == {ConflictKind.DECLARED_BY_MENTOR}


def test_faculty_say_why(session, world):
    with pytest.raises(ReasonNeeded):
        say(session, world, FACULTY, note="  ")


def test_a_complaint_keeps_apart_as_a_concern_does_and_keeps_no_words(session, world, other):
    student = world.another_student()
    by = world.sitter(student, STUDENT)
    made = say(session, world, STUDENT, student, other, "He shouted at me.", reason=ConflictReason.COMPLAINT, by=by)
    assert (made.kind, made.note) == (ConflictKind.DECLARED_BY_STUDENT, "")
    apart = kept_apart(session, world.track).why(student.id, other.id)
    assert apart == {ConflictKind.CONCERN}
    for despite in ("", "It has to be."):
        with pytest.raises(PairImpossible) as stopped:
            assign(session, world.sitter(), world.track, student.id, other.id, now=NOON, despite=despite)
        assert (stopped.value.code, stopped.value.stopped.kinds) == ("pair_not_available", frozenset())


def test_of_a_complaint_no_page_of_the_trail_and_no_count_tells(session, world):
    def told():
        office = world.sitter(role=SeatRole.ADMINISTRATOR)
        home, trail = administrator_home(session, office), audit_trail(session, office, AuditFilter())
        return home.recent, trail

    say(session, world, FACULTY, note="Related.")
    before = told()
    by = world.sitter(role=STUDENT)
    made = say(session, world, STUDENT, reason=ConflictReason.COMPLAINT)
    assert dict(held_about(session, by).counts)[Held.COMPLAINTS] == 1
    take_back(session, by, made.id, now=NOON)
    assert told() == before
    lines = session.scalars(select(AuditEntry).where(AuditEntry.thing == SEALED).order_by(AuditEntry.id))
    assert [(one.action, one.facts) for one in lines] == [("complaint.declared", {}), ("complaint.ended", {})]
    counts = dict(held_about(session, by).counts)
    assert (Held.CONFLICTS in counts, Held.TRAIL in counts) == (False, False)


def test_a_complaint_is_taken_back_by_whoever_declared_it_and_by_no_colleague(session, world):
    made = say(session, world, FACULTY, reason=ConflictReason.COMPLAINT)
    colleague = person(session, world.institution, name="Dr Vaz")
    with pytest.raises(NotFound):
        take_back(session, world.sitter(colleague), made.id, now=NOON)
    take_back(session, world.sitter(), made.id, now=NOON)
    assert kept_apart(session, world.track).why(world.student.id, world.mentor.id) == frozenset()


def test_a_mentor_seals_nothing(session, world):
    with pytest.raises(ReasonNeeded):
        say(session, world, MENTOR, reason=ConflictReason.COMPLAINT)


def test_nobody_speaks_for_another_or_about_who_is_not_here(session, world, other):
    with pytest.raises(NotFound):
        say(session, world, STUDENT, world.another_student())
    with pytest.raises(NotFound):
        say(session, world, MENTOR, guide=other)
    with pytest.raises(NotFound):
        say(session, world, FACULTY, person(session, world.institution), note="Related.")
    with pytest.raises(NotFound):
        say(session, world, FACULTY, guide=World(session).mentor, note="Related.")


def test_each_side_takes_back_what_it_declared_and_nothing_else(session, world):
    mine = {role: say(session, world, role, note="x").id for role in (STUDENT, MENTOR, FACULTY)}
    concern = conflict(session, world.mentor, world.student, ConflictKind.CONCERN).id
    for role, number in mine.items():
        for another in {concern, *mine.values()} - {number}:
            with pytest.raises(NotFound):
                take_back(session, world.sitter(role=role), another, now=NOON)
        take_back(session, world.sitter(role=role), number, now=NOON)
        with pytest.raises(NotFound):
            take_back(session, world.sitter(role=role), number, now=NOON)
    session.expire_all()
    open_ones = session.scalars(select(ConflictOfInterest.id).where(ConflictOfInterest.ended_at.is_(None)))
    assert open_ones.all() == [concern]
    assert len(audited(session, "conflict.ended")) == 3


def test_what_was_taken_back_can_be_declared_again(session, world):
    take_back(session, world.sitter(role=STUDENT), say(session, world, STUDENT).id, now=NOON)
    assert say(session, world, STUDENT).ended_at is None


# ------------------------------------------------------------------ what then holds


def test_a_declared_conflict_stops_faculty_and_a_reason_overrules_it(session, world, other):
    student = world.another_student()
    conflict(session, other, student)
    with pytest.raises(PairImpossible) as stopped:
        assign(session, world.sitter(), world.track, student.id, other.id, now=NOON)
    assert stopped.value.code == "pair_conflict"
    assign(session, world.sitter(), world.track, student.id, other.id, now=NOON, despite="Nobody else is left.")
    assert audited(session, "mentorship.assigned")[-1].reason == "Nobody else is left."


@pytest.mark.parametrize("why", ["veto", "limit", "concern"])
def test_no_reason_overrules_a_veto_a_limit_or_a_concern_and_they_look_alike(session, world, other, why):
    student = world.another_student()
    if why == "veto":
        veto(session, other, student)
    elif why == "limit":
        only_group(session, other, None)
    else:
        conflict(session, other, student, ConflictKind.CONCERN)
    for despite in ("", "It has to be."):
        with pytest.raises(PairImpossible) as stopped:
            assign(session, world.sitter(), world.track, student.id, other.id, now=NOON, despite=despite)
        assert stopped.value.code == "pair_not_available"
        assert stopped.value.stopped.kinds == frozenset()


def test_moving_a_student_meets_the_same_walls(session, world, other):
    conflict(session, other, world.student)
    pair = (world.track, world.mentorship.id, other.id, "She moves away.")
    with pytest.raises(PairImpossible):
        transfer(session, world.sitter(), *pair, now=NOON)
    session.rollback()


def test_a_list_with_a_conflict_is_placed_as_a_whole_or_not_at_all(session, world, other):
    one, two = world.another_student(), world.another_student()
    veto(session, other, two)
    wishes = [Wish(1, one.id, other.id), Wish(2, two.id, other.id)]
    with pytest.raises(PlanChanged) as changed:
        assign_all(session, world.sitter(), world.track, wishes, AssignedBy.CSV, now=NOON)
    assert [stopped.obstacle for stopped in changed.value.stopped] == [Obstacle.NOT_AVAILABLE]


def test_nobody_is_proposed_whom_something_keeps_apart(session, world, other):
    free, kept, stuck = (world.another_student(name=name) for name in ("A", "B", "C"))
    for guide in (other, world.mentor):
        veto(session, guide, stuck)
    veto(session, other, kept)
    pairs, left = propose(pairing(session, world.track), BalancedMatcher())
    assert {(pair.mentee_id, pair.mentor_id) for pair in pairs} == {
        (free.id, other.id),
        (kept.id, world.mentor.id),
    }
    assert left == [stuck.id]
