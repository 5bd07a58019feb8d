"""Why these two, or why nobody, in sentences for the two of them: nothing of anybody else's list, veto or concern."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import ngettext

from lti_mentoring.blueprints._round_words import ordinal
from lti_mentoring.blueprints._said import filled
from lti_mentoring.blueprints._seeking_words import shared_lines
from lti_mentoring.blueprints._words import bdi, day
from lti_mentoring.queries.why import Outcome

if TYPE_CHECKING:
    from markupsafe import Markup

    from lti_mentoring.queries.why import FirstWish, MyMatch, MyYes, TheirMatch


def why_for_student(mine: MyMatch) -> list[Markup | str]:
    """Tell a student why, in sentences that say nothing about anybody else, nor of whom the group was in favour."""
    if not mine.stands:
        return _no_more(mine)
    if not mine.mentor:
        return _nobody(mine)
    if mine.by_hand:
        return [_("Your course team chose this mentor for you by hand. Ask them if you would like to know more.")]
    own = [*_whose_wish(mine), *shared_lines(mine.alike)]
    if not mine.in_group:
        return own
    together = _("Groups of your course stayed together: everybody of your group has this mentor. All wishes of the "
                 "group counted alike.")  # fmt: skip
    return [together, *own]


def why_by_asking(yes: MyYes) -> list[Markup | str]:
    """Tell a student that they asked this mentor; of those before, what they were told at the time and no more."""
    asked = _("You asked %(mentor)s, and they said yes. Your question went to them on %(day)s.")
    said: list[Markup | str] = [filled(asked, mentor=bdi(yes.mentor), day=day(yes.asked_at))]
    if yes.before:
        earlier = _("Before that you had asked %(names)s, who could not say yes this time.")
        said.append(filled(earlier, names=bdi(", ".join(yes.before))))
    return said


def _no_more(mine: MyMatch) -> list[Markup | str]:
    if mine.outcome is Outcome.TAKEN_BACK:
        return [_("Your course team took this round back: it counts as if it had not been.")]
    if mine.outcome is Outcome.OVER:
        return [filled(_("This round gave you %(mentor)s. That mentorship has ended."), mentor=bdi(mine.mentor))]
    since = filled(_("Since then %(mentor)s has become your mentor."), mentor=bdi(mine.mentor_now))
    return [_("In this round there was nobody for you."), since]


def _nobody(mine: MyMatch) -> list[Markup | str]:
    """Say what is known to whom a round passed over: nothing of whose list, veto or concern it was."""
    said: list[Markup | str] = [
        _("In this round there was no mentor for your whole group. Among equals you come first in the next one.")
        if mine.in_group
        else _("In this round there was nobody for you. Among equals you come first in the next one.")
    ]
    if mine.by_hand:
        return [*said, _("Your course team decided that by hand. Ask them if you would like to know more.")]
    if not mine.wished:
        return [*said, _("You gave no list, and no mentor who could be yours had a place left.")]
    later = ngettext(
        "The other mentor on your list was full, or not to be had for you in this round.",
        "The other %(num)s mentors on your list were full, or not to be had for you in this round.",
        mine.later,
    )
    return [*said, *_not_the_first(mine), *([later] if mine.later else [])]


def _whose_wish(mine: MyMatch) -> list[Markup | str]:
    if mine.wish == 1:
        return [_("This is your first wish.")]
    if mine.wish is not None:
        return [_("This is your %(wish)s.", wish=ordinal(mine.wish)), *_not_the_first(mine)]
    if mine.wished:
        return [_("This mentor is not on your list, but you said that others are fine, too."), *_not_the_first(mine)]
    if mine.in_group:
        return [_("You gave no list, so you were given whoever suited your group.")]
    return [_("You gave no list, so you were given somebody with a free place.")]


def _not_the_first(mine: MyMatch) -> list[Markup | str]:
    return [filled(_not_this_one(mine, one), mentor=one.name) for one in mine.firsts]


def _not_this_one(mine: MyMatch, one: FirstWish) -> str:
    """Say why not a mentor of the first tier. Of a group it is never said whose list, veto or concern it was."""
    if one.is_full and mine.in_group:
        return str(_("%(mentor)s had no room left for your whole group."))
    if one.is_full:
        return str(_("All places of %(mentor)s went to students who were placed before you."))
    if mine.in_group:
        return str(_("%(mentor)s could not be your group’s in this round. Your course team can help you on."))
    return str(_("%(mentor)s could not be yours in this round. Your course team can help you on."))


def why_for_mentor(one: TheirMatch) -> str:
    """Tell a mentor why this student, without anybody's list."""
    if one.by_hand:
        return str(_("The course team chose you by hand."))
    said = _why_by_rule(one)
    return str(_("%(why)s The group of this student stayed together.", why=said)) if one.in_group else said


def _why_by_rule(one: TheirMatch) -> str:
    return {
        "stable": str(_("The wishes of all students and mentors together led to you.")),
        "best": str(_("Among all pairs that were possible, this one fits well.")),
        "fairest": str(_("So nobody in the course got a wish that is later than it had to be.")),
    }.get(one.strategy, str(_("You had a free place.")))
