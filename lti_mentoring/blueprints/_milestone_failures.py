"""Why a step on a milestone, a piece of evidence or a form was refused, in words."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from lti_mentoring.blueprints._failures import explain, say

__all__ = ["say"]

explain(
    "milestone_changed",
    _l("Somebody else changed this while you had it open"),
    _l(
        "Nothing was overwritten, and your words are below. Look at what was done, then decide again if it still holds."
    ),
    status=409,
)
explain(
    "milestone_step_not_possible",
    _l("This is no longer possible here"),
    _l("The milestone has moved on since you opened the page. Load it again to see where it stands."),
    status=409,
)
explain(
    "milestone_retired",
    _l("This milestone was taken out of the track"),
    _l("What was done stays readable; nothing new can be added."),
    status=409,
)
explain(
    "track_closed",
    _l("This track is closed"),
    _l("Everything stays readable. If something is still open, ask the course team: they can let it run again."),
    status=409,
)
explain(
    "not_the_signer",
    _l("Somebody else signs this one"),
    _l("You can read it. The page says who signs it off."),
    status=403,
)
explain("form_needed", _l("This one is signed by filling its form"), _l("Open the form from this page."), status=409)
explain("date_in_the_past", _l("Choose a date from today on"))
explain("words_needed", _l("Write a whole sentence: at least three words"))
explain("evidence_empty", _l("Write something, add a link, or choose a file"))
explain(
    "evidence_not_asked",
    _l("Nothing needs to be sent for this one"),
    _l("It is signed by a form or by a word of your mentor."),
    status=409,
)
explain("link_refused", _l("Write a whole address that begins with https://"))
explain("text_too_long", _l("This is too long: use %(limit)s letters at most, or send it as a file"))
explain("file_empty", _l("%(name)s is empty"), _l("Choose it again, or choose another file."))
explain(
    "file_too_large",
    _l("%(name)s is too large"),
    _l("A file may have up to %(limit)s MB. Make it smaller, or send a link."),
)
explain(
    "file_lies",
    _l("%(name)s is not what its name says"),
    _l("By its content it is %(told)s. Save it again under the right ending, then choose it again."),
)
explain(
    "file_refused",
    _l("%(name)s cannot be sent"),
    _l(
        "PDF, Word or OpenDocument without macros, plain text, JPEG, PNG, WebP, HEIC and MP3 can. "
        "Save it as one of these."
    ),
)
explain("identifiers_found", _l("This may name a patient"), _l("Look at the marked places before you send it."))
explain(
    "no_form",
    _l("There is no form for this milestone"),
    _l("The course team chooses one on the track’s page."),
    status=409,
)
explain(
    "no_mentorship",
    _l("Nobody mentors this student now"),
    _l("A form is about a mentorship. The course team can choose a mentor on the page Mentors."),
    status=409,
)
explain("answers_missing", _l("Something is still missing"))
explain("verdict_needed", _l("Say whether this reaches the milestone"))
explain(
    "nothing_seen",
    _l("You did not see enough to say that it is reached"),
    _l("Choose Not yet, or say how much help is needed."),
)
explain(
    "instrument_broken", _l("This form cannot be shown"), _l("Your course team can choose another one."), status=422
)
