"""A mentor's profile is one for all tracks of the institution, written part by part."""

import pytest
from factories.profiles import TERMS, profile
from factories.world import NOON, World
from sqlalchemy import select

from lti_mentoring.domain.profiles import Part, ProfileClosed, ProfileFacts, TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, MentorProfile, ProfileTerm
from lti_mentoring.queries.profiles import may_have_profile, profile_of
from lti_mentoring.services.profiles import save_profile


@pytest.fixture
def world(session):
    return World(session)


def test_what_is_said_is_read_again_in_its_order(session, world):
    made = profile(session, world)
    view = profile_of(session, world.institution.id, world.guide.id)
    assert made.person_id == world.guide.id
    assert view.missing == ()
    assert {kind: view.of(kind) for kind in TermKind} == TERMS
    assert (view.profession, view.years) == ("health.physician", 12)


def test_a_part_changes_itself_alone_and_twice_is_once(session, world):
    profile(session, world)
    facts = ProfileFacts(terms={TermKind.SKILL: ("writing", "feedback")})
    for _twice in range(2):
        save_profile(session, world.sitter(role=SeatRole.MENTOR), facts, now=NOON)
    view = profile_of(session, world.institution.id, world.guide.id)
    assert sorted(view.of(TermKind.SKILL)) == ["feedback", "writing"]
    assert view.of(TermKind.LANGUAGE) == TERMS[TermKind.LANGUAGE]
    assert len(session.scalars(select(MentorProfile)).all()) == 1
    assert len(session.scalars(select(ProfileTerm)).all()) == 8


def test_the_trail_says_which_parts_changed_and_not_what_they_say(session, world):
    profile(session, world, about="A secret of mine.")
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, "about" in entry.facts["said"]) == ("profile.saved", True)
    assert "secret" not in str(entry.facts)


def test_who_is_no_mentor_has_a_profile_where_people_may_apply_only(session, world):
    by = world.sitter(role=SeatRole.STUDENT)
    with pytest.raises(ProfileClosed):
        save_profile(session, by, ProfileFacts({"profession": "health.nurse"}), now=NOON)
    world.track.applications_open = True
    session.flush()
    save_profile(session, by, ProfileFacts({"profession": "health.nurse"}), now=NOON)
    missing = profile_of(session, world.institution.id, world.student.id).missing
    assert missing == tuple(Part)
    assert not may_have_profile(session, world.sitter(role=SeatRole.STUDENT, is_test=True))
    assert not may_have_profile(session, world.sitter(role=SeatRole.STUDENT, track_id=None))


def test_who_said_nothing_yet_has_an_empty_one(session, world):
    view = profile_of(session, world.institution.id, world.guide.id)
    assert (view.of(TermKind.SKILL), view.missing) == ((), tuple(Part))
