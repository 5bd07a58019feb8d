"""What a round is called, says and refuses, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from lti_mentoring.blueprints._failures import explain
from lti_mentoring.domain.drawing_up import Why
from lti_mentoring.domain.rounds import RoundState, SetAside, Show, effect_of_all
from lti_mentoring.forms.rounds import RoundForm

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from lti_mentoring.domain.rounds import Effect
    from lti_mentoring.queries.round_pairs import PairView
    from lti_mentoring.queries.rounds import Tally

BY_WEIGHTS = frozenset({"best", "fairest"})
STRATEGIES = {
    "stable": (
        _l("Stable"),
        _l(
            "Students propose in the order of their wishes; mentors keep whom they rank higher. In the end no student "
            "and mentor would both rather have each other. A list pays best when it is meant as it stands."
        ),
    ),
    "best": (
        _l("Best fit"),
        _l("You say what counts. All pairs together fit as well as they possibly can; somebody may get a late wish."),
    ),
    "fairest": (
        _l("Fairest"),
        _l(
            "The latest wish that anybody gets is as early as it can be; after that, all pairs fit as well as they can."
        ),
    ),
    "balanced": (
        _l("Even load"),
        _l("Everybody goes to a mentor with much room. For courses without lists: the order of wishes does not count."),
    ),
}
STATES = {
    RoundState.DRAFT: ("", "pen", _l("Only faculty see this")),
    RoundState.PUBLISHED: ("done", "check", _l("Published")),
    RoundState.UNDONE: ("late", "return", _l("Taken back")),
    RoundState.DISCARDED: ("", "cross", _l("Discarded")),
}
SHOWN = {
    Show.ALL: _l("All"),
    Show.NOT_FIRST: _l("Not a first wish"),
    Show.BY_HAND: _l("Changed by hand"),
    Show.NOBODY: _l("Without a mentor"),
}
SHOWING = {
    Show.ALL: _l("Showing %(shown)s of %(all)s students"),
    Show.NOT_FIRST: _l("Showing %(shown)s of %(all)s students who did not get a first wish"),
    Show.BY_HAND: _l("Showing %(shown)s of %(all)s students whose mentor was changed by hand"),
    Show.NOBODY: _l("Showing %(shown)s of %(all)s students without a mentor"),
}
GONE = _l("%(mentor)s’s places in this round (%(places)s) went to others.")
GONE_TO_GROUPS = _l("%(mentor)s’s places for a group in this round (%(places)s) went to others.")
"""Also where the mentor ranked the others higher: nobody but a mentor reads a mentor's list."""
WHY = {
    Why.CONFLICT: _l("A conflict is declared between the student and %(mentor)s."),
    Why.RANKED_HIGHER: GONE,
    Why.PLACES_GONE: GONE,
    Why.NOT_SHARED: _l("Not everybody of the group would take %(mentor)s."),
    Why.GROUP_WISHES: _l("The wishes of the whole group together put another mentor at least as high as %(mentor)s."),
    Why.NO_PLACE: _l("%(mentor)s had no free place in this round."),
    Why.NOT_AVAILABLE: _l("%(mentor)s is not available for this student."),
    Why.FOR_THE_WHOLE: _l("%(mentor)s had room; all wishes together fare better so."),
    Why.NOBODY_LEFT: _l("Nobody whom the student may have has a place left."),
}
WHY_OF_GROUPS = {
    Why.CONFLICT: _l("A conflict is declared between somebody of the group and %(mentor)s."),
    Why.RANKED_HIGHER: GONE_TO_GROUPS,
    Why.PLACES_GONE: GONE_TO_GROUPS,
    Why.NO_PLACE: _l("%(mentor)s had no room for a whole group in this round."),
    Why.NOT_AVAILABLE: _l("%(mentor)s is not available for this group."),
    Why.NOBODY_LEFT: _l("Nobody whom the whole group may have has room for it."),
}
SETS_ASIDE = {
    SetAside.CONFLICT: _l("A conflict is declared between the two."),
    SetAside.NOT_WISHED: _l("The student did not wish for this mentor."),
    SetAside.LATER_WISH: _l("The student gets a later wish than before."),
    SetAside.LEFT_WITHOUT: _l("The student is left without a mentor."),
    SetAside.PARTED: _l("The student’s group stays together, and they leave it."),
}
KEPT = _l("Nothing was changed.")
CONFLICTS = {
    "round_step_not_allowed": (
        _l("This round does not stand there any more"),
        _l("Somebody may just have published, discarded or taken it back. Nothing was changed; look at it again."),
    ),
    "round_under_way": (
        _l("A round is being published or taken back already"),
        _l("Nothing is done twice. The page of the round shows how far it is."),
    ),
    "round_undo_over": (
        _l("The time to take this round back is over"),
        _l("Nothing was changed. You can still move or end each mentorship on its mentor’s page."),
    ),
    "round_changed": (_l("Something has changed since the round was drawn up, so nobody was placed"), KEPT),
    "later_change_stands": (_l("This student was changed again afterwards"), _l("Take the later change back first.")),
    "change_same_mentor": (_l("That is how it stands already"), KEPT),
    "change_unknown_mentor": (_l("This person is no mentor any more"), KEPT),
    "change_no_room": (
        _l("This mentor has no place left in this round"),
        _l("Nothing was changed. Choose another mentor, or first give one of that mentor’s students another."),
    ),
    "change_not_available": (_l("This mentor is not available for this student"), _l("Choose another mentor.")),
    "groups_in_the_way": (
        _l("These groups cannot be kept together as they are"),
        _l("Nothing was drawn up. Choose the groups once more: the page says what is in the way."),
    ),
    "nobody_waits": (_l("Every student has a mentor: there is nobody to match"), KEPT),
    "other_role_drawn": (
        _l("A round for other mentors is being drawn up just now"),
        _l("Draw this one up as soon as that is ready. Nothing was changed."),
    ),
    "other_round_checked": (
        _l("Another round is being checked just now"),
        _l("Check this one as soon as that is done. Nothing was changed."),
    ),
    "unknown_strategy": (_l("This way to match is not installed any more"), KEPT),
}


