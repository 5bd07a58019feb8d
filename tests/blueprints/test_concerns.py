"""Confidential help on pages: from the student's first page to an answer, and what everybody else finds there."""

import re
from datetime import timedelta

import pytest
from factories.accounts import administrator, come_in
from factories.browser import said, sit
from factories.concerns import WORDS, concern, handler, opened
from factories.outside import come_in_from_outside
from factories.world import NOON, World, membership, mentor, person

from lti_mentoring.clock import utcnow
from lti_mentoring.domain.concerns import LONGEST_WORDS, MOST_OPEN
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.letters import written
from lti_mentoring.models import Administrator, Concern, ConcernEntry, ConcernHandler, ConflictOfInterest, TrackState
from lti_mentoring.queries.privacy import OWN_ONLY, Held, held_about

STUDENT, MENTOR, FACULTY, GUEST = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY, SeatRole.GUEST


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def jo(session, world):
    who = handler(world)
    session.commit()
    return who


@pytest.fixture
def student(app, session, world):
    return sit(app, session, world, STUDENT)


@pytest.fixture
def reader(app, session, world, jo):
    return sit(app, session, world, GUEST, jo)


def form(world, *readers, **sent):
    numbers = ",".join(str(one.id) for one in readers)
    return {"concerning": str(world.guide.id), "text": WORDS, "readers": numbers, **sent}


def test_from_the_first_page_to_an_answer(session, world, student, reader, jo):
    assert "Confidential help" in said(student.get("/"))
    page = said(student.get("/concerns/new"))
    assert "Jo Ahlgren" in page
    assert "confidential, not anonymous" in page
    assert "Dr Priya Raman" in page
    assert student.post("/concerns/new", form(world, jo)).status_code == 303
    number = session.query(Concern).one().key
    assert WORDS not in said(reader.get("/concerns"))
    assert "Amina Yusuf about Dr Priya Raman" in said(reader.get("/concerns"))
    page = said(reader.get(f"/concerns/{number}"))
    assert WORDS not in page
    assert "One text waits" in page
    assert reader.post(f"/concerns/{number}/open").status_code == 303
    page = said(reader.get(f"/concerns/{number}"))
    assert WORDS in page
    assert "is the mentor of Amina Yusuf now" in page
    assert reader.post(f"/concerns/{number}/answer", {"text": "I have read it."}).status_code == 303
    assert "Answered" in said(student.get("/concerns/mine"))
    page = said(student.get(f"/concerns/mine/{number}"))
    assert "I have read it." in page
    assert "Jo Ahlgren" in page
    assert student.post(f"/concerns/mine/{number}", {"text": "It happened again."}).status_code == 303
    assert "It happened again." not in said(reader.get(f"/concerns/{number}"))


def test_a_mentor_finds_it_on_the_first_page_and_writes_about_an_own_student(app, session, world, jo):
    guide = sit(app, session, world, MENTOR)
    assert "Confidential help" in said(guide.get("/"))
    assert guide.post("/concerns/new", form(world, jo, concerning=str(world.student.id))).status_code == 303


def test_while_nobody_is_named_the_page_says_so_and_where_to_turn(session, world, student):
    page = said(student.get("/concerns/new"))
    assert "Nobody is there yet who could read it" in page
    assert "Whoever administers Mentoring at your institution can name somebody." in page
    values = {"asked_at": NOON, "confirmed_at": NOON, "confirmed_by": "operator"}
    session.add(Administrator(institution_id=world.institution.id, person_id=world.faculty.id, **values))
    session.commit()
    assert "Prof Hanna Lindqvist" in said(student.get("/concerns/new"))


def test_a_handler_who_writes_reads_that_the_others_do(app, session, world, student, jo):
    handler(world, world.student)
    session.commit()
    page = said(student.get("/concerns/new"))
    assert page.count("Amina Yusuf") == 1  # who one is, in the bar
    assert "Jo Ahlgren" in page


def test_without_a_reader_left_nothing_is_written_and_the_words_stay(session, world, student):
    handler(world, world.guide)
    session.commit()
    answer = student.post("/concerns/new", form(world, world.guide))
    page = said(answer, 422)
    assert "Nobody is there who could read this" in page
    assert WORDS in answer.text
    assert session.query(Concern).count() == 0


