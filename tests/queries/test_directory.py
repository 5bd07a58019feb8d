"""The directory: who is found by what, and what a mentor's page says."""

from datetime import timedelta

import pytest
from factories.credentials import verified
from factories.mentor_roles import CLINICAL, RESEARCH, TwoRoles, name_roles, serves
from factories.profiles import profile
from factories.seeking import seeking
from factories.statements import counting
from factories.tests import trained
from factories.ways import progress, step
from factories.wishes import asked
from factories.world import NOON, World, membership, mentor, person

from lti_mentoring.domain.credentials import CredentialState, Practice
from lti_mentoring.domain.directory import Active, Reply, Wish
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.milestones import StepKind
from lti_mentoring.domain.profiles import TermKind, Works
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.errors import NotFound
from lti_mentoring.models import Membership, MembershipStatus
from lti_mentoring.queries.directory import directory_page, mentor_card


@pytest.fixture
def world(session):
    return World(session)


def another(world, **columns):
    who = person(world.session, world.institution, name="Dr Marta Oliveira")
    membership(world.session, world.context, who, is_student=False)
    return mentor(world.session, world.track, who, **columns)


def found(session, world, number=1, **wish):
    by = world.sitter(role=SeatRole.STUDENT)
    page = directory_page(session, by, world.track, Wish(**wish), number=number, now=NOON)
    return [row.name for row in page.rows]


def test_who_has_more_free_places_comes_first(session, world):
    another(world, places=9)
    assert found(session, world) == ["Dr Marta Oliveira", "Dr Priya Raman"]


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "raman"}, {"specialty": "health.oncology"}, {"skill": "feedback"}, {"language": "hi"},
        {"zone": "Asia/Colombo"}, {"free": True}, {"checked": True}, {"domain": "research"}, {"works": Works.REMOTE},
        {"name": "pulmon"},
    ],
)  # fmt: skip
def test_each_wish_finds_who_is_so_and_nobody_else(app, session, world, wish):
    profile(session, world)
    verified(app, session, world)
    world.mentor.field = "Pulmonology"
    other = another(world, places=0)
    other_terms = dict.fromkeys(TermKind, ())
    profile(session, world, other.person, timezone="America/Lima", works=Works.ON_SITE, terms=other_terms)
    assert found(session, world, **wish) == ["Dr Priya Raman"]


@pytest.mark.both_databases
def test_a_student_finds_who_has_time_when_they_have_time_wherever_both_are(session, world):
    profile(session, world)  # weekday evenings in India
    other = another(world)
    mornings = {TermKind.HOURS: ("week_morning",)}
    profile(session, world, other.person, timezone="America/Lima", terms=mornings)
    assert sorted(found(session, world, hours=True)) == ["Dr Marta Oliveira", "Dr Priya Raman"]  # nothing was said
    seeking(session, world, world.student, timezone="Asia/Kolkata", terms={TermKind.HOURS: ("week_evening",)})
    assert sorted(found(session, world, hours=True)) == ["Dr Marta Oliveira", "Dr Priya Raman"]
    seeking(session, world, world.student, timezone="America/Lima", terms={TermKind.HOURS: ("week_afternoon",)})
    assert found(session, world, hours=True) == []
    seeking(session, world, world.student, timezone="Europe/Stockholm", terms={TermKind.HOURS: ("week_afternoon",)})
    assert sorted(found(session, world, hours=True)) == ["Dr Marta Oliveira", "Dr Priya Raman"]
    seeking(session, world, world.student, timezone="Europe/Stockholm", terms={TermKind.HOURS: ("end_evening",)})
    assert found(session, world, hours=True) == []


def test_wishes_that_nobody_has_at_once_find_nobody(session, world):
    profile(session, world)
    assert found(session, world, language="hi", skill="writing") == []


def test_who_left_or_is_no_mentor_any_more_is_not_shown(session, world):
    another(world, active=False)
    session.query(Membership).filter_by(person_id=world.guide.id).update({"status": MembershipStatus.LEFT})
    assert found(session, world) == []
    with pytest.raises(NotFound):
        mentor_card(session, world.track, world.mentor.id, now=NOON)


def test_who_takes_nobody_now_has_no_free_place(app, session, world):
    profile(session, world, paused_until=NOON.date() + timedelta(days=9000))
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).free == 0
    profile(session, world)
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).free == 4
    world.track.credential_needed = True
    session.flush()
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).free == 0


def test_who_has_not_passed_the_test_for_mentors_has_no_free_place_yet(session, world):
    trained(world)
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).free == 0
    assert found(session, world, free=True) == []


