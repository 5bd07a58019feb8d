"""Groups by hand: a line each; one line that cannot be used, and none is kept."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain import hand_groups
from lti_mentoring.domain.hand_groups import LONGEST_NAME, Fault, FaultyLine, read_lines, write_lines


@dataclass(frozen=True)
class Student:
    name: str
    email: str = ""
    subject: str = ""


STUDENTS = [
    Student("Layla Haddad", "layla@example.org", "11"),
    Student("Tomás Ibáñez", "", "12"),
    Student("Ann Lee", "ann@example.org", "13"),
    Student("Ann Lee", "", "14"),
    Student("Semi; Colon", "", "15"),
]


def test_people_are_named_by_name_address_or_number():
    written = read_lines("Team A: layla HADDAD; 12\n\n  Team  B :ann@example.org;14;", STUDENTS)
    assert written.groups == {"Team A": (0, 1), "Team B": (2, 3)}
    assert written.faults == ()
    assert read_lines(" \n", STUDENTS).groups == {}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (": 11", FaultyLine(1, Fault.NO_NAME)),
        (f"{'x' * 101}: 11", FaultyLine(1, Fault.NAME_TOO_LONG, f"{'x' * LONGEST_NAME}…")),
        ("Team A", FaultyLine(1, Fault.NOBODY, "Team A")),
        ("Team A: Nobody Known", FaultyLine(1, Fault.UNKNOWN, "Nobody Known")),
        ("Team A: Ann Lee", FaultyLine(1, Fault.MANY, "Ann Lee")),
        ("Team A: 11; Layla Haddad", FaultyLine(1, Fault.IN_TWO, "Layla Haddad")),
        ("Team A: 11\nTeam B: 11", FaultyLine(2, Fault.IN_TWO, "11")),
        ("Team A: 11\nteam  a: 12", FaultyLine(2, Fault.NAME_TWICE, "team a")),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_nothing_is_kept(line, fault):
    written = read_lines(line, STUDENTS)
    assert written.faults == (fault,)
    assert written.groups == {}


def test_too_many_lines_are_refused_at_once(monkeypatch):
    monkeypatch.setattr(hand_groups, "MOST_GROUPS", 1)
    assert read_lines("A: 11\nB: 12\nC: 13", STUDENTS).faults == (FaultyLine(2, Fault.TOO_MANY),)


def test_groups_are_written_in_words_that_mean_nobody_else_and_read_again():
    text = write_lines([("team b", STUDENTS[2:]), ("Team A", STUDENTS[:2])], STUDENTS)
    assert text == "Team A: Layla Haddad; Tomás Ibáñez\nteam b: ann@example.org; 14; 15"
    assert read_lines(text, STUDENTS).groups == {"Team A": (0, 1), "team b": (2, 3, 4)}


@given(st.text())
def test_no_text_breaks_the_reading(text):
    read_lines(text, STUDENTS)
