"""The bar on top of each page: where one is, the tabs of one's role, and who one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._access import find_seat
from lti_mentoring.blueprints._account_session import account_here, home_of
from lti_mentoring.blueprints._htmx import tellings
from lti_mentoring.blueprints._parts import Place
from lti_mentoring.blueprints._words import initials
from lti_mentoring.clock import utcnow
from lti_mentoring.domain.accounts import AccountKind, Holder
from lti_mentoring.domain.seats import SeatRole, Sitter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from flask_babel import LazyString as Words

TABS = {
    SeatRole.STUDENT: (
        (_l("Today"), "home.today"),
        (_l("My path"), "milestones.path"),
        (_l("Mentors"), "directory.show"),
        (_l("Certificate"), "awards.mine"),
    ),
    SeatRole.MENTOR: (
        (_l("Today"), "home.today"),
        (_l("My students"), "board.mine"),
        (_l("My profile"), "profiles.show"),
    ),
    SeatRole.FACULTY: (
        (_l("Board"), "home.today"),
        (_l("Mentors"), "mentors.show"),
        (_l("Track"), "tracks.show"),
        (_l("Grades"), "grades.show"),
        (_l("Certificates"), "awards.ledger"),
    ),
    SeatRole.ADMINISTRATOR: (
        (_l("Today"), "home.today"),
        (_l("Platforms"), "admin.platforms"),
        (_l("People"), "admin.people"),
        (_l("Credentials"), "credentials.listed"),
        (_l("Audit trail"), "admin.audit"),
    ),
    SeatRole.OBSERVER: ((_l("Today"), "home.today"),),
    SeatRole.GUEST: ((_l("Today"), "home.today"),),
}
ACCOUNT_TABS = {
    AccountKind.OPERATOR: (
        (_l("Institutions"), "operating.home"),
        (_l("Keys"), "operating.keys"),
        (_l("Operators"), "operating.operators"),
    ),
    AccountKind.ADMINISTRATOR: ((_l("Today"), "admin.home"), *TABS[SeatRole.ADMINISTRATOR][1:]),
    AccountKind.MENTOR: ((_l("Your courses"), "outside.choose"),),
}
ACCOUNT_WORDS = {
    AccountKind.OPERATOR: _l("operator"),
    AccountKind.ADMINISTRATOR: _l("administrator"),
    AccountKind.MENTOR: _l("mentor"),
}
BARE = {"verify", "signing_in", "mailed_links", "invited"}
"""Pages for whoever comes, with a seat or without."""
ROLE_WORDS = {
    SeatRole.STUDENT: _l("student"),
    SeatRole.MENTOR: _l("mentor"),
    SeatRole.FACULTY: _l("faculty"),
    SeatRole.ADMINISTRATOR: _l("administrator"),
    SeatRole.OBSERVER: _l("observer"),
    SeatRole.GUEST: _l("guest"),
}


def init_app(app: Flask) -> None:
    """Offer the bar, the toasts and the time to every template."""
    app.context_processor(lambda: {"place": place_now(), "tellings": tellings(), "now": utcnow()})


def place_now() -> Place | None:
    """Return the bar for this request's seat; pages without a seat have none."""
    holder, seat = account_here(), find_seat()
    if holder and not (holder.kind is AccountKind.MENTOR and seat):
        return _place_of(holder)
    if seat is None or request.blueprint in BARE:
        return None
    return Place(
        title=seat.track_title or _("Mentoring"),
        subtitle=_subtitle(seat),
        tabs=_tabs(TABS[seat.role]) if _has_tabs(seat) else (),
        person=(seat.person_name, initials(seat.person_name), str(ROLE_WORDS[seat.role]), _who_one_is(holder)),
        home=url_for("home.today"),
        seats=_other_seats(seat),
    )


def _who_one_is(holder: Holder | None) -> str:
    return url_for("account.show") if holder else url_for("home.seat")


def _place_of(holder: Holder) -> Place:
    return Place(
        title=_("Mentoring"),
        subtitle=holder.institution or _("This installation"),
        tabs=_tabs(ACCOUNT_TABS[holder.kind]),
        person=(holder.name, initials(holder.name), str(ACCOUNT_WORDS[holder.kind]), url_for("account.show")),
        home=home_of(holder),
    )


def _tabs(wanted: Iterable[tuple[Words, str]]) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (str(label), url_for(endpoint), _is_current(endpoint))
        for label, endpoint in wanted
        if endpoint in current_app.view_functions
    )


def _subtitle(seat: Sitter) -> str:
    if not seat.is_test:
        return seat.context_title
    return str(_("%(course)s · test student: nothing here is graded", course=seat.context_title))


def _other_seats(seat: Sitter) -> tuple[tuple[str, str], ...]:
    others = () if seat.may_pick or _asks() else (role for role in seat.roles if role is not seat.role)
    return tuple((role.value, str(ROLE_WORDS[role])) for role in others)


def _asks() -> bool:
    """Whether the page asks where to sit: nothing else is there to press until that is said."""
    return request.endpoint == "home.choose"


def _has_tabs(seat: Sitter) -> bool:
    return not seat.may_pick and not _asks() and (seat.role is SeatRole.ADMINISTRATOR or seat.track_id is not None)


def _is_current(endpoint: str) -> bool:
    return request.endpoint == endpoint or (
        endpoint != "home.today"
        and request.blueprint == endpoint.partition(".")[0]
        and request.blueprint not in {"admin", "operating"}
    )
