"""The sections and groups of a course as its teachers choose among them."""

from factories.world import World, context, group

from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.queries.groups import by_person, groups_of, people_in


def test_sections_come_first_and_groups_by_their_set(session):
    world = World(session)
    other = world.another_student()
    shared = {"kind": GroupKind.GROUP}
    team = group(session, world.context, "Team", world.student, set_name="Projects", **shared)
    loose = group(session, world.context, "7", other, name="", **shared)
    section = group(session, world.context, "B", world.student, other)
    first = group(session, world.context, "a", other)
    group(session, world.context, "empty")
    group(session, context(session, world.deployment), "elsewhere", world.student)
    found = groups_of(session, world.track)
    assert [one.id for one in found] == [first.id, section.id, loose.id, team.id]
    assert people_in(found, section.id) == {world.student.id, other.id}
    assert (people_in(found, None), people_in(found, 0)) == (None, frozenset())
    assert by_person(found)[world.student.id] == {team.id, section.id}
    assert found[1].among([other.id, 0]) == 1
