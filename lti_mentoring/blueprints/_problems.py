"""What a person reads when something did not work: what happened, what it means for you, one way on, a short code."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._htmx import render

if TYPE_CHECKING:
    from flask import Response


@dataclass(frozen=True, slots=True)
class Problem:
    """One calm page. `code` is shown only where somebody else must help; `again` offers to repeat the visit."""

    status: int
    title: str | LazyString
    body: str | LazyString
    code: str = ""
    action: tuple[str, str] | None = None
    again: bool = False
    back: str = ""
    """The way back to the course, where no seat knows it."""
    mine: str = ""
    theirs: str = ""


def _upload_limit() -> str:
    """Say how many megabytes a file may have here."""
    return str(current_app.config["UPLOAD_LIMIT_MB"])


PROBLEMS: dict[str, Problem] = {
    "form_outdated": Problem(
        403,
        _l("This form was open for too long"),
        _l("Nothing was changed. Go back: what you wrote is still there. Load the page again, then send it."),
    ),
    "bad_request": Problem(
        400,
        _l("We could not read what was sent"),
        _l("Nothing was changed. Go back, look at what you filled in, and send it again."),
    ),
    "seat_needed": Problem(
        401,
        _l("Open Mentoring again from your course"),
        _l("Mentoring opens from inside a course. If you were here before, this page closed itself while you were "
              "away; what you sent is safe."),
    ),
    "open_from_course": Problem(
        401,
        _l("Open this from your course"),
        _l("This address works only for whoever came from the course. "
              "Go to your course and open Mentoring there: everything is where you left it."),
    ),
    "seat_needed_to_send": Problem(
        401,
        _l("This was not sent: open Mentoring again from your course"),
        _l("You have been away for a while. What you wrote is still on the page; if you do not see it, go back. "
              "Copy it first, then open Mentoring again."),
    ),
    "sign_in_needed": Problem(
        401,
        _l("Sign in to see this page"),
        _l("Nobody is signed in here any more. A session ends after half an hour without a page, and after "
              "eight hours in any case."),
    ),
    "place_needed": Problem(
        403,
        _l("Choose your course first"),
        _l("You are signed in, and sit in no course at present: you mentor in several, or the one where you sat "
              "has ended for you."),
    ),
    "not_allowed": Problem(
        403,
        _l("This page is for somebody else"),
        _l("You can see everything that concerns you from your first page. If you should see this one, too, "
              "ask your course team."),
    ),
    "not_found": Problem(
        404,
        _l("This page is not here"),
        _l("It may have been moved or taken away, or the link was cut short. Nothing of yours is lost: "
              "go back, or open Mentoring again from your course."),
    ),
    "method_not_allowed": Problem(
        405,
        _l("This page cannot be opened like that"),
        _l("Nothing was changed. Go back and use the button on the page."),
    ),
    "conflict": Problem(
        409,
        _l("Somebody else changed this while you had it open"),
        _l("Nothing was overwritten. Look at what they wrote, then send yours again if it still holds."),
    ),
    "too_large": Problem(
        413,
        _l("This file is too large"),
        _l("A file may have up to %(limit)s MB. Make it smaller, or put it elsewhere and send a link.",
              limit=LazyString(_upload_limit)),
    ),
    "refused": Problem(
        422,
        _l("This cannot be sent yet"),
        _l("Nothing was changed. Go back, look at what you filled in, and send it again."),
    ),
    "too_many": Problem(
        429,
        _l("That was a lot in a short time"),
        _l("Wait a minute, then try again. Nothing was lost."),
        again=True,
    ),
    "broken": Problem(
        500,
        _l("Something broke on our side"),
        _l("It is not your fault, and what you sent before is safe. Try again in a minute."),
        again=True,
    ),
    "unavailable": Problem(
        503,
        _l("Mentoring is busy or being looked after"),
        _l("Try again in a minute. What you sent before is safe."),
        again=True,
    ),
    "launch_refused": Problem(
        400,
        _l("Open Mentoring again from your course"),
        _l("This link could not be used: it may have been used already, or it was open for too long. "
              "Go back to your course and open Mentoring there."),
    ),
    "waiting_for_approval": Problem(
        403,
        _l("Mentoring is not switched on here yet"),
        _l("Your course is known, and the people who look after Mentoring have to agree once. "
              "Open it again later from your course; you need not do anything else."),
    ),
    "platform_unavailable": Problem(
        503,
        _l("Your course does not answer"),
        _l("Everything that you sent is safe here, and we try again by ourselves. You can go on working."),
        again=True,
    ),
    "cookies_blocked": Problem(
        400,
        _l("Open Mentoring in a window of its own"),
        _l("Your browser does not let this page remember you inside the course. "
              "Load the page of your course again, and choose “Open in a new window” there."),
    ),
}  # fmt: skip
BY_STATUS = {
    400: "bad_request", 401: "seat_needed", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed",
    409: "conflict", 413: "too_large", 422: "refused", 429: "too_many", 500: "broken", 503: "unavailable",
}  # fmt: skip


def problem(kind: str, status: int = 0, **changes: object) -> Problem:
    """Return the problem of that kind, or the general one of that status; `changes` replace single parts of it."""
    known = PROBLEMS.get(kind) or PROBLEMS[BY_STATUS.get(status, "bad_request" if 400 <= status < 500 else "broken")]
    return replace(known, **({"status": status} if status else {}) | changes)  # type: ignore[arg-type]  # names of its own fields


def problem_page(kind: str, status: int = 0, **changes: object) -> Response:
    """Render the page (or, for htmx, the note that goes into #problem) of a problem."""
    shown = problem(kind, status, **changes)
    return render("errors/page.html", "errors/partial.html", shown.status, problem=shown)


def both_versions(mine: str, theirs: str, action_url: str) -> Response:
    """Answer a change that met another one: both are shown, nothing is lost."""
    return problem_page("conflict", mine=mine, theirs=theirs, action=(_("Look at their version"), action_url))
