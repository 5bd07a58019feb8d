"""Look into how fair a round was: all numbers, as a page and a spreadsheet, and the check that repeats the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, current_app, request, url_for
from flask_babel import gettext as _

from lti_mentoring.blueprints._access import FACULTY, current_seat, requires
from lti_mentoring.blueprints._fair_words import (
    RESULTS,
    check_lines,
    fair_checks,
    fair_measures,
    offer_checks,
    part_name,
)
from lti_mentoring.blueprints._htmx import redirect_or_hx, render
from lti_mentoring.blueprints._round_group_words import KINDS
from lti_mentoring.blueprints._round_words import SETS_ASIDE, counted_words, ordinal, strategy_name, wish_bars
from lti_mentoring.blueprints._spreadsheet import spreadsheet
from lti_mentoring.clock import utcnow
from lti_mentoring.db import db, unit_of_work
from lti_mentoring.domain.groups import GroupKind
from lti_mentoring.domain.matching.gaps import FAR, FEWEST, Result
from lti_mentoring.domain.round_check import MOST_AT_ONCE
from lti_mentoring.domain.round_check import check as check_again
from lti_mentoring.queries.fairness import FairnessPage, fairness_page
from lti_mentoring.queries.parts import BY_HAND, SECTIONS
from lti_mentoring.queries.round_check import kept_round, latest_check
from lti_mentoring.queries.rounds import round_view
from lti_mentoring.services.round_check import queue_check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from lti_mentoring.domain.matching.favour import Favour
    from lti_mentoring.domain.matching.outcome import Matcher
    from lti_mentoring.queries.fairness import Override

bp = Blueprint("fairness", __name__)
DIVISIONS = {SECTIONS: KINDS[GroupKind.SECTION], BY_HAND: KINDS[GroupKind.BY_HAND]}


@bp.get("/rounds/<int:round_id>/fairness")
@requires(FACULTY)
def show(round_id: int) -> ResponseReturnValue:
    """Show how fair a round was, with pictures."""
    page = _page(round_id)
    return render(
        "rounds/fairness.html", "rounds/_parts.html",
        page=page, checks=fair_checks(page.round), bars=_bars(page),
        strategy=strategy_name(page.round.strategy),
        divisions=[(one, str(DIVISIONS.get(one, one))) for one in page.divisions],
        counted=counted_words(page.round.strategy, page.round.weights), measures=fair_measures(page),
        wishes=wish_bars(page.round.tally),
        offers=offer_checks(page), sets_aside=SETS_ASIDE, fewest=FEWEST, far=FAR,
    )  # fmt: skip


@bp.get("/rounds/<int:round_id>/fairness.csv")
@requires(FACULTY)
def export(round_id: int) -> ResponseReturnValue:
    """Give the numbers of the page as a spreadsheet; what the page holds back is not in it either."""
    page = _page(round_id)
    return spreadsheet(_lines(page), f"round-{page.round.number}-fairness.csv")


@bp.get("/rounds/<int:round_id>/check")
@requires(FACULTY)
def check(round_id: int) -> ResponseReturnValue:
    """Repeat the proof from what was kept, without the strategy that made the round; of a large one as a worker did."""
    session, seat = db.session(), current_seat()
    view = round_view(session, seat, round_id)
    work = None
    if view.tally.students > MOST_AT_ONCE:
        work = latest_check(session, seat, round_id)
        found = work.found if work else None
    else:
        matcher: Matcher | None = current_app.extensions["matchers"].get(view.strategy)
        found = check_again(kept_round(session, seat, round_id), matcher, tell=lambda _done: None)
    return render(
        "rounds/check.html", "rounds/check.html",
        round=view, found=found, lines=check_lines(view, found) if found else [], work=work,
        at_once=view.tally.students <= MOST_AT_ONCE, counted=counted_words(view.strategy, view.weights),
    )  # fmt: skip


@bp.post("/rounds/<int:round_id>/check")
@requires(FACULTY)
def queue(round_id: int) -> ResponseReturnValue:
    """Let a worker check a large round again."""
    with unit_of_work() as session:
        queue_check(session, current_seat(), round_id, now=utcnow())
    return redirect_or_hx(url_for("fairness.check", round_id=round_id), told=_("The round is being checked again."))


def _page(round_id: int) -> FairnessPage:
    return fairness_page(db.session(), current_seat(), round_id, request.args.get("where", SECTIONS)[:255])


def _bars(page: FairnessPage) -> list[tuple[str, int, int]]:
    shares = [(one, one.share(Result.FIRST)) for one in page.parts]
    return [(part_name(one), round(100 * share), one.mentees) for one, share in shares if share is not None]


def _lines(page: FairnessPage) -> Iterator[tuple[object, ...]]:
    yield _("Measure"), _("Of what"), _("Number")
    yield _("Students"), "", page.round.tally.students
    for wish, students in sorted(page.round.tally.wishes.items()):
        yield _("Wish that students got"), ordinal(wish), students
    for words, said in fair_measures(page):
        yield words, "", said
    if counted := counted_words(page.round.strategy, page.round.weights):
        yield _("What counted"), "", counted
    for part in page.parts:
        yield _("People"), part_name(part), part.mentees
        for result, number in sorted(part.counts.items()):
            yield RESULTS[result], part_name(part), number
    for _kind, said, small in fair_checks(page.round):
        yield _("Proved"), said, small
    for one in page.overrides:
        yield _override(one)
    yield from _of_mentors(page)


def _of_mentors(page: FairnessPage) -> Iterator[tuple[str, str, str]]:
    for favour in page.favours:
        told = _("%(got)s of %(of)s; about %(expected)s were to be expected", **_numbers(favour))
        yield _("Again and again"), f"{page.names[favour.mentor_id]}: {favour.group}", told
    for compared, found in offer_checks(page):
        for _kind, said, _small in found:
            yield _("Who offers little"), compared, said


def _override(one: Override) -> tuple[str, str, str]:
    """Say a change by hand in one line: whom it moved, who made it when and why, and whether it stands."""
    aside = " ".join(str(SETS_ASIDE[code]) for code in one.sets_aside)
    nobody = _("nobody")
    moved = f"{one.student}: {one.before or nobody} → {one.after or nobody}"
    made = f"{one.by_name}, {one.at.isoformat(timespec='minutes')}: {one.reason} {aside}"
    return _("Changed by hand, and taken back") if one.is_undone else _("Changed by hand"), moved, made.rstrip()


def _numbers(favour: Favour) -> dict[str, int]:
    return {"got": favour.got, "of": favour.of, "expected": round(favour.expected)}
