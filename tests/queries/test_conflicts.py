"""Reading who is kept apart, and what of it a page shows."""

import pytest
from factories.statements import counting
from factories.wishes import conflict, only_group, policy, veto
from factories.world import NOON, World, group, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.conflicts import DECLARED, ConflictKind, ConflictReason, Forbidden, PrivateKind
from lti_mentoring.domain.rank_lists import FacultyAsMentor, MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Membership
from lti_mentoring.queries.conflicts import conflicts_page, kept_apart


@pytest.fixture
def world(session):
    return World(session)


def names(page):
    return [(row.student, row.mentor, row.kind.value, row.is_own) for row in page.rows]


def test_everything_that_keeps_two_apart_is_found(session, world):
    other = world.another_student()
    conflict(session, world.mentor, world.student, ConflictKind.CONCERN)
    conflict(session, world.mentor, world.student, ConflictKind.DECLARED_BY_STUDENT)
    conflict(session, world.mentor, other, ended_at=NOON)
    veto(session, world.mentor, other)
    only_group(session, world.mentor, group(session, world.context, "A", world.student))
    assert kept_apart(session, world.track).forbidden([world.student.id, other.id], [world.mentor.id]) == [
        Forbidden(world.student.id, world.mentor.id, ConflictKind.CONCERN),
        Forbidden(world.student.id, world.mentor.id, ConflictKind.DECLARED_BY_STUDENT),
        Forbidden(other.id, world.mentor.id, PrivateKind.LIMIT),
        Forbidden(other.id, world.mentor.id, PrivateKind.VETO),
    ]
    assert kept_apart(session, world.track, [other.id]).named.keys() == {(other.id, world.mentor.id)}


def test_a_section_that_is_gone_leaves_nobody_for_the_mentor(session, world):
    only_group(session, world.mentor, None)
    assert kept_apart(session, world.track).why(world.student.id, world.mentor.id) == {PrivateKind.LIMIT}


@pytest.mark.parametrize(
    ("rule", "kinds"),
    [
        (None, {ConflictKind.ASSESSOR}),
        (FacultyAsMentor.REFUSE, {ConflictKind.ASSESSOR}),
        (FacultyAsMentor.WARN, set()),
        (FacultyAsMentor.ALLOW, set()),
    ],
)
def test_a_mentor_who_teaches_the_course_is_kept_apart_unless_the_track_says_otherwise(session, world, rule, kinds):
    row = session.scalars(select(Membership).where(Membership.person_id == world.guide.id)).one()
    row.is_faculty = True
    if rule is not None:
        policy(session, world.track, MatchingWay.BY_HAND, faculty_as_mentor=rule)
    assert kept_apart(session, world.track).why(world.student.id, world.mentor.id) == kinds


SEALED = [
    {"kind": ConflictKind.CONCERN},
    {"kind": ConflictKind.DECLARED_BY_STUDENT, "reason": ConflictReason.COMPLAINT},
]


@pytest.mark.both_databases
class TestFromAnEarlierTrack:
    @pytest.fixture
    def before(self, session, world):
        """Another course of the institution, in which the same two were mentor and student."""
        course = World(session, inside=world.deployment)
        course.old = mentor(session, course.track, world.guide, active=False)
        return course

    @pytest.mark.parametrize("said", SEALED)
    def test_a_concern_and_a_complaint_hold_in_every_track_and_for_nobody_else(self, session, world, before, said):
        conflict(session, before.old, world.student, **said)
        other = world.another_student()
        apart = kept_apart(session, world.track)
        assert apart.named == {(world.student.id, world.mentor.id): {ConflictKind.CONCERN}}
        assert kept_apart(session, world.track, [other.id]).named == {}
        assert kept_apart(session, world.track, [world.student.id]).named == apart.named

    @pytest.mark.parametrize("said", SEALED)
    def test_they_hold_for_the_two_whichever_of_them_mentors_now(self, session, world, before, said):
        guided = mentor(session, before.track, world.student)
        conflict(session, guided, world.guide, **said)
        found = {(world.student.id, world.mentor.id): {ConflictKind.CONCERN}}
        assert kept_apart(session, world.track).named == found
        assert kept_apart(session, world.track, [world.student.id]).named == found
        assert kept_apart(session, world.track, [world.another_student().id]).named == {}

    def test_what_is_said_openly_holds_only_where_it_was_said(self, session, world, before):
        conflict(session, before.old, world.student, reason=ConflictReason.RELATIVE)
        assert kept_apart(session, world.track).named == {}

    @pytest.mark.parametrize("said", SEALED)
    def test_what_was_ended_holds_nowhere(self, session, world, before, said):
        conflict(session, before.old, world.student, ended_at=NOON, **said)
        assert kept_apart(session, world.track).named == {}

    @pytest.mark.parametrize("said", SEALED)
    def test_nobody_reads_it_in_the_later_track(self, session, world, before, said):
        conflict(session, before.old, world.student, made_by_id=world.student.id, **said)
        for role in (SeatRole.FACULTY, SeatRole.MENTOR, SeatRole.STUDENT):
            page = conflicts_page(session, world.sitter(role=role), world.track, wanted="a")
            assert (page.rows, page.paged.total) == ((), 0)


