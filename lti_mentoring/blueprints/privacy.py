"""What is held about a person: for that person, and for an administrator who came from the LMS to ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for
from flask_babel import ngettext

from lti_mentoring.blueprints._access import SEATED, current_seat, requires
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.db import db
from lti_mentoring.errors import NotAllowed
from lti_mentoring.queries.administration import waits_for_confirmation
from lti_mentoring.queries.privacy import Held, held_about

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("privacy", __name__)
FROM_COURSE = frozenset({Held.COURSES, Held.GROUPS})
FROM_OTHERS = frozenset(
    {Held.MENTORS, Held.STUDENTS, Held.ROUNDS, Held.INTRODUCTIONS, Held.FORMS_ABOUT, Held.CERTIFICATES}
)


@bp.get("/privacy")
@requires(SEATED)
def show() -> ResponseReturnValue:
    """Say what is held, who reads it, for how long, and whom to ask; somebody not yet confirmed waits for that."""
    seat = current_seat()
    try:
        view = held_about(db.session(), seat)
    except NotAllowed:
        if waits_for_confirmation(db.session(), seat) is None:
            raise
        return redirect(url_for("admin.waiting"))
    counts = dict(view.counts)
    groups = {
        "course": [counted(kind, number) for kind, number in counts.items() if kind in FROM_COURSE],
        "others": [counted(kind, number) for kind, number in counts.items() if kind in FROM_OTHERS],
        "own": [
            counted(kind, number) for kind, number in counts.items() if kind not in FROM_COURSE | FROM_OTHERS
        ],
    }  # fmt: skip
    return render("privacy/show.html", "privacy/show.html", view=view, groups=groups)


def counted(kind: Held, number: int) -> str:
    """Say how many of one kind there are."""
    words = {
        Held.COURSES: lambda: ngettext("%(num)s course", "%(num)s courses", number),
        Held.GROUPS: lambda: ngettext("%(num)s section or group", "%(num)s sections or groups", number),
        Held.MENTORS: lambda: ngettext("%(num)s mentor, now or before", "%(num)s mentors, now or before", number),
        Held.STUDENTS: lambda: ngettext("%(num)s student, now or before", "%(num)s students, now or before", number),
        Held.ROUNDS: lambda: ngettext("%(num)s round of matching", "%(num)s rounds of matching", number),
        Held.PROFILE: lambda: ngettext("%(num)s mentor’s profile", "%(num)s mentors’ profiles", number),
        Held.PUBLIC_PAGES: lambda: ngettext(
            "%(num)s public page, which whoever has its link reads",
            "%(num)s public pages, which whoever has their links reads", number,
        ),
        Held.APPLICATIONS: lambda: ngettext(
            "%(num)s application as a mentor", "%(num)s applications as a mentor", number
        ),
        Held.CREDENTIALS: lambda: ngettext(
            "%(num)s credential, its number and documents encrypted",
            "%(num)s credentials, their numbers and documents encrypted", number,
        ),
        Held.SEEKING: lambda: ngettext(
            "%(num)s note of what is looked for in a mentor, which nobody else reads",
            "%(num)s notes of what is looked for in a mentor, which nobody else reads", number,
        ),
        Held.QUIET_HOURS: lambda: ngettext(
            "%(num)s note of hours in which no mail is sent, which nobody else reads",
            "%(num)s notes of hours in which no mail is sent, which nobody else reads", number,
        ),
        Held.WISHES: lambda: ngettext(
            "%(num)s list of wishes, which nobody else reads", "%(num)s lists of wishes, which nobody else reads",
            number,
        ),
        Held.RECOMMENDATIONS: lambda: ngettext(
            "%(num)s answer whether a mentor would be chosen again, which nobody else reads",
            "%(num)s answers whether mentors would be chosen again, which nobody else reads", number,
        ),
        Held.CONFLICTS: lambda: ngettext("%(num)s declared conflict", "%(num)s declared conflicts", number),
        Held.COMPLAINTS: lambda: ngettext(
            "%(num)s complaint that keeps a mentor and a student apart, which nobody else reads",
            "%(num)s complaints that keep a mentor and a student apart, which nobody else reads",
            number,
        ),
        Held.CONCERNS: lambda: ngettext(
            "%(num)s word in confidence, encrypted, which only those read whom it named",
            "%(num)s words in confidence, encrypted, which only those read whom they named",
            number,
        ),
        Held.CONCERN_WORDS: lambda: ngettext(
            "%(num)s text in such a talk, encrypted", "%(num)s texts in such talks, encrypted", number
        ),
        Held.CONCERNS_OPENED: lambda: ngettext(
            "%(num)s note that you opened something said in confidence",
            "%(num)s notes that you opened something said in confidence",
            number,
        ),
        Held.CONCERN_PAIRS: lambda: ngettext(
            "%(num)s mentor and student whom you keep apart after a word in confidence",
            "%(num)s mentors and students whom you keep apart after words in confidence",
            number,
        ),
        Held.CONCERN_MAILS: lambda: ngettext(
            "%(num)s mail that something waits for you", "%(num)s mails that something waits for you", number
        ),
        Held.HANDLES_CONCERNS: lambda: ngettext(
            "%(num)s note that the person reads what is said in confidence",
            "%(num)s notes that the person reads what is said in confidence",
            number,
        ),
        Held.REQUESTS: lambda: ngettext("%(num)s question to a mentor", "%(num)s questions to mentors", number),
        Held.INTRODUCTIONS: lambda: ngettext("%(num)s introduction", "%(num)s introductions", number),
        Held.INTRODUCED: lambda: ngettext(
            "%(num)s introduction of a student", "%(num)s introductions of students", number
        ),
        Held.GOALS: lambda: ngettext(
            "%(num)s goal of an own plan; mentors read it if it is shared",
            "%(num)s goals of an own plan; mentors read those that are shared", number,
        ),
        Held.MEETINGS: lambda: ngettext(
            "%(num)s meeting, which only the two of it read", "%(num)s meetings, which only the two of each read",
            number,
        ),
        Held.MEETING_NOTES: lambda: ngettext(
            "%(num)s private note of a meeting, encrypted, which nobody else reads",
            "%(num)s private notes of meetings, encrypted, which nobody else reads", number,
        ),
        Held.EVIDENCE: lambda: ngettext(
            "%(num)s proof of a milestone (text, link or file)", "%(num)s proofs of milestones (text, link or file)",
            number,
        ),
        Held.STEPS: lambda: ngettext(
            "%(num)s step at a milestone, with its words", "%(num)s steps at milestones, with their words", number
        ),
        Held.FORMS_ABOUT: lambda: ngettext("%(num)s form about the person", "%(num)s forms about the person", number),
        Held.FORMS_BY: lambda: ngettext("%(num)s form about a student", "%(num)s forms about students", number),
        Held.ATTEMPTS: lambda: ngettext("%(num)s attempt at a test", "%(num)s attempts at tests", number),
        Held.GRADES: lambda: ngettext("%(num)s grade", "%(num)s grades", number),
        Held.CERTIFICATES: lambda: ngettext("%(num)s certificate", "%(num)s certificates", number),
        Held.BADGES: lambda: ngettext("%(num)s badge as a mentor", "%(num)s badges as a mentor", number),
        Held.MAILS: lambda: ngettext("%(num)s mail: who and which page", "%(num)s mails: who and which page", number),
        Held.VISITS: lambda: ngettext("%(num)s visit", "%(num)s visits", number),
        Held.TRAIL: lambda: ngettext(
            "%(num)s line in the list of changes", "%(num)s lines in the list of changes", number
        ),
    }  # fmt: skip
    return str(words[kind]())
