"""Why somebody waits and what comes next, in sentences: for faculty, and for the student themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup

from lti_mentoring.blueprints._said import Said, filled
from lti_mentoring.blueprints._words import bdi, day, short_day
from lti_mentoring.domain.rank_lists import MatchingWay, Window
from lti_mentoring.domain.waiting_list import Because

if TYPE_CHECKING:
    from datetime import date

    from lti_mentoring.domain.waiting_list import Wait
    from lti_mentoring.queries.homes import Finding, StudentHome
    from lti_mentoring.queries.waiting_list import WaitingPage

TO_FACULTY = {
    Because.NOT_YET: _l("Has had no mentor yet"),
    Because.JOINED_LATE: _l("Joined on %(joined)s, after the others had mentors"),
    Because.TEST_FIRST: _l("Has not passed the test yet"),
    Because.ASKING: _l("Asks a mentor; the answer is due on %(due)s"),
    Because.NOBODY_ACCEPTED: _l("Asked, and nobody could say yes"),
    Because.PASSED_OVER: _l("Round %(round)s had no place"),
    Because.MENTOR_LEFT: _l("%(mentor)s left the course"),
    Because.MENTOR_STOPS: _l("%(mentor)s could not go on"),
    Because.BACK_AGAIN: _l("Is back in the course; was with %(mentor)s"),
    Because.TAKEN_BACK: _l("The round that gave a mentor was taken back"),
    Because.ENDED: _l("Is with %(mentor)s no more"),
}
TO_STUDENT = {
    Because.JOINED_LATE: _l("You came after the others had their mentors."),
    Because.NOBODY_ACCEPTED: _l("Whom you asked could not say yes this time."),
    Because.PASSED_OVER: _l("The last round had no place for you: among equals you come first in the next one."),
    Because.MENTOR_LEFT: _l("%(mentor)s left the course. All that you have done is kept."),
    Because.MENTOR_STOPS: _l("%(mentor)s could not go on. All that you have done is kept."),
    Because.BACK_AGAIN: _l("You are back in the course. All that you have done is kept."),
    Because.TAKEN_BACK: _l("The round that had given you a mentor was taken back."),
    Because.ENDED: _l("Your mentorship with %(mentor)s has ended. All that you have done is kept."),
}
NEXT = {
    MatchingWay.BY_HAND: _l("Your course team chooses somebody, and you get a mail."),
    MatchingWay.ROUNDS: _l("Your course team matches everybody who waits, and you get a mail."),
    MatchingWay.REQUESTS: _l("You get a mail as soon as somebody is your mentor."),
}


def why_to_faculty(wait: Wait) -> Markup:
    """Say to faculty why a student waits."""
    return _filled(TO_FACULTY[wait.because], wait)


def first_next_round(wait: Wait) -> str:
    """Say that whoever was passed over comes first; "" for who was not."""
    if not wait.passed_over:
        return ""
    return str(
        ngettext(
            "passed over once: first among equals in the next round",
            "passed over %(num)s times: first among equals in the next round",
            wait.passed_over,
        )
    )


@dataclass(frozen=True, slots=True)
class Waits:
    """What a student reads in the place of a mentor; ``action``: where wishes can be stated meanwhile."""

    text: Markup
    action: tuple[str, str] | None


def waits_words(home: StudentHome, today: date) -> Waits | None:
    """Say to a student since when and why they wait, and what happens next; None: they do not wait."""
    wait, finding = home.wait, home.finding
    if wait is None:
        return None
    way = finding.rules.way if finding else MatchingWay.BY_HAND
    since = _("You have waited since %(day)s.", day=short_day(wait.since.date())) if wait.since else ""
    why = TO_STUDENT.get(wait.because)
    parts = [_filled(why, wait)] if why else []
    follows = _("First you pass the test.") if home.first else str(NEXT[way])
    may_wish = finding is not None and finding.rules.window(today) is Window.OPEN
    return Waits(
        Markup(" ").join(filter(None, [*parts, since, follows])),
        (_my_wishes(finding), url_for("rank_lists.show", role=finding.role or None)) if finding and may_wish else None,
    )


def _my_wishes(finding: Finding) -> str:
    return str(_("Change my wishes") if finding.has_list else _("State my wishes"))


def held_back_words(number: int) -> str:
    """Say how many a test holds back; "" for nobody."""
    if not number:
        return ""
    return str(
        ngettext(
            "%(num)s student has not passed the test yet.", "%(num)s students have not passed the test yet.", number
        )
    )


def next_to_faculty(page: WaitingPage) -> Said:
    """Say who waits, and the one thing to do about it."""
    total, free = page.paged.total, page.room.free
    held = held_back_words(page.held_back)
    title = ngettext("%(num)s student waits for a mentor", "%(num)s students wait for a mentor", total)
    places = (
        ngettext("%(num)s place is free.", "%(num)s places are free.", free)
        if free
        else _("No free place can be given now.")
    )
    role = page.role.key if page.several else None
    places = f"{places} {held}".strip()
    if page.held_back == total:
        return Said(
            places, title, _("Nobody of them can be given a mentor before. Their first page leads them to the test."),
            (_("Tests"), url_for("tests.index")), (_("Mentors"), url_for("mentors.show", role=role)),
        )  # fmt: skip
    by_hand = (_("Mentors"), url_for("mentors.show", role=role))
    if page.draft_id is not None and not page.not_in_draft:
        words = ngettext(
            "The draft of round %(number)s holds this student.", "The draft of round %(number)s holds all of them.",
            total, number=page.draft_number,
        )  # fmt: skip
        look = (_("Look at the draft"), url_for("rounds.show", round_id=page.draft_id))
        return Said(places, title, words, look, by_hand)
    if not free:
        words = _(
            "Tick another person as mentor, or give somebody more places. What keeps a mentor who has places stands "
            "beside the name under Mentors."
        )
        return Said(places, title, words, (_("Tick more mentors"), url_for("mentors.people")), by_hand)
    again = (_("Draw up a round for them"), url_for("rounds.new", role=role))
    if page.draft_id is not None:
        left_out = ngettext(
            "%(num)s of them is not in the draft of round %(number)s. Drawn up again, it holds everybody.",
            "%(num)s of them are not in the draft of round %(number)s. Drawn up again, it holds everybody.",
            page.not_in_draft, number=page.draft_number,
        )  # fmt: skip
        return Said(places, title, left_out, again, by_hand)
    return Said(
        places, title,
        _("A round matches those who wait with the places that are left. Whoever has a mentor stays where they are."),
        again, by_hand,
    )  # fmt: skip


def _filled(words: object, wait: Wait) -> Markup:
    return filled(
        str(words),
        joined=short_day(wait.joined_at.date()) if wait.joined_at else "",
        due=day(wait.reply_by) if wait.reply_by else "",
        round=wait.round_number,
        mentor=bdi(wait.mentor),
    )