def test_who_reads_it_since_the_page_was_open_is_said_before_anything_is_sent(session, world, student, jo):
    for told in ("", "nobody", "1" * 400, "٣"):
        page = said(student.post("/concerns/new", form(world, readers=told)), 422)
        assert "Who reads this has changed meanwhile" in page
        assert WORDS in page
    assert session.query(Concern).count() == 0


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"text": " \n "}, "Write something first"),
        ({"text": "x" * (LONGEST_WORDS + 1)}, "This is too long"),
        ({"concerning": ""}, "Choose whom it is about"),
        ({"concerning": "x"}, "Choose one of these."),
        ({"concerning": "999999"}, "Choose somebody who is listed."),
    ],
)
def test_what_is_wrong_is_said_in_words(session, world, student, jo, wrong, words):
    page = said(student.post("/concerns/new", form(world, jo, **wrong)), 422)
    assert words in page
    assert session.query(Concern).count() == 0


@pytest.mark.parametrize("who", ["oneself", "another course", "another institution", "another student"])
def test_it_is_about_nobody_else(session, world, student, jo, who):
    number = {
        "oneself": lambda: world.student.id,
        "another course": lambda: World(session, inside=world.deployment).guide.id,
        "another institution": lambda: World(session).guide.id,
        "another student": lambda: world.another_student().id,
    }[who]()
    session.commit()
    page = said(student.post("/concerns/new", form(world, jo, concerning=str(number))), 422)
    assert "Choose somebody who is listed." in page
    assert session.query(Concern).count() == 0


def test_there_are_so_many_at_a_time(app, session, world, student, jo):
    for _each in range(MOST_OPEN):
        concern(app, world, now=utcnow())
    session.commit()
    words = f"Once more: {WORDS}"
    page = said(student.post("/concerns/new", {**form(world, jo), "text": words}), 422)
    assert f"{MOST_OPEN} of yours are open already" in page
    assert words in page


def test_a_test_student_reads_why_nothing_is_sent(app, session, world, jo):
    world.student.is_test_user = True
    page = said(sit(app, session, world, STUDENT).post("/concerns/new", form(world, jo)), 422)
    assert "The test student says nothing in confidence" in page
    assert WORDS in page


def test_a_mentor_from_outside_the_course_writes_and_reads_the_answer(app, session, world, jo):
    outsider = come_in_from_outside(app, session, world)
    assert "Jo Ahlgren" in said(outsider.get("/concerns/new"))
    assert outsider.post("/concerns/new", form(world, jo)).status_code == 303
    assert "About Dr Priya Raman" in said(outsider.get("/concerns/mine"))


def test_of_many_mentors_some_are_found_by_name(session, world, student, jo):
    for number in range(25):
        who = person(session, world.institution, name=f"Dr Other {number:02}")
        membership(session, world.context, who, is_student=False)
        mentor(session, world.track, who, made_by_id=world.faculty.id)
    session.commit()
    assert "Dr Other 24" not in said(student.get("/concerns/new"))
    assert "Dr Other 24" in said(student.get("/concerns/new?q=24"))


def test_before_the_track_runs_there_is_nothing(app, session, world, jo):
    world.track.state = TrackState.DRAFT
    for role in (STUDENT, MENTOR):
        assert "still setting this up" in said(sit(app, session, world, role).get("/concerns/new"))


def test_words_that_are_wrong_stay_and_those_that_come_too_late_are_given_back(
    app, session, world, student, reader, jo
):
    one = concern(app, world, now=utcnow())
    opened(world, jo, one, now=utcnow())
    session.commit()
    for browser, path in ((student, f"/concerns/mine/{one.key}"), (reader, f"/concerns/{one.key}/answer")):
        assert "Write something first" in said(browser.post(path, {"text": " "}), 422)
        assert "This is too long" in said(browser.post(path, {"text": "x" * (LONGEST_WORDS + 1)}), 422)
    assert reader.post(f"/concerns/{one.key}/close", {"version": "1"}).status_code == 303
    for browser, path in ((student, f"/concerns/mine/{one.key}"), (reader, f"/concerns/{one.key}/answer")):
        page = said(browser.post(path, {"text": "One more thing."}), 409)
        assert "This is closed" in page
        assert "One more thing." in page
    assert "It was closed" in said(student.get(f"/concerns/mine/{one.key}"))
    assert "Closed" in said(student.get("/concerns/mine"))
    assert "Closed" in said(reader.get("/concerns"))
    assert reader.post(f"/concerns/{one.key}/reopen", {"version": "2"}).status_code == 303
    assert session.query(ConcernEntry).count() == 1