def strategies(offered: Iterable[str]) -> list[tuple[str, str]]:
    """Return what can be chosen, ours first: (name, words); what somebody else brings is called by its own name."""
    known = [name for name in STRATEGIES if name in set(offered)]
    others = sorted(set(offered) - set(known))
    return [(name, str(STRATEGIES[name][0])) for name in known] + [(name, name) for name in others]


def strategy_notes() -> dict[str, str]:
    """Return what each of our strategies does, in plain words."""
    return {name: str(words[1]) for name, words in STRATEGIES.items()}


def strategy_name(name: str) -> str:
    """Return what a strategy is called."""
    return str(STRATEGIES[name][0]) if name in STRATEGIES else name


def counted_words(strategy: str, weights: Mapping[str, int]) -> str:
    """Say what counted and how much, what counted most first; "" for a rule that goes by wishes or places alone."""
    if strategy not in BY_WEIGHTS:
        return ""
    form = RoundForm()
    counted = sorted(((number, name) for name, number in weights.items() if number), key=lambda one: -one[0])
    return "; ".join(_("%(what)s: %(number)s", what=form[name].label.text, number=number) for number, name in counted)


def ordinal(wish: int) -> str:
    """Say which wish."""
    words = {1: _("1st wish"), 2: _("2nd wish"), 3: _("3rd wish")}
    return str(words.get(wish) or _("%(number)s. wish", number=wish))


def wish_bars(tally: Tally) -> list[tuple[str, int, str]]:
    """Return which wish students got as rows of a chart, with each one's share."""
    rows = [(ordinal(wish), tally.wishes.get(wish, 0)) for wish in (1, 2, 3)]
    rows.append((str(_("4th or later")), tally.later))
    if tally.elsewhere:
        rows.append((str(_("not wished for")), tally.elsewhere))
    if tally.no_list:
        rows.append((str(_("gave no list")), tally.no_list))
    rows.append((str(_("nobody")), tally.nobody))
    whole = tally.students or 1
    return [(label, number, str(_("%(share)s %%", share=round(100 * number / whole)))) for label, number in rows]


