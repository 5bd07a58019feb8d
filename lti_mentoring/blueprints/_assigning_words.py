"""What is said when students and mentors, or lists of them, cannot be put together."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._failures import explain

KEPT = _l("Nothing was changed.")
CONFLICTS = {
    "capacity_reached": (
        _l("%(mentor_name)s has no free place any more"),
        _l(
            "All %(places)s places are taken: somebody else may just have taken the last one. Nothing was changed; "
            "choose another mentor, or give %(mentor_name)s more places."
        ),
    ),
    "step_not_allowed": (_l("This mentorship has ended already"), KEPT),
    "pair_has_this_mentor": (_l("The student is with this mentor already"), KEPT),
    "pair_has_another_mentor": (
        _l("%(student_name)s is with %(other_mentor)s now"),
        _l("Somebody may just have done that. Nothing was changed; you can move the student on that mentor’s page."),
    ),
    "pair_not_a_student": (_l("%(student_name)s is no student of this course"), KEPT),
    "pair_student_left": (_l("%(student_name)s has left the course"), KEPT),
    "pair_mentor_left": (_l("%(mentor_name)s has left the course"), KEPT),
    "pair_mentor_paused": (_l("%(mentor_name)s takes no new students at present"), KEPT),
    "pair_credential_needed": (
        _l("%(mentor_name)s has no verified credential that this track takes"),
        _l(
            "It asks for one before a mentor gets new students, and for a licence where one has lapsed or was "
            "withdrawn. Nothing was changed."
        ),
    ),
    "pair_own_mentor": (_l("Nobody can be their own mentor"), KEPT),
    "pair_conflict": (
        _l("A conflict is declared between %(student_name)s and %(mentor_name)s"),
        _l("Nothing was changed. Choose another mentor."),
    ),
    "pair_not_available": (
        _l("%(mentor_name)s is not available for %(student_name)s"),
        _l("Nothing was changed. Choose another mentor."),
    ),
    "pair_other_role": (
        _l("%(mentor_name)s is the mentor of %(student_name)s in another role already"),
        _l("Nothing was changed. On the page Mentors you can make one person both, by hand."),
    ),
    "pair_not_in_role": (
        _l("%(mentor_name)s does not serve in this role"),
        _l("Nothing was changed. Say on the mentor’s page in which roles they serve."),
    ),
    "pair_test_first": (
        _l("%(student_name)s has not passed the test yet"),
        _l("Students of this track pass a test before they are given a mentor. Nothing was changed."),
    ),
    "pair_not_trained": (
        _l("%(mentor_name)s is not trained yet"),
        _l("Mentors of this track pass a test before they are given students. Nothing was changed."),
    ),
}
UNREADABLE = {
    "csv_too_large": (
        _l("This file is larger than %(most)s MB"),
        _l("A list of names is small: is it the right file?"),
    ),
    "csv_too_long": (_l("This list has more than %(most)s lines"), _l("Cut it into several lists.")),
    "csv_empty": (
        _l("There are no lines in this file"),
        _l("Choose a CSV file with a first line “student,mentor”."),
    ),
    "csv_encoding": (
        _l("The letters in this file cannot be read"),
        _l("Save it in your spreadsheet as “CSV UTF-8” and choose it again."),
    ),
    "csv_columns": (_l("The first line must name the columns student and mentor"), _l("It says: %(found)s")),
    "csv_broken": (
        _l("A quotation mark in line %(line)s is never closed, or stands in the wrong place"),
        _l("Look at that line in your spreadsheet and save the list again."),
    ),
}


def explain_all() -> None:
    """Register the words."""
    for status, words in ((409, CONFLICTS), (422, UNREADABLE)):
        for code, (title, body) in words.items():
            explain(code, title, body, status=status)
