"""What the pages of a track say: how a grade is formed, what a milestone counts, what two people wrote differently."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, SelectMultipleField

from lti_mentoring.blueprints._parts import PathStep, options
from lti_mentoring.blueprints._words import day, score
from lti_mentoring.domain.grades import ColumnMode, GradeRule
from lti_mentoring.domain.milestones import Proof, Signer
from lti_mentoring.domain.rank_lists import MatchingWay
from lti_mentoring.domain.tracks import example, share, week_of
from lti_mentoring.models import TrackState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wtforms import Field, Form

    from lti_mentoring.domain.rank_lists import MatchingRules
    from lti_mentoring.models import Track
    from lti_mentoring.queries.tracks import Plan, PlannedMilestone

STATE_PILLS = {
    TrackState.DRAFT: ("", _l("Draft"), "pen"),
    TrackState.PUBLISHED: ("done", _l("Running"), "check"),
    TrackState.CLOSED: ("", _l("Closed"), "lock"),
}
MISSING_WORDS = {
    "no_milestones": _l("There is no milestone yet. Add the first one."),
    "no_weights": _l("No milestone counts yet. Give one a weight, or change how the grade is formed."),
    "no_test": _l("A milestone is to be proved by a test, but names none. Choose the test there."),
    "no_form": _l("A milestone is to be proved by a form, but names none. Choose the form there."),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two people filled in differently."""

    label: str
    theirs: str
    mine: str


def _(text: str, **facts: object) -> str:
    """Say ``text`` in the reader's language."""
    return str(gettext(text, **facts))


def differences(mine: Form, theirs: Form) -> list[Difference]:
    """Return the fields in which two forms of one kind say different things, hidden ones left out."""
    return [
        Difference(field.label.text, said(theirs[name]), said(field))
        for name, field in mine._fields.items()
        if field.type != "HiddenField" and field.data != theirs[name].data
    ]


def said(field: Field) -> str:
    """Return what a field says, in the words that its reader chose it by."""
    if isinstance(field, RadioField | SelectField | SelectMultipleField):
        return ", ".join(str(answer.label) for answer in options(field) if answer.checked) or _("nothing")
    if field.type == "BooleanField":
        return _("yes") if field.data else _("no")
    return _("nothing") if field.data in (None, "") else str(field.data)


def matching_words(rules: MatchingRules) -> str:
    """Say how students and mentors come together, and when wishes can be given."""
    words = {
        MatchingWay.BY_HAND: _("Faculty bring students and mentors together."),
        MatchingWay.REQUESTS: _("Students ask one mentor after another, in the order of their wishes."),
        MatchingWay.ROUNDS: _("Rounds bring everybody together at once, by their wishes."),
    }[rules.way]
    if rules.way is MatchingWay.BY_HAND or not (rules.wishes_from or rules.wishes_until):
        return words
    return " ".join((words, window_words(rules)))


def window_words(rules: MatchingRules) -> str:
    """Say from which day until which day wishes can be given."""
    first, last = (one and day(one) for one in (rules.wishes_from, rules.wishes_until))
    if first and last:
        return _("Wishes can be given from %(first)s until %(last)s.", first=first, last=last)
    if last:
        return _("Wishes can be given until %(last)s.", last=last)
    return _("Wishes can be given from %(first)s on.", first=first) if first else _("Wishes can be given at any time.")


def due_words(days: int | None) -> str:
    """Say when a milestone is due."""
    return _("no date") if days is None else _("week %(week)s", week=week_of(days))


def proof_words(one: PlannedMilestone) -> str:
    """Say to a student what proves a milestone."""
    return {
        Proof.EVIDENCE: _("You send a text, a link or a file."),
        Proof.ACTIVITY: _("You do it in the course, and say so here."),
        Proof.MEETING: _("You meet, and one of you notes it here."),
        Proof.ASSESSMENT: _("Your mentor fills a form."),
        Proof.WORD: _("There is nothing to send."),
        Proof.TEST: _("You pass a test."),
    }[one.proof]


def signer_words(one: PlannedMilestone) -> str:
    """Say to a student who signs a milestone off."""
    if one.proof is Proof.TEST:
        return _("Nobody has to sign it.")
    if one.signer is Signer.MENTOR and one.signer_role:
        return _("Signed off by: %(role)s.", role=one.signer_role)
    return _("Your mentor signs it off.") if one.signer is Signer.MENTOR else _("Your faculty sign it off.")


def counts_words(one: PlannedMilestone, track: Track, plan: Plan) -> str:
    """Say to a student what a milestone counts; nothing where the whole track counts at once."""
    if not one.weight:
        return ""
    if track.column_mode is ColumnMode.PER_MILESTONE:
        return _("It brings %(points)s points.", points=one.weight)
    if track.grade_rule is GradeRule.COMPLETION:
        return ""
    worth = score(share(one.weight, sum(plan.weights), track.points))
    return _("It counts %(worth)s of %(points)s.", worth=worth, points=track.points)


def rule_words(rule: GradeRule, points: int, weights: Sequence[int]) -> str:
    """Say what a rule makes of a student who is half way and of one who is done, with this track's own numbers."""
    if not weights:
        return ""
    half = example(rule, points, weights)
    steps = {"done": half.done, "total": half.total, "points": points}
    if half.grade is None or half.done == half.total:
        return _("With %(done)s of %(total)s milestones done nothing is sent yet; with all of them %(points)s of "
                 "%(points)s.", **steps) if half.done < half.total else _(
            "With all milestones done the gradebook shows %(points)s of %(points)s.", **steps)  # fmt: skip
    return _("With the first %(done)s of %(total)s milestones done the gradebook shows %(grade)s of %(points)s; with "
             "all of them %(points)s.", grade=score(half.grade), **steps)  # fmt: skip


def grade_sentences(track: Track, plan: Plan) -> list[str]:
    """Say how the track's grade is formed and where it goes."""
    if track.column_mode is ColumnMode.PER_MILESTONE:
        return [
            _("Each milestone that counts has its own column in the course’s gradebook, worth what it counts."),
            _("A column is filled when its milestone is signed off."),
        ]
    kinds = {
        GradeRule.WEIGHTED: _("The grade rises with each milestone that is signed off."),
        GradeRule.AT_END: _("The grade arrives once, when every milestone is done."),
        GradeRule.COMPLETION: _("All or nothing: full points when every milestone is done."),
    }
    example_of = rule_words(track.grade_rule, track.points, plan.weights)
    where = _("It goes to one column of the course’s gradebook, “%(title)s”.", title=track.title)
    return [line for line in (kinds[track.grade_rule], example_of, where) if line]


def path_of(plan: Plan) -> list[PathStep]:
    """Return the path as a student sees it on the first day."""
    return [
        PathStep(
            name=one.title,
            state="now" if one.number == 1 else "next",
            url=f"#milestone-{one.milestone_id}",
            when=due_words(one.due_after_days),
            stage=one.stage,
        )
        for one in plan.milestones
    ]


WORDS: dict[str, Any] = {
    "counts_words": counts_words,
    "due_words": due_words,
    "grade_sentences": grade_sentences,
    "proof_words": proof_words,
    "signer_words": signer_words,
    "state_pills": STATE_PILLS,
}
"""What every template of a track may use."""
