"""The pages of meetings: propose, answer, move, call off, note what came of it; and what nobody else is shown."""

import re
from datetime import datetime, time, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest
from factories.browser import said, sit
from factories.credentials import credential
from factories.meetings import SECRETS, agreed, noted, proposed
from factories.profiles import profile
from factories.world import World, add, mentor, mentorship, person
from icalendar import Calendar
from sqlalchemy import select

from lti_mentoring.blueprints._meeting_words import PILLS, where
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.meetings import MeetingState, readings
from lti_mentoring.domain.milestones import Proof
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import MentoringDomain
from lti_mentoring.letters import written
from lti_mentoring.models import Administrator, Mail, Meeting, MeetingNote, TrackState
from lti_mentoring.queries.meetings import my_meeting
from lti_mentoring.services import meetings

STUDENT, MENTOR, FACULTY = SeatRole.STUDENT, SeatRole.MENTOR, SeatRole.FACULTY
NOTE = "She doubts herself."
DAY = (utcnow() + timedelta(days=3)).date()
SAID = {
    "day": DAY.isoformat(), "clock": "16:30", "timezone": "Africa/Nairobi", "minutes": "45", "domains": "career",
    "place": "Room 12", "join_url": "", "agenda": "Which specialty.",
}  # fmt: skip


@pytest.fixture
def world(session):
    return World(session)


@pytest.fixture
def browsers(app, session, world):
    return {role: sit(app, session, world, role) for role in (STUDENT, MENTOR, FACULTY)}


@pytest.fixture
def coming(session, world):
    """An agreed meeting in two days; and ``began``: one that began an hour ago."""
    now = utcnow().replace(second=0, microsecond=0)
    made = agreed(session, world, starts_at=now + timedelta(days=2), now=now)
    session.commit()
    return made


@pytest.fixture
def began(session, world):
    now = utcnow()
    made = agreed(session, world, starts_at=now - timedelta(hours=1), now=now - timedelta(days=1))
    session.commit()
    return made


def newest(session):
    session.rollback()
    return session.scalars(select(Meeting).order_by(Meeting.id.desc())).first()


def test_a_student_proposes_by_their_own_clock_and_the_mentor_answers_by_theirs(session, world, browsers):
    profile(session, world)  # whose clock is Kolkata's
    session.commit()
    student, guide = browsers[STUDENT], browsers[MENTOR]
    assert "No meeting yet" in said(student.get("/meetings"))
    answer = student.post("/meetings/new", {**SAID, "mentorship": world.mentorship.id})
    assert answer.status_code == 303
    made = newest(session)
    assert made.starts_at == datetime.combine(DAY, time(16, 30), ZoneInfo("Africa/Nairobi"))
    assert "16:30 (Nairobi time)" in said(student.get(f"/meetings/{made.id}"))
    page = said(guide.get(f"/meetings/{made.id}"))
    assert "Amina Yusuf waits for your answer" in page
    assert "(Kolkata time)" in page
    assert "Waits for your answer" in said(guide.get("/meetings"))
    shown = f"{made.starts_at.astimezone(ZoneInfo('Asia/Kolkata')):%H:%M}"
    assert f'value="{shown}"' in guide.get(f"/meetings/{made.id}/move").text
    assert guide.post(f"/meetings/{made.id}/agree", {"version": 1}).status_code == 303
    assert "You meet Dr Priya Raman" in said(student.get(f"/meetings/{made.id}"))


