"""What a student looks for, beside what a mentor offers."""

from datetime import date

import pytest

from lti_mentoring.domain.fitting import SAID, Trait
from lti_mentoring.domain.profiles import STYLE as OF_MENTORS
from lti_mentoring.domain.profiles import CareerStage, TermKind
from lti_mentoring.domain.seeking import STYLE, Side, meeting_parts, shared, side_of, week_of
from lti_mentoring.domain.seeking import likeness as alike

WINTER, SUMMER = date(2026, 12, 1), date(2026, 7, 1)
EVENINGS = frozenset({"week_evening"})


def side(zone="", career=None, style=None, on=WINTER, **terms):
    return side_of({TermKind(kind): keys for kind, keys in terms.items()}, style or {}, career, zone, on=on)


def likeness(student, mentor):
    """What the student has said, by trait, and how far it is met."""
    return {trait: met for trait, met in zip(SAID, alike(student, mentor), strict=True) if met is not None}


def test_help_is_met_as_far_as_it_is_offered_whatever_its_kind():
    student = side(domain=["research"], specialty=["health.oncology"], skill=["writing", "feedback"])
    mentor = side(domain=["research", "career"], skill=["feedback"])
    assert likeness(student, mentor) == {Trait.HELP: 0.5}
    assert shared(student, mentor).help == ("feedback", "research")


def test_what_a_student_has_not_said_does_not_count():
    assert likeness(Side(), side("Asia/Kolkata", CareerStage.RETIRED, {"pace": "one"}, domain=["research"])) == {}


def test_of_a_mentor_who_has_said_nothing_nothing_is_met():
    student = side(
        "Asia/Kolkata", CareerStage.STUDYING, {"pace": "one"}, skill=["writing"], language=["hi"], hours=EVENINGS
    )
    assert likeness(student, Side()) == dict.fromkeys(
        (Trait.HELP, Trait.LANGUAGE, Trait.TIME, Trait.STYLE, Trait.FURTHER), 0.0
    )
    assert not shared(student, Side())


def test_one_common_language_is_enough():
    student = side(language=["hi", "de"])
    assert likeness(student, side(language=["hi", "en"])) == {Trait.LANGUAGE: 1.0}
    assert likeness(student, side(language=["en"])) == {Trait.LANGUAGE: 0.0}


@pytest.mark.parametrize(
    ("mentor", "hours"),
    [
        ("Asia/Kolkata", 20), ("Asia/Kathmandu", 18.75), ("Asia/Colombo", 20), ("Europe/Berlin", 0),
        ("Asia/Karachi", 17.5),
    ],
)  # fmt: skip
def test_hours_are_compared_around_the_globe_to_the_quarter(mentor, hours):
    student = side("Asia/Kolkata", hours=EVENINGS)
    assert shared(student, side(mentor, hours=EVENINGS)).hours == hours
    assert likeness(student, side(mentor, hours=EVENINGS)) == {Trait.TIME: 1.0 if hours else 0.0}


def test_few_common_hours_count_in_part():
    student = side("Europe/Berlin", hours=["end_evening"])
    assert likeness(student, side("Asia/Karachi", hours=["end_evening"])) == {Trait.TIME: 0.0}
    assert likeness(student, side("Europe/Moscow", hours=["end_evening"])) == {Trait.TIME: 1.0}
    assert likeness(student, side("Asia/Dubai", hours=["end_evening"])) == {Trait.TIME: 0.5}


def test_clocks_stand_as_they_do_on_the_day():
    assert week_of(EVENINGS, "Europe/Berlin", WINTER) != week_of(EVENINGS, "Europe/Berlin", SUMMER)


def test_a_week_goes_on_from_its_end_to_its_beginning():
    monday = week_of(frozenset({"week_morning"}), "Pacific/Auckland", WINTER)
    assert monday >> 6 * 96, "the morning of Monday there is Sunday here"


def test_hours_without_a_zone_that_is_known_say_nothing():
    assert side("Moon/Base", hours=EVENINGS).week == side("../etc", hours=EVENINGS).week == 0
    assert side(hours=EVENINGS).week == side("Asia/Kolkata").week == side("Asia/Kolkata", hours=["noon"]).week == 0


def test_working_style_is_met_where_both_say_the_same_or_either_suits():
    student = side(style={"pace": "one", "lead": "other", "plan": "both", "answers": "one"})
    mentor = side(style={"pace": "one", "lead": "both", "plan": "other", "answers": "other"})
    assert likeness(student, mentor) == {Trait.STYLE: 0.75}


def test_what_stands_in_no_table_any_more_says_nothing():
    assert side(style={"pace": "sideways", "mood": "one"}, skill=["alchemy"], language=["xx"]) == Side()


def test_students_and_mentors_are_asked_the_same_questions_of_style():
    assert [key for key, *_words in STYLE] == [key for key, *_words in OF_MENTORS]


@pytest.mark.parametrize(
    ("mentor", "met"),
    [(CareerStage.TRAINING, 1.0), (CareerStage.RETIRED, 1.0), (CareerStage.STUDYING, 0.0), (None, 0.0)],
)
def test_a_mentor_who_is_further_on_the_way_is_told_from_one_who_is_not(mentor, met):
    assert likeness(side(career=CareerStage.STUDYING), side(career=mentor)) == {Trait.FURTHER: met}


def test_the_parts_of_a_week_that_meet_are_found_across_the_globe():
    week = week_of(EVENINGS, "Asia/Kolkata", WINTER)  # 11:30 to 15:30 by the clock of the world
    found = meeting_parts(week, ("Asia/Kolkata", "Europe/Stockholm", "America/Lima", "Moon/Base"), WINTER)
    assert found == {
        "Asia/Kolkata": ("week_evening",), "Europe/Stockholm": ("week_afternoon",), "America/Lima": ("week_morning",),
    }  # fmt: skip


def test_less_than_an_hour_is_no_meeting():
    week = week_of(EVENINGS, "Asia/Kolkata", WINTER)
    assert "week_afternoon" not in meeting_parts(week, ("Asia/Kathmandu",), WINTER)["Asia/Kathmandu"]