def test_how_soon_a_mentor_answers_is_said_from_five_answers_on(session, world):
    for number in range(5):
        assert mentor_card(session, world.track, world.mentor.id, now=NOON).reply is None
        who = world.another_student()
        row = progress(world, who, 1)
        step(world, row, StepKind.SUBMITTED, who, days_ago=4)
        step(world, row, StepKind.ACCEPTED, world.guide, days_ago=2 + number / 10)
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).reply is Reply.DAYS


def test_how_soon_a_mentor_answers_who_asks_for_a_place_counts_too(session, world):
    for number in range(5):
        assert mentor_card(session, world.track, world.mentor.id, now=NOON).reply is None
        row = asked(session, world.mentor, world.another_student())
        row.state = (RequestState.ACCEPTED, RequestState.DECLINED)[number % 2]
        row.answered_at = row.asked_at + timedelta(hours=5)
        unanswered = asked(session, world.mentor, world.another_student())
        unanswered.state = RequestState.PASSED_ON
        unanswered.answered_at = unanswered.asked_at + timedelta(days=3)
    assert mentor_card(session, world.track, world.mentor.id, now=NOON).reply is Reply.DAY


def test_a_name_of_any_script_is_found_in_small_letters(session, world):
    world.guide.name = "Łukasz Żak"
    assert found(session, world, name="łukasz ż") == ["Łukasz Żak"]


def test_a_card_says_what_was_checked_and_coarsely_when_they_were_here(app, session, world):
    made = verified(app, session, world)
    session.query(Membership).filter_by(person_id=world.guide.id).update({"launched_at": NOON - timedelta(days=9)})
    card = mentor_card(session, world.track, world.mentor.id, now=NOON)
    assert [line.title for line in card.checked] == [made.title]
    assert (card.active, card.checked[0].state) == (Active.MONTH, CredentialState.VERIFIED)


def test_pages_of_twenty_cost_the_same_few_statements_for_many(session, world):
    profile(session, world)
    by = world.sitter(role=SeatRole.STUDENT)
    with counting(session) as few:
        directory_page(session, by, world.track, Wish(), now=NOON)
    for _more in range(41):
        profile(session, world, another(world).person)
    with counting(session) as many:
        page = directory_page(session, by, world.track, Wish(), now=NOON)
    assert (len(page.rows), page.paged.pages, len(many)) == (20, 3, len(few))
    assert len(found(session, world, number=3)) == 2


@pytest.mark.both_databases
def test_where_a_track_has_several_roles_each_mentor_says_theirs_and_is_found_by_them(session):
    two = TwoRoles(session)
    serves(two, two.mentor, RESEARCH)
    page = directory_page(session, two.sitter(role=SeatRole.STUDENT), two.track, Wish(), now=NOON)
    assert {row.name: row.roles for row in page.rows} == {
        "Dr Priya Raman": ("Clinical mentor", "Research mentor"),
        "Prof Ilse Aalto": ("Research mentor",),
    }
    assert found(session, two, role=CLINICAL.key) == ["Dr Priya Raman"]
    assert sorted(found(session, two, role=RESEARCH.key)) == ["Dr Priya Raman", "Prof Ilse Aalto"]
    assert mentor_card(session, two.track, two.researcher.id, now=NOON).roles == ("Research mentor",)


def test_a_role_that_went_is_called_no_more(session):
    two = TwoRoles(session)
    name_roles(two, CLINICAL)
    assert mentor_card(session, two.track, two.mentor.id, now=NOON).roles == ()
    assert found(session, two, role=CLINICAL.key) == found(session, two)


def test_roles_cost_one_statement_more_for_few_and_for_many_and_none_where_there_is_one(session):
    two = TwoRoles(session)
    profile(session, two)
    by = two.sitter(role=SeatRole.STUDENT)

    def statements(**wish):
        with counting(session) as sent:
            directory_page(session, by, two.track, Wish(**wish), now=NOON)
        return len(sent)

    few = statements(role=RESEARCH.key)
    for _more in range(41):
        guide = another(two)
        profile(session, two, guide.person)
        serves(two, guide, CLINICAL, RESEARCH)
    assert statements(role=RESEARCH.key) == statements() == few
    name_roles(two, CLINICAL)
    assert statements() == few - 1


def test_the_list_tells_what_was_checked_from_what_a_mentor_says(app, session, world):
    profile(session, world, years=12)
    other = another(world)
    profile(session, world, other.person, years=3)
    verified(app, session, world, practice=Practice(2009, ("health.oncology",)))
    page = directory_page(session, world.sitter(role=SeatRole.STUDENT), world.track, Wish(), now=NOON)
    rows = {row.name: row for row in page.rows}
    checked, says = rows["Dr Priya Raman"], rows["Dr Marta Oliveira"]
    assert (checked.practice.practice.since, checked.seen) == (2009, {"health.oncology"})
    assert (says.practice, says.seen, says.years) == (None, frozenset(), 3)
