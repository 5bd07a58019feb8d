"""A list from a spreadsheet: every bad line is named, and nobody is guessed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_mentoring.domain.assigning import MentorNow, StudentNow, Wish
from lti_mentoring.domain.assignment_csv import (
    MOST_BYTES,
    MOST_LINES,
    BadLine,
    Flaw,
    Line,
    SheetUnreadable,
    is_formula,
    read_sheet,
    resolve,
)
from lti_mentoring.domain.mentor_roles import MentorRole

STUDENTS = [
    StudentNow(1, "Ana Ruiz", "Ana@x.org", "s-1"),
    StudentNow(2, "Bo Li", "", "s-2"),
    StudentNow(3, "Bo Li", "bo@x.org", "s-3"),
    StudentNow(4, "José Núñez", "jose@x.org", "s-4"),
]
MENTORS = [MentorNow(7, 107, "Dr Raman", 5, 0, "raman@x.org", "m-7"), MentorNow(8, 108, "Dr Raman", 5, 0, "r2@x.org")]


def flaws(text):
    return [(bad.number, bad.flaw) for bad in read_sheet(text.encode()).bad]


def code_of(raw):
    with pytest.raises(SheetUnreadable) as refused:
        read_sheet(raw)
    return refused.value.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_save_it(encoding, separator):
    text = f"Mentor{separator}note{separator} STUDENT \r\nDr Łoś{separator}x{separator}李小龙\r\n\r\n"
    assert read_sheet(text.encode(encoding)).lines == (Line(2, "李小龙", "Dr Łoś"),)


def test_a_marked_big_endian_file_and_leading_blank_lines_are_read():
    raw = b"\xfe\xff" + "\n\nstudent,mentor\na,b\n".encode("utf-16-be")
    assert read_sheet(raw).lines == (Line(4, "a", "b"),)


def test_lines_are_numbered_as_a_spreadsheet_shows_them():
    assert flaws("student,mentor\n\na,\n" + '"two\nlines",b\n,b\n') == [(3, Flaw.BLANK_CELL), (6, Flaw.BLANK_CELL)]


@pytest.mark.parametrize(
    ("line", "flaw"),
    [
        ("a", Flaw.CELLS_MISSING),
        ("a,b,c", Flaw.TOO_MANY_CELLS),
        ("=1+1,b", Flaw.FORMULA),
        ("a,+b", Flaw.FORMULA),
        ("-a,b", Flaw.FORMULA),
        ("@a,b", Flaw.FORMULA),
        (" =a,b", Flaw.FORMULA),
        ("a,\tb", Flaw.FORMULA),
        ("a,  ", Flaw.BLANK_CELL),
        (f"a,{'b' * 301}", Flaw.CELL_TOO_LONG),
    ],
)
def test_every_bad_line_says_what_is_wrong(line, flaw):
    assert flaws(f"student,mentor\n{line}\nx,y\n") == [(2, flaw)]


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "csv_empty"),
        (b" \n \n", "csv_empty"),
        (b"student,mentor\n", "csv_empty"),
        (b"name,teacher\na,b\n", "csv_columns"),
        (b"student,student,mentor\na,b,c\n", "csv_columns"),
        (b"a,b\n", "csv_columns"),
        (b"student,mentor\n\xe9,b\n", "csv_encoding"),
        (b"student,mentor\na\0,b\n", "csv_encoding"),
        (b"\xff\xfea", "csv_encoding"),
        (b"%PDF-1.7\n\xff\xff", "csv_encoding"),
        (b'student,mentor\n"a,b\n', "csv_broken"),
        (b"x" * (MOST_BYTES + 1), "csv_too_large"),
        (b"student,mentor\n" + b"a,b\n" * (MOST_LINES + 1), "csv_too_long"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_with_its_reason(raw, code):
    assert code_of(raw) == code


def test_people_are_meant_by_address_number_or_name():
    lines = [
        Line(2, "ana@X.org", "raman@x.org"),
        Line(3, "s-2", "m-7"),
        Line(4, "  JOSE\u0301  núñez", "r2@x.org"),
    ]
    wishes, bad = resolve(lines, STUDENTS, MENTORS)
    assert (wishes, bad) == ([Wish(2, 1, 7), Wish(3, 2, 7), Wish(4, 4, 8)], [])


def test_who_is_unknown_or_could_be_several_is_named_and_not_guessed():
    lines = [
        Line(2, "Nobody", "m-7"),
        Line(3, "Bo Li", "m-7"),
        Line(4, "s-1", "Nobody"),
        Line(5, "s-1", "Dr Raman"),
    ]
    wishes, bad = resolve(lines, STUDENTS, MENTORS)
    assert wishes == []
    assert bad == [
        BadLine(2, Flaw.UNKNOWN_STUDENT, "Nobody", "m-7"),
        BadLine(3, Flaw.MANY_STUDENTS, "Bo Li", "m-7"),
        BadLine(4, Flaw.UNKNOWN_MENTOR, "s-1", "Nobody"),
        BadLine(5, Flaw.MANY_MENTORS, "s-1", "Dr Raman"),
    ]


def test_what_a_spreadsheet_could_run_is_known():
    assert is_formula("\r=x")
    assert not is_formula("Jean-Luc")


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reading(raw):
    try:
        sheet = read_sheet(b"student,mentor\n" + raw)
    except SheetUnreadable:
        return
    assert sheet.lines or sheet.bad


ROLES = (MentorRole("", "Clinical mentor"), MentorRole("r", "Research mentor"))
SERVING = [
    MentorNow(7, 107, "Dr Raman", 5, 0, "raman@x.org", roles=frozenset({""})),
    MentorNow(8, 108, "Prof Aalto", 5, 0, "aalto@x.org", roles=frozenset({"", "r"})),
]


def resolved(text):
    wishes, bad = resolve(read_sheet(text.encode()).lines, STUDENTS, SERVING, ROLES)
    return [(one.mentor_id, one.role) for one in wishes], [one.flaw for one in bad]


def test_a_column_of_roles_says_in_which_role():
    assert resolved("role,student,mentor\nresearch MENTOR,ana@x.org,aalto@x.org\n") == ([(8, "r")], [])


def test_a_list_without_roles_is_read_where_the_mentor_serves_in_one_alone():
    text = "student,mentor\nana@x.org,raman@x.org\njose@x.org,aalto@x.org\n"
    assert resolved(text) == ([(7, "")], [Flaw.ROLE_NEEDED])


def test_an_unknown_role_and_a_blank_one_are_named():
    text = "student,mentor,role\nana@x.org,raman@x.org,Surgeon\njose@x.org,raman@x.org,\nbo@x.org,raman@x.org\n"
    assert resolved(text) == ([(7, ""), (7, "")], [Flaw.UNKNOWN_ROLE])


def test_a_track_with_one_role_asks_for_none():
    wishes, bad = resolve(read_sheet(b"student,mentor\nana@x.org,raman@x.org\n").lines, STUDENTS, SERVING)
    assert ([one.role for one in wishes], bad) == ([""], [])


def test_two_columns_of_roles_are_refused():
    with pytest.raises(SheetUnreadable):
        read_sheet(b"student,mentor,role,role\n")