def test_who_has_named_no_time_zone_reads_utc_and_where_to_name_one(browsers, coming):
    page = browsers[STUDENT].get("/meetings")
    assert " UTC" in page.text
    assert "/looking-for" in page.text
    assert "/profile" in browsers[MENTOR].get(f"/meetings/{coming.id}").text
    assert 'name="day" required' not in page.text


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"minutes": "0"}, "from 10 to 240"),
        ({"join_url": "http://meet.example"}, "begins with https://"),
        ({"join_url": "javascript:alert(1)"}, "begins with https://"),
        ({"day": "2020-01-01"}, "This time is over"),
        ({"domains": "gossip"}, "Choose from this list"),
        ({"mentorship": "nobody"}, "Choose one of these"),
        ({"mentorship": "999999"}, "Choose one of these"),
        ({"day": "2100-03-29"}, "more than a year ahead"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(session, world, browsers, wrong, words):
    answer = browsers[STUDENT].post("/meetings/new", {**SAID, "mentorship": world.mentorship.id, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Which specialty." in answer.text
    assert newest(session) is None


def test_a_time_that_comes_twice_is_asked_for_on_the_page(browsers, world):
    days = [utcnow().date() + timedelta(days=number) for number in range(1, 365)]
    both = product(days, ("Europe/Berlin", "Australia/Sydney"))
    back, zone = next(one for one in both if len(readings(one[0], time(2, 30), ZoneInfo(one[1]))) == 2)
    twice = {**SAID, "day": back.isoformat(), "clock": "02:30", "timezone": zone}
    answer = browsers[STUDENT].post("/meetings/new", {**twice, "mentorship": world.mentorship.id})
    assert answer.status_code == 422
    assert "this time comes twice" in answer.text
    assert 'value="second"' in answer.text


def test_a_mentor_chooses_whom_and_comes_from_a_student_s_page(session, world, browsers):
    other = world.another_student(name="Aaron Who Is First")
    pair = mentorship(session, world.mentor, other)
    session.commit()
    guide = browsers[MENTOR]
    assert f"/meetings/new?student={world.student.id}" in guide.get(f"/students/{world.student.id}").text
    for query, chosen in (("", pair), (f"?student={world.student.id}", world.mentorship)):
        page = guide.get(f"/meetings/new{query}").text
        assert f'<option selected value="{chosen.id}">' in page
    assert "Aaron Who Is First" not in browsers[STUDENT].get("/meetings/new").text


def test_at_the_same_time_as_another_it_is_said_and_not_forbidden(session, world, browsers, coming):
    nairobi = coming.starts_at.astimezone(ZoneInfo("Africa/Nairobi"))
    same = {**SAID, "day": nairobi.date().isoformat(), "clock": nairobi.strftime("%H:%M")}
    answer = browsers[MENTOR].post("/meetings/new", {**same, "mentorship": world.mentorship.id})
    assert "agreed to meet Amina Yusuf at the same time" in said(browsers[MENTOR].get(answer.headers["Location"]))
    assert "You have agreed to another meeting" in said(browsers[STUDENT].get(f"/meetings/{newest(session).id}"))


def test_another_time_is_proposed_and_what_somebody_typed_too_late_stays(session, browsers, coming):
    student, guide, page = browsers[STUDENT], browsers[MENTOR], f"/meetings/{coming.id}"
    assert "Room 12 behind the pharmacy" in student.get(f"{page}/move").text
    assert student.post(f"{page}/move", {**SAID, "version": 2}).status_code == 303
    answer = guide.post(f"{page}/move", {**SAID, "version": 2, "agenda": "My own words"})
    assert answer.status_code == 409
    assert "The meeting was changed while you had it open" in answer.text
    assert "My own words" in answer.text
    assert 'name="version" value="3"' in answer.text
    assert guide.post(f"{page}/move", {**SAID, "version": 3, "place": ""}).status_code == 422
    student.post(f"{page}/cancel", {"version": 3})
    answer = guide.post(f"{page}/move", {**SAID, "version": 3, "agenda": "My own words"})
    assert answer.status_code == 409
    assert "My own words" in answer.text
    assert newest(session).state is MeetingState.CANCELLED


def test_it_is_asked_before_a_meeting_is_called_off_and_the_other_reads_it(browsers, coming):
    student, page = browsers[STUDENT], f"/meetings/{coming.id}"
    assert "Call off the meeting with Dr Priya Raman?" in said(student.get(f"{page}/cancel"))
    assert student.post(f"{page}/cancel", {"version": 2}).status_code == 303
    assert "Called off" in said(browsers[MENTOR].get(page))
    for late in (f"{page}/cancel", f"{page}/move"):
        assert "not possible with the meeting any more" in said(browsers[MENTOR].get(late), 409)
    assert "was changed while you had it open" in said(student.post(f"{page}/agree", {"version": 2}), 409)


def test_afterwards_either_says_that_they_met_and_the_other_corrects_it(browsers, began):
    student, guide, page = browsers[STUDENT], browsers[MENTOR], f"/meetings/{began.id}"
    assert "Did you meet?" in said(student.get(page))
    assert "1 meeting is to be noted" in said(student.get("/"))
    assert guide.post(f"{page}/met", {"version": 2, "minutes": "0", "domains": "career"}).status_code == 422
    assert guide.post(f"{page}/met", {"version": 2, "minutes": "50", "domains": "research"}).status_code == 303
    answer = student.post(f"{page}/met", {"version": 2, "minutes": "20", "domains": "career"})
    assert answer.status_code == 409
    assert 'value="20"' in answer.text
    assert "Correct what was recorded" in answer.text
    assert "50 minutes" in said(student.get(page))
    assert student.post(f"{page}/missed", {"version": 3}).status_code == 303
    assert "Did not take place" in said(guide.get(page))


def test_before_it_begins_nothing_is_recorded(session, browsers, coming):
    page = f"/meetings/{coming.id}"
    assert browsers[MENTOR].post(f"{page}/missed", {"version": 2}).status_code == 409
    form = {"version": 2, "minutes": "50", "domains": "research"}
    assert browsers[MENTOR].post(f"{page}/met", form).status_code == 409
    assert newest(session).state is MeetingState.AGREED


def test_a_note_is_read_by_its_author_alone_and_two_windows_lose_nothing(session, browsers, coming):
    student, guide, page = browsers[STUDENT], browsers[MENTOR], f"/meetings/{coming.id}"
    assert guide.post(f"{page}/note", {"version": 0, "text": NOTE}).status_code == 303
    assert NOTE in guide.get(page).text
    assert NOTE not in student.get(page).text
    answer = guide.post(f"{page}/note", {"version": 0, "text": "Too late."})
    assert answer.status_code == 409
    assert NOTE in answer.text
    assert "Too late." in answer.text
    assert 'name="version" value="1"' in answer.text
    assert guide.post(f"{page}/note", {"version": 1, "text": "x" * 5001}).status_code == 422
    assert guide.post(f"{page}/note", {"version": 1, "text": " "}).status_code == 303
    assert session.scalars(select(MeetingNote)).all() == []


def test_a_link_says_its_host_and_tells_it_nothing(session, world, browsers):
    now = utcnow()
    made = agreed(
        session, world, starts_at=now + timedelta(days=2), now=now, place="", join_url="https://meet.example/a?b=c&d"
    )
    session.commit()
    page = browsers[STUDENT].get(f"/meetings/{made.id}").text
    assert 'href="https://meet.example/a?b=c&amp;d" target="_blank" rel="noopener noreferrer"' in page
    assert "Join at meet.example" in page
    made.join_url = "javascript:alert(1)"  # past every check
    session.commit()
    assert "javascript:" not in browsers[STUDENT].get(f"/meetings/{made.id}").text


def calendar_of(browser, meeting):
    answer = browser.get(f"/meetings/{meeting.id}/calendar.ics")
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment; ")
    whole = Calendar.from_ical(answer.data)
    (event,) = whole.walk("VEVENT")
    return whole, event


def test_a_calendar_takes_it_by_a_name_that_stays_and_a_number_that_grows(session, browsers, coming):
    hostile = "A, b; c\r\nATTENDEE:mailto:x@evil.example\r\nEND:VEVENT"
    coming.agenda, coming.place = hostile, "Room\\12,\nX-EVIL:1"
    session.commit()
    whole, first = calendar_of(browsers[STUDENT], coming)
    assert first["DTSTART"].dt == coming.starts_at
    assert (first["STATUS"], first["SEQUENCE"], whole["METHOD"]) == ("CONFIRMED", 1, "PUBLISH")
    assert first["SUMMARY"] == "Meeting with Dr Priya Raman"
    assert "ATTENDEE" not in first
    assert "X-EVIL" not in first
    assert "ATTENDEE:mailto:x@evil.example" in first["DESCRIPTION"]
    browsers[STUDENT].post(f"/meetings/{coming.id}/cancel", {"version": 2})
    whole, second = calendar_of(browsers[MENTOR], coming)
    assert (second["STATUS"], second["SEQUENCE"], whole["METHOD"]) == ("CANCELLED", 2, "CANCEL")
    assert second["UID"] == first["UID"]


def test_first_pages_show_the_next_meeting_or_the_way_to_propose_one(session, world, browsers):
    for role in (STUDENT, MENTOR):
        page = browsers[role].get("/").text
        assert "None is agreed." in page
        assert "/meetings/new" in page
    now = utcnow()
    proposed(session, world, starts_at=now + timedelta(days=1), now=now)
    session.commit()
    assert "Waits for your answer" in said(browsers[STUDENT].get("/"))
    assert "None is agreed." in said(browsers[MENTOR].get("/"))


def test_who_has_nobody_reads_so_and_in_a_closed_track_nothing_is_proposed(app, session, world, browsers):
    alone = sit(app, session, world, STUDENT, world.another_student())
    assert "nobody to meet yet" in said(alone.get("/meetings/new"))
    assert "As soon as you work with somebody" in said(alone.get("/meetings"))
    world.track.state = TrackState.CLOSED
    session.commit()
    form = {**SAID, "mentorship": world.mentorship.id}
    assert "closed" in said(browsers[STUDENT].post("/meetings/new", form), 409)
    assert "/meetings/new" not in browsers[STUDENT].get("/").text


def test_before_the_track_is_open_there_is_nothing(session, world, browsers):
    world.track.state = TrackState.DRAFT
    session.commit()
    for path in ("/meetings", "/meetings/new"):
        assert "Propose" not in browsers[MENTOR].get(path).text


PATHS = ("", "/move", "/cancel", "/calendar.ics")


def test_somebody_else_s_meeting_is_not_found(app, session, world, coming):
    foreign = World(session)
    other = mentor(session, world.track, person(session, world.institution), made_by_id=world.faculty.id)
    mentorship(session, other, world.another_student())
    strangers = [
        sit(app, session, world, MENTOR, other.person), sit(app, session, world, STUDENT, world.another_student()),
        sit(app, session, foreign, MENTOR), sit(app, session, foreign, STUDENT),
    ]  # fmt: skip
    form = {**SAID, "version": 2, "text": "x"}
    for browser in strangers:
        for tail in PATHS:
            assert browser.get(f"/meetings/{coming.id}{tail}").status_code == 404
        for act in ("agree", "move", "cancel", "met", "missed", "note"):
            assert browser.post(f"/meetings/{coming.id}/{act}", form).status_code == 404


# ------------------------------------------------------------------ what whoever gives the grade never reads


@pytest.fixture
def looked_at(app, session, world, coming):
    """Everything that faculty, an administrator and an observer can get: each address, with every number there is."""
    now = utcnow()
    past = agreed(session, world, starts_at=now - timedelta(days=3), now=now - timedelta(days=4))
    meetings.record_met(session, world.sitter(role=MENTOR), past.id, 2, 30, (MentoringDomain.CAREER,), now=now)
    for one in (coming, past):
        for by in (STUDENT, MENTOR):
            noted(app, session, world, one, NOTE, by)
    credential(app, session, world)
    asked = {"asked_at": now, "confirmed_at": now, "confirmed_by": "operator"}
    add(session, Administrator(institution_id=world.institution.id, person_id=world.faculty.id, **asked))
    session.commit()
    numbers = {
        "meeting_id": [coming.id, past.id], "student_id": [world.student.id], "mentor_id": [world.mentor.id],
        "mentorship_id": [world.mentorship.id], "milestone_id": [one.id for one in world.track.milestones],
    }  # fmt: skip

    def answers(role, only=""):
        browser = sit(app, session, world, role)
        for rule in app.url_map.iter_rules():
            if not rule.endpoint.startswith(only):
                continue
            access = app.view_functions[rule.endpoint].access_rule
            mine = access.roles is None or role in access.roles
            if "GET" not in rule.methods or rule.endpoint == "health.ready":
                continue
            known = {name: numbers.get(name, [1]) for name in rule.arguments}
            for place in range(max(map(len, known.values()), default=1)):
                values = {name: many[min(place, len(many) - 1)] for name, many in known.items()}
                path = re.sub(r"<[^>]*?(\w+)>", lambda found, values=values: str(values[found[1]]), rule.rule)
                yield rule.endpoint, mine, browser.get(path)

    return answers


@pytest.mark.parametrize("role", [FACULTY, SeatRole.ADMINISTRATOR, SeatRole.OBSERVER])
def test_no_page_sheet_or_download_for_them_says_what_was_written_of_a_meeting(looked_at, role):
    read = 0
    for endpoint, mine, answer in looked_at(role):
        for secret in (NOTE, *SECRETS.values()):
            assert secret.encode() not in answer.data, endpoint
        if endpoint.startswith("meetings."):
            assert answer.status_code == 403
        read += mine and answer.status_code == 200
    assert read > 3


def test_the_two_do_read_it_so_that_the_test_above_would_find_it(looked_at):
    found = {endpoint for endpoint, _mine, answer in looked_at(MENTOR, "meetings.") if NOTE.encode() in answer.data}
    assert found == {"meetings.one"}


def test_faculty_read_how_many_and_when_the_last(session, world, browsers, looked_at):
    page = said(browsers[FACULTY].get(f"/students/{world.student.id}"))
    assert "Meetings held: 1, the last on" in page
    assert "Meetings held" not in said(browsers[MENTOR].get(f"/students/{world.student.id}"))


def test_a_mail_says_who_and_when_by_the_reader_s_clock(app):
    facts = {
        "other": "Dr Raman", "course": "MED 402", "track": "Clinical", "starts_at": "2027-01-15T13:30:00+00:00",
        "zone": "Africa/Nairobi",
    }  # fmt: skip
    subjects = {
        "proposed": "Dr Raman would like to meet you", "agreed": "Dr Raman agreed to meet you",
        "moved": "Dr Raman proposes another time to meet", "cancelled": "The meeting with Dr Raman is called off",
    }  # fmt: skip
    with app.test_request_context():
        for what, words in subjects.items():
            subject, text = written("meeting", {**facts, "what": what}, "en")
            assert subject == words
            assert "Friday 15 January 2027, 16:30 (Nairobi time)" in text
        assert "13:30 UTC" in written("meeting", {**facts, "what": "agreed", "zone": ""}, "en")[1]
        assert "/sign-in" in written("meeting", {**facts, "what": "agreed"}, "en", signs_in=True)[1]


def test_every_state_has_words_and_a_place_is_said_in_few(session, app, world, coming):
    assert set(PILLS) == set(MeetingState)
    coming.join_url = "https://meet.example/room"
    view = my_meeting(session, world.sitter(role=MENTOR), coming.id)
    with app.test_request_context():
        assert where(view) == f"{SECRETS['place']}, online at meet.example"


HELD = {key: SAID[key] for key in ("clock", "timezone", "minutes", "domains", "place")} | {
    "day": (utcnow() - timedelta(days=2)).date().isoformat()
}


def test_a_meeting_that_nobody_planned_is_noted_afterwards(session, world, browsers):
    guide, student = browsers[MENTOR], browsers[STUDENT]
    assert "Note a meeting" in said(guide.get("/meetings/held"))
    late = guide.post("/meetings/held", {**HELD, "mentorship": world.mentorship.id, "day": DAY.isoformat()})
    assert late.status_code == 422
    assert "This time is still to come" in late.text
    assert guide.post("/meetings/held", {**HELD, "mentorship": world.mentorship.id}).status_code == 303
    made = newest(session)
    assert made.state is MeetingState.HELD
    assert "You met" in said(student.get(f"/meetings/{made.id}"))
    mail = session.scalars(select(Mail)).one()
    assert "noted that you met" in "".join(written(mail.kind, mail.facts, "en"))


def test_a_meeting_says_what_it_is_for_and_leads_there(session, world, browsers):
    one = world.track.milestones[0]
    one.proof = Proof.MEETING
    session.commit()
    student, guide = browsers[STUDENT], browsers[MENTOR]
    form = {**SAID, "mentorship": world.mentorship.id, "milestone": one.id}
    assert student.post("/meetings/new", form).status_code == 303
    made = newest(session)
    assert made.milestone_id == one.id
    assert f'href="/milestones/{one.id}"' in student.get(f"/meetings/{made.id}").text
    assert f'href="/students/{world.student.id}/milestones/{one.id}"' in guide.get(f"/meetings/{made.id}").text
    assert re.search(rf'<option selected value="{one.id}">', guide.get(f"/meetings/{made.id}/move").text)


def test_in_a_track_that_is_not_open_nobody_is_asked_for_a_meeting(session, world, browsers):
    world.track.state = TrackState.DRAFT
    session.commit()
    assert 'name="day"' not in browsers[STUDENT].get("/meetings/held").text


def test_who_works_with_nobody_notes_no_meeting(session, world, browsers):
    world.mentorship.ended_at = utcnow()
    session.commit()
    assert "There is nobody to meet yet" in said(browsers[STUDENT].get("/meetings/held"))


def test_what_it_was_for_is_said_when_it_is_noted(session, world, browsers, began):
    one = world.track.milestones[0]
    one.proof = Proof.MEETING
    session.commit()
    guide = browsers[MENTOR]
    assert "Milestone 1</option>" in guide.get(f"/meetings/{began.id}").text
    form = {"version": began.version, "minutes": "30", "domains": "career", "milestone": one.id}
    answer = guide.post(f"/meetings/{began.id}/met", form)
    assert "Noted: you met. Milestone 1 is reached." in said(guide.get(answer.headers["Location"]))
    assert newest(session).milestone_id == one.id


def test_a_second_note_of_the_same_talk_is_refused_with_what_was_typed(session, world, browsers):
    form = {**HELD, "mentorship": world.mentorship.id}
    assert browsers[MENTOR].post("/meetings/held", form).status_code == 303
    again = browsers[STUDENT].post("/meetings/held", {**form, "place": "Ward 3"})
    assert again.status_code == 422
    assert "A meeting of the two of you at this time is noted already." in again.text
    assert 'value="Ward 3"' in again.text


@pytest.mark.parametrize("path", ["/meetings/new", "/meetings/held"])
def test_a_draft_shows_its_milestones_to_nobody_whatever_they_send(session, world, browsers, path):
    world.track.milestones[0].proof = Proof.MEETING
    world.track.state = TrackState.DRAFT
    session.commit()
    for role in (STUDENT, MENTOR):
        assert "Milestone 1" not in browsers[role].post(path, {"mentorship": world.mentorship.id}).text


def test_a_mentor_of_before_reads_what_it_was_for_without_a_way_there(session, world, browsers, began):
    one = world.track.milestones[0]
    one.proof, began.milestone_id, world.mentorship.ended_at = Proof.MEETING, one.id, utcnow()
    session.commit()
    page = browsers[MENTOR].get(f"/meetings/{began.id}").text
    assert "Milestone 1" in page
    assert f"/milestones/{one.id}" not in page


def test_the_empty_list_leads_to_noting_a_meeting_too(browsers):
    assert 'href="/meetings/held"' in browsers[STUDENT].get("/meetings").text