def test_of_two_handlers_who_close_it_the_second_looks_again(app, session, world, reader, jo):
    second = sit(app, session, world, FACULTY, handler(world))
    one = concern(app, world, now=utcnow())
    session.commit()
    for browser in (reader, second):
        browser.post(f"/concerns/{one.key}/open")
    assert reader.post(f"/concerns/{one.key}/close", {"version": "1"}).status_code == 303
    assert "Something has happened here meanwhile" in said(
        second.post(f"/concerns/{one.key}/close", {"version": "1"}), 409
    )
    for odd in ("", "x", "-1", str(10**30)):
        assert said(second.post(f"/concerns/{one.key}/reopen", {"version": odd}), 409)


def test_a_handler_reads_before_answering(app, session, world, reader, jo):
    one = concern(app, world, now=utcnow())
    session.commit()
    page = said(reader.post(f"/concerns/{one.key}/answer", {"text": "I have read it."}), 409)
    assert "There is something new" in page
    assert "I have read it." in page


def test_the_two_are_kept_apart_and_that_is_taken_back(app, session, world, reader, jo):
    one = concern(app, world, now=utcnow())
    session.commit()
    assert "Keep these two apart" in said(reader.get(f"/concerns/{one.key}"))
    assert reader.post(f"/concerns/{one.key}/apart").status_code == 303
    assert "Take that back" in said(reader.get(f"/concerns/{one.key}"))
    assert reader.post(f"/concerns/{one.key}/together").status_code == 303
    assert session.query(ConflictOfInterest).one().ended_at is not None


def test_two_mentors_are_not_kept_apart(app, session, world, reader, jo):
    who = person(session, world.institution, name="Dr Marta Oliveira")
    membership(session, world.context, who, is_student=False)
    mentor(session, world.track, who, made_by_id=world.faculty.id)
    one = concern(app, world, who, world.sitter(role=MENTOR), now=utcnow())
    session.commit()
    assert "Both are mentors" in said(reader.get(f"/concerns/{one.key}"))
    assert "These two are both mentors" in said(reader.post(f"/concerns/{one.key}/apart"), 422)


def test_an_answer_that_is_late_is_said(app, session, world, reader, jo):
    one = concern(app, world, now=utcnow() - timedelta(days=8))
    session.commit()
    for page in ("/concerns", f"/concerns/{one.key}"):
        assert "Answer is late" in said(reader.get(page))


def test_whom_nobody_reads_any_more_is_told_so(app, session, world, student, jo):
    one = concern(app, world, now=utcnow())
    session.query(ConcernHandler).delete()
    session.commit()
    assert "Nobody reads this any more." in said(student.get(f"/concerns/mine/{one.key}"))


@pytest.mark.parametrize("who", ["faculty", "administrator", "about", "raiser", "named later", "elsewhere", "office"])
def test_for_everybody_else_there_is_no_such_page(app, session, world, jo, who):
    one = concern(app, world, now=utcnow())
    away = World(session)
    browser = {
        "faculty": lambda: sit(app, session, world, FACULTY),
        "administrator": lambda: sit(app, session, world, SeatRole.ADMINISTRATOR),
        "about": lambda: sit(app, session, world, MENTOR, handler(world, world.guide)),
        "raiser": lambda: sit(app, session, world, STUDENT, handler(world, world.student)),
        "named later": lambda: sit(app, session, world, GUEST, handler(world, named_at=utcnow())),
        "elsewhere": lambda: sit(app, session, away, GUEST, handler(away)),
        "office": lambda: come_in(app, session, administrator(session, world.institution)),
    }[who]()
    refused = 403 if who == "office" else 404
    assert browser.get(f"/concerns/{one.key}").status_code == refused
    for step in ("open", "answer", "close", "reopen", "apart", "together"):
        assert browser.post(f"/concerns/{one.key}/{step}", {"text": "x", "version": "1"}).status_code == refused
    if who not in {"about", "raiser", "named later", "elsewhere"}:
        assert browser.get("/concerns").status_code == refused
    else:
        assert "Nothing was said" in said(browser.get("/concerns"))
    if who in {"about", "elsewhere"}:
        other = sit(app, session, world, MENTOR)
        assert other.get(f"/concerns/mine/{one.key}").status_code == 404
        assert other.post(f"/concerns/mine/{one.key}", {"text": "x"}).status_code == 404


