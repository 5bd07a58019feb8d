"""A mentor's public page is off, is turned on and off by its mentor alone, and an old link never comes back."""

from dataclasses import replace

import pytest
from factories.credentials import LICENCE, credential, verified
from factories.mentor_roles import TwoRoles
from factories.outside import outsider
from factories.profiles import TERMS, profile
from factories.statements import counting
from factories.world import NOON, World, membership, mentor, person
from sqlalchemy import select

from lti_mentoring.domain.mentor_pages import NotShared, PublicPart, UnknownPublicPart
from lti_mentoring.domain.profiles import Part, ProfileClosed, TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AuditEntry, Membership, MembershipStatus
from lti_mentoring.queries.mentor_pages import mentor_behind, own_page, page_beforehand
from lti_mentoring.services import mentors
from lti_mentoring.services.mentor_pages import choose_shown, renew, share, stop

ALL = [part.value for part in PublicPart]


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def guide(world):
    return world.sitter(role=SeatRole.MENTOR)


def actions(session):
    found = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    return [action for action in found if action.startswith("mentor_page.")]


def test_a_page_is_off_and_shows_only_a_name_until_its_mentor_decides(session, world, guide):
    profile(session, world)
    assert own_page(session, world.institution.id, world.guide.id) is None
    seen = page_beforehand(session, guide, now=NOON)
    assert (seen.name, seen.institution) == ("Dr Priya Raman", world.institution.name)
    assert (seen.parts, seen.checked) == ((), ())
    page = share(session, guide, now=NOON)
    assert len(page.address) == 32
    assert mentor_behind(session, page.address, now=NOON) == seen


@pytest.mark.both_databases
def test_strangers_read_exactly_what_the_preview_showed(app, session, world, guide):
    profile(session, world, paused_until=NOON.date())
    verified(app, session, world)
    choose_shown(session, guide, ALL, now=NOON)
    address = share(session, guide, now=NOON).address
    seen = mentor_behind(session, address, now=NOON)
    assert seen == page_beforehand(session, guide, now=NOON)
    assert seen.parts == tuple(Part)
    assert seen.profile.paused_until is None
    assert [line.title for line in seen.checked] == ["Licence to practise"]
    choose_shown(session, guide, ["work"], now=NOON)
    assert mentor_behind(session, address, now=NOON).parts == (Part.WORK,)
    assert mentor_behind(session, address, now=NOON).checked == ()
    assert actions(session) == ["mentor_page.chosen", "mentor_page.shared", "mentor_page.chosen"]


def test_what_was_not_checked_or_holds_no_longer_is_not_told_and_a_number_in_a_title_neither(
    app, session, world, guide
):
    credential(app, session, world)
    assert verified(app, session, world).title == LICENCE.title
    numbered = credential(app, session, world, facts=replace(LICENCE, title="GMC 7012345", number="7012345"))
    numbered.state = verified(app, session, world).state
    choose_shown(session, guide, ["checked"], now=NOON)
    told = page_beforehand(session, guide, now=NOON).checked
    assert {line.title for line in told} <= {"Licence to practise", ""}
    assert len(told) == 2


@pytest.mark.both_databases
def test_strangers_read_what_somebody_mentors_as_only_where_a_track_says_so_and_its_mentor_lets_them(session):
    two = TwoRoles(session)
    by = two.sitter(role=SeatRole.MENTOR)
    choose_shown(session, by, ["level"], now=NOON)
    assert page_beforehand(session, by, now=NOON).roles == ()
    choose_shown(session, by, ALL, now=NOON)
    assert page_beforehand(session, by, now=NOON).roles == ("Clinical mentor",)
    alone = World(session).sitter(role=SeatRole.MENTOR)
    choose_shown(session, alone, ALL, now=NOON)
    assert page_beforehand(session, alone, now=NOON).roles == ()


def test_a_renewed_or_stopped_page_leaves_its_former_link_like_an_unknown_one(session, world, guide):
    first = share(session, guide, now=NOON).address
    assert share(session, guide, now=NOON).address == first
    second = renew(session, guide, now=NOON).address
    assert second != first
    assert mentor_behind(session, first, now=NOON) is None
    assert mentor_behind(session, second, now=NOON) is not None
    stop(session, guide, now=NOON)
    stop(session, guide, now=NOON)
    assert mentor_behind(session, second, now=NOON) is None
    with pytest.raises(NotShared):
        renew(session, guide, now=NOON)
    assert share(session, guide, now=NOON).address not in {first, second}
    assert actions(session) == [f"mentor_page.{word}" for word in ("shared", "renewed", "stopped", "shared")]


def test_who_never_had_a_page_has_none_to_renew_or_stop(session, guide):
    stop(session, guide, now=NOON)
    with pytest.raises(NotShared):
        renew(session, guide, now=NOON)
    assert actions(session) == []


def test_nothing_is_shown_that_no_page_shows(session, guide):
    with pytest.raises(UnknownPublicPart):
        choose_shown(session, guide, ["students"], now=NOON)


def test_who_mentors_nowhere_has_no_public_page(session, world):
    for role, call in ((SeatRole.STUDENT, share), (SeatRole.FACULTY, share)):
        with pytest.raises(ProfileClosed):
            call(session, world.sitter(role=role), now=NOON)


def test_the_page_ends_when_its_mentor_is_unticked_or_has_left_the_course(session, world, guide):
    address = share(session, guide, now=NOON).address
    here = session.scalars(select(Membership).where(Membership.person_id == world.guide.id)).one()
    here.status = MembershipStatus.LEFT
    session.flush()
    assert mentor_behind(session, address, now=NOON) is None
    here.status = MembershipStatus.ACTIVE
    session.flush()
    assert mentor_behind(session, address, now=NOON) is not None
    world.mentor.taken = 0
    world.mentorship.ended_at = NOON
    session.flush()
    mentors.untick(session, world.sitter(), world.mentor.id, now=NOON)
    assert mentor_behind(session, address, now=NOON) is None


def test_an_outside_mentor_who_is_kept_out_has_no_page_any_more(session, world):
    made = outsider(session, world)
    address = share(session, world.sitter(made.person, SeatRole.MENTOR), now=NOON).address
    assert mentor_behind(session, address, now=NOON).name == "Dr Vera Outside"
    made.account.disabled_at = NOON
    session.flush()
    assert mentor_behind(session, address, now=NOON) is None


def test_a_page_takes_the_same_few_statements_however_much_it_shows(app, session, world, guide):
    other = person(session, world.institution, name="Dr Says Much")
    membership(session, world.context, other, is_student=False)
    mentor(session, world.track, other)
    much = world.sitter(other, SeatRole.MENTOR)
    profile(session, world, terms={TermKind.SPECIALTY: (), TermKind.SKILL: ()})
    profile(session, world, other, terms={**TERMS, TermKind.SKILL: ("feedback", "writing")})
    for _number in range(3):
        verified(app, session, world, other)
    verified(app, session, world)
    sent = []
    for by in (guide, much):
        choose_shown(session, by, ALL, now=NOON)
        address = share(session, by, now=NOON).address
        session.commit()
        session.expunge_all()
        with counting(session) as statements:
            assert mentor_behind(session, address, now=NOON).name
        sent.append(len(statements))
    assert sent == [7, 7]
