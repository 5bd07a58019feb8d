"""A course team makes a round, looks at it, changes it, publishes it; the two who were put together read why."""

import re

import pytest
from factories.browser import sit
from factories.profiles import profile
from factories.rounds import Draft, Ready, drawn, new_mentor
from factories.wishes import conflict, policy, rank_list
from factories.world import NOON, World, group, mentor
from sqlalchemy import insert, select

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.conflicts import ConflictKind
from lti_mentoring.domain.matching.best import BestMatcher
from lti_mentoring.domain.matching.plain_flow import PlainFlow
from lti_mentoring.domain.profiles import TermKind
from lti_mentoring.domain.rank_lists import FacultyAsMentor, MatchingWay
from lti_mentoring.domain.round_check import MOST_AT_ONCE
from lti_mentoring.domain.rounds import RoundState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.models import Job, Match, Membership, MembershipStatus, Mentorship, Person, Round, RoundChange
from lti_mentoring.services.assigning import assign
from lti_mentoring.services.publishing import publish
from lti_mentoring.services.rounds import Swap, change, undo_change
from lti_mentoring.tasks.jobs import run


@pytest.fixture
def draft(session):
    return Draft(session)


def faculty(app, world):
    return sit(app, world.session, world, SeatRole.FACULTY)


def text(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return " ".join(answer.get_data(as_text=True).split())


def said(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", text(answer)).split())


def published(world):
    publish(world.session, world.sitter(), world.round.id, now=utcnow())


def test_a_round_is_asked_for_previewed_and_drawn_up_in_the_background(app, session):
    world = World(session)
    rank_list(session, world.track, world.another_student(name="Layla"), world.mentor)
    browser = faculty(app, world)
    assert "No round has been drawn up yet" in text(browser.get("/rounds"))
    page = text(browser.get("/rounds/new"))
    assert "1 would get the first wish," in page
    assert "Nothing was written." in page
    part = text(browser.get("/rounds/new?strategy=balanced&undo_hours=24", headers={"HX-Request": "true"}))
    assert part.startswith('<div id="preview">')
    assert browser.post("/rounds", {"strategy": "balanced", "undo_hours": "24", "wish": "7"}).status_code == 303
    assert "Drawing up a round" in text(browser.get("/rounds"))
    job = session.scalars(select(Job)).one()
    run.run(job.id)
    session.rollback()
    [made] = session.scalars(select(Round)).all()
    assert "A draft waits for you." in text(browser.get("/rounds"))
    assert "A draft with 1 student is ready." in text(browser.get(f"/jobs/{job.id}"))
    assert "Everyone has a mentor. 1 of 1 got one of their first three wishes." in text(
        browser.get(f"/rounds/{made.id}")
    )


def test_places_of_a_mentor_who_teaches_are_free_where_the_track_lets_teachers_mentor(app, session):
    world = World(session)
    world.mentor.places = world.mentor.taken + 2
    mentor(session, world.track, world.faculty, places=5)
    browser = faculty(app, world)
    assert "2 places are free." in said(browser.get("/rounds/new"))
    policy(session, world.track, MatchingWay.ROUNDS, faculty_as_mentor=FacultyAsMentor.WARN)
    assert "7 places are free." in said(browser.get("/rounds/new"))


def test_numbers_that_are_none_are_said_so_and_nothing_is_lost(app, session):
    world = World(session)
    browser = faculty(app, world)
    page = text(browser.post("/rounds", {"strategy": "balanced", "wish": "eleven", "undo_hours": "999"}), 422)
    assert "Write a whole number" in page
    assert 'value="999"' in page
    text(browser.get("/rounds/new?strategy=none&undo_hours=1", headers={"HX-Request": "true"}), 422)
    assert session.scalars(select(Job)).all() == []


def test_where_nobody_waits_the_list_and_the_preview_say_so(app, session):
    browser = faculty(app, World(session))
    assert "There is nobody to match" in text(browser.get("/rounds"))
    assert "Nobody waits for a mentor." in text(browser.get("/rounds/new"))


def test_without_mentors_the_list_leads_to_them(app, session):
    world = World(session)
    world.mentor.active = False
    assert "Tick mentors" in text(faculty(app, world).get("/rounds"))


def test_whoever_matches_by_another_rule_than_students_were_told_reads_it(app, session):
    world = World(session)
    policy(session, world.track, MatchingWay.ROUNDS, strategy="fairest")
    rank_list(session, world.track, world.another_student(), world.mentor)
    browser = faculty(app, world)
    assert "Students were told of another rule" not in text(browser.get("/rounds/new"))
    page = text(browser.get("/rounds/new?strategy=stable&undo_hours=24"))
    assert "Students were told of another rule: Fairest." in page


def test_a_rule_that_is_not_installed_any_more_is_not_chosen_beforehand(app, session):
    world = World(session)
    policy(session, world.track, MatchingWay.ROUNDS, strategy="lottery")
    world.another_student()
    page = text(faculty(app, world).get("/rounds/new"))
    assert 'value="stable" checked' in page
    assert "Students were told of another rule: lottery." in page


def test_what_counted_in_a_best_fit_is_shown_wherever_it_is_judged(app, session):
    world = World(session)
    world.mentor.places = 9
    student = world.another_student()
    rank_list(session, world.track, student, world.mentor)
    made, browser = drawn(world, BestMatcher(PlainFlow())), faculty(app, world)
    counted = "The students’ wishes: 10; What students look for and mentors offer: 4; The mentors’ wishes: 2"
    for path in ("fairness", "check", "fairness.csv"):
        assert counted in text(browser.get(f"/rounds/{made.id}/{path}"))
    publish(session, world.sitter(), made.id, now=utcnow())
    session.commit()
    page = text(sit(app, session, world, SeatRole.STUDENT, student).get("/my-mentor/why"))
    assert f"What counted: {counted}" in page


def test_the_preview_follows_what_counts(app, session):
    """Three students want the same mentor first; one of them is in that mentor's section, two in the other's."""
    world = World(session)
    policy(session, world.track, MatchingWay.ROUNDS, mentors_rank=True)
    other = new_mentor(world)
    students = [world.another_student() for _ in range(3)]
    group(session, world.context, "A", students[0], world.guide)
    group(session, world.context, "B", *students[1:], other.person)
    for one in students:
        rank_list(session, world.track, one, world.mentor, other)
    world.mentor.places = other.places = 4
    browser = faculty(app, world)

    def given(**weights):
        asked = "&".join(f"{name}={number}" for name, number in weights.items())
        return said(browser.get(f"/rounds/new?strategy=best&undo_hours=24&{asked}"))

    by_wishes = given(wish=10, mentor_wish=5, section=5)
    assert "3 would get their first wish," in by_wishes
    assert "the pairs would fit by 17 of 100 in the mean" in by_wishes
    by_sections = given(wish=4, mentor_wish=5, section=5)
    assert "1 would get the first wish," in by_sections
    assert "the pairs would fit by 50 of 100 in the mean" in by_sections
    assert "in the mean" not in given(wish=10)


def test_a_stable_round_says_so_and_what_rather_means(app, draft):
    browser = faculty(app, draft)
    assert "No student and mentor would both rather have each other" in text(
        browser.get(f"/rounds/{draft.round.id}/fairness")
    )
    page = text(browser.get(f"/rounds/{draft.round.id}/check"))
    assert "No student and mentor would both rather have each other" in page
    assert "Rather is strictly: whoever is liked equally is no reason to change." in page


def test_of_many_a_sample_is_previewed_and_the_page_says_so(app, session, monkeypatch):
    world = World(session)
    world.mentor.places = 11
    for _ in range(10):
        rank_list(session, world.track, world.another_student(), world.mentor)
    monkeypatch.setattr("lti_mentoring.blueprints._round_page.MOST", 5)
    assert "Looked at 5 of 10 students" in text(faculty(app, world).get("/rounds/new"))


def test_the_review_shows_the_exceptions_with_their_reasons(app, draft):
    page = text(faculty(app, draft).get(f"/rounds/{draft.round.id}?show=not_first"))
    assert "Showing 1 of 1 students who did not get a first wish" in page
    assert "Dr Okafor’s places in this round (1) went to others." in page
    assert "Publish 2 pairs" in page
    assert "You can take it back for 24 hours." in page
    part = faculty(app, draft).get(f"/rounds/{draft.round.id}?show=nobody", headers={"HX-Request": "true"})
    assert "Nobody is among these" in text(part)


def test_the_places_of_a_round_say_of_which_day_they_are(app, session, draft):
    browser, page = faculty(app, draft), f"/rounds/{draft.round.id}"
    assert "Places once it is published" in text(browser.get(page))
    published(draft)
    after = text(browser.get(page))
    assert "Places today" in after
    assert "As they are now, with all that has changed since this round was drawn up." in after
    assert "1 given in this round" in after


def test_the_spreadsheet_holds_exactly_what_is_shown(app, draft):
    draft.swap(draft.lucky, None, "=1+1")
    answer = faculty(app, draft).get(f"/rounds/{draft.round.id}/pairs.csv?show=by_hand")
    lines = answer.get_data(as_text=True).splitlines()
    assert len(lines) == 2
    assert "'=1+1" in lines[1]
    assert "The student is left without a mentor." in lines[1]
    assert answer.mimetype == "text/csv"


def test_a_change_shows_what_it_does_before_it_is_made(app, draft):
    browser = faculty(app, draft)
    student = draft.lucky.student_id
    page = text(browser.get(f"/rounds/{draft.round.id}/students/{student}"))
    assert "From 1st wish to 2nd wish. Nobody else moves." in page
    assert "It sets a rule aside: The student gets a later wish than before." in page
    part = browser.get(f"/rounds/{draft.round.id}/students/{student}?mentor=0", headers={"HX-Request": "true"})
    assert "The student is left without a mentor." in text(part)


def test_a_change_needs_a_reason_and_stands_on_the_page_until_it_is_undone(app, session, draft):
    browser = faculty(app, draft)
    url = f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}"
    assert "Say in a few words why" in text(browser.post(url, {"mentor": draft.second.id, "reason": " "}), 422)
    assert browser.post(url, {"mentor": draft.second.id, "reason": "Saturdays."}).status_code == 303
    page = text(browser.get(f"/rounds/{draft.round.id}?show=by_hand"))
    assert "“Saturdays.”" in page
    assert "2nd wish, was 1st wish" in page
    [made] = session.scalars(select(RoundChange)).all()
    assert browser.post(f"/rounds/{draft.round.id}/changes/{made.id}/undo").status_code == 303
    assert "Changed by hand <b>0</b>" in text(browser.get(f"/rounds/{draft.round.id}"))


def test_a_mentor_who_is_kept_apart_is_refused_in_the_neutral_word(app, session, draft):
    conflict(session, draft.second, next(one for one in draft.students if one.id == draft.lucky.student_id),
             ConflictKind.CONCERN)  # fmt: skip
    browser = faculty(app, draft)
    url = f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}"
    sent = {"mentor": draft.second.id, "reason": "Saturdays."}
    page = text(browser.post(url, sent), 422)
    assert "This mentor is not available for this student" in page
    assert "Saturdays." in page
    assert "concern" not in page.lower()


