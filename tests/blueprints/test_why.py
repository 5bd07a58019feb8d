"""Students and mentors read what a round came to for them, and nothing of anybody else."""

import re

import pytest
from factories.browser import said, sit
from factories.credentials import verified
from factories.mentor_roles import RESEARCH, TwoRoles
from factories.rounds import Draft, drawn, new_mentor
from factories.wishes import asked, conflict, policy, rank_list
from factories.world import NOON, World, mentorship
from sqlalchemy import select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.credentials import CredentialState
from lti_mentoring.domain.mentor_requests import RequestState
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import AssignedBy, Mentorship
from lti_mentoring.services.assigning import assign, end
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.taking_back import take_back


@pytest.fixture
def draft(session):
    return Draft(session)


def faculty(app, world):
    return sit(app, world.session, world, SeatRole.FACULTY)


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.get_data(as_text=True).split())


def published(world):
    publish(world.session, world.sitter(), world.round.id, now=utcnow())


def student(app, world, who):
    return sit(app, world.session, world, SeatRole.STUDENT, who)


def person_of(draft, match):
    return next(one for one in draft.students if one.id == match.student_id)


def test_a_student_reads_why_this_mentor_and_nothing_of_others(app, session, draft):
    published(draft)
    lucky, other = person_of(draft, draft.lucky), person_of(draft, draft.other)
    browser = student(app, draft, lucky)
    assert "/my-mentor/why" in text(browser.get("/"))
    assert "This is your first wish." in text(browser.get("/my-mentor/why"))
    page = text(student(app, draft, other).get("/my-mentor/why"))
    assert "This is your 2nd wish." in page
    assert "Dr Okafor</bdi> went to students" in page or "Dr Okafor went to students" in page
    assert lucky.name not in page


def test_a_mentor_whose_licence_has_lapsed_is_only_not_to_be_had(app, session):
    world = World(session)
    world.mentor.places, world.track.credential_needed = 9, True
    one, guide = world.another_student(), new_mentor(world, 3, name="Dr Okafor")
    verified(app, session, world)
    verified(app, session, world, guide.person).state = CredentialState.LAPSED
    rank_list(session, world.track, one, guide, world.mentor)
    world.round = drawn(world)
    published(world)
    page = text(student(app, world, one).get("/my-mentor/why"))
    assert "This is your 2nd wish." in page
    assert "could not be yours in this round" in page or "went to students who were placed before you" in page
    assert not re.search("licence|credential|verified|lapsed", page.split("<main")[1].split("</main")[0], re.IGNORECASE)


def test_a_mentor_who_was_kept_apart_is_only_not_to_be_had(app, session):
    world = World(session)
    world.mentor.places = 9
    one, guide = world.another_student(), new_mentor(world, 3, name="Dr Okafor")
    rank_list(session, world.track, one, guide, world.mentor)
    conflict(session, guide, one, ConflictKind.CONCERN)
    world.round = drawn(world)
    assert "not available" not in text(faculty(app, world).get(f"/rounds/{world.round.id}"))
    published(world)
    page = text(student(app, world, one).get("/my-mentor/why"))
    assert "could not be yours in this round" in page
    assert "concern" not in page.lower()


def test_who_got_nobody_who_was_changed_and_who_gave_no_list_read_it(app, session, draft):
    draft.swap(draft.lucky, None)
    draft.swap(draft.other, draft.wanted)
    published(draft)
    page = text(student(app, draft, person_of(draft, draft.lucky)).get("/my-mentor/why"))
    assert "Among equals you come first in the next one." in page
    page = text(student(app, draft, person_of(draft, draft.other)).get("/my-mentor/why"))
    assert "chose this mentor for you by hand" in page
    assign(session, draft.sitter(), draft.track, draft.lucky.student_id, draft.second.id, now=utcnow())
    browser = student(app, draft, person_of(draft, draft.lucky))
    assert "Since then" in text(browser.get("/my-mentor/why"))
    assert "/my-mentor/why" not in text(browser.get("/"))
    world = World(session)
    silent, far = world.another_student(), world.another_student()
    away = new_mentor(world, 0)
    rank_list(session, world.track, far, away, any_other=True)
    world.round = drawn(world)
    published(world)
    assert "You gave no list" in text(student(app, world, silent).get("/my-mentor/why"))
    assert "not on your list" in text(student(app, world, far).get("/my-mentor/why"))


def test_before_a_round_and_after_it_was_taken_back_the_page_says_so(app, session, draft):
    browser = student(app, draft, person_of(draft, draft.lucky))
    assert "No round has brought you a mentor" in text(browser.get("/my-mentor/why"))
    assert "/my-mentor/why" not in text(browser.get("/"))
    published(draft)
    take_back(session, draft.sitter(), draft.round.id, now=utcnow())
    session.commit()
    assert "took this round back" in text(browser.get("/my-mentor/why"))
    assert "/my-mentor/why" not in text(browser.get("/"))