def test_who_is_kept_apart_takes_as_many_statements_for_many_as_for_few(session, world):
    def statements():
        with counting(session) as sent:
            kept_apart(session, world.track)
        return len(sent)

    few = statements()
    before = World(session, inside=world.deployment)
    for _number in range(20):
        guide = mentor(session, world.track, person(session, world.institution))
        conflict(session, mentor(session, before.track, guide.person), world.student, ConflictKind.CONCERN)
        veto(session, guide, world.another_student())
        only_group(session, guide, group(session, world.context, f"S{guide.id}", world.student))
    assert statements() == few == 4


def test_faculty_see_all_that_was_declared_and_nothing_else(session, world):
    for kind in ConflictKind:
        conflict(session, world.mentor, world.student, kind)
    veto(session, world.mentor, world.student)
    page = conflicts_page(session, world.sitter(), world.track, wanted="amina")
    assert {row.kind for row in page.rows} == DECLARED
    assert [row.kind for row in page.rows if row.is_own] == [ConflictKind.DECLARED_BY_FACULTY]
    assert page.students == ((world.student.id, "Amina Yusuf"),)
    assert conflicts_page(session, world.sitter(), world.track).students == ()


def test_a_student_and_a_mentor_see_only_what_they_declared_themselves(session, world):
    colleague = person(session, world.institution, name="Dr Okafor")
    membership(session, world.context, colleague, is_student=False)
    other = mentor(session, world.track, colleague)
    for kind in ConflictKind:
        conflict(session, world.mentor, world.student, kind)
        conflict(session, other, world.another_student(), kind)
    for role, kind in (
        (SeatRole.STUDENT, ConflictKind.DECLARED_BY_STUDENT),
        (SeatRole.MENTOR, ConflictKind.DECLARED_BY_MENTOR),
    ):
        page = conflicts_page(session, world.sitter(role=role), world.track, wanted="a")
        assert names(page) == [("Amina Yusuf", "Dr Priya Raman", kind.value, True)]
    student = conflicts_page(session, world.sitter(role=SeatRole.STUDENT), world.track)
    assert (student.students, len(student.mentors)) == (((world.student.id, "Amina Yusuf"),), 2)
    assert [name for _, name in page.mentors] == ["Dr Priya Raman"]


def test_of_a_complaint_only_whoever_declared_it_reads_and_nobody_else_counts_it(session, world):
    complaint = {"reason": ConflictReason.COMPLAINT}
    colleague = person(session, world.institution, name="Dr Vaz")
    conflict(session, world.mentor, world.student, reason=ConflictReason.RELATIVE)
    conflict(session, world.mentor, world.student, made_by_id=colleague.id, **complaint)
    by_student = {"kind": ConflictKind.DECLARED_BY_STUDENT, "made_by_id": world.student.id}
    conflict(session, world.mentor, world.student, **by_student, **complaint)

    def seen(sitter):
        page = conflicts_page(session, sitter, world.track, wanted="a")
        return page.paged.total, [row.reason.value for row in page.rows]

    assert seen(world.sitter()) == (1, ["relative"])
    assert seen(world.sitter(colleague)) == (2, ["complaint", "relative"])
    assert seen(world.sitter(role=SeatRole.STUDENT)) == (1, ["complaint"])
    assert seen(world.sitter(role=SeatRole.MENTOR)) == (0, [])
