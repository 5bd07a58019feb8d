"""What a student without a mentor does next, and a mentor whom somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._said import Said, filled
from lti_mentoring.blueprints._words import bdi, day
from lti_mentoring.domain.rank_lists import MatchingWay, Window

if TYPE_CHECKING:
    from lti_mentoring.queries.homes import Finding, FirstTest, StudentHome
    from lti_mentoring.queries.mentor_requests import AskedOfMe, MyRequest


def finding_next(finding: Finding) -> Said | None:
    """Say what brings a student to a mentor; None: it is others’ turn, and the milestones go on."""
    asks = finding.rules.way is MatchingWay.REQUESTS
    if finding.asked:
        return _asked(finding.asked)
    if finding.window is not Window.OPEN:
        return None
    until = _("Until %(day)s", day=day(finding.rules.wishes_until)) if finding.rules.wishes_until else ""
    if not finding.has_list:
        return Said(
            until, _("Say whom you would like as mentor"),
            _("As many as you like, in your own order. Nobody but you reads it."),
            (_("Choose mentors"), url_for("rank_lists.show", role=finding.role or None)),
        )  # fmt: skip
    if asks:
        return Said(
            until, _("Ask your first wish"),
            _("You may add a few words. Without an answer in time your next wish is asked by itself."),
            (_("Ask"), url_for("mentor_requests.show", role=finding.role or None)),
            (_("Change my wishes"), url_for("rank_lists.show", role=finding.role or None)),
        )  # fmt: skip
    return None


def test_next(first: FirstTest) -> Said:
    """Say that a test comes before a mentor."""
    return Said(
        _("Before you get a mentor"),
        filled(_("Pass the test: %(title)s"), title=first.title),
        _("Once you have passed, you can be given a mentor. You can state your wishes meanwhile."),
        (_("Open the test"), url_for("attempts.show", test_id=first.test_id)),
    )


def ways_to_mentors(home: StudentHome) -> dict[str, tuple[str, str]]:
    """Return, for each role in which a mentor is lacking, what the student can do about it: the words, the address."""
    return {one.role: way for one in home.findings if (way := _way(one, test_first=home.first is not None))}


def _way(finding: Finding, *, test_first: bool) -> tuple[str, str] | None:
    if finding.asked:
        return _("See where it stands"), url_for("mentor_requests.show", role=finding.role)
    if finding.window is not Window.OPEN:
        return None
    if not finding.has_list:
        return _("Choose mentors"), url_for("rank_lists.show", role=finding.role)
    if finding.rules.way is MatchingWay.REQUESTS and not test_first:
        return _("Ask"), url_for("mentor_requests.show", role=finding.role)
    return _("My wishes"), url_for("rank_lists.show", role=finding.role)


def finding_second(finding: Finding | None) -> tuple[str, str] | None:
    """Return the way to one’s wishes, once they are given."""
    return (_("My wishes"), url_for("rank_lists.show")) if finding and finding.has_list else None


def asked_next(asked: tuple[AskedOfMe, ...]) -> Said:
    """Say to a mentor who asks, and by when an answer is due."""
    first = asked[0]
    return Said(
        ngettext("%(num)s student asks you · about 1 minute", "%(num)s students ask you · about 1 minute each",
                 len(asked)),
        filled(_("%(name)s asks you to be their mentor"), name=bdi(first.student)),
        _("Please answer until %(day)s. After that somebody else is asked.", day=day(first.reply_by)),
        (_("Read and answer"), url_for("mentor_requests.one", request_id=first.request_id)),
    )  # fmt: skip


def _asked(asked: MyRequest) -> Said:
    return Said(
        _("Nothing to do right now"),
        filled(_("%(name)s has your question"), name=bdi(asked.mentor)),
        _("An answer is due on %(day)s. If none has come by then, your next wish is asked by itself.",
          day=day(asked.reply_by)),
        second=(_("See where it stands"), url_for("mentor_requests.show", role=asked.role or None)),
    )  # fmt: skip
