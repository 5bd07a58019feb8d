"""One student as staff see them, a mentor's students, and the board as a spreadsheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, request
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, MENTOR, STAFF, current_seat, requires
from lti_mentoring.blueprints._board_page import board_lines
from lti_mentoring.blueprints._calm import setting_up
from lti_mentoring.blueprints._events import line
from lti_mentoring.blueprints._goal_words import goal_words
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._next_steps import queue_line
from lti_mentoring.blueprints._spreadsheet import spreadsheet
from lti_mentoring.blueprints._verdicts import pill_of
from lti_mentoring.blueprints._ways import pace, steps_of, student_url, turn, your_turn
from lti_mentoring.blueprints._words import anchor
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.queries.board import read_board, read_student
from lti_mentoring.queries.goals import goals_to_read
from lti_mentoring.queries.homes import mentor_home
from lti_mentoring.queries.seats import track_of

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from markupsafe import Markup

    from lti_mentoring.domain.milestones import Standing
    from lti_mentoring.domain.seats import Sitter
    from lti_mentoring.queries.homes import Mentee

bp = Blueprint("board", __name__)


@bp.get("/board.csv")
@requires(FACULTY)
def export() -> ResponseReturnValue:
    """Give what the board shows for the same address as a spreadsheet."""
    today = utcnow().date()
    board = read_board(db.session(), current_seat(), today=today)
    name = f"{anchor(board.title.encode('ascii', 'ignore').decode())}-{today.isoformat()}.csv"
    return spreadsheet(board_lines(board), name)


@bp.get("/students/<int:student_id>")
@requires(STAFF)
def student(student_id: int) -> ResponseReturnValue:
    """Show one student's way to the mentor or to faculty."""
    seat = current_seat()
    page = read_student(db.session(), seat, student_id, today=utcnow().date())
    track, url_of = track_of(db.session(), seat), student_url(student_id)

    def signs(one: Standing) -> bool:
        guides = page.guides(one)
        if seat.role is SeatRole.FACULTY:
            return not guides
        return any(guide.person_id == seat.person_id for guide in guides)

    return render(
        "board/student.html",
        "board/_student.html",
        page=page,
        steps=steps_of(page.way, url_of),
        pace=pace(page.way),
        turn=turn(page.way, page.signer, mine=lambda one: seat.role is SeatRole.MENTOR and signs(one)),
        url_of=url_of,
        yours=your_turn(page.way, seat.role, signs=signs, url_of=url_of),
        signs=signs,
        events=[line(one) for one in page.happened],
        is_faculty=seat.role is SeatRole.FACULTY,
        goals=goals_to_read(db.session(), seat, track, student_id) if seat.role is SeatRole.MENTOR else (),
        say=goal_words(track.template, utcnow().date()),
        all_words=_("My students") if seat.role is SeatRole.MENTOR else _("Board"),
    )


@bp.get("/my-students")
@requires(MENTOR)
def mine() -> ResponseReturnValue:
    """Show a mentor's students, each with the path and whose turn it is; or who waits at one milestone."""
    seat = current_seat()
    if not seat.track_published:
        return setting_up()
    home = mentor_home(db.session(), seat, today=utcnow().date())
    asked = request.args.get("milestone", type=int)
    title = next(
        (one.title for mentee in home.mentees for one in mentee.way.milestones if one.milestone_id == asked), ""
    )
    if title:
        waiting = [(item, *queue_line(item)) for item in home.queue if item.milestone_id == asked]
        return render("board/waiting.html", "board/_waiting.html", title=title, waiting=waiting)
    cards = [
        (one, steps_of(one.way, student_url(one.student_id)), pace(one.way), _turn(seat, one)) for one in home.mentees
    ]
    return render("board/mine.html", "board/_mine.html", home=home, cards=cards, pill_of=pill_of)


def _turn(seat: Sitter, one: Mentee) -> Markup:
    """Say whose turn it is with one of the mentor's students."""
    return turn(
        one.way, lambda step: seat.person_name if one.is_signed(step) else str(_("Another mentor")), mine=one.is_signed
    )