def test_a_handler_finds_the_way_under_their_name_and_nobody_else(app, session, world, student, reader):
    assert "What was said in confidence" in said(reader.get("/seat"))
    assert "What was said in confidence" not in said(student.get("/seat"))


def test_a_handler_about_whom_there_is_one_misses_no_number(app, session, world, student, reader):
    handler(world, world.guide)
    handler(world, world.faculty)
    session.commit()
    guide = sit(app, session, world, MENTOR)
    for about in (world.student, world.guide, world.student):
        by = world.sitter(role=MENTOR if about is world.student else STUDENT)
        concern(app, world, about, by, now=utcnow())
    session.commit()
    for browser, path, seen in ((reader, "/concerns", 3), (guide, "/concerns/mine", 2), (student, "/concerns/mine", 1)):
        addresses = re.findall(r'href="/concerns/(?:mine/)?([^"]{16})"', browser.get(path).text)
        assert len(set(addresses)) == seen
        assert not any(one.isdigit() for one in addresses)
    assert "Nothing was said" in said(guide.get("/concerns"))


def test_titles_and_the_mail_say_nothing(app, session, world, student, reader, jo):
    one = concern(app, world, now=utcnow())
    session.commit()
    pages = [student.get(path).text for path in ("/concerns/new", "/concerns/mine", f"/concerns/mine/{one.key}")]
    pages += [reader.get(path).text for path in ("/concerns", f"/concerns/{one.key}")]
    titles = [page.partition("<title>")[2].partition("</title>")[0] for page in pages]
    assert {title.partition(" · ")[0].strip() for title in titles} == {"Help", "For you to read"}
    subject, text = written("something_waits", {}, None)
    assert subject == "Something waits for you in Mentoring"
    assert not any(
        word in f"{subject} {text}".lower() for word in ("concern", "confiden", "amina", "raman", "clinical")
    )


def test_what_is_written_runs_nowhere(app, session, world, reader, jo):
    world.student.name = world.guide.name = "<script>alert(1)</script>"
    one = concern(app, world, text="<img src=x onerror=alert(1)> {{7*7}} %(name)s", now=utcnow())
    opened(world, jo, one, now=utcnow())
    session.commit()
    for browser, path in ((reader, f"/concerns/{one.key}"), (reader, "/concerns")):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert "{{7*7}} %(name)s" in said(reader.get(f"/concerns/{one.key}"))


def test_whoever_raised_it_reads_that_it_is_held_and_whom_it_is_about_does_not(app, session, world, jo):
    before = {who.id: dict(held_about(session, world.sitter(who, GUEST)).counts) for who in (world.guide, jo)}
    one = concern(app, world, now=utcnow())
    opened(world, jo, one, now=utcnow())
    mine = dict(held_about(session, world.sitter(role=STUDENT)).counts)
    assert (mine[Held.CONCERNS], mine[Held.CONCERN_WORDS]) == (1, 1)
    assert Held.TRAIL not in mine
    assert dict(held_about(session, world.sitter(role=MENTOR)).counts) == before[world.guide.id]
    theirs = dict(held_about(session, world.sitter(jo, GUEST)).counts)
    assert (theirs[Held.CONCERNS_OPENED], theirs[Held.CONCERN_MAILS]) == (1, 1)
    assert Held.MAILS not in theirs
    assert {kind: number for kind, number in theirs.items() if kind not in OWN_ONLY} == before[jo.id]
    page = said(sit(app, session, world, GUEST, jo).get("/privacy"))
    assert "note that the person reads what is said in confidence" in page
    assert "1 word in confidence, encrypted" in said(sit(app, session, world, STUDENT).get("/privacy"))
