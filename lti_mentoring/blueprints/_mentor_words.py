"""What is said when somebody's places or roles as mentor cannot be changed."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._failures import explain

KEPT = _l("Nothing was changed.")
CONFLICTS = {
    "places_taken": (
        _l("%(mentor)s has %(taken)s students already"),
        _l("Write at least that many places, or move students to other mentors first."),
    ),
    "mentor_has_students": (
        _l("%(mentor)s still has students: %(taken)s"),
        _l("Move them to other mentors first. Nothing was changed."),
    ),
    "mentor_role_served": (
        _l("%(mentor)s still has students as %(role)s"),
        _l("Move them to other mentors first. Nothing was changed."),
    ),
}
UNREADABLE = {
    "mentor_role_needed": (_l("Tick one role at least"), KEPT),
    "places_out_of_range": (_l("Write a number of places from 0 to %(most)s"), KEPT),
}


def explain_all() -> None:
    """Register the words."""
    for status, words in ((409, CONFLICTS), (422, UNREADABLE)):
        for code, (title, body) in words.items():
            explain(code, title, body, status=status)
