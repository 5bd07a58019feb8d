"""Groups by hand: what is written replaces what was, and nothing else."""

import pytest
from factories.statements import counting
from factories.wishes import only_group
from factories.world import NOON, World, group
from sqlalchemy import select

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.models import AuditEntry, Group, Membership, MembershipStatus, MentorLimit
from lti_mentoring.queries.hand_groups import students_of, written_now
from lti_mentoring.queries.round_groups import groups_now
from lti_mentoring.services.hand_groups import write_groups

pytestmark = pytest.mark.both_databases
BY_HAND = "by_hand:"


@pytest.fixture
def world(session):
    made = World(session)
    made.students = [made.another_student(name=name) for name in ("Layla Haddad", "Tomás Ibáñez", "Wei Zhang")]
    return made


def write(world, **groups):
    write_groups(world.session, world.sitter(), world.track, groups, now=NOON)


def now(world):
    return {one.name: one.people for one in groups_now(world.session, world.track, BY_HAND)}


def test_what_is_written_replaces_what_was_and_leaves_the_platforms_groups(session, world):
    one, two, three = (student.id for student in world.students)
    group(session, world.context, "B1", *world.students)
    write(world, Reds=[one, two], Blues=[three])
    assert now(world) == {"Reds": {one, two}, "Blues": {three}}
    write(world, Reds=[two, three])
    assert now(world) == {"Reds": {two, three}}
    assert session.scalars(select(Group.name).where(Group.kind == GroupKind.SECTION)).all() == ["B1"]
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "groups.written")).all()
    assert [(entry.facts["groups"], entry.facts["people"]) for entry in entries] == [(2, 3), (1, 2)]


def test_a_group_that_keeps_its_name_stays_the_one_that_a_mentor_limited_themselves_to(session, world):
    write(world, Reds=[world.students[0].id])
    held = session.scalars(select(Group).where(Group.kind == GroupKind.BY_HAND)).one()
    only_group(session, world.mentor, held)
    write(world, REDS=[world.students[1].id], Blues=[])
    assert session.scalars(select(MentorLimit.group_id)).one() == held.id


def test_nothing_written_leaves_no_group(world):
    write(world, Reds=[world.students[0].id])
    write(world)
    assert now(world) == {}


def test_what_was_written_is_shown_to_be_written_again_without_who_has_left(session, world):
    one, two, three = (student.id for student in world.students)
    write(world, Reds=[one, two], Blues=[three])
    assert written_now(session, world.track) == "Blues: Wei Zhang\nReds: Layla Haddad; Tomás Ibáñez"
    row = session.scalars(select(Membership).where(Membership.person_id == two)).one()
    row.status = MembershipStatus.LEFT
    session.flush()
    assert written_now(session, world.track) == "Blues: Wei Zhang\nReds: Layla Haddad"
    assert two not in {student.person_id for student in students_of(session, world.track)}


def test_a_hundred_groups_are_written_in_as_many_statements_as_ten(session, world):
    def statements(count):
        students = [world.another_student().id for _ in range(count)]
        write(world)
        with counting(session) as sent:
            write(world, **{f"Group {number}": [student] for number, student in enumerate(students)})
        return len(sent)

    assert statements(10) == statements(100)
