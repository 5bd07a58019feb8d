"""The directory: a track's mentors for its people, searched by address, and one page for each mentor."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import IN_COURSE, current_seat, requires
from lti_mentoring.blueprints._approach_words import approach_words
from lti_mentoring.blueprints._credential_words import checked_words, practice_words, since_words, subject_words
from lti_mentoring.blueprints._htmx import render
from lti_mentoring.blueprints._level_words import AT_LEAST, level_lines, level_words
from lti_mentoring.blueprints._profile_words import NAMES, lines_of, profession_words, term_words
from lti_mentoring.blueprints._recommendation_words import told_words
from lti_mentoring.blueprints._seeking_words import shared_lines
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db
from lti_mentoring.domain.directory import Active, Reply
from lti_mentoring.domain.levels import Level
from lti_mentoring.domain.profiles import Part, TermKind
from lti_mentoring.domain.seats import SeatRole
from lti_mentoring.domain.vocabularies import LANGUAGES, vocabulary_of
from lti_mentoring.forms.directory import OFFERED_WAYS, read_wish
from lti_mentoring.forms.profiles import PLACES, language_name
from lti_mentoring.forms.recommendations import RecommendationForm
from lti_mentoring.forms.zones import zone_now, zone_words
from lti_mentoring.queries.approach import way_to_mentor
from lti_mentoring.queries.directory import directory_page, mentor_card
from lti_mentoring.queries.recommendations import one_asked_about
from lti_mentoring.queries.seats import track_of
from lti_mentoring.queries.seeking import in_common

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.directory import Wish
    from lti_mentoring.models import Track
    from lti_mentoring.queries.directory import DirectoryPage

bp = Blueprint("directory", __name__)
REPLIES = {
    Reply.DAY: _l("within a day"),
    Reply.DAYS: _l("within three days"),
    Reply.WEEK: _l("within a week"),
    Reply.LONGER: _l("after more than a week"),
}
ACTIVE = {Active.WEEK: _l("this week"), Active.MONTH: _l("this month"), Active.LONGER: _l("longer ago")}


@bp.get("/directory")
@requires(IN_COURSE)
def show() -> ResponseReturnValue:
    """Show the track's mentors who are what is looked for."""
    seat, session, now = current_seat(), db.session(), utcnow()
    track = track_of(session, seat)
    wish, number = read_wish(request.args, track.roles), request.args.get("page", 1, type=int)
    page = directory_page(session, seat, track, wish, number=number, now=now)
    view = {"page": page, "wish": wish, "choices": _choices(track, page, wish), "pages": _pages(wish, page)}
    view |= {"is_student": seat.role is SeatRole.STUDENT}
    return render(
        "directory/show.html",
        "directory/_list.html",
        **view,
        profession_words=profession_words,
        term_words=term_words,
        TermKind=TermKind,
        level_words=level_words,
        since_words=since_words,
        subject_words=subject_words,
    )


@bp.get("/directory/<int:mentor_id>")
@requires(IN_COURSE)
def one(mentor_id: int) -> ResponseReturnValue:
    """Show one mentor: who they are, what was checked, and how they answer."""
    session, seat, now = db.session(), current_seat(), utcnow()
    track = track_of(session, seat)
    card = mentor_card(session, track, mentor_id, now=now)
    way = way_to_mentor(session, seat, track, mentor_id, today=now.date()) if seat.role is SeatRole.STUDENT else None
    parts = [(NAMES[part], lines_of(card.profile, part)) for part in Part]
    reply = REPLIES[card.reply] if card.reply else _l("not enough answers yet to say")
    view = {"card": card, "parts": parts, "reply": reply, "active": ACTIVE[card.active], "alike": _alike(mentor_id)}
    view |= {"again": told_words(card.again), "question": _question(mentor_id)}
    view |= {"way": way, "said": approach_words(way, card.name) if way else None}
    levels = {"level": level_words(card.level.level), "level_lines": level_lines(card.level)}
    words = {"checked_words": checked_words, "practice_words": practice_words}
    return render("directory/one.html", "directory/one.html", **words, **levels, **view)


def _alike(mentor_id: int) -> list[str] | None:
    """Say to a student what this mentor offers of what they look for; None for whoever is no student."""
    session, seat = db.session(), current_seat()
    if seat.role is not SeatRole.STUDENT:
        return None
    return shared_lines(in_common(session, track_of(session, seat), seat.person_id, mentor_id))


def _question(mentor_id: int) -> RecommendationForm | None:
    """Ask a student who has had this mentor for a while whether they would choose them again."""
    session, seat = db.session(), current_seat()
    if seat.role is not SeatRole.STUDENT:
        return None
    asked = one_asked_about(session, seat, track_of(session, seat), mentor_id, now=utcnow())
    return RecommendationForm(asked) if asked else None


def _choices(track: Track, page: DirectoryPage, wish: Wish) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers."""
    words = vocabulary_of(track.template)
    anybody = ("", _("any"))
    zones = sorted({*map(zone_now, page.zones), *filter(None, [wish.zone])})  # what is asked for is seen
    languages = sorted(((code, language_name(code)) for code in LANGUAGES), key=lambda pair: pair[1].casefold())
    return {
        "domain": [anybody, *((key, _(said)) for key, said in words.domains)],
        "works": [anybody, *((one.value, str(PLACES[one])) for one in OFFERED_WAYS)],
        "specialty": [anybody, *((key, _(said)) for key, said in words.specialties)],
        "skill": [anybody, *((key, _(said)) for key, said in words.skills)],
        "language": [anybody, *languages],
        "level": [anybody, *((level.value, str(AT_LEAST[level])) for level in Level)],
        # A role's key may be blank, so that "any" needs a word of its own.
        "role": [("any", _("any")), *((one.key, one.name) for one in track.roles)] if len(track.roles) > 1 else [],
        "zone": [anybody, *((zone, zone_words(zone)) for zone in zones)],
    }


def _pages(wish: Wish, page: DirectoryPage) -> tuple[str, str]:
    """Return the addresses of the pages before and after this one."""
    asked = {"q" if name == "name" else name: value or None for name, value in asdict(wish).items()}
    asked = {name: 1 if value is True else value for name, value in asked.items()} | {"role": wish.role}
    number = page.paged.number
    before = url_for(".show", **asked, page=number - 1) if number > 1 else ""
    return before, url_for(".show", **asked, page=number + 1) if number < page.paged.pages else ""