def test_where_nobody_else_has_room_nobody_is_offered(app, session, draft):
    draft.second.places = 1
    page = text(faculty(app, draft).get(f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}"))
    assert page.count("<option") == 1


def worked(session):
    """Let a worker do the newest job."""
    session.rollback()
    number = session.scalars(select(Job.id).order_by(Job.id.desc())).first()
    run.run(number)
    session.rollback()
    return number


def polled(browser, number):
    """Ask for the bar as htmx does; return where it leads."""
    answer = browser.get(f"/jobs/{number}", headers={"HX-Request": "true"})
    return answer.headers.get("HX-Redirect") or answer.headers["HX-Location"]


def test_publishing_is_long_work_whose_bar_survives_a_reload_and_leads_back_to_the_round(app, session, draft):
    browser = faculty(app, draft)
    assert browser.post(f"/rounds/{draft.round.id}/publish").status_code == 303
    for _ in range(2):
        page = text(browser.get(f"/rounds/{draft.round.id}"))
        assert "Publishing the round" in page
        assert "Publish 2 pairs" not in page
        assert "Discard this draft" not in page
    assert "already" in text(browser.post(f"/rounds/{draft.round.id}/publish"), 409)
    number = worked(session)
    page = text(browser.get(polled(browser, number)))
    assert "2 students have a mentor now. All get a mail." in page
    assert "Published" in page
    assert "Take this round back" in page
    page = text(browser.get(f"/jobs/{number}"))
    assert "2 students have a mentor now." in page
    assert "Show the round" in page


def test_what_had_begun_stays_when_a_round_is_taken_back(app, session, draft):
    published(draft)
    browser = faculty(app, draft)
    session.expire_all()
    one = session.scalars(select(Mentorship).where(Mentorship.mentor_id == draft.wanted.id)).one()
    one.contact_at = utcnow()
    session.commit()
    answer = browser.post(f"/rounds/{draft.round.id}/take-back")
    page = text(browser.get(answer.headers["Location"]))
    assert "Taking the round back" in page
    assert "Take this round back" not in page
    place = polled(browser, worked(session))
    assert "1 pair was taken back. 1 had begun and stays." in text(browser.get(place))
    assert "ended since" in text(browser.get(f"/rounds/{draft.round.id}"))


def test_taking_back_what_nobody_has_begun_says_only_that(app, session, draft):
    published(draft)
    browser = faculty(app, draft)
    browser.post(f"/rounds/{draft.round.id}/take-back")
    assert "2 pairs were taken back." in text(browser.get(polled(browser, worked(session))))
    assert "Taken back" in text(browser.get("/rounds"))


def test_what_changed_in_between_is_named_and_nobody_is_placed(app, session, draft):
    row = session.scalars(select(Membership).where(Membership.person_id == draft.lucky.student_id)).one()
    row.status = MembershipStatus.LEFT
    draft.another_student(name="Newcomer")
    browser = faculty(app, draft)
    browser.post(f"/rounds/{draft.round.id}/publish")
    page = text(browser.get(polled(browser, worked(session))))
    assert "so nobody was placed" in page
    assert "has left the course." in page
    assert "Newcomer" in page
    assert "Publish 2 pairs" in page
    assert session.scalars(select(Match.mentorship_id)).all() == [None, None]
    page = text(browser.get("/jobs/" + str(session.scalars(select(Job.id).order_by(Job.id.desc())).first())))
    assert "it did not work" in page


def test_who_has_got_another_mentor_meanwhile_is_named_with_that_mentor(app, session, draft):
    guide = new_mentor(draft, 3, name="Dr Sato")
    assign(session, draft.sitter(), draft.track, draft.lucky.student_id, guide.id, now=NOON)
    browser = faculty(app, draft)
    browser.post(f"/rounds/{draft.round.id}/publish")
    worked(session)
    assert "has another mentor already: Dr Sato." in text(browser.get(f"/rounds/{draft.round.id}"))


def test_a_draft_that_was_discarded_before_the_worker_came_is_not_published_and_the_job_says_so(app, session, draft):
    browser = faculty(app, draft)
    browser.post(f"/rounds/{draft.round.id}/publish")
    browser.post(f"/rounds/{draft.round.id}/discard")
    number = worked(session)
    assert "This round does not stand there any more" in text(browser.get(f"/jobs/{number}"))
    assert "Discarded" in text(browser.get(f"/rounds/{draft.round.id}"))
    assert session.scalars(select(Match.mentorship_id)).all() == [None, None]


def test_a_long_list_of_what_changed_is_cut(app, session):
    ready = Ready(session, 22, 22)
    ready.new.active = False
    browser = faculty(app, ready)
    browser.post(f"/rounds/{ready.round.id}/publish")
    worked(session)
    assert "and 2 more" in text(browser.get(f"/rounds/{ready.round.id}"))


@pytest.mark.parametrize("lots", ["same", "new"])
def test_drawing_up_again_takes_the_same_lots_or_new_ones(app, session, draft, lots):
    browser = faculty(app, draft)
    assert browser.post(f"/rounds/{draft.round.id}/again", {"lots": lots}).status_code == 303
    job = session.scalars(select(Job).order_by(Job.id.desc())).first()
    assert (job.detail["seed"] == draft.round.seed) is (lots == "same")


def test_a_discarded_draft_stays_readable_and_cannot_be_changed(app, draft):
    browser = faculty(app, draft)
    assert browser.post(f"/rounds/{draft.round.id}/discard").status_code == 303
    page = text(browser.get(f"/rounds/{draft.round.id}"))
    assert "Discarded" in page
    assert "Publish 2 pairs" not in page
    text(browser.get(f"/rounds/{draft.round.id}/students/{draft.lucky.student_id}"), 409)
    text(browser.get(f"/rounds/{draft.round.id}/students/0"), 409)
    text(browser.post(f"/rounds/{draft.round.id}/publish"), 409)


def test_a_student_who_is_not_in_the_round_cannot_be_changed_there(app, draft):
    text(faculty(app, draft).get(f"/rounds/{draft.round.id}/students/{draft.student.id}"), 404)


def test_who_got_nobody_counts_among_those_who_wished(app, session):
    world = World(session)
    world.mentor.places = world.mentor.taken + 1
    for _each in range(4):
        rank_list(session, world.track, world.another_student(), world.mentor)
    made, browser = drawn(world), faculty(app, world)
    assert "3 students are without a mentor. 1 of 4 got one of their first three wishes." in text(
        browser.get(f"/rounds/{made.id}")
    )
    assert "Got a first wish,,1 of 4" in text(browser.get(f"/rounds/{made.id}/fairness.csv"))


def test_the_numbers_of_fairness_are_a_page_and_a_spreadsheet(app, session):
    ready = Ready(session, 16, 16)
    group(session, ready.context, "B1", *ready.students[:8])
    group(session, ready.context, "B2", *ready.students[8:14])
    group(session, ready.context, "Repeating", *ready.students[14:])
    change(session, ready.sitter(), ready.round.id, Swap(ready.students[0].id, None, "Away."), now=NOON)
    browser = faculty(app, ready)
    page = text(browser.get(f"/rounds/{ready.round.id}/fairness"))
    assert "How fair was round 1?" in page
    assert "Away." in page
    assert "Repeating" not in page
    assert "There are too few mentors to compare, or all offer about as much." in page
    sheet = text(browser.get(f"/rounds/{ready.round.id}/fairness.csv"))
    assert "Repeating" not in sheet
    assert 'Changed by hand,Student 0: Dr Okafor → nobody,"Prof Hanna Lindqvist, 2026-11-23T12:00' in sheet
    assert "Away. The student is left without a mentor." in sheet
    assert "Wish on average,,1" in sheet
    assert "Proved,Same result in any order of names,Shuffled 20 times: 20 with the same result" in sheet
    part = browser.get(f"/rounds/{ready.round.id}/fairness?where=Teams", headers={"HX-Request": "true"})
    assert text(part).startswith('<div id="results">')


def test_the_spreadsheet_says_what_was_taken_back_and_who_gets_one_part_again_and_again(app, session):
    ready = Ready(session, 40, 20)
    other = new_mentor(ready, 20, name="Dr Ibáñez")
    group(session, ready.context, "B1", *ready.students[:20])
    group(session, ready.context, "B2", *ready.students[20:])
    made = drawn(ready)
    session.flush()
    for one in session.scalars(select(Match).where(Match.round_id == made.id)):
        one.mentor_id = (ready.new if one.student_id in {who.id for who in ready.students[:20]} else other).id
    swap = Swap(ready.students[0].id, None, "Away.")
    undo_change(session, ready.sitter(), made.id, change(session, ready.sitter(), made.id, swap, now=NOON).id, now=NOON)
    made.state = RoundState.PUBLISHED
    session.commit()
    sheet = text(faculty(app, ready).get(f"/rounds/{made.id}/fairness.csv"))
    assert '"Changed by hand, and taken back"' in sheet
    assert "Again and again,Dr Ibáñez: B2,20 of 20; about 0 were to be expected" in sheet


def test_mentors_who_offer_little_stand_beside_the_others_in_a_sentence_and_a_line(app, session):
    world = World(session)
    world.mentor.places = world.mentor.taken
    for number in range(10):
        guide = new_mentor(world, 1 if number < 5 else 4)
        profile(
            session, world, guide.person, terms={TermKind.HOURS: ("week_evening", "end_evening")[: 1 + number // 5]}
        )
        rank_list(session, world.track, world.another_student(), guide)
    made, browser = drawn(world), faculty(app, world)
    page = said(browser.get(f"/rounds/{made.id}/fairness"))
    filled = "More of their places got a student: 100 of a hundred, of the others 25"
    assert f"5 mentors who offer 20 hours a week or fewer, beside 5 who offer more {filled}" in page
    assert f"5 mentors with 1 place, beside 5 with more {filled}" in page
    sheet = text(browser.get(f"/rounds/{made.id}/fairness.csv"))
    assert f'Who offers little,"5 mentors with 1 place, beside 5 with more","{filled}"' in sheet


def test_the_numbers_say_who_was_passed_over_before_and_has_a_mentor_now(app, session):
    ready = Ready(session, 3, 2)
    browser = faculty(app, ready)
    assert "Passed over by an earlier round nobody" in said(browser.get(f"/rounds/{ready.round.id}/fairness"))
    published(ready)
    ready.new.places += 1
    ready.another_student()
    ready.round = drawn(ready)
    page = said(faculty(app, ready).get(f"/rounds/{ready.round.id}/fairness"))
    assert "Passed over by an earlier round 1; placed now: 1" in page


def test_a_best_fit_is_checked_to_be_the_best_and_what_was_changed_in_the_database_is_said(app, session, draft):
    for name, words in (
        ("best", "No other placing has a better total score"),
        ("fairest", "No other placing is fairer"),
    ):
        draft.round = drawn(draft, app.extensions["matchers"][name])
        browser = faculty(app, draft)
        page = text(browser.get(f"/rounds/{draft.round.id}/check"))
        assert words in page
        assert "checked by an independent calculation" in page
        assert "is of version" not in page
    made = session.get_one(Round, draft.round.id)
    swap(draft)
    made.strategy_version = "0"
    session.commit()
    page = text(browser.get(f"/rounds/{made.id}/check"))
    assert "This is not proved to be the best placing" in page
    assert "What was kept has been changed" in page
    assert "The rule was of version 0 and is of version 1 now" in page
    assert "As computed: 1 change by hand since is no part of it." in page
    assert "No other placing" not in page


def swap(draft):
    match = draft.session.scalars(select(Match).where(Match.round_id == draft.round.id)).first()
    draft.swap(match, None)


def test_publishing_looks_once_more_at_a_draft_and_at_nothing_that_is_published(app, draft):
    browser = faculty(app, draft)
    for page in ("", "/fairness"):
        assert "Publishing looks at all of it once more." in text(browser.get(f"/rounds/{draft.round.id}{page}"))
    published(draft)
    for page in ("", "/fairness"):
        assert "Publishing looks at" not in text(browser.get(f"/rounds/{draft.round.id}{page}"))


@pytest.fixture
def large(session, draft):
    """A draft that is listed with more students than are checked while somebody waits."""
    same = {"institution_id": draft.institution.id, "issuer": "i", "first_seen_at": NOON}
    people = [{**same, "subject": f"s{one}"} for one in range(MOST_AT_ONCE)]
    numbers = session.scalars(insert(Person).returning(Person.id), people).all()
    shared = {"institution_id": draft.institution.id, "round_id": draft.round.id}
    session.execute(insert(Match), [{**shared, "student_id": one} for one in numbers])
    session.commit()
    return draft


def test_a_large_round_is_checked_in_the_background_and_its_page_keeps_what_was_found(app, session, large):
    browser, address = faculty(app, large), f"/rounds/{large.round.id}/check"
    page = text(browser.get(address))
    assert "What was kept" not in page
    assert "Check it" in page
    assert browser.post(address).status_code == 303
    page = text(browser.get(address))
    assert "Checking the round again" in page
    assert "Check it once more" not in page
    number = worked(session)
    page = text(browser.get(polled(browser, number)))
    assert "What was kept has been changed" in page
    assert "As it stood" in page
    assert "Check it once more" in page
    assert "The round has been checked again." in text(browser.get(f"/jobs/{number}"))
    browser.post(address)
    other = drawn(large)
    session.commit()
    assert "Another round is being checked just now" in text(browser.post(f"/rounds/{other.id}/check"), 409)


def test_sections_that_fare_differently_are_said(app, session):
    ready = Ready(session, 12, 12)
    browser = faculty(app, ready)
    for gap, words in ((40, "One section got a first wish less often"), (3, "about equally often")):
        session.get_one(Round, ready.round.id).findings = {**ready.round.findings, "parts": True, "gap": gap}
        session.commit()
        assert words in text(browser.get(f"/rounds/{ready.round.id}"))
    session.get_one(Round, ready.round.id).findings = {**ready.round.findings, "parts": True, "gap": None}
    session.commit()
    assert "Sections are not compared here" in text(browser.get(f"/rounds/{ready.round.id}"))


def test_the_check_says_what_it_found(app, session, draft):
    browser = faculty(app, draft)
    page = text(browser.get(f"/rounds/{draft.round.id}/check"))
    assert "What was kept is unchanged" in page
    assert "Drawn up again from the same lists, it is the same to the last pair" in page
    kept = session.get_one(Round, draft.round.id)
    kept.result_digest, kept.strategy, kept.findings = "0" * 64, "stable", {"blocking": 2, "shuffles": 20, "same": 3}
    session.commit()
    page = text(browser.get(f"/rounds/{draft.round.id}/check"))
    assert "What was kept has been changed" in page
    page = text(browser.get(f"/rounds/{draft.round.id}"))
    assert "Some students and mentors would both rather have each other" in page
    assert "Another order of names gives another result" in page