def test_who_was_passed_over_reads_what_is_known_and_what_comes_next_and_of_nobody_s_list(app, session):
    world = World(session)
    world.mentor.places = 1
    full, apart = new_mentor(world, 1, name="Dr Okafor"), new_mentor(world, 3, name="Dr Said")
    ada, bo, silent = (world.another_student(name=name) for name in ("Ada", "Bo", "Cy"))
    policy(session, world.track, MatchingWay.ROUNDS)
    for one in (ada, bo, silent):
        conflict(session, apart, one, ConflictKind.CONCERN)
    for one in (ada, bo):
        rank_list(session, world.track, one, full, apart)
    world.round = drawn(world)
    published(world)
    lucky = session.scalars(select(Mentorship.student_id).where(Mentorship.mentor_id == full.id)).one()
    late, other = (ada, bo) if lucky == bo.id else (bo, ada)
    page = said(student(app, world, late).get("/my-mentor/why"))
    assert "In this round there was nobody for you. Among equals you come first in the next one." in page
    assert "All places of Dr Okafor went to students who were placed before you." in page
    assert "The other mentor on your list was full, or not to be had for you in this round." in page
    assert "What happens next The last round had no place for you: among equals you come first in the next one." in page
    assert "Your course team matches everybody who waits, and you get a mail. Change my wishes" in page
    assert not [word for word in ("Dr Said", other.name, "oncern", "credential") if word in page]
    page = said(student(app, world, silent).get("/my-mentor/why"))
    assert "You gave no list, and no mentor who could be yours had a place left." in page


def test_a_mentorship_of_a_round_that_has_ended_is_told_as_such(app, session, draft):
    published(draft)
    made = session.scalars(select(Mentorship).where(Mentorship.student_id == draft.lucky.student_id)).one()
    end(session, draft.sitter(), made.id, "Both asked.", now=utcnow())
    page = said(student(app, draft, person_of(draft, draft.lucky)).get("/my-mentor/why"))
    assert "This round gave you Dr Okafor . That mentorship has ended." in page


def test_a_mentor_reads_why_these_students_without_any_list(app, session, draft):
    draft.swap(draft.other, None)
    draft.swap(draft.other, draft.second)
    published(draft)
    guide = sit(app, session, draft, SeatRole.MENTOR, draft.wanted.person)
    page = text(guide.get("/my-students/why"))
    assert person_of(draft, draft.lucky).name in page
    assert "You had a free place." in page
    other = sit(app, session, draft, SeatRole.MENTOR, draft.second.person)
    assert "The course team chose you by hand." in text(other.get("/my-students/why"))
    nobody = sit(app, session, draft, SeatRole.MENTOR)
    assert "No round has brought you together" in text(nobody.get("/my-students/why"))


@pytest.mark.both_databases
def test_who_asked_reads_that_and_who_could_not_say_yes_before(app, session):
    world = World(session)
    no, silent, yes = (new_mentor(world, name=name) for name in ("Dr Okafor", "Dr Berg", "Dr <Ibáñez>"))
    layla = world.another_student(name="Layla")
    asked(session, no, layla, state=RequestState.DECLINED, reason="Not her.")
    asked(session, silent, layla, state=RequestState.EXPIRED)
    asked(session, world.mentor, layla, state=RequestState.WITHDRAWN)
    asked(session, yes, layla, state=RequestState.ACCEPTED)
    made = mentorship(session, yes, layla, assigned_by=AssignedBy.REQUEST)
    browser = student(app, world, layla)
    assert "Why this mentor" in said(browser.get("/"))
    page = said(browser.get("/my-mentor/why"))
    assert "Why Dr &lt;Ibáñez&gt; is your mentor" in page
    assert "You asked Dr &lt;Ibáñez&gt; , and they said yes. Your question went to them on Monday 23 November." in page
    assert "Before that you had asked Dr Okafor, Dr Berg , who could not say yes this time." in page
    assert not [word for word in ("Not her", "Priya", "matched at once") if word in page]
    made.assigned_by = AssignedBy.HAND
    session.commit()
    assert "Why this mentor" not in said(browser.get("/"))
    assert "No round has brought you a mentor" in said(browser.get("/my-mentor/why"))


def test_who_was_passed_over_and_then_asked_reads_of_the_asking(app, session):
    world = World(session)
    world.mentor.places = world.mentor.taken
    layla = world.another_student(name="Layla")
    policy(session, world.track, MatchingWay.ROUNDS)
    world.round = drawn(world)
    published(world)
    new = new_mentor(world, name="Dr Berg")
    asked(session, new, layla, state=RequestState.ACCEPTED)
    mentorship(session, new, layla, assigned_by=AssignedBy.REQUEST)
    page = said(student(app, world, layla).get("/my-mentor/why"))
    assert "You asked Dr Berg , and they said yes." in page
    assert "In this round there was nobody for you" not in page
    assert "Before that" not in page


def test_of_two_roles_each_reads_as_it_came_about(app, session):
    world = TwoRoles(session)
    asked(session, world.researcher, world.student, state=RequestState.ACCEPTED, mentor_role=RESEARCH.key)
    world.paired(assigned_by=AssignedBy.REQUEST, started_at=NOON)
    browser = student(app, world, world.student)
    assert "Why this mentor" in said(browser.get("/"))
    page = said(browser.get("/my-mentor/why"))
    assert "Research mentor: Prof Ilse Aalto You asked Prof Ilse Aalto , and they said yes." in page
    assert "Dr Priya Raman" not in page
