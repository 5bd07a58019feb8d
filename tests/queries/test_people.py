"""The people whom faculty may tick, found by a part of their name."""

import pytest
from factories.world import World

from lti_mentoring.queries.people import people_page


@pytest.mark.both_databases
@pytest.mark.parametrize(("name", "typed"), [("Ørsted Å", "ørs"), ("Олена Ковальчук", "ОЛЕНА"), ("Łukasz", "łuk")])
def test_a_name_of_any_script_is_found_in_small_and_large_letters(session, name, typed):
    world = World(session)
    world.another_student(name=name)
    found = people_page(session, world.track, wanted=typed)
    assert [one.name for one in found.rows] == [name]
    assert people_page(session, world.track, wanted="%").rows == ()
