"""What somebody types about a meeting, by their own clock."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from lti_mentoring.domain.vocabularies import HEALTH
from lti_mentoring.forms.meetings import HeldForm, PlanForm, ProposeForm, TalkForm
from lti_mentoring.queries.meeting_proofs import ProvedByMeeting
from lti_mentoring.queries.meetings import Partner

NOW = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
SAID = {
    "day": "2026-03-27", "clock": "16:30", "timezone": "Europe/Berlin", "minutes": "30", "domains": "career",
    "place": "Room 12", "join_url": "", "agenda": "",
}  # fmt: skip


@pytest.fixture(autouse=True)
def request_of(app):
    with app.test_request_context():
        yield


def typed(**changes):
    return PlanForm(HEALTH, "Europe/Berlin", NOW, MultiDict({**SAID, **changes}))


def test_a_time_is_read_by_the_clock_that_is_named():
    form = typed(timezone="Asia/Kolkata")
    assert form.validate()
    assert form.plan().starts_at == datetime(2026, 3, 27, 11, 0, tzinfo=UTC)
    assert form.plan().zone == "Asia/Kolkata"


def test_a_time_that_the_clocks_leave_out_is_said_so():
    form = typed(day="2026-03-29", clock="02:30")
    assert not form.validate()
    assert "put forward, and this time is left out" in form.clock.errors[0]


def test_a_time_that_comes_twice_is_asked_for_once_more():
    form = typed(day="2026-10-25", clock="02:30")
    assert not form.validate()
    assert "comes twice" in form.which.errors[0]
    assert [choice.label for choice in form.which.choices] == [
        "The first one, before the clocks change (UTC+02)", "The second one, an hour later (UTC+01)",
    ]  # fmt: skip
    for which, hour in (("first", 0), ("second", 1)):
        form = typed(day="2026-10-25", clock="02:30", which=which)
        assert form.validate()
        assert form.plan().starts_at == datetime(2026, 10, 25, hour, 30, tzinfo=UTC)


def test_which_of_two_times_is_forgotten_when_another_day_is_chosen():
    assert typed(which="second").validate()


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"minutes": "0"}, "minutes", "from 10 to 240"),
        ({"minutes": "half"}, "minutes", "whole number"),
        ({"domains": "gossip"}, "domains", "Choose from this list"),
        ({"domains": ""}, "domains", "Choose from this list"),
        ({"place": ""}, "place", "Say where"),
        ({"join_url": "http://meet.example"}, "join_url", "https://"),
        ({"join_url": "javascript:alert(1)"}, "join_url", "https://"),
        ({"join_url": "https://user:pass@meet.example"}, "join_url", "names no user"),
        ({"day": "2026-01-09"}, "day", "This time is over"),
        ({"day": "2027-01-11"}, "day", "more than a year ahead"),
        ({"day": "soon"}, "day", "year-month-day"),
        ({"day": ""}, "day", "Choose a day"),
        ({"clock": "late"}, "clock", "hours and minutes"),
        ({"timezone": ""}, "timezone", "town nearest"),
        ({"timezone": "Moon/Base"}, "timezone", "Choose one of these"),
        ({"agenda": "x" * 501}, "agenda", "too long"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(wrong, field, words):
    form = typed(**wrong)
    assert not form.validate()
    assert words in " ".join(map(str, form[field].errors))


PROVES = (ProvedByMeeting(7, "Closing talk", None), ProvedByMeeting(8, "Review", "research"))


def test_what_it_is_for_is_chosen_and_begins_with_where_the_person_came_from():
    assert PlanForm(HEALTH, "Europe/Berlin", NOW, proves=PROVES, chosen=8).milestone.data == 8
    assert PlanForm(HEALTH, "Europe/Berlin", NOW, proves=PROVES, chosen=9).milestone.data == 0
    form = PlanForm(HEALTH, "Europe/Berlin", NOW, MultiDict({**SAID, "milestone": "7"}), proves=PROVES)
    assert form.validate()
    assert form.plan().milestone_id == 7
    plain = typed()
    assert plain.validate()
    assert plain.plan().milestone_id is None


@pytest.mark.parametrize("sent", ["9", "-1", "all"])
def test_only_a_milestone_that_is_offered_is_taken(sent):
    form = PlanForm(HEALTH, "Europe/Berlin", NOW, MultiDict({**SAID, "milestone": sent}), proves=PROVES)
    assert not form.validate()
    assert form.milestone.errors


@pytest.mark.parametrize(("with_whom", "fits"), [("1", False), ("2", True)])
def test_a_milestone_of_another_role_is_refused_beside_its_field(with_whom, fits):
    sent = MultiDict({**SAID, "milestone": "8", "mentorship": with_whom})
    form = ProposeForm(HEALTH, "Europe/Berlin", NOW, sent, proves=PROVES)
    form.offer([Partner(1, "Dr Raman", 5, "clinical", NOW), Partner(2, "Dr Chen", 5, "research", NOW)])
    assert form.validate() is fits
    assert fits or "another of the student’s mentors" in form.milestone.errors[0]


@pytest.mark.parametrize(
    ("day", "words"), [("2026-01-11", "still to come"), ("2025-10-01", "more than 60 days ago"), ("2026-01-09", "")]
)
def test_a_meeting_that_took_place_lies_behind_and_not_long(day, words):
    form = HeldForm(HEALTH, "Europe/Berlin", NOW, MultiDict({**SAID, "day": day, "mentorship": "1"}))
    form.offer([Partner(1, "Dr Raman", 5, "", datetime(2025, 9, 1, tzinfo=UTC))])
    assert form.validate() is (not words)
    assert words in " ".join(map(str, form.day.errors))


def test_who_comes_from_a_milestone_is_offered_first_whoever_signs_it():
    form = ProposeForm(HEALTH, "Europe/Berlin", NOW, proves=PROVES, chosen=8)
    form.offer([Partner(1, "Dr Raman", 5, "clinical", NOW), Partner(2, "Dr Chen", 5, "research", NOW)], student_id=5)
    assert form.mentorship.data == 2


def test_of_a_meeting_that_took_place_it_is_said_where_and_online_is_an_answer():
    form = HeldForm(HEALTH, "Europe/Berlin", NOW, MultiDict({**SAID, "day": "2026-01-09", "place": ""}))
    form.offer([])
    assert not form.validate()
    assert form.place.errors == ["Say where, or: online."]


def test_what_it_was_for_can_be_said_when_it_is_noted_and_stays_where_nothing_is_sent():
    said = {"minutes": "30", "domains": "career"}
    assert TalkForm(HEALTH, MultiDict(said), proves=PROVES, chosen=7).milestone.data == 7
    assert TalkForm(HEALTH, MultiDict({**said, "milestone": "0"}), proves=PROVES, chosen=7).milestone.data == 0