def wish_words(pair: PairView) -> str:
    """Say which wish a student got, and which it was before a change by hand."""
    now = _wish_now(pair)
    if not pair.by_hand or pair.wish == pair.computed_wish or pair.computed_wish is None:
        return now
    return str(_("%(now)s, was %(before)s", now=now, before=ordinal(pair.computed_wish)))


def _wish_now(pair: PairView) -> str:
    if pair.mentor_id is None:
        return str(_("nobody"))
    if pair.wish is not None:
        return ordinal(pair.wish)
    return str(_("not wished for") if pair.wished else _("gave no list"))


def why_words(pair: PairView, names: Mapping[int, str]) -> str:
    """Say to faculty why a student has not got a better wish; blank where there is nothing to say."""
    if not pair.why:
        return ""
    why, facts = Why(pair.why), pair.facts
    words = {**WHY, **WHY_OF_GROUPS} if pair.group_name else WHY
    said = str(words[why]) % {"mentor": names.get(facts["mentor"], ""), "places": facts["places"]}
    if not facts["others"]:
        return said
    others = ngettext("So it was with %(num)s other.", "Much the same with %(num)s others.", facts["others"])
    return f"{said} {others}"


def refusal_words(effect: Effect) -> str:
    """Say why a change cannot be made, whatever the reason given; blank where it can. Of a group it is said of all."""
    return str(CONFLICTS[f"change_{effect.refusal.value}"][0]) + "." if effect.refusal else ""


def effect_words(effect: Effect) -> list[tuple[bool, str]]:
    """Say what a change would do: (nothing is set aside by it, sentence)."""
    if effect.refusal:
        return []
    moved = _("From %(before)s to %(after)s.", before=_place(effect.before), after=_place(effect.after))
    moves = (not effect.sets_aside, str(_("%(moved)s Nobody else moves.", moved=moved)))
    return [moves, *_aside(effect)]


def group_effect_words(effects: Mapping[int, Effect], names: Mapping[int, str]) -> list[tuple[bool, str]]:
    """Say what it would do to move a whole group: of each one the wishes, and the rules that it sets aside."""
    if any(effect.refusal for effect in effects.values()):
        return []
    moves = [
        (
            not effect.sets_aside,
            str(
                _("%(name)s: from %(before)s to %(after)s.", name=names.get(student_id, ""),
                  before=_place(effect.before), after=_place(effect.after))
            ),
        )
        for student_id, effect in effects.items()
    ]  # fmt: skip
    return [*moves, *_aside(effect_of_all(effects.values()))]


def _aside(effect: Effect) -> list[tuple[bool, str]]:
    return [
        (False, str(_("It sets a rule aside: %(rule)s Your reason is kept with the round.", rule=SETS_ASIDE[one])))
        for one in effect.sets_aside
    ]


def _place(wish: int | None) -> str:
    return ordinal(wish) if wish is not None else str(_("no wish"))


def finding(tally: Tally) -> str:
    """Say in one line how a round fares."""
    placed = (
        _("Everyone has a mentor.")
        if not tally.nobody
        else ngettext("%(num)s student is without a mentor.", "%(num)s students are without a mentor.", tally.nobody)
    )
    if not tally.wishing:
        return str(placed)
    wished = _("%(top)s of %(all)s got one of their first three wishes.", top=tally.top, all=tally.wishing)
    return f"{placed} {wished}"


def published_words(placed: int) -> str:
    """Say that a round is published."""
    return str(
        ngettext(
            "%(num)s student has a mentor now. Both get a mail.",
            "%(num)s students have a mentor now. All get a mail.",
            placed,
        )
    )


def taken_back_words(ended: int, stay: int) -> str:
    """Say that a round was taken back."""
    told = str(ngettext("%(num)s pair was taken back.", "%(num)s pairs were taken back.", ended))
    if not stay:
        return told
    begun = ngettext("%(num)s had begun and stays.", "%(num)s had begun and stay.", stay)
    return str(_("%(first)s %(second)s", first=told, second=begun))


def explain_all() -> None:
    """Register the words of refusals."""
    for code, (title, body) in CONFLICTS.items():
        explain(code, title, body, status=409)
