"""The first page of each role, and the choice of seat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._access import ARRIVED, SEATED, current_seat, find_seat, requires, sign_out
from lti_mentoring.blueprints._account_session import account_here, home_of
from lti_mentoring.blueprints._board_page import show_board
from lti_mentoring.blueprints._calm import calm, setting_up
from lti_mentoring.blueprints._credential_words import checked_words, practice_words
from lti_mentoring.blueprints._finding_words import ways_to_mentors
from lti_mentoring.blueprints._goal_words import goal_words
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._load_words import load_lines
from lti_mentoring.blueprints._meeting_words import next_meeting
from lti_mentoring.blueprints._next_steps import mentor_next, minutes, queue_line, student_next
from lti_mentoring.blueprints._observer_page import show_observer
from lti_mentoring.blueprints._place import ROLE_WORDS
from lti_mentoring.blueprints._quiet_words import quiet_words
from lti_mentoring.blueprints._verdicts import pill_of
from lti_mentoring.blueprints._waiting_words import waits_words
from lti_mentoring.blueprints._way_back import way_back
from lti_mentoring.blueprints._ways import holder, own_url, pace, steps_of, when
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.accounts import AccountKind
from lti_mentoring.domain.applications import ApplicationState
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.tests import Audience
from lti_mentoring.errors import NotAllowed
from lti_mentoring.queries.administration import administrator_home
from lti_mentoring.queries.applications import application_state, takes_applications
from lti_mentoring.queries.attempts import tests_to_take
from lti_mentoring.queries.concern_handlers import named_since
from lti_mentoring.queries.homes import mentor_home, student_home, waits_for_confirmation
from lti_mentoring.queries.profiles import profile_of
from lti_mentoring.queries.quiet_hours import quiet_hours_of
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.trained import asked_of_mentors
from lti_mentoring.services.seats import leave as leave_seat
from lti_mentoring.services.seats import switch_role

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.homes import StudentHome

bp = Blueprint("home", __name__)


@bp.get("/")
@requires(ARRIVED)
def today() -> ResponseReturnValue:
    """Show what to do next."""
    holder = account_here()
    if holder and not (holder.kind is AccountKind.MENTOR and find_seat()):
        return redirect(home_of(holder))
    seat = current_seat()
    if seat.may_pick:
        return redirect(url_for("picking.show"))
    if seat.role is SeatRole.ADMINISTRATOR:
        view = administrator_home(db.session(), seat)
        return render("home/administrator.html", "home/administrator.html", view=view)
    if seat.context_id is None or seat.role is SeatRole.GUEST:
        return _nothing_to_do(seat)
    return _in_course(seat)


@bp.get("/seat")
@requires(SEATED)
def seat() -> ResponseReturnValue:
    """Show who one is here, and the other seats one may take; an account has a page of its own for that."""
    if account_here():
        return redirect(url_for("account.show"))
    sitter = current_seat()
    quiet = quiet_words(quiet_hours_of(db.session(), sitter))
    handles = named_since(db.session(), sitter) is not None
    return render(
        "home/seat.html", "home/_seat.html", sitter=sitter, role_words=ROLE_WORDS, quiet=quiet, handles=handles
    )


@bp.get("/seat/choose")
@requires(SEATED)
def choose() -> ResponseReturnValue:
    """Ask where to sit now; asked once, and whenever somebody wants to sit elsewhere."""
    sitter = current_seat()
    if sitter.may_pick or len(sitter.roles) == 1:
        return redirect(url_for("home.today"))
    return render("home/choose.html", "home/_choose.html", sitter=sitter, role_words=ROLE_WORDS, does=_what_each_does())


@bp.post("/seat")
@requires(SEATED)
def switch() -> ResponseReturnValue:
    """Sit here in another role."""
    wanted = request.form.get("role", "")
    if wanted not in set(SeatRole):
        raise NotAllowed
    role = SeatRole(wanted)
    with unit_of_work() as session:
        switch_role(session, current_seat(), role, now=utcnow())
    return redirect_or_hx(url_for("home.today"), told=_("You are here as %(role)s now.", role=ROLE_WORDS[role]))


@bp.post("/seat/leave")
@requires(SEATED)
def leave() -> ResponseReturnValue:
    """End the seat in this browser."""
    back = way_back(_("You have left Mentoring."), code="seat_left")
    with unit_of_work() as session:
        leave_seat(session, current_seat(), now=utcnow())
    response = render("home/left.html", "home/_left.html", back=back, place=None, seat=None)
    sign_out(response)
    return response


def _in_course(seat: Sitter) -> ResponseReturnValue:
    day = utcnow().date()
    if seat.role is SeatRole.FACULTY:
        return redirect(url_for("tracks.show")) if seat.track_id is None else show_board(seat, today=day)
    if seat.track_id is None or not seat.track_published:
        return setting_up()
    shown = {SeatRole.STUDENT: _student, SeatRole.MENTOR: _mentor, SeatRole.OBSERVER: show_observer}
    return shown[seat.role](seat)


def _student(seat: Sitter) -> ResponseReturnValue:
    day = utcnow().date()
    home = student_home(db.session(), seat, today=day)
    return render(
        "home/student.html",
        "home/_student.html",
        home=home,
        next=student_next(home, today=day),
        steps=steps_of(home.way, own_url),
        pace=pace(home.way),
        own_url=own_url,
        holder=holder,
        checks=_checks(home),
        waits=waits_words(home, day),
        ways=ways_to_mentors(home),
        checked_words=checked_words,
        practice_words=practice_words,
        say=goal_words(home.template, day),
        meet=next_meeting(seat),
    )


def _checks(home: StudentHome) -> list[tuple[str, str, str]]:
    """List what the certificate still asks for; what is done takes one line."""
    done = sum(one.done for one in home.towards)
    first = [("done", ngettext("%(num)s milestone done", "%(num)s milestones done", done), "")] if done else []
    return first + [("", one.title, when(one)) for one in home.towards if not one.done]


def _mentor(seat: Sitter) -> ResponseReturnValue:
    home = mentor_home(db.session(), seat, today=utcnow().date())
    later = home.queue if home.asked else home.queue[1:]
    then = [(item, *queue_line(item)) for item in later]
    tests = tests_to_take(db.session(), seat, Audience.MENTORS)
    asked = asked_of_mentors(db.session(), track_of(db.session(), seat))
    to_pass = next((one for one in tests if asked and one.test_id == asked.id and not one.passed), None)
    return render(
        "home/mentor.html",
        "home/_mentor.html",
        home=home,
        next=mentor_next(home, to_pass, profile_of(db.session(), seat.institution_id, seat.person_id).missing),
        tests=tests,
        then=then,
        time=minutes(sum(item.minutes for item in later)),
        pill_of=pill_of,
        load_lines=load_lines,
        meet=next_meeting(seat),
    )


def _nothing_to_do(seat: Sitter) -> ResponseReturnValue:
    if waits_for_confirmation(db.session(), seat):
        return calm(
            _("Somebody has to confirm you first"),
            _("Your course’s system calls you an administrator. An administrator of Mentoring, or whoever runs it, "
              "says yes to that once. Then open it again."),
        )  # fmt: skip
    if seat.context_id is None:
        return calm(
            _("Open Mentoring from inside a course"), _("It was opened without a course, so there is nothing to show.")
        )
    if seat.track_id is not None and takes_applications(track := track_of(db.session(), seat)):
        title, words, press = APPLYING[application_state(db.session(), seat, track)]
        return calm(title, words, action=(press, url_for("applications.mine")))
    return calm(
        _("There is nothing for you here yet"),
        _("Mentoring shows something to students, to mentors whom the course team has chosen, and to the course team. "
          "If you should be one of them, ask the course team, then open it again from the course."),
    )  # fmt: skip


_NOT_YET = (
    _l("There is nothing for you here yet"),
    _l("Would you like to be a mentor in this course? You can apply, and the course team decides."),
    _l("Apply as a mentor"),
)
APPLYING = {
    **dict.fromkeys((None, ApplicationState.WITHDRAWN), _NOT_YET),
    ApplicationState.ACCEPTED: (
        _l("There is nothing for you here yet"),
        _l("Your application was accepted once. Ask your course team to make you a mentor again."),
        _l("See your application"),
    ),
    ApplicationState.DRAFT: (
        _l("You have begun to apply as a mentor"),
        _l("What you wrote is kept. Nobody reads it before you send it."),
        _l("Go on with your application"),
    ),
    ApplicationState.SENT: (
        _l("Your application was sent"), _l("Your course team decides, and you get a mail."),
        _l("See your application"),
    ),
    ApplicationState.DECLINED: (
        _l("There is nothing for you here yet"), _l("Your course team has declined your application."),
        _l("See your application"),
    ),
}  # fmt: skip


def _what_each_does() -> dict[SeatRole, str]:
    return {
        SeatRole.FACULTY: _("Look over the course, choose mentors, decide."),
        SeatRole.MENTOR: _("Read what your own students sent, and sign it off."),
        SeatRole.STUDENT: _("Walk your own way: the next step, your mentor, your certificate."),
        SeatRole.ADMINISTRATOR: _("Look after the institution’s platforms, people and audit trail."),
        SeatRole.OBSERVER: _("See how far the people are whom the course named to you."),
    }
