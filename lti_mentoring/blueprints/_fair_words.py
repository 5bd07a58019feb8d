"""How fair a round was, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._words import score
from lti_mentoring.domain.matching.gaps import FAR, FEWEST, Result
from lti_mentoring.domain.matching.offers import Lead, Offer
from lti_mentoring.domain.round_check import PROMISE, Optimum, Replay

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lti_mentoring.domain.matching.gaps import GroupRow
    from lti_mentoring.domain.matching.offers import Halves
    from lti_mentoring.domain.round_check import Found
    from lti_mentoring.queries.fairness import FairnessPage
    from lti_mentoring.queries.rounds import RoundView

Check = tuple[str, str, str]
"""done, late or blank; a sentence; a second line."""
STABLE = "stable"
"""The one strategy that promises it; of the others it is told and not found fault with."""
RESULTS = {
    Result.FIRST: _l("1st wish"), Result.SECOND_OR_THIRD: _l("2nd or 3rd wish"), Result.LATER: _l("a later wish"),
    Result.NOBODY: _l("nobody"),
}  # fmt: skip
_FILLED = {
    Lead.MORE: ("late", _l("Fewer of their places got a student: %(little)s of a hundred, of the others %(more)s")),
    Lead.NOBODY: (
        "done",
        _l("About as many of their places got a student: %(little)s of a hundred, of the others %(more)s"),
    ),
    Lead.LITTLE: ("", _l("More of their places got a student: %(little)s of a hundred, of the others %(more)s")),
}
_WISHED = {
    Lead.LITTLE: ("late", _l("More often they got a student whom they wished for themselves")),
    Lead.NOBODY: ("done", _l("About as often they got a student whom they wished for themselves")),
    Lead.MORE: ("", _l("Less often they got a student whom they wished for themselves")),
}
_FIT = {
    Lead.LITTLE: ("late", _l("By what counted in the round, their students fit better")),
    Lead.NOBODY: ("done", _l("By what counted in the round, their students fit about as well")),
    Lead.MORE: ("", _l("By what counted in the round, their students fit less well")),
}
"""By who leads: what needs a look is that whoever offers little is spared students, or has the choice of them."""
_REPLAYS = {
    Replay.SAME: ("done", _l("Drawn up again from the same lists, it is the same to the last pair"), ""),
    Replay.DIFFERENT: ("late", _l("Drawn up again from the same lists, it is not the same"), ""),
    Replay.OTHER_VERSION: (
        "",
        _l("The rule has changed since, so it was not drawn up again"),
        _l("It may answer otherwise today. What is said above holds without it."),
    ),
    Replay.NOT_INSTALLED: ("", _l("The rule is not installed any more, so it was not drawn up again"), ""),
    Replay.NEEDLESS: (
        "",
        _l("It was not drawn up again"),
        _l("That would take long, and could give no other: none is as good."),
    ),
}


def fair_checks(view: RoundView) -> list[Check]:
    """Return the list "Is it fair?": what was proved, and what needs a look."""
    return [_stable(view), _kept(view), _any_order(view), *_parts(view)]


def check_lines(view: RoundView, found: Found) -> list[Check]:
    """Say what came of checking a round again."""
    intact = (
        ("done", str(_("What was kept is unchanged since the round was drawn up")), "")
        if found.is_intact
        else ("late", str(_("What was kept has been changed since the round was drawn up")), "")
    )
    right = (
        ("done", str(_("No place was exceeded, nobody was together who is kept apart")), "")
        if not found.faults
        else ("late", str(_("The result breaks its own rules")), str(_("Found: %(number)s", number=found.faults)))
    )
    kind, text, small = _REPLAYS[found.replay]
    return [intact, right, _blocking(view, found), *_optimum(view, found), (kind, str(text), str(small))]


def _optimum(view: RoundView, found: Found) -> Iterator[Check]:
    """Say whether the placing is the best, and that there is no other; nothing where that was not promised."""
    if found.optimum is Optimum.NOT_PROMISED:
        return
    small = [*_other_version(view, found)]
    if view.by_hand:
        small.append(
            ngettext(
                "As computed: %(num)s change by hand since is no part of it.",
                "As computed: %(num)s changes by hand since are no part of it.",
                view.by_hand,
            )
        )
    if found.optimum is Optimum.NOT_PROVED:
        small.insert(0, _("Look at what else is found here. If nobody can say why, tell whoever runs Mentoring."))
        yield (
            "late",
            str(_("This is not proved to be the best placing: an independent calculation does not confirm it")),
            " ".join(small),
        )
        return
    text = (
        _("No other placing is fairer or has a better total score: checked by an independent calculation")
        if PROMISE.get(view.strategy)
        else _("No other placing has a better total score: checked by an independent calculation")
    )
    only = _("No other is as good, except that students who would take any mentor could change places with each other.")
    yield "done", str(text), " ".join([only, *small])


def _other_version(view: RoundView, found: Found) -> Iterator[str]:
    if found.installed and found.installed != view.version:
        then, now = view.version, found.installed
        yield _("The rule was of version %(then)s and is of version %(now)s now: counted as now.", then=then, now=now)


def _blocking(view: RoundView, found: Found) -> Check:
    small = ngettext(
        "%(num)s such pair when it was drawn up", "%(num)s such pairs when it was drawn up", found.blocking
    )
    small += _("; with the changes by hand: %(number)s.", number=found.blocking_now)
    small += " " + _("Rather is strictly: whoever is liked equally is no reason to change.")
    if not found.blocking:
        return "done", str(_("No student and mentor would both rather have each other")), small
    kind = "late" if view.strategy == STABLE else ""
    return kind, str(_("Some students and mentors would both rather have each other")), small


def offer_checks(page: FairnessPage) -> list[tuple[str, list[Check]]]:
    """Return how mentors who offer little fared beside the others: who is compared, and what was found."""
    return [(_compared(halves), list(_fared(halves))) for halves in page.offers]


def _compared(halves: Halves) -> str:
    little, more = halves.mentors
    if halves.offer is Offer.HOURS:
        return str(
            _("%(little)s mentors who offer %(limit)s hours a week or fewer, beside %(more)s who offer more",
              little=little, limit=halves.limit, more=more)
        )  # fmt: skip
    words = ngettext(
        "%(little)s mentors with %(num)s place, beside %(more)s with more",
        "%(little)s mentors with %(num)s places or fewer, beside %(more)s with more",
        halves.limit, little=little, more=more,
    )  # fmt: skip
    return str(words)


def _fared(halves: Halves) -> Iterator[Check]:
    kind, words = _FILLED[halves.fuller]
    yield kind, str(words) % {"little": halves.filled[0], "more": halves.filled[1]}, ""
    for lead, said in ((halves.wished, _WISHED), (halves.fit, _FIT)):
        if lead:
            yield said[lead][0], str(said[lead][1]), ""


def part_name(row: GroupRow) -> str:
    """Return what a part is called; small ones are taken together."""
    return row.group or str(_("all others"))


def fair_measures(page: FairnessPage) -> list[tuple[str, str]]:
    """Return the numbers of a round: words and number."""
    found, tally = page.measures, page.round.tally
    rows: list[tuple[str, object]] = [
        (_("Got a first wish"), _of(tally.first, tally.wishing)),
        (_("Got one of the first three"), _of(tally.top, tally.wishing)),
        (_("Latest wish that anybody got"), tally.worst or _("none")),
        (_("Wish in the middle"), tally.middle or _("none")),
        (_("Wish on average"), _("none") if tally.mean is None else score(tally.mean)),
        (_("With somebody not wished for"), tally.elsewhere),
        (_("Without a mentor"), tally.nobody),
        (
            _("Passed over by an earlier round"),
            _("%(number)s; placed now: %(placed)s", number=found.passed_over, placed=found.passed_over_placed)
            if found.passed_over
            else _("nobody"),
        ),
        (_("Would both rather have each other"), ngettext("%(num)s pair", "%(num)s pairs", found.blocking)),
        (
            _("Would like a mentor whom somebody with less right got"),
            ngettext("%(num)s time", "%(num)s times", found.envy),
        ),
        (
            _("Students of a mentor"),
            _("%(number)s each", number=found.most)
            if found.fewest == found.most
            else _("from %(least)s to %(most)s", least=found.fewest, most=found.most),
        ),
    ]
    return [(str(words), str(number)) for words, number in rows]


def _of(number: int, whole: int) -> str:
    return str(_("%(number)s of %(whole)s", number=number, whole=whole))


def _stable(view: RoundView) -> Check:
    found = int(view.findings.get("blocking", 0))
    drawn_up = ngettext("%(num)s such pair when it was drawn up.", "%(num)s such pairs when it was drawn up.", found)
    by_hand = ngettext(
        "%(num)s change by hand since; check again to see what it did.",
        "%(num)s changes by hand since; check again to see what they did.",
        view.by_hand,
    )
    small = f"{drawn_up} {by_hand}" if view.by_hand else drawn_up
    if found:
        kind = "late" if view.strategy == STABLE else ""
        return kind, str(_("Some students and mentors would both rather have each other")), small
    return "done", str(_("No student and mentor would both rather have each other")), small


def _kept(view: RoundView) -> Check:
    text = _("No place is exceeded, and nobody is together who is kept apart")
    return "done", str(text), str(_("Publishing looks at all of it once more.")) if view.is_draft else ""


def _any_order(view: RoundView) -> Check:
    if view.findings.get("only"):
        return "done", str(_("Same result in any order of names")), str(_("Proved: no other result is as good."))
    times, same = int(view.findings.get("shuffles", 0)), int(view.findings.get("same", 0))
    small = ngettext(
        "Shuffled %(num)s time: %(same)s with the same result",
        "Shuffled %(num)s times: %(same)s with the same result",
        times,
        same=same,
    )
    if same == times:
        return "done", str(_("Same result in any order of names")), small
    return "late", str(_("Another order of names gives another result")), small


def _parts(view: RoundView) -> Iterator[Check]:
    """Say how far the sections are apart; nothing where there is none."""
    apart = view.findings.get("gap")
    if apart is not None and apart >= FAR:
        small = _("By up to %(gap)s of a hundred, as computed.", gap=apart)
        yield "late", str(_("One section got a first wish less often")), str(small)
    elif apart is not None:
        yield "done", str(_("All sections got their first wishes about equally often")), ""
    elif view.findings.get("parts"):
        small = _("With fewer than %(number)s people a number would name them.", number=FEWEST)
        yield "", str(_("Sections are not compared here")), str(small)
