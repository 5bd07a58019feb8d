"""A round's pages: which pairs are shown, what the preview says, and the spreadsheet of exactly what is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._fair_words import fair_checks
from lti_mentoring.blueprints._pairs import stopped_words
from lti_mentoring.blueprints._round_group_words import meaning, together_words
from lti_mentoring.blueprints._round_words import (
    SETS_ASIDE,
    SHOWING,
    SHOWN,
    STATES,
    finding,
    strategy_name,
    why_words,
    wish_bars,
    wish_words,
)
from lti_mentoring.domain.matching.together import each, unite
from lti_mentoring.domain.previewing import MOST, Outcome, preview
from lti_mentoring.domain.rounds import Show
from lti_mentoring.queries.round_problem import read_problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from lti_mentoring.domain.fitting import Trait
    from lti_mentoring.domain.matching.outcome import Matcher
    from lti_mentoring.models import Track
    from lti_mentoring.queries.round_pairs import PairView
    from lti_mentoring.queries.round_review import ReviewPage
    from lti_mentoring.queries.round_steps import RoundStep

MOST_SAID = 20
PREVIEW_SEED = "preview"
"""Always the same lots: nobody can look until they suit."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a strategy would give, of everybody or of a sample."""

    outcome: Outcome
    sampled: int
    of: int
    means: Sequence[str] = ()
    """What it means that groups stay together; nothing where everybody is matched alone."""

    @property
    def is_sample(self) -> bool:
        """Whether only some were looked at."""
        return self.sampled < self.of

    @property
    def said(self) -> str:
        """The finding in one line."""
        if not self.of:
            return str(_("Nobody waits for a mentor."))
        first = ngettext("%(num)s would get the first wish,", "%(num)s would get their first wish,", self.outcome.first)
        top = _("%(top)s one of the first three.", top=self.outcome.top)
        nobody = (
            ngettext("%(num)s would get nobody.", "%(num)s would get nobody.", self.outcome.nobody)
            if self.outcome.nobody
            else _("Nobody would be left out.")
        )
        return f"{first} {top} {nobody}"

    @property
    def rows(self) -> list[tuple[str, int]]:
        """The chart's rows."""
        return [
            (str(_("1st wish")), self.outcome.first),
            (str(_("2nd or 3rd")), self.outcome.top - self.outcome.first),
            (str(_("later")), self.outcome.later),
            (str(_("not wished for")), self.outcome.elsewhere),
            (str(_("nobody")), self.outcome.nobody),
        ]


def preview_of(
    session: Session, track: Track, matcher: Matcher, weights: Mapping[Trait, int], role: str = "", together: str = ""
) -> Preview:
    """Match everybody who waits (of many: a sample) and count; nothing is written.

    Raises GroupsInTheWay where the groups cannot be kept together.
    """
    given = read_problem(session, track, weights, role=role, together=together, most=MOST)
    problem, waits = given.problem, given.waiting
    outcome = preview(problem, each(problem, matcher.match(unite(problem), seed=PREVIEW_SEED)))
    # A sample has a share of the places only: from it nobody could tell how many groups find room.
    places = [one.places for one in problem.mentors] if len(problem.mentees) == waits else ()
    return Preview(outcome, len(problem.mentees), waits, meaning(given.kept, places))


def read_show(args: Mapping[str, str]) -> Show:
    """Return which pairs an address asks for; all, where it asks for none that there are."""
    wanted = args.get("show", Show.ALL.value)
    return Show(wanted) if wanted in set(Show) else Show.ALL


@dataclass(frozen=True, slots=True)
class ReviewFrame:
    """What the page of a round says of its numbers."""

    page: ReviewPage
    names: Mapping[int, str]

    @property
    def finding(self) -> str:
        """The heading."""
        return finding(self.page.round.tally)

    @property
    def pill(self) -> tuple[str, str, str]:
        """Kind, icon and words of the round's state."""
        kind, icon, words = STATES[self.page.round.state]
        return kind, icon, str(words)

    @property
    def strategy(self) -> str:
        """What the strategy is called."""
        return strategy_name(self.page.round.strategy)

    @property
    def together(self) -> str:
        """Which groups stayed together, and how places were counted; "" where everybody was matched alone."""
        view = self.page.round
        said = together_words(view.kept_together)
        counted = _("Each took %(size)s places, as the largest needs.", size=view.group_size)
        return f"{said} {counted}" if said else ""

    @property
    def bars(self) -> list[tuple[str, int, str]]:
        """The chart's rows with each one's share."""
        return wish_bars(self.page.round.tally)

    @property
    def checks(self) -> list[tuple[str, str, str]]:
        """The list of fairness: done, late or blank; a sentence; a second line."""
        return fair_checks(self.page.round)

    def stopped_words(self, step: RoundStep) -> list[str]:
        """Say why pairs cannot be made any more, the first of many."""
        said = [stopped_words(one) for one in step.stopped[:MOST_SAID]]
        more = step.number - len(said)
        return said if more <= 0 else [*said, str(_("and %(number)s more", number=more))]

    @property
    def chips(self) -> list[tuple[str, str, int, bool]]:
        """The filter."""
        return [(str(SHOWN[one]), self.url(one), self.page.counts[one], one is self.page.show) for one in Show]

    @property
    def caption(self) -> str:
        """The line above the table."""
        return str(SHOWING[self.page.show]) % {"shown": len(self.page.rows), "all": self.page.counts[self.page.show]}

    @property
    def csv_url(self) -> str:
        """Where the same pairs are a spreadsheet."""
        return url_for("rounds.export", round_id=self.page.round.round_id, show=self.page.show.value)

    def url(self, show: Show, number: int = 1) -> str:
        """Return where a choice of pairs is; "" where there is no such page."""
        if number < 1 or (number > 1 and number > self.page.paged.pages):
            return ""
        args: dict[str, Any] = {"show": show.value} | ({"page": number} if number > 1 else {})
        return url_for("rounds.show", round_id=self.page.round.round_id, **args)

    def wish(self, pair: PairView) -> str:
        """Say which wish a student got."""
        return wish_words(pair)

    def why(self, pair: PairView) -> str:
        """Say why not the first wish."""
        return why_words(pair, self.names)


def pair_lines(rows: Iterable[PairView], names: Mapping[int, str]) -> Iterator[Iterable[str]]:
    """Yield the pairs as lines of a spreadsheet, heads first."""
    yield (
        _("Student"), _("Group"), _("Mentor"), _("Wish"), _("Why not the first"), _("Changed by"), _("Reason"),
        _("Set aside"),
    )  # fmt: skip
    for row in rows:
        yield _cells(row, names)


def _cells(row: PairView, names: Mapping[int, str]) -> Iterator[str]:
    yield from (row.student, row.group_name, row.mentor, wish_words(row), "" if row.by_hand else why_words(row, names))
    change = row.change
    yield change.by_name if change else ""
    yield change.reason if change else ""
    yield " ".join(str(SETS_ASIDE[one]) for one in change.sets_aside) if change else ""
