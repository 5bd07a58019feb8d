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
    [(FacultyAsMentor.WARN, frozenset()), (FacultyAsMentor.REFUSE, frozenset({ConflictKind.ASSESSOR}))],
)
def test_a_mentor_who_teaches_the_course_is_kept_apart_where_the_track_says_so(session, world, rule, kinds):
    row = session.scalars(select(Membership).where(Membership.person_id == world.guide.id)).one()
    row.is_faculty = True
    policy(session, world.track, MatchingWay.BY_HAND, faculty_as_mentor=rule)
    assert kept_apart(session, world.track).why(world.student.id, world.mentor.id) == kinds


def test_who_is_kept_apart_takes_as_many_statements_for_many_as_for_few(session, world):
    def statements():
        with counting(session) as sent:
            kept_apart(session, world.track)
        return len(sent)

    few = statements()
    for _number in range(20):
        guide = mentor(session, world.track, person(session, world.institution))
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
