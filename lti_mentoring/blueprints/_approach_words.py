"""What a student does next about one mentor, in words: one action, or why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._finding_words import test_next
from lti_mentoring.blueprints._said import Said, filled
from lti_mentoring.blueprints._words import bdi, day
from lti_mentoring.domain.approach import Approach
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.queries.homes import FirstTest

if TYPE_CHECKING:
    from collections.abc import Callable

    from lti_mentoring.queries.approach import WayToMentor


def approach_words(way: WayToMentor, name: str) -> Said:
    """Say it: ``action`` is the one thing to do; without it nothing is to be done now, and ``second`` leads on.

    For ``Approach.WISH`` the page brings a button of its own.
    """
    return SAID[way.what](way, name)


def _mine(way: WayToMentor, name: str) -> Said:
    title = filled(_("%(name)s is your mentor."), name=bdi(name))
    return Said("", title, second=(_("My path"), url_for("milestones.path")))


def _served(way: WayToMentor, _name: str) -> Said:
    title = filled(_("You have a mentor already: %(names)s."), names=bdi(", ".join(way.mentors)))
    return Said(
        "", title, _("There is nothing to choose now."), second=(_("Go to the first page"), url_for("home.today"))
    )


def _closed(_way: WayToMentor, _name: str) -> Said:
    return Said("", _("This track is closed."), _("Nobody is brought together with a mentor any more."))


def _asked(way: WayToMentor, name: str) -> Said:
    body = _("An answer is due on %(day)s.", day=day(way.asked.reply_by)) if way.asked else ""
    return Said(
        "", filled(_("%(name)s has your question."), name=bdi(name)), body,
        second=(_("See where it stands"), url_for("mentor_requests.show", role=way.role.key or None)),
    )  # fmt: skip


def _wish(way: WayToMentor, name: str) -> Said:
    asks = way.rules.way is MatchingWay.REQUESTS
    return Said(
        _("Until %(day)s", day=day(way.rules.wishes_until)) if way.rules.wishes_until else "",
        filled(_("Would you like %(name)s as your mentor?"), name=bdi(name)),
        _("As the last of your wishes; you can put them in another order then. They are asked one after another.")
        if asks
        else _("As the last of your wishes; you can put them in another order then. Nobody but you reads them."),
    )


def _not_wanted(way: WayToMentor, _name: str) -> Said:
    return Said("", _("You do not want this mentor."), _("Only you see this."), second=_wishes(way))


def _test(way: WayToMentor, _name: str) -> Said:
    return test_next(FirstTest(way.first.id, way.first.title)) if way.first else _by_hand(way, _name)


def _by_hand(_way: WayToMentor, _name: str) -> Said:
    title = _("Your course team brings students and mentors together.")
    return Said("", title, _("You get a mail as soon as you have a mentor."))


def _too_early(way: WayToMentor, _name: str) -> Said:
    first = day(way.rules.wishes_from) if way.rules.wishes_from else ""
    return Said(
        "", _("Nothing to do before %(day)s.", day=first), _("From then on you can wish for this mentor."),
        second=_wishes(way),
    )  # fmt: skip


def _too_late(way: WayToMentor, name: str) -> Said:
    last = day(way.rules.wishes_until) if way.rules.wishes_until else ""
    title = _place(way, name) if way.place else _("Wishes could be given until %(day)s.", day=last)
    return Said("", title, _("Your course team matches now. You get a mail as soon as you have a mentor."),
                second=_wishes(way))  # fmt: skip


def _ask(way: WayToMentor, name: str) -> Said:
    return Said(
        _place(way, name), filled(_("Ask %(name)s to be your mentor"), name=bdi(name)),
        _("You may add a few words. Without an answer in time your next wish is asked by itself."),
        (_("Ask"), url_for("mentor_requests.show", role=way.role.key or None)), _wishes(way),
    )  # fmt: skip


def _wished(way: WayToMentor, name: str) -> Said:
    waits = (
        _("%(name)s has your question first.", name=way.asked.mentor)
        if way.asked
        else _("Your wishes are asked in their order.")
        if way.rules.way is MatchingWay.REQUESTS
        else _("You get a mail as soon as you have a mentor.")
    )
    return Said("", _place(way, name), waits, second=_wishes(way))


def _place(way: WayToMentor, name: str) -> str:
    return filled(_("%(name)s is wish %(number)s on your list."), name=bdi(name), number=way.place)


def _wishes(way: WayToMentor) -> tuple[str, str]:
    return _("My wishes"), url_for("rank_lists.show", role=way.role.key or None)


SAID: dict[Approach, Callable[[WayToMentor, str], Said]] = {
    Approach.MINE: _mine,
    Approach.SERVED: _served,
    Approach.CLOSED: _closed,
    Approach.ASKED: _asked,
    Approach.WISH: _wish,
    Approach.NOT_WANTED: _not_wanted,
    Approach.TEST: _test,
    Approach.BY_HAND: _by_hand,
    Approach.TOO_EARLY: _too_early,
    Approach.TOO_LATE: _too_late,
    Approach.ASK: _ask,
    Approach.WISHED: _wished,
}
